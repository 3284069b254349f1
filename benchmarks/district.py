"""Plan a made-up district of many schools, a school a task, through joblib.

Run ``python benchmarks/district.py --schools 50 --processes 2``. Each school is planned on one
core; the schools go to the processes that ``joblib.parallel_config`` gives. With ``--dask`` the
first schools are planned once more on a Dask cluster on this machine, and the plans compared; this
needs the package ``distributed``.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from datetime import date, timedelta

import joblib
import numpy as np

from visitkit.plan.check import check_plan
from visitkit.plan.outcome import VisitPlan
from visitkit.plan.problem import (
    Problem,
    Request,
    Rules,
    Session,
    Travel,
    Visitor,
    Visitors,
    Window,
)
from visitkit.plan.solve import plan_visits

EVENINGS = 20
MONDAY = date(2026, 9, 7)


def make_school(seed: int, classes: int = 4, families: int = 20) -> Problem:
    """Return a made-up school: one head teacher a class, and partners whom classes share."""
    rng = np.random.default_rng(seed)
    days = [MONDAY + timedelta(days=k // 5 * 7 + k % 5) for k in range(EVENINGS)]
    sessions = tuple(
        Session(f"e{k:02d}", day, 990, 1170, 1230, k // 5) for k, day in enumerate(days)
    )
    homes = [f"home{k:04d}" for k in range(classes * families)]
    heads = [f"head{k:02d}" for k in range(classes)]
    spots = rng.normal(0, 2.5, (1 + len(homes) + classes, 2))
    apart = np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2))
    table = np.where(apart == 0, 0.0, np.ceil(1.35 * apart / 20 * 60 + 3))
    trip = Travel(("school", *homes, *heads), {"bicycle": table}, "school")
    people = [visitor(rng, name, name, 3) for name in heads]
    people += [visitor(rng, f"mate{k:02d}", "", 3) for k in range(classes + classes // 2)]
    wanted = [
        request(rng, k, homes[k], heads[k // families], len(people) - classes)
        for k in range(len(homes))
    ]
    return Problem(tuple(wanted), Visitors(tuple(people), sessions), trip, Rules())


def visitor(rng: np.random.Generator, name: str, home: str, cap: int) -> Visitor:
    free = tuple(f"e{k:02d}" for k in range(EVENINGS) if rng.random() < 0.85)
    return Visitor(name, free, home, (("weekday", cap),))


def request(rng: np.random.Generator, k: int, home: str, head: str, mates: int) -> Request:
    number = int(head[4:])
    partners = tuple(f"mate{(number + step) % mates:02d}" for step in range(3))
    windows = tuple(
        Window(f"e{e:02d}", start, start + 50)
        for e in range(EVENINGS)
        if rng.random() < 0.5
        for start in [int(rng.choice([990, 1040, 1080]))]
    )
    risk = float(rng.beta(2, 4))
    return Request(
        f"r{k:04d}",
        f"s{k:04d}",
        home,
        windows,
        (head,),
        partners,
        prize=round(60 + 400 * risk),
        mandatory=risk >= 0.55,
    )


def plan_school(seed: int, seconds: float) -> tuple[VisitPlan, float, int]:
    """Return the plan of one school, the CPU seconds it took and the rules it breaks."""
    problem = make_school(seed)
    begun = time.process_time()
    plan = plan_visits(
        problem.requests, problem.visitors, problem.trip, seconds=seconds, rules=problem.rules
    )
    return plan, time.process_time() - begun, len(check_plan(plan))


def district(schools: int, seconds: float) -> list[tuple[VisitPlan, float, int]]:
    tasks = (joblib.delayed(plan_school)(seed, seconds) for seed in range(schools))
    return list(joblib.Parallel()(tasks))


def with_dask(schools: int, seconds: float) -> list[tuple[VisitPlan, float, int]] | None:
    if importlib.util.find_spec("distributed") is None:
        return None
    from distributed import Client

    with Client(n_workers=2, threads_per_worker=1), joblib.parallel_config("dask"):
        return district(schools, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schools", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--dask", action="store_true")
    options = parser.parse_args()
    begun = time.monotonic()
    with joblib.parallel_config(n_jobs=options.processes):
        found = district(options.schools, options.seconds)
    wall = time.monotonic() - begun
    plans = [plan for plan, _, _ in found]
    cpu = [seconds for _, seconds, _ in found]
    print(
        f"{len(plans)} schools, {sum(len(p.visits) for p in plans)} visits, "
        f"{sum(p.proved for p in plans)} proved best, mean gap "
        f"{statistics.mean(p.gap for p in plans):.2%}, largest {max(p.gap for p in plans):.2%}"
    )
    print(
        f"wall {wall:.1f} s, CPU a school: mean {statistics.mean(cpu):.1f} s, most {max(cpu):.1f} s"
    )
    broken = sum(count for _, _, count in found)
    print(f"rules broken: {broken}")
    if options.dask:
        few = min(4, options.schools)
        again = with_dask(few, options.seconds)
        if again is None:
            print("Dask was not tried: the package distributed is not installed")
        else:
            same = [a.visits == b.visits for (a, _, _), b in zip(again, plans, strict=False)]
            print(f"Dask gave the same plan for {sum(same)} of {few} schools")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
