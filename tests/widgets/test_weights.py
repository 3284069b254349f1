"""The weight panel: a move ranks the whole list again, and who moved is told by number."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from visitkit import policy, sample, screen, tables
from visitkit.calendar import Calendar
from visitkit.errors import ScreenError
from visitkit.load import School
from visitkit.screen.ranking import as_ranking
from visitkit.widgets import weights as panel_module
from visitkit.widgets.weights import WeightPanel, weight_panel
from visitkit.widgets.weights_state import moves, of_caseload, own_policy, policy_file

EVEN = dict.fromkeys(tables.DIMENSIONS, 1.0)


@pytest.fixture(scope="module")
def school() -> School:
    """A small made-up school."""
    made = sample.make_school(seed=3, students=200)
    return School(made.tables, Calendar.from_frame(made.tables["calendar"]))


@pytest.fixture(scope="module")
def cases(school: School) -> screen.Caseload:
    """Its caseload without alerts, so that the index alone ranks."""
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of="2026-11-02")
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    alerts = screen.alerts(school, rules, as_of="2026-11-02").head(0)
    return screen.caseload(risk, alerts, rules, capacity=15, seed=1)


@pytest.fixture
def panel(cases: screen.Caseload) -> Iterator[WeightPanel]:
    """A panel that notes what it sends."""
    made = WeightPanel(cases, "en")
    made.sent = []  # type: ignore[attr-defined]
    made.send = lambda content, buffers=None: made.sent.append((content, buffers))  # type: ignore[method-assign, attr-defined]
    yield made
    made.close()


def say(panel: WeightPanel, **content: Any) -> list[dict[str, Any]]:
    """Let the browser say something and return what it is told."""
    panel.sent.clear()  # type: ignore[attr-defined]
    panel._message(panel, content, [])
    return [one[0] for one in panel.sent]  # type: ignore[attr-defined]


def move(panel: WeightPanel, **weights: float) -> list[dict[str, Any]]:
    """Let the browser move sliders."""
    content = {"weights": {**EVEN, **weights}, "cuts": [15, 30], "capacity": 15}
    return say(panel, kind="move", turn=1, **content)


def test_a_slider_ranks_the_list_again(panel: WeightPanel, cases: screen.Caseload) -> None:
    """With the weight on one dimension alone, the list follows that dimension."""
    nought = dict.fromkeys(tables.DIMENSIONS, 0.0)
    answer = move(panel, **{**nought, "academic": 5.0})
    assert [one["kind"] for one in answer] == ["moved"]
    assert panel.cases is not None
    assert panel.ranking is not None
    table = panel.cases.table
    known = table[table["tier"] != "unknown"].dropna(subset=["academic"])
    assert len(known) > len(table) / 2
    assert known["academic"].is_monotonic_decreasing
    order = sorted(zip(panel.ranking.rank.tolist(), panel.ranking.ids, strict=True))
    assert [student for _, student in order] == table["student_id"].tolist()
    assert cases.table["risk_index"].tolist() != table["risk_index"].tolist()


def test_who_moved_is_told_in_words_and_by_number(panel: WeightPanel) -> None:
    """The sentence counts, and the numbers are those whose tier differs."""
    answer = move(panel, attendance=5.0, academic=0.0)[0]
    changed = set(screen.moved(panel.start, panel.cases)["student_id"])  # type: ignore[arg-type]
    assert set(answer["up"]) | set(answer["down"]) == changed
    assert changed
    assert answer["sentence"].startswith("Compared with the policy:")
    assert str(len(answer["up"])) in answer["sentence"] or not answer["up"]


def test_all_weights_zero_keeps_the_last_list(panel: WeightPanel, cases: screen.Caseload) -> None:
    """A list made of nothing is not shown; the person is told, and asked for the next move."""
    move(panel, academic=3.0)
    before = panel.ranking
    answer = move(panel, **dict.fromkeys(tables.DIMENSIONS, 0.0))[0]
    assert "Not taken" in answer["wrong"]
    assert panel.ranking is before
    assert panel.weights["academic"] == 3.0
    assert len(panel.cases) == len(cases)  # type: ignore[arg-type]


def test_reset_returns_to_the_policy(panel: WeightPanel, cases: screen.Caseload) -> None:
    """The button gives back the policy's weights, cut points and first list."""
    panel.set(weights={"family": 4.0}, cuts=(5.0, 10.0), capacity=3)
    assert panel.settings != of_caseload(cases)
    say(panel, kind="reset")
    assert panel.settings == of_caseload(cases)
    assert panel.cases is not None
    assert panel.cases.table["student_id"].tolist() == cases.table["student_id"].tolist()


def test_cut_points_and_places_count(panel: WeightPanel) -> None:
    """A lower cut point puts more students into watch, more places more into priority."""
    panel.set(cuts=(15.0, 16.0), capacity=40)
    wide = panel.cases.sizes  # type: ignore[union-attr]
    panel.set(cuts=(90.0, 95.0), capacity=0)
    narrow = panel.cases.sizes  # type: ignore[union-attr]
    assert wide["priority"] > narrow["priority"] == 0
    assert wide["routine"] < narrow["routine"]


@pytest.mark.parametrize(
    "content",
    [
        {"weights": EVEN, "cuts": [15, 30], "capacity": True},
        {"weights": EVEN, "cuts": [15], "capacity": 15},
        {"weights": EVEN, "cuts": [15, float("nan")], "capacity": 15},
        {"weights": {**EVEN, "academic": "5"}, "cuts": [15, 30], "capacity": 15},
        {"weights": {**EVEN, "<b>": 5}, "cuts": [15, 30], "capacity": 15},
        {"weights": {"academic": 5}, "cuts": [15, 30], "capacity": 15},
        {"weights": {**EVEN, "academic": 1e300}, "cuts": [15, 30], "capacity": 15},
        {"weights": [5] * 100_000, "cuts": [15, 30], "capacity": 15},
        {},
    ],
)
def test_a_message_that_is_not_whole_changes_nothing(
    panel: WeightPanel, content: dict[str, Any]
) -> None:
    """It is answered, because the page waits for the answer, and nothing moves."""
    settings = panel.settings
    answer = say(panel, kind="move", turn=7, **content)
    assert [(one["kind"], one["turn"]) for one in answer] == [("moved", 7)]
    assert panel.settings is settings
    assert panel.ranking is None


def test_unknown_messages_are_passed_over(panel: WeightPanel) -> None:
    """No kind, another kind and a student who is not on the list do nothing."""
    for content in ({}, {"kind": "open"}, {"kind": "move", "turn": "1"}, {"kind": ["move"]}):
        assert say(panel, **content) == []
    move(panel, academic=2.0)
    say(panel, kind="student", id="<script>")
    assert panel.pointed == ""
    say(panel, kind="student", id=panel.ranking.ids[3])  # type: ignore[union-attr]
    assert panel.pointed == panel.ranking.ids[3]  # type: ignore[union-attr]


def test_only_the_last_of_many_moves_is_worked_out(
    panel: WeightPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reasons are worked out once, for where the hand came to rest."""
    worked: list[float] = []
    whole = WeightPanel._whole
    monkeypatch.setattr(panel_module, "REST", 0.05)

    def counted(self: WeightPanel, wanted: Any) -> Any:
        worked.append(wanted.weights["academic"])
        return whole(self, wanted)

    monkeypatch.setattr(WeightPanel, "_whole", counted)

    async def hand() -> None:
        for weight in (1.25, 1.5, 1.75, 2.0):
            move(panel, academic=weight)
            await asyncio.sleep(0)
        for _ in range(600):
            await asyncio.sleep(0.05)
            if panel.cases is not panel.start:
                break

    asyncio.run(hand())
    assert worked == [2.0]
    assert panel.cases is not None
    assert panel.cases.policy["risk.dimensions.academic"] == 2.0


def test_the_first_move_finds_all_prepared(cases: screen.Caseload) -> None:
    """What no weight changes is worked out on a thread as soon as the panel is there."""

    async def wait() -> bool:
        panel = WeightPanel(cases, "en")
        for _ in range(600):
            if panel._footing is not None:
                break
            await asyncio.sleep(0.05)
        panel.close()
        return panel._footing is not None

    assert asyncio.run(wait())


def test_a_policy_to_keep(panel: WeightPanel, cases: screen.Caseload, tmp_path: Path) -> None:
    """What differs is the school's own decision; what does not keeps its source."""
    panel.set(weights={"family": 2.5}, capacity=30)
    answer = say(panel, kind="save", who="a")
    assert answer[0]["name"].endswith(".toml")
    (data,) = panel.sent[0][1]  # type: ignore[attr-defined]
    own = tmp_path / "own.toml"
    own.write_bytes(data)
    read = policy.read_policy(own)
    assert read["risk.dimensions.family"] == 2.5
    assert read["risk.capacity"] == 30
    assert read.source("risk.dimensions.family") == policy.policy.SCHOOL
    assert read.source("risk.dimensions.academic") == cases.policy.source(
        "risk.dimensions.academic"
    )
    assert dict(read.values) == dict(own_policy(cases, panel.settings).values)  # type: ignore[arg-type]
    assert tomllib.loads(policy_file(cases, of_caseload(cases)).decode())


def test_no_student_in_what_a_notebook_keeps(cases: screen.Caseload, school: School) -> None:
    """Neither the printed line nor the state that is saved with widgets holds a student."""
    both = weight_panel(cases, "zh")
    assert repr(both) == "WeightPanel(6 sliders)"
    both.panel.set(weights={"academic": 5.0})
    state = repr(both.panel.get_state()) + repr(both.table.get_state())
    assert not [one for one in school.students["student_id"] if one in state]
    assert not [name for name in school.students["name"] if name in state]


def test_the_list_of_a_notebook_follows(cases: screen.Caseload) -> None:
    """The table under the sliders shows the order of the sliders and the reasons of that order."""
    both = weight_panel(cases, "en", rows=5)
    both.panel.set(weights={"attendance": 5.0})
    assert both.cases is not None
    assert both.table._cases is both.cases
    assert both.table.tall == 5
    assert len(both.table) == len(cases)


def test_another_language_keeps_what_is_set(panel: WeightPanel) -> None:
    """Words change, settings stay."""
    move(panel, academic=2.0)
    panel.sent.clear()  # type: ignore[attr-defined]
    panel.lang = "zh"
    told = panel.sent[-1][0]  # type: ignore[attr-defined]
    assert told["weights"]["academic"] == 2.0
    assert told["sentence"] == moves(as_ranking(panel.start), panel.ranking, "zh").sentence  # type: ignore[arg-type]
    assert panel.words["dimension"]["academic"] != "study"


def test_an_unknown_dimension_is_named(cases: screen.Caseload) -> None:
    """A misspelt dimension is an error that lists the six."""
    with pytest.raises(ScreenError, match="attendence"):
        screen.rerank(cases, {"attendence": 2.0})
