"""A .docx of A4 with pictures that say what they show: for those who edit and sign on paper."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from visitkit.figures.style import Picture
from visitkit.reports.forms.packing import MADE_ON, timeless
from visitkit.reports.review.pictures import as_png

#: Fonts by their names inside the files; Word and WPS take another where one is missing.
_LATIN, _HAN = "Arial", "Microsoft YaHei"
#: Width and height of A4, its margins, and the width of a picture, in centimetres.
_A4, _MARGINS = (21.0, 29.7), (1.2, 0.9)
WIDE, HALF = 18.2, 8.5


def blank(title: str) -> Any:
    """Return an empty document."""
    import docx  # noqa: PLC0415, RUF100  slow to load
    from docx.oxml.ns import qn  # noqa: PLC0415, RUF100
    from docx.shared import Cm, Pt  # noqa: PLC0415, RUF100

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Cm(_A4[0]), Cm(_A4[1])
    page.left_margin = page.right_margin = Cm(_MARGINS[0])
    page.top_margin = page.bottom_margin = Cm(_MARGINS[1])
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(8)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), _HAN)
    normal.paragraph_format.space_after = Pt(1)
    normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    facts = document.core_properties
    facts.title, facts.author, facts.comments = title, "", ""
    facts.created = facts.modified = MADE_ON
    return document


def line(place: Any, words: str, *, size: float = 8, bold: bool = False) -> None:
    """Write a paragraph into a document or a cell; the empty first one of a cell is used."""
    from docx.shared import Pt  # noqa: PLC0415, RUF100

    empty = [one for one in place.paragraphs[:1] if not one.runs]
    in_a_cell = not hasattr(place, "core_properties")
    paragraph = empty[0] if empty and in_a_cell else place.add_paragraph()
    run = paragraph.add_run(words)
    run.font.size, run.bold = Pt(size), bold


def heading(place: Any, words: str) -> None:
    """Write a heading."""
    line(place, words, size=9.5, bold=True)


def picture(place: Any, shown: Picture, width: float) -> None:
    """Put a picture in, with its words as the alternative text."""
    from docx.shared import Cm  # noqa: PLC0415, RUF100

    run = place.add_paragraph().add_run()
    run.add_picture(as_png(shown), width=Cm(width))
    (drawn,) = run._element.xpath(".//wp:docPr")
    drawn.set("descr", shown.alternative)


def grid(place: Any, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table whose first row is its head, repeated on every page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415, RUF100
    from docx.shared import Pt  # noqa: PLC0415, RUF100

    table = place.add_table(rows=0, cols=len(header))
    table.style = "Table Grid"
    for number, row in enumerate([header, *rows]):
        made = table.add_row()
        for cell, words in zip(made.cells, row, strict=True):
            run = cell.paragraphs[0].add_run(words)
            run.font.size, run.bold = Pt(7), number == 0
        if number == 0:
            made._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def save(document: Any, path: Path) -> None:
    """Write the file; the same document always gives the same bytes."""
    stream = io.BytesIO()
    document.save(stream)
    path.write_bytes(timeless(stream.getvalue()))
