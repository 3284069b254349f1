"""Which kinds of duty a plan is made for; what must be done is in every plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from visitkit import text
from visitkit.errors import PlanError
from visitkit.plan.duties_owed import KINDS
from visitkit.plan.wishes import PRESSING

#: Kinds that a person may leave for another plan; the others do not wait.
TO_CHOOSE = tuple(kind for kind in KINDS if kind not in PRESSING)


def kinds_named(words: Iterable[str]) -> tuple[str, ...]:
    """Return kinds of duty out of their names, ours or those of either language.

    Raises
    ------
    PlanError
        When a word names no kind that can be chosen.

    Examples
    --------
    >>> kinds_named(["regular", "visit to a new student"])
    ('new_student', 'regular')
    """
    known = {kind: kind for kind in TO_CHOOSE}
    for lang in text.LANGUAGES:
        known |= {text.say(f"duties.kind.{kind}", lang).casefold(): kind for kind in TO_CHOOSE}
    found = set()
    for word in words:
        kind = known.get(word.strip().casefold())
        if kind is None:
            raise PlanError("duties.kind_unknown", found=word, names=_names())
        found.add(kind)
    return tuple(kind for kind in TO_CHOOSE if kind in found)


def _names() -> str:
    return ", ".join(f"{kind} ({text.say(f'duties.kind.{kind}')})" for kind in TO_CHOOSE)


def of_kinds(rows: Iterable[Mapping[str, Any]], kinds: Collection[str]) -> list[Mapping[str, Any]]:
    """Return the duties that a plan is made for.

    Parameters
    ----------
    rows
        Rows of a table of duties.
    kinds
        Kinds that were chosen; none: all of them. What must be done, and what the school itself
        called off before, stays whatever was chosen.
    """
    if not kinds:
        return list(rows)
    return [
        row
        for row in rows
        if row["kind"] in {*kinds, *PRESSING} or row["status"] == "cancelled_school"
    ]
