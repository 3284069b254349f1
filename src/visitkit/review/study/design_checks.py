"""Checks that belong to one design: windows and placebo cutoffs, trends, seasons, proportions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.autocorrelation import ERRORS
from visitkit.review.designs.interrupted import SeriesEffect, SeriesOptions, interrupted_series
from visitkit.review.designs.threshold import ThresholdData, ThresholdEffect
from visitkit.review.designs.threshold.checks import (
    bandwidth_curve,
    density_check,
    donut,
    placebo_cutoffs,
)
from visitkit.review.result import note
from visitkit.review.small_cells import FLOOR
from visitkit.review.study.change import Starts, staggered
from visitkit.review.study.checks import Check, brief, made, of_effect, tried
from visitkit.review.study.cutoff import options_of
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found
from visitkit.review.study.ending import Ends


def of_design(given: Declared, found: Found) -> Iterator[Check]:
    """Yield the checks of the design that was declared."""
    match found.material:
        case (ThresholdData() as data, second):
            yield from _threshold(given, found.outcome, data, second)
        case Starts() as starts:
            yield from _starts(given, found.outcome, starts)
        case SeriesEffect() as one:
            yield from _series(given, found.outcome, one)
        case Ends() as ends:
            yield from _ends(found.outcome, ends)


def _threshold(given: Declared, name: str, data: ThresholdData, second: object) -> Iterator[Check]:
    yield from _density(name, data)
    if not isinstance(second, ThresholdEffect):
        return
    yield from tried(name, "bandwidth", partial(_widths, given, name, data))
    for side in (data.left, data.right):
        middle = float(np.median(side.x)) + data.cutoff
        yield from tried(name, "placebo_cutoff", partial(_moved, given, name, data, middle))
    yield from tried(name, "donut", partial(_hole, given, name, data, second.h / 10))


def _density(name: str, data: ThresholdData) -> Iterator[Check]:
    """Yield how many stand on each side of the cutoff, windows from which few could be told last.

    A share of three students with its interval says that they are three.
    """
    few = []
    for window in density_check(data):
        if any(0 < count < FLOOR for count in (window.below, window.at_or_above)):
            facts = {"width": brief(window.width), "least": FLOOR}
            few.append(Check(name, "density", (), note("study.check.density_few", **facts)))
            continue
        ends = {"share": window.share, "low": window.ci[0], "high": window.ci[1]}
        shares = {one: 100 * value for one, value in ends.items()}
        yield made(name, "density", width=window.width, **shares, p=window.p)
    yield from few


def _widths(given: Declared, name: str, data: ThresholdData) -> list[Check]:
    curve = bandwidth_curve(data, options_of(given))
    return [
        of_effect(name, "bandwidth", one.robust, factor=factor, h=one.h) for factor, one in curve
    ]


def _moved(given: Declared, name: str, data: ThresholdData, cutoff: float) -> list[Check]:
    found = placebo_cutoffs(data, [cutoff], options_of(given))
    return [of_effect(name, "placebo_cutoff", one, cutoff=at) for at, one in found.items()]


def _hole(given: Declared, name: str, data: ThresholdData, radius: float) -> list[Check]:
    return [of_effect(name, "donut", donut(data, radius, options_of(given)).robust, radius=radius)]


def _starts(given: Declared, name: str, starts: Starts) -> Iterator[Check]:
    test = starts.cells.pre_test
    if test is None:
        yield Check(name, "pre_test", (), note("study.warn.no_pre_test"))
    else:
        yield made(name, "pre_test", statistic=test.statistic, df=float(test.df), p=test.p)
    for point in starts.since.points:
        yield of_effect(name, "event", point.effect, at=point.at)
    if starts.cells.options.control == "never":
        yield from tried(name, "not_yet", partial(_not_yet, given, name))


def _not_yet(given: Declared, name: str) -> list[Check]:
    return [of_effect(name, "not_yet", staggered(given, name, "not_yet").effect)]


def _series(given: Declared, name: str, one: SeriesEffect) -> Iterator[Check]:
    yield of_effect(name, "level", one.level)
    if one.slope is not None:
        yield of_effect(name, "slope", one.slope)
    yield made(name, "left_over", rho=one.rho, statistic=one.ljung_box[0], p=one.ljung_box[1])
    for errors in ERRORS:
        if errors not in {"reml", "arma"}:
            kind = f"errors_{errors.replace('-', '_')}"
            yield from tried(name, kind, partial(_errors, given, name, errors, kind))


def _errors(given: Declared, name: str, errors: str, kind: str) -> list[Check]:
    if given.start is None:
        raise ReviewError("study.needed", settings="start", assign=given.assign)
    other = interrupted_series(
        given.table[given.time].to_numpy(),
        given.table[name].to_numpy(),
        float(given.start),
        SeriesOptions(errors=errors, level=given.level),
        season=None if given.season is None else given.table[given.season].to_numpy(),
    )
    return [of_effect(name, kind, other.average)]


def _ends(name: str, ends: Ends) -> Iterator[Check]:
    ratio = ends.hazard
    yield made(name, "ratio", ratio=ratio.ratio, low=ratio.ratio_ci[0], high=ratio.ratio_ci[1])
    share = ends.share
    yield made(
        name,
        "share",
        b=100 * share.estimate,
        low=100 * share.ci[0],
        high=100 * share.ci[1],
        p=share.p,
    )
    yield made(name, "log_rank", statistic=ends.rank.statistic, p=ends.rank.p)
    fixed = ratio.proportional.astype(float).to_dict("index")["treated"]
    yield made(name, "proportional", statistic=fixed["statistic"], p=fixed["p"])
