"""Students who were helped: both analyses, because help that works hides the risk it met."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import RESAMPLES, Estimate, percentiles
from visitkit.screen.validate.calibration import EDGE
from visitkit.screen.validate.joining import by_student
from visitkit.screen.validate.out_of_fold import OutOfFold

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Weighted = Callable[[Flags, Floats, Floats], float]

#: Weights are cut at this quantile: one rare student must not decide the figure.
MOST_WEIGHT = 0.99

#: Least students of each kind among those without help.
LEAST = 5


@dataclass(frozen=True, slots=True)
class Analysis:
    """One way of reckoning with help.

    Parameters
    ----------
    n, events
        Students in it.
    auroc
        Area under the curve.
    ratio
        Outcomes over those promised; 1 is best. ``None`` where the scores are no probabilities.
    """

    n: int
    events: int
    auroc: Estimate
    ratio: Estimate | None


@dataclass(frozen=True, slots=True)
class BothAnalyses:
    """What a model is worth with and without the students who were helped.

    Parameters
    ----------
    everybody
        All students, as if no one had been helped.
    untreated
        Only those who were not. ``None`` where too few are left.
    weighted
        Those, each weighted by one over the probability of not being helped at that score, so that
        they stand for everybody. ``None`` as above.
    helped
        Students who were helped in the window.
    helped_high
        Share helped among the tenth with the highest scores: where help went.
    """

    everybody: Analysis
    untreated: Analysis | None
    weighted: Analysis | None
    helped: int
    helped_high: float

    @property
    def verdict(self) -> str:
        """``none`` helped, ``cannot`` be told, ``same``, or ``differs`` by more than chance."""
        if self.helped == 0:
            return "none"
        if self.untreated is None or self.weighted is None:
            return "cannot"
        others = (self.untreated.auroc.value, self.weighted.auroc.value)
        inside = all(self.everybody.auroc.low <= one <= self.everybody.auroc.high for one in others)
        return "same" if inside else "differs"


def treated_between(
    tables: Mapping[str, pd.DataFrame], as_of: dt.date, until: dt.date
) -> pd.Series[Any]:
    """Return who was visited or helped after the day of the figures, up to the end of the window.

    Parameters
    ----------
    tables
        Of a school: ``visits`` (``date``) and ``interventions`` (``start``, and ``end`` where
        known) are read.
    as_of, until
        Help on ``as_of`` itself belongs to the figures, help on ``until`` to the window. Help that
        began before and has no end by then counts too: it goes on acting.

    Returns
    -------
    Series of bool
        By ``student_id``; students without an entry were not helped as far as is known.

    Examples
    --------
    >>> visits = pd.DataFrame({"student_id": ["S01"], "date": pd.to_datetime(["2026-11-09"])})
    >>> treated_between({"visits": visits}, dt.date(2026, 11, 2), dt.date(2027, 1, 29)).to_dict()
    {'S01': True}
    """
    first, last = pd.Timestamp(as_of), pd.Timestamp(until)
    helped: set[str] = set()
    visits = tables.get("visits")
    if visits is not None and len(visits):
        day = pd.to_datetime(visits["date"]).dt.normalize()
        inside = (day > first) & (day <= last)
        helped.update(visits.loc[inside, "student_id"].astype(str))
    given = tables.get("interventions")
    if given is not None and len(given):
        start = pd.to_datetime(given["start"]).dt.normalize()
        running = start <= last
        if "end" in given:
            end = pd.to_datetime(given["end"])
            running &= end.isna() | (end > first)
        helped.update(given.loc[running, "student_id"].astype(str))
    ids = pd.Index(sorted(str(one) for one in helped), dtype="str", name="student_id")
    return pd.Series(True, index=ids, dtype=bool, name="treated")


def both_analyses(
    found: OutOfFold, treated: pd.Series[Any], *, seed: int = 0, resamples: int = RESAMPLES
) -> BothAnalyses:
    """Return the figures of everybody, of students without help, and of these weighted.

    Parameters
    ----------
    found
        Held-out scores.
    treated
        By ``student_id``: helped within the window of the outcome; who is not there was not.
    seed, resamples
        Of the bootstrap.

    Raises
    ------
    ScreenError
        When the log is not by student.

    Notes
    -----
    Help that works turns the outcome of exactly those with high scores, so a good model looks worse
    than it is (and a model trained on such outcomes learns that high risk is safe). Weights
    take help to depend on the score alone; what else moved people to help is not in them. Read
    the figures beside each other and trust none alone. Weighting: Cole and Hernan 2008,
    doi:10.1093/aje/kwn164; the paradox: Lenert, Matheny and Walsh 2019,
    doi:10.1093/jamia/ocz145.
    """
    rows = found.first
    log = by_student(treated, "treated") if len(treated) else pd.Series(dtype=bool)
    helped = log.reindex(rows.index).eq(True).to_numpy(dtype=bool)
    truth, score = rows["outcome"].to_numpy().astype(bool), rows["score"].to_numpy()
    odds = _odds(score, found.probabilities)
    high = score >= np.quantile(score, 0.9)
    make = _Maker(found.probabilities, seed, resamples)
    everybody = make.analysis(truth, score, None)
    if everybody is None:
        raise ScreenError("screen.one_outcome", events=int(truth.sum()), n=len(truth))
    untreated: Analysis | None = everybody
    weighted: Analysis | None = everybody
    if helped.any():
        kept = ~helped
        untreated = make.analysis(truth[kept], score[kept], None)
        weight = _weights(odds, helped)[kept] if untreated is not None else None
        weighted = None if weight is None else make.analysis(truth[kept], score[kept], weight)
    share = float(helped[high].mean())
    return BothAnalyses(everybody, untreated, weighted, int(helped.sum()), share)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes an analysis with its intervals."""

    probabilities: bool
    seed: int
    resamples: int

    def analysis(self, truth: Flags, score: Floats, weight: Floats | None) -> Analysis | None:
        events = int(truth.sum())
        if min(events, len(truth) - events) < LEAST:
            return None
        given = np.ones(len(truth)) if weight is None else weight
        area = self.bootstrap(truth, score, given, weighted_area)
        ratio = None
        if self.probabilities:
            ratio = self.bootstrap(truth, score, given, _ratio, apart=False)
        return Analysis(len(truth), events, area, ratio)

    def bootstrap(
        self, truth: Flags, score: Floats, weight: Floats, metric: Weighted, *, apart: bool = True
    ) -> Estimate:
        rng = np.random.default_rng(self.seed)
        # the number of outcomes is what a ratio is about, so there it has to vary as well
        groups = [np.flatnonzero(truth), np.flatnonzero(~truth)]
        groups = groups if apart else [np.arange(len(truth))]
        values = [metric(truth, score, weight)]
        for _ in range(self.resamples):
            rows = np.concatenate([rng.choice(group, len(group)) for group in groups])
            values.append(metric(truth[rows], score[rows], weight[rows]))
        return percentiles(np.array(values), len(truth), int(truth.sum()))


def weighted_area(truth: Flags, score: Floats, weight: Floats) -> float:
    """Return the area under the curve of weighted students; ties count half.

    Examples
    --------
    >>> truth, score = np.array([True, False, False]), np.array([2.0, 1.0, 3.0])
    >>> weighted_area(truth, score, np.array([1.0, 3.0, 1.0]))
    0.75
    """
    values, place = np.unique(score, return_inverse=True)
    events = np.bincount(place, weights=weight * truth, minlength=len(values))
    others = np.bincount(place, weights=weight * ~truth, minlength=len(values))
    below = np.cumsum(others) - others
    return float((events * (below + others / 2)).sum() / (events.sum() * others.sum()))


def _ratio(truth: Flags, score: Floats, weight: Floats) -> float:
    return float((weight * truth).sum() / max(float((weight * score).sum()), EDGE))


def _odds(score: Floats, probabilities: bool) -> Floats:
    odds = logit(np.clip(score, EDGE, 1 - EDGE)) if probabilities else score
    spread = float(odds.std())
    scaled: Floats = (odds - odds.mean()) / (spread if spread > 0 else 1.0)
    return scaled


def _weights(odds: Floats, helped: Flags) -> Floats:
    """Return one over the probability of not being helped at a score, scaled and cut."""
    fitted = LogisticRegression().fit(odds[:, None], helped)
    left = expit(-fitted.decision_function(odds[:, None]))
    weight: Floats = (1 - helped.mean()) / np.clip(left, EDGE, None)
    return np.minimum(weight, np.quantile(weight[~helped], MOST_WEIGHT))
