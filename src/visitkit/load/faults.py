"""Faults of a school's files: each with its place, what was found, what is allowed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as default

from visitkit import text
from visitkit.errors import TableError

_SHOWN_IN_ERROR = 20


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
        What fills the sentences.
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
        facts = {**self.facts, "value": self.value}
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

    def sentence(self, lang: str | None = None) -> str:
        """Return the fault as one line for people."""
        place = text.say(
            "load.place" if self.sheet else "load.place_csv",
            lang,
            file=self.file,
            sheet=self.sheet,
            cell=f"{self.column}{self.row or ''}",
        )
        worded = self.words(lang)
        return text.say(
            "load.fault_line",
            lang,
            place=place,
            problem=worded["problem"],
            allowed=worded["allowed"],
            fix=worded["fix"],
        )


class FaultsError(TableError):
    """The files hold faults; all of them are in :attr:`faults`."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("load.faults", number=len(faults))
        self.faults = faults

    def __str__(self) -> str:
        """Return the count and the first faults as lines."""
        lines = [super().__str__()]
        lines += [fault.sentence() for fault in self.faults[:_SHOWN_IN_ERROR]]
        rest = len(self.faults) - _SHOWN_IN_ERROR
        if rest > 0:
            lines.append(text.say("load.more_faults", number=rest))
        return "\n".join(lines)
