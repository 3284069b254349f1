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
from visitkit.plan.district import SchoolPlan, plan_district
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


def with_dask(problems: dict[str, Problem], seconds: float) -> dict[str, SchoolPlan] | None:
    if importlib.util.find_spec("distributed") is None:
        return None
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        return plan_district(problems, seconds=seconds)


def tell(found: dict[str, SchoolPlan], wall: float) -> int:
    """Print what was measured; return how many rules the plans break."""
    plans = [made.plan for made in found.values()]
    cpu = [made.seconds for made in found.values()]
    gaps = [plan.gap for plan in plans]
    for name, made in found.items():
        print(f"{name}  {made.seconds:6.2f} s  cost {made.plan.cost:8.0f}  gap {made.plan.gap:.2%}")
    print(
        f"{len(plans)} schools, {sum(len(p.visits) for p in plans)} visits, "
        f"{sum(p.proved for p in plans)} proved best, mean gap "
        f"{statistics.mean(gaps):.2%}, largest {max(gaps):.2%}"
    )
    print(
        f"wall {wall:.1f} s, CPU a school: mean {statistics.mean(cpu):.1f} s, "
        f"median {statistics.median(cpu):.1f} s, most {max(cpu):.1f} s"
    )
    broken = sum(len(check_plan(plan)) for plan in plans)
    print(f"rules broken: {broken}")
    return broken


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--schools", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--dask", action="store_true")
    options = parser.parse_args()
    problems = {f"school {seed:02d}": make_school(seed) for seed in range(options.schools)}
    begun = time.monotonic()
    with joblib.parallel_config(n_jobs=options.processes):
        found = plan_district(problems, seconds=options.seconds)
    broken = tell(found, time.monotonic() - begun)
    if options.dask:
        few = dict(list(problems.items())[:4])
        again = with_dask(few, options.seconds)
        if again is None:
            print("Dask was not tried: the package distributed is not installed")
        else:
            same = [again[name].plan.visits == found[name].plan.visits for name in few]
            print(f"Dask gave the same plan for {sum(same)} of {len(few)} schools")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
