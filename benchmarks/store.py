"""Fill a casebook as large as a big school's and time what a teacher waits for.

Run ``python benchmarks/store.py --visits 50000 --others 200000``. Every entry goes through the
public door, ``store.add_many``, and is accepted by the rules of its kind. Made-up people only.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from visitkit import record
from visitkit.calendar import Calendar
from visitkit.record import Entry

KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))
FIRST = dt.datetime(2026, 9, 7, 8, tzinfo=dt.UTC)
#: After the last entry: what has not happened yet is not written down.
NOW = dt.datetime(2027, 8, 1, 8, tzinfo=dt.UTC)
STUDENTS = 20_000
REPEATS = 5
AT_ONCE = 500


def iso(moment: dt.datetime) -> str:
    return moment.isoformat()


def visit(number: int, start: dt.datetime) -> Iterator[Entry]:
    """Yield a visit: of ten, five are finished, four were called off and one is planned."""
    student, teacher = f"S{number % STUDENTS:05d}", f"T{number % 400:03d}"
    end = start + dt.timedelta(minutes=50)

    def step(name: str, at: dt.datetime, role: str = "head_teacher", **facts: object) -> Entry:
        return Entry(f"visit-{number:06d}", "visit", name, student, at, teacher, role, facts)

    together = {"visitors": [teacher, "T900"], "form": "home"}
    planned = {"planned_start": iso(start), "planned_end": iso(end)}
    yield step("plan", start - dt.timedelta(days=7), **together, **planned)
    if number % 10 == 9:
        return
    if number % 10 >= 5:
        yield step("cancel", start, by="family", reason="The family has moved the day.")
        return
    yield step("visit", end, **together, start=iso(start), end=iso(end), student_present=True)
    told = dict.fromkeys(
        ("time", "content", "parent_feedback", "problem_solved", "next_steps", "focus"),
        "As agreed; a quiet desk and a fixed bedtime were talked over.",
    )
    following = (start.date() + dt.timedelta(days=30)).isoformat()
    later = end + dt.timedelta(hours=2)
    yield step("record", later, **told, needs_school=False, next_date=following)
    hour = dt.timedelta(hours=1)
    yield step("report_after", later, to="grade_leader", all_well=True)
    yield step("review", later + hour, "moral_office", analysis="A good talk; nothing is open.")
    yield step("hand_in", later + 2 * hour, documents=["visit_record"])
    yield step("follow_up", later + 3 * hour, how="phone", content="The desk is in use.")


def other(number: int, at: dt.datetime) -> Entry:
    """Return an entry that opens another case: of five, one is psychological."""
    student, teacher = f"S{number * 7 % STUDENTS:05d}", f"T{number % 400:03d}"
    if number % 5 == 0:
        facts: dict[str, object] = {"signal": "told", "suspected": False}
        return Entry(
            f"crisis-{number:06d}", "crisis", "signal", student, at, teacher, "head_teacher", facts
        )
    facts = {"issue": "The desk by the window is broken.", "to": ["moral_office"]}
    case = f"matter-{number:06d}"
    return Entry(case, "escalation", "report", student, at, teacher, "head_teacher", facts)


def entries(visits: int, others: int) -> Iterator[Entry]:
    """Yield all entries, in an order in which a school might have written them."""
    held = sum(7 if k % 10 < 5 else 2 if k % 10 < 9 else 1 for k in range(visits))
    rest = visits + others - held
    spread = max(visits, rest, 1)
    for number in range(max(visits, rest)):
        start = FIRST + dt.timedelta(minutes=number * 200 * 24 * 60 // spread)
        if number < visits:
            yield from visit(number, start)
        if number < rest:
            yield other(number, start)


def fill(store: record.CaseStore, visits: int, others: int) -> float:
    """Write everything down and return the seconds."""
    started = time.perf_counter()
    waiting: list[Entry] = []
    for one in entries(visits, others):
        waiting.append(one)
        if len(waiting) >= AT_ONCE:
            store.add_many(waiting)
            waiting = []
    store.add_many(waiting)
    return time.perf_counter() - started


def median(do: Callable[[int], object], repeats: int = REPEATS) -> str:
    """Return median and worst of some runs, and the processor's share, in milliseconds."""
    spent, busy = [], time.process_time()
    for run in range(repeats):
        started = time.perf_counter()
        do(run)
        spent.append(1000 * (time.perf_counter() - started))
    busy = 1000 * (time.process_time() - busy) / repeats
    middle, worst = statistics.median(spent), max(spent)
    return (
        f"median {middle:8.1f} ms   worst {worst:8.1f} ms   processor {busy:8.1f} ms   n={repeats}"
    )


def measure(folder: Path, visits: int, others: int) -> None:
    days = Calendar.weekdays("2026-06-01", "2028-08-31")
    record.new_store(folder, KEYS, school="Made-up School", calendar=days, clock=lambda: FIRST)
    who = {"actor": "T900", "role": "counsellor", "clock": lambda: NOW}
    with record.open_store(folder, KEYS, **who) as store:
        spent = fill(store, visits, others)
    sizes = {path.name: path.stat().st_size / 1e6 for path in folder.glob("*.db")}
    print(f"filled: {visits} visits, {others} others in {spent:.0f} s; MB {sizes}")
    print("open, random key     ", median(lambda _: record.open_store(folder, KEYS, **who).close()))
    rng = np.random.default_rng(0)
    with record.open_store(folder, KEYS, **who) as store:
        as_of = dt.datetime(2027, 8, 1, tzinfo=dt.UTC)
        print("due list             ", median(lambda _: store.due(as_of)))
        print("  rows               ", len(store.due(as_of)))
        middle = dt.datetime(2027, 3, 24, tzinfo=dt.UTC)
        print("due list, last 2 days left out", median(lambda _: store.due(middle)))
        picks = rng.integers(0, STUDENTS, 50)
        print("a student's file     ", median(lambda k: store.file(f"S{picks[k]:05d}", "talk"), 50))
        at = FIRST + dt.timedelta(days=300)
        ones = [other(9_000_001 + 5 * k, at) for k in range(50)]
        print("add one entry        ", median(lambda k: store.add(ones[k]), 50))
        print("what is remembered   ", median(lambda _: store.history("2027-08-01"), 1))
        started = time.perf_counter()
        verdict = store.verify(store.head())
        print(f"verify                {time.perf_counter() - started:9.1f} s   {verdict.rows}")
        assert verdict.whole, verdict.sentence()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=50_000)
    parser.add_argument("--others", type=int, default=200_000)
    asked = parser.parse_args()
    print(platform.platform(), platform.python_version())
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "casebook", asked.visits, asked.others)


if __name__ == "__main__":
    main()
