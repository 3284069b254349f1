"""Whether a score changed by more than the error of its scale (Jacobson and Truax 1991)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from visitkit.errors import ReviewError
from visitkit.review.estimates import LEVEL, deviate

#: Where a student can stand, the best first.
CATEGORIES = ("recovered", "improved", "unchanged", "deteriorated")
#: What a higher score can mean.
DIRECTIONS = ("better", "worse")


@dataclass(frozen=True, slots=True)
class Norms:
    """Mean and spread of a scale in a group of people.

    Parameters
    ----------
    mean, sd
        In points of the scale.
    source
        Where they stand.
    """

    mean: float
    sd: float
    source: str

    def __post_init__(self) -> None:
        """Refuse norms that cannot be.

        Raises
        ------
        ReviewError
            When the spread is not above 0, a number is missing or no source is named.
        """
        if not (math.isfinite(self.mean) and math.isfinite(self.sd) and self.sd > 0):
            raise ReviewError("review.bad_norms", mean=self.mean, sd=self.sd)
        if not self.source.strip():
            raise ReviewError("review.no_source")


@dataclass(frozen=True, slots=True)
class Reliability:
    """How exactly a scale measures.

    Parameters
    ----------
    value
        Reliability, above 0 and below 1: agreement of two measurements of the same people.
    norms
        Mean and spread in the group the scale was tried on, with the source of both.

    Examples
    --------
    >>> scale = Reliability(0.80, Norms(60, 7.5, "Jacobson & Truax 1991, table 1"))
    >>> round(scale.error_of_difference, 4)
    4.7434
    """

    value: float
    norms: Norms

    def __post_init__(self) -> None:
        """Refuse a reliability that cannot be.

        Raises
        ------
        ReviewError
            When the value is not above 0 and below 1.
        """
        if not 0 < self.value < 1:
            raise ReviewError("review.bad_reliability", value=self.value)

    @property
    def error_of_difference(self) -> float:
        """Standard error of the difference of two measurements, in points of the scale."""
        return math.sqrt(2) * self.norms.sd * math.sqrt(1 - self.value)


@dataclass(frozen=True, slots=True)
class ReliableChange:
    """One student's change between two measurements.

    Parameters
    ----------
    before, after
        The two scores.
    change
        ``after - before`` in points of the scale.
    low, high
        Interval of the change from the error of the scale.
    rci
        Change over its standard error, above 0 when the student feels better.
    category
        One of :data:`CATEGORIES`.
    cutoff
        The score that parts the usual range from the rest; ``None`` when none was given, and then
        nobody is called recovered.
    """

    before: float
    after: float
    change: float
    low: float
    high: float
    rci: float
    category: str
    cutoff: float | None


def reliable_change(
    before: float,
    after: float,
    reliability: Reliability,
    *,
    higher_is: str,
    cutoff: float | None = None,
    level: float = LEVEL,
) -> ReliableChange:
    """Return how far a score changed, and whether by more than the error of the scale.

    Parameters
    ----------
    before, after
        Scores of one student; ``before`` must not be the score the student was chosen by.
    reliability
        Of the scale, with its source.
    higher_is
        ``"better"`` or ``"worse"``.
    cutoff
        Score that parts the usual range from the rest, see :func:`cutoff_between`.
    level
        Share of intervals that hold the truth.

    Returns
    -------
    ReliableChange
        ``recovered``: reliably better, and from beyond the cutoff into the usual range;
        ``improved``: reliably better otherwise; ``deteriorated``: reliably worse;
        ``unchanged``: the rest, which may be a change too small for this scale to see.

    Raises
    ------
    ReviewError
        When a score is missing, or ``higher_is`` is another word.

    Notes
    -----
    Jacobson and Truax 1991, doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> scale = Reliability(0.80, Norms(60, 7.5, "Jacobson & Truax 1991, table 1"))
    >>> found = reliable_change(32.5, 47.5, scale, higher_is="better")
    >>> round(found.rci, 4), found.category
    (3.1623, 'improved')
    """
    sign = direction(higher_is)
    if not (math.isfinite(before) and math.isfinite(after)):
        raise ReviewError("review.score_missing")
    change, error, z = after - before, reliability.error_of_difference, deviate(level)
    rci = sign * change / error
    category = "unchanged"
    if abs(rci) > z:
        category = "improved" if rci > 0 else "deteriorated"
    if category == "improved" and cutoff is not None and _crossed(before, after, cutoff, sign):
        category = "recovered"
    return ReliableChange(
        before, after, change, change - z * error, change + z * error, rci, category, cutoff
    )


def direction(higher_is: str) -> int:
    """Return 1 where a higher score is better and -1 where it is worse.

    Raises
    ------
    ReviewError
        When it is neither word.

    Examples
    --------
    >>> direction("worse")
    -1
    """
    if higher_is not in DIRECTIONS:
        raise ReviewError("review.bad_direction", value=higher_is, allowed=", ".join(DIRECTIONS))
    return 1 if higher_is == "better" else -1


def _crossed(before: float, after: float, cutoff: float, sign: int) -> bool:
    """Tell whether a score came into the usual range; on the cutoff itself it has not."""
    return sign * (before - cutoff) <= 0 < sign * (after - cutoff)


def cutoff_between(
    seeking_help: Norms | None = None, usual: Norms | None = None, *, higher_is: str
) -> float:
    """Return the score that parts the usual range from the rest.

    Parameters
    ----------
    seeking_help
        Norms of people who came for help.
    usual
        Norms of people at large.
    higher_is
        ``"better"`` or ``"worse"``.

    Returns
    -------
    float
        With both norms criterion c: the score as likely in the one group as in the other, when
        their spreads are weighed in. With one alone criterion a (two standard deviations from the
        mean of those who came for help) or b (two from the mean of people at large).

    Raises
    ------
    ReviewError
        When no norms are given, or the two lie the wrong way round for ``higher_is``.

    Notes
    -----
    Jacobson and Truax 1991, p. 13, doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> came, all_people = Norms(40, 7.5, "table 1"), Norms(60, 7.5, "table 1")
    >>> cutoff_between(came, all_people, higher_is="better")
    50.0
    >>> cutoff_between(came, higher_is="better")
    55.0
    >>> cutoff_between(usual=all_people, higher_is="better")
    45.0
    """
    sign = direction(higher_is)
    if seeking_help and usual:
        if sign * (usual.mean - seeking_help.mean) <= 0:
            raise ReviewError("review.norms_reversed", usual=usual.mean, seeking=seeking_help.mean)
        spread = seeking_help.sd + usual.sd
        return (seeking_help.sd * usual.mean + usual.sd * seeking_help.mean) / spread
    if seeking_help:
        return seeking_help.mean + sign * 2 * seeking_help.sd
    if usual:
        return usual.mean - sign * 2 * usual.sd
    raise ReviewError("review.no_norms")


def regression_to_mean(chosen_mean: float, reliability: Reliability) -> float:
    """Return how far the mean of chosen students is expected to move by itself.

    Parameters
    ----------
    chosen_mean
        Mean of the chosen students on the score they were chosen by.
    reliability
        Of that score, with the mean of everybody who was screened as its norms.

    Returns
    -------
    float
        Expected change in points when nothing at all is done. It holds for scores without floor
        or ceiling; on skewed scores it was seen to say too much, so it warns and never corrects.

    Notes
    -----
    ``-(1 - reliability) (chosen mean - mean of all)``; Galton 1886, doi:10.2307/2841583.

    Examples
    --------
    >>> all_screened = Norms(40, 12, "autumn screening, 1500 students")
    >>> round(regression_to_mean(65, Reliability(0.7, all_screened)), 2)
    -7.5
    """
    return -(1 - reliability.value) * (chosen_mean - reliability.norms.mean)
