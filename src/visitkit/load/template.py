"""An empty workbook to fill in: a sheet a table, a note a column, pull-downs, one example row."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import tables, text
from visitkit.errors import TableError
from visitkit.load.fillin import Lists, note, rule, words_of
from visitkit.load.typed import put, width
from visitkit.outgoing import write_alone
from visitkit.tables import Column, Table

#: Columns ``item_1`` .. ``item_n`` offered on the sheet of questionnaires; more may be added.
ITEMS = 10
#: The last row of an xlsx sheet, so that a pull-down never ends before the rows do.
LAST_ROW = 1_048_576

_REQUIRED = PatternFill("solid", fgColor="FFF8CBAD")
_OPTIONAL = PatternFill("solid", fgColor="FFDDEBF7")
_EXAMPLE = Font(italic=True, color="FF808080")
_WIDTHS = {"date": 13.0, "flag": 10.0, "time": 10.0, "number": 11.0, "integer": 11.0}
_WRAP = Alignment(wrap_text=True, vertical="top")


def new_workbook(folder: str | Path, lang: str | None = None) -> Path:
    """Write an empty workbook to fill in and return its path.

    The first sheet says how to fill in; then comes a sheet a table with headers in the language
    asked for. Columns that a row cannot do without have an orange header. Each header carries a
    note; coded columns and flags have pull-downs; numbers of students keep their leading zeros.
    One row a sheet is an example on a made-up student, recognised by its student number (the
    words ``template.example_id``) and skipped when the workbook is read. Columns that identify a
    person beyond need (:data:`visitkit.tables.SENSITIVITY` ``secret``) are not offered.

    Parameters
    ----------
    folder
        Where to put the workbook; made when missing.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    TableError
        When the file is there already or the folder is a file.
    visitkit.errors.VisitkitError
        When it cannot be written; nothing is left behind.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     new_workbook(folder, "en").name
    'school.xlsx'
    """
    target = Path(folder) / text.say("template.file", lang)
    if Path(folder).exists() and not Path(folder).is_dir():
        raise TableError("template.not_a_folder", path=str(folder))
    if target.exists():
        raise TableError("template.exists", path=str(target))
    book = _workbook(text.language(lang))
    return write_alone(target, book.save)


def _workbook(lang: str) -> Workbook:
    book = Workbook()
    howto = cast("Worksheet", book.active)
    sheets = {
        name: book.create_sheet(text.say(f"tables.{name}.sheet", lang)) for name in tables.TABLES
    }
    lists = _write_lists(book.create_sheet(text.say("template.lists_sheet", lang)), lang)
    for name, sheet in sheets.items():
        _write_table(sheet, tables.TABLES[name], lists, lang)
    _write_howto(howto, lang)
    return book


def _offered(table: Table) -> tuple[Column, ...]:
    # Data a school need not hand over is not asked for.
    return tuple(column for column in table.columns if column.sensitivity != "secret")


def _write_lists(sheet: Worksheet, lang: str) -> Lists:
    """Write the words of each pull-down into a column and return where they stand.

    A pull-down that holds its words itself is limited to 255 characters and splits at commas.
    """
    used = {"flag"} | {
        column.vocabulary
        for table in tables.TABLES.values()
        for column in _offered(table)
        if column.vocabulary
    }
    places: Lists = {}
    for number, vocabulary in enumerate(sorted(used), start=1):
        words = words_of(vocabulary, lang)
        for row, word in enumerate(words, start=1):
            put(sheet.cell(row, number), word)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 4 + max(width(word) for word in words)
        title = sheet.title.replace("'", "''")
        places[vocabulary] = f"'{title}'!${letter}$1:${letter}${len(words)}"
    return places


def _write_table(sheet: Worksheet, table: Table, lists: Lists, lang: str) -> None:
    for number, column in enumerate(_offered(table), start=1):
        header = tables.header(table.name, column.name, lang)
        _write_header(sheet, number, header, column.required, note(table.name, column, lang))
        _shape(sheet, number, column, header)
        made = rule(column, lists, lang)
        if made is not None:
            letter = get_column_letter(number)
            made.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.add_data_validation(made)
    if table.items:
        _write_items(sheet, len(_offered(table)), lang)
    sheet.freeze_panes = "B2"
    _write_example(sheet, table, lang)


def _write_items(sheet: Worksheet, taken: int, lang: str) -> None:
    for item in range(1, ITEMS + 1):
        said = text.say("template.note.item", lang, number=item)
        _write_header(sheet, taken + item, f"item_{item}", False, said)


def _write_header(sheet: Worksheet, number: int, header: str, required: bool, said: str) -> None:
    cell = sheet.cell(1, number)
    put(cell, header)
    cell.font = Font(bold=True)
    cell.fill = _REQUIRED if required else _OPTIONAL
    cell.alignment = Alignment(vertical="center")
    cell.comment = Comment(said, "visitkit", height=24 + 18 * (1 + width(said) // 34), width=260)


def _shape(sheet: Worksheet, number: int, column: Column, header: str) -> None:
    shape = sheet.column_dimensions[get_column_letter(number)]
    shape.number_format = _number_format(column)
    shape.width = max(_WIDTHS.get(column.kind, 16.0), width(header) + 4)


def _number_format(column: Column | None) -> str:
    # Text format from the start: a spreadsheet turns 0012 into 12 and class 7-1 into a date.
    if column is None or column.kind in {"number", "integer", "flag", "code"}:
        return "General"
    return "yyyy-mm-dd" if column.kind == "date" else "@"


def _write_example(sheet: Worksheet, table: Table, lang: str) -> None:
    """Write the example row; a table without a person's number has none, for it could be taken."""
    if not text.has(f"template.example.{table.name}"):
        return
    names = [column.name for column in _offered(table)]
    names += [f"item_{item}" for item in range(1, ITEMS + 1)] if table.items else []
    said = cast("dict[str, object]", text.find(f"template.example.{table.name}", lang))
    values = {names[0]: text.say("template.example_id", lang), **said}
    for number, name in enumerate(names, start=1):
        if name not in values:
            continue
        cell = sheet.cell(2, number)
        put(cell, values[name])
        cell.font = _EXAMPLE
        cell.number_format = _number_format(table.by_name.get(name))


def _write_howto(sheet: Worksheet, lang: str) -> None:
    sheet.title = text.say("template.howto.sheet", lang)
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 70
    sheet.column_dimensions["C"].width = 42
    put(sheet["A1"], text.say("template.howto.title", lang))
    sheet["A1"].font = Font(bold=True, size=14)
    steps = cast("list[str]", text.find("template.howto.steps", lang))
    example = text.say("template.example_id", lang)
    for row, step in enumerate(steps, start=2):
        put(sheet.cell(row, 1), step.format(example=example))
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
        sheet.cell(row, 1).alignment = _WRAP
        sheet.row_dimensions[row].height = 18.0 * (1 + width(step) // 120)
    _write_contents(sheet, len(steps) + 3, lang)


def _write_contents(sheet: Worksheet, row: int, lang: str) -> None:
    headings = ("table_column", "about_column", "needed_column")
    for number, heading in enumerate(headings, start=1):
        cell = sheet.cell(row, number)
        put(cell, text.say(f"template.howto.{heading}", lang))
        cell.font = Font(bold=True)
    for line, (name, table) in enumerate(tables.TABLES.items(), start=row + 1):
        title = text.say(f"tables.{name}.sheet", lang)
        needed = [tables.header(name, c.name, lang) for c in _offered(table) if c.required]
        joined = text.say("template.note.separator", lang).join(needed)
        for number, words in enumerate((title, text.say(f"template.about.{name}", lang), joined)):
            cell = sheet.cell(line, number + 1)
            put(cell, words)
            cell.alignment = _WRAP
        link = sheet.cell(line, 1)
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{title}'!A1")
        link.font = Font(color="FF0563C1", underline="single")
