"""What is checked between cells, rows and tables, and what stays when something is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from visitkit import load
from visitkit.load import School

Book = Callable[..., Path]
ROLL = [
    ["student id", "name", "sex", "class"],
    ["0411", "Ann A", "f", "7-1"],
    ["0412", "Ben B", "m", "7-1"],
]


def said(path: Path, **more: object) -> tuple[School, dict[str, list[tuple[int, str]]]]:
    """Return the lenient school, and key to places of the faults."""
    school, faults, _ = load.check(path, **more)
    assert school is not None
    places: dict[str, list[tuple[int, str]]] = {}
    for fault in faults:
        places.setdefault(fault.key, []).append((fault.row, fault.column))
    return school, places


def notes(school: School) -> set[str]:
    """Return the keys of the remarks."""
    return {note.key for note in school.notes}


def test_student_numbers_with_and_without_zeros(book: Book) -> None:
    """412 is 0412 when nobody else may be meant, in whichever table the zeros were lost."""
    away = [
        ["student id", "date", "status"],
        [412, "2026-09-01", "sick"],
        ["411", "2026-09-01", "sick"],
    ]
    school, faults = said(book(students=ROLL, attendance=away))
    assert (faults, school.attendance["student_id"].tolist()) == ({}, ["0411", "0412"])
    numbers = [["student id", "sex"], [411, "f"], [1412, "m"]]
    school, faults = said(
        book(students=numbers, attendance=[away[0], ["0411", "2026-09-01", "sick"]])
    )
    assert (faults, school.attendance["student_id"].tolist()) == ({}, ["411"])


def test_number_cells_on_a_roll_of_text_get_their_zeros_back(book: Book) -> None:
    """One number cell among text of one width is filled up to that width."""
    school, faults = said(book(students=[*ROLL, [413, "Cy C", "f", "7-1"]]))
    assert faults == {}
    assert school.students["student_id"].tolist() == ["0411", "0412", "0413"]


def test_a_number_that_may_be_two_students(book: Book) -> None:
    """Where 412 and 0412 are both on the roll, a number cell is a fault and text is exact."""
    roll = [["student id", "sex"], ["0412", "f"], ["412", "m"]]
    away = [
        ["student id", "date", "status"],
        [412, "2026-09-01", "sick"],
        ["412", "2026-09-02", "sick"],
    ]
    school, faults = said(book(students=roll, attendance=away))
    assert faults == {"id_ambiguous": [(2, "A")]}
    assert school.attendance["student_id"].tolist() == ["412"]


def test_a_student_listed_twice_is_not_lost(book: Book) -> None:
    """The fault names the first row; one row, the fuller, stays whichever comes first."""
    full, bare = ["0413", "Cy C", "f", "7-1"], ["0413", "Cy C", None, None]
    for rows in ([full, bare], [bare, full]):
        school, faults = said(book(students=[*ROLL, *rows]))
        assert faults == {"student_twice": [(5, "A")]}
        assert school.students["sex"].tolist() == ["female", "male", "female"]
        assert school.faults[0].facts == {"other_sheet": "students", "other_row": 4}
        assert school.left_out["students"] == 1


def test_a_number_typed_over_another_is_the_fault_of_the_roll(book: Book) -> None:
    """Two names under 0411: rows of the missing 0412 are told once, and not as a stranger's."""
    roll = [ROLL[0], ROLL[1], ["0411", "Ben B", "m", "7-1"]]
    away = [
        ["student id", "date", "status"],
        ["0411", "2026-09-01", "sick"],
        ["0412", "2026-09-01", "sick"],
        ["0412", "2026-09-02", "sick"],
    ]
    school, faults = said(book(students=roll, attendance=away))
    assert faults == {"student_twice": [(3, "A")], "number_covered": [(3, "A")]}
    told = next(one for one in school.faults if one.key == "number_covered")
    assert told.facts == {"number": 2, "other_sheet": "students", "other_row": 3}
    assert school.left_out["attendance"] == 2
    assert school.attendance["student_id"].tolist() == ["0411"]
    # a number far from all others is a stranger's, and so are more numbers than rows in doubt
    _, faults = said(book(students=roll, attendance=[*away, ["0999", "2026-09-02", "sick"]]))
    assert faults["not_on_roll"] == [(5, "A")]
    _, faults = said(book(students=roll, attendance=[*away, ["0410", "2026-09-02", "sick"]]))
    assert faults["not_on_roll"] == [(3, "A"), (4, "A"), (5, "A")]
    # the same student twice explains no missing number
    _, faults = said(book(students=[*ROLL[:2], ROLL[1]], attendance=away))
    assert faults == {"student_twice": [(3, "A")], "not_on_roll": [(3, "A"), (4, "A")]}


def test_rows_said_twice(book: Book) -> None:
    """Of equal rows one stays; of two marks for one paper none does, for either may be wrong."""
    head = ["student id", "date", "exam", "subject", "score"]
    row, other = (
        ["0411", "2026-11-05", "mid", "maths", 80],
        ["0411", "2026-11-05", "mid", "maths", 81],
    )
    school, faults = said(book(students=ROLL, marks=[head, row, row]))
    assert (faults, len(school.marks)) == ({"row_twice": [(3, "A")]}, 1)
    school, faults = said(book(students=ROLL, marks=[head, row, other]))
    assert (faults, len(school.marks)) == ({"key_twice": [(3, "A")]}, 0)
    assert school.left_out["marks"] == 2


def test_of_two_rows_on_a_guardian_the_fuller_stays(book: Book) -> None:
    """A way to reach a family is not thrown away."""
    head = ["student id", "relation", "guardian name", "phone"]
    rows = [["0411", "mother", "Eve", None], ["0411", "mother", "Eve", "13800138000"]]
    school, faults = said(book(students=ROLL, guardians=[head, *rows]))
    assert faults == {"key_twice": [(3, "A")]}
    assert school.guardians["phone"].tolist() == ["13800138000"]


def test_equal_rows_of_machines_are_usual(book: Book) -> None:
    """Two equal purchases are two purchases; it is said, not refused."""
    rows = [["student id", "date", "stream", "amount"], *[["0411", "2026-09-01", "canteen", 5]] * 2]
    school, faults = said(book(students=ROLL, activity=rows))
    assert (faults, len(school.activity)) == ({}, 2)
    assert "repeated_activity" in notes(school)


def test_a_row_that_slipped(book: Book) -> None:
    """A name that is not the one of the number is a fault, and the row is left out."""
    rows = [
        ["student id", "name", "date", "status"],
        ["0411", "Ben B", "2026-09-01", "sick"],
        ["0412", "BEN-B", "2026-09-01", "sick"],
    ]
    school, faults = said(book(students=ROLL, attendance=rows))
    assert faults == {"name_differs": [(2, "B")]}
    assert school.attendance["student_id"].tolist() == ["0412"]


def test_guardians_beside_the_students_own_name(book: Book) -> None:
    """A column "name" that holds the students is not taken for their guardians."""
    rows = [
        ["student id", "name", "relation", "phone"],
        ["0411", "Ann A", "mother", "1"],
        ["0412", "Ben B", "father", "2"],
    ]
    school = load.read_school(book(students=ROLL, guardians=rows))
    assert school.guardians["name"].isna().all()
    assert "student_names_in_guardians" in notes(school)


def test_ages_are_taken_at_the_middle_of_the_records(book: Book) -> None:
    """Impossible birth dates and ages are missing; a slip in one record changes no age."""
    roll = [
        ["student id", "birth date"],
        ["01", "2027-09-01"],
        ["02", "2002-09-01"],
        ["03", "2013-09-01"],
    ]
    away = [
        ["student id", "date", "status"],
        *[["03", f"2026-09-0{n}", "sick"] for n in range(1, 4)],
        ["03", "2062-09-01", "sick"],
    ]
    school, faults = said(book(students=roll, attendance=away))
    slip = {"date_far": [(5, "B")]}
    assert faults == {"birth_future": [(2, "B")], "age_strange": [(3, "B")], **slip}
    assert school.students["birth_date"].notna().tolist() == [False, False, True]


def test_ends_before_starts(book: Book) -> None:
    """The end counts as missing, and the fault points at the start."""
    roll = [["student id", "entered on", "left on"], ["01", "2026-09-01", "2026-08-01"]]
    school, faults = said(book(students=roll))
    assert faults == {"end_before_start": [(2, "C")]}
    assert school.faults[0].facts["other"] == "B2"
    assert school.students["left_on"].isna().all()


def test_an_entry_may_be_a_month_and_an_end_may_not(book: Book) -> None:
    """A beginning by its month is the first of it; of an end the day matters."""
    roll = [
        ["student id", "entered on", "left on"],
        ["01", "2026-09", None],
        ["02", None, "2027-01"],
    ]
    school, faults = said(book(students=roll))
    assert faults == {"date_no_day": [(3, "C")]}
    assert school.students["entered_on"].iloc[0] == pd.Timestamp("2026-09-01")


def test_swapped_coordinates(book: Book) -> None:
    """Latitude and longitude the wrong way round are one fault, and both are missing."""
    roll = [
        ["student id", "latitude", "longitude"],
        ["01", 106.7, 26.5],
        ["02", 26.5, 106.7],
        ["03", 99, 206],
    ]
    school, faults = said(book(students=roll))
    assert faults == {"coordinates_swapped": [(2, "B")], "out_of_range": [(4, "B"), (4, "C")]}
    assert school.students["lat"].fillna(0).tolist() == [0, 26.5, 0]


def test_full_scores(book: Book) -> None:
    """100 is used and said; where a mark exceeds it the full score is asked for and unknown."""
    head = ["student id", "exam", "date", "subject", "score", "full score"]
    rows = [
        ["0411", "mid", "2026-11-05", "maths", 118, None],
        ["0412", "mid", "2026-11-05", "maths", 80, None],
        ["0411", "mid", "2026-11-05", "English", 80, None],
        ["0411", "mid", "2026-11-05", "art", 45, 50],
        ["0412", "mid", "2026-11-05", "art", 52, None],
    ]
    school, faults = said(book(students=ROLL, marks=[head, *rows]))
    assert faults == {"full_score_unknown": [(2, "E")], "score_above": [(6, "E")]}
    full = school.marks.set_index(["student_id", "subject"])["full_score"].fillna(0).to_dict()
    assert full == {
        ("0411", "maths"): 0,
        ("0412", "maths"): 0,
        ("0411", "english"): 100,
        ("0411", "art"): 50,
    }


def test_a_per_cent_cell_is_a_share_of_the_full_score(book: Book) -> None:
    """98% of a paper of 150 marks is 147 marks."""
    head = ["student id", "exam", "date", "subject", "score", "full score"]
    row = ["0411", "mid", "2026-11-05", "maths", "98%", 150]
    assert load.read_school(book(students=ROLL, marks=[head, row])).marks["score"].tolist() == [147]


def test_marks_that_excel_kept_as_shares(book: Book) -> None:
    """0.98 in a paper of 100 marks is a per cent cell; half a mark is not."""
    head = ["student id", "exam", "date", "subject", "score", "full score"]
    rows = [
        ["0411", "mid", "2026-11-05", "maths", 0.98, 100],
        ["0412", "mid", "2026-11-05", "maths", 0.5, 100],
    ]
    _, faults = said(book(students=ROLL, marks=[head, *rows]))
    assert faults == {"score_share": [(2, "E")]}


def test_half_days_and_lessons_become_days(book: Book) -> None:
    """Both halves are a day, one half has half a day's lessons, lessons of a day are added up."""
    halves = [
        ["student id", "date", "session", "status"],
        ["0411", "2026-09-01", "morning", "sick"],
        ["0411", "2026-09-01", "afternoon", "sick"],
        ["0412", "2026-09-01", "morning", "sick"],
    ]
    lessons = [
        ["student id", "date", "lesson", "status"],
        *[["0411", "2026-10-01", n, "x"] for n in (1, 2, 3)],
        ["0412", "2026-10-01", 1, "present"],
    ]
    school, faults = said(book(attendance=halves, absences=lessons, students=ROLL))
    assert faults == {}
    periods = school.attendance.set_index(["student_id", "date"])["periods"]
    assert periods.fillna(0).tolist() == [0, 3, 4]
    assert {"lessons_summed"} <= notes(school)


def test_one_spelling_of_a_class(book: Book) -> None:
    """The spelling most used on the roll is everybody's, the teachers' too."""
    roll = [["student id", "class"], ["1", "7 (1)"], ["2", "7(1)"], ["3", "7(1)"], ["4", "7(2)"]]
    staff = [["teacher id", "homeroom class", "classes"], ["T1", "7\uff081\uff09", "7 (1), 7(2)"]]
    school = load.read_school(book(students=roll, teachers=staff))
    assert school.students["class_id"].tolist() == ["7(1)"] * 3 + ["7(2)"]
    assert school.teachers[["homeroom_class", "classes"]].to_numpy().tolist() == [
        ["7(1)", "7(1);7(2)"]
    ]
    assert "class_spelling" in notes(school)


def test_the_usual_spelling_wins_though_it_is_longer(book: Book) -> None:
    """What most rows write is kept."""
    names = ["7 (1)", "7 (1)", "7(1)", "7 (1)"]
    roll = [["student id", "class"], *[[str(at), name] for at, name in enumerate(names)]]
    school = load.read_school(book(students=roll))
    assert school.students["class_id"].unique().tolist() == ["7 (1)"]


def test_classes_of_the_same_name_in_two_grades(book: Book) -> None:
    """Class 1 of two grades is two classes."""
    roll = [["student id", "grade", "class"], ["1", 7, 1], ["2", 8, 1], ["3", 8, 2]]
    school = load.read_school(book(students=roll))
    assert school.students["class_id"].tolist() == ["grade 7 1", "grade 8 1", "grade 8 2"]
    assert "class_by_grade" in notes(school)


def test_points_that_start_at_one_are_said(book: Book) -> None:
    """Twenty sheets of a 0-3 questionnaire without a single 0 hold places, not points."""
    roll = [["student id"], *[[f"{n:02d}"] for n in range(25)]]
    roll = [[*row, "f" if at else "sex"] for at, row in enumerate(roll)]
    answers = [["student id", "answered on", *[f"Q{n}" for n in range(1, 10)]]]
    answers += [[f"{n:02d}", "2026-09-20", *[1 + n % 4] * 9] for n in range(25)]
    school = load.read_school(book(students=roll, **{"PHQ-9": answers}))
    assert "answers_from_one" in notes(school)
    answers[1][2] = 0
    assert "answers_from_one" not in notes(
        load.read_school(book(students=roll, **{"PHQ-9": answers}))
    )


def test_answers_that_are_no_answers(book: Book) -> None:
    """An unknown word is told at its cell and is missing; the rest of the sheet stays."""
    answers = [
        ["student id", "answered on", "Q1", "Q2"],
        ["0411", "2026-09-20", "several days", "yes and no"],
    ]
    school, faults = said(book(students=ROLL, **{"PHQ-9": answers}))
    assert faults == {"answer_unknown": [(2, "D")]}
    assert school.surveys[["item_1", "item_2"]].fillna(-1).to_numpy().tolist() == [[1, -1]]


def test_a_thousand_equal_faults_are_enough(book: Book) -> None:
    """Past a thousand of a kind in a column they are counted, and all their rows left out."""
    away = [
        ["student id", "date", "status"],
        *[["0411", "2026-09-01", f"?{n}"] for n in range(1200)],
    ]
    school, faults = said(book(students=ROLL, attendance=away))
    assert len(faults["word_unknown"]) == 1000
    assert school.left_out["attendance"] == 1200
    more = [note for note in school.notes if note.key == "more_faults"]
    assert [note.facts["number"] for note in more] == [200]
    assert "status" in more[0].sentence("en")


def test_a_slip_of_the_year_is_a_fault(book: Book) -> None:
    """2062 for 2026 would move the day on which a screening stands."""
    rows = [["student id", "date", "status"]]
    rows += [["0411", f"2026-09-{day:02d}", "sick"] for day in range(1, 9)]
    away = [*rows, ["0412", "2062-09-01", "sick"], ["0412", "2016-09-01", "sick"]]
    school, faults = said(book(students=ROLL, attendance=away))
    assert faults == {"date_far": [(10, "B"), (11, "B")]}
    assert str(school.latest) == "2026-09-08"


def test_a_record_after_the_calendar_is_a_fault(book: Book) -> None:
    """The calendar ends; a row dated later is said, and left out only when asked."""
    days = [["date", "kind"], *[[f"2026-09-{day:02d}", "school"] for day in range(1, 31)]]
    away = [
        ["student id", "date", "status"],
        ["0411", "2026-09-30", "sick"],
        ["0412", "2026-10-01", "sick"],
    ]
    school, faults = said(book(students=ROLL, attendance=away, calendar=days))
    assert faults == {"date_after_calendar": [(3, "B")]}
    assert len(school.attendance) == 1
