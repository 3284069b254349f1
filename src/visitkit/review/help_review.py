"""Each period of help: state before, state after, and what was delivered of what was planned.

Papers on dropout ask a school to look at the student's state at the end of each help period and to
learn from it (DE-02, DE-03). These are descriptions: students who got one type of help differ from
those who got another, so a table by type says which help was followed by what, not which works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from visitkit.calendar import DateLike, as_date
from visitkit.errors import ReviewError
from visitkit.review.case import CaseReview
from visitkit.review.estimates import share
from visitkit.review.help_words import sentences
from visitkit.review.measured import days, measurements, numbers
from visitkit.review.reliable_change import CATEGORIES, direction, reliable_change

#: A measurement tells of the end of a help from the middle of it until so many days after it; no
#: paper says how long.
UNTIL_DAYS = 28

PERIOD_COLUMNS = (
    "student_id",
    "type",
    "start",
    "end",
    "state",
    "before_on",
    "before",
    "after_on",
    "after",
    "change",
    "low",
    "high",
    "category",
    "reason",
    "planned",
    "delivered",
)
TYPE_COLUMNS = ("type", "periods", "ended", "assessed", "category", "students", "of", "low", "high")
DOSE_COLUMNS = ("type", "periods", "known", "planned", "delivered", "share", "not_known")


@dataclass(frozen=True)
class HelpResult:
    """What was before and after each period of help.

    Parameters
    ----------
    periods : pandas.DataFrame
        A row a period: ``student_id``, ``type``, ``start``, ``end`` (missing while it goes on),
        ``state`` (``running`` or ``ended``), ``before`` and ``after`` with their days, ``change``
        with ``low`` and ``high``, ``category`` (missing when not known), ``reason`` (why not),
        ``planned`` and ``delivered`` times (missing when not known).
    types : pandas.DataFrame
        A row a type and category: ``periods``, ``ended``, ``assessed`` (ended periods whose change
        is known), ``students`` of the category ``of`` the assessed students, ``low`` and ``high``
        (Wilson, of the share). A student with several periods of a type counts once, with the
        last of them.
    doses : pandas.DataFrame
        A row a type: ``periods``, ``known`` (both times known), their ``planned`` and
        ``delivered`` times, ``share``, and ``not_known``.
    to_assess : pandas.DataFrame
        Periods that ended without a known change: ``student_id``, ``type``, ``start``, ``end``,
        ``reason``.
    """

    periods: pd.DataFrame
    types: pd.DataFrame
    doses: pd.DataFrame
    to_assess: pd.DataFrame

    def words(self, lang: str | None = None) -> str:
        """Return the totals in words, a sentence a line; no student is named."""
        return "\n".join(sentences(self, lang))


def help_review(
    interventions: pd.DataFrame,
    measures: pd.DataFrame,
    asked: CaseReview,
    as_of: DateLike,
    *,
    plans: pd.DataFrame | None = None,
    actions: pd.DataFrame | None = None,
) -> HelpResult:
    """Return the state before and after each period of help.

    Parameters
    ----------
    interventions
        ``student_id``, ``start``, ``end``, ``type``.
    measures
        ``student_id``, ``date``, the score, and the mark of the measurement a student was chosen
        by.
    asked
        Which score, what a high one means, its reliability, and the mark. As for one student, the
        baseline is measured after the choice and before the first day of help; the state after is
        the last measurement from the middle of the help to :data:`UNTIL_DAYS` days after it.
    as_of
        The day on which we stand.
    plans
        ``student_id``, ``start``, ``type``, ``planned``: times the help was to take place.
    actions
        ``student_id``, ``date``, ``type``: times it did.

    Raises
    ------
    ReviewError
        When a table lacks a column, a period ends before it begins, or occurs twice.

    Examples
    --------
    >>> from visitkit.review.reliable_change import Norms, Reliability
    >>> scale = Reliability(0.85, Norms(10, 4, "manual of the scale, p. 12"))
    >>> asked = CaseReview(score="mood", higher_is="worse", reliability=scale)
    >>> given = pd.DataFrame({"student_id": ["01"], "start": ["2026-09-14"], "end": ["2026-10-23"],
    ...     "type": ["mentor"]})
    >>> seen = pd.DataFrame({"student_id": "01", "date": ["2026-09-01", "2026-09-10", "2026-10-26"],
    ...     "mood": [20, 18, 10], "screening": [True, False, False]})
    >>> found = help_review(given, seen, asked, "2026-11-02")
    >>> found.periods[["before", "after", "category"]].values.tolist()
    [[18.0, 10.0, 'improved']]
    """
    direction(asked.higher_is)
    today = pd.Timestamp(as_date(as_of))
    periods = _periods(interventions, today)
    known = measurements(measures.assign(first_visit=None), asked.score, asked.screening)
    known = known[known["value"].notna() & (known["date"] <= today)]
    by_student = dict(iter(known.groupby("student_id")))
    nobody = known.iloc[:0]
    rows = [
        {**row, **_states(row, by_student.get(str(row["student_id"]), nobody), asked)}
        for row in periods.to_dict("records")
    ]
    table = pd.DataFrame(rows, columns=[*PERIOD_COLUMNS[:-2]])
    table["planned"] = _planned(table, plans)
    table["delivered"] = _delivered(table, actions, today)
    ended = table[(table["state"] == "ended") & table["category"].isna()]
    columns = ["student_id", "type", "start", "end", "reason"]
    return HelpResult(table, _types(table), _doses(table), ended[columns].reset_index(drop=True))


def _periods(interventions: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    _need(interventions, ("student_id", "start", "end", "type"))
    table = pd.DataFrame(
        {
            "student_id": interventions["student_id"].astype("str"),
            "type": interventions["type"].astype("str"),
            "start": days(interventions["start"], "start"),
            "end": days(interventions["end"], "end"),
        }
    )
    if table["start"].isna().any():
        raise ReviewError("review.date_missing", number=int(table["start"].isna().sum()))
    backwards = int((table["end"] < table["start"]).sum())
    if backwards:
        raise ReviewError("review.ends_before", number=backwards)
    twice = table[table.duplicated(["student_id", "type", "start", "end"])]
    if len(twice):
        row = twice.iloc[0]
        raise ReviewError("review.period_twice", student=row["student_id"], day=row["start"].date())
    table = table[table["start"] <= today]
    over = table["end"] <= today
    # The end of a help that still goes on is a plan, and nothing has been reached by it yet.
    table["end"] = table["end"].where(over)
    table["state"] = over.map({True: "ended", False: "running"})
    return table.sort_values(["start", "student_id", "type", "end"]).reset_index(drop=True)


def _need(table: pd.DataFrame, names: tuple[str, ...]) -> None:
    lacking = [name for name in names if name not in table.columns]
    if lacking:
        raise ReviewError("review.columns_missing", missing=", ".join(lacking))


def _states(period: Mapping[Any, Any], seen: pd.DataFrame, asked: CaseReview) -> dict[str, object]:
    """Return the states before and after one period, or why there is no change."""
    start, end = pd.Timestamp(str(period["start"])), period["end"]
    earlier = seen[seen["date"] < start]
    chosen = earlier.loc[earlier["screening"], "date"].max()
    free = earlier if pd.isna(chosen) else earlier[earlier["date"] > chosen]
    found: dict[str, object] = dict.fromkeys(PERIOD_COLUMNS[5:14])
    later = seen.iloc[:0]
    if not pd.isna(end):
        day = pd.Timestamp(str(end))
        middle = start + (day - start) / 2
        until = day + pd.Timedelta(days=UNTIL_DAYS)
        later = seen[(seen["date"] > middle) & (seen["date"] > start) & (seen["date"] <= until)]
    for name, rows in (("before", free), ("after", later)):
        if len(rows):
            found[name] = float(rows["value"].iloc[-1])
            found[f"{name}_on"] = rows["date"].iloc[-1]
    found["reason"] = _why(pd.isna(end), len(earlier) > 0, len(free) > 0, len(later) > 0)
    if found["reason"] or asked.reliability is None:
        found["reason"] = found["reason"] or "no_reliability"
        return found
    change = reliable_change(
        float(free["value"].iloc[-1]),
        float(later["value"].iloc[-1]),
        asked.reliability,
        higher_is=asked.higher_is,
        cutoff=asked.cutoff,
    )
    for name in ("change", "low", "high", "category"):
        found[name] = getattr(change, name)
    return found


def _why(running: bool, any_before: bool, before: bool, after: bool) -> str:
    if running:
        return "still_running"
    if not before:
        return "only_screening" if any_before else "nothing_before"
    return "" if after else "nothing_after"


def _planned(periods: pd.DataFrame, plans: pd.DataFrame | None) -> pd.Series[float]:
    if plans is None:
        return pd.Series(float("nan"), index=periods.index)
    _need(plans, ("student_id", "start", "type", "planned"))
    keys = ["student_id", "type", "start"]
    table = pd.DataFrame(
        {
            "student_id": plans["student_id"].astype("str"),
            "type": plans["type"].astype("str"),
            "start": days(plans["start"], "start"),
            "planned": numbers(plans["planned"], "planned"),
        }
    )
    if (table["planned"] < 0).any():
        raise ReviewError("review.negative_dose")
    if table.duplicated(keys).any():
        row = table[table.duplicated(keys)].iloc[0]
        raise ReviewError("review.period_twice", student=row["student_id"], day=row["start"].date())
    found = periods[keys].merge(table, on=keys, how="left")["planned"]
    # Two helps of a kind that begin on the same day: the plan does not say for which it is.
    return found.mask(periods.duplicated(keys, keep=False))


def _delivered(
    periods: pd.DataFrame, actions: pd.DataFrame | None, today: pd.Timestamp
) -> pd.Series[float]:
    """Count the times of a help within its period; without a ledger they are not known."""
    if actions is None:
        return pd.Series(float("nan"), index=periods.index)
    _need(actions, ("student_id", "date", "type"))
    done = pd.DataFrame(
        {
            "student_id": actions["student_id"].astype("str"),
            "type": actions["type"].astype("str"),
            "day": days(actions["date"], "date"),
        }
    )
    pairs = periods.reset_index()[["index", "student_id", "type", "start", "end"]].merge(
        done, on=["student_id", "type"]
    )
    inside = (pairs["day"] >= pairs["start"]) & (pairs["day"] <= pairs["end"].fillna(today))
    counts = pairs[inside & (pairs["day"] <= today)]["index"].value_counts()
    return counts.reindex(periods.index).fillna(0).astype("float64")


def _types(periods: pd.DataFrame) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for name, group in periods.groupby("type", sort=True):
        ended = group[group["state"] == "ended"]
        known = ended[ended["category"].notna()].sort_values(["start", "student_id"])
        last = known.drop_duplicates("student_id", keep="last")
        for category in CATEGORIES:
            found = int((last["category"] == category).sum())
            part = share(found, len(last))
            sizes = (len(group), len(ended), len(known))
            rows.append((name, *sizes, category, found, len(last), part.low, part.high))
    return pd.DataFrame(rows, columns=list(TYPE_COLUMNS))


def _doses(periods: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name, group in periods.groupby("type", sort=True):
        known = group[group["planned"].notna() & group["delivered"].notna()]
        planned, delivered = float(known["planned"].sum()), float(known["delivered"].sum())
        part = delivered / planned if planned else float("nan")
        sizes = len(group), len(known)
        rows.append((name, *sizes, planned, delivered, part, len(group) - len(known)))
    return pd.DataFrame(rows, columns=list(DOSE_COLUMNS))
