"""Whether one model is better than another, or the difference is noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student_t

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import LEVEL, auroc
from visitkit.screen.validate.delong import Difference, delong_paired
from visitkit.screen.validate.out_of_fold import OutOfFold

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on the same students and folds, area under the curve.

    Parameters
    ----------
    students
        Paired DeLong test on the students of the first division.
    folds
        Corrected resampled t over all folds; ``None`` where there are fewer than two, or a fold
        holds one outcome only.
    """

    students: Difference
    folds: Difference | None

    @property
    def told(self) -> Difference:
        """The difference to quote: of the test that shows none, else of the students."""
        if self.folds is not None and self.folds.noise and not self.students.noise:
            return self.folds
        return self.students

    @property
    def verdict(self) -> str:
        """``first``, ``second`` or ``noise``; noise unless every test made shows a difference."""
        made = [one for one in (self.students, self.folds) if one is not None]
        if any(one.noise for one in made) or len({one.value > 0 for one in made}) > 1:
            return "noise"
        return "first" if self.students.value > 0 else "second"


def compare(first: OutOfFold, second: OutOfFold) -> Comparison:
    """Compare two models on the same students and the same folds.

    Raises
    ------
    ScreenError
        When students, folds or outcomes differ: figures from different students tell nothing about
        models.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.linear_model import LogisticRegression
    >>> import pandas as pd
    >>> from visitkit.screen.validate.out_of_fold import out_of_fold_scores
    >>> ids = pd.Index([f"S{n:03d}" for n in range(120)], name="student_id")
    >>> X = pd.DataFrame({"absent": np.arange(120.0)}, index=ids)
    >>> y = pd.Series((np.arange(120) > 70).astype(int), index=ids)
    >>> compare(
    ...     out_of_fold_scores(LogisticRegression(), X, y),
    ...     out_of_fold_scores(DummyClassifier(), X, y),
    ... ).verdict
    'first'
    """
    same = ["student_id", "repeat", "fold", "outcome"]
    if (
        not first.table[same]
        .reset_index(drop=True)
        .equals(second.table[same].reset_index(drop=True))
    ):
        raise ScreenError("validate.not_the_same", first=len(first), second=len(second))
    one, two = first.first, second.first
    students = delong_paired(one["outcome"], one["score"], two["score"])
    return Comparison(students, _over_folds(first, second))


def corrected_t(first: npt.ArrayLike, second: npt.ArrayLike, share: float) -> Difference:
    """Return the difference of two models over the same folds, knowing that folds overlap.

    Parameters
    ----------
    first, second : array-like of shape (n_folds,)
        A figure of each model on each fold.
    share
        Students judged over students learned from; 1/4 with five folds.

    Raises
    ------
    ScreenError
        When the folds differ in number or there are fewer than two.

    References
    ----------
    Nadeau and Bengio 2003, doi:10.1023/A:1024068626366.

    Examples
    --------
    >>> found = corrected_t([0.80, 0.82, 0.81], [0.79, 0.83, 0.80], 0.25)
    >>> round(found.value, 4), found.noise
    (0.0033, True)
    """
    ours, theirs = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if ours.shape != theirs.shape or len(ours) < 2:
        raise ScreenError("validate.folds_differ", first=len(ours), second=len(theirs))
    apart = ours - theirs
    value, count = float(apart.mean()), len(apart)
    error = float(np.sqrt((1 / count + share) * apart.var(ddof=1)))
    reach = float(student_t.ppf((1 + LEVEL) / 2, count - 1)) * error
    if error > 1e-12:
        p = float(2 * student_t.sf(abs(value) / error, count - 1))
    else:
        p = 1.0 if abs(value) <= 1e-12 else 0.0
    return Difference(value, value - reach, value + reach, p, count, "corrected_t")


def fold_areas(found: OutOfFold) -> Floats:
    """Return the area under the curve of each fold, in order of repeat and fold.

    Raises
    ------
    ScreenError
        When a fold holds one outcome only.
    """
    return np.array(
        [
            auroc(rows["outcome"], rows["score"], resamples=0).value
            for _, rows in found.table.groupby(["repeat", "fold"], sort=True)
        ]
    )


def _over_folds(first: OutOfFold, second: OutOfFold) -> Difference | None:
    kinds = first.table.groupby(["repeat", "fold"])["outcome"].nunique()
    if len(kinds) < 2 or (kinds < 2).any():
        return None
    judged = len(first.table) / len(kinds)
    return corrected_t(fold_areas(first), fold_areas(second), judged / first.learned)
