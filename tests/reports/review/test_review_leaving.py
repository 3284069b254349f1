"""The three files of a study, its text and what the command prints: nobody is found in them all."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from visitkit.cli.review import as_json
from visitkit.reports.review import Asked, write_review
from visitkit.review import Study

#: Assigned 137 and 163; three of the helped are lost on one outcome.
TREATED, CONTROL, LOST = 137, 163, 3
#: What would tell of the three: who was measured, lost, analysed in all, freedoms (less two
#: coefficients, or one), and shares lost in per cent.
TELLING = ("134", "297", "296", "295", "2.2", "1.0", "2.19")


def declared(**more: Any) -> Study:
    rng, count = np.random.default_rng(2), TREATED + CONTROL
    on = (np.arange(count) < TREATED).astype(int)
    before = rng.normal(0.3, 0.1, count)
    rows = pd.DataFrame({"id": [f"T{one:03d}" for one in range(count)], "on": on, "before": before})
    rows["missed"] = before + rng.normal(0, 0.04, count) - 0.07 * on
    rows["worry"] = 0.5 + rng.normal(0, 0.04, count) - 0.07 * on
    rows.loc[:2, "missed"] = np.nan
    given = {"unit": "id", "treat": "on", "baseline": "before", **more}
    return Study(rows, ["missed", "worry"], "randomised", **given)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Everything that is said of the study, by where it is said."""
    one, folder = declared(), tmp_path_factory.mktemp("out")
    said: dict[str, str] = {}
    for lang in ("zh", "en"):
        files = write_review(one, folder / lang, Asked(), lang)
        said[f"csv {lang}"] = files[0].read_text(encoding="utf-8")
        page = files[1].read_text(encoding="utf-8")
        said[f"html {lang}"], said[f"drawn {lang}"] = words_of(page), drawn_in(page)
        said[f"docx {lang}"] = words_in(files[2])
        said[f"text {lang}"] = one.text(lang)
        said[f"json {lang}"] = as_json(one, [], lang)
    return said


def words_of(page: str) -> str:
    """Return words and descriptions of a page, without styles, fingerprints and drawings."""
    pictures = " ".join(re.findall(r'alt="([^"]*)"', page))
    bare = re.sub(r"<style>.*?</style>|<img[^>]*>|<[^>]+>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"[0-9a-f]{64}", "", f"{bare} {pictures}"))


def drawn_in(page: str) -> str:
    """Return what stands in the drawings: outlines with the text beside them as comments."""
    drawings = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    svg = "".join(base64.b64decode(one).decode() for one in drawings)
    assert "<text" not in svg
    return " ".join(re.findall(r"<!--(.*?)-->", svg))


def words_in(path: Path) -> str:
    """Return words of a document and descriptions of its pictures."""
    with zipfile.ZipFile(path) as packed:
        root = ElementTree.fromstring(packed.read("word/document.xml"))
    about = [node.get("descr") or "" for node in root.iter()]
    return re.sub(r"[0-9a-f]{64}", "", " ".join([*root.itertext(), *about]))


def numbers_in(words: str) -> set[str]:
    return set(re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?![\d])", words))


def test_three_lost_are_in_none_of_them(told: dict[str, str]) -> None:
    """Neither who was measured, nor who was lost, nor what either follows from."""
    for where, words in told.items():
        found = numbers_in(words)
        # axes of the drawings have round numbers of their own
        assert not found & set(TELLING[:4] if where.startswith("drawn") else TELLING), where
        if not where.startswith(("csv", "json")):
            assert str(TREATED) in found, where


def test_what_is_not_hidden_stays(told: dict[str, str]) -> None:
    """The other side and the other outcome are told as they are, the interval with three digits."""
    one = declared()
    table = pd.read_csv(io.StringIO(told["csv en"])).set_index("outcome")
    assert table["hidden"].tolist() == [True, False]
    assert table["n_control"].tolist() == [CONTROL, CONTROL]
    assert table["n_treated"].isna().tolist() == [True, False]
    exact = one.estimate().frame()
    assert table["se"].tolist()[1] == pytest.approx(exact["se"].tolist()[1], rel=1e-12)
    for name in ("b", "low", "high"):
        assert table[name].tolist() == pytest.approx(exact[name].tolist(), rel=5e-3)
    assert table[["df", "se", "mdes_sd"]].isna().all(axis=1).tolist() == [True, False]


def test_nobody_lost_hides_nothing(tmp_path: Path) -> None:
    """A study without small numbers tells them all."""
    whole = declared()
    rows = whole.declared.table.assign(missed=lambda t: t["missed"].fillna(0.3))
    one = Study(rows, ["missed", "worry"], "randomised", unit="id", treat="on", baseline="before")
    table = pd.read_csv(write_review(one, tmp_path, Asked(), "en")[0])
    assert not table["hidden"].any()
    assert table["df"].notna().all()
    assert "0.0 % were lost" in one.text("en")
