"""The review of one student in words, for the person who knows the student."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from visitkit.text import say

if TYPE_CHECKING:
    from visitkit.review.case_result import CaseResult, Remark


def number(value: float) -> str:
    """Return a number as people write it: at most two decimals, none where there are none.

    Examples
    --------
    >>> number(3.0), number(-0.256), number(-0.001)
    ('3', '-0.26', '0')
    """
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def day(value: object) -> str:
    """Return a day as ``2026-11-02``."""
    return str(pd.Timestamp(str(value)).date())


def sentences(case: CaseResult, lang: str | None) -> Iterator[str]:
    """Yield the review, a sentence at a time: points, change, overlap, trend, end, remarks."""
    n = dict(zip(case.phase_table["phase"], case.phase_table["n"], strict=True))
    yield say(
        "review.case.points",
        lang,
        student=case.student_id,
        score=case.score,
        visit=day(case.first_visit),
        before=n["before"],
        after=n["after"],
    )
    yield _change(case, lang)
    yield from _overlap(case, lang)
    yield from _trend(case, lang)
    yield say(f"review.conclusion.{case.conclusion}", lang)
    yield from (remark(one, lang) for one in case.remarks)
    yield say("review.case.limits", lang)


def _change(case: CaseResult, lang: str | None) -> str:
    change, scale = case.change, case.reliability
    if change is None or scale is None:
        return say("review.case.no_change", lang, reason=reason(case.change_reason, lang))
    table = case.phase_table.set_index("phase")
    said = say(
        "review.case.change",
        lang,
        before=number(change.before),
        before_on=day(table.loc["before", "last"]),
        after=number(change.after),
        after_on=day(table.loc["after", "last"]),
        change=number(change.change),
        low=number(change.low),
        high=number(change.high),
        category=say(f"review.category.{change.category}", lang),
        reliability=number(scale.value),
        source=scale.norms.source,
    )
    if change.cutoff is not None:
        return said
    return said + say("review.case.no_cutoff", lang)


def _overlap(case: CaseResult, lang: str | None) -> Iterator[str]:
    nap, tau = case.nap.whole(), case.tau.whole()
    if nap is None or tau is None:
        yield say("review.case.no_overlap", lang, reason=reason(case.nap.reason, lang))
        return
    yield say(
        "review.case.overlap",
        lang,
        nap=round(100 * nap[0]),
        low=round(100 * nap[1]),
        high=round(100 * nap[2]),
        tau=number(tau[0]),
        tau_low=number(tau[1]),
        tau_high=number(tau[2]),
        before=case.nap.n[0],
        after=case.nap.n[1],
    )


def _trend(case: CaseResult, lang: str | None) -> Iterator[str]:
    line, corrected = case.estimates["theil_sen_slope"], case.estimates["tau_bc"]
    found = line.whole()
    if found is None or corrected.value is None:
        return
    yield say(
        "review.case.trend",
        lang,
        slope=number(7 * found[0]),
        low=number(7 * found[1]),
        high=number(7 * found[2]),
        n=line.n[0],
        corrected=number(corrected.value),
        why=reason(corrected.reason, lang),
    )


def reason(key: str, lang: str | None) -> str:
    """Return why a number is missing, as part of a sentence."""
    return say(f"review.reason.{key}", lang)


def remark(one: Remark, lang: str | None) -> str:
    """Return one remark as a sentence."""
    facts = {
        name: number(value) if isinstance(value, float) else value
        for name, value in one.facts.items()
    }
    return say(f"review.remark.{one.key}", lang, **facts)
