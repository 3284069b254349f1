"""A learned model beside the index: it is shown, and changes no place on the list."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from visitkit.errors import ScreenError
from visitkit.reports.alerts_view import word
from visitkit.screen.caseload import Caseload
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.saving import About, check_schema, load_model


@dataclass(frozen=True)
class Learned:
    """A model as read from its file."""

    path: Path
    model: RiskModel
    about: About

    def target(self, lang: str) -> str:
        """Return what it foresees, in words."""
        return word("audit.target", self.about.target, lang)

    def beside(self, cases: Caseload) -> pd.DataFrame:
        """Return the model's probability beside each student's place.

        Parameters
        ----------
        cases
            The list; its order stays as it is.

        Returns
        -------
        pandas.DataFrame
            ``rank``, ``student_id``, ``tier``, ``risk_index``, ``learned`` (0-1; missing for a
            student who was never assessed, or of whom too little is known to read the index).

        Raises
        ------
        LearnError
            When the tables do not give the figures it was taught with.
        """
        figures = cases.assessment.figures
        if figures is None:
            raise ScreenError("screen.needs_names", found="None")
        check_schema(self.model, [str(name) for name in figures.columns])
        known = pd.DataFrame(figures)[list(self.model.names_)]
        chance = pd.Series(self.model.predict_proba(known)[:, 1], index=known.index.astype(str))
        chance = chance.where((cases.assessment["state"] == "ok").to_numpy())
        table = cases.table[["rank", "student_id", "tier", "risk_index"]].copy()
        table["learned"] = chance.reindex(table["student_id"].astype(str)).to_numpy()
        return table


def read_learned(path: str | Path) -> Learned:
    """Return a model from its file.

    Raises
    ------
    LearnError
        When there is none, or it is damaged.
    """
    model, about = load_model(path)
    return Learned(Path(path), model, about)


def percent(value: float) -> str:
    """Return a probability in per cent, nothing where there is none.

    A model is never certain, so neither nothing nor everything is shown.

    Examples
    --------
    >>> percent(0.124), percent(0.999), percent(0.001), percent(float("nan"))
    ('12%', '>99%', '<1%', '')
    """
    if math.isnan(value):
        return ""
    if value < 0.005:
        return "<1%"
    return ">99%" if value >= 0.995 else f"{value:.0%}"
