"""Who was lost, and whether that could bend the result: the attrition boundary."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.stats.checks import one_of, within
from visitkit.review.stats.wwc_rules import sheet, source

BOUNDARIES = ("cautious", "optimistic")
# A share such as 0.063 is not exact in binary; the table has one decimal.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Flow:
    """How many were assigned and how many were measured in the end.

    Parameters
    ----------
    treated, control
        Assigned.
    treated_measured, control_measured
        With an outcome.

    Raises
    ------
    ReviewError
        When a side is empty or more were measured than assigned.
    """

    treated: int
    treated_measured: int
    control: int
    control_measured: int

    def __post_init__(self) -> None:
        pairs = ((self.treated, self.treated_measured), (self.control, self.control_measured))
        for assigned, measured in pairs:
            if assigned < 1 or not 0 <= measured <= assigned:
                raise ReviewError("review_stats.flow", assigned=assigned, measured=measured)


@dataclass(frozen=True, slots=True)
class Attrition:
    """Attrition against a boundary.

    Parameters
    ----------
    overall, differential
        Shares from 0 to 1.
    treated, control
        Share lost on each side.
    allowed
        Largest differential attrition that is low at this overall attrition; ``None`` when no
        differential attrition is.
    low
        Whether attrition is low.
    boundary
        ``"cautious"`` or ``"optimistic"``.
    flow
        The numbers behind it.
    source
        Where the boundary is written.
    """

    overall: float
    differential: float
    treated: float
    control: float
    allowed: float | None
    low: bool
    boundary: str
    flow: Flow
    source: str


def largest_differential(overall: float, boundary: str = "cautious") -> float | None:
    """Return the largest differential attrition that is still low.

    Parameters
    ----------
    overall
        Share lost altogether, 0 to 1. Between two whole per cent the stricter of the two counts.
    boundary
        ``"cautious"`` where the help could itself change who stays, as in keeping students at
        school; ``"optimistic"`` only where it could not.

    Returns
    -------
    float or None
        A share; ``None`` when attrition is high whatever the difference.

    Examples
    --------
    >>> round(largest_differential(0.10), 3), largest_differential(0.58)
    (0.063, None)
    """
    table = sheet()["attrition"][one_of(boundary, BOUNDARIES, "boundary")]
    percent = 100 * within(overall, 0, 1, "overall")
    places = {math.floor(percent + _ROUNDING), math.ceil(percent - _ROUNDING)}
    if max(places) >= len(table):
        return None
    return min(float(table[place]) for place in places) / 100


def boundary_line(boundary: str = "cautious") -> pd.DataFrame:
    """Return the boundary for a picture.

    Returns
    -------
    DataFrame
        ``overall`` and the largest ``differential`` attrition that is low there, as shares.

    Examples
    --------
    >>> boundary_line().iloc[10].round(3).tolist()
    [0.1, 0.063]
    """
    table = sheet()["attrition"][one_of(boundary, BOUNDARIES, "boundary")]
    overall = [place / 100 for place in range(len(table))]
    return pd.DataFrame({"overall": overall, "differential": [float(one) / 100 for one in table]})


def attrition(flow: Flow, boundary: str | None = None) -> Attrition:
    """Hold attrition against the boundary.

    Parameters
    ----------
    flow
        Assigned and measured, on each side. For clusters that were assigned as wholes, ask twice:
        once with clusters, once with the students of the clusters that stayed.
    boundary
        ``"cautious"`` (default) or ``"optimistic"``.

    Examples
    --------
    >>> found = attrition(Flow(100, 92, 100, 88))
    >>> found.low, round(found.overall, 2), round(found.differential, 2)
    (True, 0.1, 0.04)
    """
    kind = boundary or str(sheet()["attrition"]["default"])
    lost_treated = flow.treated - flow.treated_measured
    lost_control = flow.control - flow.control_measured
    overall = (lost_treated + lost_control) / (flow.treated + flow.control)
    sides = (lost_treated / flow.treated, lost_control / flow.control)
    differential = abs(sides[0] - sides[1])
    allowed = largest_differential(overall, kind)
    low = allowed is not None and differential <= allowed + _ROUNDING
    return Attrition(overall, differential, *sides, allowed, low, kind, flow, source("attrition"))
