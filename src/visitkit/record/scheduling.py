"""Taking over a plan: each planned visit becomes a case, and a new plan corrects the old one."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pandas as pd
import sqlalchemy as sa

from visitkit import text
from visitkit.calendar import DateLike, as_date
from visitkit.errors import StoreError
from visitkit.record import cases
from visitkit.record.book import Book, writing
from visitkit.record.cases.folding import CaseState, corrected, fold
from visitkit.record.cases.moments import moment_of, school_time
from visitkit.record.entry import Entry
from visitkit.record.models import content, owed
from visitkit.record.models import entry as table
from visitkit.record.noting import correction, note
from visitkit.record.reading import find, of_cases

COLUMNS = ("case_id", "student_id", "duty", "start", "action")
#: What became of a visit of the plan, or of one that is no longer in it.
ACTIONS = ("planned", "kept", "moved", "made_up", "agreed_differs", "taken_back", "called_off")

_NEEDED = ("student_id", "date", "start", "end", "visitors")
_WAITING = ("planned", "appointed", "declined", "not_at_home")
#: What is owed by a visit in one of these states.
_OWED = ("visit", "make_up")
_NUMBER = re.compile(r"visit-(\d+)")


class Planned(Protocol):
    """A plan of visits, as planning returns it."""

    @property
    def visits(self) -> Sequence[Any]:
        """Visits with their student, day, times, crew, form and duty."""
        ...


@dataclass(frozen=True)
class _Case:
    """A visit that was planned, whatever became of it."""

    state: CaseState
    plan: Entry

    @property
    def key(self) -> tuple[str, str]:
        return str(self.state.student_id), str(self.plan.facts.get("duty", ""))

    @property
    def start(self) -> str:
        return str(self.state.facts["planned_start"])

    @property
    def waits(self) -> bool:
        return self.state.state in _WAITING


def schedule(
    book: Book,
    plan: pd.DataFrame | Planned,
    *,
    at: dt.datetime | None = None,
    window: tuple[DateLike, DateLike] | None = None,
) -> pd.DataFrame:
    """Take over a plan; see :meth:`visitkit.record.CaseStore.schedule`."""
    rows = _rows(plan)
    moment = (at or book.clock()).astimezone(dt.UTC)
    known = _known(book, {str(row["student_id"]) for row in rows})
    pairs, fresh, left = _matched(rows, known)
    span = _window(rows, window)
    left = [one for one in left if span and span[0] <= _day(one.start) <= span[1]]
    numbers = iter(range(_last_number(book) + 1, 10**9))
    done: list[tuple[Entry, str, _Case | None]] = []
    for facts, one in pairs:
        done += _changed(book, facts, one, moment)
    for facts in fresh:
        done.append((cases.from_visit_plan(facts, moment, next(numbers)), "planned", None))
    done += [_gone(book, one, moment) for one in left]
    written = [new for new, action, _ in done if action not in ("kept", "agreed_differs")]
    note(book, written)
    return _told(done)


def _rows(plan: pd.DataFrame | Planned) -> list[dict[str, object]]:
    """Return the visits of a plan as rows, in a fixed order."""
    if isinstance(plan, pd.DataFrame):
        missing = [name for name in _NEEDED if name not in plan]
        if missing:
            raise StoreError("record.plan_column", column=missing[0], allowed=", ".join(_NEEDED))
        told = plan.astype("object").where(plan.notna(), None).to_dict("records")
        rows = [{str(name): cell for name, cell in row.items()} for row in told]
    else:
        rows = [_plain(one) for one in plan.visits]
    return sorted(
        rows, key=lambda row: (str(row["student_id"]), str(row["date"]), str(row["start"]))
    )


def _plain(visit: Any) -> dict[str, object]:
    names = ("student_id", "date", "start", "end", "form", "duty", "due")
    return {**{name: getattr(visit, name) for name in names}, "visitors": list(visit.crew)}


def _known(book: Book, students: Collection[str]) -> list[_Case]:
    """Return the visits of some students, and all that are still to be made, in order.

    What waits is owed; so the earlier visits of other students need not be read.
    """
    waiting = sa.select(owed.c.case_id).where(owed.c.kind == "visit", owed.c.what.in_(_OWED))
    theirs = sa.and_(table.c.kind == "visit", content.c.student_id.in_(students))
    with writing(book):
        ids = set(map(str, book.people.connection.execute(waiting).scalars()))
        ids |= {one.entry.case_id for one in find(book, theirs)}
        found = of_cases(book, sorted(ids))
    held = [corrected([one.entry for one in each if not one.secret]) for each in found.values()]
    told = [_Case(fold(one), _plan_of(one)) for one in held if one]
    return sorted(told, key=lambda one: (one.key, one.start, one.state.case_id))


def _plan_of(holding: Sequence[Entry]) -> Entry:
    return next(one for one in holding if one.step == "plan")


def _matched(
    rows: Sequence[dict[str, object]], known: Sequence[_Case]
) -> tuple[list[tuple[dict[str, object], _Case]], list[dict[str, object]], list[_Case]]:
    """Pair the visits of a plan with those there are: same student and duty, same time first.

    A visit that was made is the one of its time, and no other; one that was called off is none.
    """
    there: dict[tuple[str, str], list[_Case]] = defaultdict(list)
    for one in known:
        if one.state.state != "cancelled":
            there[one.key].append(one)
    pairs: list[tuple[dict[str, object], _Case]] = []
    rest = list(rows)
    for same_time in (True, False):
        still: list[dict[str, object]] = []
        for row in rest:
            facts = _facts(row)
            mine = there[str(row["student_id"]), str(facts.get("duty", ""))]
            start = facts["planned_start"]
            fit = [one for one in mine if (one.start == start if same_time else one.waits)]
            if fit:
                mine.remove(fit[0])
                pairs.append((row, fit[0]))
            else:
                still.append(row)
        rest = still
    return pairs, rest, [one for each in there.values() for one in each if one.waits]


def _facts(row: Mapping[str, object]) -> Mapping[str, object]:
    return cases.from_visit_plan(row, dt.datetime.now(dt.UTC), 0).facts


def _changed(
    book: Book, row: Mapping[str, object], one: _Case, at: dt.datetime
) -> list[tuple[Entry, str, _Case | None]]:
    """Return the entry that brings a waiting visit to what the plan says now."""
    wanted = dict(_facts(row))
    plan = one.plan
    held = {name: one.state.facts.get(name) for name in wanted}
    if not one.waits:
        return [(plan, "kept", one)]
    if one.state.state in ("declined", "not_at_home"):
        facts = {n: wanted[n] for n in ("form", "planned_start", "planned_end", "visitors")}
        new = replace(plan, step="make_up", facts=facts, at=at, entry_id="", recorded_at=None)
        return [(_by(book, new), "made_up", one)]
    if held == wanted:
        return [(plan, "kept", one)]
    if one.state.state == "appointed":
        # The family agreed to a time: a person asks them first, then writes the appointment down.
        return [(plan, "agreed_differs", one)]
    facts = {**plan.facts, **wanted}
    reason = text.say("record.planned_anew")
    last = _last_planning(book, one)
    if last.step != "plan":
        facts = {n: wanted[n] for n in ("form", "planned_start", "planned_end", "visitors")}
    return [(correction(book, last.entry_id, facts, reason, ""), "moved", one)]


def _by(book: Book, new: Entry) -> Entry:
    return replace(new, actor=book.actor, role=book.role, corrects=None)


def _last_planning(book: Book, one: _Case) -> Entry:
    """Return the entry that a new time corrects: the plan, or the visit to make up."""
    with writing(book):
        found = find(book, table.c.case_id == one.state.case_id)
    holding = corrected([each.entry for each in found])
    return [each for each in holding if each.step in ("plan", "make_up")][-1]


def _gone(book: Book, one: _Case, at: dt.datetime) -> tuple[Entry, str, _Case | None]:
    """Return the entry that takes back a visit no longer planned, or calls off an agreed one."""
    reason = text.say("record.no_longer_planned")
    if one.state.state == "planned":
        last = _last_planning(book, one)
        if last.step == "plan":
            return correction(book, last.entry_id, None, reason, ""), "taken_back", one
    facts = {"by": "school", "reason": reason}
    new = replace(one.plan, step="cancel", facts=facts, at=at, entry_id="", recorded_at=None)
    return _by(book, new), "called_off", one


def _window(
    rows: Sequence[Mapping[str, object]], window: tuple[DateLike, DateLike] | None
) -> tuple[dt.date, dt.date] | None:
    """Return the first and last day the plan speaks for: nothing outside is taken back."""
    if window is not None:
        return as_date(window[0]), as_date(window[1])
    days = sorted(_day(str(_facts(row)["planned_start"])) for row in rows)
    return (days[0], days[-1]) if days else None


def _day(moment: str) -> dt.date:
    found = moment_of(moment)
    return school_time(found).date() if found else dt.date.max


def _last_number(book: Book) -> int:
    """Return the highest number among the cases of visits, those taken back included."""
    wanted = sa.select(table.c.case_id).where(table.c.kind == "visit").distinct()
    with writing(book):
        names = list(book.people.connection.execute(wanted).scalars())
    found = [_NUMBER.fullmatch(str(name)) for name in names]
    return max((int(one[1]) for one in found if one), default=0)


def _told(done: Sequence[tuple[Entry, str, _Case | None]]) -> pd.DataFrame:
    rows = []
    for new, action, one in done:
        plan = one.plan.facts if one else new.facts
        start = moment_of(new.facts.get("planned_start") or plan["planned_start"])
        when = pd.Timestamp(school_time(start)) if start else pd.NaT
        rows.append((new.case_id, new.student_id, plan.get("duty", ""), when, action))
    told = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"start": "datetime64[us]"})
    return told.sort_values(["start", "case_id"], ignore_index=True)
