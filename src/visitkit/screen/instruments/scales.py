"""Figures made of items: what they are, and between which bounds where items were skipped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

import numpy as np

from visitkit.screen.instruments.answers import Floats
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.model import Cutoff, Missing, Norm, Scale

_DECIMAL = {"floor": ROUND_FLOOR, "half-up": ROUND_HALF_UP}


@dataclass(frozen=True)
class Measured:
    """A figure a sheet (missing where a rule does not give one) and the bounds it lies between."""

    figure: Floats
    low: Floats
    high: Floats

    def nearest(self, cutoff: Cutoff) -> Floats:
        """Return the figure, else the bound nearest the cut-off; missing where it is between."""
        flagged = flag(self, cutoff)
        bound = self.low if cutoff.worse == "high" else self.high
        other = self.high if cutoff.worse == "high" else self.low
        near = np.where(flagged == 1, bound, np.where(flagged == 0, other, np.nan))
        return np.where(np.isnan(self.figure), near, self.figure)


@dataclass(frozen=True)
class Keyed:
    """Item values after turning reversed items round, with the bounds of each."""

    given: Floats
    low: Floats
    high: Floats
    lowest: Floats


def turn(values: Floats, instrument: Instrument) -> Floats:
    """Turn the reversed items round; twice gives back what was there.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> turn(np.zeros((1, 20)), read_instrument("CES-D"))[0, :5]
    array([0., 0., 0., 3., 0.])
    """
    turned = values.copy()
    for group in instrument.options:
        columns = [item - 1 for item in group.items if item in instrument.reverse]
        turned[:, columns] = group.low + group.high - values[:, columns]
    return turned


def key(values: Floats, instrument: Instrument) -> Keyed:
    """Turn reversed items round and put the lowest and highest answer where one is missing."""
    turned = turn(values, instrument)
    groups = [instrument.options_of(item) for item in range(1, instrument.n_items + 1)]
    lowest = np.array([float(group.low) for group in groups])
    highest = np.array([float(group.high) for group in groups])
    skipped = np.isnan(turned)
    return Keyed(
        turned,
        np.where(skipped, lowest, turned),
        np.where(skipped, highest, turned),
        lowest,
    )


def round_by(figures: Floats, rule: str, times: Decimal = Decimal(1)) -> Floats:
    """Multiply and round figures exactly, in decimal arithmetic on the distinct values.

    Parameters
    ----------
    figures
        Any shape; missing stays missing.
    rule
        ``none``, ``floor`` or ``half-up``.
    times
        What they are multiplied by first.

    Examples
    --------
    >>> raw = np.array([42.0])
    >>> [float(round_by(raw, rule, Decimal("1.25"))[0]) for rule in ("none", "floor", "half-up")]
    [52.5, 52.0, 53.0]
    """
    distinct, place = np.unique(figures, return_inverse=True)
    rounded = [
        np.nan if np.isnan(figure) else _rounded(Decimal(repr(float(figure))) * times, rule)
        for figure in distinct
    ]
    return np.array(rounded, dtype=float)[place].reshape(figures.shape)


def _rounded(figure: Decimal, rule: str) -> float:
    return float(figure if rule == "none" else figure.quantize(Decimal(1), _DECIMAL[rule]))


def _of_items(items: Floats, lowest: Floats, how: str) -> Floats:
    if how == "count":
        above = np.where(np.isnan(items), np.nan, items > lowest)
        return np.asarray(above.sum(axis=1), dtype=float)
    summed: Floats = items.sum(axis=1)
    return summed / items.shape[1] if how == "mean" else summed


def measure(scale: Scale, keyed: Keyed, missing: Missing) -> Measured:
    """Return the figure of a scale of items under the rule for skipped items.

    Parameters
    ----------
    scale
        A scale with items.
    keyed
        The item values.
    missing
        The rule; counts are never prorated.

    References
    ----------
    Prorating: the mean of the answered items times their number, as sdqinfo.org does for the SDQ.
    """
    columns = [item - 1 for item in scale.items]
    lowest = keyed.lowest[columns]
    values = keyed.given[:, columns]
    figure, low, high = (
        _of_items(items[:, columns], lowest, scale.how)
        for items in (keyed.given, keyed.low, keyed.high)
    )
    if missing.rule == "prorate" and scale.how != "count":
        answered = (~np.isnan(values)).sum(axis=1)
        some = (answered >= missing.at_least) & (answered < len(columns))
        whole = 1 if scale.how == "mean" else len(columns)
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.nansum(values, axis=1) * whole / answered
        figure = np.where(some, spread, figure)
        figure[some] = round_by(figure[some], "half-up" if scale.how == "sum" else "none")
    return Measured(figure, low, high)


def measure_total(
    instrument: Instrument, keyed: Keyed, parts: Mapping[str, Measured], norm: Norm
) -> Measured:
    """Return the total: of items or of scales, multiplied and rounded as the norm says."""
    total = instrument.total
    if total.of:
        chosen = [parts[name] for name in total.of]
        raw = Measured(
            np.sum([part.figure for part in chosen], axis=0),
            np.sum([part.low for part in chosen], axis=0),
            np.sum([part.high for part in chosen], axis=0),
        )
    else:
        raw = measure(total, keyed, instrument.missing)
    if instrument.multiply == 1:
        return raw
    return Measured(
        *(
            round_by(figure, norm.rounding, instrument.multiply)
            for figure in (raw.figure, raw.low, raw.high)
        )
    )


def flag(measured: Measured, cutoff: Cutoff) -> Floats:
    """Tell whether each figure reaches a cut-off: 1 yes, 0 no, missing where it cannot be told.

    Examples
    --------
    >>> both = Measured(np.array([np.nan, np.nan]), np.array([5.0, 9.0]), np.array([8.0, 12.0]))
    >>> flag(both, Cutoff("total", 10))
    array([ 0., nan])
    """
    low = np.where(np.isnan(measured.figure), measured.low, measured.figure)
    high = np.where(np.isnan(measured.figure), measured.high, measured.figure)
    if cutoff.worse == "high":
        surely, surely_not = low >= cutoff.at, high < cutoff.at
    else:
        surely, surely_not = high <= cutoff.at, low > cutoff.at
    return np.where(surely, 1.0, np.where(surely_not, 0.0, np.nan))


def any_of(flags: list[Floats], sheets: int) -> Floats:
    """Join flags by "or": 1 where any is sure, 0 where all are surely not, else missing."""
    if not flags:
        return np.full(sheets, np.nan)
    together = np.vstack(flags)
    surely = (together == 1).any(axis=0)
    surely_not = (together == 0).all(axis=0)
    return np.where(surely, 1.0, np.where(surely_not, 0.0, np.nan))
