"""Behaviour, events and help worked by hand: rates, severities, and which kinds count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit import tables
from visitkit.load.school import School
from visitkit.screen.frames import Indicators
from visitkit.screen.indicators import indicators
from visitkit.screen.indicators.behaviour import CONCERNING, GOOD

# 88 school days lie between 1 September and Thursday 31 December 2026 (weekdays only); the windows
# of 120 therefore hold 88, those of 60 begin on 9 October, of 40 on 6 November.
AS_OF = "2026-12-31"
Build = Callable[..., School]


def seen(student: str, date: str, kind: str, severity: int | None = None) -> dict[str, Any]:
    """Return a row of the table of behaviour."""
    return {"student_id": student, "date": date, "kind": kind, "severity": severity}


ROWS = [
    seen("A", "2026-09-02", "fighting", 3),
    seen("A", "2026-10-08", "truancy", 1),  # the day before the window of 60
    seen("A", "2026-10-09", "truancy", 2),
    seen("A", "2026-11-07", "conflict_peer"),  # a Saturday; no severity: minor
    seen("A", "2026-12-31", "phone_use", 0),  # the day itself
    seen("A", "2026-12-01", "homework_missing", 1),
    seen("A", "2026-12-01", "withdrawn", 2),
    seen("A", "2026-12-01", "bullied", 3),
    seen("A", "2026-12-01", "self_harm_sign", 3),
    seen("A", "2026-12-01", "other", 3),
    seen("A", "2026-12-02", "praise"),
    seen("B", "2026-09-01", "service"),
]
GOLDEN = {
    "incident_rate": 3 / 60 * 100,  # truancy, conflict, phone
    "incident_severity": (2 + 1 + 0) / 60 * 100,
    "serious_incidents": 1,
    "truancy_rate": 1 / 60 * 100,
    "peer_conflicts": 1,
    "good_conduct": 1 / 88 * 100,
    "homework_missing": 1 / 40 * 100,
    "withdrawn_signs": 1,
    "bullied_signs": 1,
    # conflict and phone in the last 40 days, two of truancy in the 40 before
    "incident_trend": (2 / 40 - 2 / 40) * 100,
}


@pytest.fixture(scope="module", name="found")
def _found(school_of: Build) -> Indicators:
    return indicators(school_of(behaviour=ROWS), AS_OF)


@pytest.mark.parametrize("name", GOLDEN)
def test_worked_by_hand(found: Indicators, name: str) -> None:
    """Each figure of student A is the one worked out on paper."""
    assert found.loc["A", name] == pytest.approx(GOLDEN[name], abs=1e-12)  # order of division


def test_no_row_is_nothing_seen(found: Indicators) -> None:
    """B was praised for service and nothing else: zeros, not unknown."""
    figures = found.loc["B", list(GOLDEN)]
    assert (figures.drop("good_conduct") == 0).all()
    assert figures["good_conduct"] == pytest.approx(1 / 88 * 100, abs=1e-12)


def test_no_table_is_unknown(school_of: Build) -> None:
    """Without a table of behaviour and of events nothing is zero."""
    found = indicators(school_of(students=[{"student_id": "A"}]), AS_OF)
    assert found[[*GOLDEN, "family_events", "leaving_signs"]].isna().all(axis=None)


def test_what_was_suffered_is_no_conduct(school_of: Build) -> None:
    """Being bullied, keeping apart and signs of self-harm never count as conduct."""
    rows = [seen("A", "2026-12-01", kind, 3) for kind in ("bullied", "withdrawn", "self_harm_sign")]
    found = indicators(school_of(behaviour=rows), AS_OF).loc["A"]
    assert found["incident_rate"] == 0
    assert found["serious_incidents"] == 0


def test_every_kind_has_its_place() -> None:
    """A new kind of behaviour must be sorted by hand; today these are neither."""
    neither = {"homework_missing", "bullied", "withdrawn", "self_harm_sign", "other"}
    assert set(tables.codes("behaviour_kind")) == {*CONCERNING, *GOOD} | neither


def test_bullied_on_one_day_in_two_tables_is_one_day(school_of: Build) -> None:
    """The same day seen and reported is counted once, another day again."""
    events = [
        {"student_id": "A", "date": day, "kind": "bullying"} for day in ("2026-12-01", "2026-12-03")
    ]
    found = indicators(school_of(behaviour=ROWS, events=events), AS_OF)
    assert found.loc["A", "bullied_signs"] == 2
    assert found.dates.loc["A", "bullied_signs"] == pd.Timestamp("2026-12-03")
    only = indicators(school_of(events=events), AS_OF)
    assert only.loc["A", "bullied_signs"] == 2
    assert np.isnan(only.loc["A", "incident_rate"])


def test_events_are_counted_by_day_and_kind(school_of: Build) -> None:
    """A move written down twice is one; an award and talk of leaving are no family events."""
    rows = [
        {"student_id": student, "date": day, "kind": kind}
        for student, day, kind in [
            ("A", "2026-10-01", "moved"),
            ("A", "2026-10-01", "moved"),
            ("A", "2026-10-01", "family_conflict"),
            ("A", "2026-11-01", "award"),
            ("A", "2026-11-02", "leaving_talk"),
            ("B", "2026-11-02", "award"),
        ]
    ]
    found = indicators(school_of(events=rows), AS_OF)
    assert found["family_events"].tolist() == [2, 0]
    assert found["leaving_signs"].tolist() == [1, 0]
    assert found.dates.loc["A", "family_events"] == pd.Timestamp("2026-10-01")


def test_counselling_talks_are_counted(school_of: Build) -> None:
    """Only counselling, only within the window, and zero for who had none."""
    rows = [
        {"student_id": student, "start": day, "type": kind}
        for student, day, kind in [
            ("A", "2026-11-02", "counselling"),
            ("A", "2026-11-20", "counselling"),
            ("A", "2026-11-20", "study"),
            ("B", "2026-11-20", "study"),
        ]
    ]
    found = indicators(school_of(interventions=rows), AS_OF)
    assert found["counselling_talks"].tolist() == [2, 0]
    assert found.dates.loc["A", "counselling_talks"] == pd.Timestamp("2026-11-20")


def amounts(student: str, days: pd.DatetimeIndex, amount: float) -> list[dict[str, Any]]:
    """Return a row of canteen spending for each day."""
    stream = {"student_id": student, "stream": "canteen", "amount": amount}
    return [{**stream, "date": day} for day in days]


def test_a_stream_is_measured_against_the_own_past(school_of: Build) -> None:
    """Half as much a day as in the sixty school days before is minus fifty percent."""
    before = pd.bdate_range("2026-09-11", "2026-12-03")  # the sixty school days
    recent = pd.bdate_range("2026-12-04", "2026-12-31")  # the last twenty
    assert (len(before), len(recent)) == (60, 20)
    rows = [
        *amounts("A", before, 10),
        *amounts("A", recent, 5),
        *amounts("B", before, 10),
        *amounts("C", before[:7], 10),
        *amounts("D", recent, 5),
    ]
    found = indicators(school_of(activity=rows), AS_OF)
    assert found.loc["A", "canteen_change"] == pytest.approx(-50, abs=1e-9)  # sums of tenths
    assert found.loc["B", "canteen_change"] == -100  # nothing any more
    assert np.isnan(found.loc["C", "canteen_change"])  # seven rows tell nothing usual
    assert np.isnan(found.loc["D", "canteen_change"])
    assert found["library_change"].isna().all()


def test_a_stream_that_was_switched_off_tells_nothing(school_of: Build) -> None:
    """When the whole stream ended weeks ago, nobody is told to have stopped."""
    rows = amounts("A", pd.bdate_range("2026-09-11", "2026-11-20"), 10)
    found = indicators(school_of(activity=rows), AS_OF)
    assert np.isnan(found.loc["A", "canteen_change"])
