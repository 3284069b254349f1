"""A million alert evaluations: 10,000 students on 100 school days, with time and memory.

    python benchmarks/alerts.py                          # 10,000 students, 100 days
    python benchmarks/alerts.py --students 1080 --days 10

One evaluation is one student on one day: every rule of :mod:`visitkit.screen.alerts` is asked of
all that is known of the student up to that day, and the register of duties is made of the answers,
from the beginning, as if the school opened its books on that day. Nothing is carried over from the
day before. Questionnaire sheets are scored once, as a school does that keeps their scores; the
school is in memory before the clock starts.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np

from visitkit import load, policy, sample
from visitkit.calendar import Calendar
from visitkit.screen.alerts import alerts
from visitkit.screen.instruments import score_table
from visitkit.screen.register import register


def peak_gib() -> float:
    """Return the largest memory this process has held, in GiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**3 if sys.platform == "darwin" else 1024**2)


def main() -> None:
    """Make a school, evaluate it day after day, print seconds and GiB."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=100, help="school days, the last of the data")
    parser.add_argument("--policy", default="recommended")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()

    made = sample.make_school(asked.seed, asked.students)
    school = load.School(made.tables, Calendar.from_frame(made.tables["calendar"]))
    rules = policy.read_policy(asked.policy)
    days = school.calendar.school_days(school.calendar.first, school.latest)[-asked.days :]
    print({name: len(frame) for name, frame in school.tables.items() if len(frame)})
    print(f"{len(days)} school days, {days[0]} to {days[-1]}; memory before {peak_gib():.2f} GiB")

    begun = time.perf_counter()
    scored = score_table(school.table("surveys"))
    print(f"sheets scored once {time.perf_counter() - begun:6.2f} s   {len(scored)} sheets")

    raised, kept, evaluated, found, duties = 0.0, [], 0, 0, 0
    for day in days:
        begun = time.perf_counter()
        opened = alerts(school, rules, day, scored=scored)
        between = time.perf_counter()
        owed = register(school, rules, day, opened, scored=scored)
        kept.append(time.perf_counter() - between)
        raised += between - begun
        roll = school.tables["students"]
        gone = roll["left_on"].notna() & (roll["left_on"].dt.date < day)
        late = roll["entered_on"].notna() & (roll["entered_on"].dt.date > day)
        evaluated += int((~gone & ~late).sum())
        found, duties = found + len(opened), duties + len(owed)
    total = raised + float(np.sum(kept))
    print(f"alerts    {raised:8.2f} s   {found} open alerts over all days")
    print(f"register  {float(np.sum(kept)):8.2f} s   {duties} duties over all days")
    print(f"in all    {total:8.2f} s   {evaluated} evaluations of a student on a day")
    print(f"          {evaluated / total:8.0f} evaluations a second")
    print(f"a day     {total / len(days):8.2f} s on average; slowest register {max(kept):.2f} s")
    print(f"peak memory {peak_gib():.2f} GiB")


if __name__ == "__main__":
    main()
