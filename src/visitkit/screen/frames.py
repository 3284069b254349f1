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
    """The index of each student, a row a student.

    Columns: the six dimension scores (0-100, missing where nothing is known), ``risk_index``
    (0-100), ``coverage`` (0-1), ``top`` (the highest dimension in which a known figure earned
    points) and ``state`` (``ok`` or ``not_enough_data``).

    Attributes
    ----------
    points : pandas.DataFrame or None
        Points of each indicator, 0-3, missing where the figure is missing.
    contributions : pandas.DataFrame or None
        What each indicator adds to ``risk_index``, in whole hundredths; a row adds up to the index
        exactly. An unknown figure adds its share of the neutral value.
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
