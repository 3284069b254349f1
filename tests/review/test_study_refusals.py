"""Bad input: a sentence and no number, for every way of assigning."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit.errors import ReviewError
from visitkit.review import Study
from visitkit.screen.assignment import Assignment, Basis, freeze_assignment

FIRST = dt.date(2026, 9, 14)


def table(count: int = 240, seed: int = 5) -> pd.DataFrame:
    """Return students with a score, a visit, classes and outcomes; all made up."""
    rng = np.random.default_rng(seed)
    score = rng.uniform(0, 100, count)
    on = (score >= 60).astype(int)
    return pd.DataFrame(
        {
            "student_id": [f"S{place:03d}" for place in range(count)],
            "score": score,
            "visited": on,
            "lot": np.arange(count) % 2,
            "class": np.arange(count) // 20,
            "before": rng.normal(10, 3, count),
            "absence": score / 20 - 1.5 * on + rng.normal(0, 1, count),
            "mood": rng.normal(3, 1, count),
        }
    )


def record(rows: pd.DataFrame) -> Assignment:
    score = rows.set_index("student_id")["score"]
    return freeze_assignment(score, Basis("a1", dt.date(2026, 9, 7)), cutoff=60)


def key_of(rows: pd.DataFrame, **settings: Any) -> str:
    """Return the key of the refusal; a figure instead of one fails the test."""
    given = {"outcome": "absence", "unit": "student_id", "treat": "lot", "assign": "randomised"}
    with pytest.raises(ReviewError) as wrong:
        Study(rows, **(given | settings)).estimate()
    assert str(wrong.value)
    return wrong.value.key.partition(".")[2]


def as_threshold(rows: pd.DataFrame, **more: Any) -> dict[str, Any]:
    given = {"assign": "threshold", "treat": "visited", "record": record(rows)}
    return given | {"first_visit": FIRST} | more


def test_threshold_needs_its_record() -> None:
    """No record, a changed one, a late one, another cutoff or score: refused at once."""
    rows = table()
    assert key_of(rows, assign="threshold", treat="visited") == "no_record"
    frozen = record(rows)
    frozen.table.loc[0, "score"] += 0.001
    assert key_of(rows, assign="threshold", treat="visited", record=frozen) == "record_changed"
    assert key_of(rows, **as_threshold(rows, first_visit=dt.date(2026, 9, 7))) == "record_late"
    assert key_of(rows, **as_threshold(rows, cutoff=61.0)) == "another_cutoff"
    rounded = rows.assign(score=rows["score"].round())
    assert key_of(rounded, **(as_threshold(rows) | {"score": "score"})) == "another_score"
    stranger = pd.concat([rows, table(1).assign(student_id="X")])
    assert key_of(stranger, **as_threshold(rows)) == "not_in_record"


def test_threshold_offers_only_the_cutoff() -> None:
    """No matching, no regression for students assigned by a score."""
    rows = table()
    assert key_of(rows, **as_threshold(rows, method="matched")) == "only_threshold"
    assert key_of(rows, **as_threshold(rows, time="class", first="class")) == "only_threshold"


def test_outcome_is_never_the_score() -> None:
    """Neither by name, nor the same figures in another unit, nor a measure from before."""
    rows = table()
    assert key_of(rows, **as_threshold(rows, outcome="score")) == "outcome_is_score"
    scaled = rows.assign(again=rows["score"] * 10 - 3)
    assert key_of(scaled, **as_threshold(rows, outcome="again")) == "outcome_is_score"
    assert key_of(rows, outcome="score", score="score") == "outcome_is_score"
    assert key_of(rows, outcome="before", baseline="before") == "outcome_taken"
    assert key_of(rows, outcome="lot") == "outcome_taken"


def test_few_classes_are_refused() -> None:
    """One class; three on a side."""
    rows = table()
    assert key_of(rows.assign(one=1), cluster="one") == "too_few_clusters"
    three = rows.assign(six=np.arange(240) % 6)
    three["lot"] = (three["six"] < 3).astype(int)
    assert key_of(three, cluster="six") == "too_few_clusters"
    few = rows.iloc[:7]
    assert key_of(few) == "too_few_units"


@pytest.mark.parametrize(
    ("change", "settings", "key"),
    [
        ({"absence": 1.0}, {}, "constant_outcome"),
        ({"absence": np.nan}, {}, "all_missing"),
        ({"absence": "many"}, {}, "not_numbers"),
        ({"absence": np.inf}, {}, "not_numbers"),
        ({"lot": 1}, {}, "too_few_units"),
        ({"lot": 2}, {}, "not_flags"),
        ({"student_id": "S1"}, {}, "unit_twice"),
        ({}, {"outcome": "nothing"}, "columns_missing"),
        ({}, {"outcome": []}, "needed"),
        ({}, {"assign": "guessed"}, "unknown_choice"),
        ({}, {"assign": "chosen"}, "needed"),
        ({}, {"assign": "chosen", "baseline": "before", "method": "magic"}, "unknown_choice"),
        ({}, {"horizon": 3.0}, "misplaced"),
        ({}, {"sees": 3.0}, "unknown_setting"),
    ],
)
def test_bad_input(change: dict[str, Any], settings: dict[str, Any], key: str) -> None:
    """A sentence and no number."""
    assert key_of(table().assign(**change), **settings) == key


def test_cutoff_outside_the_data() -> None:
    """A record whose other side never came back: the cutoff lies outside the scores."""
    rows = table()
    low = rows[rows["score"] < 60]
    assert key_of(low, **as_threshold(rows)) == "cutoff_outside"


def test_no_overlap_and_separation() -> None:
    """A measure that decides alone who was chosen leaves nobody to compare."""
    rows = table()
    rows["decides"] = rows["lot"] * 10 + rows["mood"]
    given = {"assign": "chosen", "baseline": "decides"}
    assert key_of(rows, **given) in {"separated", "no_overlap"}


def test_periods_twice_and_unsorted() -> None:
    """A student twice in a period; a series out of order."""
    rows = pd.concat([table().assign(term=term, first=0) for term in (1, 2, 3)])
    rows.loc[rows["class"] < 5, "first"] = 2
    given = {"assign": "staggered", "time": "term", "first": "first", "treat": ""}
    assert key_of(pd.concat([rows, rows.iloc[:1]]), **given) == "unit_period_twice"
    weeks = pd.DataFrame(
        {"week": np.arange(40), "absence": np.random.default_rng(1).normal(size=40)}
    )
    given = {"assign": "series", "time": "week", "start": 20, "treat": "", "unit": ""}
    assert key_of(weeks.iloc[::-1], **given) == "time_not_rising"
    assert key_of(pd.concat([weeks, weeks.tail(1)]), **given) == "time_not_rising"


def test_time_to_an_end() -> None:
    """A missing time; nobody ended on one side."""
    rows = table().assign(weeks=np.arange(240) % 30 + 1, end=(np.arange(240) % 3 == 0).astype(int))
    given = {"assign": "time_to_event", "outcome": "weeks", "cause": "end", "horizon": 20}
    assert key_of(rows.assign(weeks=rows["weeks"].where(rows.index > 0)), **given) == "bad_time"
    assert key_of(rows.assign(end=rows["end"] * rows["lot"]), **given) == "no_events"


def test_one_bad_outcome_does_not_silence_the_others() -> None:
    """The refused outcome stands in the table with its sentence and without a number."""
    rows = table().assign(flat=1.0, told="often")
    outcomes = ["absence", "flat", "told"]
    study = Study(rows, outcomes, "randomised", unit="student_id", treat="lot", baseline="before")
    found = study.estimate()
    assert [row.found.outcome for row in found.rows] == ["absence"]
    assert [one.outcome for one in found.refused] == ["flat", "told"]
    assert found.refused[0].why.sentence("en") in study.text("en")
    with pytest.raises(ReviewError):
        found.row("flat")
