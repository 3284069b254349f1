"""Why a learned model stands where it stands on one student, as a table that adds up."""

from __future__ import annotations

import pandas as pd

from visitkit import text
from visitkit.reports.model.sheet import figure_word
from visitkit.screen.learn.model import BASE, RiskModel


def reasons(model: RiskModel, student: pd.DataFrame, lang: str, most: int = 5) -> pd.DataFrame:
    """Return what the figures of a student add to the log-odds, the weightiest first.

    Parameters
    ----------
    model
        A taught model.
    student
        One row of figures, as the model was taught with.
    lang
        ``"zh"`` or ``"en"``.
    most
        Figures told apart; the others stand together in one row.

    Returns
    -------
    pandas.DataFrame
        In words: a row a figure with its value and what it adds, then all other figures, then where
        every student starts, then the sum, which is the log-odds.

    Examples
    --------
    >>> import numpy as np
    >>> from visitkit.screen.learn import CalibratedLogistic
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absence_rate": rng.normal(size=300), "noise": rng.normal(size=300)})
    >>> model = CalibratedLogistic(min_events=15).fit(X, X["absence_rate"] > 1)
    >>> reasons(model, X.head(1), "en", most=1).index.to_list()
    ['Absence', 'all other figures', 'every student', 'sum (log-odds)']
    """
    parts = model.contributions(student).iloc[0]
    base = float(parts[BASE])
    weighty = parts.drop(BASE).sort_values(key=abs, ascending=False, kind="stable")
    first, rest = weighty.head(most), float(weighty.iloc[most:].sum())
    unknown = text.say("report.unknown", lang)
    row = student.iloc[0]
    values = [unknown if pd.isna(row[name]) else f"{row[name]:.4g}" for name in first.index]
    names = [figure_word(str(name), lang) for name in first.index]
    names += [text.say(f"audit.reasons.{name}", lang) for name in ("others", "base", "sum")]
    header = text.say("audit.column.value", lang), text.say("audit.reasons.adds", lang)
    adds = [*first, rest, base, float(parts.sum())]
    table = {header[0]: [*values, "", "", ""], header[1]: [f"{one:+.2f}" for one in adds]}
    return pd.DataFrame(table, index=names)
