"""The parts of a questionnaire: options, scales, critical items, norms, rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: How a standard score becomes a whole number; ``none`` leaves it as it is.
ROUNDINGS = ("none", "floor", "half-up")
MISSING_RULES = ("complete", "prorate")
#: ``hit`` opens an alert at once, ``soft`` is told beside the scores.
LEVELS = ("hit", "soft")
#: What may be done with a questionnaire's text; worded in ``text/*/instruments.toml``.
LICENCES = ("free", "own_words", "confirm", "unclear", "licence_needed", "permission_needed")


@dataclass(frozen=True, slots=True)
class Options:
    """The answers some items offer.

    Parameters
    ----------
    items
        Item numbers, from 1.
    low
        Our value for the first answer; the next ones follow in steps of 1.
    codes
        Coding name to the codes of the answers in that order, as files hold them.
    """

    items: tuple[int, ...]
    low: int
    codes: Mapping[str, tuple[float, ...]]

    @property
    def high(self) -> int:
        """Our value for the last answer."""
        return self.low + len(next(iter(self.codes.values()))) - 1


@dataclass(frozen=True, slots=True)
class Scale:
    """A figure made of items.

    Parameters
    ----------
    name
        Column name of the figure.
    items
        Item numbers; empty where the figure is the sum of other scales.
    how
        ``sum`` or ``mean`` of the items, or ``count`` of the items answered above the lowest
        answer.
    of
        The scales it is the sum of.
    void_from
        For a validity scale: from this figure on, the sheet is void.
    """

    name: str
    items: tuple[int, ...] = ()
    how: str = "sum"
    of: tuple[str, ...] = ()
    void_from: float | None = None


@dataclass(frozen=True, slots=True)
class Critical:
    """An item that opens an alert whatever the scores are.

    Parameters
    ----------
    item
        Item number.
    starts_at
        The answer from which it counts, as our value (see :class:`Options`).
    level
        One of :data:`LEVELS`.
    source
        What it asks about and where that stands.
    """

    item: int
    starts_at: int
    level: str = "hit"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Cutoff:
    """From (``worse="high"``) or up to (``worse="low"``) which figure a scale is flagged."""

    scale: str
    at: float
    worse: str = "high"


@dataclass(frozen=True, slots=True)
class Norm:
    """A named, sourced choice of cut-offs.

    Parameters
    ----------
    name
        What people choose it by.
    source
        Where the figures stand, and on whom they were found.
    cutoffs
        One per scale that has one.
    flags
        The scales whose cut-offs flag the whole sheet.
    rounding
        One of :data:`ROUNDINGS`, for total figures that are multiplied.
    bands
        Name and lowest total of each band, lowest first.
    """

    name: str
    source: str
    cutoffs: tuple[Cutoff, ...] = ()
    flags: tuple[str, ...] = ()
    rounding: str = "none"
    bands: tuple[tuple[str, float], ...] = ()

    def cutoff(self, scale: str) -> Cutoff | None:
        """Return the cut-off of a scale, or None where the norm gives none."""
        return next((cutoff for cutoff in self.cutoffs if cutoff.scale == scale), None)


@dataclass(frozen=True, slots=True)
class Missing:
    """What is done with skipped items.

    Parameters
    ----------
    rule
        ``complete``: a scale counts only when every item of it is answered, otherwise its bounds
        decide. ``prorate``: from ``at_least`` answered items on, the mean of the answered ones
        stands in, and the figure is rounded half up.
    at_least
        Answered items a scale needs for ``prorate``.
    source
        Where the rule stands.
    """

    rule: str = "complete"
    at_least: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Careless:
    """Signs that a sheet was not read.

    Parameters
    ----------
    straight
        ``void``: the same answer throughout a scale that holds reversed items is no answer.
        ``none``: it may be.
    longstring
        Length of a run of equal answers from which it is told; 0 for never.
    source
        Where the rule stands.
    """

    straight: str = "none"
    longstring: int = 0
    source: str = ""
