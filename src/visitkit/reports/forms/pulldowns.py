"""Pull-downs of a workbook to fill in, with a word on what to write."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.load.typed import put
from visitkit.record.forms import words as say
from visitkit.record.forms.definition import Field

#: Signs a prompt can hold, with a little to spare.
_PROMPT = 250


class PullDowns:
    """The rules of a sheet, each written once, and the words they offer.

    Parameters
    ----------
    sheet
        The sheet of the form.
    lang
        ``"zh"`` or ``"en"``.
    """

    def __init__(self, sheet: Worksheet, lang: str) -> None:
        self._sheet = sheet
        self._lang = lang
        self._places: dict[tuple[str, ...], str] = {}
        self._rules: dict[tuple[object, ...], DataValidation] = {}

    def offer(self, one: Field, place: str) -> None:
        """Give a cell its pull-down, or a word on what to write."""
        words = self._words(one)
        free = one.kind == "choices" or one.open
        if not words and not text.has(f"forms.kind_hint.{one.kind}"):
            return
        key = (words, free, self._hint(one, words))
        if key not in self._rules:
            self._rules[key] = self._rule(words, free, self._hint(one, words))
            self._sheet.add_data_validation(self._rules[key])
        self._rules[key].add(place)

    def _rule(self, words: tuple[str, ...], free: bool, hint: str) -> DataValidation:
        made = DataValidation()
        if words:
            made = DataValidation("list", formula1=self._place(words), errorStyle="warning")
            # several words in a cell, or words of the school's own, are welcome
            made.showErrorMessage = not free
            made.errorTitle = text.say("forms.list_title", self._lang)
            made.error = text.say("forms.list_error", self._lang)
        made.allow_blank, made.showInputMessage = True, True
        made.prompt = hint or None
        return made

    def _hint(self, one: Field, words: tuple[str, ...]) -> str:
        if not words:
            return text.say(f"forms.kind_hint.{one.kind}", self._lang)
        several = one.kind == "choices"
        key = "forms.several_of" if several else "forms.one_of"
        joined = text.say("load.joiner", self._lang).join(words)
        hint = text.say(key, self._lang, words=joined)
        if len(hint) <= _PROMPT:
            return hint
        return text.say("forms.several_hint", self._lang) if several else ""

    def _words(self, one: Field) -> tuple[str, ...]:
        if one.kind == "flag":
            return (say.yes_or_no(True, self._lang), say.yes_or_no(False, self._lang))
        known = say.codes(one) if one.coded else ()
        return tuple(say.code_of(one, code, self._lang) for code in known)

    def _place(self, words: tuple[str, ...]) -> str:
        """Return where the words stand; a rule of its own holds 255 signs at most."""
        if words not in self._places:
            letter = get_column_letter(len(self._places) + 1)
            title = quote_sheetname(text.say("forms.lists_sheet", self._lang))
            self._places[words] = f"{title}!${letter}$1:${letter}${len(words)}"
        return self._places[words]

    def write(self, book: Workbook) -> None:
        """Write the words onto a hidden sheet."""
        sheet = book.create_sheet(text.say("forms.lists_sheet", self._lang))
        for column, words in enumerate(self._places, start=1):
            for row, word in enumerate(words, start=1):
                put(sheet.cell(row, column), word)
        sheet.sheet_state = "hidden"
