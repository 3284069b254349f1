"""What must hold for the duties of any school."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.calendar import Calendar
from visitkit.load.school import School
from visitkit.plan.duties import duties
from visitkit.plan.duties_status import OPEN, STATUSES
from visitkit.plan.duties_views import coverage, load
from visitkit.plan.requests import requests
from visitkit.policy import read_policy
from visitkit.tables import DTYPES, TABLES

DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
TODAY = dt.date(2026, 11, 2)
STUDENTS = [f"S{n}" for n in range(6)]
TEACHERS = ["H", "A", "B"]
POLICIES = {
    name: read_policy(name)
    for name in (
        "recommended",
        "home-visit-2",
        "home-visit-4",
        "home-visit-5",
        "junior-school-visits",
        "junior-school-annex",
        "left-behind-care",
    )
}
FORMS = ["home", "phone", "online", "invited", "electronic"]
GROUPS = ["poor", "orphan", "left_behind", "new_student", "gifted_top", "disabled"]

days = st.dates(DAYS.first, DAYS.last)
student = st.sampled_from(STUDENTS)
contact = st.fixed_dictionaries(
    {
        "student_id": student,
        "date": days,
        "form": st.sampled_from(FORMS),
        "visitors": st.lists(st.sampled_from(TEACHERS), max_size=2, unique=True).map(";".join),
    }
)
group = st.fixed_dictionaries(
    {"student_id": student, "code": st.sampled_from(GROUPS), "since": st.none() | days}
)
facts = st.fixed_dictionaries(
    {
        "visits": st.lists(contact, max_size=12),
        "groups": st.lists(group, max_size=6),
        "left": st.lists(st.tuples(student, days), max_size=2),
        "entered": st.lists(st.tuples(student, days), max_size=2),
        "off": st.lists(
            st.tuples(student, days, st.sampled_from(["school", "family"])), max_size=4
        ),
        "alerts": st.lists(st.tuples(student, days), max_size=4),
    }
)


def typed(name: str, rows: list[dict[str, Any]], order: int) -> pd.DataFrame:
    """Return a table as the loader types it, its rows in some order."""
    columns = {
        column.name: pd.Series([row.get(column.name) for row in rows], dtype=DTYPES[column.kind])
        for column in TABLES[name].columns
        if column.sensitivity != "secret"
    }
    frame = pd.DataFrame(columns)
    return frame.iloc[np.random.default_rng(order).permutation(len(frame))]


def school_of(known: dict[str, Any], order: int = 0, until: dt.date | None = None) -> School:
    """Return the school of some facts, of those up to a day where one is given."""

    def seen(rows: list[dict[str, Any]], column: str) -> list[dict[str, Any]]:
        return [row for row in rows if until is None or not row[column] or row[column] <= until]

    left, entered = dict(known["left"]), dict(known["entered"])
    roll = [
        {
            "student_id": one,
            "class_id": f"70{1 + place % 2}",
            "grade": 7,
            "address": "somewhere",
            "left_on": left.get(one) if until is None or left.get(one, until) <= until else None,
            "entered_on": entered.get(one),
        }
        for place, one in enumerate(STUDENTS)
    ]
    staff = [
        {"teacher_id": "H", "roles": "head_teacher", "homeroom_class": "701", "classes": "702"},
        {"teacher_id": "A", "roles": "subject_teacher", "classes": "701;702"},
        {"teacher_id": "B", "roles": "grade_leader", "homeroom_class": "702"},
    ]
    tables = {
        "students": roll,
        "teachers": staff,
        "visits": seen(known["visits"], "date"),
        "groups": seen(known["groups"], "since"),
    }
    return School({name: typed(name, rows, order) for name, rows in tables.items()}, DAYS)


def beside(known: dict[str, Any], order: int = 0, until: dt.date | None = None) -> dict[str, Any]:
    """Return alerts and history of some facts."""
    off = [
        {"student_id": one, "date": day, "status": f"cancelled_{who}"}
        for one, day, who in known["off"]
        if until is None or day <= until
    ]
    told = [
        {"student_id": one, "rule": "sick_absence", "kind": "visit", "opened": day, "source": "x"}
        for one, day in known["alerts"]
        if until is None or day <= until
    ]
    alerts = pd.DataFrame(told, columns=["student_id", "rule", "kind", "opened", "source"])
    alerts["opened"] = pd.to_datetime(alerts["opened"]).astype("datetime64[us]")
    alerts["due"] = alerts["opened"] + pd.Timedelta(hours=32)
    history = pd.DataFrame(off, columns=["student_id", "date", "status"])
    draw = np.random.default_rng(order)
    return {
        "alerts": alerts.iloc[draw.permutation(len(alerts))],
        "history": {"appointments": history.iloc[draw.permutation(len(history))]},
    }


@settings(max_examples=15, deadline=None)
@given(facts, st.sampled_from(sorted(POLICIES)))
def test_never_more_than_owed(known: dict[str, Any], name: str) -> None:
    """What is fulfilled never exceeds what is owed, in any row, class, rule or teacher."""
    table = duties(school_of(known), POLICIES[name], TODAY, **beside(known))
    assert (table["fulfilled"] <= table["occurrences"]).all()
    assert (table["occurrences"] <= table["most"]).all()
    assert (table["fulfilled"] >= 0).all()
    assert set(table["status"]) <= set(STATUSES)
    full = table["fulfilled"] == table["occurrences"]
    assert (table.loc[full, "status"].isin(["fulfilled", "undecided"])).all()
    assert not table.loc[~full, "status"].eq("fulfilled").any()
    assert table.loc[table["overdue"], "status"].isin(OPEN).all()
    assert not table.duplicated(["student_id", "duty"]).any()
    called_off = table["cancelled_school"] + table["cancelled_family"]
    assert (table["made_up"] <= called_off).all()
    done = coverage(table)
    assert (done["reached"] <= done["students"]).all()
    assert (done["visits_made"] <= done["visits_owed"]).all()
    asked = load(table)
    assert (asked["visited"] <= asked["students"]).all()


@settings(max_examples=10, deadline=None)
@given(facts, st.sampled_from(sorted(POLICIES)))
def test_the_future_changes_nothing(known: dict[str, Any], name: str) -> None:
    """Rows dated after the day on which we stand change no duty and no load."""
    known = {**known, "entered": []}
    one = duties(school_of(known), POLICIES[name], TODAY, **beside(known))
    until = beside(known, until=TODAY)
    other = duties(school_of(known, until=TODAY), POLICIES[name], TODAY, **until)
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
    pd.testing.assert_frame_equal(load(one), load(other))


@settings(max_examples=6, deadline=None)
@given(facts, st.sampled_from(sorted(POLICIES)), st.integers(1, 99))
def test_order_changes_nothing(known: dict[str, Any], name: str, order: int) -> None:
    """Shuffling the rows of every table changes no duty, load, coverage or request."""
    rules = POLICIES[name]
    schools = school_of(known), school_of(known, order)
    one = duties(schools[0], rules, TODAY, **beside(known))
    other = duties(schools[1], rules, TODAY, **beside(known, order))
    pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))
    pd.testing.assert_frame_equal(load(one), load(other))
    pd.testing.assert_frame_equal(coverage(one), coverage(other))
    mixed = other.sample(frac=1, random_state=order)
    assert requests(None, schools[0], rules, TODAY, one) == requests(
        None, schools[1], rules, TODAY, mixed
    )


@settings(max_examples=10, deadline=None)
@given(facts, contact, st.sampled_from(sorted(POLICIES)))
def test_a_visit_more_never_hurts(known: dict[str, Any], more: dict[str, Any], name: str) -> None:
    """One visit more never leaves anybody owed more, nor any rule further from its goal."""
    before = duties(school_of(known), POLICIES[name], TODAY, **beside(known))
    richer = {**known, "visits": [*known["visits"], more]}
    after = duties(school_of(richer), POLICIES[name], TODAY, **beside(known))
    key = ["student_id", "duty"]
    both = before.merge(after, on=key, suffixes=("", "_after"))
    assert len(both) == len(before) == len(after)
    assert (both["fulfilled_after"] >= both["fulfilled"]).all()
    assert (load(after)["visited"] >= load(before)["visited"]).all()


@settings(max_examples=15, deadline=None)
@given(facts, st.sampled_from(sorted(POLICIES)))
def test_every_open_duty_at_home_is_asked_for(known: dict[str, Any], name: str) -> None:
    """No duty that a home visit can serve is lost on the way to the planner, none comes twice."""
    school, rules = school_of(known), POLICIES[name]
    table = duties(school, rules, TODAY, **beside(known))
    found = requests(None, school, rules, TODAY, table)
    until = pd.Timestamp(TODAY) + pd.Timedelta(days=27)
    wanted = table[table["status"].isin(OPEN) & (table["opens"] <= until)]
    wanted = wanted[wanted["forms"].str.split(";").str[0].eq("home")]
    asked = {(one.student_id, duty) for one in found for duty in one.duty.split(";")}
    missing = set(zip(wanted["student_id"], wanted["duty"], strict=True)) - asked
    assert missing == set()
    assert len({one.id for one in found}) == len(found)
