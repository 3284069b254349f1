"""``visitkit model``: teaches where it may, refuses in words, writes pages without labels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from visitkit import text
from visitkit.cli import model, screen
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser
from visitkit.errors import VisitkitError
from visitkit.sample import make_school, write_school
from visitkit.screen.learn.saving import load_model

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
