"""Every planted fault is found at its cell, and none is invented where there is none.

A made-up school of 50,000 rows is written clean and again with faults of many kinds, each planted
several times at random places, as a workbook and as a folder of csv files. The seed is fixed, so
a failure can be repeated.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from visitkit import load, tables, text
from visitkit.load.faults import Fault


def beside(name: str) -> ModuleType:
    """Return a module that lies beside this file; tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = beside("made_school")
clean_school, title, MONTH, ROLL, SPARE = (
    made.clean_school,
    made.title,
    made.MONTH,
    made.ROLL,
    made.SPARE,
)
COPIES = 4
School = Any
Place = tuple[str, int, str]


Plant = Callable[[School], Place]


def cell(table: str, column: str, value: object, *, low: int = 1, high: int | None = None) -> Plant:
    """Return a way to plant a wrong cell."""

    def plant(school: School) -> Place:
        name = title(table)
        return school.put(name, school.row(name, low, high), column, value)

    return plant


def spare(column: str, value: object) -> Plant:
    """Return a way to plant a wrong cell in the row of a student who stands nowhere else."""
    return cell("students", column, value, low=ROLL - SPARE + 1)


def again(table: str, **changed: object) -> Plant:
    """Return a way to say a row twice; the later of the two is the one to look at."""

    def plant(school: School) -> Place:
        name = title(table)
        low = ROLL - SPARE + 1 if table == "students" else 1
        one, other = (school.row(name, low) for _ in range(2))
        school.sheets[name][other] = list(school.sheets[name][one])
        for column, value in changed.items():
            school.put(name, other, column, value)
        key = tables.TABLES[table].key[0]
        return name, max(one, other) + 1, school.letter(name, key)

    return plant


def swapped(school: School) -> Place:
    """Exchange latitude and longitude."""
    name = title("students")
    at = school.row(name, ROLL - SPARE + 1)
    lat, lon = school.get(name, at, "lat"), school.get(name, at, "lon")
    school.put(name, at, "lon", lat)
    return school.put(name, at, "lat", lon)


def born_tomorrow(school: School) -> Place:
    """Put a birth into the future; the identity number, which would contradict it, is empty."""
    name = title("students")
    at = school.row(name, ROLL - SPARE + 1)
    school.put(name, at, "id_number", None)
    return school.put(name, at, "birth_date", dt.date(2031, 1, 1))


def wrong_check_digit(school: School) -> Place:
    """Change the last sign of an identity number."""
    name = title("students")
    at = school.row(name, ROLL - SPARE + 1)
    number = str(school.get(name, at, "id_number"))
    wrong = "0" if number[-1] != "0" else "1"
    return school.put(name, at, "id_number", number[:-1] + wrong)


def ambiguous_zeros(school: School) -> Place:
    """Put two students on the roll whose numbers differ in leading zeros, and mean either."""
    name = title("students")
    one, other = (school.row(name, ROLL - SPARE + 1) for _ in range(2))
    number = str(school.get(name, one, "student_id"))
    school.put(name, other, "student_id", f"0{number}")
    absences = title("attendance")
    return school.put(absences, school.row(absences), "student_id", int(number))


def register_sign(school: School) -> Place:
    """Write an unknown sign into a day of the register."""
    name = f"{MONTH[0]}-{MONTH[1]:02d}"
    return school.put(name, school.row(name), str(school.rng.integers(1, 31)), "??")


def no_such_day(school: School) -> Place:
    """Head a column of the register with a day the month does not have."""
    name = f"{MONTH[0]}-{MONTH[1]:02d}"
    school.columns[name].append("31")
    school.sheets[name][0].append("31")
    for row in school.sheets[name][1:]:
        row.append(None)
    school.put(name, school.row(name), "31", "\u00d7")
    return name, 1, school.letter(name, "31")


def wide_mark(value: object) -> Plant:
    """Return a way to plant a wrong mark where each subject has a column."""

    def plant(school: School) -> Place:
        name = "quiz 2026-09-20 exam"
        column = school.columns[name][int(school.rng.integers(1, 9))]
        return school.put(name, school.row(name), column, value)

    return plant


IMPOSSIBLE = "2026-02-30"
PLANTS: dict[str, Plant] = {
    "unknown sex": spare("sex", "M/F"),
    "impossible birth date": spare("birth_date", "2013-02-30"),
    "birth date in words": spare("birth_date", "spring"),
    "birth in the future": born_tomorrow,
    "grade out of range": spare("grade", 13),
    "wrong flag word": spare("boarding", "maybe"),
    "unknown hukou": spare("hukou", "moon"),
    "latitude out of range": spare("lat", 95.5),
    "text in a number": spare("lon", "east"),
    "unknown coordinate system": spare("coord_system", "map"),
    "swapped coordinates": swapped,
    "bad check digit": wrong_check_digit,
    "identity number cut off by Excel": spare("id_number", 110101201309010000.0),
    "left before entering": spare("left_on", dt.date(2026, 3, 1)),
    "student listed twice": again("students", name="Made Up Again"),
    "damaged student number": spare("student_id", "2.60E+16"),
    "missing student number": spare("student_id", None),
    "phone with a digit too few": cell("guardians", "phone", "1391234567"),
    "unknown relation": cell("guardians", "relation", "neighbour's cat"),
    "guardian flag": cell("guardians", "away", "sometimes"),
    "guardian of nobody": cell("guardians", "student_id", "0700000"),
    "unknown schooling": cell("guardians", "schooling", "street"),
    "teacher listed twice": again("teachers", max_visits=5),
    "unknown role": cell("teachers", "roles", "wizard"),
    "times not understood": cell("teachers", "available", "when it rains"),
    "too many visits": cell("teachers", "max_visits", 5000),
    "training day": cell("teachers", "trained_on", "last summer"),
    "unknown group": cell("groups", "code", "left-handed"),
    "group ends before it begins": cell("groups", "until", dt.date(2024, 1, 1)),
    "unknown status": cell("attendance", "status", "dreaming"),
    "missing status": cell("attendance", "status", None),
    "impossible absence date": cell("attendance", "date", IMPOSSIBLE),
    "absence date without year": cell("attendance", "date", "9.15"),
    "negative periods": cell("attendance", "periods", -2),
    "absent student not on the roll": cell("attendance", "student_id", "01234567"),
    "number that may be two students": ambiguous_zeros,
    "absence said twice": again("attendance"),
    "sign in the register": register_sign,
    "score above full": cell("marks", "score", 121),
    "negative score": cell("marks", "score", -3),
    "mark of unknown form": cell("marks", "score", "eighty"),
    "no score and no reason": cell("marks", "score", None),
    "score that was a per cent": cell("marks", "score", 0.87),
    "full score in words": cell("marks", "full_score", "much"),
    "missing subject": cell("marks", "subject", None),
    "two scores for one paper": again("marks", score=19),
    "wide mark above full": wide_mark(150),
    "wide mark of unknown form": wide_mark("good"),
    "unknown behaviour": cell("behaviour", "kind", "humming"),
    "severity out of range": cell("behaviour", "severity", 7),
    "unknown field of home life": cell("homelife", "field", "weather"),
    "unknown observer": cell("homelife", "observer", "aunt"),
    "unknown answer": cell("surveys", "item_4", "perhaps?"),
    "survey date": cell("surveys", "date", "2026-13-01"),
    "unknown stream": cell("activity", "stream", "river"),
    "amount in words": cell("activity", "amount", "lots"),
    "unknown event": cell("events", "kind", "eclipse"),
    "bad time": cell("visits", "start", "25:70"),
    "visit ends before it begins": cell("visits", "end", "17:00"),
    "unknown form of visit": cell("visits", "form", "by balloon"),
    "photos not whole": cell("visits", "photos", 1.5),
    "student present": cell("visits", "student_present", "half"),
    "help ends before it begins": cell("interventions", "end", dt.date(2026, 1, 1)),
    "unknown help": cell("interventions", "type", "luck"),
    "calendar week": cell("calendar", "week", 99),
    "calendar flag": cell("calendar", "school_day", "perhaps"),
}
#: Planted once: a second column of the same kind would be another sheet.
ONCE: dict[str, Plant] = {"day the month does not have": no_such_day}


def places(faults: tuple[Fault, ...]) -> set[Place]:
    """Return where faults were found; a csv is known by its name."""
    return {(f.sheet or Path(f.file).stem, f.row, f.column) for f in faults}


@pytest.fixture(scope="module", params=["workbook", "folder"])
def planted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[Place, str], tuple[Fault, ...]]:
    """Return what was planted where, and what the loader found."""
    school = clean_school()
    expected = {plant(school): kind for kind, plant in ONCE.items()}
    for kind, plant in PLANTS.items():
        expected |= {plant(school): kind for _ in range(COPIES)}
    folder = tmp_path_factory.mktemp("planted")
    if request.param == "folder":
        return expected, load.check(school.write_folder(folder / "school"))[1]
    return expected, load.check(school.write(folder / "school.xlsx"))[1]


@pytest.mark.parametrize("form", ["workbook", "folder"])
def test_a_clean_school_has_no_fault(tmp_path: Path, form: str) -> None:
    """50,000 rows without a fault give a school with every row, and no false alarm."""
    clean = clean_school()
    write = clean.write if form == "workbook" else clean.write_folder
    school, faults, _ = load.check(write(tmp_path / "school.xlsx"))
    assert [fault.sentence("en") for fault in faults] == []
    assert school is not None
    assert sum(len(rows) - 1 for rows in clean.sheets.values()) > 50_000
    for table in ("students", "guardians", "behaviour", "surveys", "visits", "events", "activity"):
        assert len(school.tables[table]) == len(clean.sheets[title(table)]) - 1
    assert len(school.marks) == 900 * 16 + 700 * 8
    assert not school.left_out


@pytest.mark.parametrize("kind", [*PLANTS, *ONCE])
def test_each_kind_of_fault_is_found_at_its_cell(
    planted: tuple[dict[Place, str], tuple[Fault, ...]], kind: str
) -> None:
    """File, sheet, row and column letter are those of the planted cell, every time."""
    expected, faults = planted
    wanted = {place for place, one in expected.items() if one == kind}
    assert wanted - places(faults) == set()


def test_nothing_is_found_where_nothing_was_planted(
    planted: tuple[dict[Place, str], tuple[Fault, ...]],
) -> None:
    """No fault is invented beside the planted ones, and none stands in another file."""
    expected, faults = planted
    invented = [fault for fault in faults if not places((fault,)) <= expected.keys()]
    assert [fault.sentence("en") for fault in invented] == []
    assert all(f.file == ("school.xlsx" if f.sheet else f"{Path(f.file).stem}.csv") for f in faults)


def test_enough_kinds_are_planted(planted: tuple[dict[Place, str], tuple[Fault, ...]]) -> None:
    """No two plants fell on the same cell, so every one of them counts."""
    assert len(planted[0]) == len(PLANTS) * COPIES + len(ONCE)
    assert len(PLANTS) + len(ONCE) >= 25


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_each_fault_is_worded_without_personal_data(
    planted: tuple[dict[Place, str], tuple[Fault, ...]], lang: str
) -> None:
    """Every fault says what is wrong, what is allowed and what to do, and shows no person."""
    secrets = ("9999992013", "9999992014", "Made Up", "Parent Of", "13912345")
    for fault in planted[1]:
        worded = fault.words(lang)
        assert all(str(worded[part]).strip() for part in ("problem", "allowed", "fix"))
        said = fault.sentence(lang)
        assert not any(secret in said for secret in secrets)


def test_rows_in_another_order_have_the_same_faults(tmp_path: Path) -> None:
    """Where a row stands does not matter: the same cells are found when the rows are shuffled."""
    school = clean_school()
    # Of two rows that contradict each other the later one is told, so pairs are left out.
    kinds = [kind for kind in PLANTS if "twice" not in kind and "two" not in kind]
    for kind in kinds:
        PLANTS[kind](school)
    found: list[set[tuple[str, str, str]]] = []
    for turn in range(2):
        for rows in school.sheets.values() if turn else ():
            order = school.rng.permutation(len(rows) - 1) + 1
            rows[1:] = [rows[at] for at in order]
        faults = load.check(school.write_folder(tmp_path / str(turn)))[1]
        found.append({(fault.file, fault.column, fault.value) for fault in faults})
    assert found[0] == found[1]
    assert len(found[0]) >= 25
