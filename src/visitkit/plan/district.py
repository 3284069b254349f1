"""A district: many schools, each planned on its own, several at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from joblib import Parallel, delayed  # type: ignore[import-untyped]

from visitkit.plan.outcome import VisitPlan
from visitkit.plan.problem import Problem
from visitkit.plan.solve import plan_visits


@dataclass(frozen=True)
class SchoolPlan:
    """The plan of one school of a district, and the seconds of CPU it took."""

    plan: VisitPlan
    seconds: float


def plan_district(
    problems: Mapping[str, Problem], *, seconds: float = 60, seed: int = 0
) -> dict[str, SchoolPlan]:
    """Plan many schools, as many at once as the caller's ``joblib.parallel_config`` gives.

    Parameters
    ----------
    problems
        What each school's plan is made from, by a name of the school.
    seconds
        Wall-clock time for each school.
    seed
        Of the random choices, the same for all schools.

    Returns
    -------
    dict of SchoolPlan
        In the order of the schools. The same seed gives the same plans with any number of
        processes and any backend, a Dask cluster included, unless a plan's log tells of a limit.

    Examples
    --------
    >>> import joblib
    >>> import numpy as np
    >>> from visitkit.plan.problem import Travel, Visitors
    >>> here = Travel(("school",), {"walk": np.zeros((1, 1))}, "school")
    >>> idle = Problem((), Visitors((), ()), here)
    >>> with joblib.parallel_config("threading", n_jobs=2):
    ...     found = plan_district({"north": idle, "south": idle})
    >>> [(name, made.plan.cost) for name, made in found.items()]
    [('north', 0.0), ('south', 0.0)]
    """
    tasks = (delayed(_planned)(problem, seconds, seed) for problem in problems.values())
    return dict(zip(problems, Parallel()(tasks), strict=True))


def _planned(problem: Problem, seconds: float, seed: int) -> SchoolPlan:
    begun = time.thread_time()
    plan = plan_visits(
        problem.requests,
        problem.visitors,
        problem.trip,
        seconds=seconds,
        seed=seed,
        rules=problem.rules,
    )
    return SchoolPlan(plan, time.thread_time() - begun)
