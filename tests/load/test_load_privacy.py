"""No person in what is said, and nothing kept that is not needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from visitkit import load, text
from visitkit.load import FaultsError, School
from visitkit.load.identifiers import check_digit

Book = Callable[..., Path]
ROLL = [
    ["student id", "name", "sex", "class"],
    ["0411", "Ann A", "f", "7-1"],
    ["0412", "Ben B", "m", "7-1"],
]
SECRETS = ("Ann A", "Ben B", "Secret Sam", "13800138000", "110101201309010018", "Hidden Lane")


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


def test_internet_addresses_are_not_kept(book: Book) -> None:
    """What a survey tool knows of a child's device is in no table."""
    school = load.read_school(book("messy"))
    cells = " ".join(frame.to_csv() for frame in school.tables.values())
    assert "10.0.0.1" not in cells


def test_identity_numbers_are_checked_and_forgotten(book: Book) -> None:
    """Check digit, birth date and sex must agree; the number itself is in no table."""
    head = ["student id", "sex", "birth date", "id number"]
    rows = [
        ["01", "f", "2013-09-01", "999999201309010024"],
        ["02", "m", "2013-09-01", "999999201309010024"],
        ["03", "f", "2013-09-02", "999999201309010024"],
        ["04", "f", "2013-09", "999999201309010024"],
        ["05", "f", "2013-09-01", "999999201309010025"],
        ["06", "f", "2013-09-01", 110101201309010018],
    ]

    good = "99999920130901002" + check_digit("99999920130901002")
    rows = [[good if cell == "999999201309010024" else cell for cell in row] for row in rows]
    wrong = good[:-1] + ("1" if good[-1] != "1" else "2")
    rows[4][3] = wrong
    school, faults = said(book(students=[head, *rows]))
    assert faults == {
        "identity_sex_differs": [(3, "D")],
        "identity_birth_differs": [(4, "D")],
        "identity_check": [(6, "D")],
        "id_damaged": [(7, "D")],
    }
    assert "id_number" not in school.students
    assert len(school.students) == 6
    assert good not in " ".join(
        fault.sentence(lang) for fault in school.faults for lang in ("zh", "en")
    )


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_no_person_in_what_is_said(book: Book, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, phones, addresses and identity numbers of a faulty workbook are in no sentence."""
    monkeypatch.setenv("VISITKIT_LANG", lang)
    path = book(
        students=[
            [
                "student id",
                "name",
                "sex",
                "birth date",
                "id number",
                "address",
                "father name",
                "father phone",
            ],
            [
                "0411",
                "Ann A",
                "girlish",
                "2013-02-30",
                "110101201309010018",
                "Hidden Lane",
                "Secret Sam",
                "1380013800",
            ],
            [
                "0412",
                "Ben B",
                "m",
                "Ben B",
                "110101201309010018",
                "Hidden Lane",
                "Secret Sam",
                "13800138000",
            ],
            ["110101201309010018", "Cy", "m", "", "", "", "", ""],
            ["110101201309010018", "Cy", "m", "", "", "", "", ""],
        ],
        attendance=[
            ["student id", "name", "date", "status", "periods"],
            ["0411", "Ben B", "Ann A", "Ann A", "13800138000"],
            ["Ann A", "Ann A", "2026-09-01", "Ann A 1", "Secret Sam"],
        ],
    )
    with pytest.raises(FaultsError) as caught:
        load.read_school(path)
    told = str(caught.value) + repr(caught.value.faults)
    assert len(caught.value.faults) > 10
    assert [secret for secret in SECRETS if secret in told] == []


def test_a_school_shows_no_student() -> None:
    """Its printed form has sizes only."""
    roll = pd.DataFrame({"student_id": ["0411"], "name": ["Ann A"]})
    assert "0411" not in repr(School.from_frames(students=roll))
