"""Facts of a step as a person types them, read into what the casebook keeps."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from visitkit import text
from visitkit.cli.parser import UsageError
from visitkit.load.spelling import word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.policy import Policy
from visitkit.record import cases
from visitkit.record.cases.fields import FREE
from visitkit.record.cases.moments import utc
from visitkit.record.forms import Field
from visitkit.record.forms.faults import shown_value
from visitkit.record.forms.values import clean

#: Type of a fact to the kind of field that is read like it, and of the items of a list.
_KINDS = {
    "text": ("long", ""),
    "texts": ("list", "text"),
    "code": ("choice", ""),
    "codes": ("choices", ""),
    "flag": ("flag", ""),
    "integer": ("integer", ""),
    "number": ("number", ""),
    "date": ("date", ""),
    "dates": ("list", "date"),
    "moment": ("moment", ""),
    "moments": ("list", "moment"),
    "person": ("person", ""),
    "people": ("list", "person"),
    "level": ("choice", ""),
}


@dataclass(frozen=True)
class Asked:
    """What a step may hold under a policy.

    Parameters
    ----------
    kind, step
        Which step.
    fields
        Its facts by name, those that any step may hold behind its own.
    policy
        The rules.
    """

    kind: str
    step: str
    fields: Mapping[str, cases.Field]
    policy: Policy


def asked_of(kind: str, step: str, policy: Policy) -> Asked:
    """Return the facts of a step.

    Raises
    ------
    UsageError
        When there is no such kind or step.
    """
    if kind not in cases.KINDS:
        raise UsageError("cli_record.wrong.kind", allowed=", ".join(cases.KINDS))
    steps = cases.KINDS[kind].steps
    if step not in steps:
        raise UsageError("cli_record.wrong.step", allowed=", ".join(steps))
    own = {one.name: one for one in cases.fields_of(steps[step], policy)}
    return Asked(kind, step, own | {one.name: one for one in FREE}, policy)


def read_facts(asked: Asked, pairs: Sequence[str], file: str | None = None) -> dict[str, object]:
    """Return the facts of a step from ``name=value`` words and a JSON file; words win.

    Parameters
    ----------
    asked
        The step.
    pairs
        Words as typed: the name of a fact in code or in a word of either language, and its value.
        Several values are parted by a semicolon.
    file
        A JSON object of facts; values of their own type, or text as it is typed.

    Raises
    ------
    UsageError
        Naming the fact, what is allowed and what to do.
    """
    told: dict[str, object] = dict(_of_file(file)) if file else {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise UsageError("cli_record.wrong.pair")
        told[name.strip()] = value
    found: dict[str, object] = {}
    for name, given in told.items():
        one = _field(asked, name)
        kept = _read(one, given, asked.policy)
        if kept is not None:
            found[one.name] = kept
    return found


def _of_file(file: str) -> Mapping[str, object]:
    try:
        told = json.loads(Path(file).read_text("utf-8-sig"))
    except ValueError:
        raise UsageError("cli_record.wrong.json", path=file) from None
    if not isinstance(told, dict):
        raise UsageError("cli_record.wrong.json", path=file)
    return told


def _field(asked: Asked, name: str) -> cases.Field:
    if name in asked.fields:
        return asked.fields[name]
    for one in asked.fields.values():
        if word_key(name) in {word_key(cases.field_text(one, lang)) for lang in text.LANGUAGES}:
            return one
    step = f"{cases.step_text(asked.kind, asked.step)} ({asked.step})"
    allowed = ", ".join(map(_named, asked.fields.values()))
    raise UsageError("cli_record.wrong.fact", step=step, allowed=allowed)


def _read(one: cases.Field, value: object, policy: Policy) -> object:
    """Return a value in the type of its fact; what is typed already is left to the casebook."""
    if not isinstance(value, str):
        return value
    if one.type in {"code", "codes", "level"}:
        return _codes(one, value, policy)
    kind, item = _KINDS[one.type]
    parts = _parted(value) if one.type in {"texts", "people"} else value
    try:
        kept = clean(Field(one.name, kind, item=item or "text", low=one.low, high=one.high), parts)
    except UnreadableCellError as error:
        raise _unreadable(one, value, error.key, error.facts) from None
    return list(kept) if isinstance(kept, tuple) else kept


def _parted(value: str) -> list[str]:
    return [part.strip() for part in value.replace("\uff1b", ";").split(";") if part.strip()]


def _codes(one: cases.Field, value: str, policy: Policy) -> object:
    known = {
        word_key(spelling): code
        for code in cases.allowed(one, policy)
        for spelling in (code, *(cases.code_text(one, code, lang) for lang in text.LANGUAGES))
    }
    found: list[str] = []
    for part in _parted(value):
        code = known.get(word_key(part))
        if code is None:
            words = ", ".join(_told(one, code) for code in dict.fromkeys(known.values()))
            raise _unreadable(one, "", "choice", {}, words)
        found.append(code)
    if one.type == "codes":
        return found or None
    if len(found) > 1:
        raise UsageError("cli_record.wrong.one_code", fact=one.name)
    return found[0] if found else None


def _told(one: cases.Field, code: str) -> str:
    word = cases.code_text(one, code)
    return code if word == code else f"{word} ({code})"


def _unreadable(
    one: cases.Field, value: str, key: str, facts: Mapping[str, object], words: str = ""
) -> UsageError:
    told = shown_value(value) or text.say("forms.not_shown")
    parts = {
        part: text.say(
            f"forms.fault.{key}.{part}", None, **{**facts, "found": told, "words": words}
        )
        for part in ("problem", "allowed", "fix")
    }
    return UsageError("cli_record.wrong.value", fact=_named(one), **parts)


def _named(one: cases.Field) -> str:
    word = cases.field_text(one)
    return one.name if word == one.name else f"{word} ({one.name})"


def read_moment(option: str, said: str | None) -> dt.datetime | None:
    """Return a moment typed by the school's clock, in UTC; ``None`` where nothing was said.

    Raises
    ------
    UsageError
        When it is no day with a time.

    Examples
    --------
    >>> read_moment("--at", "2026-11-06 16:30").isoformat()
    '2026-11-06T08:30:00+00:00'
    """
    if said is None:
        return None
    try:
        kept = clean(Field("at", "moment"), said)
    except UnreadableCellError:
        kept = None
    if kept is None:
        raise UsageError("cli_record.wrong.moment", option=option)
    found = dt.datetime.fromisoformat(str(kept))
    return found.astimezone(dt.UTC) if found.tzinfo else utc(found)


def read_date(option: str, said: str) -> dt.date:
    """Return a day that was typed.

    Raises
    ------
    UsageError
        When it is no day.

    Examples
    --------
    >>> read_date("--until", "2026.11.6")
    datetime.date(2026, 11, 6)
    """
    try:
        kept = clean(Field("day", "date"), said)
    except UnreadableCellError:
        kept = None
    if kept is None:
        raise UsageError("cli_record.wrong.date", option=option)
    return dt.date.fromisoformat(str(kept))


def date_or_none(option: str, said: str | None) -> dt.date | None:
    """Return a day that was typed; ``None`` where nothing was said."""
    return None if said is None else read_date(option, said)


def read_as_of(option: str, said: str | None) -> dt.date | dt.datetime | None:
    """Return a day, or a moment by the school's clock, as it was typed.

    Raises
    ------
    UsageError
        When it is neither.
    """
    if said is not None and (":" in said or "\uff1a" in said):
        return read_moment(option, said)
    return date_or_none(option, said)
