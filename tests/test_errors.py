"""Errors are data: a key and facts."""

from visitkit import errors


def test_an_error_keeps_its_key_and_facts() -> None:
    """A program reads the key and the facts, not the sentence."""
    error = errors.PlanError("plan.any", minutes=4)
    assert (error.key, error.facts) == ("plan.any", {"minutes": 4})
    assert isinstance(error, errors.VisitkitError)


def test_without_words_the_key_is_shown(monkeypatch) -> None:
    """Before the words are loaded an error still says what it is."""
    monkeypatch.setattr(errors, "_wording", [])
    assert str(errors.StoreError("record.any", day="2026-11-02")) == (
        "record.any {'day': '2026-11-02'}"
    )
