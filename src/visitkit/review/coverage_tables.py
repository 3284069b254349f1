"""The tables of coverage: by role, group, tier, class and band, and who still waits."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.policy.reached import phone_only
from visitkit.review.bands import UNKNOWN, achievement_bands

PARTS_COLUMNS = (
    "level",
    "unit",
    "rule",
    "students",
    "reached",
    "share",
    "visits_owed",
    "visits_made",
    "open",
    "overdue",
)
CONTACTS_COLUMNS = ("level", "unit", "students", "contacted", "phone_only", "share")
BANDS_COLUMNS = ("band", "students", "visited", "share", "asked_for", "met")
STAFF_COLUMNS = ("role", "teachers", "taking_part", "share", "visits")
OPEN_COLUMNS = ("student_id", "class_id", "rules", "visits", "due", "overdue", "last_contact")

DUTY_COLUMNS = (
    "student_id",
    "class_id",
    "rule",
    "roles",
    "occurrences",
    "fulfilled",
    "status",
    "due",
    "overdue",
    "last_contact",
)
#: Duties that say nothing of whether visits were made.
_NOT_COUNTED = ("left", "waived", "undecided")
_OPEN = ("owed", "cancelled_school", "cancelled_family")
#: A rule that names no role may be met by anybody.
ANYBODY = "anybody"
NO_GROUP = "none"


def need(table: pd.DataFrame, names: tuple[str, ...]) -> None:
    """Refuse a table that lacks a column."""
    lacking = [name for name in names if name not in table.columns]
    if lacking:
        raise ReviewError("review.columns_missing", missing=", ".join(lacking))


def on_roll(school: School, today: pd.Timestamp) -> pd.DataFrame:
    """Return the students who are here on a day."""
    roll = school.tables["students"]
    here = ~(roll["entered_on"] > today) & ~(roll["left_on"] <= today)
    return roll.loc[here, ["student_id", "class_id", "grade"]]


def parts(
    duties: pd.DataFrame, school: School, today: pd.Timestamp, tiers: pd.DataFrame | None
) -> pd.DataFrame:
    """Return what was owed and done by role, group and tier."""
    counted = duties[~duties["status"].isin(_NOT_COUNTED)]
    counted = counted.assign(
        done=counted["fulfilled"] >= counted["occurrences"],
        waiting=counted["status"].isin(_OPEN),
    )
    rows = []
    for level, units in _units(counted, school, today, tiers):
        table = counted.join(units.rename("unit"), how="inner")
        rows += [
            _part(level, str(unit), str(rule), group)
            for (rule, unit), group in table.groupby(["rule", "unit"], sort=True)
        ]
    return pd.DataFrame(rows, columns=list(PARTS_COLUMNS))


def _units(
    counted: pd.DataFrame, school: School, today: pd.Timestamp, tiers: pd.DataFrame | None
) -> Iterator[tuple[str, pd.Series[str]]]:
    """Yield for each level the unit, or units, of each duty, by the duty's place."""
    roles = counted["roles"].fillna("").astype("str").str.split(";").explode()
    yield "role", roles.mask(roles == "", ANYBODY)
    groups = school.tables["groups"]
    now = ~(groups["since"] > today) & ~(groups["until"] < today)
    codes = groups[now].drop_duplicates(["student_id", "code"]).groupby("student_id")["code"]
    lists = {str(student): sorted(some) for student, some in codes}
    held = [lists.get(str(student), [NO_GROUP]) for student in counted["student_id"]]
    yield "group", pd.Series(held, index=counted.index, dtype="object").explode()
    if tiers is not None:
        need(tiers, ("student_id", "tier"))
        one = tiers.drop_duplicates("student_id").set_index("student_id")["tier"]
        yield "tier", counted["student_id"].map(one).astype("object").fillna(UNKNOWN)


def _part(level: str, unit: str, rule: str, group: pd.DataFrame) -> dict[str, object]:
    done = group.groupby("student_id")["done"].all()
    return {
        "level": level,
        "unit": unit,
        "rule": rule,
        "students": len(done),
        "reached": int(done.sum()),
        "share": float(done.mean()),
        "visits_owed": int(group["occurrences"].sum()),
        "visits_made": int(group["fulfilled"].sum()),
        "open": group.loc[group["waiting"], "student_id"].nunique(),
        "overdue": group.loc[group["overdue"].astype(bool), "student_id"].nunique(),
    }


def contacts(roll: pd.DataFrame, visits: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return how many families were only telephoned, by class and in the school (VF-12)."""
    if not policy["visit.phone_only_report"]:
        return pd.DataFrame(columns=list(CONTACTS_COLUMNS))
    forms = visits.groupby("student_id")["form"].agg(list)
    rows = []
    units = [("class", str(name), of) for name, of in roll.groupby("class_id", sort=True)]
    for level, unit, group in [*units, ("school", "", roll)]:
        made = {str(one): forms.get(one, []) for one in group["student_id"]}
        share = phone_only(made)
        contacted = sum(bool(one) for one in made.values())
        only = 0 if share is None else round(share * contacted)
        value = float("nan") if share is None else share
        rows.append((level, unit, len(group), contacted, only, value))
    return pd.DataFrame(rows, columns=list(CONTACTS_COLUMNS))


def bands(
    roll: pd.DataFrame,
    marks: pd.DataFrame,
    visits: pd.DataFrame,
    policy: Policy,
    today: pd.Timestamp,
) -> pd.DataFrame:
    """Return how many of each achievement band were visited (CQ-18)."""
    named = policy["visit.spread"]
    names = [str(one) for one in named] if isinstance(named, list) else []
    if not names:
        return pd.DataFrame(columns=list(BANDS_COLUMNS))
    band = achievement_bands(marks, roll, today, names)
    visited = band.index.isin(visits["student_id"])
    rows = []
    for name in (*names, UNKNOWN):
        of = band == name
        size, found = int(of.sum()), int((of & visited).sum())
        asked = name != UNKNOWN
        share = found / size if size else float("nan")
        rows.append((name, size, found, share, asked, found > 0 if asked and size else pd.NA))
    return pd.DataFrame(rows, columns=list(BANDS_COLUMNS)).astype({"met": "boolean"})


def staff(teachers: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return totals by role; a teacher in two roles is in both, and nobody is named (DE-11)."""
    went = visits["visitors"].fillna("").astype("str").str.split(";").explode()
    made = went[went != ""].value_counts()
    roles = teachers.set_index("teacher_id")["roles"].fillna("").astype("str").str.split(";")
    table = roles.explode().rename("role").reset_index()
    table = table[table["role"] != ""]
    table["visits"] = table["teacher_id"].map(made).fillna(0).astype(int)
    rows = []
    for role, group in table.groupby("role", sort=True):
        part = int((group["visits"] > 0).sum())
        rows.append((role, len(group), part, part / len(group), int(group["visits"].sum())))
    return pd.DataFrame(rows, columns=list(STAFF_COLUMNS))


def still_open(duties: pd.DataFrame) -> pd.DataFrame:
    """Return who still waits for a visit, those past the day first."""
    waiting = duties[duties["status"].isin(_OPEN)]
    waiting = waiting.assign(left=waiting["occurrences"] - waiting["fulfilled"])
    found = waiting.groupby("student_id", as_index=False).agg(
        class_id=("class_id", "first"),
        rules=("rule", lambda rules: ";".join(sorted(set(rules)))),
        visits=("left", "sum"),
        due=("due", "min"),
        overdue=("overdue", "any"),
        last_contact=("last_contact", "max"),
    )
    found = found.sort_values(["overdue", "due", "student_id"], ascending=[False, True, True])
    return found[list(OPEN_COLUMNS)].reset_index(drop=True)
