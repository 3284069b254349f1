"""Whether the sides were alike before, on the students who are analysed, as they are analysed."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold.checks import covariates_at_cutoff
from visitkit.review.designs.weighting import WeightedEffect
from visitkit.review.inputs import numbers
from visitkit.review.result import Flags, quantile
from visitkit.review.stats import Baseline, BaselineRow, EffectSize, baseline_equivalence
from visitkit.review.stats.groups import group, pooled_sd
from visitkit.review.stats.wwc_baseline import baseline_category
from visitkit.review.stats.wwc_rules import source
from visitkit.review.study.change import panel_of, starters
from visitkit.review.study.compare import pairs_of, weights_of
from visitkit.review.study.cutoff import cut, options_of
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found
from visitkit.review.study.estimate import estimate_one


def balance(given: Declared, outcome: str) -> Baseline:
    """Hold each measure from before against the limits of the What Works Clearinghouse.

    Parameters
    ----------
    given, outcome
        The declared study and one of its outcomes: the students of its analysis count. With weights
        the weighted means are compared, with pairs those in a pair; at a threshold the jump at the
        cutoff; for a staggered start the last period in which nobody was treated.

    Raises
    ------
    ReviewError
        When nothing from before was declared, or the study is a series without a second side.
    """
    if given.assign == "series":
        raise ReviewError("study.no_sides")
    if given.assign == "staggered":
        return _before_starts(given, outcome)
    if not _measured(given, outcome):
        raise ReviewError("review_stats.no_measures")
    if given.assign == "threshold":
        return _at_cutoff(given, outcome)
    found = estimate_one(given, outcome)
    if (weights := weights_of(found)) is not None:
        return _weighted(given, found, weights)
    rows = found.analysed
    table = _table(given, outcome).loc[rows].reset_index(drop=True)
    return baseline_equivalence(table, given.treated[rows], adjusted=_adjusted(given))


def love(given: Declared, outcome: str) -> pd.DataFrame:
    """Return standardised differences before and after adjustment, for the love plot.

    Returns
    -------
    DataFrame
        Index ``covariate``; ``before`` and ``after`` in standard deviations, equal where the
        analysis neither weights nor matches; ``category`` of the latter, as
        :func:`visitkit.review.stats.wwc_baseline.baseline_category` names it.
    """
    table = _differences(given, outcome)
    return table.assign(category=[baseline_category(value) for value in table["after"]])


def _differences(given: Declared, outcome: str) -> pd.DataFrame:
    if given.assign == "chosen":
        found = estimate_one(given, outcome)
        for made in (pairs_of(found), weights_of(found)):
            if made is not None:
                return made.balance.loc[list(given.baseline), ["before", "after"]]
    rows = balance(given, outcome).rows
    values = [row.size.value for row in rows]
    index = pd.Index([row.measure for row in rows], name="covariate")
    return pd.DataFrame({"before": values, "after": values}, index=index)


def _measured(given: Declared, outcome: str) -> tuple[str, ...]:
    earlier = given.before.get(outcome)
    return tuple(dict.fromkeys([*given.baseline, *([earlier] if earlier else [])]))


def _table(given: Declared, outcome: str) -> pd.DataFrame:
    names = _measured(given, outcome)
    return pd.DataFrame({name: numbers(given.table[name], name) for name in names})


def _adjusted(given: Declared) -> Collection[str]:
    if given.assign == "chosen" and given.method == "matched" and not given.adjust:
        return ()
    return given.baseline


def _judged(rows: list[tuple[str, EffectSize]], adjusted: Collection[str]) -> Baseline:
    told = tuple(
        BaselineRow(name, size, baseline_category(size.value), name in adjusted)
        for name, size in rows
    )
    unmet = [row for row in told if not row.met]
    worst = max(unmet or told, key=lambda row: abs(row.size.value))
    return Baseline(told, not unmet, worst.measure, source("baseline"))


def _sized(value: float, se: float, n: tuple[int, int], level: float) -> EffectSize:
    half = quantile(0.5 + level / 2, np.inf) * se
    return EffectSize("hedges_g", value, se, (value - half, value + half), np.inf, *n, level)


def _weighted(given: Declared, found: Found, made: WeightedEffect) -> Baseline:
    treated = given.treated[found.analysed]
    n = int(treated.sum()), int((~treated).sum())
    se = float(np.sqrt(sum(1 / size for size in made.effective)))
    after = made.balance["after"]
    rows = [(name, _sized(float(after[name]), se, n, given.level)) for name in given.baseline]
    # weights alone do not adjust for what they leave; the regression used with few classes does
    regressed = found.effect.method == "study.method.weighted"
    return _judged(rows, given.baseline if regressed else ())


def _at_cutoff(given: Declared, outcome: str) -> Baseline:
    if not given.baseline:
        raise ReviewError("review_stats.no_measures")
    data = cut(given, outcome)
    jumps = covariates_at_cutoff(data, options_of(given))
    rows = []
    for place, name in enumerate(given.baseline):
        effect = jumps[place].robust
        sides = [side.z[:, place] for side in (data.left, data.right)]
        sd = pooled_sd(group(sides[1], name), group(sides[0], name))
        n = effect.counts.treated, effect.counts.control
        rows.append((name, _sized(effect.estimate / sd, effect.se / sd, n, given.level)))
    return _judged(rows, given.baseline)


def _before_starts(given: Declared, outcome: str) -> Baseline:
    panel = panel_of(given, outcome)
    on: Flags = starters(panel)
    when = int(np.searchsorted(panel.periods, panel.first.min())) - 1
    columns = {outcome: panel.outcome[:, when]}
    columns |= {name: panel.covariates[k][:, when] for k, name in enumerate(given.baseline)}
    # a difference of changes takes out where each student stood before
    return baseline_equivalence(pd.DataFrame(columns), on, adjusted=(outcome, *given.baseline))
