"""The risk index: the printed table is the index, missing is never zero, worse never lowers."""

from __future__ import annotations

import io
from fractions import Fraction
from math import floor

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from visitkit.errors import PolicyError, ScreenError, VisitkitError
from visitkit.policy import Policy, read_policy
from visitkit.screen.card import make_card
from visitkit.screen.catalog import BY_NAME, CATALOG
from visitkit.screen.frames import Indicators
from visitkit.screen.index import RiskIndex
from visitkit.screen.points import band_points, learned_cuts, points_table
from visitkit.tables import DIMENSIONS

EXPERT = RiskIndex.from_policy(read_policy("expert-points"))
CARD = make_card(EXPERT._settings())
NAMES = list(CARD.names)
SMALL = RiskIndex(
    bands={
        "absence_rate": [5, 10, 20],
        "late_rate": [5, 10, 20],
        "mark_standing": [-1, -1.5, -2],
        "mark_drop": [0.5, 1, 1.5],
        "family_climate": [1.5, 2, 3],
    },
    weights={"late_rate": 0.5, "attendance": 2.0, "family": 0.333},
    caps={"attendance": 4.5},
)
SMALL_NAMES = list(SMALL.bands or {})

FIGURE = st.one_of(
    st.none(),
    st.integers(-8, 80).map(lambda quarter: quarter / 4),
    st.floats(-4, 40, allow_nan=False),
)


def school(rows: list[list[float | None]], names: list[str]) -> Indicators:
    """Return figures of students S0, S1 ..."""
    ids = pd.Index([f"S{place}" for place in range(len(rows))], name="student_id")
    return Indicators(np.array(rows, dtype=float).reshape(len(rows), -1), index=ids, columns=names)


def schools(names: list[str], least: int = 1) -> st.SearchStrategy[Indicators]:
    """Draw figures of a few students, some of them unknown."""
    row = st.lists(FIGURE, min_size=len(names), max_size=len(names))
    return st.lists(row, min_size=least, max_size=5).map(lambda rows: school(rows, names))


def half_up(value: Fraction) -> Fraction:
    """Round to hundredths, halves upwards, as a person does on paper."""
    return Fraction(floor(value * 100 + Fraction(1, 2)), 100)


def by_hand(table: pd.DataFrame, figures: pd.Series[float]) -> float:
    """Add up one student's index from the printed table alone, in exact fractions."""
    total, of = Fraction(0), Fraction(0)
    for _, dimension in table.groupby("dimension", sort=False):
        share = Fraction(str(dimension["dimension_weight"].iloc[0]))
        cap = Fraction(str(dimension["cap"].iloc[0]))
        earned, unknown, weight_of_all = Fraction(0), Fraction(0), Fraction(0)
        for name, bands in dimension.groupby("indicator", sort=False):
            weight = Fraction(str(bands["weight"].iloc[0]))
            weight_of_all += weight
            figure = figures[name]
            if np.isnan(figure):
                unknown += weight
                continue
            figure = round(figure, 9)
            left = (bands["low"] <= figure) & (figure < bands["high"]) & (bands["closed"] == "left")
            right = (bands["low"] < figure) & (figure <= bands["high"])
            right &= bands["closed"] == "right"
            (points,) = bands.loc[left | right, "points"]
            earned += weight * int(points)
        if weight_of_all == 0 or share == 0:
            continue
        neutral = Fraction(str(dimension["neutral"].iloc[0]))
        score = 100 * earned / cap + neutral * unknown / weight_of_all
        total += share * half_up(min(score, Fraction(100)))
        of += share
    return float(half_up(total / of))


@parametrize_with_checks([RiskIndex()])
def test_scikit_learn_contract(estimator: RiskIndex, check: object) -> None:
    """The estimator keeps scikit-learn's own contract."""
    check(estimator)


@settings(max_examples=60, deadline=None)
@given(schools(SMALL_NAMES))
def test_printed_table_is_the_index(X: Indicators) -> None:
    """Whoever adds up the printed table gets the same index to the last bit."""
    model = clone(SMALL).fit(X)
    printed = pd.read_csv(io.StringIO(points_table(model).to_csv(index=False)))
    assessed = model.assess(X)
    for student, figures in X.iterrows():
        assert by_hand(printed, figures) == assessed.loc[student, "risk_index"]


@settings(max_examples=12, deadline=None)
@given(schools(NAMES))
def test_printed_table_of_the_shipped_profile(X: Indicators) -> None:
    """The same holds for the card a school starts with."""
    printed = points_table(CARD)
    assessed = EXPERT.fit(X).assess(X)
    for student, figures in X.iterrows():
        assert by_hand(printed, figures) == assessed.loc[student, "risk_index"]


@settings(max_examples=60, deadline=None)
@given(schools(SMALL_NAMES))
def test_contributions_add_up(X: Indicators) -> None:
    """Contributions are whole hundredths and a row adds up to the index exactly."""
    assessed = clone(SMALL).fit(X).assess(X)
    hundredths = (assessed.contributions * 100).round().astype(int)
    assert (hundredths / 100 == assessed.contributions).all(axis=None)
    assert (hundredths.sum(axis=1) / 100 == assessed["risk_index"]).all()
    assert (hundredths >= 0).all(axis=None)


@settings(max_examples=60, deadline=None)
@given(schools(SMALL_NAMES), st.sampled_from(SMALL_NAMES), st.floats(0, 30, allow_nan=False))
def test_a_worse_figure_never_lowers(X: Indicators, name: str, step: float) -> None:
    """Moving a figure in the worrying direction never lowers any score."""
    model = clone(SMALL).fit(X)
    worse = X.copy()
    worse[name] += step if BY_NAME[name].worse == "high" else -step
    before, after = model.assess(X), model.assess(worse)
    assert (after["risk_index"] >= before["risk_index"]).all()
    scores = list(DIMENSIONS)
    assert (after[scores].fillna(0) >= before[scores].fillna(0)).all(axis=None)


@settings(max_examples=40, deadline=None)
@given(schools(SMALL_NAMES, least=2), st.randoms(use_true_random=False))
def test_only_the_student_matters(X: Indicators, random: object) -> None:
    """Other students, the order of rows and columns, and further columns change nothing."""
    whole = clone(SMALL).fit(X).assess(X)
    shuffled = X.sample(frac=1, random_state=random.randrange(2**31), axis=0)
    shuffled = shuffled[SMALL_NAMES[::-1]].assign(student_number=99.0, phase_of_moon="full")
    pd.testing.assert_frame_equal(
        pd.DataFrame(clone(SMALL).fit(shuffled).assess(shuffled).loc[whole.index]),
        pd.DataFrame(whole),
    )
    alone = X.iloc[[0]]
    pd.testing.assert_frame_equal(
        pd.DataFrame(clone(SMALL).fit(alone).assess(alone)), pd.DataFrame(whole.iloc[[0]])
    )


def test_worked_example() -> None:
    """The example of docs/risk-index.md, added up by hand there."""
    X = school([[12.5, None, -1.2, 0.4, 0.0]], SMALL_NAMES)
    model = RiskIndex(bands=SMALL.bands, weights={"late_rate": 0.5}).fit(X)
    row = model.assess(X).iloc[0]
    # attendance: 1 * 2 of 6 points = 33.33, and a third unknown of 10 = 3.33
    assert row["attendance"] == 36.67
    # academic: 1 * 1 of 6 points
    assert row["academic"] == 16.67
    assert row["family"] == 0.0
    assert np.isnan(row["psychological"])
    # (36.67 + 16.67 + 0) / 3
    assert row["risk_index"] == 17.78
    # (2/3 + 1 + 1) / 3
    assert row["coverage"] == pytest.approx(8 / 9, abs=1e-12)  # a sum of thirds in binary
    assert row["top"] == "attendance"
    assert row["state"] == "ok"


def test_missing_is_neither_good_nor_bad() -> None:
    """An unknown figure counts more than a good one and less than a worrying one."""
    X = school([[0.0] * 5, [None, 0, 0, 0, 0], [12.5, 0, 0, 0, 0]], SMALL_NAMES)
    good, unknown, bad = SMALL.fit(X).assess(X)["risk_index"]
    assert good < unknown < bad


def test_missing_not_at_random_does_not_turn_the_ranking() -> None:
    """Students whose bad figures stay unknown do not sink below those known to be fine."""
    rng = np.random.default_rng(20240601)
    risk = rng.uniform(0, 1, 400)
    rows = np.outer(risk, [25, 25]) + rng.normal(0, 3, (400, 2))
    full = school(rows.tolist(), ["absence_rate", "late_rate"])
    index = RiskIndex(bands={name: [5, 10, 20] for name in full.columns})
    hidden = full.mask((full > 15) & (rng.uniform(size=full.shape) < 0.9))
    fine = risk < 0.2
    found = index.fit(hidden).transform(hidden).ravel()
    as_zero = index.transform(hidden.fillna(0.0)).ravel()
    assert found[~fine & (risk > 0.8)].mean() > found[fine].mean()
    assert as_zero[risk > 0.8].mean() < found[risk > 0.8].mean()


def test_too_little_known_is_its_own_state() -> None:
    """A student of whom little is known is neither high nor low, and nothing reads as zero."""
    X = school([[20.0, None, None, None, None], [None] * 5], SMALL_NAMES)
    assessed = RiskIndex(bands=SMALL.bands).fit(X).assess(X)
    assert list(assessed["state"]) == ["not_enough_data"] * 2
    assert assessed.loc["S1", list(DIMENSIONS)].isna().all()
    assert assessed.loc["S1", "coverage"] == 0.0
    assert assessed.loc["S1", "risk_index"] == EXPERT.neutral
    assert list(assessed["top"]) == ["attendance", ""]


def test_top_is_a_dimension_with_a_known_reason() -> None:
    """What is unknown never makes a dimension the highest."""
    X = school([[0.0, None, 0.0, 0.0, 0.0], [0.0, None, -1.0, 0.0, 0.0]], SMALL_NAMES)
    assessed = RiskIndex(bands=SMALL.bands, neutral=50).fit(X).assess(X)
    assert assessed["attendance"].tolist() == [25.0, 25.0]
    assert assessed["top"].tolist() == ["", "academic"]


def test_one_severe_figure_is_not_diluted_and_does_not_fill() -> None:
    """Beside many good figures it keeps its points; alone it never makes 100."""
    attendance = [name for name in NAMES if BY_NAME[name].dimension == "attendance"]
    alone = school([[20.0 if name == "absence_rate" else None for name in NAMES]], NAMES)
    beside = school([[20.0 if name == "absence_rate" else 0.0 for name in NAMES]], NAMES)
    index = EXPERT.fit(alone)
    among_good = index.assess(beside)["attendance"].iloc[0]
    assert len(attendance) == 9
    assert among_good == 50.0
    assert among_good < index.assess(alone)["attendance"].iloc[0] < 100
    for line in CARD.lines:
        assert line.weight * 3 < CARD.caps[line.dimension]


def test_reversed_direction() -> None:
    """Where low is worrying, low earns the points."""
    X = school([[0, 0, -2.0, 0, 0], [0, 0, 2.0, 0, 0]], SMALL_NAMES)
    assert list(SMALL.fit(X).assess(X).points["mark_standing"]) == [3.0, 0.0]


def test_cut_point_belongs_to_its_band() -> None:
    """Ten per cent reaches "from 10", also when binary arithmetic falls just short of it."""
    just_short = sum([0.1] * 10) * 10
    assert just_short < 10
    assert band_points([10.0, just_short, 9.99], (5.0, 10.0, 20.0)).tolist() == [2.0, 2.0, 1.0]
    assert band_points([-1.0, -0.999], (-1.0, -1.5, -2.0), "low").tolist() == [1.0, 0.0]


def test_who_a_student_is_earns_nothing() -> None:
    """Groups, parents' schooling and work, and help received add no points by default."""
    silent = {
        "group_facts": 9.0,
        "guardian_schooling": 0.0,
        "parents_away": 2.0,
        "counselling_talks": 9.0,
        "good_conduct": 0.0,
        "home_visits": 0.0,
        "days_since_contact": 999.0,
    }
    fine = dict.fromkeys(NAMES, 0.0) | {"sleep_hours": 9.0, "parent_minutes": 60.0}
    fine |= {"weeks_since_entry": 60.0, "mark_percentile": 50.0}
    X = school([[fine[name] for name in NAMES], [(fine | silent)[name] for name in NAMES]], NAMES)
    assessed = EXPERT.fit(X).assess(X)
    assert list(assessed["risk_index"]) == [0.0, 0.0]
    counted = read_policy("expert-points").with_values({"risk.indicators.group_facts.weight": 1.0})
    other = RiskIndex.from_policy(counted).fit(X).assess(X)
    assert other.loc["S1", "basic"] == 50.0


def test_the_student_number_is_never_a_figure() -> None:
    """A student number in a column names the row and earns no points."""
    X = pd.DataFrame({"student_id": [101, 102, 103], "late_rate": [0.0, 10.0, 30.0]})
    model = RiskIndex().fit(X)
    assert list(model.card_.names) == ["late_rate"]
    assert list(model.assess(X).index) == [101, 102, 103]
    assert model.n_features_in_ == 1


def test_every_indicator_has_bands_and_a_source() -> None:
    """The shipped profile speaks of every indicator, and every value has a source."""
    policy = read_policy("expert-points")
    for indicator in CATALOG:
        key = f"risk.indicators.{indicator.name}.bands"
        assert key in policy
        assert policy.source(key)
    assert {line.name: line.dimension for line in CARD.lines} == {
        indicator.name: indicator.dimension for indicator in CATALOG
    }


def policy_with(**changes: object) -> Policy:
    """Return the shipped profile with some values changed; ``__`` stands for a dot."""
    values = {f"risk.{key.replace('__', '.')}": value for key, value in changes.items()}
    return read_policy("expert-points").with_values(values)


@pytest.mark.parametrize(
    ("changes", "key", "sentence"),
    [
        ({"indicators__late_rate__bands": [20, 10, 5]}, "late_rate.bands", "screen.bands_high"),
        ({"indicators__late_rate__bands": [5, 5, 10]}, "late_rate.bands", "screen.bands_high"),
        (
            {"indicators__mark_standing__bands": [-2.0, -1.5, -1.0]},
            "mark_standing.bands",
            "screen.bands_low",
        ),
        ({"indicators__late_rate__bands": [5, 10]}, "late_rate.bands", "screen.bands_not_three"),
        ({"indicators__late_rate__bands": "5"}, "late_rate.bands", "screen.bands_not_three"),
        (
            {"indicators__late_rate__bands": [5, 10, float("nan")]},
            "late_rate.bands",
            "screen.bands_not_three",
        ),
        ({"indicators__latte_rate__bands": [5, 10, 20]}, "latte", "screen.unknown_indicator"),
        ({"indicators__late_rate__weight": -1.0}, "late_rate.weight", "screen.bad_number"),
        ({"indicators__late_rate__worse": "low"}, "late_rate.worse", "screen.unknown_setting"),
        ({"indicators__late_rate__band": [5, 10, 20]}, "late_rate", "screen.unknown_setting"),
        ({"indicators__late_rate__dimension": "x"}, "dimension", "screen.policy_dimension"),
        ({"dimensions__family": "much"}, "risk.dimensions.family", "screen.bad_number"),
        ({"dimensions__sport": 1.0}, "sport", "screen.unknown_indicator"),
        ({"caps__family": 0}, "risk.caps.family", "screen.cap_zero"),
        ({"caps__sport": 6}, "risk.caps", "screen.policy_dimension"),
        ({"neutral": 101}, "risk.neutral", "screen.bad_number"),
        ({"min_coverage": 50}, "risk.min_coverage", "screen.bad_number"),
        (
            {f"dimensions__{name}": 0.0 for name in DIMENSIONS},
            "risk.dimensions",
            "screen.no_weight",
        ),
    ],
)
def test_a_wrong_policy_is_named(changes: dict[str, object], key: str, sentence: str) -> None:
    """The error names policy, key and what was found, before any student is read."""
    with pytest.raises(PolicyError) as caught:
        RiskIndex.from_policy(policy_with(**changes))
    assert caught.value.key == sentence
    assert key in str(caught.value.facts["key"])
    assert "expert-points" in str(caught.value)


def test_a_policy_without_indicators() -> None:
    """A policy that lists no indicator cannot make an index."""
    with pytest.raises(PolicyError, match="bare"):
        RiskIndex.from_policy(Policy("bare", {}, {}))


@pytest.mark.parametrize(
    ("X", "key"),
    [
        (np.zeros((2, 5)), "screen.needs_names"),
        (pd.DataFrame({"shoe_size": [38.0]}), "screen.no_known_column"),
        (pd.DataFrame({"late_rate": ["often"]}), "screen.not_numbers"),
        (pd.DataFrame({"late_rate": [np.inf]}), "screen.not_numbers"),
        (pd.DataFrame([[1.0, 2.0]], columns=["late_rate"] * 2), "screen.column_twice"),
    ],
)
def test_figures_that_cannot_be_read(X: object, key: str) -> None:
    """What cannot be read is an error with a sentence, not a silent number."""
    with pytest.raises(ScreenError) as caught:
        clone(SMALL).fit(X)
    assert caught.value.key == key
    assert str(caught.value) != key


@pytest.mark.parametrize(
    ("ids", "key"),
    [(["S1", "S1"], "screen.student_twice"), (["S1", None], "screen.student_missing")],
)
def test_each_student_once(ids: list[str | None], key: str) -> None:
    """Two rows of one student, or a row of nobody, cannot be assessed."""
    X = pd.DataFrame({"late_rate": [0.0, 1.0], "student_id": ids})
    with pytest.raises(VisitkitError) as caught:
        clone(SMALL).fit(X).assess(X)
    assert caught.value.key == key


def test_open_bands_are_learned_and_closed_ones_are_not() -> None:
    """Only a band the policy leaves open depends on the students seen in fit."""
    rng = np.random.default_rng(1)
    X = school(rng.uniform(0, 100, (200, 2)).tolist(), ["late_rate", "early_rate"])
    model = RiskIndex(bands={"late_rate": [5, 10, 20]}, weights={"early_rate": 1.0}).fit(X)
    late, early = model.card_.lines
    assert late.cuts == (5.0, 10.0, 20.0)
    shares = [(X["early_rate"] >= cut).mean() for cut in early.cuts]
    assert shares == pytest.approx([0.2, 0.1, 0.05], abs=1e-12)  # 200 rows hold these shares
    again = model.assess(X.head(3))
    assert again["risk_index"].tolist() == model.assess(X)["risk_index"].head(3).tolist()


def test_learned_cuts_of_a_worrying_low() -> None:
    """Where low is worrying the lowest figures reach the cut points."""
    assert learned_cuts(range(100), worse="low") == (19.0, 9.0, 4.0)


def test_an_array_without_names() -> None:
    """A plain array is scored with learned cut points and passes through a pipeline."""
    X: npt.NDArray[np.float64] = np.random.default_rng(0).normal(size=(60, 4))
    index = RiskIndex().fit(X)
    assert index.transform(X).shape == (60, 1)
    assert list(index.assess(X).columns[:6]) == list(DIMENSIONS)
    assert make_pipeline(RiskIndex(), StandardScaler()).fit_transform(X).shape == (60, 1)


def test_foreign_indicators_with_dimension_and_direction() -> None:
    """A policy may bring its own columns when it tells dimension and direction."""
    values = {
        "risk.indicators.Credits (sem. 1).bands": [4, 2, 0],
        "risk.indicators.Credits (sem. 1).dimension": "academic",
        "risk.indicators.Credits (sem. 1).worse": "low",
    }
    X = pd.DataFrame({"Credits (sem. 1)": [6, 3, 0]})
    model = RiskIndex.from_policy(Policy("own", values, {})).fit(X)
    assert model.assess(X)["academic"].tolist() == [0.0, 16.67, 50.0]


def test_facts_travel_with_the_assessment() -> None:
    """Points, contributions, figures and model stay with a part of the assessment."""
    X = school([[12.5, 0, 0, 0, 0], [0.0] * 5], SMALL_NAMES)
    X.class_id = pd.Series(["7-1", "7-2"], index=X.index)
    part = SMALL.fit(X).assess(X).loc[["S0"]]
    assert part.points.loc["S0", "absence_rate"] == 2.0
    assert part.figures.class_id["S1"] == "7-2"
    assert part.model is SMALL
