"""Make plans again and again with frozen visits, and count those that moved (there must be none).

Run ``python benchmarks/replans.py --times 1000``. Each time a made-up class is planned, some of its
visits are frozen, some requests disappear and some teachers fall ill; then it is planned again.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

import numpy as np

from district import make_school
from visitkit.plan.outcome import Visit, VisitPlan
from visitkit.plan.problem import Problem, Visitors
from visitkit.plan.solve import plan_visits


def planned(problem: Problem, frozen: list[Visit], seconds: float) -> VisitPlan:
    return plan_visits(
        problem.requests,
        problem.visitors,
        problem.trip,
        seconds=seconds,
        rules=problem.rules,
        frozen=frozen,
    )


def moved(seed: int, seconds: float) -> int:
    """Return how many frozen visits of one re-plan are not where they were."""
    rng = np.random.default_rng(seed)
    problem = make_school(seed, classes=2, families=6)
    plan = planned(problem, [], seconds)
    frozen = [visit for visit in plan.visits if rng.random() < 0.4]
    held = {visit.request_id for visit in frozen}
    wanted = [r for r in problem.requests if r.id in held or rng.random() < 0.8]
    people = [
        replace(person, sessions=tuple(s for s in person.sessions if rng.random() < 0.8))
        for person in problem.visitors.people
    ]
    changed = replace(
        problem,
        requests=tuple(wanted),
        visitors=Visitors(tuple(people), problem.visitors.sessions),
    )
    now = {visit.request_id: visit for visit in planned(changed, frozen, seconds).visits}
    fixed = {"order": 0, "travel": 0.0}
    return sum(
        visit.request_id not in now
        or replace(now[visit.request_id], **fixed) != replace(visit, **fixed)
        for visit in frozen
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    begun = time.process_time()
    count = sum(moved(seed, options.seconds) for seed in range(options.times))
    cpu = time.process_time() - begun
    print(f"{options.times} re-plans, {count} frozen visits moved, CPU {cpu:.0f} s")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
