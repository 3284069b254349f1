"""From duties and caseload to requests: one visit for several duties, and nobody lost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.calendar import Calendar
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan.problem import Request, Window
from visitkit.plan.requests import Asking, requests, unmet
from visitkit.policy import Policy, read_policy

DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
MONDAY = "2026-11-02"

STAFF = [
    {
        "teacher_id": "H",
        "roles": "head_teacher",
        "homeroom_class": "701",
        "available": "1 16:00-19:00;6 08:00-12:00",
        "languages": "common",
    },
    {
        "teacher_id": "A",
        "classes": "701",
        "available": "1 16:00-19:00",
        "languages": "common;local",
    },
    {"teacher_id": "B", "classes": "701", "languages": "common"},
]


def school_of(*students: dict[str, object], **rows: list[dict[str, object]]) -> School:
    """Return a class of some students with three teachers."""
    roll = [
        {"student_id": f"S{n}", "class_id": "701", "address": "a road", **one}
        for n, one in enumerate(students or ({},))
    ]
    given = {"students": roll, "teachers": STAFF, **rows}
    return School.from_frames(
        calendar=DAYS, **{name: pd.DataFrame(table) for name, table in given.items()}
    )


def case(student: str = "S0", tier: str = "routine", index: float = 10.0) -> pd.DataFrame:
    """Return a caseload of one student."""
    return pd.DataFrame({"student_id": [student], "tier": [tier], "risk_index": [index]})


class Cases:
    """A caseload with its alerts, as the screening stage hands it over."""

    def __init__(self, table: pd.DataFrame, *alerts: tuple[str, str, str]) -> None:
        self.table = table
        rows = [
            {"student_id": "S0", "rule": rule, "kind": kind, "opened": opened, "source": ""}
            for rule, kind, opened in alerts
        ]
        self.alerts = pd.DataFrame(rows)
        self.alerts["opened"] = pd.to_datetime(self.alerts["opened"]).astype("datetime64[us]")
        self.alerts["due"] = self.alerts["opened"] + pd.Timedelta(hours=32)


@pytest.fixture(scope="module")
def rules() -> Policy:
    """The policy a school can adopt as it is."""
    return read_policy("recommended")


def one(found: list[Request]) -> Request:
    """Return the only request."""
    assert len(found) == 1
    return found[0]


def test_one_visit_for_several_duties(rules: Policy) -> None:
    """An immediate visit also serves the rules on regular visits, and comes in time."""
    cases = Cases(case(tier="priority"), ("sick_absence", "visit", MONDAY))
    found = one(requests(cases, school_of(), rules, MONDAY))
    assert set(found.duty.split(";")) == {
        "immediate.sick_absence@2026-11-02",
        "quota.head_teacher@2026-09-01",
        "quota.student@2026-09-01",
        "tier.visit_days",
    }
    assert found.mandatory
    assert found.due == dt.date(2026, 11, 3)
    assert (found.leads, found.forms, found.service) == (("H",), ("home",), 40)
    assert found.not_before == dt.date(2026, 11, 2)


def test_late_matters_are_settled_together(rules: Policy) -> None:
    """Two matters of different weeks, both late, take one visit and not two."""
    cases = Cases(
        case(), ("sick_absence", "visit", "2026-10-20"), ("family_event", "visit", "2026-10-27")
    )
    found = one(requests(cases, school_of(), rules, MONDAY))
    assert found.duty.count("immediate.") == 2
    assert found.not_before == dt.date(2026, 11, 2)


def test_extra_visits_are_visits_of_their_own() -> None:
    """What comes on top is not folded into the everyday visit."""
    school = school_of(groups=[{"student_id": "S0", "code": "poor"}])
    found = requests(None, school, read_policy("home-school-contact"), MONDAY)
    assert [request.duty.split("@")[0] for request in found] == ["quota.student", "quota.key_extra"]
    assert [request.id for request in found] == ["S0/1", "S0/2"]


def test_a_tier_asks_for_a_visit(rules: Policy) -> None:
    """Priority within five school days, watch within twenty, routine not; unless just visited."""
    quiet = rules.with_values({}, "school")
    due = {}
    for tier in ("priority", "watch", "routine"):
        request = one(requests(case(tier=tier), school_of(), quiet, MONDAY))
        due[tier] = (request.due, request.mandatory, "tier.visit_days" in request.duty)
    assert due == {
        "priority": (dt.date(2026, 11, 9), True, True),
        "watch": (dt.date(2026, 11, 30), False, True),
        "routine": (dt.date(2027, 1, 22), False, False),
    }
    seen = school_of(
        visits=[{"student_id": "S0", "date": "2026-10-30", "form": "home", "visitors": "H"}]
    )
    assert requests(case(tier="priority"), seen, quiet, MONDAY) == []


def test_good_news_waits_if_it_must(rules: Policy) -> None:
    """Good news is owed a visit, but it pushes nobody else aside."""
    cases = Cases(case(), ("good_event", "good", MONDAY))
    assert not one(requests(cases, school_of(), rules, MONDAY)).mandatory


def test_late_visits_are_still_asked_for(rules: Policy) -> None:
    """A visit that is overdue is wanted within a week; the school may choose to have it listed."""
    cases = Cases(case(), ("sick_absence", "visit", "2026-10-20"))
    found = one(requests(cases, school_of(), rules, MONDAY))
    assert found.due == dt.date(2026, 11, 9)
    kept = one(requests(cases, school_of(), rules, MONDAY, asking=Asking(late=None)))
    assert kept.due == dt.date(2026, 10, 21)
    assert kept.prize == found.prize


def test_prizes_rise_with_need(rules: Policy) -> None:
    """The higher the index and the tier and the nearer the day, the more a visit is worth."""
    low, high = (
        one(requests(case(index=index), school_of(), rules, MONDAY)).prize for index in (5.0, 60.0)
    )
    assert high - low == pytest.approx(4 * 55 * 1.0)
    watch = one(requests(case(tier="watch", index=5.0), school_of(), rules, MONDAY)).prize
    assert watch > low
    unknown = one(requests(case(index=float("nan")), school_of(), rules, MONDAY)).prize
    assert unknown == pytest.approx(low - 4 * 5)


def test_groups_named_first_come_first() -> None:
    """Of two families alike, that of a left-behind child is worth the longer way (VC-16)."""
    from visitkit.plan.problem import Rules, Session, Travel, Visitor, Visitors
    from visitkit.plan.solve import plan_visits

    groups = [{"student_id": "S1", "code": "left_behind", "until": "2026-11-30"}]
    school = school_of({}, {}, groups=groups)
    asked = requests(None, school, read_policy("home-school-contact"), MONDAY)
    asked = [one for one in asked if "quota.student" in one.duty]
    worth = {request.student_id: request.prize for request in asked}
    assert worth == {"S0": worth["S1"] - 40, "S1": worth["S1"]}
    assert read_policy("home-school-contact")["groups.priority"]
    # with room for one visit alone, hers is made, though the other home is nearer
    hour = Session("mon", dt.date(2026, 11, 2), 990, 1060, 1120)
    minutes = {"walk": np.array([[0, 5.0, 15], [5, 0, 18], [15, 18, 0]])}
    trip = Travel(("school", "S0", "S1"), minutes, "school")
    people = Visitors((Visitor("H", ("mon",)), Visitor("A", ("mon",))), (hour,))
    only = [
        replace(one, windows=(Window("mon", 990, 1020),), leads=("H",), partners=("A",))
        for one in asked
    ]
    plan = plan_visits(only, people, trip, seconds=5, rules=Rules(longest=1))
    assert [visit.student_id for visit in plan.visits] == ["S1"]
    # a group that has ended counts no more
    later = requests(None, school, read_policy("home-school-contact"), "2026-12-01")
    assert len({one.prize for one in later if "quota.student" in one.duty}) == 1


def test_windows_of_a_family(rules: Policy) -> None:
    """A visit begins so that it ends while the family and the teachers are free."""
    at_home = {"student_id": "S0", "relation": "mother", "available": "1 17:30-20:30"}
    away = {"student_id": "S0", "relation": "father", "away": "yes", "available": "6 08:00-12:00"}
    found = one(requests(None, school_of(guardians=[at_home, away]), rules, MONDAY))
    by_session = {window.session: (window.start, window.end) for window in found.windows}
    assert by_session["2026-11-02 16:00-19:00"] == (17 * 60 + 30, 19 * 60 - 40)
    assert not any(session.startswith("2026-11-07") for session in by_session)


def test_nobody_is_lost(rules: Policy) -> None:
    """No address, no common hour, nobody to go: the request stays, with the reason in words."""
    night = {"student_id": "S1", "relation": "mother", "available": "3 05:00-06:00"}
    students = ({"address": None}, {}, {"class_id": "709"}, {})
    found = requests(None, school_of(*students, guardians=[night]), rules, MONDAY)
    assert {request.student_id for request in found} == {"S0", "S1", "S2", "S3"}
    reasons = unmet(found)
    assert {name.split("/")[0]: why for name, why in reasons.items()} == {
        "S0": "no_address",
        "S1": "no_common_hour",
        "S2": "nobody_to_go",
    }
    assert all(text.has(f"duties.unmet.{why}") for why in reasons.values())


def test_languages(rules: Policy) -> None:
    """Somebody who speaks with the family comes along; where nobody does, nobody is left out."""
    speaks = {"student_id": "S0", "relation": "mother", "language": "local"}
    found = one(requests(None, school_of(guardians=[speaks]), rules, MONDAY))
    assert (found.leads, found.partners) == (("H",), ("A",))
    foreign = {**speaks, "language": "another"}
    found = one(requests(None, school_of(guardians=[foreign]), rules, MONDAY))
    assert (found.leads, found.partners) == (("H",), ("H", "A", "B"))


def test_far_families_from_the_school() -> None:
    """A family in a far zone is contacted from the school where the rule allows it."""
    school = school_of({"zone": "hills"}, {"zone": "town"})
    asking = Asking(far=["hills"])
    found = requests(None, school, read_policy("home-visit-3"), MONDAY, asking=asking)
    assert ["home" in request.forms for request in found] == [False, True]


def test_boarders_on_rest_days() -> None:
    """Where the student should be there, a boarder's family is visited on rest days."""
    rules = read_policy("junior-school-annex")
    found = one(requests(None, school_of({"boarding": True}), rules, MONDAY))
    days = {dt.date.fromisoformat(window.session[:10]).isoweekday() for window in found.windows}
    assert days == {5, 6, 7}


def test_earlier_visitors(rules: Policy) -> None:
    """Who was at the home last is named, if they may go again."""
    made = [
        {"student_id": "S0", "date": "2026-09-09", "form": "home", "visitors": "B"},
        {"student_id": "S0", "date": "2026-09-19", "form": "home", "visitors": "A;X"},
        {"student_id": "S0", "date": "2026-12-19", "form": "home", "visitors": "B"},
    ]
    found = requests(case(tier="priority"), school_of(visits=made), rules, MONDAY)
    assert {request.earlier for request in found} == {("A",)}


def test_second_round_of_persuasion_has_two_roles() -> None:
    """The vice-principal leads and the head teacher comes along, on a visit of their own."""
    staff = [*STAFF, {"teacher_id": "V", "roles": "vice_principal"}]
    failed = {"student_id": "S0", "date": "2026-10-30", "round": 1, "outcome": "failed"}
    from visitkit.plan.duties import duties

    school, rules = school_of(teachers=staff), read_policy("dropout-control")
    owed = duties(school, rules, MONDAY, history={"persuasion": pd.DataFrame([failed])})
    found = one(requests(None, school, rules, MONDAY, owed))
    assert (found.leads, found.partners, found.alone) == (("V",), ("H",), False)
    assert found.mandatory


def _rounds(*more: dict[str, object]) -> list[Request]:
    """Return what is asked for a child for whom the first round failed on Friday."""
    from visitkit.plan.duties import duties

    staff = [
        *STAFF,
        {"teacher_id": "V", "roles": "vice_principal", "available": "1 16:00-19:00"},
        {"teacher_id": "M", "roles": "moral_office", "available": "1 16:00-19:00;2 16:00-19:00"},
    ]
    failed = {"student_id": "S0", "date": "2026-10-30", "round": 1, "outcome": "failed"}
    school, rules = school_of(teachers=staff), read_policy("recommended")
    alerts = Cases(case(), *more).alerts if more else None
    history = {"persuasion": pd.DataFrame([failed])}
    owed = duties(school, rules, MONDAY, alerts, history=history)
    asked = requests(None, school, rules, MONDAY, owed)
    return [one for one in asked if one.mandatory]


def test_a_round_asks_for_as_many_as_the_policy_names() -> None:
    """Three roles: one leads, one comes along, one joins; only when somebody of each is free."""
    found = one(_rounds())
    roles = read_policy("recommended")["persuasion.round.2.roles"]
    assert len(roles) == 3 == 2 + len(found.joins)
    assert (found.leads, found.partners, found.joins) == (("V",), ("H",), (("M",),))
    days = {dt.date.fromisoformat(window.session[:10]).isoweekday() for window in found.windows}
    assert days == {1, 2}  # the hours of M; the planner itself keeps to those of V and H


def test_two_visits_that_must_be_made_are_one() -> None:
    """The round and the visit at once: the head teacher is of both, so one visit answers both."""
    found = one(_rounds(("unexcused_visit", "visit", "2026-10-30")))
    assert "persuasion.round.2" in found.duty
    assert "immediate.unexcused_visit" in found.duty
    assert (found.partners, found.joins) == (("H",), (("M",),))


def test_caseload_that_cannot_be_read(rules: Policy) -> None:
    """A caseload without its index is refused."""
    with pytest.raises(PlanError) as caught:
        requests(case().drop(columns="risk_index"), school_of(), rules, MONDAY)
    assert caught.value.key == "duties.cases_column"
