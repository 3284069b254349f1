"""Time to dropout: published and peer figures, hand-worked curves, refusals."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.designs.curves import cumulative_incidence, kaplan_meier
from visitkit.review.designs.hazards import _residuals, hazard_effect
from visitkit.review.designs.survival import (
    incidence_difference,
    log_rank,
    spells,
)

ROOT = Path(__file__).parents[2]
KNOWN = ["age", "race", "wexp", "mar", "paro", "prio"]
Floats = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def rossi() -> pd.DataFrame:
    """Return the published set of recidivism."""
    named = os.environ.get("VISITKIT_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    path = folder / "evaluation" / "rossi.csv"
    if not path.exists():
        pytest.skip(f"the set is not at {path}; set VISITKIT_DATA to the folder that holds it")
    return pd.read_csv(path)


def test_rossi_as_published(rossi: pd.DataFrame) -> None:
    """Coefficients to the printed digit, log-likelihood and errors of lifelines 0.30.3."""
    found = hazard_effect(spells(rossi.week, rossi.arrest, rossi.fin), rossi[KNOWN])
    printed = [-0.379, -0.057, 0.314, -0.150, -0.434, -0.085, 0.091]
    assert found.coefficients["estimate"].round(3).tolist() == printed
    assert found.log_likelihood == pytest.approx(-658.7476594460858)
    errors = [0.191379, 0.021999, 0.307993, 0.212224, 0.381868, 0.195757, 0.028649]
    assert found.coefficients["se"].tolist() == pytest.approx(errors, abs=1e-6)  # digits printed
    assert found.ratio == pytest.approx(np.exp(-0.379422), rel=1e-6)
    assert found.effect.ci[0] == pytest.approx(-0.379422 - 1.959964 * 0.191379, abs=2e-6)


def test_rossi_other_figures(rossi: pd.DataFrame) -> None:
    """lifelines 0.30.3: log-rank, Kaplan-Meier; proportionality close to its rank transform."""
    given_ = spells(rossi.week, rossi.arrest, rossi.fin)
    test = log_rank(given_)
    assert (test.statistic, test.p) == pytest.approx((3.8375695765490505, 0.050116117409005755))
    curve = kaplan_meier(given_.time[given_.treated], given_.cause[given_.treated] == 1)
    row = curve[curve["time"] == 20].iloc[0]
    assert [row["share"], row["low"], row["high"]] == pytest.approx(
        [0.912037, 0.865564, 0.94297], abs=1e-6
    )
    tested = hazard_effect(given_, rossi[KNOWN]).proportional
    # the peer numbers tied ends in file order and takes Breslow's means; ours share ranks
    assert tested.loc["age", "statistic"] == pytest.approx(11.45, abs=0.4)
    assert tested.loc["wexp", "p"] == pytest.approx(0.0068, abs=5e-4)


def test_cluster_errors_as_the_peer_without_ties(rossi: pd.DataFrame) -> None:
    """lifelines 0.30.3, cluster_col, times made distinct; it leaves out the factor G/(G-1)."""
    time = rossi.week + np.arange(len(rossi)) * 1e-4
    cluster = np.arange(len(rossi)) % 37
    found = hazard_effect(spells(time, rossi.arrest, rossi.fin, cluster), rossi[KNOWN])
    peer = [0.180553, 0.021122, 0.233576, 0.239139, 0.359346, 0.182185, 0.034439]
    ours = found.coefficients["se"] * np.sqrt(36 / 37)
    assert ours.tolist() == pytest.approx(peer, abs=1e-6)
    assert found.effect.df == 36


def test_score_residuals_with_ties() -> None:
    """Tied ends: the residual is the change of the weighted score when a weight changes."""
    rng = np.random.default_rng(2)
    design = rng.normal(size=(30, 2))
    time, ended = rng.integers(1, 6, 30).astype(float), rng.random(30) < 0.7
    beta = np.array([0.3, -0.5])

    def weighted_score(weight: Floats) -> Floats:
        risk, total = weight * np.exp(design @ beta), np.zeros(2)
        for moment in np.unique(time[ended]):
            tied, still = ended & (time == moment), time >= moment
            total += weight[tied] @ design[tied]
            for place in range(tied.sum()):
                less = place / tied.sum()
                below = risk[still].sum() - less * risk[tied].sum()
                mean = (risk[still] @ design[still] - less * risk[tied] @ design[tied]) / below
                total -= weight[tied].mean() * mean
        return total

    ours = _residuals(time, ended, design, beta)[0]
    for row in range(30):
        more, less = np.ones(30), np.ones(30)
        more[row], less[row] = 1 + 1e-5, 1 - 1e-5
        slope = (weighted_score(more) - weighted_score(less)) / 2e-5
        assert ours[row] == pytest.approx(slope, abs=1e-7)  # a numerical derivative


def test_curves_by_hand() -> None:
    """Five students: ends at 1 and 3 of interest, at 2 of another kind; Greenwood by hand."""
    time, cause = np.array([1.0, 2, 3, 4, 5]), np.array([1, 2, 1, 0, 0])
    curve = cumulative_incidence(time, cause)
    assert curve["share"].tolist() == pytest.approx([0.2, 0.2, 0.4])
    assert curve["at_risk"].tolist() == [5, 4, 3]
    # without censoring before it is a plain share: 0.4 * 0.6 / 5
    assert curve["se"].iloc[-1] == pytest.approx(np.sqrt(0.4 * 0.6 / 5))
    staying = kaplan_meier(time, cause == 1)
    assert staying["share"].tolist() == pytest.approx([0.8, 0.8 * 2 / 3])
    greenwood = 0.8 * 2 / 3 * np.sqrt(1 / (5 * 4) + 1 / (3 * 2))
    assert staying["se"].iloc[-1] == pytest.approx(greenwood)


def test_incidence_as_the_peer() -> None:
    """lifelines 0.30.3, Aalen-Johansen with censoring: share and variance at 10."""
    rng = np.random.default_rng(20263)
    time = np.ceil(rng.exponential(15, 200) * 2) / 2
    cause = rng.choice([0, 1, 2], 200, p=[0.3, 0.4, 0.3])
    curve = cumulative_incidence(time + np.arange(200) * 1e-4, cause)
    row = curve[curve["time"] <= 10].iloc[-1]
    assert row["share"] == pytest.approx(0.20410786)
    assert row["se"] ** 2 == pytest.approx(0.0009327049895794576)


@given(st.integers(0, 10_000), st.floats(0.2, 8))
@settings(max_examples=25, deadline=None)
def test_shares_add_up_and_order_does_not_matter(seed: int, scale: float) -> None:
    """All causes and those still there make one; units of time do not matter."""
    rng = np.random.default_rng(seed)
    time = rng.integers(1, 20, 60).astype(float)
    cause = rng.integers(0, 3, 60)
    order = rng.permutation(60)
    one, two = (cumulative_incidence(time, cause, which)["share"] for which in (1, 2))
    still = kaplan_meier(time, cause > 0)["share"]
    assert (one + two + still).tolist() == pytest.approx([1] * len(still))
    shuffled = cumulative_incidence(time[order] * scale, cause[order])
    assert shuffled["share"].tolist() == pytest.approx(one.tolist())


def simulated(seed: int = 5) -> tuple[Floats, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return times, causes and treatment: visits halve the rate of dropping out."""
    rng = np.random.default_rng(seed)
    on = np.arange(600) % 2
    drop, move = rng.exponential(60 * (1 + on)), rng.exponential(80, 600)
    time = np.minimum(np.minimum(drop, move), 40)
    cause = np.where(time == 40, 0, np.where(drop < move, 1, 2))
    return np.ceil(time), cause, on


def test_difference_and_its_sign() -> None:
    """Treated less control; swapping the groups turns the sign; errors of both sides add up."""
    time, cause, on = simulated()
    found = incidence_difference(spells(time, cause, on), 30)
    assert found.estimate < 0
    swapped = incidence_difference(spells(time, cause, 1 - on), 30)
    assert swapped.estimate == pytest.approx(-found.estimate)
    parts = [cumulative_incidence(time[on == side], cause[on == side]) for side in (1, 0)]
    last = [part[part["time"] <= 30].iloc[-1] for part in parts]
    assert found.estimate == pytest.approx(last[0]["share"] - last[1]["share"])
    assert found.se == pytest.approx(np.hypot(last[0]["se"], last[1]["se"]))
    assert hazard_effect(spells(time, cause, on)).effect.ci[1] < 0


def test_clusters_by_leaving_one_out() -> None:
    """Each student alone: close to the plain error; classes of twins: larger."""
    time, cause, on = simulated()
    plain = incidence_difference(spells(time[:150], cause[:150], on[:150]), 30)
    alone = incidence_difference(spells(time[:150], cause[:150], on[:150], range(150)), 30)
    assert alone.se == pytest.approx(plain.se, rel=0.03)  # n against n - 1 and curvature
    assert alone.df == 149
    twins = [np.tile(column[:150], 2) for column in (time, cause, on)]
    held = incidence_difference(spells(*twins, np.tile(np.arange(150), 2)), 30)
    assert held.se == pytest.approx(alone.se)


def test_refusals() -> None:
    """A sentence and no number."""
    time, cause, on = simulated()
    cases = [
        ("no_events", (time, np.where(on == 1, 0, cause), on)),
        ("bad_time", (time - 1, cause, on)),
        ("bad_cause", (time, cause + 0.5, on)),
        ("not_flags", (time, cause, on + 1)),
        ("too_few_units", (time, cause, np.zeros(600))),
        ("one_cluster", (time, cause, on, ["a"] * 600)),
    ]
    for key, given_ in cases:
        with pytest.raises(ReviewError) as caught:
            spells(*given_)
        assert caught.value.key == f"review_designs.{key}"
    with pytest.raises(ReviewError) as caught:
        incidence_difference(spells(time, cause, on), 99)
    assert caught.value.key == "review_designs.horizon_beyond"
    with pytest.raises(ReviewError) as caught:
        hazard_effect(spells(time, cause, on), pd.DataFrame({"same": on, "again": on}))
    assert caught.value.key == "review_designs.redundant_covariate"
    decided = pd.DataFrame({"gone": (cause == 1).astype(float)})
    with pytest.raises(ReviewError) as caught:
        hazard_effect(spells(time, cause, on), decided)
    assert caught.value.key == "review_designs.separated"


def test_few_events_are_said() -> None:
    """Fewer than ten ends on a side."""
    time, cause, on = simulated()
    rare = np.where((cause == 1) & (np.arange(600) > 80), 0, cause)
    found = incidence_difference(spells(time, rare, on), 30)
    assert found.warnings[0].key == "review_designs.warn.few_events"
