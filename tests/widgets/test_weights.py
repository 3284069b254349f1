"""The weight panel: a slider moved ranks the list again, and no name is ever shown."""

from __future__ import annotations

import pytest

from visitkit import policy, sample, screen, tables
from visitkit.calendar import Calendar
from visitkit.errors import ScreenError
from visitkit.load import School
from visitkit.widgets.weights import head_html, moved_words, weight_panel


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


def test_a_slider_ranks_the_list_again(cases: screen.Caseload) -> None:
    """With the weight on one dimension alone, the list follows that dimension."""
    panel = weight_panel(cases, "en", rows=5)
    before = panel.children[-1].value
    for name, slider in panel.sliders.items():
        slider.value = 5.0 if name == "academic" else 0.0
    assert panel.children[-1].value != before
    table = panel.cases.table
    known = table[table["tier"] != "unknown"].dropna(subset=["academic"])
    assert len(known) > len(table) / 2
    assert known["academic"].is_monotonic_decreasing
    assert cases.table["risk_index"].tolist() != panel.cases.table["risk_index"].tolist()


def test_all_weights_zero_keeps_the_last_list(cases: screen.Caseload) -> None:
    """A list made of nothing is not shown; the person is told."""
    panel = weight_panel(cases, "en")
    for slider in panel.sliders.values():
        slider.value = 0.0
    assert "above 0" in panel.children[-2].value
    assert panel.weights == dict.fromkeys(tables.DIMENSIONS, 0.0)
    assert len(panel.cases.table) == len(cases.table)
    assert panel.cases.table["risk_index"].max() > 0


def test_reset_returns_to_the_policy(cases: screen.Caseload) -> None:
    """The button gives back the policy's weights and the first list."""
    panel = weight_panel(cases, "en")
    start = panel.children[-1].value
    panel.sliders["family"].value = 4.0
    panel.children[-3].click()
    assert panel.children[-1].value == start
    assert set(panel.weights.values()) == {1.0}


def test_moved_counts_join_by_student(cases: screen.Caseload) -> None:
    """Students who changed tier are found by number, whatever the order of rows."""
    other = screen.rerank(cases, {"attendance": 5.0, "academic": 0.0})
    changes = screen.moved(cases, other).set_index("student_id")
    old = cases.table.set_index("student_id")["tier"]
    new = other.table.set_index("student_id")["tier"]
    different = {student for student in old.index if old[student] != new[student]}
    assert set(changes.index) == different
    assert len(different) > 0
    assert moved_words(cases, cases, "en") != moved_words(cases, other, "en")


def test_no_name_and_no_markup(cases: screen.Caseload, school: School) -> None:
    """The list shows numbers, never names, and its repr is safe to save."""
    html = head_html(cases, "zh", rows=len(cases.table))
    assert not [name for name in school.students["name"] if name in html]
    assert repr(weight_panel(cases)) == "WeightPanel(6 sliders)"


def test_an_unknown_dimension_is_named(cases: screen.Caseload) -> None:
    """A misspelt dimension is an error that lists the six."""
    with pytest.raises(ScreenError, match="attendence"):
        screen.rerank(cases, {"attendence": 2.0})
