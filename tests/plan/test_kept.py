"""Visits of an earlier plan: each row takes the right request, and nobody who was told is lost."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.errors import PlanError
from visitkit.plan.kept import kept_visits, promised, visits_table
from visitkit.plan.outcome import Visit
from visitkit.plan.problem import Request, Session, Visitor, Visitors

MONDAY, TUESDAY = dt.date(2026, 9, 7), dt.date(2026, 9, 8)
EVENINGS = (Session("mon", MONDAY, 990, 1170, 1230), Session("tue", TUESDAY, 990, 1170, 1230))
PEOPLE = Visitors((Visitor("T1", ("mon", "tue")), Visitor("T2", ("mon", "tue"))), EVENINGS)


def wanted(number: int, duty: str, student: str = "S1") -> Request:
    """Return a request for the n-th visit to a student."""
    return Request(
        f"{student}/{number}", student, student, (), ("T1",), duty=duty, occurrence=number
    )


def row(
    duty: str, day: dt.date = MONDAY, start: str = "16:42", student: str = "S1"
) -> dict[str, str]:
    """Return a row of ``visits.csv``."""
    end = f"{int(start[:2]):02d}:{int(start[3:]) + 10:02d}"
    known = {"date": day.isoformat(), "start": start, "end": end, "student_id": student}
    return {**known, "visitors": "T1;T2", "duty": duty}


def names(rows: list[dict[str, str]], requests: list[Request]) -> dict[tuple[str, str], str]:
    """Return the request that each row took, by day and duty."""
    found = kept_visits(pd.DataFrame(rows), requests, PEOPLE)
    return {(one.date.isoformat(), one.duty): one.request_id for one in found}


def test_same_duty_first() -> None:
    """The first row is earlier but has another duty; it must not take what the second row needs."""
    rows = [row("gone", MONDAY), row("a", TUESDAY)]
    found = names(rows, [wanted(1, "a"), wanted(2, "b")])
    assert found == {("2026-09-07", "gone"): "S1/2", ("2026-09-08", "a"): "S1/1"}


def test_a_changed_duty_takes_the_next_request() -> None:
    """The duty behind the visit has changed since: the visit serves what is owed now."""
    assert names([row("old")], [wanted(1, "new")]) == {("2026-09-07", "old"): "S1/1"}


def test_a_visit_nobody_asks_for_keeps_a_name_of_its_own() -> None:
    found = names([row("a"), row("a", TUESDAY)], [wanted(1, "a")])
    assert found[("2026-09-07", "a")] == "S1/1"
    assert found[("2026-09-08", "a")] == "S1/2026-09-08/1002"


def test_other_students_are_not_touched() -> None:
    found = names([row("a", student="S2")], [wanted(1, "a", "S1"), wanted(1, "b", "S2")])
    assert found == {("2026-09-07", "a"): "S2/1"}


DUTIES = st.sampled_from(["a", "b", "c"])


@given(
    rows=st.lists(st.tuples(DUTIES, st.sampled_from(["16:31", "16:42", "17:13", "18:04"]))),
    asked=st.lists(DUTIES, max_size=4),
)
def test_rows_and_requests_pair_as_well_as_they_can(
    rows: list[tuple[str, str]], asked: list[str]
) -> None:
    """No request twice, no row lost, and as many pairs of one duty as there can be."""
    requests = [wanted(number, duty) for number, duty in enumerate(asked, 1)]
    if not rows:
        return
    found = kept_visits(
        pd.DataFrame([row(duty, MONDAY, at) for duty, at in rows]), requests, PEOPLE
    )
    duty_of = {one.id: one.duty for one in requests}
    taken = [one.request_id for one in found if one.request_id in duty_of]
    assert len(found) == len(rows)
    assert len(set(taken)) == len(taken) == min(len(rows), len(requests))
    paired = Counter(one.duty for one in found if duty_of.get(one.request_id) == one.duty)
    most = Counter(duty for duty, _ in rows) & Counter(asked)
    assert paired == most


def test_a_table_of_visits_reads_back() -> None:
    visit = Visit("S1/1", "S1", "tue", TUESDAY, 1002.0, 1042.0, "T1", "T2", 1, 12.0, duty="a")
    visit = replace(visit, due=dt.date(2026, 9, 30))
    found = kept_visits(visits_table([visit]), [wanted(1, "a")], PEOPLE)
    assert [replace(one, order=1, travel=12.0) for one in found] == [visit]


def test_whoever_was_told_is_asked_for() -> None:
    """A kept visit that nothing asks for becomes a request at its hour and with its people."""
    visits = kept_visits(pd.DataFrame([row("a"), row("gone", TUESDAY)]), [wanted(1, "a")], PEOPLE)
    found = promised(visits, [wanted(1, "a")])
    assert [(one.student_id, one.duty, one.leads, one.partners) for one in found] == [
        ("S1", "gone", ("T1",), ("T2",))
    ]
    assert found[0].mandatory
    assert [(one.session, one.start) for one in found[0].windows] == [("tue", 1002)]


@pytest.mark.parametrize("column", ["date", "start", "visitors"])
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(PlanError) as caught:
        kept_visits(pd.DataFrame([row("a")]).drop(columns=column), [], PEOPLE)
    assert caught.value.facts["column"] == column
