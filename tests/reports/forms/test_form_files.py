"""Forms as files: everything on them, nothing beside it, the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import docx
import openpyxl
import pytest

from visitkit import text
from visitkit.errors import StoreError, VisitkitError
from visitkit.record.forms import FORMS, FilledForm, blank, fill
from visitkit.record.forms import words as say
from visitkit.reports.forms import KINDS, write_blank, write_form
from visitkit.reports.forms.document import docx_bytes
from visitkit.reports.forms.page import html_bytes
from visitkit.reports.forms.workbook import xlsx_bytes

Make = Callable[[str], FilledForm]
BOTH = [(name, lang) for name in FORMS for lang in text.LANGUAGES]


def words_of_docx(content: bytes) -> str:
    """Return every word of a document, its foot included."""
    document = docx.Document(io.BytesIO(content))
    parts = [one.text for one in document.paragraphs]
    parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    parts += [one.text for one in document.sections[0].footer.paragraphs]
    return "\n".join(parts)


class Words(HTMLParser):
    """Collects the words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def words_of_html(content: bytes) -> str:
    """Return every word of a page."""
    reader = Words()
    reader.feed(content.decode("utf-8"))
    return "\n".join(reader.found)


def words_of_xlsx(content: bytes) -> str:
    """Return every word of the form in a workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return "\n".join(str(cell.value) for row in sheet for cell in row if cell.value is not None)


READ = {
    "docx": (docx_bytes, words_of_docx),
    "html": (html_bytes, words_of_html),
    "xlsx": (xlsx_bytes, words_of_xlsx),
}


@pytest.mark.parametrize(("name", "lang"), BOTH)
@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_copy_has_every_field(name: str, lang: str, kind: str) -> None:
    """Title, purpose, each label and header, and to whom it may be shown; and not a value."""
    form = FORMS[name]
    write, read = READ[kind]
    shown = read(write(blank(name), lang))
    assert say.title(form, lang) in shown
    assert say.purpose(form, lang) in shown
    assert say.shown(form, lang) in shown
    for field, one in form.all_fields():
        if one.kind != "table":
            assert say.label(form, field, lang) in shown, field
    assert not re.search(r"\d{4}-\d\d-\d\d|\bNone\b|\bnan\b", shown)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("kind", ["docx", "html"])
def test_a_filled_form_shows_every_value(name: str, kind: str, filled: Make) -> None:
    """What was filled in stands on the paper, in the words of the reader."""
    write, read = READ[kind]
    shown = read(write(filled(name), "zh"))
    made = filled(name)
    for field, one in FORMS[name].fields.items():
        if one.kind == "moment":
            assert "2026-11-06 16:30" in shown
        if one.kind == "choice":
            assert say.code_of(one, str(made.content[field]), "zh") in shown
    kinds = {one.item if one.kind == "list" else one.kind for _, one in FORMS[name].all_fields()}
    assert ("=1+1 \U0001f600" in shown) == ("text" in kinds)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_form_gives_the_same_bytes(kind: str, filled: Make) -> None:
    """Neither a clock nor an order of chance is in a file."""
    for name in ("visit_record", "watch_roster"):
        write, _ = READ[kind]
        assert write(filled(name), "en") == write(filled(name), "en")


def test_no_clock_is_in_a_packed_file(filled: Make) -> None:
    """Every member has the same moment, and the properties name a fixed day."""
    for write in (docx_bytes, xlsx_bytes):
        with zipfile.ZipFile(io.BytesIO(write(filled("aid_list"), "zh"))) as packed:
            assert {one.date_time for one in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert set(
                re.findall(rb"20\d\d-\d\d-\d\dT[\d:]+Z", packed.read("docProps/core.xml"))
            ) == {b"2026-09-01T00:00:00Z"}


def test_text_is_never_run(filled: Make) -> None:
    """No cell is a formula, whatever it begins with, and a page escapes what it is given."""
    told = {"student_id": "=cmd|'/C calc'!A0", "visited_on": "2026-11-06"}
    told["wishes"] = '<script>alert(1)</script>"&'
    made = fill("visit_feedback", told)
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(made, "en")))
    cells = [cell for row in book.worksheets[0] for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    [risky] = [cell for cell in cells if str(cell.value).startswith("=cmd")]
    assert risky.quotePrefix
    page = html_bytes(made, "en").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in re.sub(r'http-equiv="[\w-]+"', "", page)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_paper_is_a4_with_fonts_for_both_scripts(lang: str, filled: Make) -> None:
    """A4, across where a table is wide; tables no wider than the paper; a Han font is named."""
    for name in ("visit_record", "home_visit_plan"):
        document = docx.Document(io.BytesIO(docx_bytes(filled(name), lang)))
        section = document.sections[0]
        assert section.page_width is not None
        assert section.page_height is not None
        size = sorted([section.page_width.mm, section.page_height.mm])
        assert size == pytest.approx([210, 297], abs=0.1)
        assert (section.page_width > section.page_height) == FORMS[name].wide
        assert section.left_margin is not None
        inner = section.page_width - 2 * section.left_margin
        for table in document.tables:
            wide = sum(column.width or 0 for column in table.columns)
            # Word rounds each column to a twentieth of a point
            assert wide <= inner + 635 * len(table.columns)
        assert 'w:eastAsia="SimSun"' in document.styles["Normal"].element.xml
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(filled("visit_record"), lang)))
    assert book.worksheets[0].page_setup.paperSize == 9
    assert book.worksheets[0].page_setup.fitToWidth == 1
    assert b"size: A4" in html_bytes(filled("visit_record"), lang)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_place_to_sign_is_there(lang: str) -> None:
    """A blank copy has a line for each signature."""
    line = text.say("forms.sign_here", lang)
    for name, form in FORMS.items():
        wanted = sum(
            one.rows if one.kind == "list" else 1
            for one in form.fields.values()
            if one.kind == "signature" or (one.kind == "list" and one.item == "signature")
        )
        assert words_of_html(html_bytes(blank(name), lang)).count(line) == wanted
        assert wanted > 0


def test_pull_downs_offer_the_words(filled: Make) -> None:
    """Each coded cell has its list on the hidden sheet, in the words of the language."""
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(blank("visit_record"), "zh")))
    sheet, lists = book.worksheets
    assert lists.sheet_state == "hidden"
    offered = {
        tuple(cell.value for (cell,) in lists[rule.formula1.partition("!")[2]])
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    form = FORMS["visit_record"].fields["form"]
    assert tuple(say.code_of(form, code, "zh") for code in say.codes(form)) in offered
    for rule in sheet.data_validations.dataValidation:
        assert len(rule.prompt or "") <= 255
        assert len(rule.error or "") <= 255


def test_files_are_named_without_a_label(tmp_path: Path, filled: Make) -> None:
    """A folder that others may see says nothing about the child."""
    made = write_form(filled("dropout_warning_file"), tmp_path, "en")
    assert [path.name for path in made] == [f"20_00412.{kind}" for kind in KINDS]
    made = write_form(filled("visit_record"), tmp_path, "en", ["html"])
    assert [path.name for path in made] == ["04_Visit-record_00412.html"]


def test_one_file_or_a_folder(tmp_path: Path, filled: Make) -> None:
    """The ending of a path tells the kind; what cannot be is said."""
    made = filled("visit_record")
    [one] = write_form(made, tmp_path / "record.docx", "zh")
    assert words_of_docx(one.read_bytes())
    with pytest.raises(StoreError, match="pdf"):
        write_form(made, tmp_path, "en", ["pdf"])
    with pytest.raises(StoreError, match=r"record\.docx"):
        write_form(made, tmp_path / "record.docx", "en", ["docx", "html"])


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When one kind cannot be written, none is left."""

    def fails(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(__import__("visitkit.reports.forms", fromlist=["x"])._MADE, "html", fails)
    with pytest.raises(VisitkitError):
        write_blank("visit_record", tmp_path / "new", "en")
    assert not (tmp_path / "new").exists()


def test_blank_copies_are_named_by_title(tmp_path: Path) -> None:
    """A blank copy tells nothing about anybody, so its title helps to find it."""
    [one] = write_blank("left_behind_file", tmp_path, "en", ["html"])
    assert one.name == "17_Care-file.html"
