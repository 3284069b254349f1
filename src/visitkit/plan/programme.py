"""The master programme as numbers: costs, rows and which variable is what.

:mod:`visitkit.plan.master` puts it together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from visitkit.plan.case import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Programme:
    """min cost @ v with ``equal @ v == equal_to`` and ``most @ v <= at_most``, 0 <= v <= upper.

    Parameters
    ----------
    columns
        How many of the variables are outings; they come first.
    requests
        How many are requests left out; they come next.
    whole
        Which variables must be whole numbers.
    crews
        [z] the team and the companion of each z variable.
    counts
        Crew to the position of its q variable; empty when nobody's visits are limited.
    known
        Crew to the position of its w variable and, for each outing, how many families know the
        companion.
    """

    cost: Floats
    equal: csc_array
    equal_to: Floats
    most: csc_array
    at_most: Floats
    upper: Floats
    whole: Bools
    columns: int
    requests: int
    crews: tuple[tuple[int, int], ...]
    counts: Mapping[tuple[int, int], int]
    known: Mapping[tuple[int, int], tuple[int, Ints]]

    @property
    def first_crew(self) -> int:
        """Position of the first z variable."""
        return self.columns + self.requests


def columns_of(whole: Programme, keep: Ints) -> Programme:
    """Return the programme with some of the outings only; all other variables stay."""
    at = np.concatenate([keep, np.arange(whole.columns, len(whole.cost))])
    return Programme(
        whole.cost[at],
        whole.equal[:, at],
        whole.equal_to,
        whole.most[:, at],
        whole.at_most,
        whole.upper[at],
        whole.whole[at],
        len(keep),
        whole.requests,
        whole.crews,
        whole.counts,
        whole.known,
    )
