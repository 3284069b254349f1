"""The report of a study: whole, self-contained, nobody in it, the same twice."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from visitkit import __version__
from visitkit.errors import ReviewError, VisitkitError
from visitkit.reports.review import Asked, study_page, study_view, write_review
from visitkit.reports.review.view import COLUMNS, StudyView
from visitkit.review import Study
from visitkit.review.study.words import harm_words
from visitkit.sample import made_study
from visitkit.sample.designs import EFFECTS
from visitkit.text import say

StudyOf = Callable[[str], Study]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PAGES = shutil.which("pdfinfo")
_NUMBER = r"-?\d+\.?\d*"
ASKED = Asked(
    "Do visits <b>help</b>?",
    "visits once a month & calls",
    "autumn 2026",
    "one school",
    names={"lessons_missed": "Lessons <missed>", "worry": "Worry"},
)


@pytest.fixture(scope="module")
def viewed(study_of: StudyOf) -> StudyView:
    return study_view(study_of("randomised"), ASKED, "en")


@pytest.fixture(scope="module")
def page(viewed: StudyView) -> str:
    return study_page(viewed)


def words_of(page: str) -> str:
    """Return what stands on the page, without pictures, styles and tags."""
    bare = re.sub(r"<style>.*?</style>|<img[^>]*>", "", page, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", bare)


def test_the_page_holds_all_it_needs(page: str) -> None:
    """No address outside, no script; pictures are in it, each with its words."""
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", page)
    assert "@import" not in page
    assert "url(" not in page
    images = re.findall(r'<img src="(data:image/svg\+xml;base64,[^"]+)" alt="([^"]*)"', page)
    assert len(images) == page.count("<img") == 5
    for source, alternative in images:
        svg = base64.b64decode(source.partition(",")[2]).decode()
        assert not re.search(r'(?:href|src)="(?!#)|@import|<script|<metadata', svg)
        assert len(alternative) > 20


def test_what_people_wrote_is_escaped(page: str) -> None:
    """A name of a column is never markup."""
    assert "<b>help</b>" not in page
    assert "&lt;b&gt;help&lt;/b&gt;" in page
    assert "Lessons &lt;missed&gt;" in page


@pytest.mark.parametrize("assign", EFFECTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_design_in_both_languages(assign: str, lang: str, study_of: StudyOf) -> None:
    """Bottom line, verdict, flow, effects, picture, checks, limits and how it was made."""
    view = study_view(study_of(assign), Asked(), lang)
    assert view.bottom
    assert view.verdict[0][0] == "\u25cf"
    assert view.flow.picture is not None
    assert view.shown.picture is not None
    assert view.forest.picture is not None
    assert len(view.rows) == len(made_study(assign).outcome)
    assert all(len(row) == len(view.header) for row in view.rows)
    assert len(view.limits) == 4
    assert view.checks
    assert view.love.picture is not None or view.love.why


def test_reach_stands_before_the_finding(viewed: StudyView) -> None:
    """The smallest effect that could be seen is left of what was found."""
    assert viewed.header.index("Smallest effect to be seen") < viewed.header.index(
        "Difference (interval)"
    )


def test_each_number_has_its_interval(viewed: StudyView, study_of: StudyOf) -> None:
    """The table holds the figures of the study, each with both ends."""
    for cells, row in zip(viewed.rows, study_of("randomised").estimate().rows, strict=True):
        effect = row.found.effect
        place = viewed.header.index("Difference (interval)")
        told = [float(one) for one in re.findall(r"-?[\d.]+", cells[place])]
        assert told == pytest.approx([effect.estimate, *effect.ci], rel=5e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("lang", "head"), [("en", "Help: mean"), ("zh", "\u5e2e\u6276\uff1a\u5747\u503c")]
)
def test_means_stand_beside_the_finding(lang: str, head: str, study_of: StudyOf) -> None:
    """Both means, the adjusted ones in brackets, left of the difference that they make."""
    view = study_view(study_of("randomised"), ASKED, lang)
    place = next(k for k, one in enumerate(view.header) if one.startswith(head))
    assert COLUMNS[place : place + 3] == ("mean", "mean_control", "b")
    for cells, row in zip(view.rows, study_of("randomised").estimate().rows, strict=True):
        means = row.means
        assert means is not None
        told = [
            float(one) for cell in cells[place : place + 2] for one in re.findall(_NUMBER, cell)
        ]
        figures = [means.treated, means.adjusted_treated, means.control, means.adjusted_control]
        assert told == pytest.approx(figures, rel=5e-3)  # three digits are told


def test_who_came_out_worse_is_counted(study_of: StudyOf, tmp_path: Path) -> None:
    """The count stands in page and document, in both languages; uncounted, that is said."""
    made = made_study("randomised", seed=1)
    given = {**made.settings, "before": {made.outcome[0]: "missed_before"}}
    given["harm"] = {made.outcome[0]: 3.0}
    one = Study(made.table, list(made.outcome), "randomised", **given)  # type: ignore[arg-type]
    harm = one.estimate().rows[0].harm
    assert harm is not None
    for lang in ("zh", "en"):
        files = write_review(one, tmp_path / lang, ASKED, lang)
        said = harm_words(harm, lang)
        assert said in html.unescape(files[1].read_text(encoding="utf-8"))
        with zipfile.ZipFile(files[2]) as packed:
            body = packed.read("word/document.xml").decode()
        assert said in "".join(ElementTree.fromstring(body).itertext())
        silent = study_view(study_of("randomised"), ASKED, lang).checks[0]
        assert silent == say("review_report.not_counted", lang)
    assert not any(
        "clearly worse" in told for told in study_view(study_of("series"), ASKED, "en").checks
    )


def test_how_it_was_made(page: str, study_of: StudyOf) -> None:
    """Versions, the fingerprint of the data, and of the record where there is one."""
    words = words_of(page)
    assert f"visitkit {__version__}" in words
    assert re.search(r"SHA-256\): [0-9a-f]{64}", words)
    threshold = study_of("threshold")
    told = " ".join(study_view(threshold, Asked(), "en").made)
    assert threshold.declared.record is not None
    assert threshold.declared.record.content_hash in told


def test_the_fingerprint_is_of_the_data(study_of: StudyOf) -> None:
    """The same rows in another order have the same one; one cell changed, another."""
    made = made_study("randomised", seed=1)

    def print_of(table: pd.DataFrame) -> str:
        one = Study(table, list(made.outcome), "randomised", **made.settings)  # type: ignore[arg-type]
        return study_view(one, Asked(), "en").made[1]

    mixed = made.table.sample(frac=1, random_state=1)[list(made.table.columns)[::-1]]
    changed = made.table.copy()
    changed.loc[3, "missed_before"] += 1e-9
    assert print_of(made.table) == print_of(mixed)
    assert print_of(made.table) != print_of(changed)


def test_nobody_is_in_it(page: str) -> None:
    """No student number, no class, no count from one to four."""
    words = words_of(page)
    assert not re.search(r"\bT\d{3}\b|\bK\d{2}\b", words)
    alternatives = " ".join(re.findall(r'alt="([^"]*)"', page))
    assert not re.search(r"(?:assigned|received it|measured|analysed) [1-4]\b", alternatives)


def test_a_refused_outcome_is_told(tmp_path: Path) -> None:
    """The other outcome is reported; the refused one stands there with its reason."""
    made = made_study("randomised", seed=1)
    table = made.table.assign(worry=np.nan)
    one = Study(table, list(made.outcome), "randomised", **made.settings)  # type: ignore[arg-type]
    view = study_view(one, ASKED, "en")
    assert len(view.rows) == 1
    assert view.refused[0].startswith("Worry: No student has a value")
    alone = Study(table, "worry", "randomised", **made.settings)  # type: ignore[arg-type]
    with pytest.raises(ReviewError):
        write_review(alone, tmp_path / "none", lang="en")
    assert not list((tmp_path / "none").glob("*"))


def test_bad_input_gives_no_file(tmp_path: Path) -> None:
    """A folder that is a file is refused before anything is worked out."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    made = made_study("randomised", seed=1)
    one = Study(made.table, "worry", "randomised", **made.settings)  # type: ignore[arg-type]
    with pytest.raises(VisitkitError):
        write_review(one, tmp_path / "taken", lang="en")


def test_the_files(study_of: StudyOf, tmp_path: Path) -> None:
    """Three files, the same bytes twice; the document holds the words and says its pictures."""
    import datetime as dt

    asked = replace(ASKED, made=dt.date(2026, 11, 2))
    first = write_review(study_of("randomised"), tmp_path / "one", asked, "en")
    second = write_review(study_of("randomised"), tmp_path / "two", asked, "en")
    assert [path.name for path in first] == ["effects.csv", "report.html", "report.docx"]
    for one, two in zip(first, second, strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name
    table = pd.read_csv(first[0])
    assert list(table["outcome"]) == ["lessons_missed", "worry"]
    with zipfile.ZipFile(first[2]) as packed:
        body = packed.read("word/document.xml").decode()
        pictures = [name for name in packed.namelist() if name.startswith("word/media/")]
    assert len(pictures) == 5
    drawn = re.findall(r'<wp:docPr [^>]*descr="([^"]+)"', body)
    assert len(drawn) == 5
    told = "".join(ElementTree.fromstring(body).itertext())
    view = study_view(study_of("randomised"), asked, "en")
    for line in (*view.bottom, *view.checks, *view.limits, *view.made):
        assert line in told


@pytest.mark.skipif(
    CHROMIUM is None or PAGES is None, reason="no Chromium or pdfinfo to print with"
)
@pytest.mark.parametrize("assign", ["threshold", "randomised"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_page_of_a4(assign: str, lang: str, study_of: StudyOf, tmp_path: Path) -> None:
    """The browser prints the report on one page of A4."""
    path = tmp_path / "report.html"
    path.write_text(study_page(study_view(study_of(assign), Asked(), lang)), encoding="utf-8")
    pdf = tmp_path / "report.pdf"
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--print-to-pdf={pdf}",
    ]
    command += ["--no-pdf-header-footer", f"--user-data-dir={tmp_path / 'profile'}", path.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    told = subprocess.run([str(PAGES), str(pdf)], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Pages:\s+1\b", told)
    assert "(A4)" in told
