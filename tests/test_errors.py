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


def test_many_faults_are_counted_and_the_first_told(monkeypatch) -> None:
    """Twenty are told, the rest is counted, and all are kept."""

    class Told:
        def __init__(self, number: int) -> None:
            self.number = number

        def sentence(self) -> str:
            return f"fault {self.number}"

    monkeypatch.setattr(errors, "_wording", [lambda key, facts: f"{key} {facts['number']}"])
    many = errors.ManyFaultsError("count", "more", [Told(number) for number in range(23)])
    lines = str(many).splitlines()
    assert (lines[0], lines[-2], lines[-1]) == ("count 23", "fault 19", "more 3")
    assert len(many.faults) == 23
    assert str(errors.ManyFaultsError("count", "more", [Told(0)])) == "count 1\nfault 0"
