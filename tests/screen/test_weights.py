"""Weights from judgements and from spread, and what hangs on them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import load, policy, sample, screen
from visitkit.errors import ScreenError
from visitkit.screen.frames import Assessment
from visitkit.screen.weights import (
    critic_weights,
    entropy_weights,
    judge,
    policy_part,
    sensitivity,
)
from visitkit.screen.weights.judgements import RANDOM_INDEX
from visitkit.tables import DIMENSIONS

NAMES = ["attendance", "academic", "family"]


def table(*rows: list[float], names: list[str] | None = None) -> pd.DataFrame:
    """A table of judgements."""
    chosen = names or list(DIMENSIONS[: len(rows)])
    return pd.DataFrame(list(rows), index=chosen, columns=chosen, dtype=float)


@pytest.fixture(scope="module")
def assessed() -> Assessment:
    """The sample school as the default policy reads it."""
    school = load.read_school(sample.sample_folder())
    figures = screen.indicators(school, as_of="2026-11-02")
    index = screen.RiskIndex.from_policy(policy.read_policy("recommended"))
    return index.fit(figures).assess(figures)


def test_saaty_s_three_by_three() -> None:
    """Much-printed example: weights .279, .649, .072; largest eigenvalue 3.0649."""
    found = judge(table([1, 1 / 3, 5], [3, 1, 7], [1 / 5, 1 / 7, 1], names=NAMES))
    assert [round(weight, 3) for weight in found.weights.values()] == [0.279, 0.649, 0.072]
    assert found.ratio * RANDOM_INDEX[2] * 2 + 3 == pytest.approx(3.0649, abs=5e-5)
    assert found.usable


@pytest.mark.parametrize("size", [3, 5, 6])
def test_random_index_is_what_random_judgements_give(size: int) -> None:
    """The table divided by is the mean over random reciprocal matrices."""
    rng = np.random.default_rng(size)
    scale = np.array([1 / value for value in range(9, 1, -1)] + list(range(1, 10)))
    draws = 4000
    matrices = np.ones((draws, size, size))
    upper = np.triu_indices(size, 1)
    drawn = rng.choice(scale, (draws, len(upper[0])))
    matrices[:, upper[0], upper[1]] = drawn
    matrices[:, upper[1], upper[0]] = 1 / drawn
    largest = np.linalg.eigvals(matrices).real.max(axis=1)
    indices = (largest - size) / (size - 1)
    # four standard errors of the mean of the draws
    assert indices.mean() == pytest.approx(
        RANDOM_INDEX[size - 1], abs=4 * indices.std() / np.sqrt(draws)
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.4, 3.0), min_size=3, max_size=6))
def test_consistent_judgements_give_the_weights_back(weights: list[float]) -> None:
    """Whoever judges by true weights gets these weights and a ratio of 0."""
    true = np.array(weights)
    found = judge(table(*(true[:, None] / true[None, :]).tolist()))
    np.testing.assert_allclose(list(found.weights.values()), true / true.sum(), atol=1e-9)
    assert found.ratio == pytest.approx(0, abs=1e-9)


def test_the_worst_pair_is_named_and_mending_it_helps() -> None:
    """One inflated judgement among consistent ones is found, with the value the others imply."""
    true = np.array([4.0, 3, 2, 2, 1, 1])
    whole = true[:, None] / true[None, :]
    whole[1, 4], whole[4, 1] = 1 / 3, 3
    found = judge(table(*whole.tolist()))
    assert not found.usable
    worst = found.pairs.iloc[0]
    assert (worst["first"], worst["second"]) == (DIMENSIONS[1], DIMENSIONS[4])
    assert worst["implied"] == pytest.approx(3.0)
    assert worst["ratio_if_mended"] == pytest.approx(0, abs=1e-9)


def test_several_judges_meet_in_the_geometric_mean() -> None:
    """Twice and half as important cancel out; the order of judges does not matter."""
    one, other = table([1, 2], [0.5, 1]), table([1, 0.5], [2, 1])
    assert list(judge([one, other]).weights.values()) == pytest.approx([0.5, 0.5])
    assert judge([one, other]).judges == 2
    strong = table([1, 8], [1 / 8, 1])
    # sqrt(2 * 8) = 4 to 1
    assert list(judge([strong, one]).weights.values()) == pytest.approx([0.8, 0.2])


def test_a_pair_left_out_is_decided_by_the_others() -> None:
    """From 2:1 and 2:1 follows 4:1, whoever did not say so."""
    found = judge(table([1, 2, np.nan], [0.5, 1, 2], [np.nan, 0.5, 1], names=NAMES))
    assert list(found.weights.values()) == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert np.isnan(found.ratio)
    assert len(found.pairs) == 2


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ([[1, 20], [1 / 20, 1]], "weights.off_scale"),
        ([[1, 3], [3, 1]], "weights.not_mirrored"),
        ([[1, np.nan], [np.nan, 1]], "weights.not_connected"),
    ],
)
def test_bad_judgements(rows: list[list[float]], key: str) -> None:
    """Each fault is a sentence."""
    with pytest.raises(ScreenError) as caught:
        judge(table(*rows))
    assert caught.value.key == key


def test_judges_must_mean_the_same_names() -> None:
    """Two tables in another order are not added up cell by cell."""
    one = table([1, 2], [0.5, 1])
    with pytest.raises(ScreenError) as caught:
        judge([one, one.iloc[::-1, ::-1]])
    assert caught.value.key == "weights.other_names"


def test_weights_become_a_policy(tmp_path: Path) -> None:
    """The file reads as a policy; each value names who decided and when."""
    found = judge(table([1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1], names=NAMES))
    text = policy_part(
        found, base="recommended", decided_by="leading group", decided_on=dt.date(2026, 9, 1)
    )
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    rules = policy.read_policy(path)
    assert rules["risk.dimensions.attendance"] == 1.0
    assert rules["risk.dimensions.family"] == 0.25
    assert "leading group, 2026-09-01" in rules.source("risk.dimensions.family")


def test_contradictory_judgements_do_not_become_a_policy() -> None:
    """Above a ratio of .10 the pair to talk over is named instead."""
    found = judge(table([1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1], names=NAMES))
    with pytest.raises(ScreenError) as caught:
        policy_part(found, base="recommended", decided_by="x", decided_on=dt.date(2026, 9, 1))
    assert caught.value.key == "weights.inconsistent"


def test_spread_weights_by_hand() -> None:
    """Entropy and CRITIC on figures that can be worked out."""
    scores = pd.DataFrame({"even": [2.0, 2, 2, 2], "half": [1.0, 1, 0, 0]})
    assert entropy_weights(scores).to_dict() == pytest.approx({"even": 0.0, "half": 1.0})
    two = pd.DataFrame({"half": [1.0, 1, 0, 0], "one": [1.0, 0, 0, 0]})
    # 1 - ln 2 / ln 4 = .5 and 1 - 0 = 1
    assert entropy_weights(two).to_dict() == pytest.approx({"half": 1 / 3, "one": 2 / 3})
    mirrored = pd.DataFrame({"up": [0.0, 1, 2], "down": [2.0, 1, 0]})
    assert critic_weights(mirrored).to_dict() == pytest.approx({"up": 0.5, "down": 0.5})
    alike = pd.DataFrame({"up": [0.0, 1, 2], "twice": [0.0, 2, 4]})
    assert critic_weights(alike).to_dict() == pytest.approx({"up": 0.5, "twice": 0.5})


def test_what_hangs_on_the_weights(assessed: Assessment) -> None:
    """Tight draws keep the list; loose ones move it; each draw lists exactly k students."""
    tight = sensitivity(assessed, 20, draws=40, tightness=5000)
    loose = sensitivity(assessed, 20, draws=40, tightness=0.5)
    assert tight.overlap[1] >= 0.9 > loose.overlap[0]
    for found in (tight, loose):
        assert found.students["on_list"].sum() == pytest.approx(20)
        assert (found.students["low"] <= found.students["high"]).all()
    assert sorted(tight.students["rank"]) == list(range(1, len(assessed) + 1))


def test_sensitivity_is_repeatable(assessed: Assessment) -> None:
    """The same seed gives the same answer."""
    one, two = (sensitivity(assessed, 10, draws=10, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one.students, two.students)


def test_a_list_must_have_a_length(assessed: Assessment) -> None:
    """Nobody, or more than there are, is no list."""
    with pytest.raises(ScreenError):
        sensitivity(assessed, 0)
