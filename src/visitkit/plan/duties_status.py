"""Where a duty stands: owed, fulfilled, waived, called off and to be made up, and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from visitkit.plan.duties_ground import Ground
from visitkit.plan.duties_owed import Owed

#: Where a duty can stand.
STATUSES = (
    "owed",
    "cancelled_school",
    "cancelled_family",
    "fulfilled",
    "share_met",
    "waived",
    "left",
    "undecided",
)
#: Those in which a visit is still to be made. What the school called off it owes; what a family
#: called off is offered again (the same line is drawn in 45 CFR 1302.22(c), United States Head
#: Start home visits).
OPEN = ("owed", "cancelled_school", "cancelled_family")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one duty stands, with the appointments called off and those made up since."""

    status: str
    cancelled_school: int
    cancelled_family: int
    made_up: int


def standings(base: Ground, owed: Iterable[Owed]) -> list[Standing]:
    """Return where each duty stands, in the order given."""
    duties = list(owed)
    reached = _reached(duties)
    told: dict[str, list[dict[str, Any]]] = {}
    for row in base.rows("appointments"):
        told.setdefault(str(row["student_id"]), []).append(row)
    return [_standing(one, told.get(one.student.student_id, []), reached) for one in duties]


def _reached(duties: list[Owed]) -> Mapping[tuple[str, str], int]:
    """Return, for each group of which a share is asked, how many of it have been reached."""
    found: dict[tuple[str, str], int] = {}
    for one in duties:
        if one.pool and one.student.left is None and one.fulfilled >= one.occurrences:
            found[one.duty, one.pool] = found.get((one.duty, one.pool), 0) + 1
    return found


def _standing(
    one: Owed, told: list[dict[str, Any]], reached: Mapping[tuple[str, str], int]
) -> Standing:
    rows = [row for row in told if _concerns(row, one)]
    off = [row for row in rows if row["status"] != "waived"]
    days = sorted(contact.date for contact in one.made)
    made_up = 0
    for row in off:
        after = [day for day in days if day >= row["date"].date()]
        if after:
            days.remove(after[0])
            made_up += 1
    school = sum(row["status"] == "cancelled_school" for row in off)
    status = _status(one, rows, off, reached)
    return Standing(status, school, len(off) - school, made_up)


def _status(
    one: Owed,
    rows: list[dict[str, Any]],
    off: list[dict[str, Any]],
    reached: Mapping[tuple[str, str], int],
) -> str:
    if not one.decided:
        return "undecided"
    if one.fulfilled >= one.occurrences:
        return "fulfilled"
    if one.student.left is not None:
        return "left"
    if len(rows) > len(off):
        return "waived"
    if one.pool and reached.get((one.duty, one.pool), 0) >= one.needed:
        return "share_met"
    last = off[-1] if off else None
    if last is None or any(contact.date >= last["date"].date() for contact in one.made):
        return "owed"
    return str(last["status"])


def _concerns(row: Mapping[str, Any], one: Owed) -> bool:
    """Tell whether an appointment was one of a duty: it names it, or falls into its time."""
    named = row.get("duty")
    if isinstance(named, str) and named:
        return named in {one.duty, one.rule}
    return bool(one.opens <= row["date"].date() <= one.closes)
