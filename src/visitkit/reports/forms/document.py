"""A form as a Word document: A4, fonts for both scripts, the foot on every page."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from visitkit import text
from visitkit.record.forms import FilledForm
from visitkit.reports.forms.packing import MADE_ON, timeless
from visitkit.reports.forms.view import Block, Grid, Line, Page, page

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

#: Width and height of A4 and its margin, in millimetres.
_A4, _MARGIN = (210, 297), 18
#: Fonts by their names inside the files, so that Word finds them in every language.
_LATIN, _HAN = "Times New Roman", "SimSun"
_SHADE, _LINE_COLOUR = "EEF2F5", "8A949E"
#: Share of the width that a label takes, with one or two fields a line.
_LABEL_ONE, _LABEL_TWO = 0.18, 0.18
#: Points a line of room to write takes.
_ROOM = 19
#: Signs from which a row may go over to the next page: a long one would not fit on any.
_SPLITS = 600


def docx_bytes(filled: FilledForm, lang: str) -> bytes:
    """Return a form as a .docx file; the same form always gives the same bytes."""
    import docx

    document = docx.Document()
    shown = page(filled, lang)
    _set_up(document, shown, lang)
    _head(document, shown)
    for part in shown.parts:
        _heading(document, part.title)
        _write_blocks(document, part.blocks, _inner(shown))
    _properties(document, shown, lang)
    stream = io.BytesIO()
    document.save(stream)
    return timeless(stream.getvalue())


def _inner(shown: Page) -> float:
    """Return the width between the margins in millimetres."""
    return (_A4[1] if shown.wide else _A4[0]) - 2 * _MARGIN


def _set_up(document: Document, shown: Page, lang: str) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(_A4[0]), Mm(_A4[1])
    if shown.wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(_A4[1]), Mm(_A4[0])
    section.left_margin = section.right_margin = Mm(_MARGIN)
    section.top_margin = section.bottom_margin = Mm(_MARGIN)
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    style.paragraph_format.space_after = Pt(0)
    _fonts(style.element, lang)
    _foot(section, shown, lang)


def _fonts(element: object, lang: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = element.get_or_add_rPr()  # type: ignore[attr-defined]
    fonts = run.get_or_add_rFonts()
    for name, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("eastAsia", _HAN), ("cs", _LATIN)):
        fonts.set(qn(f"w:{name}"), font)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "zh-CN" if lang == "zh" else "en-GB")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    run.append(spoken)


def _foot(section: Section, shown: Page, lang: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    words = section.footer.paragraphs[0]
    words.add_run(shown.shown).font.size = Pt(8.5)
    numbers = section.footer.add_paragraph()
    numbers.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    fields = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
    for part in re.split(r"(\{pages?\})", str(text.find("forms.page", lang))):
        if part in fields:
            _add_field(numbers, fields[part])
        elif part:
            numbers.add_run(part).font.size = Pt(8.5)


def _add_field(paragraph: Paragraph, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run()
    run.font.size = Pt(8.5)
    for kind in ("begin", "", "end"):
        made = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            made.set(qn("w:fldCharType"), kind)
        else:
            made.text = code
        run._r.append(made)


def _head(document: Document, shown: Page) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    number = document.add_paragraph()
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    number.add_run(shown.number).font.size = Pt(8.5)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(shown.title)
    run.bold, run.font.size = True, Pt(17)
    for words in (shown.purpose, shown.note):
        line = document.add_paragraph()
        line.paragraph_format.space_before = Pt(3)
        line.add_run(words).font.size = Pt(9)


def _heading(document: Document, title: str) -> None:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(9)
    paragraph.paragraph_format.space_after = Pt(3)
    paragraph.paragraph_format.keep_with_next = True
    run = paragraph.add_run(title)
    run.bold, run.font.size = True, Pt(12)


def _write_blocks(document: Document, blocks: tuple[Block, ...], inner: float) -> None:
    """Write lines that follow each other as one table, and each table as its own."""
    waiting: list[tuple[Line, ...]] = []
    for block in blocks:
        if isinstance(block, Grid):
            _write_lines(document, waiting, inner)
            waiting = []
            _write_grid(document, block, inner)
        else:
            waiting.append(block)
    _write_lines(document, waiting, inner)


def _write_lines(document: Document, lines: list[tuple[Line, ...]], inner: float) -> None:
    from docx.table import _Cell

    if not lines:
        return
    label, half = inner * _LABEL_TWO, inner * (0.5 - _LABEL_TWO)
    table = _table(document, len(lines), [label, half, label, half])
    for row, line in zip(table.rows, lines, strict=True):
        if len(line) == 1:
            _span(row._tr)
        cells = [_Cell(one, table) for one in row._tr.tc_lst]
        for place, one in enumerate(line):
            _label(cells[2 * place], one.label)
            _say(cells[2 * place + 1], one.words)
        if any(not one.value for one in line):
            _keep_room(row._tr, max(one.room for one in line) * _ROOM)
        if all(len(one.words) < _SPLITS for one in line):
            _whole(row._tr)


def _write_grid(document: Document, grid: Grid, inner: float) -> None:
    from docx.shared import Pt

    if grid.label:
        caption = document.add_paragraph(grid.label)
        caption.paragraph_format.keep_with_next = True
        caption.paragraph_format.space_before = Pt(3)
    table = _table(document, len(grid.rows) + 1, [share * inner for share in grid.shares])
    for cell, header in zip(table.rows[0].cells, grid.headers, strict=True):
        _label(cell, header)
    _repeat(table.rows[0]._tr)
    for row, words in zip(table.rows[1:], grid.rows, strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            _say(cell, word, small=len(grid.headers) > 6)
        _keep_room(row._tr, _ROOM * 1.3)
        if all(len(word) < _SPLITS for word in words):
            _whole(row._tr)


def _table(document: Document, rows: int, widths: list[float]) -> Table:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    table: Table = document.add_table(rows, len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _borders(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row._tr.tc_lst, widths, strict=True):
            cell.width = Mm(width)
    return table


def _span(row: Any) -> None:
    """Let the second cell of a row of four take the place of the last two as well."""
    _, value, third, fourth = row.tc_lst
    value.width += third.width + fourth.width
    value.grid_span = 3
    row.remove(third)
    row.remove(fourth)


def _borders(table: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", _LINE_COLOUR)):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    table._tbl.tblPr.append(borders)


def _label(cell: _Cell, words: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(words)
    run.bold, run.font.size = True, Pt(9.5)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _say(cell: _Cell, words: str, *, small: bool = False) -> None:
    from docx.shared import Pt

    for number, line in enumerate(words.split("\n")):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        run = paragraph.add_run(line)
        if small:
            run.font.size = Pt(9)


def _keep_room(row: object, points: float) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    height = OxmlElement("w:trHeight")
    height.set(qn("w:val"), str(round(points * 20)))
    height.set(qn("w:hRule"), "atLeast")
    row.get_or_add_trPr().append(height)  # type: ignore[attr-defined]


def _whole(row: object) -> None:
    _row_flag(row, "w:cantSplit")


def _repeat(row: object) -> None:
    _row_flag(row, "w:tblHeader")


def _row_flag(row: object, name: str) -> None:
    from docx.oxml import OxmlElement

    row.get_or_add_trPr().append(OxmlElement(name))  # type: ignore[attr-defined]


def _properties(document: Document, shown: Page, lang: str) -> None:
    properties = document.core_properties
    properties.title = shown.title
    properties.author = properties.last_modified_by = "visitkit"
    properties.language = "zh-CN" if lang == "zh" else "en-GB"
    properties.created = properties.modified = MADE_ON
    properties.comments = ""
