"""Scores of students by models that had not seen them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from visitkit.errors import ScreenError
from visitkit.screen.learn.gate import check_events
from visitkit.screen.validate.joining import by_student, figures_by_student, lookup, outcomes

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: How students were kept apart.
WAYS = ("students", "groups", "times", "fresh")


@dataclass(frozen=True, slots=True)
class Folds:
    """How students are divided.

    Parameters
    ----------
    number
        Parts; each is judged once by a model of the others.
    repeats
        How often the students are divided anew.
    seed
        The same seed divides the same students in the same way, however they are sorted.
    """

    number: int = 5
    repeats: int = 1
    seed: int = 20240601


@dataclass(frozen=True, repr=False)
class OutOfFold:
    """Held-out scores.

    Parameters
    ----------
    table : pandas.DataFrame
        ``student_id``, ``repeat``, ``fold``, ``outcome`` (0 or 1), ``score`` (higher is looked at
        earlier), in the order of repeat and student.
    probabilities
        The scores are probabilities.
    way
        One of :data:`WAYS`.
    left_out
        Students without a figure, without a known outcome, or whom no earlier day could judge.
    learned
        Mean number of students a model learned from.
    """

    table: pd.DataFrame
    probabilities: bool
    way: str
    left_out: int = 0
    learned: float = 0.0

    def __len__(self) -> int:
        """Return the number of students."""
        return int((self.table["repeat"] == 0).sum())

    def __repr__(self) -> str:
        """Return sizes only."""
        events = int(self.first["outcome"].sum())
        return f"OutOfFold(n={len(self)}, events={events}, way={self.way!r})"

    @property
    def first(self) -> pd.DataFrame:
        """Each student once, by ``student_id``, as in the first division."""
        return self.table[self.table["repeat"] == 0].set_index("student_id").drop(columns="repeat")


def out_of_fold_scores(
    model: Any,
    X: pd.DataFrame,
    y: pd.Series[Any],
    *,
    groups: pd.Series[Any] | None = None,
    times: pd.DataFrame | None = None,
    folds: Folds | None = None,
) -> OutOfFold:
    """Return the score of each student by a model that had not learned from the student.

    Parameters
    ----------
    model
        A classifier or an index; it is copied, so what it learned before plays no part.
    X : DataFrame of shape (n_students, n_figures)
        Figures by ``student_id``.
    y : Series
        Outcome by ``student_id``, 1 or 0; missing where it is not known.
    groups : Series, optional
        Class or school by ``student_id``: a group is never on both sides. Classmates share
        teachers and days, so a model judged on classmates looks better than it is.
    times : DataFrame, optional
        ``as_of`` and ``until`` by ``student_id``: the day up to which a student's figures go, and
        the last day of the window in which the outcome counted. The students of each day are judged
        by a model that learned only from windows closed by then.
    folds
        How students are divided where ``times`` is not given.

    Returns
    -------
    OutOfFold

    Raises
    ------
    ScreenError
        When tables are not by student, a student occurs twice, there are too few groups or
        outcomes to divide, or no window had closed before another day.
    LearnError
        When all students together have too few events for the model.

    Notes
    -----
    The number of events a model asks for is asked of all students once; in the folds it learns from
    somewhat fewer. Rolling days follow the temporal validation of the triage toolkit,
    https://dssg.github.io/triage; grouped folds: Roberts et al. 2017, doi:10.1111/ecog.02881.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> ids = [f"S{n:02d}" for n in range(40)]
    >>> X = pd.DataFrame({"absent": range(40)}, index=pd.Index(ids, name="student_id"))
    >>> y = pd.Series([n % 4 == 3 for n in range(40)], index=ids).astype(int)
    >>> out_of_fold_scores(LogisticRegression(), X, y)
    OutOfFold(n=40, events=10, way='students')
    """
    figures, truth = figures_by_student(X), outcomes(y)
    ids = figures.index.intersection(truth.index)
    if not len(ids):
        raise ScreenError("validate.nobody_in_both", figures=len(figures), outcomes=len(truth))
    everybody = len(figures.index.union(by_student(y, "y").index))
    figures, truth = figures.loc[ids], truth.loc[ids]
    untaught = _open(model, truth)
    if times is not None:
        parts: list[Part] = list(_rolling(times, ids))
        way = "times"
    else:
        parts = list(_divided(truth, groups, folds or Folds()))
        way = "students" if groups is None else "groups"
    table, probabilities, learned = _judged(untaught, figures, truth, parts)
    judged = int((table["repeat"] == 0).sum())
    return OutOfFold(table, probabilities, way, everybody - judged, learned)


def fresh_scores(
    model: Any, X: pd.DataFrame, y: pd.Series[Any], *, learned_from: Iterable[str]
) -> OutOfFold:
    """Return the scores a fitted model gives to students it has not learned from.

    Parameters
    ----------
    model
        A fitted model.
    X, y
        As for :func:`out_of_fold_scores`.
    learned_from
        ``student_id`` of everybody the model learned from.

    Raises
    ------
    ScreenError
        As :func:`out_of_fold_scores`, and when a student is among those it learned from: figures
        on these are no evaluation.
    """
    figures, truth = figures_by_student(X), outcomes(y)
    ids = figures.index.intersection(truth.index)
    known = ids.intersection(pd.Index([str(one) for one in learned_from]))
    if len(known):
        raise ScreenError("validate.trained_on", number=len(known), n=len(ids))
    return scored(model, figures.loc[ids], truth.loc[ids])


def scored(model: Any, figures: pd.DataFrame, truth: pd.Series[Any]) -> OutOfFold:
    """Return scores by a fitted model for students of whom the caller knows that they are new.

    Figures and outcomes are joined by student; only students with both are kept.
    """
    figures, truth = figures_by_student(figures), outcomes(truth)
    ids = figures.index.intersection(truth.index)
    if not len(ids):
        raise ScreenError("validate.nobody_in_both", figures=len(figures), outcomes=len(truth))
    score, probabilities = judge(model, figures.loc[ids])
    part = Part(0, 0, np.arange(0), np.arange(len(ids)))
    table = _rows(part, ids, truth.loc[ids], score)
    left_out = len(figures.index.union(truth.index)) - len(ids)
    return OutOfFold(table, probabilities, "fresh", left_out)


def judge(model: Any, figures: pd.DataFrame) -> tuple[Floats, bool]:
    """Return a fitted model's scores, and whether they are probabilities."""
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(figures), dtype=np.float64)[:, 1], True
    ask = model.decision_function if hasattr(model, "decision_function") else model.transform
    return np.asarray(ask(figures), dtype=np.float64).reshape(len(figures)), False


@dataclass(frozen=True, slots=True)
class Part:
    """Who is learned from and who is judged, as places of the students sorted by number."""

    repeat: int
    fold: int
    known: Ints
    other: Ints


def _open(model: Any, truth: pd.Series[Any]) -> Any:
    """Return a copy of the model whose own gate is asked of all students, not of each part."""
    copy = clone(model)
    settings = copy.get_params(deep=False)
    if isinstance(settings.get("min_events"), int):
        check_events(int(truth.sum()), settings["min_events"], len(truth))
        copy.set_params(min_events=0)
    return copy


def _divided(truth: pd.Series[Any], groups: pd.Series[Any] | None, folds: Folds) -> Iterator[Part]:
    fewer = int(min(truth.sum(), len(truth) - truth.sum()))
    if fewer < folds.number:
        raise ScreenError("validate.too_few_to_divide", events=fewer, folds=folds.number)
    kind = StratifiedKFold if groups is None else StratifiedGroupKFold
    names = None if groups is None else lookup(groups, truth.index, "groups").astype(str)
    if names is not None and names.nunique() < folds.number:
        raise ScreenError("validate.too_few_groups", found=names.nunique(), folds=folds.number)
    for repeat in range(folds.repeats):
        splitter = kind(folds.number, shuffle=True, random_state=folds.seed + repeat)
        for fold, (known, other) in enumerate(splitter.split(truth, truth, names)):
            if len(other):
                yield Part(repeat, fold, known, other)


def _rolling(times: pd.DataFrame, ids: pd.Index[Any]) -> Iterator[Part]:
    as_of, until = (_days(times, name, ids) for name in ("as_of", "until"))
    if bool((until <= as_of).any()):
        number = int((until <= as_of).sum())
        raise ScreenError("validate.window_before_day", number=number)
    fold = 0
    for day in np.unique(as_of):
        known = np.flatnonzero(until <= day)
        if len(known):
            yield Part(0, fold, known, np.flatnonzero(as_of == day))
            fold += 1
    if not fold:
        raise ScreenError("validate.no_closed_window", days=len(np.unique(as_of)))


def _days(times: pd.DataFrame, name: str, ids: pd.Index[Any]) -> npt.NDArray[np.datetime64]:
    if name not in times.columns:
        raise ScreenError("validate.times_columns", missing=name)
    days: npt.NDArray[np.datetime64] = pd.to_datetime(lookup(times[name], ids, name)).to_numpy()
    return days


def _judged(
    model: Any, figures: pd.DataFrame, truth: pd.Series[Any], parts: list[Part]
) -> tuple[pd.DataFrame, bool, float]:
    rows = []
    probabilities = True
    for part in parts:
        seen = truth.iloc[part.known]
        if seen.nunique() < 2:
            raise ScreenError("validate.one_outcome_known", fold=part.fold + 1, n=len(seen))
        taught = clone(model).fit(figures.iloc[part.known], seen.to_numpy())
        other = figures.iloc[part.other]
        score, probabilities = judge(taught, other)
        rows.append(_rows(part, other.index, truth.iloc[part.other], score))
    table = pd.concat(rows, ignore_index=True)
    learned = float(np.mean([len(part.known) for part in parts]))
    table = table.sort_values(["repeat", "student_id"], kind="stable", ignore_index=True)
    return table, probabilities, learned


def _rows(part: Part, ids: pd.Index[Any], truth: pd.Series[Any], score: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "student_id": ids.astype(str),
            "repeat": part.repeat,
            "fold": part.fold,
            "outcome": truth.to_numpy(),
            "score": score,
        }
    )
