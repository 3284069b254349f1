"""Faults of a school's files: each with its place, what was found, what is allowed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default

from visitkit import tables, text
from visitkit.errors import ManyFaultsError, TableError
from visitkit.load.vocabulary import allowed


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, at the place where a person sees it.

    Parameters
    ----------
    key
        Name of the fault in ``text/*/faults.toml``; it has ``problem``, ``allowed`` and ``fix``.
    file, sheet
        File name and sheet name; the sheet is empty for csv.
    row
        Row number as Excel shows it, from 1; 0 when the fault is of the whole sheet.
    column
        Column letter as Excel shows it; empty when the fault is of the whole row.
    value
        The cell as found. Cells of columns that identify a person beyond the student number are
        masked by the loader before they get here.
    facts
        What fills the sentences. ``vocabulary`` and ``columns`` (a tuple of column names) are
        turned into the words of the reader's language.
    table, field
        The table and column of :mod:`visitkit.tables` it concerns; empty when unknown.
    """

    key: str
    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    facts: dict[str, object] = default(default_factory=dict)
    table: str = ""
    field: str = ""

    def words(self, lang: str | None = None) -> dict[str, object]:
        """Return the fault in words: file, sheet, row, column, value, problem, allowed, fix."""
        facts = {**self._worded(lang), "value": self.value}
        worded = {
            part: text.say(f"faults.{self.key}.{part}", lang, **facts)
            for part in ("problem", "allowed", "fix")
        }
        return {
            "file": self.file,
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            **worded,
        }

    def _worded(self, lang: str | None) -> dict[str, object]:
        facts = dict(self.facts)
        known = self.table in tables.TABLES
        if known:
            facts["table"] = text.say(f"tables.{self.table}.sheet", lang)
        if known and self.field in tables.TABLES[self.table].by_name:
            facts["header"] = tables.header(self.table, self.field, lang)
        else:
            facts["header"] = self.field or self.column
        if isinstance(facts.get("vocabulary"), str):
            facts["words"] = allowed(str(facts["vocabulary"]), lang)
        if facts.get("unit"):
            facts["unit"] = tables.word("unit", str(facts["unit"]), lang)
        columns = facts.get("columns")
        if isinstance(columns, tuple):
            headers = [tables.header(self.table, name, lang) for name in columns]
            facts["columns"] = text.say("load.joiner", lang).join(headers)
        return facts

    def place(self, lang: str | None = None) -> str:
        """Return where the fault is, as a person would say it.

        Examples
        --------
        >>> Fault("date_unknown", "a.xlsx", "marks", row=7, column="C").place("en")
        'a.xlsx, sheet marks, cell C7'
        """
        key = "place" if self.column and self.row else "place_row" if self.row else ""
        if key == "place" and not self.sheet and self.file in tables.TABLES:
            key = "place_frame"
        elif key and not self.sheet:
            key += "_csv"
        key = key or ("place_sheet" if self.sheet else "place_file")
        cell = f"{self.column}{self.row}"
        return text.say(
            f"load.{key}",
            lang,
            file=self.file,
            sheet=self.sheet,
            row=self.row,
            column=self.column,
            cell=cell,
        )

    def sentence(self, lang: str | None = None) -> str:
        """Return the fault as one line for people."""
        worded = self.words(lang)
        return text.say(
            "load.fault_line",
            lang,
            place=self.place(lang),
            problem=worded["problem"],
            allowed=worded["allowed"],
            fix=worded["fix"],
        )


class FaultsError(ManyFaultsError, TableError):
    """The files hold faults; all of them are in ``faults``."""

    faults: tuple[Fault, ...]

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("load.faults", "load.more_faults", faults)
