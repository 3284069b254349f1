"""Students chosen because a score passed a cutoff, as frozen before the first visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold import (
    ThresholdData,
    ThresholdEffect,
    ThresholdExtras,
    ThresholdOptions,
    threshold_data,
    threshold_effect,
)
from visitkit.review.designs.threshold.pooling import pooled_threshold_data
from visitkit.review.designs.threshold.randomisation import (
    Shuffles,
    choose_window,
    local_randomisation,
)
from visitkit.review.inputs import numbers
from visitkit.review.result import Effect, Flags, Floats, Note, note
from visitkit.review.stats import EffectSize, g_from_regression, read_record
from visitkit.review.stats.cluster_inference import clusters_a_side
from visitkit.review.stats.fingerprint import text_of
from visitkit.review.stats.groups import group
from visitkit.review.study.accept import same_line
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found

#: Fewer distinct scores on a side within the window: compare as if drawn by lot.
FEW_SCORES = 20


@dataclass(frozen=True, slots=True)
class Assigned:
    """The record, joined to the table by student.

    Parameters
    ----------
    score, cutoff : ndarray of shape (n_rows,)
        As frozen.
    flagged : ndarray of bool, shape (n_rows,)
    overridden
        Decisions against the flag, among the students of the table.
    not_in_table
        Students of the record who are not in the table: lost, and counted as such.
    flagged_not_in_table
        How many of them were flagged.
    """

    score: Floats
    cutoff: Floats
    flagged: Flags
    overridden: int
    not_in_table: int
    flagged_not_in_table: int


def assigned(given: Declared) -> Assigned:
    """Read the record, refuse one that was changed or is late, and join it by student.

    Raises
    ------
    ReviewError
        When the record is not the frozen one, is not older than the first visit, lacks a student of
        the table, or contradicts the score or cutoff declared.
    """
    if given.record is None:
        raise ReviewError("study.no_record")
    record = read_record(
        given.record.table, given.record.content_hash, first_visit=given.first_visit
    )
    rows = record.table.set_index("student_id")
    wanted = [text_of(one) for one in given.table[given.unit]]
    absent = len(set(wanted) - set(rows.index))
    if absent:
        raise ReviewError("study.not_in_record", number=absent)
    mine, others = rows.loc[wanted], rows.drop(index=wanted)
    _agree(given, mine["score"].to_numpy(), mine["cutoff"].to_numpy())
    return Assigned(
        mine["score"].to_numpy(dtype=np.float64),
        mine["cutoff"].to_numpy(dtype=np.float64),
        mine["flagged"].to_numpy(dtype=bool),
        int(mine["override"].sum()),
        len(others),
        int(others["flagged"].sum()),
    )


def _agree(given: Declared, score: Floats, cutoff: Floats) -> None:
    if given.cutoff is not None and (cutoff != given.cutoff).any():
        raise ReviewError(
            "study.another_cutoff", declared=given.cutoff, frozen=f"{float(cutoff[0]):g}"
        )
    if given.score is not None:
        told = numbers(given.table[given.score], given.score)
        different = int((~np.isclose(told, score, rtol=1e-9, atol=1e-9)).sum())
        if different:
            raise ReviewError("study.another_score", column=given.score, number=different)
    frozen = given.table[given.unit].rename("score").to_frame().assign(score=score)["score"]
    for name in given.outcome:
        if same_line(given.table[name], frozen):
            raise ReviewError("review_designs.outcome_is_score")


def cut(given: Declared, outcome: str, who: Assigned | None = None) -> ThresholdData:
    """Return one outcome cut in two at the cutoff, with everybody who was overridden in it."""
    who = who or assigned(given)
    everybody = np.ones(len(given.table), dtype=bool)
    extras = ThresholdExtras(
        received=given.treated,
        covariates=given.covariates.to_numpy() if given.baseline else None,
        cluster=given.cluster_of(everybody),
    )
    if given.cluster is not None:
        clusters_a_side(who.flagged, given.cluster_of(everybody) or [])
    y = given.table[outcome].to_numpy()
    if len(np.unique(who.cutoff)) == 1:
        return threshold_data(who.score, y, float(who.cutoff[0]), extras)
    # each school or term has its own cutoff, which therefore names it
    return pooled_threshold_data(who.score, y, who.cutoff, who.cutoff.tolist(), extras)


def options_of(given: Declared) -> ThresholdOptions:
    """Return the settings of the local estimate."""
    return ThresholdOptions(bandwidth=given.bandwidth, level=given.level)


def at_threshold(given: Declared, outcome: str) -> Found:
    """Estimate the effect at the cutoff, sharp, fuzzy or in a window as if drawn by lot."""
    who = assigned(given)
    data = cut(given, outcome, who)
    try:
        found: ThresholdEffect | None = threshold_effect(data, options_of(given))
    except ReviewError as error:
        if error.key != "review_designs.few_scores" or data.fuzzy or not given.baseline:
            raise
        found = None
    notes = _notes(who, data)
    if found is None or (_few(found) and not data.fuzzy and given.baseline):
        window = choose_window(data, Shuffles(draws=999, seed=given.seed))
        shuffles = Shuffles(seed=given.seed, level=given.level)
        effect = local_randomisation(data, window.width, shuffles)
        near = np.abs(who.score - who.cutoff) <= window.width
        told = (*notes, note("study.warn.window_instead"))
        return _found(given, outcome, _with(effect, told), near, (data, window))
    near = np.abs(who.score - who.cutoff) <= found.h
    return _found(given, outcome, _with(found.robust, notes), near, (data, found))


def _few(found: ThresholdEffect) -> bool:
    """Tell whether scores are shared by many and few: bands or rounded points."""
    few = min(found.distinct) < FEW_SCORES
    return few and any(d < n for d, n in zip(found.distinct, found.n_h, strict=True))


def _notes(who: Assigned, data: ThresholdData) -> tuple[Note, ...]:
    told = []
    if data.fuzzy:
        told.append(note("study.warn.fuzzy", number=who.overridden))
    told.append(note("study.warn.local_only", cutoff=f"{float(who.cutoff[0]):.1f}"))
    return tuple(told)


def _with(effect: Effect, more: tuple[Note, ...]) -> Effect:
    counts = (effect.estimate, effect.se, effect.ci, effect.df, effect.p, effect.counts)
    return Effect(*counts, effect.method, effect.level, (*effect.warnings, *more))


def _found(given: Declared, outcome: str, effect: Effect, near: Flags, material: object) -> Found:
    y = numbers(given.table[outcome], outcome)
    known = ~np.isnan(y) & ~given.covariates.isna().any(axis=1).to_numpy()
    size = _size(y, given.treated, effect, near & known)
    return Found(outcome, effect, size, near & known, None, material)


def _size(y: Floats, treated: Flags, effect: Effect, near: Flags) -> EffectSize | None:
    """Divide by the spread near the cutoff, where the effect is."""
    if min((treated & near).sum(), (~treated & near).sum()) < 2:
        return None
    first, second = group(y[near & treated]), group(y[near & ~treated])
    return g_from_regression(
        effect.estimate, effect.se, first, second, covariates=2, level=effect.level
    )
