"""``visitkit review``: every design from a terminal, the counsellor's page, refusals in words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit.sample import MadeStudy, made_study, score_panel
from visitkit.sample.designs import EFFECTS
from visitkit.screen.assignment import Basis, freeze_assignment

Run = Callable[..., Any]

#: Settings that are options; what is left goes into the settings file.
OPTIONS = ("unit", "treat", "time", "first", "start", "cause", "horizon", "baseline")


def written(made: MadeStudy, folder: Path, assign: str, **settings: Any) -> list[str]:
    """Write a study's files and return the words of the command."""
    given = {**made.settings, **settings}
    made.table.to_csv(folder / "study.csv", index=False, encoding="utf-8")
    words = [str(folder / "study.csv"), "--design", assign, "--outcome", ",".join(made.outcome)]
    for name in OPTIONS:
        if (value := given.pop(name, None)) is not None:
            told = ",".join(value) if isinstance(value, tuple) else str(value)
            words += [f"--{name}", told]
    if assign == "threshold":
        score = made.table.set_index("student_id")["score"]
        record = freeze_assignment(score, Basis("a1", dt.date(2026, 9, 7)), cutoff=60)
        record.table.to_csv(folder / "record.csv", index=False)
        words += ["--record", str(folder / "record.csv"), "--record-hash", record.content_hash]
        words += ["--first-visit", "2026-09-28"]
    lines = ["[study]", *_toml(given), "[asked]", 'question = "Did it help?"']
    (folder / "settings.toml").write_text("\n".join(lines), encoding="utf-8")
    return [*words, "--settings", str(folder / "settings.toml"), "--out", str(folder / "out")]


def _toml(given: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, value in given.items():
        if isinstance(value, Mapping):
            inner = ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items())
            lines.append(f"{name} = {{ {inner} }}")
        else:
            lines.append(f"{name} = {json.dumps(value)}")
    return lines


@pytest.mark.parametrize("assign", EFFECTS)
def test_every_design_is_reached(assign: str, run: Run, tmp_path: Path) -> None:
    """Three files, the planted effect inside its interval, what could be seen before it."""
    made = made_study(assign, seed=1)
    said = run("review", *written(made, tmp_path, assign))
    assert (said.code, said.err) == (0, "")
    table = pd.read_csv(tmp_path / "out" / "effects.csv").set_index("outcome")
    row = table.loc[made.outcome[0]]
    assert row["low"] < made.effect < row["high"]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert (tmp_path / "out" / "report.docx").stat().st_size > 10_000
    assert "Did it help?" in page
    lines = said.out.splitlines()
    reach = next(place for place, line in enumerate(lines) if "with a probability of" in line)
    found = next(place for place, line in enumerate(lines) if "at 95%" in line)
    assert reach < found


def test_a_program_reads_the_same(run: Run, tmp_path: Path) -> None:
    """The JSON holds the effects of the table, every check, the rating and the files."""
    made = made_study("randomised", seed=1)
    said = run("review", *written(made, tmp_path, "randomised"), "--json")
    told = json.loads(said.out)
    table = pd.read_csv(tmp_path / "out" / "effects.csv")
    assert [row["outcome"] for row in told["effects"]] == list(table["outcome"])
    assert told["effects"][0]["b"] == pytest.approx(table["b"].iloc[0], rel=1e-9)
    assert told["design"] == "randomised"
    assert told["rating"] == "without_reservations"
    assert {"e_value", "bounds_lee"} <= {check["kind"] for check in told["checks"]}
    assert all(Path(path).exists() for path in told["files"])


def test_chinese(run: Run, tmp_path: Path) -> None:
    """A table as Chinese Excel saves it, Chinese columns and commas, a Chinese report."""
    made = made_study("randomised", seed=1)
    missed, worry = "\u7f3a\u8bfe", "\u62c5\u5fe7"
    table = made.table.rename(columns={"lessons_missed": missed, "worry": worry})
    path = tmp_path / "study.csv"
    path.write_bytes(table.to_csv(index=False).encode("gb18030"))
    words = [path, "--design", "randomised", "--outcome", f"{missed}\uff0c{worry}"]
    words += ["--unit", "student_id", "--treat", "visited", "--out", tmp_path / "out"]
    said = run("review", *words, "--lang", "zh")
    assert said.code == 0
    assert missed in said.out
    assert worry in said.out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page


def test_an_outcome_without_a_figure_needs_a_person(run: Run, tmp_path: Path) -> None:
    """The other outcomes are written, the refused one is told with its reason: exit code 1."""
    made = made_study("randomised", seed=1)
    table = made.table.assign(worry=3.0)
    said = run(
        "review", *written(MadeStudy(table, made.outcome, made.settings, 0), tmp_path, "randomised")
    )
    assert said.code == 1
    assert "worry: " in said.out
    written_table = pd.read_csv(tmp_path / "out" / "effects.csv")
    assert list(written_table["outcome"]) == ["lessons_missed"]


def _constant(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(lessons_missed=1.0, worry=2.0)


def _all_missing(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(lessons_missed=np.nan, worry=np.nan)


def _twice(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.head(1)])


def _backwards(table: pd.DataFrame) -> pd.DataFrame:
    return table.iloc[::-1]


def _apart(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(missed_before=np.where(table["visited"] == 1, 1000.0, 0.0) + table.index)


BAD: list[tuple[str, Callable[[pd.DataFrame], pd.DataFrame], dict[str, Any], str]] = [
    ("randomised", _constant, {}, "same"),
    ("randomised", _all_missing, {}, "value"),
    ("randomised", _twice, {}, "more than once"),
    ("chosen", _apart, {}, "in common"),
    ("staggered", _twice, {}, "two rows"),
    ("series", _backwards, {}, "rising"),
    ("series", _twice, {}, "rising"),
    ("time_to_event", lambda table: table.assign(how_ended=0), {}, "end"),
    ("randomised", lambda table: table.drop(columns="visited"), {}, "visited"),
    ("randomised", lambda table: table.assign(lessons_missed="many", worry="few"), {}, "number"),
]


@pytest.mark.parametrize(("assign", "spoil", "more", "word"), BAD)
def test_bad_input_ends_in_a_sentence(
    assign: str, spoil: Any, more: dict[str, Any], word: str, run: Run, tmp_path: Path
) -> None:
    """Exit code 2, one sentence that names the matter, no file, no number, no traceback."""
    made = made_study(assign, seed=1)
    spoiled = MadeStudy(spoil(made.table), made.outcome, made.settings, made.effect)
    said = run("review", *written(spoiled, tmp_path, assign, **more))
    assert said.code == 2
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert word in said.err
    assert "Traceback" not in said.err
    assert not list((tmp_path / "out").glob("*"))


def test_one_class_a_side_is_no_comparison(run: Run, tmp_path: Path) -> None:
    """One class a side: refused."""
    made = made_study("randomised", seed=1)
    table = made.table.assign(class_id=np.where(made.table["visited"] == 1, "one", "two"))
    words = written(MadeStudy(table, made.outcome, made.settings, 0), tmp_path, "randomised")
    said = run("review", *words, "--cluster", "class_id")
    assert said.code == 2
    assert "class" in said.err


def test_a_changed_record_is_refused(run: Run, tmp_path: Path) -> None:
    """A score moved after freezing, a record without its fingerprint, a cutoff outside the data."""
    words = written(made_study("threshold", seed=1), tmp_path, "threshold")
    record = pd.read_csv(tmp_path / "record.csv", dtype=str)
    record.loc[0, "score"] = "99.5"
    record.loc[0, "flagged"] = "1"
    record.to_csv(tmp_path / "record.csv", index=False)
    said = run("review", *words)
    assert said.code == 2
    place = words.index("--record-hash")
    assert run("review", *words[:place], *words[place + 2 :]).code == 2
    assert not list((tmp_path / "out").glob("*"))


def test_a_cutoff_outside_the_data_cannot_be_frozen(run: Run, tmp_path: Path) -> None:
    """A record in which everybody is flagged has nobody to compare with."""
    words = written(made_study("threshold", seed=1), tmp_path, "threshold")
    record = pd.read_csv(tmp_path / "record.csv", dtype=str).assign(cutoff="-5", flagged="1")
    record.to_csv(tmp_path / "record.csv", index=False)
    from visitkit.review import freeze_record

    words[words.index("--record-hash") + 1] = freeze_record(record).content_hash
    table = pd.read_csv(tmp_path / "study.csv", dtype={"student_id": str}).assign(visited=1)
    table.to_csv(tmp_path / "study.csv", index=False)
    said = run("review", *words)
    assert (said.code, said.out) == (2, "")
    assert "cutoff" in said.err


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        (["[study]", 'bandwidth = "wide"'], "bandwidth"),
        (["[study]", "record = 3"], "record"),
        (["[studie]", "seed = 1"], "studie"),
        (["[asked]", "question = 3"], "question"),
        (["study = 3"], "TOML"),
        (["[study"], "TOML"),
        (["[study]", "limits = { worry = [1] }"], "limits"),
    ],
)
def test_a_wrong_setting_is_named(lines: list[str], word: str, run: Run, tmp_path: Path) -> None:
    """A setting that is unknown or of another kind is a sentence, never a breakdown."""
    words = written(made_study("randomised", seed=1), tmp_path, "randomised")
    (tmp_path / "settings.toml").write_text("\n".join(lines), encoding="utf-8")
    said = run("review", *words)
    assert said.code == 2
    assert word in said.err


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["x.csv"], "--out"),
        (["x.csv", "--out", "o"], "--design"),
        (["x.csv", "--out", "o", "--design", "rct", "--outcome", "y"], "randomised"),
        (["x.csv", "--out", "o", "--design", "randomised"], "--outcome"),
        (["x.csv", "--out", "o", "--counsellor", "--design", "randomised"], "--design"),
        (["x.csv", "--out", "o", "--goals", "g.csv", "--design", "chosen"], "--goals"),
        (["x.csv", "--out", "o", "--design", "series", "--outcome", "y", "--start", "a"], "start"),
        (["gone.csv", "--out", "o", "--design", "randomised", "--outcome", "y"], "gone.csv"),
    ],
)
def test_what_is_missing_is_named(words: list[str], word: str, run: Run) -> None:
    """What the command lacks, or does not know."""
    said = run("review", *words)
    assert said.code == 2
    assert word in said.err


@pytest.mark.parametrize(("name", "content"), [("a.csv", b"\x00\x01"), ("b.xlsx", b"none")])
def test_what_is_no_table_is_told(name: str, content: bytes, run: Run, tmp_path: Path) -> None:
    """A file that is no table says so and shows nothing of its content."""
    (tmp_path / name).write_bytes(content)
    words = [name, "--design", "randomised", "--outcome", "y", "--unit", "u", "--treat", "t"]
    said = run("review", *words, "--out", "o")
    assert said.code == 2
    assert name in said.err


def test_an_xlsx_is_read_with_its_zeros(run: Run, tmp_path: Path) -> None:
    """Student numbers keep their zeros, so that they agree with the record's."""
    made = made_study("randomised", seed=1)
    table = made.table.assign(student_id=[f"{place:04d}" for place in range(len(made.table))])
    table.to_excel(tmp_path / "study.xlsx", index=False)
    words = ["study.xlsx", "--design", "randomised", "--outcome", "lessons_missed"]
    said = run("review", *words, "--unit", "student_id", "--treat", "visited", "--out", "out")
    assert said.code == 0


SCALE = """
[scale]
score = "worry"
higher_is = "worse"
reliability = 0.8
mean = 20
sd = 5
source = "made up"
cutoff = 25
"""


def test_the_counsellors_page(run: Run, small: Path, tmp_path: Path) -> None:
    """Visits owed and done, students, goals and help on one page; no p-value on it."""
    score_panel(seed=1, students=4).to_csv("scores.csv", index=False)
    Path("scale.toml").write_text(SCALE, encoding="utf-8")
    goals = {"student_id": ["T01", "T01"], "goal_id": ["a", "b"], "level": [1, None]}
    pd.DataFrame({**goals, "due": "2026-10-30"}).to_csv("goals.csv", index=False)
    words = ["--counsellor", "--as-of", "2026-12-01", "--scores", "scores.csv", "--settings"]
    said = run(
        "review",
        small,
        *words,
        "scale.toml",
        "--goals",
        "goals.csv",
        "--out",
        "out",
        "--student",
        "T03",
    )
    assert said.code == 0, said.err
    page = (tmp_path / "out" / "counsellor.html").read_text(encoding="utf-8")
    for title in ("Visits done and owed", "How the students changed", "Goals", "One student"):
        assert title in page
    assert "p-value" not in page
    assert (tmp_path / "out" / "counsellor.docx").exists()
    told = json.loads(run("review", small, "--counsellor", "--out", "two", "--json").out)
    assert set(told) == {"as_of", "coverage", "files"}


def test_scores_need_their_scale(run: Run, small: Path) -> None:
    """Without what a high score means nothing is drawn."""
    score_panel(seed=1).to_csv("scores.csv", index=False)
    said = run("review", small, "--counsellor", "--scores", "scores.csv", "--out", "out")
    assert said.code == 2
    assert "higher_is" in said.err


def test_scores_after_the_day_do_not_count(run: Run, small: Path, tmp_path: Path) -> None:
    """Rows after the day change nothing; a day that cannot be read is refused, not dropped."""
    scores = score_panel(seed=1, students=3)
    scores.to_csv("all.csv", index=False)
    scores[scores["date"] <= "2026-11-02"].to_csv("until.csv", index=False)
    scores.astype({"date": str}).replace("2026-09-14", "soon").to_csv("odd.csv", index=False)
    Path("scale.toml").write_text(SCALE, encoding="utf-8")
    pages = []
    for name in ("all", "until"):
        words = ["--counsellor", "--as-of", "2026-11-02", "--scores", f"{name}.csv"]
        said = run("review", small, *words, "--settings", "scale.toml", "--out", name)
        assert said.code == 0, said.err
        pages.append((tmp_path / name / "counsellor.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    words = ["--counsellor", "--scores", "odd.csv", "--settings", "scale.toml", "--out", "odd"]
    assert run("review", small, *words).code == 2


def test_scores_and_goals_under_chinese_headers(run: Run, small: Path, tmp_path: Path) -> None:
    """A teacher's own headers give the same page; a missing one is told with its names."""
    headers = [("ours", {}), ("theirs", {"student_id": "\u5b66\u53f7", "date": "\u65e5\u671f"})]
    scores = score_panel(seed=1, students=3)
    Path("scale.toml").write_text(SCALE, encoding="utf-8")
    pages = []
    for name, renamed in headers:
        scores.rename(columns=renamed).to_csv(f"{name}.csv", index=False)
        words = ["--counsellor", "--as-of", "2026-12-01", "--scores", f"{name}.csv"]
        said = run("review", small, *words, "--settings", "scale.toml", "--out", name)
        assert said.code == 0, said.err
        pages.append((tmp_path / name / "counsellor.html").read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    Path("goals.csv").write_text("\u5b66\u53f7,level,due\n01,1,2026-11-02\n", encoding="utf-8")
    said = run("review", small, "--counsellor", "--goals", "goals.csv", "--out", "goals")
    assert said.code == 2
    assert "goal_id (" in said.err
