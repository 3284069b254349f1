"""Pictures of a study: they show what the study returned, in words too, and without colour."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from functools import cache

import matplotlib.colors
import pandas as pd
import pytest

from visitkit.errors import ReviewError
from visitkit.figures import fonts
from visitkit.figures.attrition import draw_attrition
from visitkit.figures.coverage import draw_quotas
from visitkit.figures.design import draw_design
from visitkit.figures.flow import draw_flow
from visitkit.figures.forest import draw_forest
from visitkit.figures.goals import draw_goals
from visitkit.figures.love import draw_love
from visitkit.figures.style import Picture
from visitkit.review import GoalAttainment, Study
from visitkit.review.coverage import Coverage
from visitkit.review.study import EffectTable, StudyFlow
from visitkit.sample.designs import EFFECTS

StudyOf = Callable[[str], Study]
CHINESE = re.compile(r"[\u3400-\u9fff]")


def shown_in(picture: Picture) -> str:
    """Return every word in a picture."""
    figure = picture.figure
    found = [one.get_text() for one in figure.findobj(lambda one: hasattr(one, "get_text"))]
    return "\n".join(found)


def colours(picture: Picture) -> set[str]:
    """Return every colour that is filled or drawn in a picture."""
    out: set[str] = set()
    for one in picture.figure.findobj():
        for name in ("get_facecolor", "get_edgecolor", "get_color"):
            if not hasattr(one, name):
                continue
            value = getattr(one, name)()
            if isinstance(value, str):
                out.add(matplotlib.colors.to_hex(value))
            else:
                rows = value if getattr(value, "ndim", 1) == 2 else [value]
                out |= {matplotlib.colors.to_hex(row) for row in rows if len(row)}
    return out


@cache
def pictures(study: Study, lang: str) -> list[Picture]:
    """Return the pictures of a report."""
    drawn = [
        draw_design(study.picture(), "", lang),
        draw_flow(study.flow(), lang),
        draw_forest(study.estimate(), None, lang),
    ]
    if study.declared.assign != "series":
        drawn += [draw_love(study.love(), None, lang), draw_attrition(study.attrition(), lang)]
    return drawn


@pytest.mark.parametrize("assign", EFFECTS)
def test_every_picture_has_its_words(assign: str, study_of: StudyOf) -> None:
    """Words beside each picture, with numbers, in the language asked for."""
    for lang in ("en", "zh"):
        for picture in pictures(study_of(assign), lang):
            assert re.search(r"\d", picture.alternative)
            assert bool(CHINESE.search(picture.alternative)) == (lang == "zh")


@pytest.mark.parametrize("assign", EFFECTS)
def test_pictures_are_grey(assign: str, study_of: StudyOf) -> None:
    """No colour anywhere: sides and categories are told apart by sign, fill, line and hatch."""
    for picture in pictures(study_of(assign), "en"):
        for colour in colours(picture):
            red, green, blue = matplotlib.colors.to_rgb(colour)
            assert red == green == blue, colour


@pytest.mark.parametrize("assign", EFFECTS)
def test_no_sign_is_missing(assign: str, study_of: StudyOf) -> None:
    """Drawn to the end without a warning: a font has every sign of its labels."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for lang in ("en", "zh"):
            for picture in pictures(study_of(assign), lang):
                picture.figure.savefig(io.BytesIO(), format="svg")


@pytest.mark.skipif(not fonts.can_write_chinese(), reason="no font with Chinese signs is installed")
def test_chinese_labels(study_of: StudyOf) -> None:
    """Labels are Chinese where a font has the signs."""
    for picture in pictures(study_of("randomised"), "zh"):
        assert CHINESE.search(shown_in(picture))


def test_forest_shows_the_table(study_of: StudyOf) -> None:
    """Each sign stands at its effect, its line spans the interval, the band what could be seen."""
    table = study_of("randomised").estimate()
    axes = draw_forest(table, None, "en").figure.axes
    for row, place in zip(table.rows, axes, strict=True):
        size = row.found.size
        assert size is not None
        signs = [line.get_xdata() for line in place.lines if line.get_marker() == "s"]
        assert signs == [[size.value]]
        (line,) = place.collections
        assert line.get_segments()[0][:, 0] == pytest.approx(size.ci)
        band = place.patches[0].get_window_extent().transformed(place.transData.inverted())
        assert (band.x0, band.x1) == pytest.approx((-row.seen.in_sd, row.seen.in_sd))


def test_forest_of_rates_is_told_as_ratios(study_of: StudyOf) -> None:
    """The logarithm stays inside: people read how many times the rate."""
    table = study_of("time_to_event").estimate()
    picture = draw_forest(table, None, "en")
    ratio = table.rows[0].found.material.hazard.ratio  # type: ignore[attr-defined]
    assert f"{ratio:.3g} times" in picture.alternative
    assert picture.figure.axes[0].get_xscale() == "log"


def test_forest_needs_a_figure() -> None:
    """An empty table is refused in words."""
    with pytest.raises(ReviewError, match=r"no figure|nothing to draw"):
        draw_forest(EffectTable((), ()), None, "en")


def test_forest_keeps_domains_together(study_of: StudyOf) -> None:
    """Outcomes of a domain stand together under its name."""
    from dataclasses import replace

    table = study_of("randomised").estimate()
    one, two = table.rows
    mixed = (replace(one, domain="b"), replace(two, domain="a"), replace(one, domain="b"))
    told = draw_forest(EffectTable(mixed, ()), {"worry": "Worry"}, "en")
    labels = [axes.get_yticklabels()[0].get_text() for axes in told.figure.axes]
    assert labels == ["a: Worry", "b: lessons_missed", "b: lessons_missed"]


def test_love_plot_has_the_limits_and_the_categories() -> None:
    """Lines at .05 and .25 on both sides; another sign for each category."""
    rows = {"before": [0.6, 0.2, 0.01], "after": [0.3, 0.1, 0.0]}
    kinds = ["not_satisfied", "needs_adjustment", "satisfied"]
    table = pd.DataFrame(rows, index=["a", "b", "c"]).assign(category=kinds)
    picture = draw_love(table, {"a": "Age"}, "en")
    axes = picture.figure.axes[0]
    lines = {round(float(line.get_xdata()[0]), 2) for line in axes.lines}
    assert {-0.25, -0.05, 0.0, 0.05, 0.25} <= lines
    assert "Age: 0.60 before adjustment, 0.30 as analysed (too different)" in picture.alternative
    assert (
        "b: 0.20 before adjustment, 0.10 as analysed (alike once adjusted)" in picture.alternative
    )
    sizes = [len(one.get_offsets()) for one in axes.collections[1:]]
    assert sorted(sizes) == [1, 1, 1, 3]


def test_flow_hides_few() -> None:
    """Four lost of a hundred could be recognised: the step is rounded, a small one not told."""
    treated = {"assigned": 100, "received": 100, "measured": 96, "analysed": 3}
    control = {"assigned": 80, "received": 0, "measured": 80, "analysed": 80}
    flow = StudyFlow("y", 180, 0, treated, control, None)
    picture = draw_flow(flow, "en")
    for words in (picture.alternative, shown_in(picture)):
        assert "96" not in words
        assert "about 100" in words
        assert "under 5" in words


def test_attrition_shows_where_the_study_stands(study_of: StudyOf) -> None:
    """The dot stands at what was lost, and the words say the same."""
    lost = study_of("randomised").attrition()
    picture = draw_attrition(lost, "en")
    dots = [line for line in picture.figure.axes[0].lines if line.get_marker() == "s"]
    assert dots[0].get_xdata()[0] == lost.overall
    assert dots[0].get_ydata()[0] == lost.differential
    assert f"{100 * lost.overall:.1f} %" in picture.alternative


def test_quotas_are_shares_of_those_owed() -> None:
    """A bar a rule; rules that were hidden have none; without any it is said."""
    rows = [("quota.student", "school", 40, 10), ("visit.x", "school", None, None)]
    rows.append(("quota.student", "class", 20, 5))
    quotas = pd.DataFrame(rows, columns=["rule", "level", "students", "reached"])
    empty, day = pd.DataFrame(), pd.Timestamp("2026-11-02")
    found = Coverage(quotas, empty, empty, empty, empty, None, None, empty, day, day)
    picture = draw_quotas(found, "en")
    assert picture.alternative.endswith("10 of 40 students reached.")
    widths = [patch.get_width() for patch in picture.figure.axes[0].patches]
    assert widths == [1.0, 0.25]
    with pytest.raises(ReviewError, match="No rule owes"):
        draw_quotas(Coverage(empty, *[empty] * 4, None, None, empty, day, day), "en")


def test_goals_have_a_bar_a_level() -> None:
    """Counts as rated; no picture of nothing."""
    goals = pd.DataFrame({"student_id": ["1", "1", "2"], "goal_id": ["a", "b", "a"]})
    goals = goals.assign(level=[1.0, 1.0, -2.0], due="2026-10-30")
    picture = draw_goals(GoalAttainment().fit(goals, "2026-11-02"), "en")
    assert [patch.get_width() for patch in picture.figure.axes[0].patches] == [1, 0, 0, 2, 0]
    with pytest.raises(ReviewError, match="No goal"):
        draw_goals(GoalAttainment().fit(goals.assign(level=None), "2026-11-02"), "en")
