"""Starts at different times, and one series before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.interrupted import SeriesEffect, SeriesOptions, interrupted_series
from visitkit.review.designs.staggered import (
    Aggregate,
    GroupTimes,
    Panel,
    PanelColumns,
    StaggeredOptions,
    aggregate,
    att_gt,
    read_panel,
)
from visitkit.review.inputs import check_sides, numbers
from visitkit.review.result import Effect, Flags
from visitkit.review.stats import EffectSize, g_from_regression
from visitkit.review.stats.cluster_inference import FEWEST_A_SIDE, clusters_a_side
from visitkit.review.stats.groups import group
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found


@dataclass(frozen=True, slots=True)
class Starts:
    """What a staggered start found.

    Parameters
    ----------
    cells
        Effects by cohort and period.
    by_cohort
        The overall effect: cohorts by their size.
    since
        The event study: by periods since the start, those before it among them.
    """

    cells: GroupTimes
    by_cohort: Aggregate
    since: Aggregate


def panel_of(given: Declared, outcome: str) -> Panel:
    """Return students by periods of one outcome."""
    columns = PanelColumns(
        given.unit, str(given.time), outcome, str(given.first), given.baseline, given.cluster
    )
    return read_panel(given.table, columns)


def starters(panel: Panel) -> Flags:
    """Tell which students start within the panel."""
    started: Flags = panel.first <= panel.periods[-1]
    return started


def staggered(given: Declared, outcome: str, control: str = "never") -> Found:
    """Estimate the effect of a staggered start; never by two-way regression.

    Compared with students never treated, or where there are none with those not yet treated.
    """
    panel = panel_of(given, outcome)
    on = starters(panel)
    if control == "never" and on.all():
        control = "not_yet"
    if control == "never":
        check_sides(int(on.sum()), int((~on).sum()), FEWEST_A_SIDE)
    if panel.cluster is not None and not on.all():
        clusters_a_side(on, panel.cluster.tolist())
    method = "dr" if given.baseline else "reg"
    cells = att_gt(panel, StaggeredOptions(method=method, control=control, level=given.level))
    found = Starts(cells, aggregate(cells, "group"), aggregate(cells, "dynamic"))
    effect = found.by_cohort.overall
    rows = ~numbers_missing(given, outcome)
    return Found(outcome, effect, _size(panel, on, effect), rows, None, found)


def numbers_missing(given: Declared, outcome: str) -> Flags:
    """Tell which rows have no outcome."""
    missing: Flags = np.isnan(numbers(given.table[outcome], outcome))
    return missing


def _size(panel: Panel, on: Flags, effect: Effect) -> EffectSize | None:
    """Divide by the spread in the last period in which nobody was treated."""
    before = int(np.searchsorted(panel.periods, panel.first.min())) - 1
    if before < 0 or min(on.sum(), (~on).sum()) < 2:
        return None
    y = panel.outcome[:, before]
    if np.ptp(y) == 0:
        return None
    return g_from_regression(
        effect.estimate, effect.se, group(y[on]), group(y[~on]), level=effect.level
    )


def series(given: Declared, outcome: str) -> Found:
    """Estimate the change of one series: the mean difference from what was to be expected."""
    table = given.table
    if given.start is None:
        raise ReviewError("study.needed", settings="start", assign=given.assign)
    found: SeriesEffect = interrupted_series(
        table[given.time].to_numpy(),
        table[outcome].to_numpy(),
        float(given.start),
        SeriesOptions(level=given.level),
        season=None if given.season is None else table[given.season].to_numpy(),
    )
    rows = ~numbers_missing(given, outcome)
    return Found(outcome, found.average, None, rows, None, found)
