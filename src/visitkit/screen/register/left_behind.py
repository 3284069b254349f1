"""Who counts as left behind under a policy, worked out from the tables, and whom to see first."""

from __future__ import annotations

import pandas as pd

from visitkit.calendar import DateLike
from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.policy.left_behind import Household, is_left_behind
from visitkit.screen.day import read_day
from visitkit.screen.register.scene import Scene, each

COLUMNS = {
    "student_id": "str",
    "left_behind": "boolean",
    "on_file": "bool",
    "definition": "str",
    "look_first": "str",
}

_PARENTS = ("father", "mother")


def left_behind(school: School, policy: Policy, as_of: DateLike) -> pd.DataFrame:
    """Work out who is left behind, by the definition of the policy (LB-01, LB-03).

    Parameters
    ----------
    school
        From :func:`visitkit.load.read_school`: ages and registration of ``students``, who is away
        and able of ``guardians``, group facts of ``groups``.
    policy
        Holds the definition and the kinds to see first (``left_behind.look_first``).
    as_of
        The day on which we stand.

    Returns
    -------
    pandas.DataFrame
        A row a student on roll, in order: ``student_id``; ``left_behind`` (missing where something
        is not known: ask); ``on_file`` (the register says so); ``definition`` (its name, because
        papers differ); ``look_first`` (kinds that apply, joined by ``;``; empty for a student
        whom neither the definition nor the register calls left behind).
    """
    scene = Scene(school, policy, read_day(as_of, school.calendar))
    codes = _codes(scene)
    homes = school.table("guardians")
    parents = {
        str(student): rows
        for student, rows in homes[homes["relation"].isin(_PARENTS)].groupby("student_id")
    }
    first = scene.codes("left_behind.look_first")
    rows = []
    for one in each(scene.students.reset_index()):
        held = codes.get(one.student_id, set())
        answer = is_left_behind(policy, _household(scene, one, parents.get(one.student_id), held))
        on_file = "left_behind" in held
        kinds = [code for code in first if code in held] if answer or on_file else []
        rows.append((one.student_id, answer, on_file, ";".join(kinds)))
    table = pd.DataFrame(rows, columns=["student_id", "left_behind", "on_file", "look_first"])
    table["definition"] = str(policy["left_behind.definition"])
    return table[list(COLUMNS)].astype(COLUMNS)


def _codes(scene: Scene) -> dict[str, set[str]]:
    rows = scene.school.table("groups")
    since = rows["since"].isna() | (rows["since"] < scene.end)
    until = rows["until"].isna() | (rows["until"] >= pd.Timestamp(scene.as_of))
    held: dict[str, set[str]] = {}
    for row in each(rows[since & until]):
        held.setdefault(row.student_id, set()).add(row.code)
    return held


def _household(
    scene: Scene, student: object, parents: pd.DataFrame | None, held: set[str]
) -> Household:
    born, hukou = student.birth_date, student.hukou  # type: ignore[attr-defined]
    day = scene.as_of
    age = None
    if not pd.isna(born):
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    single = True if "single_parent" in held else None
    known = (age, None if pd.isna(hukou) else str(hukou))
    if parents is None or parents["away"].isna().any():
        return Household(*known, single_parent=single)
    at_home = parents[~parents["away"].astype(bool)]
    able = at_home["able"]
    return Household(
        *known,
        parents_away=int(parents["away"].sum()),
        other_parent_able=None if able.isna().any() or able.empty else bool(able.any()),
        single_parent=single,
    )
