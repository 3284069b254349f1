"""A million student-weeks: our regression and staggered start beside pyfixest and csdid.

Peers are optional: one that is not installed is left out of the table. Each is run once to load
and compile, then timed; the ratio is the peer's time over ours (above 1: ours is faster). Estimates
stand beside the times, so that a fast wrong answer shows.

    nice python benchmarks/review_speed.py --students 50000 --weeks 20
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from visitkit.review import Study
from visitkit.review.stats import cluster_effect, fit_clusters

#: What a peer returns: estimate and standard error.
Pair = tuple[float, float]


def weeks_of(students: int, weeks: int, seed: int = 1) -> pd.DataFrame:
    """Return made-up student-weeks: three cohorts begin a quarter, a half, three quarters in."""
    rng = np.random.default_rng(seed)
    starts = [0, weeks // 4, weeks // 2, 3 * weeks // 4]
    first = rng.choice(starts, students, p=[0.4, 0.2, 0.2, 0.2])
    own, week = rng.normal(0, 1, students), np.arange(1, weeks + 1)
    on = (first[:, None] > 0) & (week >= first[:, None])
    y = own[:, None] + 0.05 * week - 0.5 * on + rng.normal(0, 1, (students, weeks))
    return pd.DataFrame(
        {
            "student": np.repeat(np.arange(students), weeks),
            "week": np.tile(week, students),
            "class": np.repeat(np.arange(students) // 40, weeks),
            "first": np.repeat(first, weeks).astype(float),
            "on": on.ravel().astype(float),
            "y": y.ravel(),
        }
    )


def ours_two_way(rows: pd.DataFrame) -> Pair:
    fit = fit_clusters(
        rows["y"], rows[["on"]], rows["class"], absorb=[rows["student"], rows["week"]]
    )
    found = cluster_effect(fit, kind="CR1")
    return found.estimate, found.se


def theirs_two_way(rows: pd.DataFrame) -> Pair:
    import pyfixest  # noqa: PLC0415, RUF100

    fit = pyfixest.feols("y ~ on | student + week", rows, vcov={"CRV1": "class"})
    return float(fit.coef()["on"]), float(fit.se()["on"])


def ours_staggered(rows: pd.DataFrame) -> Pair:
    study = Study(rows, "y", "staggered", unit="student", time="week", first="first")
    effect = study.estimate().row("y").found.effect
    return effect.estimate, effect.se


def theirs_staggered(rows: pd.DataFrame) -> Pair:
    from csdid.att_gt import ATTgt  # noqa: PLC0415, RUF100

    made = ATTgt(yname="y", gname="first", idname="student", tname="week", data=rows)
    fit = made.fit(est_method="reg", bstrap=False).aggte("group", bstrap=False)
    return float(fit.atte["overall_att"]), float(np.ravel(fit.atte["overall_se"])[0])


PAIRS: dict[str, tuple[Callable[[pd.DataFrame], Pair], str, Callable[[pd.DataFrame], Pair]]] = {
    "two-way effects, CR1": (ours_two_way, "pyfixest", theirs_two_way),
    "staggered start by cohort": (ours_staggered, "csdid", theirs_staggered),
}


def timed(
    run: Callable[[pd.DataFrame], Pair], rows: pd.DataFrame, times: int
) -> tuple[float, Pair]:
    """Return the best of some runs in seconds, and what was found."""
    found, best = run(rows), np.inf
    for _ in range(times):
        start = time.perf_counter()
        found = run(rows)
        best = min(best, time.perf_counter() - start)
    return best, found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--students", type=int, default=50_000)
    parser.add_argument("--weeks", type=int, default=20)
    parser.add_argument("--times", type=int, default=2)
    asked = parser.parse_args()
    rows, small = weeks_of(asked.students, asked.weeks), weeks_of(400, asked.weeks)
    print(f"{len(rows):,} student-weeks, best of {asked.times}")
    for name, (ours, package, theirs) in PAIRS.items():
        ours(small)
        seconds, found = timed(ours, rows, asked.times)
        print(f"{name}: ours {seconds:.2f} s, {found[0]:.5f} ({found[1]:.5f})", flush=True)
        if importlib.util.find_spec(package) is None:
            print(f"  {package} is not installed")
            continue
        theirs(small)
        peer, other = timed(theirs, rows, asked.times)
        told = f"  {package} {peer:.2f} s, {other[0]:.5f} ({other[1]:.5f})"
        print(f"{told}, ratio {peer / seconds:.1f}", flush=True)


if __name__ == "__main__":
    main()
