"""Weights that fall with the distance from the cutoff."""

from __future__ import annotations

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.result import Floats

#: Kernels and the constant of their rule-of-thumb bandwidth for a density at a point (Silverman
#: 1986, section 3.4, as used for the pilot of Calonico, Cattaneo and Titiunik 2014).
PILOT = {"triangular": 2.576, "uniform": 1.843, "epanechnikov": 2.34}


def kernel_weights(distance: Floats, bandwidth: float, kernel: str) -> Floats:
    """Return the weight of each score.

    Parameters
    ----------
    distance : ndarray of shape (n,)
        Score minus cutoff.
    bandwidth
        In points of the score; weights beyond it are 0.
    kernel
        ``"triangular"``, ``"uniform"`` or ``"epanechnikov"``.

    Raises
    ------
    ReviewError
        When the kernel is none of these or the bandwidth is not above 0.

    Examples
    --------
    >>> kernel_weights(np.array([0.0, 5.0, 10.0]), 10.0, "triangular")
    array([1. , 0.5, 0. ])
    """
    if kernel not in PILOT:
        raise ReviewError(
            "review_designs.unknown_choice",
            setting="kernel",
            found=kernel,
            allowed=", ".join(sorted(PILOT)),
        )
    if not bandwidth > 0:
        raise ReviewError("review_designs.bad_bandwidth", found=bandwidth)
    scaled = np.abs(distance) / bandwidth
    inside = scaled <= 1
    if kernel == "triangular":
        return np.where(inside, 1 - scaled, 0.0)
    if kernel == "uniform":
        return np.where(inside, 0.5, 0.0)
    return np.where(inside, 0.75 * (1 - scaled**2), 0.0)
