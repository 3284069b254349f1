"""Kill a program at random moments of its writes and see whether the casebook lost anything.

Run ``python benchmarks/crash.py --kills 1000``. A child writes entries without a pause - single
ones to either file, several at once to both, corrections - and says each number only after the
store has returned it. It is killed (SIGKILL) at a random moment. Then the casebook is opened again:
every number that was said must be there with its facts, what belongs together must be there
together or not at all, and every page, row and link must verify. Made-up people only. Death of a
process is not a power cut: that also needs a disk that keeps what it has confirmed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from visitkit import record
from visitkit.record import Entry

KEYS = record.Keys(bytes(range(32)), bytes(range(1, 33)))
WHO = {"actor": "T1", "role": "moral_office"}
AT = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
#: Longest time until the kill, in seconds after the child began to write.
LONGEST = 0.2
#: A casebook is replaced after so many kills, so that the last kill is as quick as the first.
KILLS_PER_STORE = 100


def matter(tag: str) -> Entry:
    facts = {"issue": f"The desk {tag} is broken.", "to": ["moral_office"]}
    return Entry(f"m-{tag}", "escalation", "report", "S1", AT, "T1", "head_teacher", facts)


def signalled(tag: str) -> Entry:
    facts = {"signal": "told", "suspected": False, "content": f"Told in lesson {tag}."}
    return Entry(f"c-{tag}", "crisis", "signal", "S2", AT, "T1", "head_teacher", facts)


def write_for_ever(folder: Path, run: int, said: int) -> None:
    """Write entries and say each one's number, its facts and its group, until killed."""
    with record.open_store(folder, KEYS, **WHO) as store:
        os.write(said, b"begun\n")
        number = 0
        while True:
            tag = f"{run}-{number}"
            number += 1
            done = [store.add(matter(tag + "a"))]
            say(said, done, "")
            say(said, [store.add(signalled(tag + "b"))], "")
            both = [matter(tag + "c"), signalled(tag + "d"), matter(tag + "e")]
            say(said, store.add_many(both), tag)
            facts = {"issue": "The chair is broken.", "to": ["moral_office"]}
            say(said, [store.correct(done[0].entry_id, facts, "misread", "head_teacher")], "")


def say(said: int, taken: list[Entry], group: str) -> None:
    for one in taken:
        line = json.dumps([one.entry_id, one.case_id, dict(one.facts), group])
        os.write(said, line.encode() + b"\n")


def killed_run(folder: Path, run: int, wait: Callable[[], float]) -> list[list[object]]:
    """Let a child write, kill it at a random moment, and return what it had said."""
    listen, said = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(listen)
            write_for_ever(folder, run, said)
        finally:
            os._exit(1)
    os.close(said)
    with os.fdopen(listen, "rb") as heard:
        begun = heard.readline()
        assert begun == b"begun\n", "the child could not open the casebook"
        time.sleep(wait())
        os.kill(child, signal.SIGKILL)
        lines = heard.read().split(b"\n")
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended before it was killed"
    return [json.loads(line) for line in lines[:-1]]


def check(folder: Path, said: list[list[object]], run: int) -> Counter[str]:
    """Open the casebook again and count what is not as it should be."""
    found: Counter[str] = Counter()
    with record.open_store(folder, KEYS, actor="T9", role="counsellor") as store:
        if not store.verify().whole:
            found["corrupt"] += 1
        held = {
            one.entry_id: one
            for student in ("S1", "S2")
            for one in store.file(student, "check after a kill").entries
        }
        torn = set(store.audit(action="abandoned")["subject"])
    for entry_id, case_id, facts, _ in said:
        one = held.get(str(entry_id))
        if one is None or one.case_id != case_id or dict(one.facts) != facts:
            found["lost"] += 1
    cases = {one.case_id for one in held.values()}
    for number in range(len(said) + 2):
        parts = [f"{letter}-{run}-{number}{end}" in cases for letter, end in ("mc", "cd", "me")]
        found["half"] += any(parts) and not all(parts)
    found["said"] = len(said)
    found["abandoned"] = len(torn)
    return found


def kill_many(kills: int, seed: int, folder: Path, *, report: bool = False) -> Counter[str]:
    """Kill so many times and return the sums: said, lost, corrupt, half, abandoned."""
    draw = random.Random(seed)
    total: Counter[str] = Counter()
    abandoned_before = 0
    for run in range(kills):
        place = folder / f"casebook-{run // KILLS_PER_STORE}"
        if run % KILLS_PER_STORE == 0:
            record.new_store(place, KEYS, school="Made-up School")
            abandoned_before = 0
        said = killed_run(place, run, lambda: draw.uniform(0, LONGEST))
        found = check(place, said, run)
        abandoned_before, found["abandoned"] = (
            found["abandoned"],
            found["abandoned"] - abandoned_before,
        )
        total += found
        if report and (run + 1) % 50 == 0:
            print(f"{run + 1} kills: {dict(total)}", flush=True)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        total = kill_many(asked.kills, asked.seed, Path(folder), report=True)
    spent = time.perf_counter() - started
    print(
        f"kills {asked.kills}, acknowledged {total['said']}, lost {total['lost']}, "
        f"corrupt {total['corrupt']}, half-written {total['half']}, "
        f"cut off between the two files and set aside {total['abandoned']}; {spent:.0f} s"
    )
    sys.exit(bool(total["lost"] or total["corrupt"] or total["half"]))


if __name__ == "__main__":
    main()
