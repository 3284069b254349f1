"""Workbooks filled in by people, read back: exact, tolerant, and every fault at its cell."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.errors import StoreError
from visitkit.record.forms import FORMS, FilledForm, FormFaultsError, blank, fill, read_form
from visitkit.record.forms import words as say
from visitkit.reports.forms import write_form
from visitkit.reports.forms.workbook import xlsx_bytes

Make = Callable[[str], FilledForm]


def opened(name: str, lang: str, made: FilledForm | None = None) -> openpyxl.Workbook:
    """Return a form as a workbook in memory."""
    return openpyxl.load_workbook(io.BytesIO(xlsx_bytes(made or blank(name), lang)))


def place(book: openpyxl.Workbook, anchor: str) -> str:
    """Return the cell of a hidden name."""
    return str(book.defined_names[anchor].value).rpartition("!")[2].replace("$", "")


def write(book: openpyxl.Workbook, field: str, value: object, below: int = 0) -> str:
    """Write into the cell of a field as a person would, and return its place."""
    kind = "c" if "." in field else "f"
    sheet = book.worksheets[0]
    cell = sheet[place(book, f"vk.{kind}.{field}")].offset(below)
    cell.value = value
    return str(cell.coordinate)


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("name", FORMS)
def test_what_is_written_is_read(name: str, lang: str, filled: Make, tmp_path: Path) -> None:
    """Every field of every form comes back as it was."""
    made = filled(name)
    [path] = write_form(made, tmp_path / "form.xlsx", lang)
    found, values = read_form(path)
    assert found == name
    assert fill(found, values) == made


SIGNS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n=+-@\t'")
TEXTS = st.text(SIGNS, min_size=1, max_size=300).filter(lambda words: words.strip())
MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31))
ROUNDS = st.fixed_dictionaries(
    {
        "student_id": st.from_regex(r"[0-9]{1,12}", fullmatch=True),
        "time": MOMENTS,
        "place": TEXTS,
        "people": st.lists(TEXTS, min_size=1, max_size=8),
        "talk": TEXTS,
        "parent_feedback": TEXTS,
        "promises": TEXTS,
        "signatures": st.lists(TEXTS, min_size=1, max_size=6),
        "partners": st.lists(st.sampled_from(say.codes(FORMS["authority_report"].fields["to"]))),
    },
    optional={"number": st.integers(1, 9), "legal_duty_explained": st.booleans()},
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=ROUNDS, lang=st.sampled_from(text.LANGUAGES))
def test_any_text_comes_back(values: dict[str, object], lang: str) -> None:
    """Line breaks, leading signs of formulas, emoji, long text, zeros in front."""
    made = fill("persuasion_record", values)
    path = Path("/dev/shm" if Path("/dev/shm").is_dir() else ".") / "visitkit-round.xlsx"
    try:
        path.write_bytes(xlsx_bytes(made, lang))
        assert fill(*read_form(path)) == made
    finally:
        path.unlink(missing_ok=True)


FIGURES = st.fixed_dictionaries(
    {"date": st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)), "status": st.just("sick")},
    optional={"periods": st.floats(0, 20), "note": TEXTS},
)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(FIGURES, max_size=12))
def test_any_number_of_rows_comes_back(rows: list[dict[str, object]], tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    """More rows than a blank copy has, days and broken numbers exact."""
    told = {"student_id": "1", "signal": "unexcused_run", "since": "2026-11-05", "days": rows}
    made = fill("absence_sheet", told)
    path = tmp_path_factory.mktemp("rows") / "form.xlsx"
    path.write_bytes(xlsx_bytes(made, "zh"))
    assert fill(*read_form(path)) == made


def by_hand(book: openpyxl.Workbook) -> None:
    """Fill in an absence sheet the way people do."""
    signal = FORMS["absence_sheet"].fields["signal"]
    write(book, "student_id", 412)
    write(book, "signal", say.code_of(signal, "unexcused_run", "en"))
    write(book, "since", "2026\u5e7411\u67083\u65e5")
    write(book, "noticed_at", "2026.11.3 \u4e0a\u53488:10")
    for below, at in ((1, dt.datetime(2026, 11, 3, 8, 40)), (3, 46329.5)):
        write(book, "contacts.at", at, below)
        write(book, "contacts.by", "T1", below)
        write(book, "contacts.reached", "\u221a", below)
        write(book, "contacts.content", "ill\nin bed", below)


HAND = {
    "student_id": "412",
    "signal": "unexcused_run",
    "since": "2026-11-03",
    "noticed_at": "2026-11-03T08:10+08:00",
}
AT = ["2026-11-03T08:40+08:00", "2026-11-03T12:00+08:00"]


def told_by_hand(values: dict[str, object]) -> None:
    """Check what :func:`by_hand` wrote."""
    assert {name: values[name] for name in HAND} == HAND
    rows = values["contacts"]
    assert isinstance(rows, tuple)
    assert [row["at"] for row in rows] == AT
    assert {row["reached"] for row in rows} == {True}


def test_a_teacher_fills_in_a_blank_copy(tmp_path: Path) -> None:
    """Words of the other language, days as text, an empty row between, a tick for yes."""
    book = opened("absence_sheet", "zh")
    by_hand(book)
    book.save(tmp_path / "a.xlsx")
    name, values = read_form(tmp_path / "a.xlsx")
    assert name == "absence_sheet"
    told_by_hand(values)


def move(book: openpyxl.Workbook, row: int, by: int) -> None:
    """Insert rows the way a spreadsheet does: cells, merged cells and names go down."""
    sheet = book.worksheets[0]
    ranges = [str(one) for one in sheet.merged_cells.ranges]
    for one in ranges:
        sheet.unmerge_cells(one)
    sheet.insert_rows(row, by)
    for name, one in list(book.defined_names.items()):
        title, _, cell = str(one.value).rpartition("!")
        if not title:
            continue
        letters, _, number = cell.replace("$", " ").strip().partition(" ")
        moved = int(number) + (by if int(number) >= row else 0)
        book.defined_names[name] = DefinedName(name, attr_text=f"{title}!${letters}${moved}")


def test_rows_may_be_inserted_and_the_sheet_renamed(tmp_path: Path) -> None:
    """The names go with their cells."""
    book = opened("absence_sheet", "zh")
    by_hand(book)
    sheet = book.worksheets[0]
    move(book, sheet[place(book, "vk.c.contacts.at")].row + 2, 3)
    move(book, 5, 2)
    book.save(tmp_path / "a.xlsx")
    told_by_hand(read_form(tmp_path / "a.xlsx")[1])


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_a_sheet_copied_elsewhere_is_found_by_its_labels(lang: str, tmp_path: Path) -> None:
    """Without the names, title and labels tell the fields."""
    book = opened("absence_sheet", lang)
    by_hand(book)
    for name in list(book.defined_names):
        del book.defined_names[name]
    book.save(tmp_path / "a.xlsx")
    name, values = read_form(tmp_path / "a.xlsx")
    assert name == "absence_sheet"
    told_by_hand(values)


@pytest.mark.parametrize("name", FORMS)
def test_labels_alone_find_every_field(name: str, filled: Make, tmp_path: Path) -> None:
    """Every form reads back exactly where all names were lost."""
    book = opened(name, "zh", filled(name))
    for anchor in list(book.defined_names):
        del book.defined_names[anchor]
    book.save(tmp_path / "a.xlsx")
    assert fill(*read_form(tmp_path / "a.xlsx")) == filled(name)


def test_rows_below_a_full_table_are_read(tmp_path: Path) -> None:
    """The empty line before the next heading is part of the table for who runs out of rows."""
    book = opened("agent_parent_log", "en")
    write(book, "student_id", "0412")
    write(book, "agent", "T1")
    rows = FORMS["agent_parent_log"].fields["duties"].rows + 1
    for below in range(1, rows + 1):
        write(book, "duties.date", dt.date(2026, 11, below), below)
        write(book, "duties.duty", "weekly talk" if below == 2 else "talk", below)
    book.save(tmp_path / "a.xlsx")
    found = read_form(tmp_path / "a.xlsx")[1]["duties"]
    assert isinstance(found, tuple)
    assert len(found) == rows
    # a duty of the school's own is kept as it is
    assert found[1]["duty"] == "weekly talk"


def test_every_fault_is_at_its_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheet and cell of each, in the order of the sheet; no word that may be a name."""
    monkeypatch.setenv("VISITKIT_LANG", "en")
    book = opened("visit_record", "en")
    want: dict[str, str] = {}
    want[write(book, "student_id", None)] = "missing"
    want[write(book, "form", "by balloon with Li Ming")] = "choice"
    want[write(book, "start", "2026-11-06")] = "moment"
    write(book, "end", "2026-11-06 17:00")
    write(book, "visitors", "T1\u3001T2")
    want[write(book, "student_present", "perhaps")] = "flag"
    for field in ("content", "parent_feedback", "problem_solved", "next_steps"):
        write(book, field, "x")
    want[write(book, "next_date", "13.40.2026")] = "date"
    want[write(book, "photos", 200)] = "range"
    cell = book.worksheets[0][write(book, "focus", "#REF!")]
    cell.data_type = "e"
    want[cell.coordinate] = "error_cell"
    want[write(book, "needs_school", " ")] = "missing"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FormFaultsError) as caught:
        read_form(tmp_path / "a.xlsx")
    assert {fault.cell: fault.key for fault in caught.value.faults} == want
    rows = [int("".join(filter(str.isdigit, fault.cell))) for fault in caught.value.faults]
    assert rows == sorted(rows)
    said = str(caught.value)
    assert "Li Ming" not in said
    assert all(f"cell {cell} " in said for cell in want)
    assert "a.xlsx" in said


def test_faults_in_lists_and_tables_have_their_own_cells(tmp_path: Path) -> None:
    """The second item and the third row, not the whole."""
    book = opened("student_plan", "zh")
    want = {write(book, "time_points", "soon", 1): "date"}
    want[write(book, "plan_steps.due", "later", 2)] = "date"
    sheet = book.worksheets[0]
    write(book, "time_points", "2026-11-06")
    want[str(sheet[place(book, "vk.c.plan_steps.step")].offset(2).coordinate)] = "missing"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FormFaultsError) as caught:
        read_form(tmp_path / "a.xlsx")
    found = {fault.cell: fault.key for fault in caught.value.faults}
    assert {cell: found.get(cell) for cell in want} == want


def test_a_deleted_field_is_missed(tmp_path: Path) -> None:
    """What was cut out is told, so that nothing is lost without a word."""
    made = fill("visit_feedback", {"student_id": "1", "visited_on": "2026-11-06"})
    book = opened("visit_feedback", "en", made)
    sheet: Worksheet = book.worksheets[0]
    cell = sheet[place(book, "vk.f.wishes")]
    sheet.cell(cell.row, 1).value = "something else"
    del book.defined_names["vk.f.wishes"]
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FormFaultsError) as caught:
        read_form(tmp_path / "a.xlsx")
    assert [(one.key, one.field) for one in caught.value.faults] == [("lost", "wishes")]


def test_files_that_are_no_forms(tmp_path: Path) -> None:
    """Each with a sentence that says what to do, and no traceback."""
    with pytest.raises(StoreError, match="xlsx"):
        read_form(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("student,date")
    with pytest.raises(StoreError):
        read_form(tmp_path / "text.xlsx")
    (tmp_path / "locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    with pytest.raises(StoreError):
        read_form(tmp_path / "locked.xlsx")
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    with pytest.raises(StoreError):
        read_form(tmp_path / "plain.xlsx")
    whole = xlsx_bytes(blank("visit_record"), "en")
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError):
        read_form(tmp_path / "half.xlsx")


def test_a_packed_bomb_is_not_opened(tmp_path: Path) -> None:
    """A small file that unpacks to hundreds of megabytes is refused before it is read."""
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)
    with pytest.raises(StoreError) as caught:
        read_form(tmp_path / "bomb.xlsx")
    assert caught.value.key == "forms.too_big"
