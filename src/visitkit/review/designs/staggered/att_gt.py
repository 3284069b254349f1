"""Effects by cohort and period when treatment starts at different times.

Callaway and Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001: each cohort is compared only with
students who are not yet, or never, treated; no student already treated serves as a control.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review.designs.staggered.cells import METHODS, difference
from visitkit.review.designs.staggered.panel import Panel
from visitkit.review.inputs import check_clusters
from visitkit.review.result import (
    Counts,
    Effect,
    Flags,
    Floats,
    Note,
    check_spread,
    note,
    wald,
)

CONTROLS = ("never", "not_yet")

#: Cohorts smaller than this are named: their standard errors are too small.
SMALL_COHORT = 5


@dataclass(frozen=True, slots=True)
class StaggeredOptions:
    """How cohorts are compared.

    Parameters
    ----------
    method
        ``"dr"`` doubly robust, ``"reg"`` outcome regression or ``"ipw"`` weighting.
    control
        ``"never"`` treated or ``"not_yet"`` treated (never included).
    anticipation
        Periods before the start in which students may already have changed.
    level
        Of intervals.
    """

    method: str = "dr"
    control: str = "never"
    anticipation: int = 0
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class GroupTime:
    """The effect in one period on the cohort that started in another.

    Parameters
    ----------
    cohort, period, base
        First period of treatment, period of the effect, period it is compared with.
    effect
        Before the start it ought to be nothing: those are checks of parallel trends.
    """

    cohort: float
    period: float
    base: float
    effect: Effect


@dataclass(frozen=True, slots=True)
class PreTest:
    """Whether all effects before the start are nothing: a Wald test.

    Parameters
    ----------
    statistic, df, p
        Chi-squared. Not finding a difference is no proof of parallel trends.
    """

    statistic: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class GroupTimes:
    """All effects by cohort and period, with what is needed to add them up.

    Parameters
    ----------
    cells
        One a cohort and period, in that order.
    influence : ndarray of shape (n_units, n_cells)
        Each unit's pull on each cell.
    panel, options
        What they were made from.
    pre_test
        ``None`` when there is no period before the base period.
    warnings
        What must be said beside every number.
    """

    cells: tuple[GroupTime, ...]
    influence: Floats
    panel: Panel
    options: StaggeredOptions
    pre_test: PreTest | None
    warnings: tuple[Note, ...]


def att_gt(panel: Panel, options: StaggeredOptions | None = None) -> GroupTimes:
    """Estimate the effect on each cohort in each period.

    Before the start each period is compared with the one before it; from the start on with the last
    period before the start (and before ``anticipation``).

    Parameters
    ----------
    panel
        From :func:`visitkit.review.designs.staggered.read_panel`.
    options
        Method, controls, anticipation, level.

    Returns
    -------
    GroupTimes
        Standard errors from influence functions, summed within clusters where the panel has them
        (then with the factor G/(G-1) and t with G-1 degrees of freedom).

    Raises
    ------
    ReviewError
        When a setting is unknown, nobody starts within the panel, there is one cluster or no
        comparison is possible.

    Examples
    --------
    >>> import pandas as pd
    >>> from visitkit.review.designs.staggered.panel import PanelColumns, read_panel
    >>> rows = [(s, t, s % 3 + t + (2.0 if 0 < g <= t else 0.0) + (s * t) % 5 / 10, g)
    ...         for s in range(12) for g in [[0, 3][s % 2]] for t in (1, 2, 3, 4)]
    >>> data = pd.DataFrame(rows, columns=["s", "t", "y", "g"])
    >>> found = att_gt(read_panel(data, PanelColumns("s", "t", "y", "g")))
    >>> [(cell.period, round(cell.effect.estimate, 1)) for cell in found.cells]
    [(2.0, 0.0), (3.0, 2.0), (4.0, 2.0)]
    """
    options = options or StaggeredOptions()
    check_options(panel, options)
    cohorts = np.unique(panel.first[panel.first <= panel.periods[-1]])
    if len(cohorts) == 0:
        raise ReviewError("review_designs.nobody_starts")
    found, pulls, skipped = [], [], 0
    warnings = (*panel.notes, *_small_cohorts(panel, cohorts))
    for cohort in cohorts:
        for now in range(1, len(panel.periods)):
            cell = _cell(panel, options, float(cohort), now)
            if cell is None:
                skipped += 1
                continue
            found.append(cell[:3])
            pulls.append(cell[3])
    if not found:
        raise ReviewError("review_designs.no_comparison")
    if skipped:
        warnings += (note("review_designs.warn.cells_without_controls", number=skipped),)
    influence = np.column_stack(pulls)
    cells = tuple(
        GroupTime(
            cohort,
            float(panel.periods[now]),
            float(panel.periods[base]),
            _effect(panel, options, estimate, pull, (cohort, now, base), warnings),
        )
        for (estimate, (cohort, now), base), pull in zip(found, pulls, strict=True)
    )
    return GroupTimes(
        cells, influence, panel, options, _pre_test(cells, influence, panel), warnings
    )


def check_options(panel: Panel, options: StaggeredOptions) -> None:
    """Refuse an unknown setting or a single cluster."""
    for name, value, allowed in (
        ("method", options.method, METHODS),
        ("control", options.control, CONTROLS),
    ):
        if value not in allowed:
            raise ReviewError(
                "review_designs.unknown_choice",
                setting=name,
                found=value,
                allowed=", ".join(allowed),
            )
    check_clusters(panel.cluster)


def _small_cohorts(panel: Panel, cohorts: Floats) -> tuple[Note, ...]:
    """Name cohorts whose spread rests on almost nobody."""
    sizes = [(cohort, int((panel.first == cohort).sum())) for cohort in cohorts]
    return tuple(
        note("review_designs.warn.small_cohort", cohort=f"{cohort:g}", number=size)
        for cohort, size in sizes
        if size < SMALL_COHORT
    )


_Cell = tuple[float, tuple[float, int], int, Floats]


def _cell(panel: Panel, options: StaggeredOptions, cohort: float, now: int) -> _Cell | None:
    """Compare one cohort in one period, or say that nobody can be compared."""
    start = int(np.searchsorted(panel.periods, cohort)) - options.anticipation
    base = now - 1 if now < start else start - 1
    if base < 0:
        return None
    treated, control = groups(panel, options, cohort, (now, base))
    if not control.any():
        return None
    used = treated | control
    change = panel.outcome[used, now] - panel.outcome[used, base]
    covariates = panel.covariates[:, used, min(base, now)].T
    found = difference(change, treated[used], covariates, options.method)
    pull = np.zeros(len(used))
    pull[used] = found.influence * len(used) / used.sum()
    return found.estimate, (cohort, now), base, pull


def groups(
    panel: Panel, options: StaggeredOptions, cohort: float, pair: tuple[int, int]
) -> tuple[Flags, Flags]:
    """Return who is treated and who serves as a control in a pair of periods."""
    treated = panel.first == cohort
    if options.control == "never":
        return treated, np.isinf(panel.first) | (panel.first > panel.periods[-1])
    latest = max(pair) + options.anticipation
    beyond = panel.first > panel.periods[min(latest, len(panel.periods) - 1)]
    if latest >= len(panel.periods):
        beyond = np.isinf(panel.first)
    return treated, beyond & ~treated


def spread_of(influence: Floats, panel: Panel) -> tuple[float, float]:
    """Return the standard error of a mean of influences and its degrees of freedom."""
    count = len(influence)
    if panel.cluster is None:
        return float(np.sqrt(influence @ influence) / count), np.inf
    sums = np.bincount(panel.cluster, weights=influence)
    clusters = len(np.unique(panel.cluster))
    error = float(np.sqrt(sums @ sums * clusters / (clusters - 1)) / count)
    return error, float(clusters - 1)


def _effect(
    panel: Panel,
    options: StaggeredOptions,
    estimate: float,
    influence: Floats,
    where: tuple[float, int, int],
    warnings: tuple[Note, ...],
) -> Effect:
    error, df = spread_of(influence, panel)
    method = f"review_designs.method.staggered_{options.method}"
    check_spread(error**2, panel.outcome, method)
    members = groups(panel, options, where[0], where[1:])
    return wald(
        estimate,
        error,
        count_units(panel, *members),
        method,
        df=df,
        level=options.level,
        warnings=warnings,
    )


def count_units(panel: Panel, treated: Flags, control: Flags) -> Counts:
    """Count units and clusters of two groups."""
    units = int(treated.sum()), int(control.sum())
    if panel.cluster is None:
        return Counts(*units)
    clusters = (len(np.unique(panel.cluster[group])) for group in (treated, control))
    return Counts(*units, *clusters)


def _pre_test(cells: tuple[GroupTime, ...], influence: Floats, panel: Panel) -> PreTest | None:
    """Test all effects before the start together."""
    before = [place for place, cell in enumerate(cells) if cell.period < cell.cohort]
    if not before:
        return None
    pulls = influence[:, before]
    if panel.cluster is not None:
        sums = np.zeros((int(panel.cluster.max()) + 1, len(before)))
        np.add.at(sums, panel.cluster, pulls)
        clusters = len(np.unique(panel.cluster))
        pulls = sums * np.sqrt(clusters / (clusters - 1))
    variance = pulls.T @ pulls / len(influence) ** 2
    values = np.array([cells[place].effect.estimate for place in before])
    rank = int(np.linalg.matrix_rank(variance))
    if rank < len(before):
        return None  # fewer clusters than cells: the joint test has no distribution
    statistic = float(values @ np.linalg.solve(variance, values))
    return PreTest(statistic, len(before), float(stats.chi2.sf(statistic, len(before))))
