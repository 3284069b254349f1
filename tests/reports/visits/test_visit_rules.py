"""Rules of the papers that stand on what visitors take along."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from visitkit.policy import read_policy
from visitkit.policy.words import value_words
from visitkit.reports.visits.given import Given
from visitkit.reports.visits.pages import write_safety, write_sheets
from visitkit.reports.visits.rows import visit_round


def shown(path: Path) -> str:
    """Return the words of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", path.read_text("utf-8")))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_facts_to_bring_stand_on_the_sheet(known: Given, tmp_path: Path, lang: str) -> None:
    """PA-09: study, life, discipline and conduct as the paper lists them; else none."""
    annex = read_policy("junior-school-annex")
    words = value_words("visit.brief", annex["visit.brief"], lang)
    asked = replace(known, policy=annex, lang=lang)
    write_sheets(visit_round(asked), tmp_path / "a.html")
    assert words in shown(tmp_path / "a.html")
    quiet = replace(asked, policy=annex.with_values({"visit.brief": []}))
    write_sheets(visit_round(quiet), tmp_path / "b.html")
    assert words not in shown(tmp_path / "b.html")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_weather_time_and_route_stand_on_the_safety_sheet(
    known: Given, tmp_path: Path, lang: str
) -> None:
    """SF-05, PA-12: the three things to think of before leaving, beside the trip's own times."""
    inputs = known.policy["route.inputs"]
    assert inputs == ["weather", "time", "route"]
    write_safety(visit_round(replace(known, lang=lang)), tmp_path / "s.html")
    page = shown(tmp_path / "s.html")
    assert value_words("route.inputs", inputs, lang) in page
    assert "18:56" in page
