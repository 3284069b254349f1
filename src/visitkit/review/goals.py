"""How far agreed goals were reached, on the scale from -2 to +2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from visitkit.calendar import DateLike, as_date
from visitkit.errors import ReviewError
from visitkit.review.estimates import share
from visitkit.review.measured import days, numbers
from visitkit.text import say

#: -2 much less than agreed, -1 less, 0 as agreed, +1 more, +2 much more.
LEVELS = (-2, -1, 0, 1, 2)

_COLUMNS = ("student_id", "goal_id", "level", "due")


@dataclass(frozen=True)
class GoalResult:
    """How far goals were reached.

    Parameters
    ----------
    students : pandas.DataFrame
        A row a student: ``student_id``, ``set``, ``rated``, ``attained`` (0 or above),
        ``overdue`` (past their day and not rated), ``share`` attained of those rated.
    levels : pandas.DataFrame
        A row a level from -2 to +2: ``level``, ``goals``, ``of`` (rated), ``share`` with ``low``
        and ``high`` (Wilson).
    overdue : pandas.DataFrame
        ``student_id``, ``goal_id``, ``due``, ``days`` past, the longest first.
    goals, rated, attained
        How many were set, rated, and reached.
    """

    students: pd.DataFrame
    levels: pd.DataFrame
    overdue: pd.DataFrame
    goals: int
    rated: int
    attained: int

    def words(self, lang: str | None = None) -> str:
        """Return the result in words, a sentence a line."""
        return "\n".join(_sentences(self, lang))


@dataclass(frozen=True, slots=True)
class GoalAttainment:
    """Goal attainment scaling.

    Notes
    -----
    Kiresuk and Sherman 1968, doi:10.1007/BF01530764. Their summary score takes for granted how
    closely goals go together, so only counts are given here.

    Examples
    --------
    >>> goals = pd.DataFrame({"student_id": ["01", "01", "02"], "goal_id": ["a", "b", "a"],
    ...     "level": [1, None, -1], "due": ["2026-10-30", "2026-10-30", "2026-12-18"]})
    >>> found = GoalAttainment().fit(goals, "2026-11-02")
    >>> found.goals, found.rated, found.attained, len(found.overdue)
    (3, 2, 1, 1)
    """

    def fit(self, goals: pd.DataFrame, as_of: DateLike) -> GoalResult:
        """Return how far goals were reached on a day.

        Parameters
        ----------
        goals
            ``student_id``, ``goal_id``, ``level`` (-2 to +2; empty while not rated), ``due`` (the
            day agreed; empty where none was).
        as_of
            The day on which we stand.

        Raises
        ------
        ReviewError
            When a column is missing, a level is another number, or a goal occurs twice.
        """
        table, today = _checked(goals), pd.Timestamp(as_date(as_of))
        table["late"] = table["level"].isna() & (table["due"] < today)
        table["done"] = table["level"] >= 0
        late = table[table["late"]].sort_values(["due", "student_id", "goal_id"])
        late = late.assign(days=(today - late["due"]).dt.days)
        rated = table["level"].dropna()
        return GoalResult(
            _by_student(table),
            _levels(rated),
            late[["student_id", "goal_id", "due", "days"]].reset_index(drop=True),
            len(table),
            len(rated),
            int(table["done"].sum()),
        )


def _checked(goals: pd.DataFrame) -> pd.DataFrame:
    lacking = [name for name in _COLUMNS if name not in goals.columns]
    if lacking:
        raise ReviewError("review.columns_missing", missing=", ".join(lacking))
    unnamed = int(goals[["student_id", "goal_id"]].isna().any(axis=1).sum())
    if unnamed:
        raise ReviewError("review.goal_unnamed", number=unnamed)
    table = goals[list(_COLUMNS)].astype({"student_id": "str", "goal_id": "str"})
    table["level"], table["due"] = numbers(goals["level"], "level"), days(goals["due"], "due")
    wrong = table.loc[~table["level"].isin(LEVELS) & table["level"].notna(), "level"]
    if len(wrong):
        raise ReviewError("review.bad_level", value=f"{wrong.iloc[0]:g}")
    twice = table[table.duplicated(["student_id", "goal_id"])]
    if len(twice):
        row = twice.iloc[0]
        raise ReviewError("review.goal_twice", student=row["student_id"], goal=row["goal_id"])
    return table


def _by_student(table: pd.DataFrame) -> pd.DataFrame:
    found = table.groupby("student_id", as_index=False).agg(
        set=("goal_id", "size"),
        rated=("level", "count"),
        attained=("done", "sum"),
        overdue=("late", "sum"),
    )
    known = found["rated"].where(found["rated"] > 0)
    return found.assign(share=found["attained"] / known)


def _levels(rated: pd.Series[float]) -> pd.DataFrame:
    rows = []
    for level in LEVELS:
        count = int((rated == level).sum())
        part = share(count, len(rated))
        rows.append((level, count, len(rated), part.value, part.low, part.high))
    return pd.DataFrame(rows, columns=["level", "goals", "of", "share", "low", "high"])


def _sentences(found: GoalResult, lang: str | None) -> Iterator[str]:
    yield say(
        "review.goals.summary", lang, goals=found.goals, rated=found.rated, attained=found.attained
    )
    for row in found.levels.to_dict("records"):
        name = level_name(int(row["level"]), lang)
        if row["of"]:
            yield say("review.goals.count", lang, level=name, goals=row["goals"], of=row["of"])
    if len(found.overdue):
        yield say("review.goals.overdue", lang, number=len(found.overdue))


def level_name(level: int, lang: str | None = None) -> str:
    """Return a level in words.

    Examples
    --------
    >>> level_name(0, "en")
    'as agreed (0)'
    """
    return say(f"review.goals.level.{_NAMES[level]}", lang)


_NAMES = {-2: "much_less", -1: "less", 0: "as_agreed", 1: "more", 2: "much_more"}
