"""Codes in an error, told in words beside the code: the word to understand, the code to enter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visitkit import text
from visitkit.policy import schema
from visitkit.policy.words import code_word, level_word

#: Vocabularies whose codes stand in errors.
_VOCABULARIES = (
    "values.role",
    "policy.role",
    "policy.partner",
    "values.visit_form",
    "policy.readmission_paper",
    "policy.place",
    "policy.meeting_need",
    "policy.signer",
    "policy.crisis_outcome",
    "policy.crisis_step",
    "policy.body_state",
    "policy.warning_field",
)
_NAMES = ("step", "fact", "first", "last", "found", "allowed", "missing", "computed", "kind")


def worded(kind: str, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts of an error with a word before each code that has one.

    Parameters
    ----------
    kind
        Kind of the case.
    facts
        Facts of the error; lists of codes are joined by a comma.

    Examples
    --------
    >>> from visitkit.text import say
    >>> say("cases_steps.step.visit.cancel", "en")
    'call the visit off'
    >>> worded("visit", {"number": 2})
    {'number': 2}
    """
    return {
        name: _told(kind, value, own=name == "fact") if name in _NAMES else value
        for name, value in facts.items()
    }


def _told(kind: str, value: object, *, own: bool) -> object:
    if not isinstance(value, str):
        return value
    return ", ".join(_one(kind, token, own=own) for token in value.split(", "))


def _one(kind: str, token: str, *, own: bool) -> str:
    word = next(_words(kind, token, own=own), "")
    return f"{word} ({token})" if word and word != token else token


def _words(kind: str, token: str, *, own: bool) -> Iterator[str]:
    """Yield words for a code, the nearest meaning first."""
    field = f"cases_fields.field.{token}"
    if own and text.has(field):
        yield text.say(field)
    for room in ("step", "state"):
        for key in (f"cases_steps.{room}.{kind}.{token}", f"cases_steps.{room}.any.{token}"):
            if text.has(key):
                yield text.say(key)
    if ":" in token:
        yield level_word(token)
    for name in _VOCABULARIES:
        if token in schema.vocabulary(name):
            yield code_word((name,), token)
    for key in (f"cases_fields.choice.{token}", f"cases.kind.{token}", field):
        if text.has(key):
            yield text.say(key)
