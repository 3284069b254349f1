"""A made-up study of each design, made and estimated once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from visitkit.review import Study
from visitkit.sample import made_study
from visitkit.screen.assignment import Basis, freeze_assignment


@pytest.fixture(scope="session")
def study_of() -> Callable[[str], Study]:
    """Return a study by the name of its design."""
    return _study


@cache
def _study(assign: str) -> Study:
    made = made_study(assign, seed=1)
    settings: dict[str, Any] = dict(made.settings)
    if assign == "threshold":
        score = made.table.set_index("student_id")["score"]
        basis = Basis("made up", dt.date(2026, 9, 7))
        settings["record"] = freeze_assignment(score, basis, cutoff=60)
        settings["first_visit"] = dt.date(2026, 9, 28)
    return Study(made.table, list(made.outcome), assign, **settings)
