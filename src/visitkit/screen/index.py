"""The risk index: a transparent points card as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from visitkit.policy import Policy
from visitkit.screen.card import Card, Settings, make_card, read_settings
from visitkit.screen.columns import WHO, as_indicators, named_figures, student_ids
from visitkit.screen.frames import Assessment
from visitkit.screen.points import Floats, Scores, band_points, learned_cuts, score
from visitkit.tables import DIMENSIONS

#: The states of an assessment.
STATES = ("ok", "not_enough_data")


class RiskIndex(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Points for figures, added up to six dimension scores and one index of 0 to 100.

    Each figure earns 0 to 3 points by its band. In each dimension the weighted points are added up
    and divided by what fills the dimension (its cap), so that one severe figure is not diluted by
    good ones beside it, and one alone does not fill the dimension. The index is the weighted mean
    of the dimensions. What is unknown counts the neutral value in its share, never zero, and
    ``coverage`` says how much is known. ``docs/risk-index.md`` has the formula and an example.

    Parameters
    ----------
    bands : mapping of str to sequence of float, optional
        Indicator to three cut points in the worrying direction. Only the indicators named here (or
        in ``weights`` or ``extra``) count; other columns are ignored by name. Without bands, all
        columns but ``student_id`` and ``class_id`` count and their cut points are learned.
    weights : mapping of str to float, optional
        Dimension or indicator to weight; 1 where nothing is said.
    caps : mapping of str to float, optional
        Dimension to the weighted points that fill it; by default half of the points there are to
        win, and at least 6.
    extra : mapping of str to mapping of str to str, optional
        Indicators outside the catalogue: ``{"dimension": "academic", "worse": "low"}``. A column
        that is named nowhere counts to ``basic``, higher being worse.
    neutral : float, default=10
        What an unknown dimension counts, 0-100.
    min_coverage : float, default=0.5
        Below this share of known weight the state is ``not_enough_data``, neither high nor low.

    Attributes
    ----------
    card_ : visitkit.screen.card.Card
        The checked points card.
    n_features_in_ : int
        Number of indicators.
    feature_names_in_ : ndarray of str
        Their names, when they have names.
    columns_ : ndarray of int
        Without bands only: the column of ``X`` behind each line of the card.

    References
    ----------
    Points by expert judgement and their summation: Balfanz, Herzog and Mac Iver 2007,
    doi:10.1080/00461520701621079. Why equal or expert weights hold up beside fitted ones when
    events are few: Dawes 1979, doi:10.1037/0003-066X.34.7.571.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame(
    ...     {"absence_rate": [0.0, 12.5], "late_rate": [0.0, None]},
    ...     index=pd.Index(["S01", "S02"], name="student_id"),
    ... )
    >>> index = RiskIndex(bands={"absence_rate": [5, 10, 20], "late_rate": [5, 10, 20]})
    >>> index.fit(X).assess(X)[["attendance", "risk_index", "coverage", "state"]]
                attendance  risk_index  coverage state
    student_id
    S01               0.00        0.00       1.0    ok
    S02              38.33       38.33       0.5    ok
    """

    def __init__(
        self,
        bands: Mapping[str, Sequence[float]] | None = None,
        weights: Mapping[str, float] | None = None,
        caps: Mapping[str, float] | None = None,
        extra: Mapping[str, Mapping[str, str]] | None = None,
        neutral: float = 10.0,
        min_coverage: float = 0.5,
    ) -> None:
        self.bands = bands
        self.weights = weights
        self.caps = caps
        self.extra = extra
        self.neutral = neutral
        self.min_coverage = min_coverage

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Build from ``risk.indicators``, ``risk.dimensions``, ``risk.caps`` and their neighbours.

        Raises
        ------
        PolicyError
            Naming the policy, the key, what was found and what is allowed.
        """
        usual = cls()
        settings = read_settings(policy, usual.neutral, usual.min_coverage)
        make_card(settings)
        return cls(
            settings.bands,
            settings.weights,
            settings.caps,
            settings.extra,
            settings.neutral,
            settings.min_coverage,
        )

    def fit(self, X: object, y: object = None) -> Self:
        """Check the settings and learn the cut points that are still open.

        With bands for every indicator nothing is learned and the students in ``X`` do not matter.

        Parameters
        ----------
        X : Indicators, DataFrame or array-like of shape (n_students, n_indicators)
            Figures, NaN where unknown.
        y
            Ignored: the index never sees an outcome.

        Raises
        ------
        PolicyError
            When a setting is not allowed.
        ScreenError
            When the named indicators cannot be found.
        """
        if self.bands is None:
            figures = self._validated(X, reset=True)
            names = getattr(self, "feature_names_in_", None)
            if names is None:
                names = [f"x{place}" for place in range(figures.shape[1])]
            card = make_card(self._settings(), [str(name) for name in names])
            self.columns_ = np.array([list(names).index(name) for name in card.names])
            columns = dict(zip(card.names, figures[:, self.columns_].T, strict=True))
        else:
            card = make_card(self._settings())
            frame = named_figures(X, card.names)
            columns = {name: frame[name].to_numpy() for name in card.names}
            self.feature_names_in_ = np.array(card.names, dtype=object)
            self.n_features_in_ = len(card.names)
        self.card_ = _with_learned_cuts(card, columns)
        return self

    def transform(self, X: object) -> Floats:
        """Return the index of each student.

        Parameters
        ----------
        X : Indicators, DataFrame or array-like of shape (n_students, n_indicators)
            Figures, NaN where unknown.

        Returns
        -------
        ndarray of shape (n_students, 1)
            0-100. A column, because scikit-learn's pipelines pass columns on.
        """
        check_is_fitted(self)
        return self._score(self._points(X)).index.reshape(-1, 1)

    def assess(self, X: object) -> Assessment:
        """Return dimension scores, index, coverage, top dimension and state of each student.

        Parameters
        ----------
        X : Indicators, DataFrame or array-like of shape (n_students, n_indicators)
            Figures with ``student_id`` as index or column; array rows are numbered from 0.

        Returns
        -------
        Assessment
            Indexed by ``student_id``: ``basic``, ``academic``, ``attendance``, ``behaviour``,
            ``psychological``, ``family`` (0-100, missing where nothing is known), ``risk_index``
            (0-100), ``coverage`` (0-1), ``top`` (the highest dimension in which a known figure
            earned points, empty when none did) and ``state`` (``ok`` or ``not_enough_data``).

        Raises
        ------
        ScreenError
            When a student occurs twice, or no indicator can be found.
        """
        check_is_fitted(self)
        points = self._points(X)
        scores = self._score(points)
        ids = student_ids(X, len(points))
        table = Assessment(scores.dimensions, index=ids, columns=list(DIMENSIONS))
        table["risk_index"] = scores.index
        table["coverage"] = scores.coverage
        table["top"] = _top(scores.dimensions, points, self.card_)
        enough = scores.coverage >= self.min_coverage
        table["state"] = np.where(enough, STATES[0], STATES[1])
        names = list(self.card_.names)
        table.points = pd.DataFrame(points, index=ids, columns=names)
        table.contributions = pd.DataFrame(scores.contributions, index=ids, columns=names)
        table.figures = as_indicators(X, ids, names)
        table.model = self
        return table

    def get_feature_names_out(self, input_features: object = None) -> npt.NDArray[np.object_]:
        """Return the name of the one column that :meth:`transform` returns."""
        check_is_fitted(self)
        return np.array(["risk_index"], dtype=object)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that missing figures are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _settings(self) -> Settings:
        return Settings(
            self.bands or {},
            self.weights or {},
            self.caps or {},
            self.extra or {},
            self.neutral,
            self.min_coverage,
        )

    def _validated(self, X: object, *, reset: bool) -> Floats:
        if isinstance(X, pd.DataFrame):
            X = pd.DataFrame(X).drop(columns=list(WHO), errors="ignore")
        figures: Floats = validate_data(
            self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        return figures

    def _points(self, X: object) -> Floats:
        lines = self.card_.lines
        if self.bands is None:
            figures = self._validated(X, reset=False)[:, self.columns_]
        else:
            figures = named_figures(X, self.card_.names).to_numpy()
        columns = [
            band_points(figures[:, place], line.cuts, line.worse)
            for place, line in enumerate(lines)
        ]
        return np.column_stack(columns)

    def _score(self, points: Floats) -> Scores:
        return score(points, self.card_)


def _with_learned_cuts(card: Card, columns: Mapping[str, Floats]) -> Card:
    lines = [
        line if line.cuts else replace(line, cuts=learned_cuts(columns[line.name], line.worse))
        for line in card.lines
    ]
    return replace(card, lines=tuple(lines))


def _top(dimensions: Floats, points: Floats, card: Card) -> list[str]:
    earned = np.nan_to_num(points) * [line.weight for line in card.lines]
    member = np.array([[line.dimension == name for name in DIMENSIONS] for line in card.lines])
    worrying = np.where((earned @ member) > 0, dimensions, -1.0)
    # a dimension of weight 0 has no score, whatever its figures earned
    worrying = np.nan_to_num(worrying, nan=-1.0)
    best = worrying.argmax(axis=1)
    return [
        DIMENSIONS[place] if worrying[row, place] >= 0 else "" for row, place in enumerate(best)
    ]
