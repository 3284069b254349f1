"""How long screening takes, and how much memory, for one school and for a county.

    python benchmarks/screening.py                       # 1,080 students of the sample school
    python benchmarks/screening.py --students 50000 --attendance 10000000

The school is in memory before the clock starts; reading files is timed apart by ``--read``.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from visitkit import load, policy, reports, sample, screen
from visitkit.calendar import Calendar


def more_attendance(frame: pd.DataFrame, rows: int, seed: int) -> pd.DataFrame:
    """Return a table of the wanted length: the made-up rows, and further ones drawn from them.

    The further rows take students and dates at random from the first, so that every student has
    about as many rows as a busy register of a whole day would hold.
    """
    if len(frame) >= rows:
        return frame
    generator = np.random.default_rng(seed)
    extra = rows - len(frame)
    picked = {
        name: frame[name].array.take(generator.integers(0, len(frame), extra))
        for name in frame.columns
    }
    return pd.concat([frame, pd.DataFrame(picked)], ignore_index=True)


def peak_gib() -> float:
    """Return the largest memory this process has held, in GiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024**3 if sys.platform == "darwin" else 1024**2)


def main() -> None:
    """Make a school, screen it, print seconds and GiB."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=1080)
    parser.add_argument("--attendance", type=int, default=0, help="rows of attendance at least")
    parser.add_argument("--as-of", default="2026-11-02")
    parser.add_argument("--read", action="store_true", help="also time reading the sample folder")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()

    if asked.read:
        begun = time.perf_counter()
        load.read_school(sample.sample_folder())
        print(f"reading the sample school's files: {time.perf_counter() - begun:.2f} s")

    made = sample.make_school(asked.seed, asked.students)
    frames = dict(made.tables)
    frames["attendance"] = more_attendance(frames["attendance"], asked.attendance, asked.seed)
    school = load.School(frames, Calendar.from_frame(frames["calendar"]))
    print({name: len(frame) for name, frame in school.tables.items() if len(frame)})
    print(f"memory before screening: {peak_gib():.2f} GiB")

    rules = policy.read_policy("recommended")
    begun = time.perf_counter()
    figures = screen.indicators(school, as_of=asked.as_of)
    after_figures = time.perf_counter()
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    after_index = time.perf_counter()
    alerts = screen.alerts(school, rules, as_of=asked.as_of)
    after_alerts = time.perf_counter()
    cases = screen.caseload(risk, alerts, rules)
    done = time.perf_counter()
    print(f"indicators {after_figures - begun:6.2f} s   {figures.shape}")
    print(f"index      {after_index - after_figures:6.2f} s")
    print(f"alerts     {after_alerts - after_index:6.2f} s   {len(alerts)} open")
    print(f"caseload   {done - after_alerts:6.2f} s   {len(cases)} students")
    print(f"screening  {done - begun:6.2f} s in all, peak memory {peak_gib():.2f} GiB")
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        reports.write_screening(cases, school, Path(folder))
        print(f"four files {time.perf_counter() - begun:6.2f} s")


if __name__ == "__main__":
    main()
