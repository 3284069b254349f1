"""The planted stories are there, for the sample school and for other seeds and sizes."""

from __future__ import annotations

import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.sample import SampleSchool, make_school
from visitkit.sample.surveys import LIE, VOID_FROM

SCHOOLS = [(1, 1080), (2, 30), (3, 200), (4, 1080)]


@pytest.fixture(scope="module", params=SCHOOLS, ids=str)
def told(request: pytest.FixtureRequest) -> SampleSchool:
    """Schools of several seeds and sizes."""
    seed, students = request.param
    return make_school(seed, students)


def rows(school: SampleSchool, table: str, journey: str) -> pd.DataFrame:
    """Return a table's rows on the student of a journey."""
    frame = school.tables[table]
    return frame[frame["student_id"] == school.journeys[journey]]


def test_each_story_has_its_own_student(told: SampleSchool) -> None:
    """Six stories fall on six students, all on roll, and the truth names them."""
    assert len(set(told.journeys.values())) == 6
    assert told.truth.loc[list(told.journeys.values()), "on_roll"].all()
    named = told.truth["journey"].dropna()
    assert {name: student for student, name in named.items()} == dict(told.journeys)


def test_s0412_is_there(school: SampleSchool) -> None:
    """The student of the examples is S0412."""
    assert school.journeys["many_reasons"] == "S0412"


def test_three_days_absent(told: SampleSchool) -> None:
    """Exactly the three school days up to 2026-10-30, whole days, nothing since September."""
    found = rows(told, "attendance", "absent_three_days")
    term = found[found["date"].between("2026-09-01", "2026-11-02")]
    assert term["date"].dt.strftime("%m-%d").tolist() == ["10-28", "10-29", "10-30"]
    assert set(term["status"]) == {"unexcused"}
    calendar = Calendar.from_frame(told.tables["calendar"])
    lessons = calendar.days.set_index("date")["periods"].loc[term["date"]]
    assert term["periods"].tolist() == lessons.tolist()
    assert told.truth.loc[
        told.journeys["absent_three_days"], ["absent_three_days", "at_risk"]
    ].all()
    since = rows(told, "visits", "absent_three_days")["date"]
    assert not since.between("2026-10-28", "2026-11-02").any()


def test_void_sheet_with_a_critical_answer(told: SampleSchool) -> None:
    """On Friday 2026-10-30 the sheet is void by its lie scale and item 85 is yes."""
    found = rows(told, "surveys", "void_critical").query("administration == '2026-autumn'")
    assert found["date"].dt.strftime("%Y-%m-%d %A").tolist() == ["2026-10-30 Friday"]
    sheet = found.iloc[0]
    assert sheet[[f"item_{number}" for number in LIE]].sum() >= VOID_FROM
    assert sheet["item_85"] == 1
    assert told.truth.loc[told.journeys["void_critical"], ["void_critical", "at_risk"]].all()


def test_no_other_story_has_a_critical_answer(told: SampleSchool) -> None:
    """A critical answer in another story would change who comes first."""
    sheets = told.tables["surveys"]
    others = [student for name, student in told.journeys.items() if name != "void_critical"]
    found = sheets[sheets["student_id"].isin(others) & (sheets["instrument"] == "MHT")]
    assert len(found) >= 5
    assert (found[["item_85", "item_97"]] == 0).all(axis=None)


@pytest.mark.parametrize(("journey", "able"), [("left_behind", False), ("left_behind_able", True)])
def test_left_behind(told: SampleSchool, journey: str, able: bool) -> None:
    """Both parents are away, a grandparent is at home and is able, or not; it is on file."""
    at_home, away = rows(told, "guardians", journey).to_dict("records")
    assert (at_home["relation"], away["away"]) == ("paternal_grandparent", True)
    assert (at_home["away"], at_home["able"]) == (False, able)
    assert "left_behind" in set(rows(told, "groups", journey)["code"])
    truth = told.truth.loc[told.journeys[journey]]
    assert (truth["left_behind"], truth["guardian_able"]) == (True, able)
    assert not truth["at_risk"]


def test_marks_fall(told: SampleSchool) -> None:
    """The share of marks won falls by a fifth or more between the last two exams before today."""
    found = rows(told, "marks", "mark_drop")
    shared = found["subject"].isin(["chinese", "maths", "english", "history"])
    won = (found["score"] / found["full_score"])[shared].groupby(found["date"]).mean()
    before = won[won.index < "2026-11-02"]
    assert before.iloc[-1] < before.iloc[-2] * 0.8
    assert told.truth.loc[told.journeys["mark_drop"], "mark_drop"]


def test_many_reasons(told: SampleSchool) -> None:
    """Several signs on different days this term, and some things that protect."""
    term = "date >= '2026-09-01' and date < '2026-11-02'"
    absent = rows(told, "attendance", "many_reasons").query(term)
    assert absent["status"].value_counts().to_dict() == {"late": 5, "unexcused": 3, "sick": 1}
    acts = rows(told, "behaviour", "many_reasons").query(term)
    assert {"homework_missing", "phone_use", "service", "praise"} <= set(acts["kind"])
    assert acts["date"].nunique() == len(acts)
    events = rows(told, "events", "many_reasons")["kind"].tolist()
    assert events[-2:] == ["guardian_change", "leaving_talk"]
    home = rows(told, "homelife", "many_reasons").query(f"{term} and observer == 'parent'")
    assert home.set_index("field")["value"]["phone_hours"] == "3.5"
    loans = rows(told, "activity", "many_reasons").query("stream == 'library'")["date"]
    assert len(loans) > 15
    assert loans.max().strftime("%Y-%m") == "2026-09"
    contacts = rows(told, "visits", "many_reasons").query("date < '2026-11-02'")
    assert contacts["date"].max() == pd.Timestamp("2026-09-28")
    assert told.truth.loc[told.journeys["many_reasons"], ["at_risk", "mark_drop"]].all()
