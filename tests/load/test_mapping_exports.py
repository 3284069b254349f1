"""Mappings against exports: a made-up OneRoster folder and a real data set."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from visitkit import load
from visitkit.load.grid import MappedTable
from visitkit.load.mapping import MappingError, read_mapping
from visitkit.load.reading import read_sheets

ROOT = Path(__file__).parents[2]
ONEROSTER = ROOT / "tests" / "data" / "oneroster"


def cells(part: MappedTable, column: str) -> list[object]:
    """Return the cells of a column."""
    return part.columns[column].listed()


def oneroster() -> dict[str, list[MappedTable]]:
    """Return the parts the made-up OneRoster folder gives, by table."""
    parts: dict[str, list[MappedTable]] = {}
    for part in read_mapping("oneroster-1.2").apply(read_sheets(ONEROSTER).sheets):
        parts.setdefault(part.table, []).append(part)
    return parts


def records(part: MappedTable) -> list[dict[str, object]]:
    """Return the rows of a part, empty cells left out."""
    listed = {name: cells(part, name) for name in part.columns}
    rows = [dict(zip(listed, row, strict=True)) for row in zip(*listed.values(), strict=True)]
    return [{name: cell for name, cell in row.items() if cell is not None} for row in rows]


def test_oneroster_students() -> None:
    """Students by role, without those marked for deletion, in the class they are in now."""
    (part,) = oneroster()["students"]
    assert records(part) == [
        {
            "student_id": "0001",
            "name": "Zhang Anan",
            "sex": "female",
            "birth_date": "2014-03-02",
            "grade": "7",
            "class_id": "7-1",
        },
        {
            "student_id": "0002",
            "name": "Li Bei",
            "birth_date": "2013-12-24",
            "grade": "7",
            "class_id": "7-2",
        },
        {"student_id": "0003", "name": "Wang Chen"},
    ]


def test_oneroster_guardians_and_teachers() -> None:
    """Guardians through the student's list of agents; teachers with their classes."""
    parts = oneroster()
    assert records(parts["guardians"][0]) == [
        {"student_id": "0001", "name": "Zhang Ping", "phone": "010-0001"},
        {"student_id": "0001", "name": "Feng Hua", "phone": "010-0002", "relation": "relative"},
    ]
    assert records(parts["teachers"][0]) == [
        {
            "teacher_id": "t-1",
            "name": "Sun Mei",
            "roles": "subject_teacher",
            "homeroom_class": "7-1",
            "classes": "7-1;Maths 7-1;English 7-1",
            "subjects": "Mathematics;English",
        },
        {"teacher_id": "t-2", "name": "Zhou Ying", "roles": "counsellor"},
    ]


def test_oneroster_marks() -> None:
    """Final results only; exempt and missing are told, open ones are not."""
    rows = [row for part in oneroster()["marks"] for row in records(part)]
    assert [(r["student_id"], r["subject"], r.get("score"), r["status"]) for r in rows] == [
        ("0001", "Mathematics", "96.5", "sat"),
        ("0002", "Mathematics", None, "exempt"),
        ("0002", "English", None, "absent"),
    ]
    assert {row["exam"] for row in rows} == {"Midterm", "Dictation"}
    assert [row["full_score"] for row in rows] == ["120.0", "120.0", "20.0"]


def test_oneroster_without_a_required_file(tmp_path: Path) -> None:
    """A folder without roles.csv is refused with the name of the file."""
    folder = tmp_path / "export"
    shutil.copytree(ONEROSTER, folder)
    (folder / "roles.csv").unlink()
    export = read_sheets(folder).sheets
    with pytest.raises(MappingError) as caught:
        read_mapping("oneroster-1.2").apply(export)
    assert [(fault.key, fault.value) for fault in caught.value.faults] == [("no_file", "roles.csv")]


def uci() -> Path:
    """Return the real data file, or skip where it is not."""
    named = os.environ.get("VISITKIT_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    path = folder / "uci_dropout" / "data.csv"
    if not path.exists():
        pytest.skip(f"UCI 697 is not at {path}; set VISITKIT_DATA to the folder that holds it")
    return path


def test_uci_dropout_is_mapped_to_the_digit() -> None:
    """4,424 real rows become students, marks and one group; totals agree with a plain count."""
    path = uci()
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    mapping = read_mapping(ROOT / "benchmarks" / "uci_dropout.toml")
    parts = mapping.apply(read_sheets(path).sheets)
    header = [name.strip() for name in rows[0]]
    source = [dict(zip(header, row, strict=True)) for row in rows[1:]]
    roll = next(part for part in parts if part.table == "students")
    assert len(roll) == 4424
    assert cells(roll, "student_id")[:2] == ["U00001", "U00002"]
    assert cells(roll, "student_id")[-1] == "U04424"
    assert cells(roll, "sex").count("male") == sum(row["Gender"] == "1" for row in source)
    expected = {
        (f"U{number:05d}", exam, subject): float(row[column])
        for number, row in enumerate(source, start=1)
        for exam, sem in (("semester 1", "1st"), ("semester 2", "2nd"))
        for subject, column, zero in (
            ("average grade", f"Curricular units {sem} sem (grade)", "approved"),
            ("units passed", f"Curricular units {sem} sem (approved)", "enrolled"),
        )
        if row[f"Curricular units {sem} sem ({zero})"] != "0"
    }
    found = {
        (row["student_id"], row["exam"], row["subject"]): float(str(row["score"]))
        for part in parts
        if part.table == "marks"
        for row in records(part)
    }
    assert found == expected
    (group,) = [part for part in parts if part.table == "groups"]
    assert len(group) == sum(row["Debtor"] == "1" for row in source) == 503


def test_oneroster_is_read_to_the_end() -> None:
    """The loader takes what the mapping gives: typed tables, no fault, no word on other files."""
    school, faults, notes = load.check(ONEROSTER, mapping=read_mapping("oneroster-1.2"))
    assert [fault.sentence("en") for fault in faults] == []
    assert school is not None
    assert school.students["student_id"].tolist() == ["0001", "0002", "0003"]
    assert school.students["grade"].tolist()[:2] == [7, 7]
    assert school.students["birth_date"].dt.date.tolist()[0] == dt.date(2014, 3, 2)
    assert school.marks["subject"].tolist() == ["maths", "maths", "english"]
    assert school.marks["score"].tolist()[0] == 96.5
    assert [note.key for note in notes] == ["calendar_assumed"]


def test_a_fault_behind_a_mapping_names_the_cell_of_the_export(tmp_path: Path) -> None:
    """A wrong date of birth is told at demographics' student, a wrong score at its own cell."""
    folder = tmp_path / "export"
    shutil.copytree(ONEROSTER, folder)
    for name, old, new in (
        ("results.csv", "96.5", "ninety"),
        ("demographics.csv", "2014-03-02", "2014-02-30"),
        ("users.csv", ",07,,,,,,,org-1,\n0002", ",77,,,,,,,org-1,\n0002"),
    ):
        body = (folder / name).read_text(encoding="utf-8")
        assert old in body
        (folder / name).write_text(body.replace(old, new, 1), encoding="utf-8")
    _, faults, _ = load.check(folder, mapping=read_mapping("oneroster-1.2"))
    assert {(f.file, f.row, f.column, f.field) for f in faults} == {
        ("results.csv", 2, "G", "score"),
        # A cell looked up in another file is told at the key by which it was found.
        ("users.csv", 2, "A", "birth_date"),
        ("users.csv", 2, "O", "grade"),
    }


def test_uci_dropout_is_read_to_the_end() -> None:
    """4,424 real students enter without a fault."""
    mapping = read_mapping(ROOT / "benchmarks" / "uci_dropout.toml")
    school, faults, _ = load.check(uci(), mapping=mapping)
    assert [fault.sentence("en") for fault in faults] == []
    assert school is not None
    assert len(school.students) == 4424
    assert school.marks["score"].notna().all()
    assert (school.marks["score"] <= school.marks["full_score"]).all()
    assert set(school.groups["code"]) == {"poor"}
