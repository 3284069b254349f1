"""What people do with alerts: a case keeps one open as long as it goes on, its end closes it.

Without a casebook an alert stays for a time after its latest fact (:func:`lookback`). Where people
have taken a matter up, the casebook knows better than any number of days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.indicators.assemble import Ground

#: Columns of a table of matters that are read here, see ``record.History``.
COLUMNS = ("student_id", "rule", "since", "known", "ended")


@dataclass(frozen=True)
class Matters:
    """Which alerts the casebook has taken up.

    Parameters
    ----------
    rows
        ``student`` (number), ``rule``, ``since``, ``known``, ``ended`` (missing while the case goes
        on), and ``day`` (number of the school day of ``known``), known by now.
    """

    rows: pd.DataFrame = field(repr=False)

    def going_on(self, rule: str, found: pd.DataFrame, school_days: int) -> pd.Series[bool]:
        """Tell which facts a case that goes on has taken up: they were open when it began.

        Parameters
        ----------
        rule
            Of the alerts.
        found
            ``student``, ``opened`` and ``latest`` (number of a school day).
        school_days
            For how long an alert of the rule stays open by itself.
        """
        mine = self.rows[(self.rows["rule"] == rule) & self.rows["ended"].isna()]
        pairs = self._beside(found[["student", "opened", "latest"]], mine)
        alive = pairs["latest"].fillna(-1) >= pairs["day"] - school_days
        taken = alive & (pairs["opened"] <= pairs["known"])
        return pd.Series(found.index.isin(pairs.loc[taken, "place"]), index=found.index)

    def closed(self, table: pd.DataFrame) -> pd.Series[bool]:
        """Tell which alerts people have closed.

        A case that ended has answered for what was known when it was opened, and for what came
        before the day on which it ended. What is new on that day or later is new, and what lies in
        the time of another case that goes on stays with that one.
        """
        pairs = self._beside(table, self.rows)
        pairs = pairs[pairs["rule"] == pairs["rule_case"]]
        before = (pairs["opened"] <= pairs["known"]) | (pairs["opened"] < pairs["ended"])
        over = pairs.loc[pairs["ended"].notna() & before, "place"]
        held = pairs.loc[pairs["ended"].isna() & (pairs["since"] <= pairs["opened"]), "place"]
        return pd.Series(table.index.isin(set(over) - set(held)), index=table.index)

    def _beside(self, table: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
        placed = table.rename_axis(index="place").reset_index()
        # A rule that found nothing hands over columns without a type.
        placed = placed.astype({"student": "int64", "opened": "datetime64[us]"})
        return placed.merge(mine, on="student", suffixes=("", "_case"))


def matters_known(base: Ground[Any], matters: pd.DataFrame | None) -> Matters:
    """Return what the casebook has taken up by now, of students on roll.

    Parameters
    ----------
    base
        The day, the school days and who is on roll.
    matters
        ``student_id``, ``rule``, ``since``, ``known``, ``ended``; nothing is taken up without it.

    Raises
    ------
    ScreenError
        ``screen.matters_column`` when a column is missing: an alert would be closed or lost.
    """
    if matters is None:
        matters = pd.DataFrame({name: [] for name in COLUMNS})
    for name in COLUMNS:
        if name not in matters:
            raise ScreenError("screen.matters_column", column=name, allowed=", ".join(COLUMNS))
    end = pd.Timestamp(base.moment.end)
    rows = matters[list(COLUMNS)].astype(
        dict.fromkeys(COLUMNS[2:], "datetime64[us]") | {"student_id": "str", "rule": "str"}
    )
    rows = rows[rows["known"] < end]
    rows = rows.assign(ended=rows["ended"].where(rows["ended"] < end))
    here = base.here.to_native()[["student", "student_id"]]
    rows = rows.merge(here.astype({"student_id": "str"}), on="student_id")
    return Matters(rows.assign(day=_numbers(base, rows["known"])))


def _numbers(base: Ground[Any], days: pd.Series[Any]) -> pd.Series[Any]:
    """Return the number of the school day a day is, or of the one before it."""
    told: Mapping[Any, int] = dict(
        base.days.select(nw.col("date"), nw.col("day")).to_native().itertuples(index=False)
    )
    return days.map(lambda day: told.get(day, -1)).astype("int64")
