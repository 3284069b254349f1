"""Marks in a workbook: red cells, comments that say what to do, and a first sheet with all."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.load.faults import Fault
from visitkit.load.typed import put, width

#: Comments a sheet gets; more make the file slow to open. Further cells are coloured only.
MOST_COMMENTS = 5_000
#: Links a sheet may have; Excel calls a file damaged above 65,530.
MOST_LINKS = 60_000
#: Faults told in one comment.
MOST_IN_CELL = 8

_RED_NAME = "FFFFB3B3"
_RED = PatternFill("solid", fgColor=_RED_NAME)
_NONE = PatternFill(fill_type=None)
_HEADING = PatternFill("solid", fgColor="FFDDEBF7")
_LINK = Font(color="FF0563C1", underline="single")
_WRAP = Alignment(wrap_text=True, vertical="top")
_COLUMNS = {
    "file": 18,
    "sheet": 16,
    "cell": 10,
    "value": 18,
    "problem": 44,
    "allowed": 44,
    "fix": 44,
}
_FIRST_FAULT = 4


def mark(book: Workbook, faults: Sequence[Fault], lang: str) -> int:
    """Colour the faulty cells of a workbook and explain them.

    Parameters
    ----------
    book
        The copy; a workbook marked before loses its old marks first.
    faults
        Faults of this file.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    int
        Number of cells coloured without a comment, because a sheet had too many.
    """
    unmark(book)
    places: dict[tuple[str, int, str], list[Fault]] = {}
    for fault in faults:
        if fault.row > 0:
            places.setdefault((fault.sheet, fault.row, fault.column), []).append(fault)
    explained: dict[str, int] = {}
    unexplained = 0
    for (name, row, column), found in places.items():
        sheet = sheet_of(book, name)
        if sheet is None:
            continue
        cell = _coloured(sheet, row, column)
        if explained.get(name, 0) < MOST_COMMENTS:
            explained[name] = explained.get(name, 0) + 1
            _explain(cell, found, lang)
        else:
            unexplained += 1
    return unexplained


def sheet_of(book: Workbook, name: str, first: int = 0) -> Worksheet | None:
    """Return the sheet a fault names; a csv has one without a name, the ``first``."""
    if not name:
        return book.worksheets[first] if len(book.worksheets) > first else None
    found = book[name] if name in book.sheetnames else None
    return found if isinstance(found, Worksheet) else None


def _coloured(sheet: Worksheet, row: int, column: str) -> Cell:
    """Colour a cell, or a whole row where no column is named; return the cell to explain."""
    if column:
        cell = _anchor(sheet, row, column_index_from_string(column))
        cell.fill = _RED
        return cell
    for number in range(1, max(sheet.max_column, 1) + 1):
        sheet.cell(row, number).fill = _RED
    return _anchor(sheet, row, 1)


def _anchor(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return a cell; of merged cells the first, which alone can hold a comment."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, MergedCell):
        return cell
    area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
    first = sheet.cell(area.min_row, area.min_col)
    return first if isinstance(first, Cell) else Cell(sheet, row=row, column=column)


def _explain(cell: Cell, found: Sequence[Fault], lang: str) -> None:
    title = text.say("template.marked.comment", lang)
    lines = [title]
    for fault in found[:MOST_IN_CELL]:
        worded = fault.words(lang)
        parts = {part: worded[part] for part in ("problem", "allowed", "fix")}
        lines.append(text.say("template.marked.comment_line", lang, **parts))
    if len(found) > MOST_IN_CELL:
        rest = len(found) - MOST_IN_CELL
        lines.append(text.say("template.marked.more_in_cell", lang, number=rest))
    own = cell.comment
    said = "\n".join([own.text, "", *lines] if own else lines)
    height = 30 + 18 * sum(1 + width(line) // 44 for line in said.splitlines())
    cell.comment = Comment(said, own.author if own else "visitkit", min(height, 600), 340)


def unmark(book: Workbook) -> None:
    """Take out the marks of an earlier copy, when the workbook is one."""
    titles = {text.say("template.marked.sheet", lang) for lang in text.LANGUAGES}
    old = [
        sheet
        for sheet in book.worksheets
        if any(sheet.title.startswith(title) for title in titles)
        and sheet.cell(_FIRST_FAULT - 1, len(_COLUMNS)).fill.fgColor.rgb == _HEADING.fgColor.rgb
    ]
    if not old:
        return
    for sheet in old:
        del book[sheet.title]
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                _unmark(cell)


def _unmark(cell: Cell | MergedCell) -> None:
    if cell.has_style and cell.fill.fgColor.rgb == _RED_NAME:
        cell.fill = _NONE
    if isinstance(cell, Cell) and cell.comment is not None:
        said = cell.comment.text
        starts = [said.find(text.say("template.marked.comment", lang)) for lang in text.LANGUAGES]
        start = min((start for start in starts if start >= 0), default=-1)
        if start >= 0:
            own = said[:start].rstrip()
            cell.comment = Comment(own, cell.comment.author) if own else None


def write_list(
    book: Workbook, own: Sequence[Fault], elsewhere: Sequence[Fault], unexplained: int, lang: str
) -> None:
    """Put a first sheet into a workbook that lists faults, those of its own linked to their cells.

    Parameters
    ----------
    book
        The copy, marked.
    own
        Faults of this file.
    elsewhere
        Faults of no single file.
    unexplained
        Number of cells without a comment.
    lang
        ``"zh"`` or ``"en"``.
    """
    sheet = book.create_sheet(_free_title(book, lang), 0)
    book.active = 0
    for other in book.worksheets[1:]:
        # Two selected sheets would be typed into at once.
        other.sheet_view.tabSelected = False
    _write_heading(sheet, len(own) + len(elsewhere), unexplained, lang)
    for line, fault in enumerate([*own, *elsewhere], start=_FIRST_FAULT):
        shown = {**fault.words(lang), "cell": _place(fault, lang)}
        for column, name in enumerate(_COLUMNS, start=1):
            cell = sheet.cell(line, column)
            put(cell, str(shown[name]))
            cell.alignment = _WRAP
    homes = {name: sheet_of(book, name, first=1) for name in {fault.sheet for fault in own}}
    for line, fault in enumerate(own[:MOST_LINKS], start=_FIRST_FAULT):
        home = homes[fault.sheet]
        if home is not None:
            _link(sheet, line, fault, home.title)


def _free_title(book: Workbook, lang: str) -> str:
    title = wanted = text.say("template.marked.sheet", lang)
    number = 2
    while title in book.sheetnames:
        title, number = f"{wanted} {number}", number + 1
    return title


def _place(fault: Fault, lang: str) -> str:
    if fault.row and fault.column:
        return f"{fault.column}{fault.row}"
    if fault.row:
        return text.say("template.marked.row", lang, row=fault.row)
    return fault.column or text.say("template.marked.whole_sheet", lang)


def _link(sheet: Worksheet, line: int, fault: Fault, title: str) -> None:
    cell = sheet.cell(line, list(_COLUMNS).index("cell") + 1)
    quoted = title.replace("'", "''")
    place = f"'{quoted}'!{fault.column or 'A'}{fault.row or 1}"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place)
    cell.font = _LINK


def _write_heading(sheet: Worksheet, number: int, unexplained: int, lang: str) -> None:
    put(sheet.cell(1, 1), text.say("template.marked.title", lang, number=number))
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    lead = text.say("template.marked.lead", lang)
    if unexplained:
        more = text.say("template.marked.more_in_sheet", lang, number=unexplained)
        lead = f"{lead}\n{more}"
    put(sheet.cell(2, 1), lead)
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=len(_COLUMNS))
    sheet.cell(2, 1).alignment = _WRAP
    sheet.row_dimensions[2].height = 54
    for column, (name, wide) in enumerate(_COLUMNS.items(), start=1):
        cell = sheet.cell(_FIRST_FAULT - 1, column)
        put(cell, text.say(f"template.marked.heading.{name}", lang))
        cell.font = Font(bold=True)
        cell.fill = _HEADING
        sheet.column_dimensions[get_column_letter(column)].width = wide
    sheet.freeze_panes = f"A{_FIRST_FAULT}"
