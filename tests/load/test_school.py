"""A school from data frames, read and checked as files are."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from visitkit import text
from visitkit.calendar import Calendar
from visitkit.errors import TableError
from visitkit.load import FaultsError, School

ROLL = pd.DataFrame({"student_id": ["0411", "0412"], "sex": ["f", "m"]})


def test_frames_are_read_as_files_are() -> None:
    """Our names or usual headers, dates as dates or text, words or codes: one typed table."""
    born = pd.DataFrame(
        {"Student ID": ["0411", "0412"], "birth date": [pd.Timestamp("2013-09-01"), pd.NaT]}
    )
    away = pd.DataFrame(
        {
            "student_id": ["0411", "0412"],
            "date": [dt.date(2026, 9, 1), "2026/9/2"],
            "status": ["sick", "left early"],
            "periods": [None, 2],
        }
    )
    school = School.from_frames(students=born, attendance=away)
    assert school.students["birth_date"].isna().tolist() == [False, True]
    assert school.attendance["status"].tolist() == ["sick", "early"]
    assert school.attendance["date"].dtype == "datetime64[us]"
    assert school.attendance["periods"].fillna(0).tolist() == [0.0, 2.0]


def test_a_school_read_again_is_the_same() -> None:
    """The tables of a school are accepted as frames and give the same school."""
    marks = pd.DataFrame(
        {
            "student_id": ["0411", "0412"],
            "date": ["2026-11-05"] * 2,
            "exam": ["mid"] * 2,
            "subject": ["maths"] * 2,
            "score": [88.5, None],
            "status": [None, "absent"],
            "full_score": [120, 120],
        }
    )
    answers = pd.DataFrame(
        {"student_id": ["0411"], "date": ["2026-09-20"], "instrument": ["PHQ-9"], "item_1": [2]}
    )
    first = School.from_frames(students=ROLL, marks=marks, surveys=answers)
    frames = {name: frame for name, frame in first.tables.items() if name != "calendar"}
    again = School.from_frames(calendar=first.calendar, **frames)
    for name in frames:
        assert_frame_equal(first.tables[name], again.tables[name])


def test_a_fault_names_the_table_and_the_position() -> None:
    """There is no file, so the table stands for it and rows count from 1."""
    with pytest.raises(FaultsError) as caught:
        School.from_frames(students=ROLL.assign(sex=["f", "?"]))
    fault = caught.value.faults[0]
    assert (fault.file, fault.sheet, fault.row, fault.column) == ("students", "", 2, "sex")


def test_lenient_frames() -> None:
    """Faulty rows are left out on request."""
    away = pd.DataFrame({"student_id": ["0411", "9"], "date": ["2026-09-01"] * 2, "status": "sick"})
    school = School.from_frames(students=ROLL, attendance=away, lenient=True)
    assert (len(school.attendance), school.left_out["attendance"]) == (1, 1)


def test_missing_columns_and_unknown_tables() -> None:
    """A frame without what its table needs is a fault; a table of another name an error."""
    with pytest.raises(FaultsError) as caught:
        School.from_frames(students=ROLL, events=pd.DataFrame({"student_id": ["0411"]}))
    assert caught.value.faults[0].facts["columns"] == ("date", "kind")
    with pytest.raises(TableError) as unknown:
        School.from_frames(students=ROLL, grades=ROLL)
    assert unknown.value.key == "load.unknown_frame"


def test_without_students() -> None:
    """There is no school without a roll."""
    with pytest.raises(TableError) as caught:
        School.from_frames(teachers=pd.DataFrame({"teacher_id": ["T1"], "sex": ["f"]}))
    assert caught.value.key == "load.no_students"


def test_a_calendar_as_frame_or_as_calendar() -> None:
    """Both are the school's own."""
    frame = pd.DataFrame({"date": ["2026-09-01"], "kind": ["holiday"]})
    assert not School.from_frames(students=ROLL, calendar=frame).calendar.school_days(
        "2026-09-01", "2026-09-01"
    )
    own = Calendar.weekdays("2026-09-01", "2026-09-30")
    school = School.from_frames(students=ROLL, calendar=own)
    assert school.calendar is own


def test_unknown_columns_are_said() -> None:
    """Nothing a person gave is passed over in silence."""
    school = School.from_frames(students=ROLL.assign(shoe_size=36))
    assert [note.facts["columns"] for note in school.notes if note.key == "columns_ignored"] == [
        ("shoe_size",)
    ]


def test_tables_not_given_are_there_and_typed() -> None:
    """A table nobody gave has no rows, its columns and its types."""
    school = School.from_frames(students=ROLL)
    assert len(school.marks) == 0
    assert (
        school.marks.dtypes.astype(str).to_dict()
        == school.tables["marks"].dtypes.astype(str).to_dict()
    )
    assert school.marks["date"].dtype == "datetime64[us]"
    assert "id_number" not in school.students


def test_latest_is_the_last_record() -> None:
    """The latest day is that of any table."""
    away = pd.DataFrame({"student_id": ["0411"], "date": ["2026-09-01"], "status": ["sick"]})
    help_given = pd.DataFrame({"student_id": ["0411"], "start": ["2026-10-01"], "type": ["study"]})
    school = School.from_frames(students=ROLL, attendance=away, interventions=help_given)
    assert school.latest == dt.date(2026, 10, 1)


def test_a_list_of_absences_covers_no_days() -> None:
    """A day without a row may be a day without an absence or a day nobody wrote down."""
    away = pd.DataFrame({"student_id": ["0411"], "date": ["2026-09-01"], "status": ["sick"]})
    assert dict(School.from_frames(students=ROLL, attendance=away).covers) == {}


def test_weekdays_stand_in_beyond_the_records() -> None:
    """Without a calendar one can still stand on a day after the last record and look back."""
    away = pd.DataFrame({"student_id": ["0411"], "date": ["2026-09-01"], "status": ["sick"]})
    calendar = School.from_frames(students=ROLL, attendance=away).calendar
    assert (calendar.assumed, calendar.source) == (True, text.say("load.calendar_source"))
    assert calendar.date("2027-08-31") > calendar.date("2025-09-01")


def test_a_roll_alone_stands_on_today() -> None:
    """Nothing is recorded, so the day to stand on is today and not the end of a year."""
    school = School.from_frames(students=ROLL)
    assert school.latest == dt.date.today()
    assert school.calendar.date(dt.date.today()) == dt.date.today()
