"""Columns that may know the outcome because they were written after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import fisher_exact, mannwhitneyu

from visitkit.errors import ScreenError
from visitkit.screen.evaluate import auroc
from visitkit.screen.validate.calibration import wilson
from visitkit.screen.validate.joining import figures_by_student, outcomes

#: What can be suspicious, in the order of telling.
REASONS = ("dated_later", "near_perfect", "settles", "filled_after", "undated")

#: From this area on, a column alone is too good to be a figure of before, unless so few students
#: with the outcome stand behind it that chance parts them (rank test at :data:`LEVEL`).
NEAR_PERFECT = 0.95

#: A value that all but settles the outcome: at least so large a share of those with it have it
#: (lower end of Wilson's interval), and at least so many times the share of all.
SETTLED = 0.80
TIMES = 2.0

#: Least difference in missing shares between the two kinds of student, and the level of all tests
#: here after Bonferroni.
MISSING_APART = 0.20
LEVEL = 0.01

#: Students with a value before it is looked at; columns with more values are cut in tenths.
LEAST = 20
MOST_VALUES = 12

Values = npt.NDArray[np.float64]


def leak_probe(
    X: pd.DataFrame,
    y: pd.Series[Any],
    *,
    dates: pd.DataFrame | None = None,
    as_of: dt.date | None = None,
    undated: Collection[str] = (),
) -> pd.DataFrame:
    """Name the columns that may have been written when the outcome was known.

    Parameters
    ----------
    X : DataFrame of shape (n_students, n_figures)
        Figures by ``student_id``.
    y : Series
        Outcome by ``student_id``, 1 or 0.
    dates : DataFrame, optional
        The date of the latest fact behind each figure, same rows and columns; by default those that
        indicators carry with them.
    as_of
        Day on which we stand; a figure of a later date is named. By default that of the indicators.
    undated
        Columns of which it is known that nobody wrote down when they were filled in.

    Returns
    -------
    pandas.DataFrame
        ``column``, ``reason`` (one of :data:`REASONS`), ``figure`` (``dated_later``: such figures;
        ``near_perfect``: area under the curve, 0.5 to 1; ``settles``: share with the outcome among
        those with the value; ``filled_after``: difference of missing shares; ``undated``: known
        figures without a date), ``usual`` (what one would expect there), ``value`` (where a value
        settles), ``n`` (students behind the figure). The most telling reason of a column first; a
        column can have several.

    Raises
    ------
    ScreenError
        When tables are not by student, no student is in both, or only one outcome occurs.

    Notes
    -----
    A suspicion, no proof: a figure of before can be this good, and a leak can be weak. The words
    ask for the date; without ``undated`` and dates, only what the figures show is named.
    Where each known figure has a day up to ``as_of``, a gap is no sign of filling in afterwards:
    the student simply had no such fact by then.

    References
    ----------
    Kinds of leak: Kaufman et al. 2012, doi:10.1145/2382577.2382579.

    Examples
    --------
    >>> ids = pd.Index([f"S{n:03d}" for n in range(60)], name="student_id")
    >>> y = pd.Series([int(n < 20) for n in range(60)], index=ids)
    >>> X = pd.DataFrame({"leaver_form": y * 1.0, "age": [n % 7 for n in range(60)]}, index=ids)
    >>> leak_probe(X, y)[["column", "reason"]].values.tolist()
    [['leaver_form', 'near_perfect'], ['leaver_form', 'settles']]
    """
    dates = getattr(X, "dates", None) if dates is None else dates
    as_of = getattr(X, "as_of", None) if as_of is None else as_of
    figures, truth = figures_by_student(X), outcomes(y)
    ids = figures.index.intersection(truth.index)
    outcome = truth.loc[ids].to_numpy().astype(bool)
    if outcome.sum() in {0, len(outcome)}:
        raise ScreenError("screen.one_outcome", events=int(outcome.sum()), n=len(outcome))
    days = None if dates is None else figures_by_student(dates).reindex(ids)
    rows: list[dict[str, object]] = []
    for name in figures.columns:
        values = figures.loc[ids, name].to_numpy(dtype=np.float64, na_value=np.nan)
        found = [*_near_perfect(values, outcome, figures.shape[1]), *_settles(values, outcome)]
        if not _dated(values, days, str(name), as_of):
            found += _filled_after(values, outcome, figures.shape[1])
        found += _by_date(values, days, str(name), as_of, name in undated)
        rows += [{"column": str(name), **one} for one in found]
    table = pd.DataFrame(rows, columns=["column", "reason", "figure", "usual", "value", "n"])
    place = table["reason"].map(REASONS.index).astype("int64")
    # a column that only lacks its date is told after those whose figures speak as well
    first = place.groupby(table["column"]).transform("min")
    order = np.lexsort((place, table["column"], first))
    return table.iloc[order].reset_index(drop=True)


def suspicious(found: pd.DataFrame) -> list[str]:
    """Return the columns to leave out until somebody has found their date.

    Those that a probe named for more than a missing date.

    Examples
    --------
    >>> rows = {"column": ["form", "fees"], "reason": ["near_perfect", "undated"]}
    >>> suspicious(pd.DataFrame(rows))
    ['form']
    """
    told = found.loc[found["reason"] != "undated", "column"]
    return list(dict.fromkeys(told))


def _near_perfect(
    values: Values, outcome: npt.NDArray[np.bool_], columns: int
) -> list[dict[str, object]]:
    known = ~np.isnan(values)
    if outcome[known].sum() in {0, int(known.sum())}:
        return []
    area = auroc(outcome[known], values[known], resamples=0).value
    area = max(area, 1 - area)
    if area < NEAR_PERFECT:
        return []
    # one student with the outcome stands at an end of a column in one case of ten by chance
    kinds = values[known & outcome], values[known & ~outcome]
    if mannwhitneyu(*kinds).pvalue > LEVEL / columns:
        return []
    return [_row("near_perfect", area, 0.5, np.nan, int(known.sum()))]


def _settles(values: Values, outcome: npt.NDArray[np.bool_]) -> list[dict[str, object]]:
    """Return the most settling value of a column, where one has it."""
    known = ~np.isnan(values)
    base = float(outcome.mean())
    best: dict[str, object] | None = None
    for value, inside in _classes(values, known):
        n, hits = int(inside.sum()), int(outcome[inside].sum())
        if n < LEAST or n == len(values):
            continue
        low = wilson(hits, n)[0]
        better = best is None or hits / n > float(str(best["figure"]))
        if low >= SETTLED and hits / n >= TIMES * base and better:
            best = _row("settles", hits / n, base, value, n)
    return [] if best is None else [best]


def _classes(
    values: Values, known: npt.NDArray[np.bool_]
) -> list[tuple[float, npt.NDArray[np.bool_]]]:
    single = np.unique(values[known])
    if len(single) <= MOST_VALUES:
        return [(float(value), values == value) for value in single]
    cuts = np.unique(np.quantile(values[known], np.linspace(0.1, 0.9, 9)))
    place = np.where(known, np.searchsorted(cuts, values), -1)
    found = [(place == number) for number in range(len(cuts) + 1)]
    return [(float(values[inside].min()), inside) for inside in found if inside.any()]


def _filled_after(
    values: Values, outcome: npt.NDArray[np.bool_], columns: int
) -> list[dict[str, object]]:
    gone = np.isnan(values)
    if not gone.any() or gone.all():
        return []
    apart = float(gone[outcome].mean() - gone[~outcome].mean())
    counts = [[int((gone & kind).sum()), int((~gone & kind).sum())] for kind in (outcome, ~outcome)]
    p = float(fisher_exact(counts).pvalue)
    if abs(apart) < MISSING_APART or p > LEVEL / columns:
        return []
    return [_row("filled_after", apart, 0.0, np.nan, int(gone.sum()))]


def _dated(values: Values, days: pd.DataFrame | None, name: str, as_of: dt.date | None) -> bool:
    """Tell whether each known figure has a day on which the outcome was not known yet."""
    if days is None or as_of is None or name not in days.columns:
        return False
    known = pd.to_datetime(days[name])[~np.isnan(values)]
    return bool((known < pd.Timestamp(as_of) + pd.Timedelta(days=1)).all())


def _by_date(
    values: Values, days: pd.DataFrame | None, name: str, as_of: dt.date | None, told: bool
) -> list[dict[str, object]]:
    known = int((~np.isnan(values)).sum())
    if days is None or name not in days.columns:
        return [_row("undated", known, 0.0, np.nan, known)] if told else []
    found = pd.to_datetime(days[name])
    rows = []
    if as_of is not None:
        later = int((found >= pd.Timestamp(as_of) + pd.Timedelta(days=1)).sum())
        rows += [_row("dated_later", later, 0.0, np.nan, later)] if later else []
    bare = int((~np.isnan(values) & found.isna().to_numpy()).sum())
    if told or (bare == known and known):
        rows.append(_row("undated", bare or known, 0.0, np.nan, known))
    return rows


def _row(reason: str, figure: float, usual: float, value: float, n: int) -> dict[str, object]:
    return {"reason": reason, "figure": float(figure), "usual": usual, "value": value, "n": n}
