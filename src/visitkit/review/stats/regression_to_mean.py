"""How far students chosen for a high score fall back by themselves: a warning, no correction."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

from visitkit.review.result import Note, note
from visitkit.review.stats.checks import between, positive, within


@dataclass(frozen=True, slots=True)
class FallBack:
    """The change to expect without any help, were scores normal and lines straight.

    Parameters
    ----------
    change
        Expected change of the mean of those chosen; of the other sign than their distance.
    mean_all, mean_chosen
        Of the score used for choosing.
    reliability
        Of that score, from a stated source.
    note
        The warning as a sentence. The figure is never subtracted from an estimate: on skewed
        scores with a floor it is too large.
    """

    change: float
    mean_all: float
    mean_chosen: float
    reliability: float
    note: Note


def fall_back(mean_all: float, mean_chosen: float, reliability: float) -> FallBack:
    """Return the change to expect in students chosen by their score.

    Parameters
    ----------
    mean_all, mean_chosen
        Of the score, in its unit: everybody, and those chosen.
    reliability
        Correlation of two measurements of the same students, 0 to 1.

    Notes
    -----
    ``(1 - reliability) (mean_all - mean_chosen)``: Davis 1976,
    doi:10.1093/oxfordjournals.aje.a112321.

    Examples
    --------
    >>> round(fall_back(30.0, 67.0, 0.7).change, 1)
    -11.1
    """
    share = within(reliability, 0, 1, "reliability")
    change = (1 - share) * (float(mean_all) - float(mean_chosen))
    if not math.isfinite(change):
        within(change, -math.inf, math.inf, "mean")
    told = note("review_stats.fall_back", change=f"{change:+.1f}", reliability=f"{share:.2f}")
    return FallBack(change, mean_all, mean_chosen, share, told)


def fall_back_beyond(cutoff: float, mean: float, sd: float, reliability: float) -> FallBack:
    """Return the change to expect in all students at or above a cutoff of a normal score.

    Parameters
    ----------
    cutoff, mean, sd
        Of the score, in its unit.
    reliability
        As in :func:`fall_back`.

    Examples
    --------
    >>> round(fall_back_beyond(60, 50, 10, 0.7).change, 2)
    -4.58
    """
    z = (cutoff - mean) / positive(sd, "sd")
    share = between(float(norm.sf(z)), 0, 1, "share")
    chosen = mean + sd * float(norm.pdf(z)) / share
    return fall_back(mean, chosen, reliability)
