"""The rules of the What Works Clearinghouse: digits, limits and ratings."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review.stats import (
    Flow,
    StudyFacts,
    attrition,
    baseline_equivalence,
    cluster_correct,
    default_icc,
    largest_differential,
    verdict,
)
from visitkit.review.stats.wwc_baseline import baseline_category
from visitkit.review.stats.wwc_rules import sheet
from visitkit.review.stats.wwc_verdict import DESIGNS, FOR_THE_READER

#: Overall attrition %, largest differential % cautious and optimistic (design note, section 1).
PRINTED = [
    (0, 5.7, 10.0),
    (10, 6.3, 10.9),
    (20, 5.4, 10.0),
    (30, 4.1, 8.2),
    (40, 2.6, 6.0),
    (50, 1.0, 3.7),
    (57, 0.0, 2.1),
    (58, None, 1.9),
    (65, None, 0.3),
    (66, None, None),
    (100, None, None),
]


@pytest.mark.parametrize(("overall", "cautious", "optimistic"), PRINTED)
def test_attrition_end_points(
    overall: int, cautious: float | None, optimistic: float | None
) -> None:
    """The printed digits at the end points."""
    for boundary, printed in (("cautious", cautious), ("optimistic", optimistic)):
        found = largest_differential(overall / 100, boundary)
        if printed is None:
            assert found is None
        else:
            assert found is not None
            assert round(100 * found, 1) == printed


@pytest.mark.parametrize(
    ("boundary", "alphas", "tolerance"),
    [("cautious", (0.408, 0.354), 0.15), ("optimistic", (0.2496, 0.2037), 0.09)],
)
def test_attrition_table_follows_its_model(
    boundary: str, alphas: tuple[float, float], tolerance: float
) -> None:
    """Bias .05 in the model of Deke and Chiang, its constants known to three or four digits.

    The largest misfits are .148 and .088; a column shifted by one row would miss by .19 and .30.
    """
    table = sheet()["attrition"][boundary]
    for percent in range(6, len(table) - 2):  # lower, and one side would lose fewer than nobody
        share = percent / 100
        top = min(0.2, 1.99 * share, 1.99 * (1 - share))
        found = 100 * optimize.brentq(lambda gap, o=share: _bias(o, gap, alphas) - 0.05, 0.0, top)
        assert table[percent] == pytest.approx(found, abs=tolerance)


def _bias(overall: float, gap: float, alphas: tuple[float, float]) -> float:
    total = 0.0
    for sign, alpha in zip((1, -1), alphas, strict=True):
        stay = 1 - overall - sign * gap / 2
        total += sign * alpha * stats.norm.pdf(stats.norm.ppf(1 - stay)) / stay
    return abs(total)


def test_attrition_defaults_to_cautious_and_takes_the_stricter_neighbour() -> None:
    """Help against dropout changes who stays; between whole per cent the stricter digit counts."""
    found = attrition(Flow(200, 180, 200, 167))
    assert found.boundary == "cautious"
    assert found.overall == pytest.approx(53 / 400)
    assert largest_differential(0.1325) == pytest.approx(0.060)  # 13 %: 6.1, 14 %: 6.0
    assert found.differential == pytest.approx(0.065)
    assert not found.low
    assert attrition(Flow(200, 180, 200, 167), "optimistic").low
    assert largest_differential(0.575) is None
    on_the_line = attrition(Flow(10_000, 8_685, 10_000, 9_315))
    assert (on_the_line.overall, on_the_line.allowed) == pytest.approx((0.10, 0.063))
    assert on_the_line.low
    assert not attrition(Flow(10_000, 8_684, 10_000, 9_316)).low


@pytest.mark.parametrize("counts", [(0, 0, 10, 10), (10, 11, 10, 10), (10, -1, 10, 5)])
def test_impossible_flow(counts: tuple[int, int, int, int]) -> None:
    """More measured than assigned cannot be."""
    with pytest.raises(ReviewError):
        Flow(*counts)


def test_baseline_limits_and_adjustment() -> None:
    """.05 and .25 belong to the better category; adjustment rescues the middle one alone."""
    sizes = [0.0, 0.05, 0.0501, -0.25, 0.2501, -3.0]
    assert [baseline_category(one) for one in sizes] == [
        "satisfied",
        "satisfied",
        "needs_adjustment",
        "needs_adjustment",
        "not_satisfied",
        "not_satisfied",
    ]
    half = np.tile([-1.0, 1.0], 50)
    frame = pd.DataFrame({"near": np.r_[half, half], "middle": np.r_[half + 0.2, half]})
    side = np.repeat([1, 0], 100)
    assert not baseline_equivalence(frame, side).met
    assert baseline_equivalence(frame, side).limiting == "middle"
    assert baseline_equivalence(frame, side, adjusted=["middle"]).met
    far = frame.assign(middle=np.r_[half + 0.5, half])
    assert not baseline_equivalence(far, side, adjusted=["middle"]).met
    order = np.random.default_rng(3).permutation(200)
    mixed = baseline_equivalence(frame.iloc[order], side[order])
    assert mixed.rows[1].size.value == pytest.approx(
        baseline_equivalence(frame, side).rows[1].size.value
    )
    assert mixed.rows[1].size.value > 0


def test_clustering_correction_golden() -> None:
    """g .30, 200 v 200, 16 classes, rho .20: t 2.983 -> 1.224, df 210.5, p .222."""
    found = cluster_correct(0.30, 200, 200, 16, icc=0.20)
    shown = (round(found.t_ignoring, 3), round(found.t, 3), round(found.df, 1), round(found.p, 3))
    assert shown == (2.983, 1.224, 210.5, 0.222)
    assert round(found.p_ignoring, 3) == 0.003
    assert cluster_correct(-0.30, 200, 200, 16, icc=0.20).t == pytest.approx(-found.t)
    none = cluster_correct(0.30, 200, 200, 16, icc=0.0)
    assert (none.t, none.df) == pytest.approx((none.t_ignoring, 398.0))
    assert (default_icc("achievement"), default_icc("behaviour")) == (0.20, 0.10)
    with pytest.raises(ReviewError):
        cluster_correct(0.3, 20, 20, 1, icc=0.2)


GOOD = {
    "attrition_low": True,
    "baseline_equivalent": True,
    "no_confounder": True,
    "assignment_kept": True,
    "record_frozen": True,
    "score_not_manipulated": True,
    "adjusted_for_score": True,
    "local_bandwidth": True,
}
BEST, MIDDLE, WORST = "without_reservations", "with_reservations", "does_not_meet"


@pytest.mark.parametrize(
    ("design", "changed", "rating", "limits"),
    [
        ("randomised", {}, BEST, ""),
        ("randomised", {"baseline_equivalent": False}, BEST, ""),
        ("randomised", {"attrition_low": False}, MIDDLE, "attrition_low"),
        (
            "randomised",
            {"attrition_low": False, "baseline_equivalent": False},
            WORST,
            "attrition_low",
        ),
        (
            "randomised",
            {"attrition_low": None, "baseline_equivalent": None},
            WORST,
            "attrition_low",
        ),
        ("randomised", {"no_confounder": False}, WORST, "no_confounder"),
        ("randomised", {"assignment_kept": False}, MIDDLE, "assignment_kept"),
        ("chosen", {}, MIDDLE, "design"),
        ("chosen", {"attrition_low": False}, MIDDLE, "design"),
        ("chosen", {"baseline_equivalent": False}, WORST, "baseline_equivalent"),
        ("chosen", {"baseline_equivalent": None}, WORST, "baseline_equivalent"),
        ("staggered", {}, MIDDLE, "design"),
        ("interrupted", {}, WORST, "design"),
        ("threshold", {}, BEST, ""),
        ("threshold", {"local_bandwidth": False}, MIDDLE, "local_bandwidth"),
        ("threshold", {"record_frozen": False}, WORST, "record_frozen"),
        ("threshold", {"score_not_manipulated": None}, WORST, "score_not_manipulated"),
        ("threshold", {"first_stage_f": 9.9}, WORST, "first_stage_strong"),
        ("threshold", {"first_stage_f": 10.0}, BEST, ""),
    ],
)
def test_ratings(design: str, changed: dict[str, object], rating: str, limits: str) -> None:
    """Every rule lowers the rating to its cap, is named, and has words in both languages."""
    found = verdict(StudyFacts(design, **(GOOD | changed)))
    assert (found.rating, found.limits) == (rating, limits)
    for lang in text.LANGUAGES:
        told = [one.sentence(lang) for one in found.notes()]
        assert len(told) == 1 + bool(limits) + len(FOR_THE_READER)
    assert all(one.rule.source for one in found.found)


def test_nothing_known_is_never_good() -> None:
    """An empty study meets nothing, whatever its design."""
    assert {verdict(StudyFacts(design)).rating for design in DESIGNS} == {WORST}


def test_every_rule_has_words_for_every_state() -> None:
    """Data and words stay in step."""
    for rule in sheet()["rule"]:
        for state in ("broken", "unknown"):
            assert text.has(f"review_stats.rule.{rule['id']}.{state}")
    assert math.isclose(sum(map(len, [sheet()["attrition"]["cautious"]])), 58)
    assert len(sheet()["attrition"]["optimistic"]) == 66
