"""The board: nothing is lost, agreed visits stay, what is shown before a drop is what happens."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visitkit.errors import PlanError
from visitkit.plan import VisitPlan, check_plan
from visitkit.plan.check import count_cost
from visitkit.widgets.plan_board import OUT, PlanBoard
from visitkit.widgets.plan_board_state import Board, Spot, agreed, dropped, preview, undone

TUESDAY, WEDNESDAY = dt.date(2026, 11, 3), dt.date(2026, 11, 4)
CHINESE = "\u4e00"


def send(board: PlanBoard, kind: str, **facts: object) -> None:
    """Let the browser say something."""
    board._message(board, {"kind": kind, **facts}, [])


def accounted(plan: VisitPlan) -> Counter[str]:
    """Return how often each request is in the plan or on the list of what is left out."""
    return Counter(
        [*(one.request_id for one in plan.visits), *(one.request_id for one in plan.unassigned)]
    )


def where(plan: VisitPlan, request_id: str) -> tuple[object, ...]:
    """Return hour and people of a visit."""
    visit = next(one for one in plan.visits if one.request_id == request_id)
    return visit.session, visit.start, visit.end, visit.lead, visit.partner


STEP = st.tuples(
    st.sampled_from(["move", "move", "move", "out", "agree", "undo"]),
    st.integers(0, 13),
    st.sampled_from(["2026-11-02", "2026-11-03", "2026-11-04"]),
    st.sampled_from(["H1", "H2"]),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEP, max_size=12))
def test_nothing_is_ever_lost(visiting: Any, steps: list[tuple[str, int, str, str]]) -> None:
    """Whatever is done: every request once, agreed visits unmoved, cost and rules recounted."""
    board = PlanBoard(visiting.plan, "en")
    problem = visiting.plan.problem
    every = Counter(one.id for one in problem.requests)
    for kind, number, day, lead in steps:
        name = f"S{number:02d}/1"
        fixed = {one: where(board.plan, one) for one in board.frozen}
        if kind == "agree":
            send(board, "agree", id=name)
        elif kind == "undo":
            send(board, "undo")
        else:
            spot = OUT if kind == "out" else f"{day}|{lead}"
            send(board, "over", id=name, spot=spot)
            send(board, "drop", id=name, spot=spot)
        assert accounted(board.plan) == every
        if kind != "undo":
            assert all(where(board.plan, one) == fixed[one] for one in board.frozen & fixed.keys())
        assert len(board.shape["broken"]) == len(check_plan(board.plan))
        known = (problem.requests, problem.visitors, problem.trip, problem.rules)
        # Sums of whole minutes and prizes in another order.
        assert board.plan.cost == pytest.approx(count_cost(board.plan, *known), abs=1e-6)
    for _ in steps:
        send(board, "undo")
    assert board.plan is visiting.plan
    assert board.frozen == frozenset()


def test_what_was_shown_is_what_happens(visiting: Any) -> None:
    """Cost and rules stand there before the drop, and are those of the plan afterwards."""
    board = PlanBoard(visiting.plan, "en")
    before = board.plan.cost
    send(board, "pick", id="S07/1")
    assert f"{TUESDAY}|H1" in board.held["spots"]
    assert not any(spot.endswith("|H2") for spot in board.held["spots"])
    send(board, "over", id="S07/1", spot=f"{TUESDAY}|H2")
    assert board.plan is visiting.plan
    shown = dict(board.step)
    assert any("may not lead" in one for one in shown["broken"])
    send(board, "drop", id="S07/1", spot=f"{TUESDAY}|H2")
    assert where(board.plan, "S07/1")[3] == "H2"
    assert shown["cost"] == f"cost {board.plan.cost - before:+,.0f}"
    assert set(shown["broken"]) == set(board.shape["broken"])
    assert board.held == {}
    assert board.said.startswith("Dropped")


def test_a_free_place_breaks_nothing(visiting: Any) -> None:
    """On another day of the same lead a companion is found and no rule is broken."""
    step = preview(Board(visiting.plan), "S07/1", Spot("H1", TUESDAY))
    assert step.fresh == ()
    assert step.visit is not None
    assert step.visit.date == TUESDAY
    assert step.visit.partner is not None


def test_only_what_was_shown_can_be_dropped(visiting: Any) -> None:
    """A drop without its preview, or on another place than the one shown, does nothing."""
    board = PlanBoard(visiting.plan, "en")
    send(board, "drop", id="S07/1", spot=f"{TUESDAY}|H1")
    send(board, "over", id="S07/1", spot=f"{TUESDAY}|H1")
    send(board, "drop", id="S07/1", spot=f"{WEDNESDAY}|H1")
    send(board, "drop", id="S09/1", spot=f"{TUESDAY}|H1")
    assert board.plan is visiting.plan
    send(board, "cancel")
    send(board, "drop", id="S07/1", spot=f"{TUESDAY}|H1")
    assert board.plan is visiting.plan


def test_agreed_visits_stay(visiting: Any) -> None:
    """An agreed visit cannot be picked up and keeps its hour when another joins its outing."""
    board = PlanBoard(visiting.plan, "en")
    send(board, "agree", id="S09/1")
    send(board, "over", id="S09/1", spot=f"{TUESDAY}|H1")
    assert "agreed" in board.step["refused"]
    send(board, "over", id="S09/1", spot=OUT)
    send(board, "drop", id="S09/1", spot=OUT)
    assert board.plan is visiting.plan
    fixed = where(board.plan, "S09/1")
    send(board, "over", id="S05/1", spot="2026-11-02|H1")
    send(board, "drop", id="S05/1", spot="2026-11-02|H1")
    assert where(board.plan, "S05/1")[0].startswith("2026-11-02")  # type: ignore[attr-defined]
    assert where(board.plan, "S09/1") == fixed


def test_out_and_in_again(visiting: Any) -> None:
    """A visit that is taken out stands on the list as taken out and can be put back."""
    board = PlanBoard(visiting.plan, "en")
    send(board, "over", id="S07/1", spot=OUT)
    send(board, "drop", id="S07/1", spot=OUT)
    item = next(one for one in board.shape["left"] if one["id"] == "S07/1")
    assert item["kind"] == "taken out by hand"
    send(board, "pick", id="S07/1")
    assert board.held["inside"] is False
    send(board, "over", id="S07/1", spot="2026-11-02|H1")
    send(board, "drop", id="S07/1", spot="2026-11-02|H1")
    assert board._board.visit("S07/1") is not None


def test_a_family_without_a_way_can_be_put_in_and_is_named(visiting: Any) -> None:
    """A person may know the way; the board says what it does not know."""
    board = PlanBoard(visiting.plan, "en")
    for name, word in (("S12/1", "no way"), ("S13/1", "no address")):
        send(board, "over", id=name, spot=f"{TUESDAY}|H1")
        assert any(word in one for one in board.step["broken"]), board.step
        send(board, "drop", id=name, spot=f"{TUESDAY}|H1")
        assert board._board.visit(name) is not None


def test_the_price_of_adding(visiting: Any) -> None:
    """On asking, a visit that was taken out has its price."""
    board, ended = PlanBoard(visiting.plan, "en"), threading.Event()
    send(board, "over", id="S07/1", spot=OUT)
    send(board, "drop", id="S07/1", spot=OUT)
    board.observe(lambda _change: ended.set(), names="prices")
    send(board, "price", id="S07/1")
    assert ended.wait(20)
    assert "It can be added" in board.prices["S07/1"]
    board.lang = "zh"
    assert "added" not in board.prices["S07/1"]


@pytest.mark.parametrize("kind", ["pick", "over", "drop", "agree", "price"])
@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"id": None},
        {"id": ["S07/1"]},
        {"id": "S07/1' OR 1=1", "spot": "2026-11-03|H1"},
        {"id": "nobody", "spot": "2026-11-03|H1"},
        {"id": "S07/1" * 99, "spot": OUT},
        {"id": {"id": "S07/1"}, "spot": OUT},
    ],
)
def test_hostile_messages(visiting: Any, kind: str, facts: dict[str, object]) -> None:
    board = PlanBoard(visiting.plan, "en")
    send(board, kind, **facts)
    assert (board.plan, board.held, board.step, board.frozen) == (
        *(visiting.plan, {}, {}),
        frozenset(),
    )


@pytest.mark.parametrize(
    "spot",
    [None, 7, "2026-11-03", "2026-11-03|", "|H1", "2027-01-01|H1", "2026-11-03|nobody", "x" * 999],
)
def test_places_that_are_none(visiting: Any, spot: object) -> None:
    board = PlanBoard(visiting.plan, "en")
    send(board, "over", id="S07/1", spot=spot)
    assert board.step == {}


def test_values_from_the_browser_are_not_taken(visiting: Any) -> None:
    board = PlanBoard(visiting.plan, "en")
    shape = board.shape
    board.set_state({"shape": {}, "said": "<script>", "prices": {"S07/1": "0"}})
    assert (board.shape, board.said, board.prices) == (shape, "", {})


def test_language_switch_keeps_what_is_held(visiting: Any) -> None:
    """Switching re-words the board; the visit in hand and its preview stay."""
    board = PlanBoard(visiting.plan, "en")
    send(board, "pick", id="S07/1")
    send(board, "over", id="S07/1", spot=f"{TUESDAY}|H1")
    board.lang = "zh"
    assert board.held["id"] == board.step["id"] == "S07/1"
    assert "cost" not in board.step["cost"]
    assert board.words["undo"] > CHINESE
    send(board, "drop", id="S07/1", spot=f"{TUESDAY}|H1")
    assert where(board.plan, "S07/1")[0].startswith(str(TUESDAY))  # type: ignore[attr-defined]


def test_names_only_when_asked(visiting: Any) -> None:
    board = PlanBoard(visiting.plan, "en")
    assert "Child" not in str(board.shape)
    board.name({"S07": "Child <b>7</b>"}, {"S07": "701"})
    assert "Child <b>7</b>" in str(board.shape)
    assert repr(board) == "PlanBoard()"


def test_a_board_is_a_chain_of_frozen_steps(visiting: Any) -> None:
    start = Board(visiting.plan)
    after = dropped(start, preview(start, "S07/1", None))
    assert undone(after) == start
    assert undone(start) is start
    assert agreed(agreed(start, "S07/1"), "S07/1").frozen == frozenset()
    with pytest.raises(PlanError):
        agreed(start, "S12/1")
    with pytest.raises(PlanError):
        preview(agreed(start, "S07/1"), "S07/1", None)
