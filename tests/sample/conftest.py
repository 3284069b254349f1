"""Made-up schools that several tests look at."""

from __future__ import annotations

import pytest

from visitkit.sample import SampleSchool, make_school


@pytest.fixture(scope="session")
def school() -> SampleSchool:
    """The sample school."""
    return make_school()


@pytest.fixture(scope="session")
def large() -> SampleSchool:
    """A school large enough for shares to be steady."""
    return make_school(seed=5, students=5000)
