"""A list as the browser shows it: rows in words, what they can be narrowed to, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from visitkit.load.spelling import word_key

#: Rows that are shown at once; more on request, so that a list of a whole school stays quick.
PAGE = 100


@dataclass(frozen=True)
class Row:
    """One row.

    Parameters
    ----------
    key
        Told back when something is done with it.
    cells
        Its words, one a column.
    mark
        ``"late"`` or ``"calm"``: shown by a sign and a word beside the colour; empty for neither.
    actions
        Codes and words of what can be done.
    groups
        Filter to the code this row belongs to.
    """

    key: str
    cells: tuple[str, ...]
    mark: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filter:
    """Something a list can be narrowed to: its name, its label, codes with their words."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Listing:
    """A list.

    Parameters
    ----------
    caption
        What it is.
    columns
        Headers.
    rows
        All rows, in order.
    filters
        What it can be narrowed to.
    empty
        The sentence where there is no row.
    search
        Whether words can be searched for.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(default=(), repr=False)
    filters: tuple[Filter, ...] = ()
    empty: str = ""
    search: bool = False


def narrowed(listing: Listing, chosen: Mapping[str, str], words: str = "") -> list[Row]:
    """Return the rows that belong to every chosen group and hold every word, in their order.

    Examples
    --------
    >>> rows = (Row("1", ("Lu", "late"), groups={"by": "T1"}), Row("2", ("An", "soon")))
    >>> found = narrowed(Listing("", ("", ""), rows), {"by": "T1"}, "LU")
    >>> [row.key for row in found]
    ['1']
    """
    wanted = [word_key(word) for word in words.split()]
    return [
        row
        for row in listing.rows
        if all(row.groups.get(name) == code for name, code in chosen.items() if code)
        and all(any(word in word_key(cell) for cell in row.cells) for word in wanted)
    ]
