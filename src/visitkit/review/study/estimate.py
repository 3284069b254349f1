"""The estimate of each outcome, with the naive figure beside it as what would have been wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.staggered import Panel
from visitkit.review.inputs import numbers
from visitkit.review.result import Counts, Effect, Flags, Floats, note, wald
from visitkit.review.stats import discoveries
from visitkit.review.study.change import Starts, series, staggered, starters
from visitkit.review.study.compare import chosen, randomised
from visitkit.review.study.cutoff import assigned, at_threshold
from visitkit.review.study.declare import Declared
from visitkit.review.study.detectable import from_error, planned
from visitkit.review.study.effect import EffectRow, EffectTable, Found, Seen, refusal
from visitkit.review.study.ending import time_to_event
from visitkit.review.study.harm import harm_of
from visitkit.review.study.means import means_of

ESTIMATORS: dict[str, Callable[[Declared, str], Found]] = {
    "randomised": randomised,
    "threshold": at_threshold,
    "chosen": chosen,
    "staggered": staggered,
    "series": series,
    "time_to_event": time_to_event,
}


def estimate_one(given: Declared, outcome: str) -> Found:
    """Estimate one outcome in the way that the declared assignment allows, and in no other.

    Raises
    ------
    ReviewError
        When no honest figure can be given.
    """
    return ESTIMATORS[given.assign](given, outcome)


def see_one(given: Declared, outcome: str) -> Seen:
    """Return the smallest effect that one outcome could show."""
    told = planned(given, outcome)
    return told if told is not None else from_error(estimate_one(given, outcome), given.level)


def estimate(given: Declared) -> EffectTable:
    """Estimate every outcome; one that allows no figure is refused by a sentence.

    Raises
    ------
    ReviewError
        When no outcome allows a figure: the reason of the first.
    """
    found: list[tuple[Found, Seen]] = []
    refused, first = [], None
    for outcome in given.outcome:
        try:
            one = estimate_one(given, outcome)
            seen = planned(given, outcome) or from_error(one, given.level)
        except ReviewError as error:
            first = first or error
            refused.append(refusal(outcome, error))
        else:
            found.append((one, seen))
    if not found and first is not None:
        raise first
    return EffectTable(_rows(given, found), tuple(refused))


def _rows(given: Declared, found: list[tuple[Found, Seen]]) -> tuple[EffectRow, ...]:
    domains = [given.domains.get(one.outcome, "") for one, _ in found]
    held = discoveries([one.effect.p for one, _ in found], domains)
    return tuple(
        EffectRow(
            *(one, seen, domain, q.q, q.of, naive(given, one)),
            means=means_of(given, one),
            harm=harm_of(given, one.outcome),
        )
        for (one, seen), domain, q in zip(found, domains, held, strict=True)
    )


def naive(given: Declared, found: Found) -> Effect | None:
    """Return the change from before to after among the treated: shown beside, never instead.

    Students chosen because they stood high fall back by themselves, so this figure is wrong for
    them however small its p. ``None`` where no measure from before was declared.
    """
    try:
        gap = _gaps(given, found)
        if gap is None or len(gap) < 2:
            return None
        error = float(gap.std(ddof=1)) / len(gap) ** 0.5
        made = wald(
            float(gap.mean()),
            error,
            Counts(len(gap), 0),
            "study.method.before_after",
            df=len(gap) - 1.0,
            level=given.level,
        )
    except ReviewError:
        return None  # without an interval there is no figure, not even a wrong one
    return replace(made, warnings=(note("study.warn.wrong"),))


def _gaps(given: Declared, found: Found) -> Floats | None:
    outcome = found.outcome
    if isinstance(found.material, Starts):
        return _panel_gaps(found.material.cells.panel)
    if given.assign in {"series", "time_to_event"} or outcome not in given.before:
        return None
    earlier = given.before[outcome]
    change = numbers(given.table[outcome], outcome) - numbers(given.table[earlier], earlier)
    change = change[given.treated]
    return change[~np.isnan(change)]


def _panel_gaps(panel: Panel) -> Floats:
    """Return for each starter the mean after the start less the mean before."""
    on = starters(panel)
    after = panel.periods[None, :] >= panel.first[on, None]
    y = panel.outcome[on]
    late = (y * after).sum(axis=1) / after.sum(axis=1)
    early = (y * ~after).sum(axis=1) / (~after).sum(axis=1)
    gaps: Floats = late - early
    return gaps


def sides_assigned(given: Declared) -> Flags:
    """Tell who was meant to be treated, one a row of the table."""
    return assigned(given).flagged if given.assign == "threshold" else given.treated
