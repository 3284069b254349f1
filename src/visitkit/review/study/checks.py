"""What could overturn an estimate: hidden reasons, other models, placebos, lost outcomes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.inputs import numbers
from visitkit.review.result import Effect, Floats, Note, note
from visitkit.review.stats import (
    EValue,
    e_value,
    e_value_of_difference,
    extreme_bounds,
    imputed_effect,
    lee_bounds,
    placebo,
    robustness_value,
    rosenbaum_bounds,
)
from visitkit.review.study.compare import pairs_of
from visitkit.review.study.declare import METHODS, Declared
from visitkit.review.study.effect import Found
from visitkit.review.study.ending import Ends
from visitkit.review.study.estimate import estimate_one, sides_assigned


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one outcome.

    Parameters
    ----------
    outcome
        Its column.
    kind
        What was asked, for example ``"e_value"`` or ``"bandwidth"``.
    figures
        Names and numbers, for tables and pictures; an estimate comes with ``low`` and ``high``.
        Empty when the check could not be made.
    told
        The finding, or why there is none, as a sentence.
    """

    outcome: str
    kind: str
    figures: tuple[tuple[str, float], ...]
    told: Note

    def figure(self, name: str) -> float:
        """Return one of the figures.

        Raises
        ------
        ReviewError
            When the check has none of that name.
        """
        for own, value in self.figures:
            if own == name:
                return value
        raise ReviewError("study.no_such_figure", figure=name, check=self.kind)


def made(outcome: str, kind: str, **figures: float) -> Check:
    """Return a check whose sentence is made from its figures."""
    told = {name: (chance if name == "p" else brief)(value) for name, value in figures.items()}
    return Check(outcome, kind, tuple(figures.items()), note(f"study.check.{kind}", **told))


def brief(value: float) -> str:
    """Return a number as it is told in a sentence.

    Examples
    --------
    >>> brief(-0.03456), brief(1234.5), brief(float("inf"))
    ('-0.0346', '1234', 'inf')
    """
    if math.isinf(value):
        return "inf"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def chance(p: float) -> str:
    """Return a p as it is told in a sentence.

    Examples
    --------
    >>> chance(0.04567), chance(1e-9)
    ('0.046', '<0.001')
    """
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def of_effect(outcome: str, kind: str, effect: Effect, **more: float) -> Check:
    """Return a check that is another estimate, with its interval."""
    ends = {"b": effect.estimate, "low": effect.ci[0], "high": effect.ci[1], "p": effect.p}
    return made(outcome, kind, **ends, **more)


def tried(outcome: str, kind: str, make: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """Yield checks, or the sentence that says why one could not be made."""
    try:
        yield from list(make())
    except ReviewError as error:
        yield Check(outcome, kind, (), note(error.key, **error.facts))


def hidden(given: Declared, found: Found) -> Iterator[Check]:
    """Yield how strong a hidden reason would have to be."""
    name, effect = found.outcome, found.effect
    if isinstance(found.material, Ends):
        ratio = found.material.hazard
        yield from tried(
            name, "e_value", lambda: [_told(name, _of_ratio(ratio.ratio, ratio.ratio_ci))]
        )
        return
    size = found.size
    if size is not None:
        yield from tried(
            name, "e_value", lambda: [_told(name, e_value_of_difference(size.value, size.se))]
        )
    if given.assign in {"randomised", "chosen"}:
        df = effect.df
        if math.isinf(df):
            df = found.analysed.sum() - len(given.baseline) - 2.0
        yield from tried(name, "robustness", lambda: [_robust(name, effect, df)])
    pairs = pairs_of(found)
    if pairs is not None:
        y = numbers(given.table[name], name)
        x = given.covariates.to_numpy()
        kept = y[~np.isnan(y) & ~np.isnan(x).any(axis=1)]
        yield from tried(
            name,
            "rosenbaum",
            lambda: [_rosenbaum(name, kept[pairs.treated], kept[pairs.control], effect)],
        )


def _of_ratio(ratio: float, ends: tuple[float, float]) -> EValue:
    return e_value(ratio, *ends)


def _told(outcome: str, found: EValue) -> Check:
    return made(outcome, "e_value", value=found.value, limit=found.limit)


def _robust(outcome: str, effect: Effect, df: float) -> Check:
    found = robustness_value(effect.estimate / effect.se, df, alpha=1 - effect.level)
    return made(outcome, "robustness", value=found.value, limit=found.value_alpha)


def _rosenbaum(outcome: str, treated: Floats, control: Floats, effect: Effect) -> Check:
    higher = effect.estimate > 0
    found = rosenbaum_bounds(treated, control, higher=higher)
    return made(outcome, "rosenbaum", gamma=found.breaks_at, pairs=float(found.pairs))


def other_models(given: Declared, found: Found) -> Iterator[Check]:
    """Yield the same comparison made in the other ways."""
    if given.assign != "chosen":
        return
    for method in METHODS:
        if method != given.method:
            make = partial(_other, given, found.outcome, method)
            yield from tried(found.outcome, f"by_{method}", make)


def _other(given: Declared, outcome: str, method: str) -> list[Check]:
    effect = estimate_one(replace(given, method=method), outcome).effect
    return [of_effect(outcome, f"by_{method}", effect)]


def placebo_outcome(given: Declared, found: Found) -> Iterator[Check]:
    """Yield the effect on an outcome that the treatment cannot have changed."""
    if given.placebo is None:
        return
    name = given.placebo

    def make() -> list[Check]:
        effect = estimate_one(replace(given, outcome=(name,)), name).effect
        told = placebo(found.effect, effect)
        row = of_effect(found.outcome, "placebo_outcome", effect, share=told.share)
        return [replace(row, told=told.note)]

    yield from tried(found.outcome, "placebo_outcome", make)


def lost(given: Declared, found: Found) -> Iterator[Check]:
    """Yield what lost outcomes could hide: bounds, and multiple imputation."""
    name = found.outcome
    if given.assign not in {"randomised", "chosen", "threshold"}:
        return
    y = numbers(given.table[name], name)
    if not np.isnan(y).any():
        return
    side = sides_assigned(given)
    if name in given.limits:
        low, high = given.limits[name]
        yield from tried(
            name,
            "bounds_extreme",
            lambda: [_bounds(name, extreme_bounds(y, side, low, high, level=given.level).ci)],
        )
    if given.assign != "randomised":
        return
    yield from tried(
        name, "bounds_lee", lambda: [_lee(name, lee_bounds(y, side, level=given.level).ci)]
    )
    if given.baseline and given.cluster is None:
        yield from tried(name, "imputed", lambda: [_imputed(given, name)])


def _bounds(outcome: str, ends: tuple[float, float]) -> Check:
    return made(outcome, "bounds_extreme", low=ends[0], high=ends[1])


def _lee(outcome: str, ends: tuple[float, float]) -> Check:
    return made(outcome, "bounds_lee", low=ends[0], high=ends[1])


def _imputed(given: Declared, outcome: str) -> Check:
    x = given.covariates.to_numpy()
    y = numbers(given.table[outcome], outcome)
    found = imputed_effect(y, given.treated, x, seed=given.seed, level=given.level)
    return made(outcome, "imputed", b=found.estimate, low=found.ci[0], high=found.ci[1])


def wild(found: Found) -> Iterator[Check]:
    """Yield the wild cluster bootstrap that stands beside CR2 with few classes."""
    if found.wild is not None:
        test = found.wild
        yield made(
            found.outcome, "wild", b=test.estimate, low=test.ci[0], high=test.ci[1], p=test.p
        )
