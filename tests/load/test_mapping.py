"""Mapping files: each way to make a column, and each fault of a mapping."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import text
from visitkit.errors import TableError
from visitkit.load.grid import MappedTable
from visitkit.load.mapping import Mapping, MappingError, read_mapping, shipped
from visitkit.load.mapping_file import Reader
from visitkit.load.sheets import Sheet

ROOT = Path(__file__).parents[2]

PUPILS = [
    ["No", "First", "Last", "Sex", "Born", "RoomNo", "State", "Maths", "Chinese"],
    ["007", "An", "Li", "F", "24/12/2013", "r1", "active", "88", "91"],
    [None] * 9,
    ["008", "Bo", None, "M", "2/1/2014", "r2", "ACTIVE", None, "75"],
    ["009", "Chi", "Wu", "?", "soon", "r9", "left", "60", "61"],
]
ROOMS = [["No", "Title"], ["r1", "7-1"], ["r2", "7-2"]]
SOURCES = """
[source.pupils]
file = "pupils*.csv"
[source.rooms]
file = "rooms.csv"
"""


def mapping(tmp_path: Path, body: str, name: str = "town.toml") -> Mapping:
    """Write a mapping file and read it."""
    path = tmp_path / name
    path.write_text(body, encoding="utf-8")
    return read_mapping(path)


def sheets() -> list[Sheet]:
    """Return the town's export."""
    return [
        Sheet.from_rows("Pupils_2026.csv", "", PUPILS),
        Sheet.from_rows("rooms.csv", "", ROOMS),
    ]


def students(columns: str, more: str = "", sources: str = SOURCES) -> str:
    """Return a mapping that fills students with some columns."""
    return f'{sources}\n[[table]]\nto = "students"\nfrom = "pupils"\n{more}\n{columns}'


def cells(part: MappedTable, column: str) -> list[object]:
    """Return the cells of a column."""
    return part.columns[column].listed()


def faults(tmp_path: Path, body: str) -> list[tuple[str, object, str]]:
    """Return key, place and found value of each fault of a mapping."""
    with pytest.raises(MappingError) as caught:
        mapping(tmp_path, body)
    return [(fault.key, fault.facts["place"], fault.value) for fault in caught.value.faults]


ID = 'columns.student_id = "No"\n'
CLASS = 'lookup = "rooms", key = "RoomNo", match = "No", give = "Title"'
LOOK = f"columns.class_id = {{ {CLASS} }}\n"


def test_a_header_gives_its_column_with_every_place(tmp_path: Path) -> None:
    """Cells come out as found, rows that are blank are passed over, places stay Excel's."""
    part, _ = mapping(tmp_path, students(ID)).apply(sheets())
    assert (part.table, part.file, part.sheet) == ("students", "Pupils_2026.csv", "")
    assert cells(part, "student_id") == ["007", "008", "009"]
    assert [part.place("student_id", row) for row in range(3)] == [(2, "A"), (4, "A"), (5, "A")]


def test_rows_are_chosen_by_where_and_unless(tmp_path: Path) -> None:
    """Words are compared without regard to case; an empty cell is an empty word."""
    some = 'where = { State = ["active"] }\nunless = { Last = "" }'
    part, _ = mapping(tmp_path, students(ID, some)).apply(sheets())
    assert cells(part, "student_id") == ["007"]


def test_words_and_dates_become_ours(tmp_path: Path) -> None:
    """Known words and dates are changed; others are kept for the reader to tell as faults."""
    body = ID + (
        'columns.sex = { column = "Sex", values = { m = "male", F = "female" } }\n'
        'columns.birth_date = { column = "Born", date = "%d/%m/%Y" }\n'
        'columns.hukou = { column = "Sex", values = { F = "rural" }, other = "" }\n'
    )
    part, _ = mapping(tmp_path, students(body)).apply(sheets())
    assert cells(part, "sex") == ["female", "male", "?"]
    assert [str(born) for born in cells(part, "birth_date")] == ["2013-12-24", "2014-01-02", "soon"]
    assert cells(part, "hukou") == ["rural", None, None]
    assert part.place("birth_date", 2) == (5, "E")


def test_columns_are_joined_and_the_first_filled_is_taken(tmp_path: Path) -> None:
    """Empty cells are passed over, and the place follows the cell that was taken."""
    body = ID + (
        'columns.name = { join = ["Last", "First"], with = " " }\n'
        'columns.zone = { first_of = ["Last", "First"] }\n'
    )
    part, _ = mapping(tmp_path, students(body)).apply(sheets())
    assert cells(part, "name") == ["Li An", "Bo", "Wu Chi"]
    assert cells(part, "zone") == ["Li", "Bo", "Wu"]
    assert [part.place("zone", row) for row in (0, 1)] == [(2, "C"), (4, "B")]


def test_row_numbers_follow_the_place_in_the_file(tmp_path: Path) -> None:
    """A filter does not move them, so tables made from one file agree; files go on counting."""
    body = 'columns.student_id = { row_number = "U008" }\ncolumns.name = "First"'
    some = 'where = { State = "active" }'
    both = [*sheets(), Sheet.from_rows("pupils_b.csv", "", [PUPILS[0], PUPILS[1]])]
    first, second, _ = mapping(tmp_path, students(body, some)).apply(both)
    assert cells(first, "student_id") == ["U008", "U010"]
    assert cells(second, "student_id") == ["U012"]
    assert first.place("student_id", 1) == (4, "")


def test_a_lookup_joins_files(tmp_path: Path) -> None:
    """What matches nothing is empty; the place is that of the key."""
    part, left = mapping(tmp_path, students(ID + LOOK)).apply(sheets())
    assert cells(part, "class_id") == ["7-1", "7-2", None]
    assert part.place("class_id", 0) == (2, "F")
    assert (left.table, left.file, len(left)) == ("", "rooms.csv", 0)


MANY = [
    ["No", "Title", "Since"],
    ["r1", "7-1", "2026-01"],
    ["r1", "7-9", "2026-09"],
    ["r1", "7-5", "2026-03"],
]


@pytest.mark.parametrize(
    ("many", "answer"),
    [
        ('many = "first"', "7-1"),
        ('many = "latest", by = "Since"', "7-9"),
        ('many = "join"', "7-1;7-9;7-5"),
        ('where = { Since = "2026-03" }', "7-5"),
    ],
)
def test_a_lookup_with_several_answers(tmp_path: Path, many: str, answer: str) -> None:
    """The mapping says which answer to take."""
    export = [sheets()[0], Sheet.from_rows("rooms.csv", "", MANY)]
    body = students(f"{ID}columns.class_id = {{ {CLASS}, {many} }}")
    part, _ = mapping(tmp_path, body).apply(export)
    assert cells(part, "class_id")[0] == answer


def test_different_answers_are_a_fault_that_tells_none(tmp_path: Path) -> None:
    """Without a word on which to take, nothing is guessed; answers may be names and stay hidden."""
    export = [sheets()[0], Sheet.from_rows("rooms.csv", "", MANY)]
    read = mapping(tmp_path, students(ID + LOOK))
    with pytest.raises(MappingError) as caught:
        read.apply(export)
    (fault,) = caught.value.faults
    assert (fault.key, fault.file, fault.value) == ("many_answers", "rooms.csv", "r1")
    assert fault.facts["number"] == 3
    assert "7-9" not in str(caught.value)


def test_a_wide_row_becomes_rows(tmp_path: Path) -> None:
    """Each entry of unpivot gives rows with columns of its own; rows without a score fall out."""
    body = SOURCES + (
        '[[table]]\nto = "marks"\nfrom = "pupils"\nneeds = ["score"]\n'
        "[table.columns]\n"
        'student_id = "No"\ndate = { constant = "2026-11-05" }\nexam = { constant = "midterm" }\n'
        '[[table.unpivot]]\ncolumns = { subject = { constant = "maths" }, score = "Maths" }\n'
        '[[table.unpivot]]\nunless = { State = "left" }\n'
        'columns = { subject = { constant = "chinese" }, score = "Chinese" }\n'
    )
    maths, chinese, _ = mapping(tmp_path, body).apply(sheets())
    assert cells(maths, "student_id") == ["007", "009"]
    assert cells(maths, "score") == ["88", "60"]
    assert cells(chinese, "student_id") == ["007", "008"]
    assert set(cells(chinese, "subject")) == {"chinese"}
    assert [maths.place("score", 1), chinese.place("score", 1)] == [(5, "H"), (4, "I")]


def test_a_cell_with_several_values_becomes_rows(tmp_path: Path) -> None:
    """Each value stands in a row of its own, at the place of the cell."""
    export = [Sheet.from_rows("pupils.csv", "", [["No", "Kin"], ["1", "a; b"], ["2", None]])]
    body = (
        '[source.pupils]\nfile = "pupils.csv"\n'
        '[[table]]\nto = "guardians"\nfrom = "pupils"\nsplit = { column = "Kin", at = ";" }\n'
        'columns = { student_id = "No", name = "Kin" }\n'
    )
    (part,) = mapping(tmp_path, body).apply(export)
    assert list(zip(cells(part, "student_id"), cells(part, "name"), strict=True)) == [
        ("1", "a"),
        ("1", "b"),
    ]
    assert [part.place("name", row) for row in (0, 1)] == [(2, "B"), (2, "B")]


def test_numbers_of_a_workbook_match_text(tmp_path: Path) -> None:
    """A key that one file holds as a number and another as text is the same key."""
    export = [
        Sheet.from_rows("book.xlsx", "P", [["title"], ["No", "RoomNo"], ["1", 3.0]]),
        Sheet.from_rows("book.xlsx", "R", [["No", "Title"], ["3", "7-3"]]),
    ]
    sources = '[source.pupils]\nsheet = "p"\nheader_row = 2\n[source.rooms]\nsheet = "R"\n'
    part, _ = mapping(tmp_path, students(ID + LOOK, sources=sources)).apply(export)
    assert cells(part, "class_id") == ["7-3"]
    assert part.place("student_id", 0) == (3, "A")


def test_sheets_of_no_source_are_not_touched(tmp_path: Path) -> None:
    """They are left for the usual recognition."""
    other = Sheet.from_rows("marks.csv", "", [["student id", "score"], ["1", "2"]])
    parts = mapping(tmp_path, students(ID)).apply([*sheets(), other])
    assert "marks.csv" not in {part.file for part in parts}


def test_a_missing_file_or_header_is_said_once_with_what_is_there(tmp_path: Path) -> None:
    """The fault names the file, the header, and the headers found."""
    body = ID + 'columns.zone = "Village"\ncolumns.hukou = { column = "Village" }'
    read = mapping(tmp_path, students(body))
    with pytest.raises(MappingError) as caught:
        read.apply(sheets()[:1])
    said = {(fault.key, fault.file, fault.value) for fault in caught.value.faults}
    assert said == {
        ("no_file", "rooms.csv", "rooms.csv"),
        ("no_column", "Pupils_2026.csv", "Village"),
    }
    assert len(caught.value.faults) == 2
    for lang in text.LANGUAGES:
        assert "roomno" in caught.value.faults[1].sentence(lang)


def test_an_optional_header_or_file_may_be_missing(tmp_path: Path) -> None:
    """What may be missing gives empty cells."""
    sources = SOURCES + "required = false\n"
    body = f'{ID}{LOOK}columns.zone = {{ column = "Village", optional = true }}'
    (part,) = mapping(tmp_path, students(body, sources=sources)).apply(sheets()[:1])
    assert cells(part, "zone") == cells(part, "class_id") == [None] * 3


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (students("columns = 1"), ("wrong_kind", "table[1].columns", "1")),
        (students(ID, 'wher = { a = "b" }'), ("unknown_key", "table[1].wher", "wher")),
        (students('columns.name = "First"'), ("not_filled", "table[1]", "student_id")),
        (students(ID + 'columns.nam = "First"'), ("not_allowed", "table[1]", "nam")),
        (students(ID).replace('"students"', '"pupils"'), ("not_allowed", "table[1].to", "pupils")),
        (
            students(ID).replace('from = "pupils"', 'from = "x"'),
            ("not_allowed", "table[1].from", "x"),
        ),
        (students(ID, "needs = 3"), ("wrong_kind", "table[1].needs", "3")),
        (students(ID + "columns.name = 3"), ("wrong_kind", "table[1].columns.name", "3")),
        (
            students(ID + 'columns.name = { column = "a", constant = "b" }'),
            ("one_way", "table[1].columns.name", "column, constant"),
        ),
        (
            students(ID + 'columns.name = { values = { a = "b" } }'),
            ("one_way", "table[1].columns.name", ""),
        ),
        (
            students('columns.student_id = { row_number = "U" }'),
            ("bad_number", "table[1].columns.student_id.row_number", "U"),
        ),
        (
            students(ID + 'columns.birth_date = { column = "Born", date = "dd/mm" }'),
            ("bad_date", "table[1].columns.birth_date.date", "dd/mm"),
        ),
        (
            students(ID + 'columns.name = { lookup = "x", key = "a", match = "b", give = "c" }'),
            ("not_allowed", "table[1].columns.name.lookup", "x"),
        ),
        (
            students(ID + 'columns.name = { lookup = "rooms", key = "a", match = "b" }'),
            ("missing_key", "table[1].columns.name", ""),
        ),
        (
            students(f'{ID}columns.name = {{ {CLASS}, many = "x" }}'),
            ("not_allowed", "table[1].columns.name.many", "x"),
        ),
        (
            students(f'{ID}columns.name = {{ {CLASS}, many = "latest" }}'),
            ("missing_key", "table[1].columns.name", ""),
        ),
        (
            students(ID, sources="[source.pupils]\nrequired = true"),
            ("missing_key", "source.pupils", ""),
        ),
        (
            students(ID, sources='[source.pupils]\nfile = "a"\nheader_row = 0'),
            ("not_allowed", "source.pupils.header_row", "0"),
        ),
        (
            students(
                ID,
                sources=f'[source.rooms]\nfile = "a"\nadd.x = {{ {CLASS} }}\n'
                '[source.pupils]\nfile = "b"',
            ),
            ("circle", "source.rooms.add", "rooms"),
        ),
        ("[source.a]\nfile = 'x'", ("missing_key", "table", "")),
        ("a = b", ("not_toml", "", "Invalid value (at line 1, column 5)")),
    ],
)
def test_faults_of_a_mapping_name_place_and_finding(
    tmp_path: Path, body: str, expected: tuple[str, str, str]
) -> None:
    """Each mistake is found where it stands, and worded in both languages."""
    assert expected in faults(tmp_path, body)
    with pytest.raises(MappingError) as caught:
        mapping(tmp_path, body)
    for lang in text.LANGUAGES:
        for fault in caught.value.faults:
            assert fault.value in fault.sentence(lang)
            assert "town.toml" in fault.sentence(lang)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """One round of mending is enough."""
    body = students('columns.nam = "First"', 'wher = 1\nneeds = ["x"]')
    keys = [key for key, _, _ in faults(tmp_path, body)]
    assert sorted(keys) == ["not_allowed", "not_allowed", "not_filled", "unknown_key"]


def test_an_unknown_name_tells_the_known_ones(tmp_path: Path) -> None:
    """A name that is neither a file nor shipped is refused with the names there are."""
    with pytest.raises(TableError) as caught:
        read_mapping(tmp_path / "town.toml")
    assert caught.value.key == "mapping.unknown"
    assert "oneroster-1.2" in str(caught.value.facts["allowed"])


@pytest.mark.parametrize("name", shipped())
def test_shipped_mappings_read_clean(name: str) -> None:
    """What comes with the package is right in itself."""
    assert read_mapping(name).targets


def test_the_example_of_the_manual_works(tmp_path: Path) -> None:
    """The page a person copies from is right."""
    page = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    (body,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    roll, maths, chinese, _ = mapping(tmp_path, body).apply(sheets())
    assert cells(roll, "name") == ["Li An", "Bo"]
    assert cells(roll, "class_id") == ["7-1", "7-2"]
    assert cells(maths, "score") + cells(chinese, "score") == ["88", "91", "75"]
    assert tomllib.loads(body)["name"] == "town-export"


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(1, len(PUPILS))), rooms=st.permutations([1, 2]))
def test_order_of_rows_changes_no_student(order: list[int], rooms: list[int]) -> None:
    """Rows are joined by what they hold, never by where they stand."""
    body = tomllib.loads(students(ID + 'columns.name = { join = ["Last", "First"] }\n' + LOOK))
    sources, targets = Reader("town.toml").document(body)
    export = [
        Sheet.from_rows("pupils.csv", "", [PUPILS[0], *(PUPILS[row] for row in order)]),
        Sheet.from_rows("rooms.csv", "", [ROOMS[0], *(ROOMS[row] for row in rooms)]),
    ]
    part, _ = Mapping("town", "", sources, targets).apply(export)
    names = ("student_id", "name", "class_id")
    found = set(zip(*(cells(part, name) for name in names), strict=True))
    assert found == {("007", "Li An", "7-1"), ("008", "Bo", "7-2"), ("009", "Wu Chi", None)}
