"""The empty workbook: what a school is asked, in which form, and that nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from visitkit import load, tables, text
from visitkit.errors import TableError, VisitkitError
from visitkit.load import template

LANGUAGES = text.LANGUAGES


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workbook]:
    """One empty workbook a language, opened again."""
    folder = tmp_path_factory.mktemp("new")
    return {lang: load_workbook(template.new_workbook(folder, lang)) for lang in LANGUAGES}


def offered(name: str) -> list[tables.Column]:
    """Return the columns a school is asked for."""
    return [column for column in tables.TABLES[name].columns if column.sensitivity != "secret"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_a_table_after_the_instructions(books: dict[str, Workbook], lang: str) -> None:
    """The instructions come first, then every table under its usual name, then the lists."""
    expected = [text.say(f"tables.{name}.sheet", lang) for name in tables.TABLES]
    howto, lists = (text.say(f"template.{key}", lang) for key in ("howto.sheet", "lists_sheet"))
    assert books[lang].sheetnames == [howto, *expected, lists]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", tables.TABLES)
def test_headers_are_the_usual_words(books: dict[str, Workbook], lang: str, name: str) -> None:
    """Each column has the header people use, in the order of the table, then the items."""
    sheet = books[lang][text.say(f"tables.{name}.sheet", lang)]
    expected = [tables.header(name, column.name, lang) for column in offered(name)]
    expected += [f"item_{number}" for number in range(1, 11)] if name == "surveys" else []
    assert [cell.value for cell in sheet[1]] == expected


@pytest.mark.parametrize("lang", LANGUAGES)
def test_identity_numbers_are_not_asked_for(books: dict[str, Workbook], lang: str) -> None:
    """What must be dropped when read is not collected in the first place."""
    header = tables.header("students", "id_number", lang)
    sheet = books[lang][text.say("tables.students.sheet", lang)]
    assert header not in [cell.value for cell in sheet[1]]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", tables.TABLES)
def test_notes_say_what_is_allowed(books: dict[str, Workbook], lang: str, name: str) -> None:
    """Each header has a note with every allowed word, the unit and the range."""
    sheet = books[lang][text.say(f"tables.{name}.sheet", lang)]
    for cell, column in zip(sheet[1], offered(name), strict=False):
        said = cell.comment.text
        codes = tables.codes(column.vocabulary) if column.vocabulary else ()
        wanted = [tables.word(column.vocabulary, code, lang) for code in codes]
        wanted += [tables.word("unit", column.unit, lang)] if column.unit else []
        wanted += [f"{column.high:g}"] if column.high is not None and not codes else []
        need = "required" if column.required else "optional"
        wanted.append(text.say(f"template.note.{need}", lang))
        assert [word for word in wanted if word not in said] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", tables.TABLES)
def test_required_columns_stand_out(books: dict[str, Workbook], lang: str, name: str) -> None:
    """Required headers share one fill, the others another."""
    sheet = books[lang][text.say(f"tables.{name}.sheet", lang)]
    fills = [cell.fill.fgColor.rgb for cell in sheet[1]][: len(offered(name))]
    assert fills == ["FFF8CBAD" if column.required else "FFDDEBF7" for column in offered(name)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", tables.TABLES)
def test_pull_downs_hold_the_allowed_words(
    books: dict[str, Workbook], lang: str, name: str
) -> None:
    """Each coded column and flag points at cells that hold exactly its words, to the last row."""
    book = books[lang]
    sheet = book[text.say(f"tables.{name}.sheet", lang)]
    lists: dict[int, list[object]] = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list":
            title, area = rule.formula1.rsplit("!", 1)
            cells = book[title.strip("'")][area.replace("$", "")]
            (place,) = rule.sqref.ranges
            assert (place.min_row, place.max_row) == (2, 1_048_576)
            lists[place.min_col] = [cell.value for (cell,) in cells]
    expected = {}
    for number, column in enumerate(offered(name), start=1):
        vocabulary = column.vocabulary or ("flag" if column.kind == "flag" else "")
        if vocabulary:
            codes = tables.codes(vocabulary)
            expected[number] = [tables.word(vocabulary, code, lang) for code in codes]
    assert lists == expected


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", tables.TABLES)
def test_columns_are_shaped_before_anyone_types(
    books: dict[str, Workbook], lang: str, name: str
) -> None:
    """Numbers of students are text, so zeros survive; dates are dates; the header stays in view."""
    sheet = books[lang][text.say(f"tables.{name}.sheet", lang)]
    shapes = {}
    for cell, column in zip(sheet[1], offered(name), strict=False):
        shapes[column.name] = sheet.column_dimensions[cell.column_letter].number_format
    for column in offered(name):
        if column.kind in {"id", "ids", "time", "times", "text"}:
            assert shapes[column.name] == "@"
        if column.kind == "date":
            assert shapes[column.name] == "yyyy-mm-dd"
    assert sheet.freeze_panes == "B2"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", tables.TABLES)
def test_examples_can_be_told_and_are_right(
    books: dict[str, Workbook], lang: str, name: str
) -> None:
    """An example row begins with the agreed word and holds allowed words only; a day has none."""
    sheet = books[lang][text.say(f"tables.{name}.sheet", lang)]
    row = [cell.value for cell in sheet[2]] if sheet.max_row > 1 else []
    if name == "calendar":
        assert row == []
        return
    assert row[0] == text.say("template.example_id", lang)
    for value, column in zip(row, offered(name), strict=False):
        if value is None or not (column.vocabulary or column.kind in {"date", "number"}):
            continue
        if column.kind == "date":
            assert isinstance(value, dt.datetime)
        elif column.kind == "number":
            assert column.low <= value <= column.high if column.low is not None else value
        else:
            allowed = [
                tables.word(column.vocabulary, code, lang)
                for code in tables.codes(column.vocabulary)
            ]
            assert [
                part for part in re.split("[;\uff1b]", value) if part.strip() not in allowed
            ] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_in_it_calculates(books: dict[str, Workbook], lang: str) -> None:
    """No cell is a formula."""
    kinds = {cell.data_type for sheet in books[lang] for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n", "d"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_instructions_lead_to_each_sheet(books: dict[str, Workbook], lang: str) -> None:
    """The first sheet names every table once, linked to it inside the workbook."""
    howto = books[lang].worksheets[0]
    links = [c.hyperlink.location for row in howto.iter_rows() for c in row if c.hyperlink]
    titles = [text.say(f"tables.{name}.sheet", lang) for name in tables.TABLES]
    assert links == [f"'{title}'!A1" for title in titles]


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    """A workbook already filled in is never overwritten."""
    path = template.new_workbook(tmp_path, "en")
    path.write_bytes(b"filled in")
    with pytest.raises(TableError) as caught:
        template.new_workbook(tmp_path, "en")
    assert caught.value.key == "template.exists"
    assert path.read_bytes() == b"filled in"


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    """A path that is a file is refused in words."""
    path = tmp_path / "notes.txt"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        template.new_workbook(path, "en")
    assert caught.value.key == "template.not_a_folder"


def test_a_failed_save_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full there is neither a broken workbook nor a leftover."""

    def full(self: Workbook, name: str) -> None:
        Path(name).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Workbook, "save", full)
    with pytest.raises(VisitkitError) as caught:
        template.new_workbook(tmp_path / "new", "en")
    assert caught.value.key == "report.disk_full"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_filled_in_is_read_and_the_examples_are_not(tmp_path: Path, lang: str) -> None:
    """A row typed below each example is read without a fault; the example leaves no trace."""
    path = template.new_workbook(tmp_path, lang)
    book = load_workbook(path)
    for name in tables.TABLES:
        if name == "calendar":
            continue
        sheet = book[text.say(f"tables.{name}.sheet", lang)]
        typed = [cell.value for cell in sheet[2]]
        typed[0] = "T01" if name == "teachers" else "0412"
        example = text.say("template.example_id", lang)
        sheet.append(["T01" if value == example else value for value in typed])
    book.save(path)
    school, faults, notes = load.check(path)
    assert [fault.sentence("en") for fault in faults] == []
    assert school is not None
    assert school.students["student_id"].tolist() == ["0412"]
    for name in tables.TABLES:
        assert len(school.tables[name]) == (name != "calendar")
    assert [note.key for note in notes] == ["calendar_assumed"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_empty_workbook_has_no_student(tmp_path: Path, lang: str) -> None:
    """Read as it is, it is told that students are missing; the example is not taken for one."""
    school, faults, _ = load.check(template.new_workbook(tmp_path, lang))
    assert school is None
    assert [fault.key for fault in faults] == ["no_students"]
