"""A hand on a slider sees the very order that the whole calculation gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import policy, sample, screen
from visitkit.calendar import Calendar
from visitkit.errors import PolicyError, ScreenError
from visitkit.load import School
from visitkit.screen import tiers
from visitkit.screen.ranking import Footing, as_ranking, footing, ranked, shifted
from visitkit.tables import DIMENSIONS

#: Weights of a slider, nought among them, and some that no slider stands at.
WEIGHTS = st.fixed_dictionaries(
    {name: st.sampled_from([0.0, 0.25, 1.0, 1.75, 3.333, 5.0]) for name in DIMENSIONS}
).filter(lambda weights: any(weights.values()))


@pytest.fixture(scope="module")
def cases() -> screen.Caseload:
    """A made-up caseload with alerts, and a student with an alert who was never assessed."""
    made = sample.make_school(seed=3, students=160)
    school = School(made.tables, Calendar.from_frame(made.tables["calendar"]))
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of="2026-11-02").iloc[5:]
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    alerts = screen.alerts(school, rules, as_of="2026-11-02")
    newcomer = alerts.head(1).assign(student_id="S-NEW")
    return screen.caseload(risk, pd.concat([alerts, newcomer]), rules, capacity=60, seed=1)


@pytest.fixture(scope="module")
def ground(cases: screen.Caseload) -> Footing:
    """What weights do not change."""
    return footing(cases)


@given(
    weights=WEIGHTS,
    cuts=st.sampled_from([(15.0, 30.0), (0.0, 100.0), (8.0, 12.5)]),
    capacity=st.integers(0, 200),
)
@settings(max_examples=25, deadline=None)  # a whole caseload is made for each
def test_the_same_order_as_the_whole_calculation(
    cases: screen.Caseload,
    ground: Footing,
    weights: dict[str, float],
    cuts: tuple[float, float],
    capacity: int,
) -> None:
    """Index, coverage, tier and rank equal those of a caseload made anew, to the last bit."""
    fast = ranked(ground, weights, cuts, capacity)
    whole = screen.rerank(cases, weights, cuts=cuts, capacity=capacity)
    table = whole.table.set_index("student_id").loc[list(fast.ids)]
    np.testing.assert_array_equal(fast.rank, table["rank"])
    np.testing.assert_array_equal(np.array(tiers.TIERS)[fast.tier], table["tier"])
    np.testing.assert_array_equal(fast.index, table["risk_index"])
    np.testing.assert_array_equal(fast.coverage, table["coverage"])
    assert fast.sizes == whole.sizes
    assert fast.policy == whole.policy


def test_the_caseload_itself_is_the_ranking_under_its_own_weights(
    cases: screen.Caseload, ground: Footing
) -> None:
    """Nothing moves while nobody has moved anything."""
    here, again = as_ranking(cases), ranked(ground, {})
    np.testing.assert_array_equal(here.rank, again.rank)
    np.testing.assert_array_equal(here.tier, again.tier)
    assert shifted(here, again) == ((), ())


def test_who_moved_is_found_by_number(cases: screen.Caseload, ground: Footing) -> None:
    """The ids of who moved agree with the tiers of both caseloads, whatever the row order."""
    weights = {"attendance": 5.0, "academic": 0.0}
    up, down = shifted(as_ranking(cases), ranked(ground, weights))
    changes = screen.moved(cases, screen.rerank(cases, weights))
    step = {name: place for place, name in enumerate(tiers.TIERS)}
    known = changes[(changes["tier_before"] != "unknown") & (changes["tier_after"] != "unknown")]
    risen = known["tier_after"].map(step) < known["tier_before"].map(step)
    assert set(up) == set(known.loc[risen, "student_id"])
    assert set(down) == set(known.loc[~risen, "student_id"])
    assert up
    assert down
    shuffled = as_ranking(screen.rerank(cases, {"family": 3.0}))
    assert shifted(shuffled, ranked(ground, {"family": 3.0})) == ((), ())


@pytest.mark.parametrize("bad", [{"academic": -1.0}, dict.fromkeys(DIMENSIONS, 0.0)])
def test_what_the_whole_calculation_refuses_is_refused(
    ground: Footing, bad: dict[str, float]
) -> None:
    """A negative weight and no weight at all are errors here as there."""
    with pytest.raises(PolicyError):
        ranked(ground, bad)


def test_a_misspelt_dimension_and_bad_cuts_are_named(ground: Footing) -> None:
    """Each says what was found."""
    with pytest.raises(ScreenError, match="attendence"):
        ranked(ground, {"attendence": 2.0})
    with pytest.raises(PolicyError, match="30"):
        ranked(ground, {}, cuts=(30.0, 15.0))


def test_no_student_in_a_printed_line(ground: Footing) -> None:
    """What a notebook would keep holds sizes only."""
    assert repr(ground) == f"Footing({len(ground.ids)} students)"
    assert ground.ids[0] not in repr(ranked(ground, {}))


STANDINGS = st.integers(0, 40).flatmap(
    lambda size: st.fixed_dictionaries(
        {
            "index": st.lists(
                st.one_of(st.just(float("nan")), st.integers(0, 30).map(lambda one: one / 3)),
                min_size=size,
                max_size=size,
            ),
            **{
                name: st.lists(st.booleans(), min_size=size, max_size=size)
                for name in ("enough", "raised", "met")
            },
            **{
                name: st.lists(st.integers(0, 3), min_size=size, max_size=size)
                for name in ("urgency", "due")
            },
            "lot": st.permutations([7 * one for one in range(size)]),
        }
    )
)


@given(parts=STANDINGS, capacity=st.integers(0, 12))
@settings(deadline=None)
def test_one_number_sorts_as_seven_columns(parts: dict[str, list[float]], capacity: int) -> None:
    """The rank follows tier, waiting, kind, deadline, answered, index and lot, in this order."""
    kinds = {"index": float, "enough": bool, "raised": bool, "met": bool}
    given = {name: np.array(part, dtype=kinds.get(name, np.int64)) for name, part in parts.items()}
    given["met"] &= ~given["raised"]
    standing = tiers.Standing(**given)
    code, rank = tiers.assign_codes(standing, (3.0, 6.0), capacity)
    index = np.where(np.isnan(standing.index), -1.0, standing.index)
    due = np.where(standing.raised, standing.due, tiers.NEVER)
    kind = np.where(standing.raised, standing.urgency, 0)
    columns = (standing.lot, -index, ~standing.met, due, kind, ~standing.raised, code)
    assert np.lexsort(columns).tolist() == np.argsort(rank).tolist()
    places = max(capacity - int(standing.raised.sum()), 0)
    able = standing.enough & ~standing.raised & (index >= 6.0)
    best = [place for place in np.lexsort((standing.lot, -index)) if able[place]][:places]
    first = set(best) | set(np.flatnonzero(standing.raised))
    assert set(np.flatnonzero(code == 0)) == first
