"""Visits of an earlier plan, read back from its table so that they stay as they are."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from visitkit.errors import PlanError
from visitkit.plan.outcome import Visit
from visitkit.plan.problem import Request, Session, Visitors, Window

#: Columns of a table of visits that are needed to keep them.
COLUMNS = ("date", "start", "end", "student_id", "visitors")


def kept_visits(
    table: pd.DataFrame, requests: Iterable[Request], visitors: Visitors
) -> tuple[Visit, ...]:
    """Return the visits of an earlier plan as visits that stay, for :func:`plan_visits`.

    Parameters
    ----------
    table
        Rows as in ``visits.csv``: ``date``, ``start`` and ``end`` as ``HH:MM``, ``student_id``,
        ``visitors`` (the lead first, parted by ``;``); ``form``, ``duty`` and ``due`` where there
        are any. All as text.
    requests
        What is wanted now. A row belongs to the request of its student with the same duty, else to
        the next of that student; a visit that nobody asks for any more is kept as well.
    visitors
        Who goes when now. Rows before the first session are left aside: these visits are past.

    Raises
    ------
    PlanError
        When a column is missing, a cell cannot be understood, or a visit lies in no session.

    Examples
    --------
    >>> from visitkit.plan.problem import Visitor
    >>> evening = Session("mon", dt.date(2026, 9, 7), 990, 1170, 1230)
    >>> who = Visitors((Visitor("T1", ("mon",)),), (evening,))
    >>> row = {"date": "2026-09-07", "start": "16:42", "end": "17:22"}
    >>> row |= {"student_id": "S1", "visitors": "T1;T2"}
    >>> wanted = Request("S1/1", "S1", "S1", (), ("T1",))
    >>> visit = kept_visits(pd.DataFrame([row]), [wanted], who)[0]
    >>> visit.request_id, visit.session, visit.start, visit.crew
    ('S1/1', 'mon', 1002.0, ('T1', 'T2'))
    """
    for column in COLUMNS:
        if column not in table:
            raise PlanError("plan.kept_column", column=column)
    first = min((one.date for one in visitors.sessions), default=None)
    rows = [_Row(number, row) for number, row in enumerate(_dicts(table), 2)]
    rows = [row for row in rows if first is not None and row.date >= first]
    wanted = _by_student(requests)
    names = _names(sorted(rows, key=_Row.order), wanted)
    outings: dict[tuple[dt.date, tuple[str, ...]], list[_Row]] = defaultdict(list)
    for row in rows:
        outings[row.date, row.crew].append(row)
    found = []
    for group in outings.values():
        for row in group:
            session = _session(row, group, visitors)
            found.append(row.visit(names[row.number], session.id))
    return tuple(sorted(found, key=lambda visit: (visit.date, visit.start, visit.request_id)))


def visits_table(visits: Iterable[Visit]) -> pd.DataFrame:
    """Return visits as the table that :func:`kept_visits` reads, a row a visit, all as text.

    Examples
    --------
    >>> day = dt.date(2026, 9, 7)
    >>> made = Visit("S1/1", "S1", "mon", day, 1002.0, 1042.0, "T1", "T2", 1, 12.0)
    >>> visits_table([made])[["date", "start", "end", "visitors"]].values.tolist()
    [['2026-09-07', '16:42', '17:22', 'T1;T2']]
    """
    rows = [
        {
            "date": one.date.isoformat(),
            "start": _hours(one.start),
            "end": _hours(one.end),
            "student_id": one.student_id,
            "visitors": ";".join(one.crew),
            "form": one.form,
            "duty": one.duty,
            "due": "" if one.due is None else one.due.isoformat(),
        }
        for one in visits
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, "form", "duty", "due"], dtype="object")


def _hours(minutes: float) -> str:
    whole = math.floor(round(minutes, 6))
    return f"{whole // 60:02d}:{whole % 60:02d}"


def promised(visits: Iterable[Visit], requests: Iterable[Request]) -> list[Request]:
    """Return requests for kept visits that nothing else asks for any more.

    The family was told, so the visit is wanted: by those who were to come, at that hour. Without a
    request nobody could tell what an outing with such a visit costs.

    Examples
    --------
    >>> day = dt.date(2026, 9, 7)
    >>> made = Visit("S1/1", "S1", "mon", day, 1002.0, 1042.0, "T1", "T2", 1, 12.0)
    >>> [(one.id, one.leads, one.windows[0].start) for one in promised([made], [])]
    [('S1/1', ('T1',), 1002)]
    """
    known = {one.id for one in requests}
    return [_promise(one) for one in visits if one.request_id not in known]


def _promise(visit: Visit) -> Request:
    return Request(
        id=visit.request_id,
        student_id=visit.student_id,
        place=visit.student_id if visit.form == "home" else "",
        windows=(Window(visit.session, math.floor(visit.start), math.ceil(visit.start)),),
        leads=(visit.lead,),
        partners=() if visit.partner is None else (visit.partner,),
        alone=visit.partner is None,
        service=round(visit.end - visit.start),
        mandatory=True,
        duty=visit.duty,
        due=visit.due,
        forms=(visit.form,),
        joins=tuple((one,) for one in visit.joins),
    )


class _Row:
    """A row of the table, understood."""

    def __init__(self, number: int, cells: Mapping[str, str]) -> None:
        self.number, self.cells = number, cells
        self.date = self._day("date")
        self.start, self.end = self._clock("start"), self._clock("end")
        self.student_id = self._text("student_id")
        self.crew = tuple(part for part in self._text("visitors").split(";") if part)
        if not self.crew or self.end <= self.start:
            raise self._wrong("visitors" if self.end > self.start else "end")

    def order(self) -> tuple[dt.date, float, str]:
        return self.date, self.start, self.student_id

    def visit(self, request_id: str, session: str) -> Visit:
        due = self.cells.get("due", "")
        return Visit(
            request_id,
            self.student_id,
            session,
            self.date,
            self.start,
            self.end,
            self.crew[0],
            self.crew[1] if len(self.crew) > 1 else None,
            0,
            0.0,
            self.cells.get("form", "") or "home",
            self.cells.get("duty", ""),
            self._day("due") if due else None,
            self.crew[2:],
        )

    def _text(self, column: str) -> str:
        found = self.cells[column]
        if not found:
            raise self._wrong(column)
        return found

    def _day(self, column: str) -> dt.date:
        try:
            return dt.date.fromisoformat(self.cells[column])
        except ValueError as error:
            raise self._wrong(column) from error

    def _clock(self, column: str) -> float:
        try:
            clock = dt.time.fromisoformat(self.cells[column].zfill(5))
        except ValueError as error:
            raise self._wrong(column) from error
        return float(clock.hour * 60 + clock.minute)

    def _wrong(self, column: str) -> PlanError:
        return PlanError("plan.kept_cell", row=self.number, column=column)


def _dicts(table: pd.DataFrame) -> Iterable[dict[str, str]]:
    for row in table.astype("object").to_dict("records"):
        yield {str(name): _cell(cell) for name, cell in row.items()}


def _cell(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def _by_student(requests: Iterable[Request]) -> dict[str, list[Request]]:
    found: dict[str, list[Request]] = defaultdict(list)
    for one in sorted(requests, key=lambda one: (one.student_id, one.occurrence, one.id)):
        found[one.student_id].append(one)
    return found


def _names(rows: list[_Row], wanted: Mapping[str, list[Request]]) -> dict[int, str]:
    """Return the request of each row, those with the same duty first; a new name where none is."""
    found: dict[int, str] = {}
    for same_duty in (True, False):
        for row in rows:
            own = wanted.get(row.student_id, [])
            duty = row.cells.get("duty", "")
            fitting = [one for one in own if one.duty == duty] if same_duty else own
            if row.number not in found and fitting:
                one = fitting[0]
                own.remove(one)
                found[row.number] = one.id
    return {row.number: f"{row.student_id}/{row.date}/{row.start:.0f}" for row in rows} | found


def _session(row: _Row, group: list[_Row], visitors: Visitors) -> Session:
    """Return the session of a visit: where all of its outing fits and the visitors are free."""
    free = {person.teacher_id: set(person.sessions) for person in visitors.people}
    around = [
        one
        for one in visitors.sessions
        if one.date == row.date and one.start <= row.start and row.end <= one.end
    ]
    if not around:
        raise PlanError("plan.kept_session", row=row.number, date=row.date)

    def fit(one: Session) -> tuple[int, int, int, str]:
        away = sum(one.id not in free.get(who, set()) for who in row.crew)
        outside = sum(not (one.start <= other.start and other.end <= one.end) for other in group)
        return outside, away, one.end - one.start, one.id

    return min(around, key=fit)
