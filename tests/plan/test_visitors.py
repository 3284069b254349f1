"""Sessions and the teachers free in them, by hand on a made-up fortnight."""

from __future__ import annotations

import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.errors import CalendarError, PlanError
from visitkit.load import School
from visitkit.plan.duties import duties
from visitkit.plan.travel import Place
from visitkit.plan.visitors import Hours, sessions, visitors, weekly
from visitkit.policy import Policy, read_policy

#: A Monday.
MONDAY = "2026-11-02"


def days_of(**changes: dict[str, object]) -> Calendar:
    """Return a calendar; a change is given by a day such as ``d2026_11_04``."""
    table = Calendar.weekdays("2026-09-01", "2027-01-22").days.copy()
    for day, cells in changes.items():
        row = table["date"] == pd.Timestamp(day[1:].replace("_", "-"))
        for column, value in cells.items():
            table.loc[row, column] = value
    return Calendar(table)


def school_of(*available: str | None, days: Calendar | None = None, **more: object) -> School:
    """Return a school with a teacher for each statement of free hours."""
    teachers = pd.DataFrame(
        {
            "teacher_id": [f"T{n}" for n in range(len(available))],
            "available": available,
            "homeroom_class": "701",
            **more,
        }
    )
    students = pd.DataFrame(
        {"student_id": ["1"], "class_id": ["701"], "lat": [30.0], "lon": [104.0]}
    )
    return School.from_frames(students=students, teachers=teachers, calendar=days or days_of())


@pytest.fixture(scope="module")
def rules() -> Policy:
    """The policy a school can adopt as it is."""
    return read_policy("recommended")


def test_a_week_of_sessions(rules: Policy) -> None:
    """Five afternoons from the second afternoon lesson to the latest end, four half-days."""
    found = sessions(school_of(None), MONDAY, 7, rules)
    afternoons = [one for one in found if one.kind == "weekday"]
    assert [(one.start, one.end) for one in afternoons] == [(14 * 60 + 100, 20 * 60)] * 5
    assert [one.id for one in found if one.kind == "weekend"] == [
        "2026-11-07 09:00-12:00",
        "2026-11-07 13:30-17:00",
        "2026-11-08 09:00-12:00",
        "2026-11-08 13:30-17:00",
    ]
    assert all(one.home_by == one.end + 60 for one in found)
    assert {one.week for one in found} == {0}


def test_the_calendar_comes_first(rules: Policy) -> None:
    """What the calendar says of a day is used; a day of a school event is left free."""
    days = days_of(
        d2026_11_02={"after_lessons_from": "15:50"},
        d2026_11_03={"kind": "event", "school_day": True},
    )
    found = sessions(school_of(None, days=days), MONDAY, 2, rules)
    assert [one.id for one in found] == ["2026-11-02 15:50-20:00"]
    plain = rules.with_values({"route.avoid_event_days": False})
    assert len(sessions(school_of(None, days=days), MONDAY, 2, plain)) == 2


def test_rest_days_only_where_the_policy_says(rules: Policy) -> None:
    """A school may keep teachers' rest days free, or its evenings."""
    evenings = rules.with_values({"route.spare_time": ["evenings"]})
    assert {one.kind for one in sessions(school_of(None), MONDAY, 7, evenings)} == {"weekday"}
    rest = rules.with_values({"route.spare_time": ["rest_days"]})
    assert {one.kind for one in sessions(school_of(None), MONDAY, 7, rest)} == {"weekend"}


def test_teachers_only_when_free(rules: Policy) -> None:
    """A teacher is in the sessions that lie in the hours given, and in no others."""
    school = school_of("1 16:00-18:30;3 16:00-18:30", "1 16:00-19:00", None)
    found = visitors(school, MONDAY, 5, rules)
    free = {one.teacher_id: one.sessions for one in found.people}
    assert free["T0"] == ("2026-11-02 16:00-18:30", "2026-11-04 16:00-18:30")
    assert free["T1"] == ("2026-11-02 16:00-18:30", "2026-11-02 16:00-19:00")
    assert set(free["T2"]) == {one.id for one in found.sessions}
    for one in found.people:
        assert set(one.sessions) <= {session.id for session in found.sessions}


def test_too_short_to_visit(rules: Policy) -> None:
    """Half an hour holds no visit of forty minutes."""
    assert sessions(school_of("1 16:00-16:30"), MONDAY, 1, rules) == ()


def test_most_visits(rules: Policy) -> None:
    """A teacher is asked for what is left of the greatest number, by the table and by the rules."""
    made = pd.DataFrame(
        {
            "student_id": ["1"] * 2,
            "date": ["2026-10-09"] * 2,
            "form": ["home", "phone"],
            "visitors": "T0",
        }
    )
    school = School.from_frames(
        students=pd.DataFrame({"student_id": ["1"], "class_id": ["701"]}),
        teachers=pd.DataFrame(
            {
                "teacher_id": ["T0", "T1", "T2"],
                "roles": "subject_teacher",
                "classes": "701",
                "max_visits": [3, None, None],
            }
        ),
        visits=made,
        calendar=days_of(),
    )
    assert [one.most for one in visitors(school, MONDAY, 5, rules).people] == [2, None, None]
    owed = duties(school, read_policy("junior-school-annex"), MONDAY)
    found = visitors(school, MONDAY, 5, rules, duties=owed)
    assert [one.most for one in found.people] == [2, 6, 6]


def test_daylight(rules: Policy) -> None:
    """Sunset is given where anybody knows where the school is."""
    east, west = Place(30.0, 120.0), Place(30.0, 90.0)
    one = sessions(school_of(None), MONDAY, 1, rules, base=east)[0].daylight_end
    other = sessions(school_of(None), MONDAY, 1, rules, base=west)[0].daylight_end
    assert one is not None
    assert other is not None
    assert 119 <= other - one <= 121  # four minutes a degree, rounded down twice


def test_own_hours(rules: Policy) -> None:
    """A school with other hours on rest days gives its own."""
    hours = Hours(halves=((600, 660),), weekday=1)
    found = visitors(school_of(None), "2026-11-07", 1, rules, hours=hours)
    assert [one.id for one in found.sessions] == ["2026-11-07 10:00-11:00"]
    assert found.people[0].weekly == (("weekday", 1), ("weekend", 2))


def test_weekly_windows() -> None:
    """Windows that touch are one; nothing said is not the same as never."""
    assert weekly("1 16:00-18:00;1 17:00-19:00") == {1: ((960, 1140),)}
    assert weekly(None) is None
    assert weekly("") is None


def test_refusals(rules: Policy) -> None:
    """No day at all, and a day outside the calendar."""
    with pytest.raises(PlanError) as caught:
        sessions(school_of(None), MONDAY, 0, rules)
    assert caught.value.key == "duties.days"
    with pytest.raises(CalendarError):
        sessions(school_of(None), "2030-01-01", 5, rules)
