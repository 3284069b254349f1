"""What to write in a column of the empty workbook: its note, its pull-down or its check."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from visitkit import tables, text
from visitkit.tables import Column

#: Name of a vocabulary to the cells its words stand in.
Lists = dict[str, str]


def words_of(vocabulary: str, lang: str) -> list[str]:
    """Return the words to choose from, as we write them.

    Examples
    --------
    >>> words_of("sex", "en")
    ['male', 'female']
    """
    return [tables.word(vocabulary, code, lang) for code in tables.codes(vocabulary)]


def note(table: str, column: Column, lang: str | None = None) -> str:
    """Return what to write in a column: its meaning, the form, allowed words, unit and range.

    Examples
    --------
    >>> print(note("students", tables.STUDENTS.by_name["boarding"], "en"))
    Whether the student boards at school.
    Write yes or no; leave it empty when unknown.
    May be left empty.
    """
    lang = text.language(lang)
    lines = [text.say(f"template.column.{table}.{column.name}", lang)]
    lines += _form(column, lang)
    lines.append(text.say("template.note." + ("required" if column.required else "optional"), lang))
    return "\n".join(lines)


def _form(column: Column, lang: str) -> list[str]:
    if column.vocabulary:
        separator = text.say("template.note.separator", lang)
        words = separator.join(words_of(column.vocabulary, lang))
        open_list = column.open_vocabulary and column.kind != "codes"
        key = "open_list" if open_list else "several" if column.kind == "codes" else "allowed"
        return [text.say(f"template.note.{key}", lang, words=words)]
    if column.kind == "flag":
        yes, no = words_of("flag", lang)
        return [text.say("template.note.flag", lang, yes=yes, no=no)]
    if column.kind in {"number", "integer"}:
        return _form_of_number(column, lang)
    if text.has(f"template.note.{column.kind}"):
        return [text.say(f"template.note.{column.kind}", lang)]
    return []


def _form_of_number(column: Column, lang: str) -> list[str]:
    said = [text.say("template.note.number", lang)]
    if column.unit:
        unit = tables.word("unit", column.unit, lang)
        said.append(text.say("template.note.unit", lang, unit=unit))
    if column.low is not None and column.high is not None:
        low, high = f"{column.low:g}", f"{column.high:g}"
        said.append(text.say("template.note.range", lang, low=low, high=high))
    return said


def rule(column: Column, lists: Lists, lang: str) -> DataValidation | None:
    """Return the pull-down or the check of a column, or ``None`` for free text.

    It warns and does not forbid: other usual words, and words such as "absent" among marks, are
    understood when the workbook is read.

    Parameters
    ----------
    column
        The column.
    lists
        Where the words of each vocabulary stand.
    lang
        ``"zh"`` or ``"en"``.
    """
    if column.vocabulary or column.kind == "flag":
        made = DataValidation("list", formula1=lists[column.vocabulary or "flag"])
        message = text.say("template.note.list_error", lang)
    elif column.low is not None and column.high is not None:
        low, high = f"{column.low:g}", f"{column.high:g}"
        made = DataValidation("decimal", operator="between", formula1=low, formula2=high)
        message = text.say("template.note.range_error", lang, low=low, high=high)
    elif column.kind == "date":
        made = DataValidation("date", operator="greaterThan", formula1="1")
        message = text.say("template.note.date_error", lang)
    else:
        return None
    made.allow_blank = True
    made.errorStyle = "warning"
    made.errorTitle = text.say("template.note.list_title", lang)
    made.error = message
    # Several words in a cell, or words of the school's own, are not in the list and are welcome.
    made.showErrorMessage = column.kind != "codes" and not column.open_vocabulary
    return made
