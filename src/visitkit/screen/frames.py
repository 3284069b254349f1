"""Tables that remember where they came from.

Each is an ordinary data frame indexed by ``student_id`` with a few facts beside it, which pandas
carries along through selection and copying. Facts are looked up by student, never by position.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import pandas as pd


class Indicators(pd.DataFrame):
    """Real figures, a row a student and a column an indicator of :mod:`visitkit.screen.catalog`.

    Attributes
    ----------
    as_of : datetime.date or None
        The day on which we stand.
    dates : pandas.DataFrame or None
        Same rows and columns: the date of the latest fact behind each figure.
    class_id : pandas.Series or None
        The class of each student, for the class median beside a figure.
    """

    _metadata: ClassVar[list[str]] = ["as_of", "dates", "class_id"]

    as_of: dt.date | None = None
    dates: pd.DataFrame | None = None
    class_id: pd.Series | None = None

    @property
    def _constructor(self) -> type[Indicators]:
        return Indicators


class Assessment(pd.DataFrame):
    """The index of each student: six dimension scores, ``risk_index``, ``coverage``, ``top``.

    Attributes
    ----------
    points : pandas.DataFrame or None
        Points of each indicator, missing where the figure is missing.
    contributions : pandas.DataFrame or None
        Share of each indicator in ``risk_index``; a row sums to it exactly as documented in
        :class:`visitkit.screen.index.RiskIndex`.
    figures : Indicators or None
        The figures that were assessed.
    model : Any
        The fitted :class:`visitkit.screen.index.RiskIndex`.
    """

    _metadata: ClassVar[list[str]] = ["points", "contributions", "figures", "model"]

    points: pd.DataFrame | None = None
    contributions: pd.DataFrame | None = None
    figures: Indicators | None = None
    model: Any = None

    @property
    def _constructor(self) -> type[Assessment]:
        return Assessment
