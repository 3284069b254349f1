"""Nothing with a name in it leaves: errors, logs and saved notebooks hold no personal data."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pandas as pd
import pytest

from visitkit import load, policy, sample, screen
from visitkit.errors import VisitkitError

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST_OUTPUT = 20_000
LONGEST_CELL = 8
MOST_CELLS = 12


@pytest.fixture(scope="module")
def school() -> load.School:
    """The sample school, whose people are known by name."""
    return load.read_school(sample.sample_folder())


@pytest.fixture(scope="module")
def personal(school: load.School) -> set[str]:
    """Every name, telephone number and address of the sample school."""
    columns = [
        school.students["name"],
        school.students["address"],
        school.guardians["name"],
        school.guardians["phone"],
        school.teachers["name"],
    ]
    words = {str(word) for column in columns for word in column.dropna()}
    assert len(words) > 1000
    return words


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_personal_data_in_notebooks(path: Path, personal: set[str]) -> None:
    """The whole JSON is searched: outputs, metadata, widget state and parameters."""
    content = json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False)
    assert [word for word in personal if word in content] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_stay_small(path: Path) -> None:
    """Few short cells, small outputs, no saved widget state, no functions in cells."""
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(code) <= MOST_CELLS
    assert "widgets" not in notebook["metadata"]
    for cell in code:
        assert len(cell["source"]) <= LONGEST_CELL
        assert not any(line.startswith(("def ", "class ")) for line in cell["source"])
        assert len(json.dumps(cell["outputs"])) <= LARGEST_OUTPUT
        assert "widget-view" not in json.dumps(cell["outputs"])


def spoiled(school: load.School) -> dict[str, pd.DataFrame]:
    """Return the sample school's tables with a fault in many personal cells."""
    frames = {name: school.table(name) for name in ("students", "guardians", "attendance")}
    students = frames["students"].head(50).copy()
    students["birth_date"] = pd.Timestamp("2050-01-01")
    students["lat"] = 400.0
    frames["students"] = pd.concat([students, students.head(5)])
    frames["guardians"] = frames["guardians"].assign(phone="19900001234x")
    return frames


def test_no_personal_data_in_errors(
    school: load.School, personal: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A workbook full of faults is described without a name, a telephone number or an address."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(load.FaultsError) as caught:
        load.School.from_frames(**spoiled(school))
    said = str(caught.value) + repr(caught.value) + caplog.text
    said += json.dumps([fault.words("zh") for fault in caught.value.faults], ensure_ascii=False)
    assert len(caught.value.faults) > 50
    assert [word for word in personal if word in said] == []


def test_no_personal_data_in_a_caseload(school: load.School, personal: set[str]) -> None:
    """What is printed of a school, a caseload or an unknown student holds no name."""
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of="2026-11-02")
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    cases = screen.caseload(risk, screen.alerts(school, rules, as_of="2026-11-02"), rules)
    said = repr(school) + repr(cases) + cases._repr_html_()
    said += "".join(screen.explain(cases, student, "zh") for student in cases.table["student_id"])
    with pytest.raises(VisitkitError) as caught:
        screen.explain(cases, "S9999")
    said += str(caught.value)
    assert [word for word in personal if word in said] == []
