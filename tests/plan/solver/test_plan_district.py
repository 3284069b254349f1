"""A district: the same plans with one process, with several and with a Dask cluster."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import joblib
import pytest

from visitkit.plan import Problem, SchoolPlan, check_plan, plan_district, plan_visits

Builder = Callable[..., Problem]

#: The planner's hard rules; a lack of visits is soft.
SOFT = {"too_few_in_all"}


@pytest.fixture(scope="module")
def schools(small_school: Builder) -> dict[str, Problem]:
    """Three schools small enough to be solved to the end at once."""
    return {f"school {seed}": small_school(seed, families=6, sessions=3) for seed in (1, 4, 8)}


@pytest.fixture(scope="module")
def one_by_one(schools: dict[str, Problem]) -> dict[str, SchoolPlan]:
    """Their plans, made one after the other."""
    return plan_district(schools, seed=3)


def test_each_school_on_its_own(
    schools: dict[str, Problem], one_by_one: dict[str, SchoolPlan]
) -> None:
    """Each plan is that of the school alone, and keeps its rules."""
    assert list(one_by_one) == list(schools)
    for name, problem in schools.items():
        made, rules = one_by_one[name], problem.rules
        people, trip = problem.visitors, problem.trip
        assert made.plan == plan_visits(problem.requests, people, trip, seed=3, rules=rules)
        assert [found for found in check_plan(made.plan) if found.rule not in SOFT] == []
        assert made.plan.proved
        assert made.seconds > 0


def test_processes_give_the_same_plans(
    schools: dict[str, Problem], one_by_one: dict[str, SchoolPlan]
) -> None:
    """Two processes change nothing."""
    with joblib.parallel_config("loky", n_jobs=2):
        found = plan_district(schools, seed=3)
    assert [made.plan for made in found.values()] == [made.plan for made in one_by_one.values()]


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None,
    reason="distributed is not installed (visitkit[district])",
)
def test_dask_gives_the_same_plans(
    schools: dict[str, Problem], one_by_one: dict[str, SchoolPlan]
) -> None:
    """A Dask cluster on this machine changes nothing."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
    ):
        found = plan_district(schools, seed=3)
    assert [made.plan for made in found.values()] == [made.plan for made in one_by_one.values()]
