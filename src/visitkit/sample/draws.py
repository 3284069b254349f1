"""Random draws that are the same on every machine and with every version of numpy.

numpy keeps ``Generator.random`` stable but may change how its other distributions use the stream
(NEP 19), so only uniform numbers are drawn and everything else is made from them by inverting a
distribution function (Devroye 1986, Non-Uniform Random Variate Generation, ch. 2).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Shape = int | tuple[int, ...]

_SMALLEST = 2.0**-53


def stream(seed: int, theme: str) -> np.random.Generator:
    """Return the stream of one theme, so that a change in one theme leaves the others as they are.

    Parameters
    ----------
    seed
        Seed of the school, 0 or more.
    theme
        Any name.

    Examples
    --------
    >>> bool(stream(1, "marks").random() == stream(1, "marks").random())
    True
    """
    sequence = np.random.SeedSequence([seed, zlib.crc32(theme.encode("ascii"))])
    return np.random.Generator(np.random.PCG64(sequence))


def normal(rng: np.random.Generator, shape: Shape) -> Floats:
    """Draw standard normal numbers.

    Examples
    --------
    >>> normal(stream(1, "example"), (2, 3)).shape
    (2, 3)
    """
    return np.asarray(ndtri(np.maximum(rng.random(shape), _SMALLEST)), dtype=np.float64)


def happens(rng: np.random.Generator, chance: float | Floats, shape: Shape | None = None) -> Flags:
    """Draw yes or no with the given chance, one for each element.

    Examples
    --------
    >>> happens(stream(1, "example"), np.array([0.0, 1.0])).tolist()
    [False, True]
    """
    size = np.shape(chance) if shape is None else shape
    return np.asarray(rng.random(size) < chance)


def poisson(rng: np.random.Generator, rate: Floats, most: int = 8) -> Ints:
    """Draw counts from Poisson distributions cut off at ``most``.

    Parameters
    ----------
    rng
        Where uniform numbers come from.
    rate
        Expected counts, any shape; meant for small rates.
    most
        Largest count returned.

    Examples
    --------
    >>> poisson(stream(1, "example"), np.array([0.0, 0.0])).tolist()
    [0, 0]
    """
    uniform = rng.random(rate.shape)
    term = np.exp(-rate)
    reached = term.copy()
    count = np.zeros(rate.shape, dtype=np.int64)
    for step in range(1, most + 1):
        count += uniform > reached
        term *= rate / step
        reached += term
    return count


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, shape: Shape) -> Ints:
    """Draw places 0, 1, ... with the given weights.

    Examples
    --------
    >>> pick(stream(1, "example"), [0.0, 1.0], 3).tolist()
    [1, 1, 1]
    """
    reached = np.cumsum(np.asarray(weights, dtype=np.float64))
    place = np.searchsorted(reached / reached[-1], rng.random(shape), side="right")
    return np.minimum(place, len(reached) - 1).astype(np.int64)


def whole(rng: np.random.Generator, low: int, high: int, shape: Shape) -> Ints:
    """Draw whole numbers from ``low`` to ``high``, both included.

    Examples
    --------
    >>> whole(stream(1, "example"), 7, 7, 2).tolist()
    [7, 7]
    """
    return low + np.floor(rng.random(shape) * (high - low + 1)).astype(np.int64)


def order(rng: np.random.Generator, number: int) -> Ints:
    """Draw a random order of 0 .. number - 1.

    Examples
    --------
    >>> sorted(order(stream(1, "example"), 4).tolist())
    [0, 1, 2, 3]
    """
    return np.argsort(rng.random(number), kind="stable").astype(np.int64)
