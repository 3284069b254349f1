"""Duties worked out by hand on small schools."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan.duties import COLUMNS, Duties, duties
from visitkit.plan.duties_views import coverage, load
from visitkit.policy import Policy, read_policy

DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
TODAY = "2026-11-02"

STAFF = [
    {"teacher_id": "H1", "roles": "head_teacher;subject_teacher", "homeroom_class": "701"},
    {"teacher_id": "A1", "roles": "subject_teacher", "classes": "701;702"},
    {"teacher_id": "A2", "roles": "subject_teacher", "classes": "701"},
    {"teacher_id": "H2", "roles": "head_teacher", "homeroom_class": "702"},
    {"teacher_id": "V1", "roles": "vice_principal"},
    {"teacher_id": "M1", "roles": "moral_office"},
    {"teacher_id": "P1", "roles": "principal"},
    {"teacher_id": "C1", "roles": "counsellor"},
]


def school_of(size: int = 4, days: Calendar = DAYS, **rows: list[dict[str, object]]) -> School:
    """Return class 701 of some students and whatever else a test names."""
    students = [{"student_id": f"S{n}", "class_id": "701", "grade": 7} for n in range(size)]
    frames = {"students": students, "teachers": STAFF, **rows}
    return School.from_frames(
        calendar=days, **{name: pd.DataFrame(some) for name, some in frames.items() if some}
    )


def visit(student: str, date: str, form: str = "home", who: str = "H1") -> dict[str, object]:
    """Return a row of the table of visits."""
    return {"student_id": student, "date": date, "form": form, "visitors": who}


def alert(
    rule: str, kind: str = "visit", student: str = "S0", opened: str = "2026-10-30"
) -> pd.DataFrame:
    """Return a table with one alert, due a day later."""
    due = pd.Timestamp(opened) + pd.Timedelta(hours=32)
    row = {"student_id": student, "rule": rule, "kind": kind, "opened": opened, "due": due}
    return pd.DataFrame([{**row, "source": "made up"}]).astype({"opened": "datetime64[us]"})


def of(table: Duties, rule: str) -> dict[str, pd.Series]:
    """Return the rows of a rule by student."""
    rows = table[table["rule"] == rule]
    assert rows["student_id"].is_unique
    return {str(row["student_id"]): row for _, row in rows.iterrows()}


@pytest.fixture(scope="module")
def recommended() -> Policy:
    """The policy a school can adopt as it is."""
    return read_policy("recommended")


def test_columns_and_types(recommended: Policy) -> None:
    """The table is what it says, even without a single duty."""
    table = duties(school_of(), recommended, TODAY)
    assert list(table.columns) == list(COLUMNS)
    assert {name: str(kind) for name, kind in table.dtypes.items()} == COLUMNS
    empty = duties(school_of(), read_policy("crisis-plan-b"), TODAY)
    assert empty.empty
    assert list(empty.columns) == list(COLUMNS)
    assert coverage(empty).empty


def test_one_visit_serves_several_rules(recommended: Policy) -> None:
    """A home visit by the head teacher fulfils both the student's and the head teacher's rule."""
    table = duties(school_of(visits=[visit("S0", "2026-10-09")]), recommended, TODAY)
    for rule in ("quota.student", "quota.head_teacher"):
        assert of(table, rule)["S0"]["status"] == "fulfilled"
        assert of(table, rule)["S1"]["status"] == "owed"
        assert of(table, rule)["S0"]["last_contact"] == pd.Timestamp("2026-10-09")


def test_who_goes(recommended: Policy) -> None:
    """The head teacher leads, a teacher of the class comes along, nobody goes alone."""
    row = of(duties(school_of(), recommended, TODAY), "quota.head_teacher")["S0"]
    assert row["must_go"] == "H1"
    assert row["may_lead"] == "H1"
    assert row["may_join"] == "H1;A1;A2"
    assert not row["alone"]


def test_share_reached_lets_the_others_go(recommended: Policy) -> None:
    """Two of four are half of a class: the other two are not owed a visit by the head teacher."""
    made = [visit("S0", "2026-10-09"), visit("S3", "2026-10-10")]
    table = duties(school_of(visits=made), recommended, TODAY)
    rows = of(table, "quota.head_teacher")
    assert [rows[f"S{n}"]["status"] for n in range(4)] == [
        "fulfilled",
        "share_met",
        "share_met",
        "fulfilled",
    ]
    assert rows["S1"]["pool"] == "class:701"
    assert rows["S1"]["needed"] == 2


def test_extra_visits_come_on_top() -> None:
    """The first visit is the everyday one, the second the extra one; a call leaves it free."""
    rules = read_policy("home-school-contact")
    groups = [{"student_id": f"S{n}", "code": "poor"} for n in range(3)]
    made = [
        visit("S0", "2026-10-09"),
        visit("S1", "2026-10-09"),
        visit("S1", "2026-10-20"),
        visit("S2", "2026-10-09", "phone"),
        visit("S2", "2026-10-20"),
    ]
    table = duties(school_of(groups=groups, visits=made), rules, TODAY)
    extra = of(table, "quota.key_extra")
    assert [extra[f"S{n}"]["fulfilled"] for n in range(3)] == [0, 1, 1]
    assert set(extra) == {"S0", "S1", "S2"}
    assert extra["S0"]["most"] == 2


def test_each_teacher_owes_each_student() -> None:
    """Two subject teachers owe two visits; one joint visit makes both, two by one make one."""
    rules = read_policy("junior-school-visits")
    made = [
        visit("S0", "2026-10-09", who="A1;A2"),
        visit("S1", "2026-10-09", who="A1"),
        visit("S1", "2026-10-10", who="A1"),
        visit("S2", "2026-10-10", who="H1"),
    ]
    rows = of(duties(school_of(visits=made), rules, TODAY), "quota.subject_teacher")
    assert [rows[f"S{n}"]["occurrences"] for n in range(4)] == [2, 2, 2, 2]
    assert [rows[f"S{n}"]["fulfilled"] for n in range(4)] == [2, 1, 0, 0]


def test_prorated_for_those_who_joined_or_left() -> None:
    """Two contacts a semester: one for half of it, none more once a student has left."""
    students = [
        {"student_id": "S0", "class_id": "701"},
        {"student_id": "S1", "class_id": "701", "entered_on": "2026-11-16"},
        {"student_id": "S2", "class_id": "701", "entered_on": "2027-01-20"},
        {"student_id": "S3", "class_id": "701", "left_on": "2026-11-16"},
        {"student_id": "S4", "class_id": "701", "left_on": "2026-09-03"},
    ]
    school = school_of(students=students, visits=[visit("S4", "2026-09-02")])
    rows = of(duties(school, read_policy("home-visit-2"), "2027-01-21"), "quota.student")
    assert {name: int(row["occurrences"]) for name, row in rows.items()} == {
        "S0": 2,
        "S1": 1,
        "S2": 1,
        "S3": 1,
    }
    assert rows["S3"]["status"] == "left"
    assert [bool(rows[name]["prorated"]) for name in rows] == [False, True, True, True]


def test_leaving_in_the_future_is_not_known(recommended: Policy) -> None:
    """A day of leaving after today changes nothing today."""
    students = [{"student_id": "S0", "class_id": "701", "left_on": "2026-12-01"}]
    assert (
        of(duties(school_of(students=students), recommended, TODAY), "quota.student")["S0"][
            "status"
        ]
        == "owed"
    )


@pytest.mark.parametrize("by", ["school", "family"])
def test_cancelled_and_made_up(recommended: Policy, by: str) -> None:
    """Who called off is told apart; a visit since makes it up."""
    off = {"student_id": "S0", "date": "2026-10-12", "status": f"cancelled_{by}"}
    history = {"appointments": pd.DataFrame([off])}
    row = of(duties(school_of(), recommended, TODAY, history=history), "quota.student")["S0"]
    assert row["status"] == f"cancelled_{by}"
    assert (row[f"cancelled_{by}"], row["made_up"]) == (1, 0)
    made = [visit("S0", "2026-10-20", "invited")]
    row = of(duties(school_of(visits=made), recommended, TODAY, history=history), "quota.student")[
        "S0"
    ]
    assert row["status"] == "fulfilled"
    assert (row[f"cancelled_{by}"], row["made_up"]) == (1, 1)


def test_only_the_named_role_counts(recommended: Policy) -> None:
    """A visit by another teacher counts for the student, not for the head teacher's rule."""
    table = duties(school_of(visits=[visit("S0", "2026-10-09", who="A1")]), recommended, TODAY)
    assert of(table, "quota.student")["S0"]["fulfilled"] == 1
    assert of(table, "quota.head_teacher")["S0"]["fulfilled"] == 0


def test_many_visits_fulfil_no_more_than_owed(recommended: Policy) -> None:
    """Three visits where one is owed make one."""
    made = [visit("S0", f"2026-10-{day}") for day in ("09", "16", "23")]
    row = of(duties(school_of(visits=made), recommended, TODAY), "quota.student")["S0"]
    assert (row["occurrences"], row["fulfilled"]) == (1, 1)


def test_one_visit_makes_up_one_appointment() -> None:
    """Two appointments called off and one visit since: one is made up, one is not."""
    off = [
        {"student_id": "S0", "date": f"2026-10-{day}", "status": "cancelled_school"}
        for day in ("12", "14")
    ]
    history = {"appointments": pd.DataFrame(off)}
    school = school_of(visits=[visit("S0", "2026-10-20")])
    table = duties(school, read_policy("home-visit-2"), TODAY, history=history)
    row = of(table, "quota.student")["S0"]
    assert (row["cancelled_school"], row["made_up"], row["status"]) == (2, 1, "owed")


def test_tomorrow_is_not_known(recommended: Policy) -> None:
    """An alert or an appointment dated after today changes nothing today."""
    told = alert("sick_absence", opened="2026-11-03")
    off = {"student_id": "S0", "date": "2026-11-03", "status": "cancelled_school"}
    history = {"appointments": pd.DataFrame([off])}
    table = duties(school_of(), recommended, TODAY, told, history)
    pd.testing.assert_frame_equal(
        pd.DataFrame(table), pd.DataFrame(duties(school_of(), recommended, TODAY))
    )


def test_waived(recommended: Policy) -> None:
    """A waiver excuses the duty it names and no other; one without a name is refused."""
    waiver = {"student_id": "S0", "date": "2026-10-12", "status": "waived", "duty": "quota.student"}
    table = duties(
        school_of(), recommended, TODAY, history={"appointments": pd.DataFrame([waiver])}
    )
    assert of(table, "quota.student")["S0"]["status"] == "waived"
    assert of(table, "quota.head_teacher")["S0"]["status"] == "owed"
    del waiver["duty"]
    with pytest.raises(PlanError) as caught:
        duties(school_of(), recommended, TODAY, history={"appointments": pd.DataFrame([waiver])})
    assert caught.value.key == "duties.waiver_no_duty"


def test_immediate_visit_is_at_home_and_soon(recommended: Policy) -> None:
    """A call does not answer a sick child's family; a visit at home does."""
    told = alert("sick_absence")
    call = school_of(visits=[visit("S0", "2026-10-31", "phone")])
    row = of(duties(call, recommended, TODAY, told), "immediate.sick_absence")["S0"]
    assert (row["status"], row["forms"], bool(row["overdue"])) == ("owed", "home", True)
    assert row["due"] == pd.Timestamp("2026-10-31")
    assert row["source"] == "made up"
    seen = school_of(visits=[visit("S0", "2026-10-31")])
    assert (
        of(duties(seen, recommended, TODAY, told), "immediate.sick_absence")["S0"]["fulfilled"] == 1
    )


def test_crisis_alerts_send_nobody_to_a_home(recommended: Policy) -> None:
    """Words of despair and critical answers open no visit: the counsellor decides."""
    for rule, kind in (("despair_words", "crisis"), ("critical_item", "crisis"), ("x", "ask")):
        table = duties(school_of(), recommended, TODAY, alert(rule, kind))
        assert not table["kind"].isin(["immediate", "topic"]).any()


def test_topic_visit(recommended: Policy) -> None:
    """A fall in marks asks for a talk with parents in any form that counts."""
    row = of(
        duties(school_of(), recommended, TODAY, alert("mark_drop", "report")), "topic.mark_drop"
    )
    assert row["S0"]["kind"] == "topic"
    assert "home" in row["S0"]["forms"].split(";")
    plain = read_policy("junior-school-visits")
    assert duties(school_of(), plain, TODAY, alert("mark_drop", "report"))["kind"].ne("topic").all()


def test_persuasion_rounds(recommended: Policy) -> None:
    """The second round opens only when the first is said to have failed, and has its own people."""
    told = alert("unexcused_run", "report")
    table = duties(school_of(), recommended, TODAY, told)
    assert table["rule"].str.startswith("persuasion").sum() == 1
    first = of(table, "persuasion.round.1")["S0"]
    assert (first["must_go"], first["forms"], bool(first["alone"])) == ("H1", "phone;home", True)
    assert first["due"] == pd.Timestamp("2026-11-02")
    failed = {"student_id": "S0", "date": "2026-10-31", "round": 1, "outcome": "failed"}
    history = {"persuasion": pd.DataFrame([failed])}
    table = duties(school_of(), recommended, TODAY, told, history)
    assert of(table, "persuasion.round.1")["S0"]["status"] == "fulfilled"
    second = of(table, "persuasion.round.2")["S0"]
    assert second["roles"] == "vice_principal;moral_office;head_teacher"
    assert second["must_go"] == "V1;M1;H1"
    assert (second["status"], second["forms"]) == ("owed", "home")
    back = {"persuasion": pd.DataFrame([{**failed, "outcome": "returned"}])}
    table = duties(school_of(), recommended, TODAY, told, back)
    assert set(table.loc[table["kind"] == "persuasion", "status"]) == {"fulfilled"}


@pytest.mark.parametrize(
    ("rule", "opens"), [("left_without_reason", True), ("leaving_talk", True), ("no_show", False)]
)
def test_what_opens_the_first_round(recommended: Policy, rule: str, opens: bool) -> None:
    """DO-05: leaving without a reason does at once; who did not come is called first (DO-03)."""
    table = duties(school_of(), recommended, TODAY, alert(rule, "report"))
    assert (table["rule"] == "persuasion.round.1").any() == opens


def test_readmission_talks(recommended: Policy) -> None:
    """Six talks after a return; each talk held does for one of them."""
    history = {
        "returns": pd.DataFrame({"student_id": ["S0"], "date": ["2026-10-12"]}),
        "talks": pd.DataFrame({"student_id": ["S0", "S0"], "date": ["2026-10-19", "2026-10-27"]}),
    }
    rows = duties(school_of(), recommended, TODAY, history=history)
    rows = rows[rows["kind"] == "readmission"].sort_values("due")
    assert rows["due"].dt.strftime("%m-%d").tolist() == [
        "10-19",
        "10-26",
        "11-02",
        "11-09",
        "12-09",
        "01-08",
    ]
    assert rows["fulfilled"].tolist() == [1, 1, 0, 0, 0, 0]
    assert rows["may_lead"].iloc[0] == "C1;H1"


def test_agent_parent() -> None:
    """A talk a week, a contact a month, a visit a half-year; the fifth is shown as not decided."""
    helps = [{"student_id": "S0", "start": "2026-09-07", "type": "agent_parent", "owner": "A1"}]
    made = [visit("S0", "2026-10-20", who="A1"), visit("S0", "2026-11-02", "phone", "A1")]
    school = school_of(interventions=helps, visits=made)
    table = duties(school, read_policy("left-behind-care"), TODAY)
    rows = {rule.split(".")[-1]: row for rule, row in table.set_index("rule").iterrows()}
    assert {name: row["status"] for name, row in rows.items()} == {
        "talk": "owed",
        "parents": "fulfilled",
        "visit": "fulfilled",
        "fifth": "undecided",
    }
    assert rows["talk"]["due"] == pd.Timestamp("2026-11-08")
    assert rows["visit"]["must_go"] == "A1"


def test_holiday_visits(recommended: Policy) -> None:
    """Children left behind are owed a visit in the coming holiday, others are not."""
    groups = [{"student_id": "S0", "code": "left_behind"}]
    days = Calendar(
        pd.concat(
            [
                Calendar.weekdays("2026-09-01", "2027-01-22").days.assign(term="autumn"),
                Calendar.weekdays("2027-01-23", "2027-02-28").days.assign(
                    term=None, school_day=False, kind="holiday"
                ),
            ],
            ignore_index=True,
        )
    )
    table = duties(school_of(days=days, groups=groups), recommended, TODAY)
    rows = of(table, "left_behind.holiday_visits")
    assert set(rows) == {"S0"}
    assert (rows["S0"]["opens"], rows["S0"]["due"]) == (
        pd.Timestamp("2027-01-23"),
        pd.Timestamp("2027-02-28"),
    )


def test_far_families_may_be_reached_otherwise() -> None:
    """A family in a zone far away is reached by telephone where the policy says so."""
    students = [
        {"student_id": "S0", "class_id": "701", "zone": "hills"},
        {"student_id": "S1", "class_id": "701", "zone": "town"},
    ]
    made = [visit("S0", "2026-10-09", "phone"), visit("S1", "2026-10-09", "phone")]
    school = school_of(students=students, visits=made)
    rules = read_policy("home-visit-3")
    rows = of(duties(school, rules, TODAY, far=["hills"]), "quota.school")
    assert [rows[name]["status"] for name in ("S0", "S1")] == ["fulfilled", "owed"]
    assert of(duties(school, rules, TODAY), "quota.school")["S0"]["status"] == "owed"


def test_coverage_by_class_and_school(recommended: Policy) -> None:
    """Done over owed for each rule, class by class; a share is met when enough are reached."""
    students = [{"student_id": f"S{n}", "class_id": f"70{1 + n % 2}"} for n in range(4)]
    made = [visit("S0", "2026-10-09"), visit("S2", "2026-10-10")]
    done = coverage(duties(school_of(students=students, visits=made), recommended, TODAY))
    heads = done[done["rule"] == "quota.head_teacher"].set_index("unit")
    assert heads.loc["701", ["students", "needed", "reached"]].tolist() == [2, 1, 2]
    assert heads["met"].tolist() == [True, False, False]
    whole = done[(done["rule"] == "quota.student") & (done["level"] == "school")].iloc[0]
    assert whole[["students", "needed", "reached", "share"]].tolist() == [4, 4, 2, 0.5]


def test_share_of_the_school_is_met_by_the_school() -> None:
    """Half of the school is no duty of one class: a class has no number of its own."""
    done = coverage(duties(school_of(), read_policy("home-visit-5"), TODAY))
    rows = done[done["rule"] == "quota.school"].set_index("level")
    assert pd.isna(rows.loc["class", "needed"])
    assert rows.loc["school", "needed"] == 2


def test_load_of_teachers() -> None:
    """Half a class for the head teacher, four to six students for the others, done so far."""
    made = [visit("S0", "2026-10-09", who="H1;A1"), visit("S1", "2026-10-10", who="A1")]
    school = school_of(size=10, visits=made)
    asked = load(duties(school, read_policy("junior-school-annex"), TODAY)).set_index("teacher_id")
    assert asked.loc["H1", ["least", "visited", "open"]].tolist() == [5, 1, 4]
    assert asked.loc["A1", ["least", "most", "visited", "open"]].tolist() == [4, 6, 2, 2]
    assert asked.loc["M1", "students"] == 0
    assert asked.loc["M1", "least"] == 0


def test_remainder_is_shared_equally() -> None:
    """The head teacher takes five of ten; the five left make three each for two teachers."""
    asked = load(duties(school_of(size=10), read_policy("home-visit-4"), TODAY))
    rows = asked[asked["rule"] == "quota.subject_teacher"].set_index("teacher_id")
    assert rows["least"].to_dict() == {"A1": 3, "A2": 3}
    leaders = asked[asked["rule"] == "quota.leader"].set_index("teacher_id")
    assert leaders["least"].to_dict() == {"P1": 10, "V1": 10}


def test_load_needs_duties() -> None:
    """A bare table holds no loads."""
    with pytest.raises(PlanError) as caught:
        load(pd.DataFrame(duties(school_of(), read_policy("home-visit-4"), TODAY)).copy())
    assert caught.value.key == "duties.not_duties"


@pytest.mark.parametrize(
    ("history", "key"),
    [
        ({"letters": pd.DataFrame()}, "duties.history_table"),
        ({"returns": pd.DataFrame({"student_id": ["S0"]})}, "duties.history_column"),
        (
            {
                "appointments": pd.DataFrame(
                    {"student_id": ["S0"], "date": [TODAY], "status": ["?"]}
                )
            },
            "duties.history_word",
        ),
    ],
)
def test_history_that_cannot_be_read(
    recommended: Policy, history: dict[str, pd.DataFrame], key: str
) -> None:
    """A history with a misspelt table, a missing column or an unknown word is refused."""
    with pytest.raises(PlanError) as caught:
        duties(school_of(), recommended, TODAY, history=history)
    assert caught.value.key == key
    assert str(caught.value)


def test_alerts_that_cannot_be_read(recommended: Policy) -> None:
    """Alerts without a due moment are refused rather than taken as due never."""
    with pytest.raises(PlanError) as caught:
        duties(school_of(), recommended, TODAY, alert("sick_absence").drop(columns="due"))
    assert caught.value.key == "duties.alerts_column"


def test_names_stay_the_same(recommended: Policy) -> None:
    """The name of a duty is the same a week later, so that a visit can be booked on it."""
    school = school_of()
    one = duties(school, recommended, TODAY)
    later = duties(school, recommended, dt.date(2026, 11, 9))
    assert one["duty"].tolist() == later["duty"].tolist()
    assert not one.duplicated(["student_id", "duty"]).any()
