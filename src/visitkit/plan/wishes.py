"""Duties of one student put together into as few visits as will do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from visitkit.plan.duties_ground import TALK
from visitkit.plan.duties_owed import KINDS
from visitkit.plan.duties_status import OPEN

#: Forms that a teacher cannot set out for: the family comes of its own accord, or in a group.
NOT_PLANNED = ("parent_visit", "salon", TALK)
#: Kinds that everyday rules speak of; an extra visit comes on top of these.
EVERYDAY = ("regular", "special_group", "new_student")
#: The kind of a wish that comes from the support tier, not from a duty.
TIER = "tier"
#: Kinds of which a visit must be made.
PRESSING = ("immediate", "persuasion", TIER)
#: An immediate visit with good news is owed, but nobody is harmed when it waits.
GOOD_NEWS = "immediate.good_event"

#: The role whose holder has most visits of a class to make.
HEAD = "head_teacher"

_LAST = dt.date.max


@dataclass(frozen=True, slots=True)
class Wish:
    """One visit wanted of one student, for one or several duties.

    Parameters
    ----------
    student_id
        The student.
    duties, kinds
        Names of the duties and their kinds.
    opens, due
        First and last day; ``None``: no last day.
    forms
        Forms that serve all of them.
    leads, partners, alone
        Who may lead, who may come along, whether one may go alone.
    pair
        Two roles must go, so nothing else is done on the same visit by others.
    joins
        Where more than two roles must go: the holders of each of the others.
    mandatory, overdue, made_up, shared
        It must be made; its day has passed; the school called it off before; only a share of
        students is asked for.
    """

    student_id: str
    duties: tuple[str, ...]
    kinds: tuple[str, ...]
    opens: dt.date
    due: dt.date | None
    forms: tuple[str, ...]
    leads: tuple[str, ...]
    partners: tuple[str, ...]
    alone: bool = False
    pair: bool = False
    joins: tuple[tuple[str, ...], ...] = ()
    mandatory: bool = False
    overdue: bool = False
    made_up: bool = False
    shared: bool = False


def wishes(
    rows: Iterable[Mapping[str, Any]], today: dt.date, until: dt.date, far: bool = False
) -> list[Wish]:
    """Return the visits that would serve the open duties of one student.

    Parameters
    ----------
    rows
        Rows of a table of duties, of one student.
    today, until
        The first and the last day planned for. Of what is owed several times, one visit is asked
        for, and more only where the day by which they are due comes first.
    far
        The family lives too far away: where a rule allows it, contact is made from the school.

    Returns
    -------
    list of Wish
        The most pressing first. A duty that no visit can serve, such as a talk at school, is left
        out.
    """
    singles = [one for row in rows for one in _singles(row, (today, until), far)]
    singles.sort(key=_urgency)
    found: list[Wish] = []
    for single in singles:
        for place, one in enumerate(found):
            together = merged(one, single)
            if together is not None:
                found[place] = together
                break
        else:
            found.append(single)
    return found


def merged(one: Wish, other: Wish) -> Wish | None:
    """Return one visit that serves both, ``None`` where one cannot."""
    if set(one.duties) & set(other.duties) or _on_top(one, other):
        return None
    crew = _crew(one, other)
    if crew is None:
        return None
    forms = tuple(form for form in one.forms if form in other.forms)
    opens = max(one.opens, other.opens)
    due = min(one.due or _LAST, other.due or _LAST)
    # What is late can still be done together with what may be done now.
    if not forms or opens > max(due, min(one.opens, other.opens)):
        return None
    leads, partners, joins = crew
    return replace(
        one,
        duties=one.duties + other.duties,
        kinds=one.kinds + other.kinds,
        opens=opens,
        due=None if due == _LAST else due,
        forms=forms,
        leads=leads,
        partners=partners,
        alone=one.alone and other.alone,
        pair=one.pair or other.pair,
        joins=joins,
        mandatory=one.mandatory or other.mandatory,
        overdue=one.overdue or other.overdue,
        made_up=one.made_up or other.made_up,
        shared=one.shared and other.shared,
    )


_Crew = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]


def _crew(one: Wish, other: Wish) -> _Crew | None:
    """Return who leads, comes along and joins a visit that serves both; ``None`` where none can.

    Two visits that must both be made are one where somebody who may make the second is of the
    group that makes the first: two of them in one week no family is asked for, and the days kept
    between visits would leave one of them out.
    """
    if one.pair == other.pair:
        if one.pair and (one.leads, one.partners, one.joins) != (
            other.leads,
            other.partners,
            other.joins,
        ):
            return None
        leads = _common(one.leads, other.leads)
        if not leads and one.leads != other.leads:
            return None
        return leads, _common(one.partners, other.partners), one.joins
    group, single = (one, other) if one.pair else (other, one)
    if not (one.mandatory and other.mandatory):
        same = (one.leads, one.partners) == (other.leads, other.partners) and not group.joins
        return (one.leads, one.partners, ()) if same else None
    parts = [group.leads, group.partners, *group.joins]
    for place, part in enumerate(parts):
        able = _common(part, single.leads)
        if able:
            parts[place] = able
            return parts[0], parts[1], tuple(parts[2:])
    return None


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(who for who in one if who in other)


def _on_top(one: Wish, other: Wish) -> bool:
    """Tell whether one is an extra visit and the other an everyday one."""
    pairs = ((one.kinds, other.kinds), (other.kinds, one.kinds))
    return any("key" in a and not set(EVERYDAY).isdisjoint(b) for a, b in pairs)


def _singles(row: Mapping[str, Any], days: tuple[dt.date, dt.date], far: bool) -> list[Wish]:
    today, until = days
    forms = [form for form in _words(row["forms"]) if form not in NOT_PLANNED]
    talk_first = _words(row["forms"])[:1] == (TALK,)
    opens, due = _day(row["opens"]), _day(row["due"])
    left = int(row["occurrences"]) - int(row["fulfilled"])
    shut = row["status"] not in OPEN or left < 1 or (opens is not None and opens > until)
    if shut or not forms or talk_first:
        return []
    must = _groups(row)
    wish = Wish(
        student_id=str(row["student_id"]),
        duties=(str(row["duty"]),),
        kinds=(str(row["kind"]),),
        opens=max(opens or today, today),
        due=due,
        forms=_ordered(forms, far),
        leads=_words(row["may_lead"]),
        partners=must[1] if len(must) > 2 else _words(row["may_join"]),
        alone=bool(row["alone"]),
        pair=len(_words(row["roles"])) > 1,
        joins=tuple(must[2:]),
        mandatory=_pressing(row),
        overdue=bool(row["overdue"]),
        made_up=row["status"] == "cancelled_school",
        shared=bool(row["pool"]),
    )
    return [wish] * (left if due is not None and due <= until and wish.kinds != ("regular",) else 1)


def _groups(row: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the holders of each role that must go: who leads, who comes along, who joins.

    The head teacher comes along rather than joins: the planner itself then keeps the hour free.
    """
    roles, groups = _words(row["roles"]), _words(row["must_go"])
    order = sorted(range(len(groups)), key=lambda n: (n > 0, roles[n] != HEAD, n))
    return [_words(groups[n].replace("/", ";")) for n in order]


def _pressing(row: Mapping[str, Any]) -> bool:
    good = str(row["rule"]) == GOOD_NEWS
    return (row["kind"] in PRESSING and not good) or row["status"] == "cancelled_school"


def _ordered(forms: list[str], far: bool) -> tuple[str, ...]:
    """Put a visit at home first; for a family far away, contact from the school instead."""
    elsewhere = [form for form in forms if form != "home"]
    if far and elsewhere:
        return tuple(elsewhere)
    return tuple((["home"] if "home" in forms else []) + elsewhere)


def _urgency(one: Wish) -> tuple[Any, ...]:
    kind = -1 if one.kinds[0] == TIER else KINDS.index(one.kinds[0])
    return (not one.mandatory, one.due or _LAST, kind, one.duties)


def _day(value: Any) -> dt.date | None:
    day: dt.date | None = None if value is None or value != value else value.date()
    return day


def _words(cell: object) -> tuple[str, ...]:
    return tuple(part for part in cell.split(";") if part) if isinstance(cell, str) else ()
