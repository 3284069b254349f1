"""The caseload: alerts first, capacity kept, nobody lost, order independent of the file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import text
from visitkit.errors import PolicyError, ScreenError
from visitkit.policy import Policy, read_policy
from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.frames import Assessment, Indicators
from visitkit.screen.index import RiskIndex
from visitkit.screen.tiers import TIERS, draw_lots
from visitkit.tables import DIMENSIONS

POLICY = read_policy("expert-points").with_values({"risk.cuts": [15.0, 30.0], "risk.capacity": 3})
BANDS = {"absence_rate": [5, 10, 20], "mark_drop": [0.5, 1, 1.5], "scale_ratio": [1, 1.25, 1.5]}
NO_ALERTS = pd.DataFrame(
    {"student_id": [], "rule": [], "kind": [], "opened": [], "due": [], "action": []}, dtype=object
)


def assessed(rows: list[list[float | None]], ids: list[str] | None = None) -> Assessment:
    """Assess students S0, S1 ... of two classes on three figures."""
    index = pd.Index(ids or [f"S{place}" for place in range(len(rows))], name="student_id")
    X = Indicators(np.array(rows, dtype=float).reshape(-1, 3), index=index, columns=list(BANDS))
    X.as_of = dt.date(2026, 11, 2)
    X.class_id = pd.Series([f"7-{place % 2 + 1}" for place in range(len(X))], index=index)
    X.dates = pd.DataFrame(np.datetime64("2026-10-30"), index=index, columns=list(BANDS))
    return RiskIndex(bands=BANDS).fit(X).assess(X)


def alerts(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return open alerts of (student, rule, kind, due)."""
    frame = pd.DataFrame(rows, columns=["student_id", "rule", "kind", "due"])
    return frame.assign(opened=pd.Timestamp("2026-11-01"), action="talk")


#: Indexes 44.44, 33.33, 22.22, 11.11 and 0, and one student of whom nothing is known.
ROWS: list[list[float | None]] = [
    [20.0, 1.5, 1.25],
    [20.0, 1.0, 1.0],
    [20.0, 0.5, 0.0],
    [5.0, 0.5, 0.0],
    [0.0, 0.0, 0.0],
    [None, None, None],
]


def test_the_indexes_of_these_tests() -> None:
    """Figures in the worst band, the second and the first fill half, a third and a sixth."""
    assert assessed(ROWS)["risk_index"].tolist()[:5] == [44.44, 33.33, 22.22, 11.11, 0.0]


def test_alerts_first_then_the_index() -> None:
    """An alert outranks every index, the earliest due before the others."""
    told = alerts(("S4", "absence_run", "now", "2026-11-04"), ("S3", "crisis", "now", "2026-11-03"))
    cases = caseload(assessed(ROWS), told, POLICY)
    assert list(cases.table["student_id"]) == ["S3", "S4", "S0", "S1", "S2", "S5"]
    assert list(cases.table["tier"]) == ["priority"] * 3 + ["watch"] * 2 + ["unknown"]
    assert list(cases.table["rank"]) == [1, 2, 3, 4, 5, 6]
    assert cases.student("S4")["due"] == pd.Timestamp("2026-11-04")
    assert list(cases.table.columns) == list(Caseload.COLUMNS)


def test_due_of_unknown_time_stands_after_known_ones() -> None:
    """An alert without a due moment is still before every student without an alert."""
    told = alerts(("S4", "crisis", "now", None), ("S3", "crisis", "now", "2026-11-03"))
    cases = caseload(assessed(ROWS), told, POLICY)
    assert list(cases.table["student_id"])[:3] == ["S3", "S4", "S0"]


def test_an_answered_alert_keeps_a_student_in_sight() -> None:
    """A contact has been made: no longer first, first of those to watch, and still told."""
    told = alerts(
        ("S4", "sick", "visit", "2026-10-01"),
        ("S3", "sick", "visit", "2026-11-03"),
        ("S2", "sick", "visit", None),
    )
    told["answered"] = [pd.Timestamp("2026-10-02"), pd.NaT, pd.NaT]
    cases = caseload(assessed(ROWS), told, POLICY, capacity=0)
    assert list(cases.table["student_id"])[:3] == ["S3", "S2", "S4"]
    assert list(cases.table["tier"])[:3] == ["priority", "priority", "watch"]
    assert pd.isna(cases.student("S4")["due"])
    assert cases.student("S4")["alerts"] == "sick"


def test_a_crisis_stands_before_what_was_due_earlier() -> None:
    """A talk about despair is not put behind a visit that has been late for longer."""
    told = alerts(("S4", "words", "crisis", "2026-11-03"), ("S3", "sick", "visit", "2026-10-01"))
    cases = caseload(assessed(ROWS), told, POLICY)
    assert list(cases.table["student_id"])[:2] == ["S4", "S3"]


def test_one_answer_does_not_close_another_alert() -> None:
    """With one alert answered and one waiting, the student is still first."""
    told = alerts(("S4", "sick", "visit", "2026-10-01"), ("S4", "run", "report", "2026-10-05"))
    told["answered"] = [pd.Timestamp("2026-10-02"), pd.NaT]
    cases = caseload(assessed(ROWS), told, POLICY)
    assert cases.student("S4")["tier"] == "priority"


def test_an_answered_alert_with_a_high_index_may_be_first() -> None:
    """The answer takes nothing from the index: a free place goes to the highest."""
    told = alerts(("S0", "sick", "visit", "2026-10-01"))
    told["answered"] = pd.Timestamp("2026-10-02")
    cases = caseload(assessed(ROWS), told, POLICY, capacity=1)
    assert cases.student("S0")["tier"] == "priority"


def test_good_news_raises_nobody() -> None:
    """Good news is told on the list and changes neither tier nor order."""
    plain = caseload(assessed(ROWS), NO_ALERTS, POLICY)
    cases = caseload(assessed(ROWS), alerts(("S4", "good_news", "good", None)), POLICY)
    assert list(cases.table["student_id"]) == list(plain.table["student_id"])
    assert cases.student("S4")["tier"] == "routine"
    assert cases.student("S4")["alerts"] == "good_news"
    assert "alert" not in set(cases.reasons["kind"])


def test_an_alert_of_unknown_kind_raises() -> None:
    """Silence about the kind must not lower an alert."""
    told = alerts(("S4", "crisis", None, None))
    assert caseload(assessed(ROWS), told, POLICY).student("S4")["tier"] == "priority"
    without = told.drop(columns="kind")
    assert caseload(assessed(ROWS), without, POLICY).student("S4")["tier"] == "priority"


def test_capacity_is_kept_and_only_alerts_exceed_it() -> None:
    """At most as many as can be seen are first, unless the alerts alone are more."""
    rows: list[list[float | None]] = [[20.0, 1.5, 1.5]] * 10
    assert caseload(assessed(rows), NO_ALERTS, POLICY).sizes["priority"] == 3
    assert caseload(assessed(rows), NO_ALERTS, POLICY, capacity=0).sizes["watch"] == 10
    told = alerts(*[(f"S{place}", "crisis", "now", None) for place in range(5)])
    assert caseload(assessed(rows), told, POLICY).sizes == {
        "priority": 5,
        "watch": 5,
        "unknown": 0,
        "routine": 0,
    }


def test_cut_points_hold_within_capacity() -> None:
    """A free place is not given to a student below the cut points."""
    cases = caseload(assessed(ROWS), NO_ALERTS, POLICY, capacity=6)
    tiers = dict(zip(cases.table["student_id"], cases.table["tier"], strict=True))
    assert tiers == {
        "S0": "priority",
        "S1": "priority",
        "S2": "watch",
        "S3": "routine",
        "S4": "routine",
        "S5": "unknown",
    }


def test_unknown_stands_where_it_is_seen() -> None:
    """Students of whom too little is known stand before those who are fine, and are counted."""
    cases = caseload(assessed(ROWS), NO_ALERTS, POLICY)
    order = list(cases.table["student_id"])
    assert order.index("S5") < order.index("S4")
    assert cases.student("S5")["tier"] == "unknown"
    assert np.isnan(cases.student("S5")["stability"])
    assert cases.sizes["unknown"] == 1
    raised = caseload(assessed(ROWS), alerts(("S5", "crisis", "now", None)), POLICY)
    assert raised.student("S5")["tier"] == "priority"


def test_an_alert_of_a_student_without_figures_is_kept() -> None:
    """A student who was never assessed is listed because of the alert."""
    cases = caseload(assessed(ROWS), alerts(("S99", "crisis", "now", None)), POLICY)
    row = cases.student("S99")
    assert (row["rank"], row["tier"], row["coverage"], row["class_id"]) == (1, "priority", 0.0, "")
    assert len(cases) == 7


FIGURES = st.lists(
    st.tuples(
        st.sampled_from([None, 0.0, 5.0, 10.0, 20.0]),
        st.sampled_from([None, 0.0, 0.5, 1.0]),
        st.sampled_from([None, 0.0, 1.0, 1.5]),
    ).map(list),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(FIGURES, st.integers(0, 6), st.integers(0, 99), st.randoms(use_true_random=False))
def test_order_of_the_file_does_not_matter(
    rows: list[list[float | None]], capacity: int, seed: int, random: Any
) -> None:
    """Shuffling students and alerts changes nobody's tier, rank or stability, ties included."""
    risk = assessed(rows)
    ids = list(risk.index)
    told = alerts(*[(one, "crisis", "now", None) for one in ids[::4]])
    places = random.sample(range(len(ids)), len(ids))
    shuffled = assessed([rows[place] for place in places], [ids[place] for place in places])
    shuffled.figures.class_id = risk.figures.class_id.reindex(shuffled.index)
    one = caseload(risk, told, POLICY, capacity, seed)
    other = caseload(shuffled, told.iloc[::-1], POLICY, capacity, seed)
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.reasons, other.reasons)
    assert sorted(one.table["rank"]) == list(range(1, len(ids) + 1))
    assert one.sizes["priority"] <= max(capacity, len(told))
    assert set(one.table["tier"]) <= set(TIERS)


def test_ties_are_broken_by_the_recorded_seed() -> None:
    """Equal students are ordered by lot; another seed draws other lots."""
    risk = assessed([[10.0, 0.5, 0.0]] * 30)
    orders = {
        tuple(caseload(risk, NO_ALERTS, POLICY, seed=seed).table["student_id"])
        for seed in (0, 0, 1)
    }
    assert len(orders) == 2
    assert caseload(risk, NO_ALERTS, POLICY, seed=7).seed == 7
    ids = [f"S{place}" for place in range(500)]
    assert len(set(draw_lots(ids, 0).tolist())) == 500


def test_reasons_are_figures_with_date_and_class_median() -> None:
    """Each reason carries its figure, unit, date, class median and points."""
    cases = caseload(assessed(ROWS), alerts(("S0", "crisis", "now", None)), POLICY)
    rows = cases.reasons[cases.reasons["student_id"] == "S0"]
    assert list(rows["kind"]) == ["alert", "concern", "concern", "concern"]
    assert list(rows["order"]) == [1, 1, 2, 3]
    first = rows.iloc[1]
    assert set(rows["indicator"]) == {"crisis", *BANDS}
    assert first["points"] == 3
    absence = rows.set_index("indicator").loc["absence_rate"]
    assert (absence["figure"], absence["unit"], absence["class_median"]) == (20.0, "percent", 20.0)
    assert absence["date"] == pd.Timestamp("2026-10-30")
    unknown = cases.reasons[cases.reasons["student_id"] == "S5"]
    assert set(unknown["kind"]) == {"unknown"}
    assert len(unknown) == len(BANDS)


def test_what_protects_must_be_good() -> None:
    """A figure protects when it earns no points and is as good as half of the class."""
    cases = caseload(assessed([*ROWS, [0.0, 0.0, 0.0], [4.0, 0.0, 0.0]]), NO_ALERTS, POLICY)
    protects = cases.reasons[cases.reasons["kind"] == "protects"]
    assert set(zip(protects["student_id"], protects["indicator"], strict=True)) == {
        ("S4", "absence_rate"),
        ("S6", "absence_rate"),
        ("S7", "absence_rate"),
    }
    worse_than_half = [*ROWS, [0.0, 0.0, 0.0], [4.0, 0.0, 0.0], *[[0.0, 0.0, 0.0]] * 6]
    cases = caseload(assessed(worse_than_half), NO_ALERTS, POLICY)
    assert "protects" not in {row["kind"] for row in cases.reasons_for("S7")}


def test_an_unknown_student_number_is_a_clear_sentence() -> None:
    """Another number is suggested only when it is the same number written differently."""
    cases = caseload(assessed(ROWS[:2], ["0412", "0413"]), NO_ALERTS, POLICY)
    assert cases.student("0412")["student_id"] == "0412"
    for written in ("412", " 0412", "00412"):
        with pytest.raises(ScreenError) as caught:
            cases.student(written)
        assert caught.value.facts["known"] == "0412"
    for stranger in ("0414", "04120", ""):
        with pytest.raises(ScreenError) as caught:
            cases.student(stranger)
        assert caught.value.key == "screen.student_unknown"
        assert "0412" not in str(caught.value).replace(stranger, "")


def test_no_number_is_suggested_when_two_would_fit() -> None:
    """Two students whose numbers differ by a leading zero are never taken for each other."""
    cases = caseload(assessed(ROWS[:2], ["0412", "412"]), NO_ALERTS, POLICY)
    with pytest.raises(ScreenError) as caught:
        cases.student("00412")
    assert caught.value.key == "screen.student_unknown"


def test_shown_without_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing shows sizes; the notebook view shows numbers, tiers and counts."""
    monkeypatch.setenv("VISITKIT_LANG", "zh")
    cases = caseload(assessed(ROWS, ["<b>", "S1", "S2", "S3", "S4", "S5"]), NO_ALERTS, POLICY)
    assert "S1" not in repr(cases)
    assert "priority=2, watch=1, unknown=1, routine=2" in repr(cases)
    page = cases._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert text.say("screen.tier.unknown", "zh") in page
    assert str(len(cases)) in page


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"risk.cuts": [30.0, 15.0]}, "screen.bad_cuts"),
        ({"risk.cuts": [30.0]}, "screen.bad_cuts"),
        ({"risk.cuts": [30.0, 130.0]}, "screen.bad_cuts"),
        ({"risk.capacity": -1}, "screen.bad_capacity"),
        ({"risk.capacity": 2.5}, "screen.bad_capacity"),
    ],
)
def test_a_wrong_policy_is_named(values: dict[str, object], key: str) -> None:
    """Cut points and capacity are checked before anyone is ranked."""
    policy: Policy = POLICY.with_values(values)
    with pytest.raises(PolicyError) as caught:
        caseload(assessed(ROWS), NO_ALERTS, policy)
    assert caught.value.key == key
    assert policy.name in str(caught.value)


def test_inputs_that_would_lose_a_student() -> None:
    """Alerts without their columns, or a student twice, are refused."""
    with pytest.raises(ScreenError, match="due"):
        caseload(assessed(ROWS), alerts(("S1", "x", "now", None)).drop(columns="due"), POLICY)
    risk = assessed(ROWS)
    with pytest.raises(ScreenError) as caught:
        caseload(pd.concat([risk, risk]), NO_ALERTS, POLICY)
    assert caught.value.key == "screen.student_twice"


def test_classes_are_joined_by_student() -> None:
    """A list of classes in another order gives nobody another class or class median."""
    risk = assessed(ROWS)
    classes = pd.Series(["7-1", "7-1", "7-1", "7-2", "7-2", "7-2"], index=risk.index)
    risk.figures.class_id = classes
    plain = caseload(risk, NO_ALERTS, POLICY)
    risk.figures.class_id = classes.iloc[[5, 0, 3, 1, 4, 2]]
    turned = caseload(risk, NO_ALERTS, POLICY)
    pd.testing.assert_frame_equal(turned.table, plain.table)
    pd.testing.assert_frame_equal(turned.reasons, plain.reasons)
    assert plain.student("S2")["class_id"] == "7-1"
    absence = plain.reasons.set_index(["student_id", "indicator"])["class_median"]
    assert absence["S1", "absence_rate"] == 20.0
    assert absence["S3", "absence_rate"] == 2.5


def test_dimensions_of_the_assessment_are_passed_on() -> None:
    """Dimension scores stand in the table, missing where nothing is known."""
    cases = caseload(assessed(ROWS), NO_ALERTS, POLICY)
    row = cases.student("S0")
    assert [row[name] for name in DIMENSIONS if pd.notna(row[name])] == [50.0, 50.0, 33.33]
    assert cases.as_of == dt.date(2026, 11, 2)
