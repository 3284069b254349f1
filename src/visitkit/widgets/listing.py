"""A plain table that can be searched, narrowed, sorted and walked through with the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import traitlets

from visitkit.widgets.shown import Shown
from visitkit.widgets.view import script, style


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a :class:`Listing`.

    Parameters
    ----------
    words
        Its heading.
    number
        Aligned and sorted as numbers.
    choice
        Has a list of its values above the table, to narrow the rows.
    """

    words: str
    number: bool = False
    choice: bool = False


class Listing(Shown):
    """Rows under headings; the person searches, narrows and sorts them and chooses one.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    chosen : int
        Place of the chosen row among the rows as they were given; -1: none.
    """

    _esm = script("listing")
    _css = style("listing")
    room = "widgets_listing"

    caption = traitlets.Unicode("").tag(sync=True)
    columns: traitlets.List[Any] = traitlets.List().tag(sync=True)
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    selectable = traitlets.Bool(False).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)

    def __init__(self, lang: str | None = None, selectable: bool = False) -> None:
        super().__init__(lang, selectable=selectable)

    def show(
        self, caption: str, columns: Iterable[Column], rows: Iterable[Sequence[object]]
    ) -> None:
        """Show other rows; cells are text or numbers, ``None`` is an empty cell."""
        headings = [
            {"words": one.words, "number": one.number, "choice": one.choice} for one in columns
        ]
        cells = [[_cell(cell) for cell in row] for row in rows]
        with self.hold_sync():
            self.caption, self.columns, self.rows, self.chosen = caption, headings, cells, -1

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"choose": self._choose}

    def _choose(self, content: Mapping[str, Any]) -> None:
        row = content.get("row")
        if self.selectable and type(row) is int and -1 <= row < len(self.rows):
            self.chosen = row


def _cell(cell: object) -> str | float | int:
    if cell is None:
        return ""
    return cell if isinstance(cell, int | float) else str(cell)
