"""The words of the indicators: complete, natural numbers, and a page that is not out of date."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from string import Formatter

import pytest

from visitkit import text
from visitkit.screen.catalog import BY_NAME, CATALOG
from visitkit.screen.indicators import figure_text, page, sentence
from visitkit.tables import DIMENSIONS, TABLES

ROOT = Path(__file__).parents[2]
PLACES = {"figure", "median", "window", "date"}


def test_the_catalogue_is_sound() -> None:
    """Names once, and only dimensions, tables, units and directions that exist."""
    assert len(BY_NAME) == len(CATALOG)
    units = text.find("indicators.unit", "en")
    assert isinstance(units, dict)
    for indicator in CATALOG:
        assert indicator.dimension in DIMENSIONS
        assert indicator.table in TABLES
        assert indicator.unit in units
        assert indicator.worse in ("high", "low")


@pytest.mark.parametrize(
    "names",
    [
        (
            "absence_rate",
            "unexcused_rate",
            "unexcused_run",
            "absence_run",
            "sick_rate",
            "leave_rate",
            "late_rate",
            "early_rate",
        ),
        ("canteen_change", "library_change", "learning_change", "club_change"),
        ("family_events", "leaving_signs"),
    ],
    ids=lambda names: names[0],
)
def test_figures_computed_together_share_a_window(names: tuple[str, ...]) -> None:
    """The code reads one window for each of these families."""
    assert len({BY_NAME[name].window for name in names}) == 1


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("indicator", CATALOG, ids=lambda one: one.name)
def test_every_indicator_has_its_words(indicator: object, lang: str) -> None:
    """Name, definition, figure and what to do when unknown; protective ones also as good."""
    name = indicator.name  # type: ignore[attr-defined]
    words = text.find(f"indicators.{name}", lang)
    assert isinstance(words, dict)
    assert {"name", "meaning", "figure", "unknown"} <= words.keys()
    assert ("good" in words) == BY_NAME[name].protective
    assert ("steps" in words) == (BY_NAME[name].unit == "step")
    for kind in ("figure", "good", "none"):
        places = {place for _, place, _, _ in Formatter().parse(words.get(kind, "")) if place}
        assert places <= PLACES
        assert "figure" in places or kind == "none" or kind not in words


def test_no_words_for_what_is_no_indicator() -> None:
    """A name that left the catalogue leaves no words behind."""
    words = (
        text.find("indicators", "en") if text.has("indicators") else text.sheet("indicators", "en")
    )
    others = {"reading", "unit", "worse", "window", "dimension", "page"}
    assert isinstance(words, dict)
    assert words.keys() - others == BY_NAME.keys()


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("absence_rate", 8.75, "8.8"),
        ("absence_rate", 100.0, "100"),
        ("core_failed", 2.0, "2"),
        ("mark_standing", -1.26, "-1.3"),
        ("mark_standing", 0.04, "0"),
        ("mark_standing", -0.04, "0"),
        ("canteen_change", 12.0, "+12"),
        ("scale_ratio", 1.234, "1.23"),
        ("parent_minutes", 37.5, "38"),
        ("family_climate", 0.4, "good"),
        ("family_climate", 0.5, "fair"),
        ("guardian_schooling", 4.0, "college or above"),
    ],
)
def test_figures_are_written_as_people_do(name: str, value: float, written: str) -> None:
    """Few decimals, no trailing zeros, a sign only on differences, words for steps."""
    assert figure_text(name, value, "en") == written


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_sentence_can_be_told(lang: str) -> None:
    """Each indicator tells a figure, a zero and a good figure without a gap."""
    for indicator in CATALOG:
        for value in (0.0, 1.0, 2.5):
            for protects in (False, True):
                told = sentence(
                    indicator.name,
                    value,
                    median=0.5,
                    date=dt.date(2026, 10, 30),
                    protects=protects,
                    lang=lang,
                )
                assert told
                assert "{" not in told
                assert "\u2014" not in told


def test_zero_is_told_as_nothing_recorded() -> None:
    """No absence is said so, and not as absent 0 percent with a date that is not there."""
    assert sentence("absence_rate", 0, lang="en") == text.say(
        "indicators.absence_rate.none", "en", window=40
    )


def test_an_unknown_median_is_a_dash() -> None:
    """A student without a class has no class median, and the sentence says so."""
    assert "\u2014" in sentence("absence_rate", 5, median=float("nan"), lang="en")


def test_the_page_is_up_to_date() -> None:
    """docs/indicators.md is what the catalogue and the words make of it."""
    assert (ROOT / "docs" / "indicators.md").read_text("utf-8") == page()


def test_one_is_never_counted_in_the_plural() -> None:
    """No English sentence about one says days, times or visits."""
    day = dt.date(2026, 10, 30)
    plural = re.compile(r"(?<![\d.-])1 (standard |percentage |home |school )?[a-z]+s\b")
    for one in CATALOG:
        for protects in (False, True):
            said = sentence(one.name, 1.0, median=2.0, date=day, protects=protects, lang="en")
            assert not plural.search(said), said
