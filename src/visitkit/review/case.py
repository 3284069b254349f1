"""One student before and after the first visit: what changed, how sure that is, and what is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review import single_case as overlap
from visitkit.review import single_case_trend as trends
from visitkit.review.case_result import CaseResult, Remark
from visitkit.review.estimates import Estimate
from visitkit.review.measured import Measured, measured, measurements
from visitkit.review.reliable_change import (
    Reliability,
    ReliableChange,
    direction,
    regression_to_mean,
    reliable_change,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReview:
    """Review one student before and after the first visit.

    Parameters
    ----------
    score
        Name of the column with the score.
    higher_is
        ``"better"`` or ``"worse"``: what a high score means.
    reliability
        How exactly the scale measures, with its source. Without it no change is called reliable.
    cutoff
        Score that parts the usual range from the rest. Without it nobody is called recovered.
    screening
        Name of the column that marks the measurement the student was chosen by. ``None`` says
        that students were not chosen by this score.

    Notes
    -----
    A student chosen because a score was high will score lower next time, visit or no visit. So the
    score a student was chosen by is never the baseline, nor is anything measured before it; the
    baseline is what was measured after the choice and before the first visit.

    Examples
    --------
    >>> days = ["2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28"]
    >>> days += ["2026-10-12", "2026-10-19", "2026-10-26"]
    >>> panel = pd.DataFrame({"student_id": "01", "date": days, "first_visit": "2026-10-05",
    ...     "mood": [9, 7, 8, 7, 5, 4, 4], "screening": [True] + 6 * [False]})
    >>> found = CaseReview(score="mood", higher_is="worse").fit(panel)
    >>> found.nap.value, found.nap.n, found.conclusion
    (1.0, (3, 3), 'better')
    """

    score: str
    higher_is: str
    reliability: Reliability | None = None
    cutoff: float | None = None
    screening: str | None = "screening"

    def fit(self, df: pd.DataFrame) -> CaseResult:
        """Return the review of one student.

        Parameters
        ----------
        df
            ``student_id``, ``date``, ``first_visit``, the score and the screening mark; rows in
            any order, see :func:`visitkit.review.measured.measurements`.

        Raises
        ------
        ReviewError
            When the table is not of exactly one student, lacks a column, holds something else
            than days and numbers, two scores on one day, no score at all or no first visit.
        """
        direction(self.higher_is)
        table = measurements(df, self.score, self.screening)
        found = table["student_id"].nunique()
        if found != 1:
            raise ReviewError("review.not_one_student", number=found)
        return review_student(self, measured(table))


def review_student(asked: CaseReview, one: Measured) -> CaseResult:
    """Return the review of one student whose measurements are in their phases.

    Parameters
    ----------
    asked
        What is asked for.
    one
        The measurements.
    """
    change, reason = _change(asked, one)
    estimates = _estimates(asked, one)
    return CaseResult(
        student_id=one.student_id,
        score=asked.score,
        higher_is=asked.higher_is,
        first_visit=one.first_visit,
        points=one.points,
        phase_table=_phase_table(one),
        trend_line=_trend_line(one),
        change=change,
        change_reason=reason,
        estimates=estimates,
        conclusion=_conclusion(one, estimates),
        remarks=_remarks(asked, one, estimates),
        reliability=asked.reliability,
    )


def _change(asked: CaseReview, one: Measured) -> tuple[ReliableChange | None, str]:
    before, after = one.of("before"), one.of("after")
    if before.empty:
        return None, "only_screening" if one.chosen_by is not None else "nothing_before"
    if after.empty:
        return None, "nothing_after"
    if asked.reliability is None:
        return None, "no_reliability"
    last = float(before["value"].iloc[-1]), float(after["value"].iloc[-1])
    found = reliable_change(
        *last, asked.reliability, higher_is=asked.higher_is, cutoff=asked.cutoff
    )
    return found, ""


def _estimates(asked: CaseReview, one: Measured) -> dict[str, Estimate]:
    before, after = one.of("before"), one.of("after")
    a, b = before["value"].to_numpy(), after["value"].to_numpy()
    start = one.points["date"].iloc[0]
    when = trends.Days(_days(before, start), _days(after, start))
    way, sign = asked.higher_is, direction(asked.higher_is)
    found = [
        overlap.nap(a, b, higher_is=way),
        overlap.tau(a, b, higher_is=way),
        trends.tau_phase(a, b, higher_is=way),
        trends.tau_bc(a, b, higher_is=way, days=when),
        overlap.pnd(a, b, higher_is=way),
        overlap.pem(a, b, higher_is=way),
        overlap.pand(a, b, higher_is=way),
        overlap.ird(a, b, higher_is=way),
        *(trends.tau_u(a, b, variant, higher_is=way) for variant in trends.TAU_U),
        trends.slope(sign * a, _days(before, start)),
        trends.kendall(sign * a),
        trends.follow_on(a, b),
    ]
    return {each.name: each for each in found}


def _days(points: pd.DataFrame, start: pd.Timestamp) -> overlap.Floats:
    return np.asarray((points["date"] - start).dt.days, dtype=np.float64)


def _phase_table(one: Measured) -> pd.DataFrame:
    rows = []
    for phase in ("before", "after"):
        points = one.of(phase)
        value = points["value"]
        line = trends.slope(value.to_numpy(), _days(points, one.points["date"].iloc[0]))
        row = {
            "phase": phase,
            "n": len(points),
            "first": points["date"].min(),
            "last": points["date"].max(),
            "median": value.median(),
            "lowest": value.min(),
            "highest": value.max(),
            "slope": line.value,
            "slope_low": line.low,
            "slope_high": line.high,
        }
        rows.append(row)
    kinds = dict.fromkeys(("median", "lowest", "highest", "slope", "slope_low", "slope_high"))
    return pd.DataFrame(rows).astype(dict.fromkeys(kinds, "float64"))


def _trend_line(one: Measured) -> pd.DataFrame:
    before, start = one.of("before"), one.points["date"].iloc[0]
    if len(before) < overlap.LEAST_POINTS:
        return pd.DataFrame({"date": pd.Series(dtype="datetime64[us]"), "value": []})
    t, y = _days(before, start), before["value"].to_numpy()
    rise = trends.slope(y, t).value or 0.0
    level = float(np.median(y) - rise * np.median(t))
    ends = pd.Series([before["date"].iloc[0], one.points["date"].iloc[-1]])
    return pd.DataFrame({"date": ends, "value": level + rise * (ends - start).dt.days})


def _conclusion(one: Measured, estimates: Mapping[str, Estimate]) -> str:
    if one.of("before").empty:
        return "no_second_baseline"
    if one.of("after").empty:
        return "nothing_after"
    plain, corrected = estimates["tau_a_v_b"].whole(), estimates["tau_bc"].value
    if plain is None or corrected is None:
        return estimates["tau_a_v_b"].reason
    value, low, high = plain
    if value and np.sign(value) != np.sign(corrected):
        return "trend_disagrees"
    if low > 0:
        return "better"
    return "worse" if high < 0 else "unclear"


def _remarks(
    asked: CaseReview, one: Measured, estimates: Mapping[str, Estimate]
) -> tuple[Remark, ...]:
    n = len(one.of("before")), len(one.of("after"))
    found = [*_baseline_remarks(asked, one)]
    if overlap.LEAST_POINTS <= min(n) < overlap.GOOD_POINTS:
        found.append(Remark("few_points", {"before": n[0], "after": n[1]}))
    follows = estimates["autocorrelation_lag_1"]
    if follows.value is not None and follows.value > 0:
        found.append(Remark("follow_on", _interval(follows)))
    if len(one.of("visit_day")):
        found.append(Remark("visit_day"))
    if one.missing:
        found.append(Remark("missing", {"number": one.missing}))
    return tuple(found)


def _interval(one: Estimate) -> dict[str, object]:
    return {"value": one.value, "low": one.low, "high": one.high, "n": sum(one.n)}


def _baseline_remarks(asked: CaseReview, one: Measured) -> list[Remark]:
    if asked.screening is None:
        return [Remark("not_chosen_by_score")]
    if one.chosen_by is None:
        return [Remark("choice_not_marked")]
    if len(one.of("before")):
        return []
    if asked.reliability is None:
        return [Remark("falls_back")]
    expected = regression_to_mean(one.chosen_by, asked.reliability)
    return [Remark("falls_back_by", {"chosen": one.chosen_by, "expected": expected})]


__all__ = ["CaseResult", "CaseReview", "Remark", "review_student"]
