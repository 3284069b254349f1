"""The sample of parents: enough of each class, random, and the same again with its seed."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.calendar import Calendar
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan.sampling import sample_parents
from visitkit.policy import read_policy

RULES = read_policy("home-school-contact")
DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
TERM = DAYS.terms[0]


def school_of(sizes: list[int], order: int = 0) -> School:
    """Return classes of some sizes, the rows in some order."""
    rows = [(f"{c}{n:02d}", f"70{c}") for c, size in enumerate(sizes) for n in range(size)]
    frame = pd.DataFrame(rows, columns=["student_id", "class_id"])
    return School.from_frames(students=frame.sample(frac=1, random_state=order), calendar=DAYS)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=4), st.integers(0, 10_000))
def test_share_of_each_class(sizes: list[int], seed: int) -> None:
    """Each class gives 30 % and no family more than needed; shuffling changes nothing."""
    found = sample_parents(school_of(sizes), RULES, TERM, seed)
    drawn = found.groupby("class_id").size()
    for number, size in enumerate(sizes):
        assert 0.3 * size <= drawn[f"70{number}"] < 0.3 * size + 1
    assert found["student_id"].is_unique
    again = sample_parents(school_of(sizes, order=1), RULES, TERM, seed)
    pd.testing.assert_frame_equal(found, again)


def test_every_family_has_the_same_chance() -> None:
    """Over 600 seeds each of ten families is drawn about 180 times.

    The tolerance is four standard deviations of a binomial count: 4 * sqrt(600 * 0.3 * 0.7) = 45.
    """
    school = school_of([10])
    drawn = [sample_parents(school, RULES, TERM, seed)["student_id"] for seed in range(600)]
    counts = pd.concat(drawn).value_counts()
    assert len(counts) == 10
    assert (counts - 180).abs().max() <= 45


def test_surveys_and_seeds_differ() -> None:
    """The second survey asks others than the first, and the seed stands in the table."""
    school = school_of([40, 40])
    first = sample_parents(school, RULES, TERM, 7)
    second = sample_parents(school, RULES, TERM, 7, survey=2)
    assert set(first["student_id"]) != set(second["student_id"])
    assert set(first["student_id"]) != set(sample_parents(school, RULES, TERM, 8)["student_id"])
    assert first["seed"].eq(7).all()


def test_a_newcomer_changes_no_other_class() -> None:
    """Each class has a stream of its own."""
    few = sample_parents(school_of([20, 20]), RULES, TERM, 3)
    more = sample_parents(school_of([20, 21]), RULES, TERM, 3)
    pd.testing.assert_frame_equal(few[few["class_id"] == "700"], more[more["class_id"] == "700"])


def test_only_those_on_roll() -> None:
    """Who left before the term or enters after it is not asked."""
    frame = pd.DataFrame(
        {
            "student_id": ["1", "2", "3"],
            "class_id": "701",
            "left_on": ["2026-08-01", None, None],
            "entered_on": [None, "2027-02-10", None],
        }
    )
    school = School.from_frames(students=frame, calendar=DAYS)
    assert sample_parents(school, RULES, TERM, 1)["student_id"].tolist() == ["3"]


def test_refusals() -> None:
    """No survey in the policy, no such term, numbers out of range."""
    school = school_of([5])
    for rules, term, seed, key in (
        (read_policy("home-visit-1"), TERM, 1, "duties.no_survey"),
        (RULES, "spring 1999", 1, "duties.no_term"),
        (RULES, TERM, -1, "duties.sample_numbers"),
    ):
        with pytest.raises(PlanError) as caught:
            sample_parents(school, rules, term, seed)
        assert caught.value.key == key
        assert str(caught.value)
