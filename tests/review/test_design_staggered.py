"""Staggered starts: published and peer figures, hand-worked cells, invariances, refusals."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.review.designs.staggered import (
    PanelColumns,
    StaggeredOptions,
    aggregate,
    att_gt,
    read_panel,
    uniform_bands,
)
from visitkit.review.designs.staggered.twoway import did_two_by_two, two_way_contrast

ROOT = Path(__file__).parents[2]
COUNTY = PanelColumns("countyreal", "year", "lemp", "first.treat")
MADE = PanelColumns("unit", "time", "y", "first", ("x",))
PRINTED = 1e-6  # the peer prints six decimals


def evaluation(name: str) -> pd.DataFrame:
    """Return a published set, or skip with the reason."""
    named = os.environ.get("VISITKIT_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    path = folder / "evaluation" / name
    if not path.exists():
        pytest.skip(f"the set is not at {path}; set VISITKIT_DATA to the folder that holds it")
    return pd.read_csv(path)


def made_up() -> pd.DataFrame:
    """Return 400 students in 6 periods; neither program was tuned on them."""
    rng = np.random.default_rng(20262)
    count, periods = 400, 6
    first = rng.choice([0, 3, 4, 6], count, p=[0.4, 0.2, 0.2, 0.2])
    x = rng.normal(0, 1, count) + 0.4 * (first == 4)
    school = rng.integers(0, 40, count)
    noise, own = rng.normal(0, 1, (count, periods)), rng.normal(0, 1, count)
    parts = []
    for time in range(1, periods + 1):
        effect = (first > 0) * (time >= first) * (1 + 0.2 * (time - first))
        y = own + 0.3 * time * x + 0.2 * time + effect + noise[:, time - 1]
        y = y + 0.5 * np.sin(school + time)
        parts.append(
            pd.DataFrame(
                {
                    "unit": np.arange(count),
                    "time": time,
                    "y": y,
                    "first": first,
                    "x": x,
                    "school": school,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def test_minimum_wage_as_published() -> None:
    """README of R's `did`: regression without covariates, cell by cell."""
    found = att_gt(read_panel(evaluation("mpdta.csv"), COUNTY), StaggeredOptions(method="reg"))
    printed = [-0.0105, -0.0704, -0.1373, -0.1008, 0.0065, -0.0028, -0.0046, -0.0412]
    printed += [0.0305, -0.0027, -0.0311, -0.0261]
    assert [round(cell.effect.estimate, 4) for cell in found.cells] == printed
    assert found.pre_test is not None
    assert (found.pre_test.df, round(found.pre_test.p, 5)) == (5, 0.16812)
    dynamic, group = aggregate(found, "dynamic"), aggregate(found, "group")
    assert round(dynamic.overall.estimate, 4) == -0.0772
    after = [point for point in dynamic.points if point.at >= 0]
    assert [round(point.effect.estimate, 4) for point in after] == [
        -0.0199,
        -0.0510,
        -0.1373,
        -0.1008,
    ]
    assert round(group.overall.estimate, 4) == -0.0310
    assert [round(point.effect.estimate, 4) for point in group.points] == [
        -0.0797,
        -0.0229,
        -0.0261,
    ]


def test_minimum_wage_errors_as_the_peer() -> None:
    """Analytic errors of `differences` 0.3.0; the published .0219 and .0126 are unseeded draws."""
    found = att_gt(read_panel(evaluation("mpdta.csv"), COUNTY), StaggeredOptions(method="reg"))
    peer = {
        "simple": (-0.039951, 0.012034),
        "dynamic": (-0.07724, 0.019965),
        "group": (-0.031018, 0.012446),
        "calendar": (-0.0417, 0.015972),
    }
    for kind, figures in peer.items():
        overall = aggregate(found, kind).overall
        assert (overall.estimate, overall.se) == pytest.approx(figures, abs=PRINTED)
    errors = [cell.effect.se for cell in found.cells[:4]]
    assert errors == pytest.approx([0.023251, 0.030985, 0.036436, 0.034359], abs=PRINTED)
    drawn = uniform_bands(found, aggregate(found, "dynamic"), seed=1, draws=999).overall
    assert drawn.se == pytest.approx(0.019965, rel=0.08)  # spread of a quartile range of 999 draws


def test_minimum_wage_doubly_robust() -> None:
    """csdid 0.4.3 with log population: simple, dynamic, group, calendar."""
    panel = read_panel(
        evaluation("mpdta.csv"),
        PanelColumns(*(["countyreal", "year", "lemp", "first.treat"]), ("lpop",)),
    )
    found = att_gt(panel)
    printed = {"simple": -0.0418, "dynamic": -0.0804, "group": -0.0328, "calendar": -0.0442}
    for kind, figure in printed.items():
        assert round(aggregate(found, kind).overall.estimate, 4) == figure


def test_two_way_is_for_contrast_only() -> None:
    """-.03655 (.01327), and it says what is wrong with it."""
    found = two_way_contrast(read_panel(evaluation("mpdta.csv"), COUNTY))
    assert (round(found.estimate, 5), round(found.se, 5)) == (-0.03655, 0.01327)
    assert found.warnings[-1].key == "review_designs.warn.two_way"


# `differences` 0.3.0: first cells, then overall effects with analytic errors
PEER = {
    ("dr", "never"): (
        [(-0.180901, 0.197932), (1.029625, 0.188352), (1.521193, 0.197789)],
        [(1.258147, 0.108224), (1.334688, 0.117054), (1.233627, 0.108083), (1.212291, 0.10809)],
    ),
    ("dr", "not_yet"): (
        [(-0.361631, 0.183215), (1.130342, 0.171299), (1.554296, 0.181659)],
        [(1.287123, 0.104336), (1.360962, 0.112065), (1.252502, 0.109461), (1.25387, 0.102893)],
    ),
    ("reg", "never"): (
        [(-0.180767, 0.197838), (1.029326, 0.188318), (1.52122, 0.197797)],
        [],
    ),
}


@pytest.mark.parametrize("case", PEER)
def test_made_up_as_the_peer(case: tuple[str, str]) -> None:
    """Covariates, both kinds of controls, all ways of adding up."""
    found = att_gt(read_panel(made_up(), MADE), StaggeredOptions(method=case[0], control=case[1]))
    cells, overall = PEER[case]
    ours = [(cell.effect.estimate, cell.effect.se) for cell in found.cells[:3]]
    assert np.ravel(ours) == pytest.approx(np.ravel(cells), abs=PRINTED)
    for kind, figures in zip(("simple", "dynamic", "group", "calendar"), overall, strict=False):
        sum_ = aggregate(found, kind).overall
        assert (sum_.estimate, sum_.se) == pytest.approx(figures, abs=PRINTED)


def small() -> pd.DataFrame:
    """Return six students in three periods; three start in the third."""
    after = {1: [1, 2, 7], 2: [2, 4, 8], 3: [0, 1, 7], 4: [3, 4, 5], 5: [1, 1, 3], 6: [2, 3, 3]}
    rows = [
        (unit, time, values[time - 1], 3 if unit <= 3 else None)
        for unit, values in after.items()
        for time in (1, 2, 3)
    ]
    return pd.DataFrame(rows, columns=["s", "t", "y", "g"])


def test_cells_by_hand() -> None:
    """Changes 5, 4, 6 against 1, 2, 0; before 1, 2, 1 against 1, 0, 1."""
    found = att_gt(read_panel(small(), PanelColumns("s", "t", "y", "g")))
    before, after = (cell.effect for cell in found.cells)
    assert after.estimate == pytest.approx(4.0)
    assert before.estimate == pytest.approx(4 / 3 - 2 / 3)
    # variances about the mean over n: (2/3)/3 on each side
    assert after.se == pytest.approx(np.sqrt(4 / 9))
    assert (after.counts.treated, after.counts.control) == (3, 3)
    assert {note.key for note in after.warnings} == {"review_designs.warn.small_cohort"}


def test_weighting_by_hand() -> None:
    """A binary covariate: controls weighted to the treated within each of its values."""
    rows = []
    plan = [(1, 1, 5), (1, 1, 7), (1, 0, 2), (0, 1, 1), (0, 0, 0), (0, 0, 4)]
    for unit, (on, x, change) in enumerate(plan * 2):
        rows += [(unit, 1, 0, 2 * on, x), (unit, 2, change + 0.0, 2 * on, x)]
    data = pd.DataFrame(rows, columns=["s", "t", "y", "g", "x"])
    panel = read_panel(data, PanelColumns("s", "t", "y", "g", ("x",)))
    # treated: mean 14/3; a third have x = 0, whose controls change by 2, two thirds by 1
    for method in ("dr", "reg", "ipw"):
        found = att_gt(panel, StaggeredOptions(method=method)).cells[0].effect
        assert found.estimate == pytest.approx(14 / 3 - (2 / 3 * 1 + 1 / 3 * 2)), method


def test_doubly_robust_when_one_model_is_wrong() -> None:
    """The outcome follows the square of x: weighting knows enough, regression does not."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=4000)
    on = rng.random(4000) < 1 / (1 + np.exp(1 - x))
    change = x**2 + x + 1.0 * on + rng.normal(0, 0.5, 4000)
    data = pd.DataFrame(
        {
            "s": np.repeat(np.arange(4000), 2),
            "t": np.tile([1, 2], 4000),
            "y": np.column_stack([np.zeros(4000), change]).ravel(),
            "g": np.repeat(np.where(on, 2, 0), 2),
            "x": np.repeat(x, 2),
        }
    )
    panel = read_panel(data, PanelColumns("s", "t", "y", "g", ("x",)))
    both = att_gt(panel).cells[0].effect
    assert both.ci[0] < 1 < both.ci[1]
    regression = att_gt(panel, StaggeredOptions(method="reg")).cells[0].effect
    assert regression.ci[0] > 1.1


@given(st.floats(-20, 20), st.floats(0.1, 9), st.integers(0, 2**31))
@settings(max_examples=15, deadline=None)
def test_shift_scale_and_order(shift: float, scale: float, seed: int) -> None:
    """Units, levels of students and the order of rows do not matter."""
    data = made_up()
    data = data[data["unit"] < 120]
    base = aggregate(att_gt(read_panel(data, MADE)), "group").overall
    moved = data.assign(y=data["y"] * scale + shift * data["unit"], x=data["x"] * 3 + shift)
    moved = moved.sample(frac=1, random_state=seed % 2**31)
    found = aggregate(att_gt(read_panel(moved, MADE)), "group").overall
    near = 1e-6  # rounding against levels up to 2,400
    assert found.estimate == pytest.approx(scale * base.estimate, rel=near)
    assert found.se == pytest.approx(scale * base.se, rel=near)


def test_clusters_count_as_one() -> None:
    """Doubling every student within a school leaves error alone but for nothing; G - 1 freedom."""
    data = made_up()
    held = PanelColumns("unit", "time", "y", "first", (), "school")
    found = aggregate(att_gt(read_panel(data, held)), "simple").overall
    twice = pd.concat([data, data.assign(unit=data["unit"] + 1000)])
    again = aggregate(att_gt(read_panel(twice, held)), "simple").overall
    assert again.se == pytest.approx(found.se)
    assert found.df == 39
    alone = aggregate(att_gt(read_panel(data, MADE)), "simple").overall
    assert np.isinf(alone.df)


def test_own_cluster_each_has_the_small_sample_factor() -> None:
    """Each student a cluster: the plain error times the root of G/(G-1)."""
    data = made_up()
    plain = aggregate(att_gt(read_panel(data, PanelColumns("unit", "time", "y", "first"))))
    own = PanelColumns("unit", "time", "y", "first", (), "unit")
    held = aggregate(att_gt(read_panel(data, own)))
    assert held.overall.se == pytest.approx(plain.overall.se * np.sqrt(400 / 399))


def test_bands_hold_all_points() -> None:
    """Uniform bands are wider than pointwise intervals, and the same seed gives the same."""
    found = att_gt(read_panel(made_up(), MADE))
    parts = aggregate(found, "dynamic")
    drawn = uniform_bands(found, parts, seed=7, draws=400)
    assert drawn.points == uniform_bands(found, parts, seed=7, draws=400).points
    for point in drawn.points:
        assert point.band is not None
        assert point.band[0] < point.effect.ci[0]


def test_anticipation_moves_the_base() -> None:
    """One period of anticipation compares with two periods before the start."""
    found = att_gt(read_panel(made_up(), MADE), StaggeredOptions(anticipation=1))
    assert {cell.base for cell in found.cells if cell.cohort == 4 and cell.period >= 3} == {2.0}


def test_two_by_two_as_the_peer() -> None:
    """pyfixest 0.60.0, CRV1 by class, on made-up data; p with G - 1 degrees of freedom."""
    rng = np.random.default_rng(20264)
    cluster = np.arange(60) // 5
    on = (cluster % 2 == 0).astype(int)
    before = rng.normal(0, 1, 60)
    after = before + 0.5 * on + rng.normal(0, 1, 60) + rng.normal(0, 0.6, 12)[cluster]
    found = did_two_by_two(before, after, on, cluster)
    assert found.estimate == pytest.approx(0.6511012821450568)
    assert found.se == pytest.approx(0.31927680260948693)
    assert found.p == pytest.approx(0.06618371759028463)
    assert (found.counts.clusters_treated, found.counts.clusters_control) == (6, 6)


def test_work_programme_as_published() -> None:
    """Experimental effect 1794.342; every student a cluster gives HC1: 670.82."""
    data = evaluation("nsw_mixtape.csv")
    found = did_two_by_two(np.zeros(len(data)), data.re78, data.treat, range(len(data)))
    assert (round(found.estimate, 3), round(found.se, 2)) == (1794.342, 670.82)


def test_two_by_two_by_hand() -> None:
    """Changes 3, 5 against 1, 3: Welch's error is the root of 2/2 + 2/2, 2 degrees of freedom."""
    found = did_two_by_two([1, 2, 1, 2], [4, 7, 2, 5], [1, 1, 0, 0])
    assert (found.estimate, found.se, found.df) == pytest.approx((2, np.sqrt(2), 2))
    half = 4.302652729696142 * np.sqrt(2)
    assert found.ci == pytest.approx((2 - half, 2 + half))


def test_refusals() -> None:
    """Twice in a period, a change of mind, nobody starts, nobody complete, one cluster."""
    data = small()
    columns = PanelColumns("s", "t", "y", "g")
    twice = pd.concat([data, data.iloc[:1]])
    changed = data.assign(g=np.where((data["s"] == 1) & (data["t"] == 1), 2.0, data["g"]))
    cases = {
        "unit_period_twice": twice,
        "changes_over_time": changed,
        "constant_outcome": data.assign(y=1.0),
        "all_missing": data.assign(y=np.nan),
        "no_complete_unit": data.assign(y=data["y"].where(data["t"] < 3)),
        "columns_missing": data.drop(columns="g"),
        "not_numbers": data.assign(y="often"),
    }
    for key, table in cases.items():
        with pytest.raises(ReviewError) as caught:
            read_panel(table, columns)
        assert caught.value.key == f"review_designs.{key}"
    with pytest.raises(ReviewError) as caught:
        att_gt(read_panel(data.assign(g=0), columns))
    assert caught.value.key == "review_designs.nobody_starts"
    everybody = read_panel(data.assign(g=3), columns)
    with pytest.raises(ReviewError) as caught:
        att_gt(everybody)
    assert caught.value.key == "review_designs.no_comparison"
    held = PanelColumns("s", "t", "y", "g", (), "c")
    with pytest.raises(ReviewError) as caught:
        att_gt(read_panel(data.assign(c="a"), held))
    assert caught.value.key == "review_designs.one_cluster"


def test_separated_groups_are_refused() -> None:
    """A covariate that decides who starts leaves nobody to compare with."""
    data = made_up()
    parted = data.assign(x=np.where(data["first"] > 0, 5.0, 0.0) + 0.01 * data["unit"] / 400)
    with pytest.raises(ReviewError) as caught:
        att_gt(read_panel(parted, MADE))
    assert caught.value.key in {"review_designs.separated", "review_designs.no_overlap"}


def test_left_out_students_are_counted() -> None:
    """A missing period and a start before the first period are said."""
    data = made_up()
    cut = data[~((data["unit"] == 7) & (data["time"] == 2))]
    early = cut.assign(first=np.where(cut["unit"] < 3, 1, cut["first"]))
    panel = read_panel(early, MADE)
    assert [dict(note.facts)["number"] for note in panel.notes] == [1, 3]
    assert len(panel.first) == 396
