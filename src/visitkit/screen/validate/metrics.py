"""How well held-out scores found those they were meant to find, all figures with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.screen.evaluate import (
    RESAMPLES,
    AtCapacity,
    Estimate,
    at_capacity,
    average_precision,
    brier,
    percentiles,
    resampled,
)
from visitkit.screen.validate.calibration import (
    Calibration,
    calibration,
    reliability,
    scaled_brier,
)
from visitkit.screen.validate.decision import decision_curve
from visitkit.screen.validate.delong import delong
from visitkit.screen.validate.out_of_fold import OutOfFold

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Balanced accuracy of the best published single rule: Chicago's on-track flag has sensitivity
#: .751 and specificity .843 (Bowers, Sprott and Taff 2013, doi:10.1353/hsj.2013.0000), so .797.
ONE_RULE = 0.80


@dataclass(frozen=True, slots=True)
class OverBar:
    """How a model stands to the bar that one simple rule has reached.

    Parameters
    ----------
    balanced_accuracy
        Mean of the shares rightly found among those with and without the outcome, at the cut that
        was best for the students of the other folds; a cut chosen on the same students flatters.
    bar
        :data:`ONE_RULE`.
    lift
        ``balanced_accuracy`` less the bar.
    """

    balanced_accuracy: Estimate
    bar: float
    lift: Estimate

    @property
    def verdict(self) -> str:
        """``above``, ``below`` or ``noise``."""
        if self.lift.low > 0:
            return "above"
        return "below" if self.lift.high < 0 else "noise"


@dataclass(frozen=True)
class Evaluation:
    """All figures of one model on held-out students.

    Parameters
    ----------
    n, events, left_out, way
        Who was judged, and how they were kept apart from those learned from.
    auroc
        With DeLong's interval.
    average_precision
        Area under the precision-recall curve; chance gives the share of the outcome.
    at_capacity
        Precision, recall and lift of the list, with the highest recall it could have.
    bar
        Against one published rule; ``None`` where there is one fold only.
    brier, brier_scaled, calibration, reliability, curve
        ``None`` where the scores are no probabilities.
    """

    n: int
    events: int
    left_out: int
    way: str
    auroc: Estimate
    average_precision: Estimate
    at_capacity: AtCapacity
    bar: OverBar | None
    brier: Estimate | None = None
    brier_scaled: Estimate | None = None
    calibration: Calibration | None = None
    reliability: pd.DataFrame | None = None
    curve: pd.DataFrame | None = None

    def as_metrics(self) -> dict[str, dict[str, float]]:
        """Return the figures as plain numbers, for the model file."""
        told: dict[str, Estimate | None] = {
            "auroc": self.auroc,
            "average_precision": self.average_precision,
            "precision_at_capacity": self.at_capacity.precision,
            "recall_at_capacity": self.at_capacity.recall,
            "lift_at_capacity": self.at_capacity.lift,
            "brier": self.brier,
            "brier_scaled": self.brier_scaled,
        }
        if self.calibration is not None:
            told["ece"] = self.calibration.error
            told["calibration_slope"] = self.calibration.slope
            told["calibration_intercept"] = self.calibration.intercept
        if self.bar is not None:
            told["balanced_accuracy"] = self.bar.balanced_accuracy
        plain = {
            name: {
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "n": float(one.n),
                "events": float(one.events),
            }
            for name, one in told.items()
            if one is not None
        }
        plain["recall_at_capacity"]["cap"] = self.at_capacity.recall_cap
        plain["recall_at_capacity"]["k"] = float(self.at_capacity.k)
        return plain


def evaluate(
    found: OutOfFold, capacity: int, *, seed: int = 0, resamples: int = RESAMPLES
) -> Evaluation:
    """Return all figures of held-out scores.

    Parameters
    ----------
    found
        From :func:`visitkit.screen.validate.out_of_fold.out_of_fold_scores`; where students were
        divided several times, the first division.
    capacity
        Length of the list.
    seed, resamples
        Of the bootstrap behind all intervals but that of the area (DeLong) and of slope and
        intercept (Wald).

    Raises
    ------
    ScreenError
        When only one outcome occurs, or the list is longer than there are students.

    Examples
    --------
    >>> from visitkit.screen.validate.out_of_fold import scored
    >>> from sklearn.linear_model import LogisticRegression
    >>> ids = [f"S{n:02d}" for n in range(40)]
    >>> X = pd.DataFrame({"absent": range(40)}, index=pd.Index(ids, name="student_id"))
    >>> y = pd.Series([int(n % 4 == 3) for n in range(40)], index=ids)
    >>> known = X.index[:20]
    >>> model = LogisticRegression().fit(X.loc[known], y[known])
    >>> result = evaluate(scored(model, X.drop(known), y.drop(known)), 4)
    >>> result.n, result.events, result.at_capacity.recall_cap
    (20, 5, 0.8)
    """
    rows = found.first
    truth, score = rows["outcome"].to_numpy(), rows["score"].to_numpy()
    more: dict[str, Any] = {"seed": seed, "resamples": resamples}
    told: dict[str, Any] = {}
    if found.probabilities:
        told = {
            "brier": brier(truth, score, **more),
            "brier_scaled": scaled_brier(truth, score, **more),
            "calibration": calibration(truth, score, **more),
            "reliability": reliability(truth, score),
            "curve": decision_curve(truth, score, **more),
        }
    return Evaluation(
        n=len(rows),
        events=int(truth.sum()),
        left_out=found.left_out,
        way=found.way,
        auroc=delong(truth, score),
        average_precision=average_precision(truth, score, **more),
        at_capacity=at_capacity(truth, score, capacity, seed, resamples=resamples),
        bar=over_bar(found, **more) if rows["fold"].min() < rows["fold"].max() else None,
        **told,
    )


def over_bar(
    found: OutOfFold, *, bar: float = ONE_RULE, seed: int = 0, resamples: int = RESAMPLES
) -> OverBar:
    """Return balanced accuracy and how far it lies above that of one published rule.

    Parameters
    ----------
    found
        Scores from at least two folds.
    bar
        Balanced accuracy to beat.
    seed, resamples
        Of the bootstrap.

    Raises
    ------
    ScreenError
        When only one outcome occurs.

    References
    ----------
    110 published flags: Bowers, Sprott and Taff 2013, doi:10.1353/hsj.2013.0000. Best cut: Youden
    1950, doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3.
    """
    rows = found.first
    truth = rows["outcome"].to_numpy().astype(bool)
    score, fold = rows["score"].to_numpy(), rows["fold"].to_numpy()
    chosen = np.zeros(len(rows))
    for one in np.unique(fold):
        others = fold != one
        chosen[~others] = score[~others] >= best_cut(truth[others], score[others])
    values = resampled(truth, chosen, lambda y, flag, _lot: _balanced(y, flag), seed, resamples)
    n, events = len(rows), int(truth.sum())
    return OverBar(percentiles(values, n, events), bar, percentiles(values - bar, n, events))


def best_cut(truth: Flags, score: Floats) -> float:
    """Return the score from which on balanced accuracy is highest.

    Examples
    --------
    >>> best_cut(np.array([False, False, True, True]), np.array([1.0, 2.0, 3.0, 4.0]))
    3.0
    """
    order = np.argsort(-score, kind="stable")
    events, others = max(int(truth.sum()), 1), max(int((~truth).sum()), 1)
    gained = np.cumsum(truth[order]) / events - np.cumsum(~truth[order]) / others
    last_of_ties = np.append(score[order][1:] != score[order][:-1], True)
    place = int(np.argmax(np.where(last_of_ties, gained, -np.inf)))
    return float(score[order][place])


def _balanced(truth: Flags, chosen: Floats) -> float:
    return float((chosen[truth].mean() + 1 - chosen[~truth].mean()) / 2)
