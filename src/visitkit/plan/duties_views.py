"""Duties added up: how far each quota has been reached, and what each teacher still has to do."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from visitkit.errors import PlanError
from visitkit.plan.duties_status import OPEN

#: Columns of :func:`coverage`.
COVERAGE_COLUMNS = (
    "rule",
    "kind",
    "level",
    "unit",
    "opens",
    "due",
    "students",
    "needed",
    "reached",
    "share",
    "visits_owed",
    "visits_made",
    "open",
    "overdue",
    "met",
)

_LEVELS = ("class", "grade", "school")


def coverage(duties: pd.DataFrame, levels: Collection[str] = _LEVELS) -> pd.DataFrame:
    """Return how far each duty has been reached, class by class and in the whole school.

    Parameters
    ----------
    duties
        From :func:`visitkit.plan.duties.duties`.
    levels
        Of ``class``, ``grade`` and ``school``: which rows are wanted.

    Returns
    -------
    pandas.DataFrame
        ``rule``, ``kind``, ``level`` (``class``, ``grade`` or ``school``), ``unit`` (the class or
        grade; empty for the school), ``opens``, ``due`` (the earliest), ``students`` (who are here
        and not excused), ``needed`` (of them; missing where the rule asks for a share of a
        larger group), ``reached`` (with all their visits made), ``share`` (reached over students),
        ``visits_owed``, ``visits_made``, ``open`` and ``overdue`` (students), ``met`` (missing as
        ``needed``). Students who left are not counted.

    Examples
    --------
    >>> from visitkit.load.school import School
    >>> from visitkit.plan.duties import duties
    >>> from visitkit.policy import read_policy
    >>> school = School.from_frames(students=pd.DataFrame({"student_id": ["1", "2"]}))
    >>> day = school.calendar.first
    >>> done = coverage(duties(school, read_policy("home-school-contact"), day))
    >>> done[["rule", "level", "students", "needed", "reached"]].values.tolist()
    [['quota.student', 'class', 2, 2, 0], ['quota.student', 'school', 2, 2, 0]]
    """
    table = pd.DataFrame(duties)
    table = table[~table["status"].isin(["left", "waived", "undecided"])].copy()
    table["level"], table["unit"] = "class", table["class_id"]
    grades = table[table["pool"].str.startswith("grade:")].copy()
    grades["level"], grades["unit"] = "grade", grades["pool"].str.removeprefix("grade:")
    whole = table.assign(level="school", unit="")
    keys = ["rule", "kind", "level", "unit"]
    rows = pd.concat([table, grades, whole])
    rows = rows[rows["level"].isin(list(levels))]
    if rows.empty:
        return pd.DataFrame(columns=list(COVERAGE_COLUMNS))
    found = [
        _group(dict(zip(keys, key, strict=True)), group)
        for key, group in rows.groupby(keys, sort=False, dropna=False)
    ]
    out = pd.DataFrame(found, columns=list(COVERAGE_COLUMNS))
    out["place"] = out["level"].map(_LEVELS.index)
    out = out.sort_values(["rule", "kind", "place", "unit"]).drop(columns="place")
    return out.astype({"needed": "Int64", "met": "boolean"}).reset_index(drop=True)


def _group(key: dict[str, object], group: pd.DataFrame) -> dict[str, object]:
    done = group["fulfilled"] >= group["occurrences"]
    needed = _needed(str(key["level"]), group)
    return {
        **key,
        "opens": group["opens"].min(),
        "due": group["due"].min(),
        "students": len(group),
        "needed": needed,
        "reached": int(done.sum()),
        "share": float(done.mean()),
        "visits_owed": int(group["occurrences"].sum()),
        "visits_made": int(group["fulfilled"].sum()),
        "open": int(group["status"].isin(OPEN).sum()),
        "overdue": int(group["overdue"].sum()),
        "met": pd.NA if needed is None else bool(_met(group, done, needed)),
    }


def _met(group: pd.DataFrame, done: pd.Series[bool], needed: int) -> bool:
    """Tell whether every group of which a share is asked has been reached, not just their sum."""
    pools = group.assign(done=done)[group["pool"] != ""]
    each = all(one["done"].sum() >= one["needed"].iloc[0] for _, one in pools.groupby("pool"))
    return each and int(done.sum()) >= needed


def _needed(level: str, group: pd.DataFrame) -> int | None:
    """Return how many are asked for; ``None`` where a share is asked of a larger group."""
    whole = int((group["pool"] == "").sum())
    pools = group.loc[group["pool"] != "", ["pool", "needed"]].drop_duplicates()
    kinds = [str(pool).partition(":")[0] for pool in pools["pool"]]
    if any(_LEVELS.index(kind) > _LEVELS.index(level) for kind in kinds):
        return None
    return whole + int(pools["needed"].sum())


def load(duties: pd.DataFrame) -> pd.DataFrame:
    """Return how many students each teacher is to visit under each rule, and has visited.

    Parameters
    ----------
    duties
        From :func:`visitkit.plan.duties.duties`.

    Returns
    -------
    pandas.DataFrame
        ``teacher_id``, ``rule``, ``mode`` (``cover``, ``load``, ``load_range`` or ``remainder``),
        ``source``, ``opens``, ``due``, ``students`` (whom the teacher may visit for it), ``least``
        and ``most`` (missing: no upper limit), ``visited`` (students), ``open`` (still to visit).

    Raises
    ------
    PlanError
        When the table does not come from :func:`visitkit.plan.duties.duties`.

    Examples
    --------
    >>> from visitkit.load.school import School
    >>> from visitkit.plan.duties import duties
    >>> from visitkit.policy import read_policy
    >>> roll = pd.DataFrame({"student_id": [f"{n}" for n in range(9)], "class_id": "701"})
    >>> staff = pd.DataFrame({"teacher_id": ["T1"], "homeroom_class": ["701"]})
    >>> school = School.from_frames(students=roll, teachers=staff)
    >>> owed = duties(school, read_policy("junior-school-annex"), school.calendar.first)
    >>> load(owed)[["teacher_id", "rule", "students", "least"]].values.tolist()
    [['T1', 'quota.head_teacher', 9, 5]]
    """
    found = getattr(duties, "loads", None)
    if not isinstance(found, pd.DataFrame):
        raise PlanError("duties.not_duties")
    return found.copy()
