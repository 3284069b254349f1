"""Goals and periods of help, worked out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review.case import CaseReview
from visitkit.review.goals import GoalAttainment
from visitkit.review.help_review import help_review
from visitkit.review.reliable_change import Norms, Reliability

SCALE = Reliability(0.85, Norms(8, 4, "made-up manual, p. 3"))
MOOD = CaseReview(score="mood", higher_is="worse", reliability=SCALE, cutoff=12)


def test_goals_by_hand() -> None:
    goals = pd.DataFrame(
        {
            "student_id": ["S1", "S1", "S2", "S3"],
            "goal_id": ["a", "b", "a", "a"],
            "level": [2, -1, None, 0],
            "due": ["2026-10-30", "2026-10-30", "2026-10-23", None],
        }
    )
    found = GoalAttainment().fit(goals, "2026-11-02")
    assert (found.goals, found.rated, found.attained) == (4, 3, 2)
    assert found.students["attained"].tolist() == [1, 0, 1]
    assert found.students["share"].isna().tolist() == [False, True, False]
    assert found.levels["goals"].tolist() == [0, 1, 1, 0, 1]
    assert found.overdue[["student_id", "days"]].to_numpy().tolist() == [["S2", 10]]
    assert GoalAttainment().fit(goals, "2026-10-23").overdue.empty
    mixed = GoalAttainment().fit(goals.sample(frac=1, random_state=1), "2026-11-02")
    assert mixed.students.equals(found.students)
    assert "1" in found.words("en")


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("bad_level", {"level": 3}),
        ("bad_level", {"level": 0.5}),
        ("not_numbers", {"level": "good"}),
        ("not_days", {"due": "soon"}),
        ("goal_twice", {}),
        ("goal_unnamed", {"goal_id": None}),
    ],
)
def test_bad_goals_are_told(key: str, change: dict[str, object]) -> None:
    row = {"student_id": "S1", "goal_id": "a", "level": 1, "due": "2026-10-30", **change}
    with pytest.raises(ReviewError) as told:
        GoalAttainment().fit(
            pd.DataFrame([row, row] if key == "goal_twice" else [row]), "2026-11-02"
        )
    assert told.value.key == f"review.{key}"
    assert str(told.value) == text.say(told.value.key, None, **told.value.facts)


HELP = pd.DataFrame(
    {
        "student_id": ["S1", "S2", "S3", "S4"],
        "start": ["2026-09-14"] * 3 + ["2026-10-26"],
        "end": ["2026-10-23"] * 3 + [None],
        "type": ["mentor", "mentor", "study", "study"],
    }
)
SEEN = pd.DataFrame(
    [
        ("S1", "2026-09-01", 25, True),
        ("S1", "2026-09-10", 18, False),
        ("S1", "2026-10-26", 9, False),
        ("S2", "2026-09-01", 25, True),
        ("S2", "2026-10-26", 9, False),
        ("S3", "2026-09-10", 14, False),
        ("S3", "2026-09-20", 30, False),  # in the first half of the help: not its end
        ("S4", "2026-10-20", 14, False),
    ],
    columns=["student_id", "date", "mood", "screening"],
)


def test_help_periods_by_hand() -> None:
    found = help_review(HELP, SEEN, MOOD, "2026-11-02")
    rows = found.periods.set_index("student_id")
    assert rows.loc["S1", ["before", "after", "change"]].tolist() == [18, 9, -9]
    assert rows["category"].fillna("").tolist() == ["recovered", "", "", ""]
    assert rows["reason"].tolist() == ["", "only_screening", "nothing_after", "still_running"]
    mentor = found.types[found.types["type"] == "mentor"].set_index("category")
    assert mentor.loc["recovered", ["periods", "ended", "assessed", "students", "of"]].tolist() == [
        *(2, 2, 1, 1, 1)
    ]
    assert found.to_assess["student_id"].tolist() == ["S2", "S3"]
    assert rows["planned"].isna().all()
    assert found.doses["not_known"].tolist() == [2, 2]


def test_nothing_dated_later_changes_the_help_review() -> None:
    later = pd.DataFrame([("S3", "2026-11-04", 1, False)], columns=SEEN.columns)
    found = help_review(HELP, SEEN, MOOD, "2026-11-02")
    same = help_review(HELP, pd.concat([later, SEEN]), MOOD, "2026-11-02")
    assert same.periods.equals(found.periods)
    then = help_review(HELP, pd.concat([later, SEEN]), MOOD, "2026-11-04")
    assert then.periods.set_index("student_id").loc["S3", "after"] == 1
    running = help_review(HELP, SEEN, MOOD, "2026-10-01")
    assert set(running.periods["state"]) == {"running"}


def test_what_was_delivered_of_what_was_planned() -> None:
    """Six times planned for S1; two in the period, one before, one after, one of another kind."""
    plans = HELP.iloc[[0, 2]].assign(planned=[6, 4])
    actions = pd.DataFrame(
        {
            "student_id": ["S1"] * 5,
            "date": ["2026-09-14", "2026-10-23", "2026-09-13", "2026-09-20", "2026-10-24"],
            "type": ["mentor", "mentor", "mentor", "study", "mentor"],
        }
    )
    found = help_review(HELP, SEEN, MOOD, "2026-11-02", plans=plans, actions=actions)
    rows = found.periods.set_index("student_id")
    assert rows["delivered"].tolist() == [2, 0, 0, 0]
    doses = found.doses.set_index("type")
    assert doses.loc["mentor", ["known", "planned", "delivered", "not_known"]].tolist() == [
        1,
        6,
        2,
        1,
    ]
    assert doses.loc["mentor", "share"] == pytest.approx(1 / 3)
    mixed = help_review(
        HELP.sample(frac=1, random_state=4),
        SEEN.sample(frac=1, random_state=5),
        MOOD,
        "2026-11-02",
        plans=plans.iloc[::-1],
        actions=actions.iloc[::-1],
    )
    assert mixed.periods.equals(found.periods)


def test_two_helps_that_begin_together() -> None:
    """A talk and a longer help of the same kind are two periods, and the plan fits neither."""
    both = pd.concat([HELP.iloc[[0]], HELP.iloc[[0]].assign(end="2026-09-14")])
    plans = HELP.iloc[[0]].assign(planned=6)
    found = help_review(both, SEEN, MOOD, "2026-11-02", plans=plans)
    assert len(found.periods) == 2
    assert found.periods["planned"].isna().all()


@pytest.mark.parametrize(
    ("key", "rows"),
    [
        ("ends_before", HELP.assign(end="2026-01-01")),
        ("period_twice", pd.concat([HELP, HELP])),
        ("date_missing", HELP.assign(start=None)),
        ("columns_missing", HELP.drop(columns="type")),
    ],
)
def test_bad_periods_are_told(key: str, rows: pd.DataFrame) -> None:
    with pytest.raises(ReviewError) as told:
        help_review(rows, SEEN, MOOD, "2026-11-02")
    assert told.value.key == f"review.{key}"


def test_words_of_help_name_nobody_and_no_significance() -> None:
    found = help_review(HELP, SEEN, MOOD, "2026-11-02")
    for lang in text.LANGUAGES:
        words = found.words(lang)
        assert "S1" not in words
        assert "nan" not in words
        assert "significan" not in words
        assert "\u663e\u8457" not in words
