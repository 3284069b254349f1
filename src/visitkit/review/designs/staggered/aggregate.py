"""Adding up effects by cohort and period into one number, or one line of a picture.

Callaway and Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001, section 3: weights are cohort sizes,
and the standard error counts that these were estimated too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.staggered.att_gt import GroupTimes, count_units, spread_of
from visitkit.review.result import Effect, Flags, Floats, note, quantile, wald

KINDS = ("simple", "dynamic", "group", "calendar")


@dataclass(frozen=True, slots=True)
class Point:
    """One point of an aggregation.

    Parameters
    ----------
    at
        Periods since the start (dynamic), cohort (group) or period (calendar).
    effect
        With its pointwise interval.
    band
        Interval that holds for all points together; ``None`` without a bootstrap.
    """

    at: float
    effect: Effect
    band: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An overall effect and the points behind it.

    Parameters
    ----------
    kind
        ``"simple"``, ``"dynamic"``, ``"group"`` or ``"calendar"``.
    overall
        Average over the periods after the start.
    points
        Empty for ``"simple"``. For ``"dynamic"`` also the periods before: the event study.
    influence : ndarray of shape (n_units,)
        Of the overall effect.
    point_influence : ndarray of shape (n_units, n_points)
    """

    kind: str
    overall: Effect
    points: tuple[Point, ...]
    influence: Floats
    point_influence: Floats


@dataclass(frozen=True, slots=True)
class _Sum:
    """A weighted sum of cells with its influence."""

    estimate: float
    influence: Floats


def aggregate(found: GroupTimes, kind: str = "group") -> Aggregate:
    """Add up effects.

    Parameters
    ----------
    found
        From :func:`visitkit.review.designs.staggered.att_gt`.
    kind
        ``"simple"``: all cells after the start, by cohort size. ``"dynamic"``: by periods since the
        start. ``"group"``: by cohort. ``"calendar"``: by period.

    Raises
    ------
    ReviewError
        When the kind is unknown or no cell lies after the start.

    Examples
    --------
    >>> import pandas as pd
    >>> from visitkit.review.designs.staggered import PanelColumns, att_gt, read_panel
    >>> rows = [(s, t, s % 3 + t + (2.0 if 0 < g <= t else 0.0) + (s * t) % 5 / 10, g)
    ...         for s in range(12) for g in [[0, 3][s % 2]] for t in (1, 2, 3, 4)]
    >>> data = pd.DataFrame(rows, columns=["s", "t", "y", "g"])
    >>> found = att_gt(read_panel(data, PanelColumns("s", "t", "y", "g")))
    >>> round(aggregate(found, "simple").overall.estimate, 2)
    2.03
    """
    if kind not in KINDS:
        raise ReviewError(
            "review_designs.unknown_choice", setting="kind", found=kind, allowed=", ".join(KINDS)
        )
    cohort = np.array([cell.cohort for cell in found.cells])
    period = np.array([cell.period for cell in found.cells])
    after = period >= cohort
    if not after.any():
        raise ReviewError("review_designs.no_comparison")
    if kind == "simple":
        total = _by_size(found, after)
        nothing = np.empty((len(total.influence), 0))
        return Aggregate(kind, _effect(found, total, kind), (), total.influence, nothing)
    at = {"dynamic": _since(found), "group": cohort, "calendar": period}[kind]
    chosen = np.ones(len(after), dtype=bool) if kind == "dynamic" else after
    places = np.unique(at[chosen])
    sums = [_by_size(found, chosen & (at == place)) for place in places]
    overall = _overall(found, kind, places, sums)
    points = tuple(
        Point(float(place), _effect(found, part, kind))
        for place, part in zip(places, sums, strict=True)
    )
    pulls = np.column_stack([part.influence for part in sums])
    return Aggregate(kind, _effect(found, overall, kind), points, overall.influence, pulls)


def _since(found: GroupTimes) -> Floats:
    """Return how many periods after the start each cell lies."""
    periods = found.panel.periods
    return np.array(
        [
            float(np.searchsorted(periods, cell.period) - np.searchsorted(periods, cell.cohort))
            for cell in found.cells
        ]
    )


def _by_size(found: GroupTimes, chosen: Flags) -> _Sum:
    """Average cells by the size of their cohorts, which is itself an estimate."""
    cells = [found.cells[place] for place in np.flatnonzero(chosen)]
    members = np.column_stack([found.panel.first == cell.cohort for cell in cells])
    values = np.array([cell.effect.estimate for cell in cells])
    return _average(values, found.influence[:, chosen], members.astype(np.float64))


def _average(values: Floats, pulls: Floats, members: Floats) -> _Sum:
    """Weigh values by the share of members, with the pull of both on the average."""
    share = members.mean(axis=0)
    weight = share / share.sum()
    estimate = float(weight @ values)
    by_weight = (members - share) @ (values - estimate) / share.sum()
    return _Sum(estimate, pulls @ weight + by_weight)


def _overall(found: GroupTimes, kind: str, places: Floats, sums: list[_Sum]) -> _Sum:
    """Average the points: cohorts by size, periods evenly, without those before the start."""
    if kind == "group":
        members = (found.panel.first[:, None] == places).astype(np.float64)
        pulls = np.column_stack([part.influence for part in sums])
        return _average(np.array([part.estimate for part in sums]), pulls, members)
    kept = [
        part for place, part in zip(places, sums, strict=True) if kind != "dynamic" or place >= 0
    ]
    influence = np.mean([part.influence for part in kept], axis=0)
    return _Sum(float(np.mean([part.estimate for part in kept])), influence)


def _effect(found: GroupTimes, part: _Sum, kind: str) -> Effect:
    error, df = spread_of(part.influence, found.panel)
    cohorts = np.unique([cell.cohort for cell in found.cells])
    treated = np.isin(found.panel.first, cohorts)
    return wald(
        part.estimate,
        error,
        count_units(found.panel, treated, ~treated),
        f"review_designs.method.staggered_{kind}",
        df=df,
        level=found.options.level,
        warnings=found.warnings,
    )


def uniform_bands(
    found: GroupTimes, parts: Aggregate, *, seed: int = 0, draws: int = 999
) -> Aggregate:
    """Add bands that hold for all points together, from a multiplier bootstrap.

    Standard errors and intervals of the points and of the overall effect become those of the
    bootstrap too (interquartile range over that of the normal), as in R's ``did``.

    Parameters
    ----------
    found, parts
        From :func:`att_gt` and :func:`aggregate`.
    seed
        The same seed gives the same bands.
    draws
        Of the bootstrap.

    References
    ----------
    Callaway and Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001, algorithm 1; two-point weights
    of Mammen 1993, doi:10.1214/aos/1176349025.
    """
    pulls = np.column_stack([parts.influence, parts.point_influence])
    cluster = found.panel.cluster
    if cluster is not None:
        sums = np.zeros((int(cluster.max()) + 1, pulls.shape[1]))
        np.add.at(sums, cluster, pulls)
        pulls = sums
    moved = _shaken(pulls, len(found.panel.first), seed, draws)
    error = np.subtract(*np.quantile(moved, [0.75, 0.25], axis=0)) / 1.3489795003921634
    level = found.options.level
    critical = quantile(0.5 + level / 2, np.inf)
    if parts.points:
        furthest = np.abs(moved[:, 1:] / error[1:]).max(axis=1)
        critical = max(critical, float(np.quantile(furthest, level)))
    made = [
        wald(
            old.estimate,
            float(size),
            old.counts,
            old.method,
            level=level,
            warnings=(*old.warnings, note("review_designs.warn.bootstrap", draws=draws, seed=seed)),
        )
        for old, size in zip(_effects(parts), error, strict=True)
    ]
    points = tuple(
        Point(
            point.at,
            new,
            (new.estimate - critical * new.se, new.estimate + critical * new.se),
        )
        for point, new in zip(parts.points, made[1:], strict=True)
    )
    return Aggregate(parts.kind, made[0], points, parts.influence, parts.point_influence)


def _effects(parts: Aggregate) -> Iterable[Effect]:
    return (parts.overall, *(point.effect for point in parts.points))


def _shaken(pulls: Floats, units: int, seed: int, draws: int) -> Floats:
    """Return sums of pulls under random two-point weights with mean 0 and variance 1."""
    rng = np.random.default_rng(seed)
    root = np.sqrt(5)
    moved = np.empty((draws, pulls.shape[1]))
    for draw in range(draws):
        small = rng.random(len(pulls)) < (root + 1) / (2 * root)
        moved[draw] = np.where(small, (1 - root) / 2, (1 + root) / 2) @ pulls / units
    return moved
