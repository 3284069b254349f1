"""``visitkit model``: teaches where it may, refuses in words, writes pages without labels."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.cli import model, screen
from visitkit.cli.console import Console
from visitkit.cli.model_wish import model_wish
from visitkit.cli.modelling import Taught, read_taught
from visitkit.cli.parser import Parser
from visitkit.errors import VisitkitError
from visitkit.sample import make_school, write_school
from visitkit.screen.learn import IntegerCard
from visitkit.screen.learn.saving import About, load_model, save_model

DAYS = ("--as-of", "2026-11-02", "--until", "2027-01-19")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred and sixty students with marks, in the files a school would keep."""
    folder = tmp_path_factory.mktemp("model")
    for path in write_school(make_school(5, 160, lang="en"), folder):
        if not any(word in path.name for word in ("students", "help", "mark")):
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def taught(school: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that foresees failing a core subject."""
    path = tmp_path_factory.mktemp("taught") / "model.json"
    words = ["train", str(school), *DAYS, "--target", "failing", "--out", str(path)]
    assert _run(model, words) == 0
    return path


def _run(command: object, words: list[str], lang: str = "en") -> int:
    parser = Parser("visitkit", lang)
    command.arguments(parser)  # type: ignore[attr-defined]
    return int(command.run(parser.read(words), Console(lang)))  # type: ignore[attr-defined]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run ``visitkit model`` and return its code and all it said."""

    def run(*words: object, command: object = model, lang: str = "en") -> tuple[int, str]:
        code = _run(command, [str(word) for word in words], lang)
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def test_a_model_is_saved_with_what_it_is_worth(taught: Path) -> None:
    """The file holds held-out figures, the days and the capacity behind the recall."""
    made, about = load_model(taught)
    assert (about.target, str(about.until)) == ("failing", "2027-01-19")
    assert [str(day) for day in about.as_of] == ["2026-11-02"]
    assert 0.5 < about.metrics["auroc"]["value"] < 1
    assert about.metrics["recall_at_capacity"]["k"] == 20
    assert "student_id" not in made.names_


def test_what_the_model_may_know_is_not_judged_by_it(
    school: Path, taught: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """On the day it learned from it is taught anew in folds of whole classes, and that is said."""
    code, told = said("validate", school, "--model", taught, *DAYS, "--json")
    start = told.index("{")
    answer, _ = json.JSONDecoder().raw_decode(told[start:])
    assert answer["way"] == "groups"
    assert "taught anew" in told
    _, about = load_model(taught)
    # the same folds of the same students as when it was trained
    assert answer["metrics"]["auroc"]["value"] == pytest.approx(
        about.metrics["auroc"]["value"], abs=0.02
    )
    assert code == 0


def test_an_audit_is_a_page_in_words(
    school: Path, taught: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """Boys and girls, in words; nobody's number, no script, nothing from the network."""
    page = tmp_path / "audit.html"
    code, told = said("audit", school, "--model", taught, *DAYS, "--out", page)
    content = page.read_text("utf-8")
    assert code == 0
    assert "Boys and girls" in content
    assert "Of those with the outcome, the list found" in content
    assert not any(word in content for word in ("<script", "http", "S00"))
    assert str(page) in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_card_says_what_it_is_not_for(
    lang: str, taught: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """What it learned from, what it is worth, and that nobody has decided yet."""
    page = tmp_path / "card.html"
    code, told = said("card", "--model", taught, "--out", page, lang=lang)
    content = page.read_text("utf-8")
    assert code == 0
    assert text.say("audit.card.not_for", lang) in told
    assert text.say("audit.card.undecided", lang) in told
    assert text.say("audit.metric.auroc", lang) in content
    assert f'lang="{"zh-CN" if lang == "zh" else "en"}"' in content


def test_too_few_events_are_refused_in_words(
    school: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """A handful of leavers teach nothing: what one would need is said, and nothing is written."""
    out = tmp_path / "model.json"
    with pytest.raises(VisitkitError) as refused:
        said("train", school, *DAYS, "--kind", "blend", "--target", "failing", "--out", out)
    assert refused.value.key == "learn.too_few_events"
    assert refused.value.facts["needed"] == 300
    with pytest.raises(VisitkitError) as refused:
        said("train", school, *DAYS, "--out", out)
    assert refused.value.key in {"learn.too_few_events", "learn.one_class"}
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (["guess"], "cli.wrong.choice"),
        (["train"], "cli.wrong.missing"),
        (["train", "x", "--kind", "oracle"], "cli.wrong.choice"),
        (["card"], "cli.wrong.missing"),
        (["card", "--model", "nowhere.json"], "learn.no_file"),
    ],
)
def test_plain_refusals(words: list[str], key: str, said: Callable[..., tuple[int, str]]) -> None:
    """What is missing is named; nothing is guessed."""
    with pytest.raises(VisitkitError) as refused:
        said(*words)
    assert refused.value.key == key


def test_the_learned_column_moves_nobody(
    school: Path, taught: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """With and without a model the same order and tiers; the use of the model is stated."""
    base = (school, "--as-of", "2027-01-19", "--json")
    _, plain = said(*base, "--out", tmp_path / "a", command=screen)
    _, with_model = said(*base, "--out", tmp_path / "b", "--model", taught, command=screen)
    decode = json.JSONDecoder().raw_decode
    one, two = (decode(words[words.index("{") :])[0] for words in (plain, with_model))
    assert "beside" not in one
    assert (two["order"], two["beside"]["target"]) == ("risk_index", "failing")
    learned = [row.pop("learned") for row in two["caseload"]]
    assert one["caseload"] == two["caseload"]
    assert all(value is None or 0 <= value <= 1 for value in learned)
    assert any(value is not None for value in learned)
    first = (tmp_path / "b" / "learned.csv").read_text("utf-8-sig").splitlines()[0]
    assert first == "rank,student_id,tier,risk_index,learned"


def test_the_column_beside_the_index_says_what_it_foresees(
    school: Path, taught: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """The list on the screen is headed by the outcome, not by a bare "learned"."""
    base = (school, "--as-of", "2027-01-19", "--out", tmp_path / "c", "--model", taught)
    _, words = said(*base, command=screen)
    (head,) = [line for line in words.splitlines() if "P(failing)" in line]
    assert "P(dropout)" not in head


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another school, whose students carry the same numbers."""
    folder = tmp_path_factory.mktemp("second")
    for path in write_school(make_school(9, 120, lang="en"), folder):
        if not any(word in path.name for word in ("students", "help", "mark")):
            path.unlink()
    return folder


def read(paths: list[Path]) -> Taught:
    """Read what a model would be taught from schools."""
    parser = Parser("visitkit", "en")
    model.arguments(parser)
    words = ["train", *map(str, paths), *DAYS, "--target", "failing"]
    return read_taught(model_wish(parser.read(words), "visitkit model"), "", Console("en"))


def test_two_schools_are_pooled_by_student_and_school(
    school: Path, second: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """S0001 of one school is not S0001 of the other; classes of the same name stay apart."""
    out = tmp_path / "model.json"
    words = ("train", school, second, *DAYS, "--target", "failing", "--json", "--out", out)
    _, told = said(*words)
    pooled = json.JSONDecoder().raw_decode(told[told.index("{") :])[0]
    alone = [read([one]) for one in (school, second)]
    taught = read([school, second])
    assert taught.figures.index.is_unique
    expected = pd.concat([alone[0].outcome.add_prefix("1:"), alone[1].outcome.add_prefix("2:")])
    pd.testing.assert_series_equal(
        taught.outcome.sort_index(), expected.sort_index(), check_names=False
    )
    assert taught.classes.nunique() == sum(one.classes.nunique() for one in alone)
    assert (pooled["n"], pooled["events"]) == (expected.count(), expected.sum())
    assert load_model(out)[0].students_ == expected.count()


def test_the_order_of_the_schools_changes_no_figure(
    school: Path, second: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """Pooled the other way round the same students are learned from, so weights are the same."""
    made = []
    for paths in ((school, second), (second, school)):
        out = tmp_path / "model.json"
        said("train", *paths, *DAYS, "--target", "failing", "--out", out)
        made.append(load_model(out)[0])
    one, two = made
    # rows are put in an order of their own content; the spread of folds plays no part in a hybrid
    row = pd.DataFrame([[np.nan] * len(one.names_)], columns=one.names_)
    assert two.names_ == one.names_
    assert two.decision_function(row) == pytest.approx(one.decision_function(row), abs=1e-9)


def test_a_pooled_audit_counts_everybody(
    school: Path,
    second: Path,
    taught: Path,
    tmp_path: Path,
    said: Callable[..., tuple[int, str]],
) -> None:
    """Groups and help of both schools are in the page."""
    page = tmp_path / "audit.html"
    code, told = said("audit", school, second, "--model", taught, *DAYS, "--out", page)
    assert code == 0
    assert text.say("audit.treated.title", "en") in told
    alone = said("audit", school, "--model", taught, *DAYS, "--out", page)[1]
    number = re.compile(r"(\d+) students were judged")
    assert int(number.search(told)[1]) > int(number.search(alone)[1])  # type: ignore[index]


@pytest.mark.parametrize("by", ["code", "word"])
def test_dropping_is_asked_by_code_or_by_word(
    by: str, school: Path, taught: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """What it costs to do without a figure, and how far groups lie apart then."""
    word = text.say("indicators.subjects_failed.name", "zh")
    name = {"code": "subjects_failed, mark_drop", "word": word.upper()}[by]
    page = tmp_path / "audit.html"
    words = ("audit", school, "--model", taught, *DAYS, "--drop", name, "--out", page)
    code, told = said(*words)
    assert code == 0
    assert text.say("audit.dropping.title", "en") in told
    assert text.say("indicators.subjects_failed.name", "en") in told


def test_dropping_what_is_not_there_is_refused(
    school: Path, taught: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """An unknown name is quoted, and what the model uses is told."""
    with pytest.raises(VisitkitError) as refused:
        said(
            *("audit", school, "--model", taught, *DAYS, "--drop", "shoe size"),
            *("--out", tmp_path / "audit.html"),
        )
    assert refused.value.key == "audit.no_column"
    assert refused.value.facts["missing"] == "shoe size"
    assert "mark_percentile" in refused.value.facts["allowed"]
    assert not (tmp_path / "audit.html").exists()


def test_the_expert_points_stand_beside(
    school: Path, taught: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """The model is compared with the points on the same students, and with and without help."""
    _, told = said("validate", school, "--model", taught, *DAYS)
    assert "expert points alone reach an area of" in told
    assert "visited or helped in the window" in told
    # the bar of a published rule is one for dropping out, not for marks
    assert "published rule" not in told


def test_a_points_card_shows_its_points(
    school: Path, tmp_path: Path, said: Callable[..., tuple[int, str]]
) -> None:
    """The lines of a learned card stand on its model card and add up to what the model says."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"absence_rate": rng.uniform(0, 30, 900), "late_rate": rng.random(900)})
    y = X["absence_rate"] + rng.normal(0, 5, 900) > 18
    card = IntegerCard(terms=4).fit(X, y)
    path = save_model(card, tmp_path / "card.json", About(target="absence"))
    code, told = said("card", "--model", path)
    assert code == 0
    assert text.say("audit.card.points_title", "en") in told
    for line in card.lines_.itertuples():
        assert f"{line.points:+d}" in told
    scale = card.scale()
    total = card.points(X)
    assert scale[0][0] <= total.min() <= total.max() <= scale[-1][0]
    chance = dict(scale)
    for place in np.flatnonzero(np.isin(total, list(chance)))[:20]:
        found = card.predict_proba(X.iloc[[place]])[0, 1]
        assert chance[int(total[place])] == pytest.approx(found, abs=1e-12)
