"""What a study found, as it may leave the room."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from visitkit.review.shown_counts import SIDES, Shown
from visitkit.review.study.checks import Check, brief, made
from visitkit.review.study.effect import EffectRow, EffectTable, Means

#: From these, beside what is told, the number analysed could be worked out.
_TELLING = ("mdes_sd", "se", "df")
_CHANCES = ("p", "q")


def told_table(found: EffectTable, outside: Shown) -> EffectTable:
    """Return what a study found without figures from which a few students could be told.

    Parameters
    ----------
    found
        What a study found.
    outside
        Its counts as they may leave the room: :meth:`visitkit.review.Study.shown`.

    Notes
    -----
    Where the number analysed is hidden, what could be seen in standard deviations goes, for it
    follows from that number; and means are told in hundredths: a share of 0.4271 among 96 to 99
    students is 41 of 96 and of nobody else, 0.43 may be any. Where a mean of a yes-or-no outcome
    would tell of a few, so would the Cox index, which goes too.
    """
    return replace(found, rows=tuple(_row(row, outside) for row in found.rows))


def _row(row: EffectRow, outside: Shown) -> EffectRow:
    size, means = row.found.size, row.means
    if size is not None and size.kind == "cox_index" and means is None:
        row = replace(row, found=replace(row.found, size=None), seen=replace(row.seen, in_sd=None))
    if outside.hides("analysed", row.found.outcome):
        row = replace(row, seen=replace(row.seen, in_sd=None), means=_hundredths(means))
    return row


def _hundredths(means: Means | None) -> Means | None:
    if means is None:
        return None
    adjusted = (
        None if one is None else round(one, 2)
        for one in (means.adjusted_treated, means.adjusted_control)
    )
    return Means(round(means.treated, 2), round(means.control, 2), *adjusted)


def told_checks(found: Iterable[Check], outside: Shown) -> Iterator[Check]:
    """Yield checks without figures from which a few students could be told.

    Where the number analysed is hidden, the strength of a hidden reason has two digits: with more
    of them it would tell, beside the interval, how many students a small study has. How many pairs
    there are is told only where all counts are.

    Parameters
    ----------
    found
        From :meth:`visitkit.review.Study.sensitivity`.
    outside
        As for :func:`told_table`.
    """
    for one in found:
        if one.kind == "robustness" and one.figures and outside.hides("analysed", one.outcome):
            yield made(one.outcome, one.kind, **{k: float(f"{v:.2g}") for k, v in one.figures})
        elif not outside.exact:
            yield replace(one, figures=tuple(pair for pair in one.figures if pair[0] != "pairs"))
        else:
            yield one


def told_frame(found: EffectTable, outside: Shown) -> pd.DataFrame:
    """Return the table of effects without a number from which a few students could be told.

    Parameters
    ----------
    found, outside
        As for :func:`told_table`.

    Returns
    -------
    DataFrame
        As :meth:`~visitkit.review.EffectTable.frame`, and ``hidden``: true where the number
        analysed of a side may not be told. There it is missing, and so are the error, its degrees
        of freedom and what could be seen in standard deviations, which follow from it; the other
        figures have the digits that the report tells. The interval stands, and a synthesis can be
        made from it (Cochrane Handbook 6.5, section 6.3).
    """
    table = told_table(found, outside).frame()
    hidden = [outside.hides("analysed", name) for name in table.index]
    rows = [
        _cells(cells, name, outside) if few else cells
        for cells, name, few in zip(table.to_dict("records"), table.index, hidden, strict=True)
    ]
    safe = pd.DataFrame(rows, index=table.index, columns=table.columns).astype(table.dtypes)
    return safe.assign(hidden=hidden)


def _cells(cells: dict[Hashable, Any], outcome: str, outside: Shown) -> dict[Hashable, Any]:
    """Return the cells of one outcome whose number analysed is hidden."""
    safe = {name: _digits(str(name), value) for name, value in cells.items()}
    safe |= dict.fromkeys(_TELLING, pd.NA)
    for side in SIDES:
        number = outside.told("analysed", side, outcome).number
        safe[f"n_{side}"] = pd.NA if number is None else number
    return safe


def _digits(name: str, value: Any) -> Any:
    """Return a figure with the digits that the report tells."""
    if pd.isna(value):
        return pd.NA
    return round(float(value), 3) if name in _CHANCES else float(brief(float(value)))
