"""Pictures of a student and of a caseload: what they show, in words too, with any fonts."""

from __future__ import annotations

import io
import re
import shutil
import warnings
from pathlib import Path

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest
from matplotlib import font_manager

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.figures import caseload, fonts
from visitkit.figures.case import draw_case
from visitkit.figures.style import CATEGORY_LOOK, Picture
from visitkit.review.case import CaseReview
from visitkit.review.caseload_review import CaseloadResult, CaseloadReview
from visitkit.review.reliable_change import Norms, Reliability

SCALE = Reliability(0.85, Norms(8, 4, "made-up manual, p. 3"))
MOOD = CaseReview(score="mood", higher_is="worse", reliability=SCALE, cutoff=12)
#: A domain as a Chinese teacher would name it.
DOMAIN = "\u60c5\u7eea"
CHINESE = re.compile(r"[\u3400-\u9fff]")
NEEDS_FONT = pytest.mark.skipif(
    not fonts.can_write_chinese(), reason="no font with Chinese signs is installed"
)


def panel(students: int = 5) -> pd.DataFrame:
    """Return students measured weekly; the third is chosen by, the visit after the seventh."""
    rng = np.random.default_rng(3)
    days = pd.date_range("2026-08-31", periods=14, freq="7D")
    rows = []
    for one in range(students):
        value = 16 + rng.normal(0, 1.2, 14) - 2.0 * one * (np.arange(14) > 6)
        rows += [(f"S{one:02}", day, mood) for day, mood in zip(days, value, strict=True)]
    table = pd.DataFrame(rows, columns=["student_id", "date", "mood"])
    return table.assign(first_visit="2026-10-14", screening=table["date"] == days[2])


def load(students: int = 5, domain: str = DOMAIN) -> CaseloadResult:
    """Return the review of a small caseload."""
    return CaseloadReview({domain: MOOD}).fit(panel(students))


def pictures(lang: str, domain: str = DOMAIN) -> list[Picture]:
    """Return one of each picture."""
    one = MOOD.fit(panel(1))
    none = MOOD.fit(panel(1).assign(first_visit="2026-09-16"))
    found = load(5, domain)
    return [
        draw_case(one, lang),
        draw_case(none, lang),
        caseload.draw_students(found, domain, lang),
        caseload.draw_categories(found, lang),
    ]


def saved(picture: Picture) -> bytes:
    """Return a picture as png; any warning is an error."""
    page = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture.figure.savefig(page, format="png")
    return page.getvalue()


def words_in(picture: Picture) -> str:
    """Return every word in a picture."""
    picture.figure.draw_without_rendering()
    return " ".join(
        one.get_text() for one in picture.figure.findobj(match=lambda o: hasattr(o, "get_text"))
    )


@NEEDS_FONT
def test_chinese_is_drawn_without_a_warning() -> None:
    for picture in pictures("zh"):
        assert saved(picture)[:4] == b"\x89PNG"
        assert CHINESE.search(words_in(picture))
        assert CHINESE.search(picture.alternative)


def test_without_a_chinese_font_the_labels_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The alternative keeps the language asked for."""
    monkeypatch.setattr(fonts, "CHINESE", ())
    assert fonts.label_language("zh") == "en"
    for picture in pictures("zh", "mood"):
        assert saved(picture)[:4] == b"\x89PNG"
        assert not CHINESE.search(words_in(picture))
        assert CHINESE.search(picture.alternative)


def test_the_font_of_the_extra_is_found_without_running_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its file is known to matplotlib, and a package that would do harm when run is not run."""
    package = tmp_path / "made_up_fonts"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError", "utf-8")
    shutil.copy(fonts.installed()[fonts.LAST], package / "Some.ttf")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(fonts, "EXTRA", "made_up_fonts")
    added: list[Path] = []
    monkeypatch.setattr(font_manager.fontManager, "addfont", added.append)
    fonts.installed.cache_clear()
    try:
        assert fonts.LAST in fonts.installed()
    finally:
        fonts.installed.cache_clear()
    assert added == [package / "Some.ttf"]


def test_only_installed_fonts_are_named() -> None:
    assert set(fonts.families()) <= set(fonts.installed())
    assert fonts.families([]) == [fonts.LAST]


def test_the_alternative_says_what_the_picture_shows() -> None:
    one, none, students, categories = pictures("en")
    assert one.alternative == MOOD.fit(panel(1)).words("en")
    assert text.say("review.conclusion.no_second_baseline", "en") in none.alternative
    assert students.alternative.count("Student") == 5
    assert categories.alternative == load().words("en")


def test_the_picture_shows_what_the_review_found() -> None:
    """Points, medians and the line of the first visit lie where the tables say."""
    found = MOOD.fit(panel(1))
    axes = draw_case(found, "en").figure.axes[0]
    drawn = sum(len(one.get_offsets()) for one in axes.collections if one.get_zorder() == 3)
    assert drawn == len(found.points)
    medians = [
        segment[0][1]
        for one in axes.collections
        if one.get_zorder() == 1
        for segment in one.get_segments()
    ]
    assert medians == pytest.approx(found.phase_table["median"].tolist())
    labels = {one.get_label(): one for one in axes.lines}
    trend = labels[text.say("figures.trend", "en")]
    assert list(trend.get_ydata()) == found.trend_line["value"].tolist()
    visit = labels[text.say("figures.first_visit", "en")].get_xdata()[0]
    assert visit == pytest.approx((pd.Timestamp(found.first_visit) - pd.Timestamp(0)).days)


def test_the_bar_adds_up() -> None:
    found = load()
    axes = caseload.draw_categories(found, "en").figure.axes[0]
    widths = [int(one.get_width()) for one in axes.patches]
    assert widths == found.counts["students"].tolist()
    assert sum(widths) == 5


def test_many_students_take_pages() -> None:
    found = load(caseload.PAGE + 1, "mood")
    first = caseload.draw_students(found, "mood", "en")
    second = caseload.draw_students(found, "mood", "en", page=2)
    assert first.alternative.count("Student") == caseload.PAGE
    assert second.alternative.count("Student") == 1
    with pytest.raises(ReviewError) as told:
        caseload.draw_students(found, "mood", "en", page=3)
    assert told.value.key == "figures.no_page"
    with pytest.raises(ReviewError) as told:
        caseload.draw_students(found, "absence", "en")
    assert "mood" in str(told.value)


def test_categories_are_told_apart_in_grey() -> None:
    """Two categories differ by a fifth of full brightness, or one of them is hatched."""
    looks = list(CATEGORY_LOOK.values())
    for place, (fill, hatch) in enumerate(looks):
        for other, other_hatch in looks[place + 1 :]:
            light = [
                matplotlib.colors.to_rgb(one) @ np.array([0.299, 0.587, 0.114])
                for one in (fill, other)
            ]
            assert abs(light[0] - light[1]) > 0.2 or hatch != other_hatch
