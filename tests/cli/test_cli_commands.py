"""Each command on a small made-up school, and on what people get wrong."""

from __future__ import annotations

import csv
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from visitkit import sample, text
from visitkit.cli.console import Console
from visitkit.cli.demo_book import PEOPLE, PSYCH

AS_OF = "2026-11-02"
FILES = {"caseload.csv", "alerts.csv", "caseload.xlsx", "report.html"}
PLANNED = {
    *("visits.csv", "unassigned.csv", "itineraries.xlsx", "sheets.html", "appointments.html"),
    *("safety.html", "map.html", "visits.geojson", "visits.gpx"),
}


def held(folder: Path) -> set[str]:
    """Return the names in a folder, hidden ones too."""
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def faulty(small: Path, tmp_path: Path) -> Path:
    """The small school with three attendance rows that cannot be."""
    folder = tmp_path / "faulty"
    shutil.copytree(small, folder)
    with (folder / "attendance.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][1], rows[2][0], rows[3][2] = "31 Feb", "S9999", "flying"
    with (folder / "attendance.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


def test_screen_writes_and_tells(run: Callable, small: Path, tmp_path: Path) -> None:
    """The four files are there, the head of the list and their places are told."""
    out = tmp_path / "out"
    said = run("screen", small, "--as-of", AS_OF, "--out", out, "--capacity", "3", "--seed", "7")
    assert held(out) == FILES
    assert all(str(out / name) in said.out for name in FILES)
    with (out / "caseload.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))["student_id"]
    lines = said.out.splitlines()
    head = next(n for n, line in enumerate(lines) if line.startswith("place"))
    assert lines[head + 1].split()[1] == first
    assert said.code == (1 if "overdue" in said.out else 0)
    assert said.err == ""


def test_screen_as_json(run: Callable, small: Path, tmp_path: Path) -> None:
    """A program gets one object with how it was made; the same wish makes the same list."""
    wish = ["screen", small, "--as-of", AS_OF, "--seed", "7", "--capacity", "2"]
    said = run(*wish, "--out", tmp_path / "a", "--json")
    told = json.loads(said.out)
    assert [told[key] for key in ("as_of", "policy", "capacity", "seed")] == [
        AS_OF,
        "recommended",
        2,
        7,
    ]
    assert sum(told["tiers"].values()) == len(told["caseload"])
    assert {Path(name).name for name in told["files"]} == FILES
    assert said.code == (1 if told["overdue"] else 0)
    run(*wish, "--out", tmp_path / "b")
    one, other = ((tmp_path / name / "caseload.csv").read_bytes() for name in ("a", "b"))
    assert one == other


def test_screen_says_which_day_it_took(run: Callable, small: Path, tmp_path: Path) -> None:
    """Without a day the latest in the data is taken, and said beside the results."""
    said = run("screen", small, "--out", tmp_path / "o")
    assert "No date was given, so the latest in the data, 2027-01-" in said.err
    assert "2027-01-" in said.out.splitlines()[0]


def test_screen_refuses_faults_unless_lenient(run: Callable, faulty: Path, tmp_path: Path) -> None:
    """Faults stop a screening with code 1; leniently it goes on and says so."""
    strict = run("screen", faulty, "--as-of", AS_OF, "--out", tmp_path / "o")
    assert strict.code == 1
    assert "3 faults" in strict.err
    assert not (tmp_path / "o").exists()
    lenient = run("screen", faulty, "--as-of", AS_OF, "--out", tmp_path / "o", "--lenient")
    assert lenient.code == 1
    assert "rows left out: 3" in lenient.err
    assert held(tmp_path / "o") == FILES


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--as-of", "2019-01-01"], "lies outside the school calendar"),
        (["--as-of", "someday"], "is not a date"),
        (["--policy", "nowhere"], "no policy and no file “nowhere”"),
        (["--mapping", "nowhere"], "there is no such mapping"),
    ],
)
def test_screen_with_wrong_wishes(
    run: Callable, small: Path, tmp_path: Path, words: list[str], told: str
) -> None:
    """A wrong day, policy or mapping is one sentence; nothing is written."""
    said = run("screen", small, "--out", "o", *words)
    assert said.code == 2
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert held(tmp_path) == set()


def test_screen_with_a_wrong_policy_value(run: Callable, small: Path, tmp_path: Path) -> None:
    """A value that is not allowed is told with its key; nothing is written."""
    rules = tmp_path / "own.toml"
    rules.write_text(
        'extends = ["recommended"]\n[absence]\nreport_days = { value = -3, source = "school" }\n',
        "utf-8",
    )
    said = run("screen", small, "--out", "o", "--policy", rules)
    assert said.code == 1
    assert "absence.report_days" in said.err
    assert held(tmp_path) == {"own.toml"}
    assert run("policy", "check", rules).code == 1


def test_out_is_a_file(run: Callable, small: Path, tmp_path: Path) -> None:
    """A file where the folder should be is told at once and left alone."""
    (tmp_path / "o").write_text("mine", "utf-8")
    for place in ("o", "o/deeper"):
        said = run("screen", small, "--out", place)
        assert said.code == 2
        assert "is a file, not a folder" in said.err
    assert (tmp_path / "o").read_text("utf-8") == "mine"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="this user may write anywhere"
)
def test_out_may_not_be_written(run: Callable, small: Path, tmp_path: Path) -> None:
    """A folder without leave to write is one sentence."""
    (tmp_path / "o").mkdir()
    (tmp_path / "o").chmod(stat.S_IRUSR | stat.S_IXUSR)
    said = run("screen", small, "--out", "o")
    assert said.code == 2
    assert "may not be written" in said.err


def test_out_may_not_be_written_by_anybody(
    run: Callable, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the machine says so, whoever runs the test."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    said = run("screen", small, "--out", "o")
    assert said.code == 2
    assert "may not be written" in said.err
    assert held(tmp_path) == set()


@pytest.mark.parametrize("name", ["check", "screen", "explain", "score"])
def test_missing_file(run: Callable, name: str) -> None:
    """A path that is not there is one sentence in every command that reads."""
    more = {"screen": ["--out", "o"], "explain": ["S01"]}.get(name, [])
    words = ["PHQ-9", "nofile.xlsx"] if name == "score" else ["nofile.xlsx", *more]
    said = run(name, *words)
    assert said.code == 2
    assert "nofile.xlsx: there is no such file" in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("name", ["check", "screen"])
def test_empty_workbook(run: Callable, tmp_path: Path, name: str) -> None:
    """A workbook with nothing in it is said to be empty."""
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    said = run(name, "empty.xlsx", *(["--out", "o"] if name == "screen" else []))
    assert said.code == 2
    assert "empty.xlsx" in said.err
    assert held(tmp_path) == {"empty.xlsx"}


def test_check_clean(run: Callable, small: Path, tmp_path: Path) -> None:
    """A clean school is said to be clean; no file is written."""
    said = run("check", small)
    assert said.code == 0
    assert "No faults were found." in said.out
    assert held(tmp_path) == set()


def test_check_tells_each_fault_and_marks_it(run: Callable, faulty: Path, tmp_path: Path) -> None:
    """Every fault is a line with its place; the marked copy goes to the current folder."""
    said = run("check", faulty)
    assert said.code == 1
    assert "attendance.csv, cell" in said.out
    assert "Faults: 3; files with faults: 1." in said.out
    (copy,) = held(tmp_path) - {"faulty"}
    assert copy in said.err
    marked = run("check", faulty, "--mark", tmp_path / "marked")
    assert marked.code == 1
    assert len(held(tmp_path / "marked")) == 1
    before = held(tmp_path)
    assert run("check", faulty, "--no-mark").code == 1
    assert held(tmp_path) == before


def test_check_as_json(run: Callable, faulty: Path, tmp_path: Path) -> None:
    """A program gets the array and nothing else, and no file it did not ask for."""
    said = run("check", faulty, "--json")
    found = json.loads(said.out)
    assert [set(fault) for fault in found] == [
        {"file", "sheet", "row", "column", "value", "problem", "allowed", "fix"}
    ] * 3
    assert {fault["row"] for fault in found} == {2, 3, 4}
    assert held(tmp_path) == {"faulty"}
    assert said.err == ""


def test_explain(run: Callable, small: Path) -> None:
    """The reasons of one student are told; one who is not there is told as such."""
    said = run("explain", small, "S0005", "--as-of", AS_OF)
    assert said.code == 0
    assert said.out.startswith("Student S0005")
    missing = run("explain", small, "S9999", "--as-of", AS_OF)
    assert missing.code == 2
    assert "S9999" in missing.err
    assert missing.out == ""


def test_new_makes_a_workbook_once(run: Callable, tmp_path: Path) -> None:
    """The workbook is made, and never overwritten."""
    assert run("new", "school").code == 0
    (book,) = (tmp_path / "school").iterdir()
    before = book.read_bytes()
    again = run("new", "school")
    assert again.code == 2
    assert "already" in again.err
    assert book.read_bytes() == before


def test_policy_commands(run: Callable) -> None:
    """List, show, diff and check speak of the shipped rules."""
    assert "recommended" in run("policy", "list").out
    assert "24 hours" in run("policy", "show", "recommended").out
    assert run("policy", "diff", "recommended", "recommended").out == "The two do not differ.\n"
    assert len(run("policy", "diff", "recommended", "dropout-control").out.splitlines()) > 3
    assert run("policy", "check", "recommended").code == 0
    assert run("policy", "show", "nowhere").code == 2


def test_doctor(run: Callable) -> None:
    """A machine that can run the tests is ready, but for its fonts perhaps."""
    said = run("doctor")
    assert said.code in {0, 1}
    assert said.out.splitlines()[0].startswith("[ok] visitkit")
    assert said.code == (1 if "[!!]" in said.out else 0)


def test_doctor_finds_what_is_wrong(run: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be written to is told, with the code that asks for a person."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr("visitkit.cli.doctor.tempfile.TemporaryFile", refuse)
    said = run("doctor")
    assert said.code == 1
    assert "[!!] the current folder cannot be written to" in said.out


def test_demo_walks_the_whole_way(
    run: Callable, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample school is checked, screened, planned and kept; the files are where it says."""
    monkeypatch.setattr(sample, "sample_folder", lambda: small)
    said = run("demo")
    assert said.code == 0
    assert "No faults were found." in said.out
    calendars = {name for name in held(tmp_path / "out") if name.endswith(".ics")}
    assert calendars
    rest = held(tmp_path / "out") - calendars - FILES - PLANNED
    assert {Path(name).suffix for name in rest} == {"", ".docx"}
    assert rest >= {"casebook-demo"}
    assert "Whole: every page, entry and link was checked" in said.out
    # its passphrases are made up and said, so that it can be looked into
    book, note = Path("out", "casebook-demo"), Path("out", "casebook-demo", "README.txt")
    assert all(key in said.out and key in note.read_text("utf-8") for key in (PEOPLE, PSYCH))
    monkeypatch.setenv("DEMO_PEOPLE", PEOPLE)
    keys = ("--key", "env:DEMO_PEOPLE", "--psych-key", "none")
    owed = run("record", "due", book, *keys, "--who", "T01", "--role", "head_teacher")
    assert "agree the time with the family" in owed.out
    assert str(tmp_path / "out" / "report.html") in said.out
    assert str(Path("out", "visits.csv")) in said.out


def test_answers_of_a_questionnaire(run: Callable, tmp_path: Path) -> None:
    """Whom to talk with comes first, the scored sheets go to a file, the code asks for a person."""
    header = ["student id", "date", *(f"item_{place}" for place in range(1, 10))]
    sheets = [["S01", AS_OF, *[0] * 9], ["S02", AS_OF, *[0] * 8, 1]]
    with (tmp_path / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *sheets])
    said = run("score", "phq9", "answers.csv", "--out", "scored.csv")
    assert said.code == 1
    assert "Talk with today, before looking at any score (1): S02" in said.out
    with (tmp_path / "scored.csv").open(encoding="utf-8-sig", newline="") as file:
        scored = list(csv.DictReader(file))
    assert [row["student_id"] for row in scored] == ["S02", "S01"]
    assert [(row["total"], row["critical_hits"]) for row in scored] == [("1.0", "9"), ("0.0", "")]
    assert scored[0]["date"] == AS_OF


def test_answers_nobody_has_to_act_on(run: Callable, tmp_path: Path) -> None:
    """Without a critical answer the code is 0."""
    header = ["student id", "date", *(f"item_{place}" for place in range(1, 8))]
    with (tmp_path / "GAD-7.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, ["S01", AS_OF, *[0] * 7]])
    assert run("score", "GAD-7", "GAD-7.csv").code == 0
    other = run("score", "PHQ-9", "GAD-7.csv")
    assert other.code == 2
    assert "holds no sheet of PHQ-9. It holds: GAD-7." in other.err
    unknown = run("score", "GAD-7", "GAD-7.csv", "--norm", "moon")
    assert unknown.code == 2
    assert "no norm “moon”" in unknown.err


def answered(folder: Path, numbers: list[str]) -> None:
    """Write a sheet of GAD-7 for each student number."""
    header = ["student id", "date", *(f"item_{place}" for place in range(1, 8))]
    with (folder / "GAD-7.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([one, AS_OF, *[0] * 7] for one in numbers)])


def test_lost_zeros_are_told(run: Callable, tmp_path: Path) -> None:
    """Student numbers of different lengths may be one student twice; equal ones need no word."""
    answered(tmp_path, ["026070101", "26070104"])
    assert "different lengths (8, 9 digits)" in run("score", "GAD-7", "GAD-7.csv").err
    answered(tmp_path, ["026070101", "026070104"])
    assert run("score", "GAD-7", "GAD-7.csv").err == ""


def test_the_roll_gives_zeros_back(run: Callable, tmp_path: Path) -> None:
    """With the roll, a number without its zeros is the student's own; strangers are told."""
    answered(tmp_path, ["026070101", "26070104", "999"])
    with (tmp_path / "students.csv").open("w", encoding="utf-8", newline="") as file:
        roll = [["student id", "class"], ["026070101", "701"], ["026070104", "701"]]
        csv.writer(file).writerows(roll)
    said = run(
        "score", "GAD-7", "GAD-7.csv", "--roll", tmp_path / "students.csv", "--out", "scored.csv"
    )
    assert said.code == 0
    assert "does not hold: 1." in said.err
    assert "different lengths" not in said.err
    with (tmp_path / "scored.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {row["student_id"] for row in csv.DictReader(file)}
    assert found == {"026070101", "026070104", "999"}


def test_a_day_may_be_written_as_in_tables(run: Callable, small: Path, tmp_path: Path) -> None:
    """Slashes and eight digits are the same day as the usual form; a month alone is refused."""
    wish = ["screen", small, "--out", tmp_path / "a", "--json", "--as-of"]
    for written in ("2026/11/2", "20261102"):
        assert json.loads(run(*wish, written).out)["as_of"] == AS_OF
    refused = run(*wish, "2026-11")
    assert refused.code == 2
    assert "2026-11" in refused.err


def test_places_and_alerts_are_told_apart(run: Callable, small: Path, tmp_path: Path) -> None:
    """The terminal says how many places there are and that alerts go beyond them."""
    wish = ["screen", small, "--as-of", AS_OF, "--out", tmp_path / "a", "--capacity", "3"]
    assert text.say("cli.screen.capacity", "en", number=3) in run(*wish).out


def test_a_single_fault_is_in_the_singular(capsys: pytest.CaptureFixture[str]) -> None:
    """One is told as one, two as two."""
    console = Console("en")
    console.count("cli.policy.faults", number=1)
    console.count("cli.policy.faults", number=2)
    assert capsys.readouterr().out.splitlines() == ["1 fault.", "2 faults."]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_a_policy_shown_names_the_papers(run: Callable, lang: str) -> None:
    """Numbers such as 000 in the sources are explained at the end."""
    said = run("policy", "show", "recommended", "--lang", lang)
    assert said.out.rstrip().endswith(text.say("policy.papers", lang))
