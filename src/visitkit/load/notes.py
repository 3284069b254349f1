"""What a person should know about a reading that is not a fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default

from visitkit import tables, text


@dataclass(frozen=True, slots=True)
class Note:
    """One remark on how the files were read.

    Parameters
    ----------
    key
        Name of the sentence in ``text/*/load.toml`` under ``notes``.
    file, sheet
        Where it applies; the sheet is empty for csv and for a whole file, both for the school.
    facts
        What fills the sentence; never a person's name, phone or identity number.
    """

    key: str
    file: str = ""
    sheet: str = ""
    facts: Mapping[str, object] = default(default_factory=dict)

    def sentence(self, lang: str | None = None) -> str:
        """Return the remark as one line for people.

        Examples
        --------
        >>> Note("sheet_hidden", "school.xlsx", "old").sentence("en")
        'school.xlsx, sheet old: this sheet is hidden and was not used. Unhide it if it is needed.'
        """
        said = text.say(f"load.notes.{self.key}", lang, **worded(self.facts, lang))
        if not self.file:
            return said
        where = "place_sheet" if self.sheet else "place_file"
        place = text.say(f"load.{where}", lang, file=self.file, sheet=self.sheet)
        return text.say("load.note_line", lang, place=place, said=said)


def worded(facts: Mapping[str, object], lang: str | None = None) -> dict[str, object]:
    """Return facts with codes turned into words: ``table``, lists of words."""
    said = dict(facts)
    if "field" in said:
        said["header"] = _header(str(said["table"]), str(said["field"]), lang)
    if "table" in said:
        said["table"] = text.say(f"tables.{said['table']}.sheet", lang)
    subjects = said.get("subjects")
    if isinstance(subjects, tuple):
        said["subjects"] = tuple(tables.word("subject", one, lang) for one in subjects)
    signs = said.get("signs")
    if isinstance(signs, tuple):
        said["signs"] = tuple(f"{sign}={_status(code, lang)}" for sign, code in signs)
    joiner = text.say("load.joiner", lang)
    return {
        name: joiner.join(map(str, value)) if isinstance(value, tuple) else value
        for name, value in said.items()
    }


def _status(code: str, lang: str | None) -> str:
    word = tables.word("attendance_status", code, lang)
    return tables.word("attendance_present", code, lang) if word == code else word


def _header(table: str, field: str, lang: str | None) -> str:
    known = field in tables.TABLES[table].by_name
    return tables.header(table, field, lang) if known else field.removeprefix("_")
