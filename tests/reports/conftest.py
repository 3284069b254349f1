"""A hand-made caseload of nine made-up students: every tier, every kind of alert, every gap."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from visitkit.calendar import Calendar
from visitkit.load import Fault, Note, School
from visitkit.policy import read_policy
from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.frames import Indicators
from visitkit.screen.index import RiskIndex

AS_OF = dt.date(2026, 11, 2)
IDS = [f"S{number:02}" for number in range(1, 10)]


def alert(student: str, rule: str, kind: str, due: str | None, **more: object) -> dict[str, object]:
    """Return an open alert."""
    row = {
        "student_id": student,
        "rule": rule,
        "kind": kind,
        "opened": pd.Timestamp("2026-10-29"),
        "due": pd.NaT if due is None else pd.Timestamp(due),
        "action": "call_parents",
        "owner": "head_teacher",
        "source": "004 L284",
        "fact": "3",
        "answered": pd.NaT,
        "overdue": False,
    }
    return row | more


@pytest.fixture
def alerts() -> pd.DataFrame:
    """Overdue, due today, coming, without deadline, good news; one that a spreadsheet would run."""
    return pd.DataFrame(
        [
            alert("S03", "unexcused_run", "report", "2026-11-03 08:00"),
            alert("S05", "unexcused_run", "report", "2026-10-30", overdue=True),
            alert(
                "S01", "sick_absence", "visit", "2026-10-28", answered=pd.Timestamp("2026-10-27")
            ),
            alert("S05", "family_event", "visit", "2026-11-02", fact="=HYPERLINK(1)"),
            alert("S07", "mark_drop", "visit", None, source="undecided"),
            alert("S02", "good_event", "good", "2026-10-20"),
        ]
    )


@pytest.fixture
def figures() -> Indicators:
    """Figures that put students into every tier."""
    policy = read_policy("expert-points")
    names = list(
        RiskIndex.from_policy(policy).fit(pd.DataFrame({"absence_rate": [0.0]})).card_.names
    )
    frame = pd.DataFrame(0.0, index=pd.Index(IDS, name="student_id"), columns=names)
    frame.loc["S01", ["absence_rate", "unexcused_rate", "late_rate", "incident_rate"]] = 60.0
    frame.loc["S01", ["mark_standing", "scale_ratio", "family_climate"]] = [-2.4, 1.6, 2.0]
    frame.loc["S04", ["absence_rate", "mark_standing", "mark_drop"]] = [15.0, -1.6, 1.5]
    frame.loc["S06"] = np.nan
    frame.loc["S06", "absence_rate"] = 2.0
    frame.loc["S08", "scale_ratio"] = np.nan
    made = Indicators(frame)
    made.as_of = AS_OF
    made.dates = pd.DataFrame(pd.Timestamp("2026-10-28"), index=frame.index, columns=frame.columns)
    made.class_id = pd.Series(["7(1)"] * 5 + ["7(2)"] * 4, index=frame.index)
    return made


@pytest.fixture
def cases(figures: Indicators, alerts: pd.DataFrame) -> Caseload:
    """The caseload of the made-up students."""
    policy = read_policy("recommended")
    index = RiskIndex.from_policy(policy)
    return caseload(index.fit(figures).assess(figures), alerts, policy, capacity=5, seed=0)


@pytest.fixture
def school() -> School:
    """Names as they should never be: one is a formula, one is markup."""
    names = ["=1+1", "<b>An</b>", *(f"Name {number}" for number in range(3, 10))]
    students = pd.DataFrame({"student_id": IDS, "name": names, "class_id": "7(1)"})
    faults = tuple(
        Fault(
            "row_twice",
            "school.xlsx",
            "marks",
            row,
            "A",
            "S01",
            {"other_sheet": "marks", "other_row": 3},
        )
        for row in range(4, 20)
    )
    return School(
        {"students": students},
        Calendar.weekdays("2026-09-01", "2027-01-20"),
        faults=faults,
        left_out={"marks": 16, "visits": 0},
        source="school.xlsx",
        notes=(Note("calendar_assumed"), Note("sheet_hidden", "school.xlsx", "old")),
    )
