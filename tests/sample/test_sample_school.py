"""The made-up school holds together: types, keys, dates and students fit for any seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from visitkit import tables, text
from visitkit.calendar import Calendar
from visitkit.errors import TableError
from visitkit.sample import SampleSchool, make_school
from visitkit.sample.days import RECORDED
from visitkit.tables import DTYPES

DATED = {
    "attendance": "date",
    "marks": "date",
    "behaviour": "date",
    "homelife": "date",
    "surveys": "date",
    "activity": "date",
    "events": "date",
    "visits": "date",
    "interventions": "start",
    "groups": "since",
}
AT_SCHOOL = ("attendance", "marks", "behaviour", "surveys", "activity")
SECRETS = {c.name for t in tables.TABLES.values() for c in t.columns if c.sensitivity == "secret"}

small_schools = st.builds(make_school, seed=st.integers(0, 2**32), students=st.integers(30, 150))


def about_students(school: SampleSchool) -> dict[str, pd.DataFrame]:
    """Return the tables that speak of students."""
    return {name: frame for name, frame in school.tables.items() if "student_id" in frame}


def test_tables_have_exactly_the_columns_and_types(school: SampleSchool) -> None:
    """Every table has the columns of the contract in order, typed as the loader types them."""
    assert list(school.tables) == list(tables.TABLES)
    for name, frame in school.tables.items():
        columns = [c for c in tables.TABLES[name].columns if c.name not in SECRETS]
        found = [column for column in frame if not str(column).startswith("item_")]
        assert found == [column.name for column in columns]
        for column in columns:
            assert str(frame[column.name].dtype) == DTYPES[column.kind], (name, column.name)


def test_items_are_numbers(school: SampleSchool) -> None:
    """A hundred items follow the columns of the surveys, as numbers."""
    items = [c for c in school.tables["surveys"] if str(c).startswith("item_")]
    assert items == [f"item_{number}" for number in range(1, 101)]
    assert set(school.tables["surveys"][items].dtypes.astype(str)) == {"float64"}


def test_same_seed_same_school(school: SampleSchool) -> None:
    """Making the school twice gives the same tables and the same truth."""
    again = make_school()
    for name, frame in school.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])
    pd.testing.assert_frame_equal(school.truth, again.truth)


def test_another_seed_is_another_school() -> None:
    """Two seeds differ in every table that chance has a hand in."""
    one, two = make_school(1, 60), make_school(2, 60)
    same = [name for name in one.tables if one.tables[name].equals(two.tables[name])]
    assert same == ["calendar"]


def test_language_changes_words_only() -> None:
    """Numbers, dates and codes are the same in both languages; names and notes are not."""
    chinese, english = make_school(1, 90, lang="zh"), make_school(1, 90, lang="en")
    pd.testing.assert_frame_equal(chinese.truth, english.truth)
    for name, frame in chinese.tables.items():
        other = english.tables[name]
        free = {c.name for c in tables.TABLES[name].columns if c.kind == "text"}
        kept = [column for column in frame if column not in free]
        pd.testing.assert_frame_equal(frame[kept], other[kept])
        for column in free:
            pd.testing.assert_series_equal(frame[column].isna(), other[column].isna())
    assert not chinese.tables["students"]["name"].equals(english.tables["students"]["name"])


@pytest.mark.parametrize("students", [0, 29])
def test_too_few_students_is_said(students: int) -> None:
    """A school too small for its stories is refused with the smallest size allowed."""
    with pytest.raises(TableError, match="30"):
        make_school(students=students)


def test_repr_shows_no_student(school: SampleSchool) -> None:
    """Printing the school shows sizes, never a name or number."""
    shown = repr(school)
    assert "students=1080" in shown
    assert "S0412" not in shown


@settings(max_examples=12, deadline=None)
@given(small_schools)
@example(make_school(3083478979, 50))  # counselled twice, with a second sheet on the same day
def test_numbers_fit_together(school: SampleSchool) -> None:
    """Every student, teacher and class spoken of exists; keys are unique."""
    students = set(school.tables["students"]["student_id"])
    teachers = school.tables["teachers"]
    for name, frame in about_students(school).items():
        assert set(frame["student_id"]) <= students, name
    for name, frame in school.tables.items():
        key = list(tables.TABLES[name].key)
        assert not key or not frame.duplicated(key).any(), name
    visitors = school.tables["visits"]["visitors"].str.split(";").explode()
    assert set(visitors) <= set(teachers["teacher_id"])
    assert set(school.tables["interventions"]["owner"]) <= set(teachers["teacher_id"])
    taught = teachers["classes"].dropna().str.split(";").explode()
    classes = set(school.tables["students"]["class_id"])
    assert set(taught) == classes
    assert set(teachers["homeroom_class"].dropna()) == classes


@settings(max_examples=12, deadline=None)
@given(small_schools)
@example(make_school(560395415, 84))  # left on the very day on which help was to end
def test_no_row_outside_a_stay(school: SampleSchool) -> None:
    """Nothing is recorded of a student before entering, from the day of leaving, or too late."""
    assert_within_stays(school)


def test_no_row_outside_a_stay_in_a_large_school(large: SampleSchool) -> None:
    """The same holds where hundreds came late or left early."""
    left = large.tables["students"]["left_on"]
    assert left.notna().sum() > 100
    assert_within_stays(large)


def assert_within_stays(school: SampleSchool) -> None:
    """Compare every dated table with the days of entering and leaving."""
    roll = school.tables["students"].set_index("student_id")
    for name, column in DATED.items():
        frame = school.tables[name]
        entered = roll["entered_on"].loc[frame["student_id"]].to_numpy()
        left = roll["left_on"].loc[frame["student_id"]].to_numpy()
        assert (frame[column].to_numpy() >= entered).all(), name
        assert not (frame[column].to_numpy() >= left).any(), name
        assert (frame[column] <= pd.Timestamp(RECORDED)).all(), name
    ends = school.tables["interventions"]
    assert not (ends["end"].to_numpy() >= roll["left_on"].loc[ends["student_id"]].to_numpy()).any()
    assert not (ends["end"] < ends["start"]).any()


@settings(max_examples=12, deadline=None)
@given(small_schools)
def test_school_matters_fall_on_school_days(school: SampleSchool) -> None:
    """Attendance, exams, conduct and questionnaires happen on days with school."""
    calendar = Calendar.from_frame(school.tables["calendar"])
    for name in AT_SCHOOL:
        dates = school.tables[name]["date"].to_numpy()
        assert (calendar.index_of(dates) >= 0).all(), name


@settings(max_examples=12, deadline=None)
@given(small_schools)
def test_truth_fits_the_tables(school: SampleSchool) -> None:
    """Dropping out is leaving on that day, and only students on roll can be in trouble ahead."""
    truth, roll = school.truth, school.tables["students"].set_index("student_id")
    assert list(truth.index) == list(roll.index)
    dropped = truth[truth["dropped_out"]]
    assert (dropped["dropped_on"] == roll["left_on"].loc[dropped.index]).all()
    assert truth["dropped_on"].notna().equals(truth["dropped_out"])
    how = roll["left_how"]
    assert how.notna().equals(roll["left_on"].notna())
    assert (how[how.notna()].eq("dropped_out") == truth["dropped_out"][how.notna()]).all()
    gone = (roll["left_on"] <= "2026-11-02") | (roll["entered_on"] > "2026-11-02")
    assert truth["on_roll"].equals(~gone)
    assert not truth.loc[~truth["on_roll"], "at_risk"].any()
    assert truth.loc[truth["dropped_out"] & truth["on_roll"], "at_risk"].all()


def test_codes_are_in_their_vocabulary(school: SampleSchool) -> None:
    """Every coded cell holds a code of its vocabulary."""
    for name, frame in school.tables.items():
        for column in tables.TABLES[name].columns:
            if column.kind in {"code", "codes"}:
                found = frame[column.name].dropna().str.split(";").explode()
                assert set(found) <= set(tables.codes(column.vocabulary)), (name, column.name)


def test_numbers_are_in_their_range(school: SampleSchool) -> None:
    """Every figure lies between the smallest and largest value of its column."""
    for name, frame in school.tables.items():
        for column in tables.TABLES[name].columns:
            if column.low is not None and column.name in frame:
                known = frame[column.name].dropna().astype(float)
                assert known.between(column.low, column.high).all(), (name, column.name)
    marks = school.tables["marks"]
    assert (marks["score"].dropna() <= marks.loc[marks["score"].notna(), "full_score"]).all()
    assert marks["score"].isna().equals(marks["status"] != "sat")


def test_nobody_is_real(school: SampleSchool) -> None:
    """Names follow the pattern of the word lists, phones cannot exist, homes are in a desert."""
    surnames = text.find("sample.name.surnames", "zh")
    words = text.find("sample.name.words", "zh")
    made = {text.say("sample.name.child", "zh", surname=s, word=w) for s in surnames for w in words}
    students, guardians = school.tables["students"], school.tables["guardians"]
    assert set(students["name"]) <= made
    assert guardians["phone"].dropna().str.fullmatch(r"000\d{8}").all()
    assert students["lat"].dropna().between(38.9, 39.5).all()
    assert students["lon"].dropna().between(82.9, 83.5).all()
    assert set(students["coord_system"].dropna()) == {"gcj02"}
    assert students["lat"].isna().equals(students["coord_system"].isna())


def test_calendar_has_terms_holidays_and_makeup_days(school: SampleSchool) -> None:
    """Three terms of about 20 weeks, holidays without school, and swapped workdays with it."""
    frame = school.tables["calendar"]
    calendar = Calendar.from_frame(frame)
    assert [str(term.start) for term in calendar.terms] == [
        "2025-09-01",
        "2026-03-02",
        "2026-09-01",
    ]
    assert (str(calendar.first), str(calendar.last)) == ("2025-09-01", "2027-02-28")
    weeks = frame.groupby("term", sort=False)["week"].max().tolist()
    assert weeks == [21, 18, 21]
    kinds = frame.set_index("date")["kind"]
    assert kinds["2026-10-01"] == "holiday"
    assert kinds["2026-10-10"] == "makeup"
    assert frame["school_day"].eq(~frame["kind"].isin(["weekend", "holiday"])).all()
    assert frame["periods"].notna().equals(frame["school_day"].astype(bool))


def test_size_is_what_was_asked_for() -> None:
    """The roll holds as many students as asked for, in three grades, numbered from S0001."""
    roll = make_school(seed=3, students=101).tables["students"]
    assert len(roll) == 101
    assert roll["grade"].value_counts().sort_index().to_dict() == {7: 33, 8: 34, 9: 34}
    assert roll["student_id"].iloc[[0, -1]].tolist() == ["S0001", "S0101"]


def test_a_newcomer_has_no_past(school: SampleSchool) -> None:
    """Nothing is known of grade 7 before September 2026, so they have no mark on 2026-11-02."""
    roll = school.tables["students"]
    seventh = roll.loc[roll["grade"] == 7, "student_id"]
    marks = school.tables["marks"]
    early = marks[marks["date"] < "2026-11-02"]
    assert not early["student_id"].isin(seventh).any()
    assert np.isin(seventh.head(20), marks["student_id"]).all()
