"""Signs that a sheet was filled in without reading it, looked for before scoring."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from visitkit.screen.instruments.answers import Bools, Coded, Floats
from visitkit.screen.instruments.instrument import Instrument

#: Seconds an item below which nobody has read it.
FASTEST_SECONDS = 2.0


def longest_run(values: Floats) -> npt.NDArray[np.int64]:
    """Return the length of the longest run of equal answers of each row; a gap ends a run.

    References
    ----------
    Longstring index: Meade and Craig 2012, https://doi.org/10.1037/a0028085; half the length of
    the scale as the limit: Curran 2016, https://doi.org/10.1016/j.jesp.2015.07.006.

    Examples
    --------
    >>> longest_run(np.array([[1.0, 1.0, np.nan, 1.0], [0.0, 2.0, 2.0, 2.0]]))
    array([2, 3])
    """
    answered = ~np.isnan(values)
    run = answered[:, 0].astype(np.int64)
    longest = run.copy()
    for place in range(1, values.shape[1]):
        same = values[:, place] == values[:, place - 1]
        run = np.where(same, run + 1, answered[:, place])
        np.maximum(longest, run, out=longest)
    return longest


def straight_lines(values: Floats, instrument: Instrument) -> Bools:
    """Tell which sheets give one answer throughout although some items are reversed.

    At least half of the items must be answered, among them a reversed and a plain one: then the
    sheet says a thing and its opposite. Always False for a questionnaire without reversed items.
    """
    straight = np.zeros(len(values), dtype=bool)
    if not instrument.reverse:
        return straight
    reverse = np.array([item in instrument.reverse for item in range(1, instrument.n_items + 1)])
    answered = ~np.isnan(values)
    both = answered[:, reverse].any(axis=1) & answered[:, ~reverse].any(axis=1)
    asked = both & (answered.sum(axis=1) * 2 >= values.shape[1])
    straight[asked] = np.nanmin(values[asked], axis=1) == np.nanmax(values[asked], axis=1)
    return straight


def too_fast(seconds: Floats, coded: Coded) -> Bools:
    """Tell which sheets were filled in faster than two seconds an item.

    Parameters
    ----------
    seconds
        Time a sheet took, in seconds; missing where not measured.
    coded
        The answers.

    References
    ----------
    Huang et al. 2012, https://doi.org/10.1007/s10869-011-9231-8: two seconds an item.
    """
    answered = (~np.isnan(coded.answers)).sum(axis=1)
    fast: Bools = seconds < FASTEST_SECONDS * answered
    return fast
