"""``visitkit plan``: from the school's files to a plan, and what people get wrong."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from visitkit.cli.interrupt import stoppable
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.plan import arguments, clock
from visitkit.cli.planning import plan_wish
from visitkit.errors import PlanError
from visitkit.sample import make_school, write_school

START = "2026-11-02"


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty students with their teachers, families and calendar."""
    folder = tmp_path_factory.mktemp("village")
    write_school(make_school(3, 40, lang="en"), folder)
    return folder


@pytest.fixture(scope="module")
def plan_of(village: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the plan of one week, made once."""
    from visitkit.cli import main

    out = tmp_path_factory.mktemp("planned")
    words = ["plan", village, "--start", START, "--days", "7", "--seconds", "10", "--out", out]
    assert main([*(str(word) for word in words), "--lang", "en"]) in {0, 1}
    return out


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a csv file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def when(row: dict[str, str]) -> tuple[str, ...]:
    """Return what may not change of a visit that is kept."""
    return tuple(row[name] for name in ("date", "start", "end", "student_id", "visitors", "form"))


def test_every_request_is_planned_or_listed(plan_of: Path) -> None:
    """Visits lie in the days asked for; who is left out stands there with a reason."""
    visits, left = rows_of(plan_of / "visits.csv"), rows_of(plan_of / "unassigned.csv")
    assert visits
    first = dt.date.fromisoformat(START)
    days = {dt.date.fromisoformat(row["date"]) for row in visits}
    assert all(first <= day < first + dt.timedelta(days=7) for day in days)
    assert all(row["visitors"] and row["start"] < row["end"] for row in visits)
    assert all(row["reason"] for row in left)
    assert list(visits[0]) == [
        *("date", "start", "end", "student_id", "visitors", "form", "duty", "due"),
        *("travel_minutes", "order"),
    ]


def test_told_on_the_terminal(run: Callable, village: Path, tmp_path: Path) -> None:
    """Counts, how good the plan is, reasons and files; the code says if a person is needed."""
    out = tmp_path / "o"
    said = run("plan", village, "--start", START, "--days", 7, "--seconds", 5, "--out", out)
    assert said.err == ""
    lines = said.out.splitlines()
    assert f"{START} to 2026-11-08, rules recommended:" in lines[0]
    assert "No plan is better" in lines[1] or "longer than the best possible" in lines[1]
    left = rows_of(out / "unassigned.csv")
    assert (f"Families left out: {len(left)}" in said.out) is bool(left)
    assert str(out / "visits.csv") in said.out
    assert all(f"  {path}" in said.out for path in out.iterdir() if path.suffix == ".csv")


def test_json_is_json(village: Path, tmp_path: Path) -> None:
    """A program of its own prints one object and nothing else, the solver's lines neither."""
    words = ["plan", village, "--start", START, "--days", "7", "--seconds", "10", "--json"]
    words = [sys.executable, "-m", "visitkit", *words, "--out", tmp_path / "o", "--seed", "3"]
    done = subprocess.run([str(word) for word in words], capture_output=True, check=False)
    told = json.loads(done.stdout)
    assert done.stderr == b""
    assert told["seed"] == 3
    assert told["bound"] <= told["cost"] + 1e-6
    assert len(told["visits"]) == len(rows_of(tmp_path / "o" / "visits.csv"))
    assert len(told["unassigned"]) == len(rows_of(tmp_path / "o" / "unassigned.csv"))
    needed = bool(told["must"]) or any(one["reason"] != "crowded" for one in told["unassigned"])
    assert done.returncode == int(needed or bool(told["broken"]))


def test_kept_visits_do_not_move(
    run: Callable, village: Path, plan_of: Path, tmp_path: Path
) -> None:
    """Every visit of the earlier plan stands in the new one, to the minute."""
    before = rows_of(plan_of / "visits.csv")
    words = ["--days", 7, "--seconds", 10, "--keep", plan_of / "visits.csv", "--seed", 5]
    said = run("plan", village, "--start", START, *words, "--out", tmp_path / "o")
    assert f"Visits kept from the earlier plan: {len(before)}." in said.out
    after = {when(row) for row in rows_of(tmp_path / "o" / "visits.csv")}
    assert {when(row) for row in before} <= after
    assert "Rules the plan does not keep" not in said.out


def test_travel_from_a_table(run: Callable, village: Path, plan_of: Path, tmp_path: Path) -> None:
    """A family without a way in the table is left out and needs a person."""
    wanted = {row["student_id"] for row in rows_of(plan_of / "visits.csv")}
    lines = [f"school,{student},10" for student in sorted(wanted)[1:]]
    lines += [f"{a},{b},5" for a in sorted(wanted) for b in sorted(wanted) if a < b]
    table = tmp_path / "minutes.csv"
    table.write_text("\n".join(["origin,destination,minutes", *lines]), "utf-8")
    words = ["--days", 7, "--seconds", 5, "--travel", table, "--out", tmp_path / "o"]
    said = run("plan", village, "--start", START, *words)
    assert said.code == 1
    visited = {row["student_id"] for row in rows_of(tmp_path / "o" / "visits.csv")}
    assert min(wanted) not in visited
    assert visited <= wanted


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--days", "0"], "at least 1 day ahead"),
        (["--days", "soon"], "a whole number from 0 up"),
        (["--seconds", "-1"], "a whole number from 0 up"),
        (["--start", "2019-01-01"], "lies outside the school calendar"),
        (["--mode", "rocket"], "is not a way of travel known here"),
        (["--base", "here"], "latitude and longitude in degrees"),
        (["--base", "130,104"], "latitude and longitude in degrees"),
        (["--travel", "gone.csv"], "There is no file “gone.csv”"),
        (["--travel", "answer.json"], "does not say which place is which"),
        (["--keep", "gone.csv"], "gone.csv: there is no such file"),
        (["--policy", "nowhere"], "no policy and no file “nowhere”"),
    ],
)
def test_wrong_wishes(
    run: Callable, village: Path, tmp_path: Path, words: list[str], told: str
) -> None:
    """Each is one sentence with code 2; nothing is written."""
    start = [] if "--start" in words else ["--start", START]
    said = run("plan", village, *start, "--out", tmp_path / "o", *words)
    assert said.code == 2
    assert told in said.err
    assert len(said.err.splitlines()) == 1
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"date": "2 Nov"}, "row 2: the column “date”"),
        ({"start": "noon"}, "row 2: the column “start”"),
        ({"start": "02:00", "end": "02:40"}, "row 2: on 2026-11-"),
        ({"visitors": ""}, "row 2: the column “visitors”"),
        (None, "lacks the column “visitors”"),
    ],
)
def test_wrong_visits_to_keep(
    run: Callable,
    village: Path,
    plan_of: Path,
    tmp_path: Path,
    change: dict[str, str] | None,
    told: str,
) -> None:
    """A table of visits that cannot be kept is told with its row."""
    row = rows_of(plan_of / "visits.csv")[0]
    if change is None:
        del row["visitors"]
    row |= change or {}
    with (tmp_path / "keep.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    words = ["--days", 7, "--keep", tmp_path / "keep.csv", "--out", tmp_path / "o"]
    said = run("plan", village, "--start", START, *words)
    assert said.code == 2
    assert told in said.err


def test_wishes_are_understood() -> None:
    """Every option reaches the wish."""
    parser = Parser("visitkit plan", "en")
    arguments(parser)
    words = (
        "school --start 2026-11-02 --days 3 --seconds 9 --mode walk --base 30.5,104.25 --far a,b "
        "--jobs 2 --daylight --spacing 4 --out o --kinds"
    )
    args = parser.read([*words.split(), "regular, visit to a new student"])
    asked = plan_wish(args, "visitkit plan")
    assert (asked.screen.as_of, asked.days, asked.seconds, asked.mode) == (START, 3, 9, "walk")
    assert (asked.base, asked.far, asked.jobs) == ((30.5, 104.25), ("a", "b"), 2)
    assert (asked.daylight, asked.spacing) == (True, 4)
    assert asked.kinds == ("new_student", "regular")
    with pytest.raises(PlanError, match="party"):
        plan_wish(parser.read(["s", "--kinds", "party", "--out", "o"]), "visitkit plan")
    with pytest.raises(UsageError):
        plan_wish(parser.read(["s", "--base", "1,2,3", "--out", "o"]), "visitkit plan")
    assert clock(65) == "01:05"


def test_first_stop_keeps_second_leaves() -> None:
    """The first Ctrl-C sets the event, the second one stops as usual; then all is as before."""
    before, told = signal.getsignal(signal.SIGINT), []
    with stoppable(lambda: told.append(1)) as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop.is_set()
        assert told == [1]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before
    seen: list[bool] = []

    def elsewhere() -> None:
        with stoppable(lambda: None) as stop:
            seen.append(stop.is_set())

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [False]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a signal of POSIX")
def test_stopped_plan_is_written(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a search writes the best plan so far, whole."""
    from visitkit.sample import sample_folder

    out = tmp_path / "o"
    words = ["plan", sample_folder(), "--start", START, "--days", 7, "--seconds", 300, "--out", out]
    with subprocess.Popen(
        [sys.executable, "-c", TELLING, *(str(word) for word in words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VISITKIT_LANG": "en"},
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "plan found" in line:
                break
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        said, beside = process.communicate()
    assert process.returncode == 1
    assert "Stopping" in beside
    assert "Traceback" not in beside
    assert len(rows_of(out / "visits.csv")) > 50
    assert "visits on" in said


#: Runs the command and says beside the results when the first plan is there.
TELLING = """
import sys
from visitkit.cli import main, planning
told = planning._told
def tell(now, console):
    print("plan found", file=sys.stderr, flush=True)
    return told(now, console)
planning._told = tell
sys.exit(main(sys.argv[1:]))
"""
