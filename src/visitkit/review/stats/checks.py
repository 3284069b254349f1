"""Figures that a person typed in: refused with a sentence when they cannot be."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from visitkit.errors import ReviewError
from visitkit.review.inputs import numbers
from visitkit.review.result import Floats


def within(value: float, low: float, high: float, name: str) -> float:
    """Return ``value`` when it lies from ``low`` to ``high``.

    Raises
    ------
    ReviewError
        When it does not, or is no number.

    Examples
    --------
    >>> within(0.2, 0, 1, "icc")
    0.2
    """
    if not math.isfinite(value) or not low <= value <= high:
        raise ReviewError("review_stats.outside", name=name, value=value, low=low, high=high)
    return float(value)


def between(value: float, low: float, high: float, name: str) -> float:
    """Return ``value`` when it lies strictly between ``low`` and ``high``.

    Raises
    ------
    ReviewError
        When it does not, or is no number.
    """
    if not math.isfinite(value) or not low < value < high:
        raise ReviewError("review_stats.not_between", name=name, value=value, low=low, high=high)
    return float(value)


def at_least(value: float, least: float, name: str) -> float:
    """Return ``value`` when it is a finite number of at least ``least``.

    Raises
    ------
    ReviewError
        When it is not.
    """
    if not math.isfinite(value) or value < least:
        raise ReviewError("review_stats.too_small", name=name, value=value, least=least)
    return float(value)


def positive(value: float, name: str) -> float:
    """Return ``value`` when it is a finite number above 0.

    Raises
    ------
    ReviewError
        When it is not.
    """
    if not math.isfinite(value) or value <= 0:
        raise ReviewError("review_stats.not_positive", name=name, value=value)
    return float(value)


def full(values: npt.ArrayLike, name: str) -> Floats:
    """Return a column in which nothing is missing.

    Raises
    ------
    ReviewError
        When a value is missing or is no number.

    Examples
    --------
    >>> full([1, 2.5], "absence")
    array([1. , 2.5])
    """
    column = numbers(values, name)
    missing = int(np.isnan(column).sum())
    if missing:
        raise ReviewError("review_stats.missing", name=name, number=missing)
    return column


def one_of(value: str, allowed: tuple[str, ...], name: str) -> str:
    """Return ``value`` when it is one of the words allowed.

    Raises
    ------
    ReviewError
        When it is not.
    """
    if value not in allowed:
        raise ReviewError(
            "review_stats.unknown_word", name=name, value=value, allowed=", ".join(allowed)
        )
    return value
