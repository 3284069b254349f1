"""What all learned models share: figures by name, log-odds that add up, refusing to guess."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from visitkit.screen.columns import WHO, student_ids
from visitkit.screen.learn.faults import LearnError
from visitkit.screen.learn.gate import check_events

Floats = npt.NDArray[np.float64]

#: Name of the column of an explanation that belongs to no figure.
BASE = "base"


class RiskModel(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A model of one yes-or-no outcome whose log-odds are a sum over figures.

    A subclass says how it learns (``_learn``) and how each figure adds to the log-odds
    (``_parts``); everything else is here, so that every model reads, refuses and explains alike.
    ``student_id`` and ``class_id`` are never figures. A missing figure is allowed everywhere and
    never better news than the usual figure of the students learned from.
    """

    signs: Mapping[str, str] | None
    min_events: int

    def fit(self, X: object, y: object) -> Self:
        """Learn from students whose outcome is known.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_students, n_figures)
            Figures, NaN where unknown.
        y : array-like of shape (n_students,)
            Two values; the larger one is the outcome.

        Raises
        ------
        LearnError
            With too few students of either kind, more than two outcomes, or an unknown direction.
        """
        figures, outcome = validate_data(
            self, figures_only(X), y, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        check_classification_targets(outcome)
        outcome = column_or_1d(outcome)
        self.classes_, coded = np.unique(outcome, return_inverse=True)
        kind = type_of_target(outcome, input_name="y")
        if len(self.classes_) > 2:
            raise LearnError("learn.not_binary", found=kind)
        check_events(int((coded == len(self.classes_) - 1).sum()), self.min_events, len(coded))
        names = getattr(self, "feature_names_in_", None)
        places = range(figures.shape[1])
        self.names_ = [f"x{place}" for place in places] if names is None else list(names)
        self.events_ = int(coded.sum())
        self.students_ = len(coded)
        # rows in an order of their own content: shuffling the students changes nothing
        order = np.lexsort((*figures.T, coded))
        signs = read_signs(self.signs, self.names_)
        self._learn(figures[order], coded[order].astype(np.float64), signs)
        return self

    def decision_function(self, X: object) -> Floats:
        """Return the log-odds of each student: the sum of a row of :meth:`contributions`.

        Returns
        -------
        ndarray of shape (n_students,)
        """
        return self._odds(self._read(X))

    def predict_proba(self, X: object) -> Floats:
        """Return the probability of each of the two outcomes.

        Returns
        -------
        ndarray of shape (n_students, 2)
        """
        chance = expit(self.decision_function(X))
        return np.column_stack([1 - chance, chance])

    def predict(self, X: object) -> npt.NDArray[Any]:
        """Return the likelier outcome of each student.

        To choose whom to talk with, rank by :meth:`decision_function` up to the capacity instead.
        """
        likelier = self.decision_function(X) > 0
        chosen: npt.NDArray[Any] = self.classes_[likelier.astype(int)]
        return chosen

    def contributions(self, X: object) -> pd.DataFrame:
        """Return what each figure adds to the log-odds of each student.

        Returns
        -------
        pandas.DataFrame
            A row a student, a column a figure and ``base``; a row adds up to
            :meth:`decision_function`.
        """
        base, parts = self._parts(self._read(X))
        table = pd.DataFrame(parts, index=student_ids(X, len(parts)), columns=self.names_)
        table.insert(0, BASE, base)
        return table

    def _read(self, X: object) -> Floats:
        check_is_fitted(self)
        figures: Floats = validate_data(
            self, figures_only(X), reset=False, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        return figures

    def _odds(self, figures: Floats) -> Floats:
        base, parts = self._parts(figures)
        odds: Floats = base + parts.sum(axis=1)
        return odds

    @abstractmethod
    def _learn(self, figures: Floats, outcome: Floats, signs: Mapping[int, str]) -> None:
        """Learn from figures, an outcome of 0 and 1, and the direction of some figures."""

    @abstractmethod
    def _parts(self, figures: Floats) -> tuple[float, Floats]:
        """Return the base, and what each figure adds, shape (n_students, n_figures)."""

    @abstractmethod
    def to_plain(self) -> dict[str, Any]:
        """Return what was learned as numbers, text, lists and tables only."""

    @abstractmethod
    def from_plain(self, learned: Mapping[str, Any]) -> None:
        """Take back what :meth:`to_plain` gave."""

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that missing figures are welcome and that there are two outcomes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags


def figures_only(X: object) -> object:
    """Return ``X`` without the columns that tell who a student is."""
    if isinstance(X, pd.DataFrame):
        return pd.DataFrame(X).drop(columns=list(WHO), errors="ignore")
    return X


def read_signs(signs: Mapping[str, str] | None, names: list[str]) -> dict[int, str]:
    """Return the direction in which figures worry, by place.

    Raises
    ------
    LearnError
        When a name is not a figure, or a direction is neither ``high`` nor ``low``.
    """
    known = {name: place for place, name in enumerate(names)}
    for name, direction in (signs or {}).items():
        if direction not in {"high", "low"}:
            raise LearnError("learn.bad_sign", column=name, found=direction)
    return {known[name]: direction for name, direction in (signs or {}).items() if name in known}
