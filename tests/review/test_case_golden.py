"""Printed numbers: Jacobson and Truax 1991, and the worked examples for single-case statistics."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review import single_case as overlap
from visitkit.review import single_case_trend as trends
from visitkit.review.estimates import share
from visitkit.review.reliable_change import (
    Norms,
    Reliability,
    cutoff_between,
    regression_to_mean,
    reliable_change,
)

DATA = Path(__file__).parents[3] / "shared" / "data" / "evaluation"
SOURCE = "Jacobson & Truax 1991, table 1"
SCALE = Reliability(0.80, Norms(60, 7.5, SOURCE))

# SingleCaseES, package tests and the vignette "Using SingleCaseES".
A, B = [20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]
# Parker, Vannest, Davis and Sauber 2011, as printed in the documentation of scan.
BOB = [2, 3, 5, 3], [4, 5, 5, 7, 6]
# Tarlow 2017 style example of scan's corrected_tau.
FALLING = [33, 25, 17, 25, 14, 13, 15], [15, 16, 16, 5, 7, 9, 6, 5, 3, 3, 8, 11, 7]

#: Printed digits are fractions or computed in double precision on both sides.
EXACT = 1e-12


def test_the_worked_example_of_reliable_change() -> None:
    """(47.5 - 32.5) / sqrt(2 * (7.5 * sqrt(.2))^2) = 3.1623; printed as 3.16."""
    found = reliable_change(32.5, 47.5, SCALE, higher_is="better")
    assert f"{found.rci:.4f}" == "3.1623"
    assert found.change == 15
    assert found.low == pytest.approx(15 - 1.959964 * 4.743416, abs=1e-5)  # hand, six digits
    assert found.high == pytest.approx(15 + 1.959964 * 4.743416, abs=1e-5)


def test_the_thirty_couples() -> None:
    """Means 81.58 and 98.05, and each couple falls into one category."""
    path = DATA / "jt1991_das.csv"
    if not path.exists():
        pytest.skip("the published table of couples is not on this machine")
    couples = pd.read_csv(path)
    assert f"{couples['pre'].mean():.2f}" == "81.58"
    assert f"{couples['post'].mean():.2f}" == "98.05"
    scale = Reliability(0.88, Norms(114.8, 17.8, "norms made up for the test"))
    limit = 1.959964 * scale.error_of_difference
    for row in couples.itertuples():
        found = reliable_change(row.pre, row.post, scale, higher_is="better", cutoff=96.5)
        gain = row.post - row.pre
        wanted = "improved" if gain > limit else "deteriorated" if gain < -limit else "unchanged"
        if wanted == "improved" and row.pre <= 96.5 < row.post:
            wanted = "recovered"
        assert found.category == wanted


def test_criteria_a_b_and_c() -> None:
    """Means 40 and 60, standard deviation 7.5 in both: 55, 45 and 50."""
    came, usual = Norms(40, 7.5, SOURCE), Norms(60, 7.5, SOURCE)
    assert cutoff_between(came, higher_is="better") == 55
    assert cutoff_between(usual=usual, higher_is="better") == 45
    assert cutoff_between(came, usual, higher_is="better") == 50
    # Spreads 10 and 5: (10 * 60 + 5 * 40) / 15.
    wide, narrow = Norms(40, 10, SOURCE), Norms(60, 5, SOURCE)
    assert cutoff_between(wide, narrow, higher_is="better") == pytest.approx(800 / 15)
    # The same turned round.
    assert cutoff_between(usual, came, higher_is="worse") == 50
    assert cutoff_between(usual, higher_is="worse") == 45


@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        (40, 55, "recovered"),  # +15 is past 9.30, from 40 to above 50
        (30, 45, "improved"),  # reliably better, still below 50
        (52, 65, "improved"),  # was in the usual range before, so did not come back into it
        (35, 50, "improved"),  # on the cutoff itself is not past it
        (40, 49, "unchanged"),  # +9 is not past 9.30
        (60, 45, "deteriorated"),
    ],
)
def test_categories_by_hand(before: float, after: float, category: str) -> None:
    found = reliable_change(before, after, SCALE, higher_is="better", cutoff=50)
    assert found.category == category
    turned = reliable_change(-before, -after, SCALE, higher_is="worse", cutoff=-50)
    assert turned.category == category
    assert turned.rci == found.rci


def test_nobody_recovers_without_a_cutoff() -> None:
    assert reliable_change(40, 70, SCALE, higher_is="better").category == "improved"


def test_nonoverlap_of_the_package_example() -> None:
    """PND 5/7, PEM 1, PAND 1 - 2/13, IRD 6/7 - 1/6, NAP 38.5/42, Tau 35/42."""
    printed = {
        overlap.pnd: 5 / 7,
        overlap.pem: 1.0,
        overlap.pand: 1 - 2 / 13,
        overlap.ird: 6 / 7 - 1 / 6,
        overlap.nap: 38.5 / 42,
        overlap.tau: 35 / 42,
    }
    for function, wanted in printed.items():
        found = function(A, B, higher_is="better")
        assert found.value == pytest.approx(wanted, abs=EXACT)
        assert found.n == (6, 7)
        assert (found.reason == "") == (found.low is not None)


def test_interval_of_nap_as_printed() -> None:
    """The vignette of SingleCaseES prints 0.5973406 and 0.9860176.

    It finds them with R's uniroot, whose default tolerance is 1.2e-4; so the printed digits are
    asked for to that, and of our ends that they solve the equation of the method.
    """
    found = overlap.nap(A, B, higher_is="better")
    assert found.low == pytest.approx(0.5973406, abs=1.2e-4)
    assert found.high == pytest.approx(0.9860176, abs=1.2e-4)
    for end in (found.low, found.high):
        half = (6 + 7) / 2 - 1
        spread = end * (1 - end) * (1 + half * (1 - end) / (2 - end) + half * end / (1 + end)) / 42
        distance = abs(end - 38.5 / 42)
        assert distance == pytest.approx(1.9599639845 * np.sqrt(spread), rel=1e-8)
    tau = overlap.tau(A, B, higher_is="better")
    assert (tau.low, tau.high) == (2 * found.low - 1, 2 * found.high - 1)


def test_tau_u_by_its_names() -> None:
    """Bob: .80, 13/20, 23/30, 20/36; 3,3,4,5 v 4,5,6,7,7: 16/20 and 11/20; a straight line: .6."""
    assert overlap.tau(*BOB, higher_is="better").value == pytest.approx(16 / 20, abs=EXACT)
    printed = dict(zip(trends.TAU_U, (13 / 20, 23 / 30, 20 / 36), strict=True))
    for variant, wanted in printed.items():
        found = trends.tau_u(*BOB, variant, higher_is="better")
        assert found.value == pytest.approx(wanted, abs=EXACT)
        assert found.name == f"tau_u_{variant}"
        assert (found.low, found.reason) == (None, "no_known_interval")
    second = [3, 3, 4, 5], [4, 5, 6, 7, 7]
    assert overlap.tau(*second, higher_is="better").value == pytest.approx(16 / 20, abs=EXACT)
    found = trends.tau_u(*second, "a_v_b_minus_trend_a", higher_is="better")
    assert found.value == pytest.approx(11 / 20, abs=EXACT)
    line = [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]
    found = trends.tau_u(*line, "a_v_b_minus_trend_a", higher_is="better")
    assert found.value == pytest.approx(0.6, abs=EXACT)
    assert overlap.tau(*line, higher_is="better").value == 1
    assert trends.tau_bc(*line, higher_is="better").value == 0


def test_the_student_whose_sign_turns() -> None:
    """The documentation of scan prints -.68 before, -.57 uncorrected and +.70 corrected."""
    assert f"{trends.kendall(FALLING[0]).value:.3f}" == "-0.683"
    assert f"{trends.tau_phase(*FALLING, higher_is='better').value:.3f}" == "-0.572"
    assert f"{trends.tau_bc(*FALLING, higher_is='better').value:.3f}" == "0.699"


def test_intervals_at_the_ends() -> None:
    """All pairs better: the interval reaches 1 and does not shrink to it; and the same turned."""
    found = overlap.nap([1, 2, 3, 4], [5, 6, 7, 8, 9], higher_is="better")
    assert (found.value, found.high) == (1, 1)
    assert 0.5 < found.low < 0.95
    turned = overlap.nap([1, 2, 3, 4], [5, 6, 7, 8, 9], higher_is="worse")
    assert (turned.value, turned.low) == (0, 0)
    assert turned.high == pytest.approx(1 - found.low, abs=1e-9)  # tolerance of the root finder


def test_interval_of_nap_covers_the_truth() -> None:
    """Of 600 made-up students with independent points, about 95 % of intervals hold the truth."""
    rng = np.random.default_rng(20261102)
    # P(B > A) for normal points one standard deviation apart: Phi(1 / sqrt(2)).
    truth, held = 0.7602499, 0
    for _ in range(600):
        found = overlap.nap(rng.normal(0, 1, 8), rng.normal(1, 1, 10), higher_is="better")
        held += found.low <= truth <= found.high
    # Three standard errors of 600 draws at .95, and Newcombe's method is slightly cautious.
    assert 0.923 <= held / 600 <= 0.99


def test_wilson_by_hand() -> None:
    """8 of 10: middle .71675, half width .22658, worked by hand from the formula."""
    found = share(8, 10)
    assert found.low == pytest.approx(0.49016, abs=1e-5)
    assert found.high == pytest.approx(0.94332, abs=1e-5)
    assert share(0, 0).reason == "nobody"


def test_expected_fall_by_hand() -> None:
    """(1 - .7) (65 - 40) = 7.5 points downwards."""
    scale = Reliability(0.7, Norms(40, 12, "autumn screening"))
    assert regression_to_mean(65, scale) == pytest.approx(-7.5)
    assert regression_to_mean(15, scale) == pytest.approx(7.5)


def test_autocorrelation_by_hand() -> None:
    """Residuals -1.5 -.5 .5 1.5 in both phases: (.75 - .25 + .75) * 2 / 10 = .25."""
    found = trends.follow_on([1, 2, 3, 4], [8, 7, 6, 5])
    assert found.value == pytest.approx(0.25)
    assert found.high == pytest.approx(0.25 + 1.959964 / np.sqrt(8), abs=1e-6)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([1, 2], [3, 4, 5], "too_few_points"),
        ([1, 2, 3], [], "too_few_points"),
        ([4, 4, 4], [4, 4, 4], "constant"),
    ],
)
def test_an_index_that_would_not_be_honest_is_refused(
    before: list[float], after: list[float], reason: str
) -> None:
    functions = (overlap.nap, overlap.tau, overlap.pnd, overlap.pem, overlap.pand, overlap.ird)
    for function in (*functions, trends.tau_bc, trends.tau_phase):
        found = function(before, after, higher_is="better")
        assert (found.value, found.low, found.high) == (None, None, None)
        assert found.reason == reason
    for variant in trends.TAU_U:
        assert trends.tau_u(before, after, variant, higher_is="better").reason == reason
    assert trends.follow_on(before, after).reason == reason


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Reliability(1.0, Norms(1, 1, "x")),
        lambda: Reliability(0.0, Norms(1, 1, "x")),
        lambda: Norms(1, 0, "x"),
        lambda: Norms(float("nan"), 1, "x"),
        lambda: Norms(1, 1, "  "),
        lambda: reliable_change(1, 2, SCALE, higher_is="up"),
        lambda: reliable_change(float("nan"), 2, SCALE, higher_is="better"),
        lambda: cutoff_between(higher_is="better"),
        lambda: cutoff_between(Norms(60, 1, "x"), Norms(40, 1, "x"), higher_is="better"),
        lambda: overlap.nap([1, 2, float("nan")], [1, 2, 3], higher_is="better"),
        lambda: trends.tau_u([1, 2, 3], [1, 2, 3], "tau_u", higher_is="better"),
        lambda: trends.tau_bc(
            [1, 2, 3], [1, 2, 4], higher_is="better", days=trends.Days([1, 2], [4, 5, 6])
        ),
    ],
)
def test_bad_input_is_a_sentence(wrong: object) -> None:
    with pytest.raises(ReviewError) as told:
        wrong()  # type: ignore[operator]
    assert len(str(told.value)) > 20
    assert str(told.value) == text.say(told.value.key, None, **told.value.facts)
