"""Plan visits: an answer at once, then a better one, with a bound, within the time given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from visitkit.plan.case import Case, prepare
from visitkit.plan.effort import Effort, Progress
from visitkit.plan.exact import Best, grain_of, widen
from visitkit.plan.first import Search
from visitkit.plan.guide import guide
from visitkit.plan.master import programme
from visitkit.plan.outcome import Visit, VisitPlan
from visitkit.plan.pool import gather
from visitkit.plan.problem import Problem, Request, Rules, Travel, Visitors
from visitkit.plan.programme import Programme
from visitkit.plan.reading import plan_from
from visitkit.plan.relax import relax
from visitkit.plan.routes import Batch, team_routes
from visitkit.plan.school import plan_by_class

#: Beyond so many outings the plan is made class by class once the companions are shared out.
LARGE = 80_000

#: Most outings of the whole pool; the teams share them.
_MOST = 12_000_000

#: Least outings a team, and how many when time is short.
_FEW = 400

_ROUNDS = 100


def plan_visits(  # noqa: PLR0913 - three things to plan from, the rest by keyword
    requests: Iterable[Request],
    visitors: Visitors,
    trip: Travel,
    *,
    seconds: float = 10,
    seed: int = 0,
    rules: Rules | None = None,
    frozen: Iterable[Visit] = (),
    progress: Callable[[Progress], None] | None = None,
    cancel: threading.Event | None = None,
) -> VisitPlan:
    """Plan who is visited, by whom, when and in what order.

    A first plan is ready almost at once. It is improved until it is proved to be the best or the
    time is over; ``plan.log`` says where a limit was met. A request that nobody can serve is
    listed among ``plan.unassigned`` with its reason and the rest is planned. Schools use the
    processes of the caller's ``joblib.parallel_config``.

    Parameters
    ----------
    requests, visitors, trip
        What is wanted, who may go and when, and the travel times.
    seconds
        Wall-clock time allowed.
    seed
        Of the random choices. The same seed gives the same plan unless ``plan.log`` tells of a
        time limit: then the speed of the machine matters.
    rules
        What the school asks of the plan.
    frozen
        Visits of an earlier plan that stay: their time, session and visitors. Others may be added
        to the same outing.
    progress
        Called with a :class:`Progress` when cost or bound get better.
    cancel
        When set, the best plan so far is returned.

    Returns
    -------
    VisitPlan
        With ``cost``, ``bound``, ``gap`` and ``proved``.

    Raises
    ------
    PlanError
        When a name occurs twice or the rules contradict themselves.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np
    >>> from visitkit.plan.problem import Session, Visitor, Window
    >>> evening = Session("mon", date(2026, 9, 7), 990, 1170, 1230)
    >>> who = Visitors((Visitor("T1", ("mon",)), Visitor("T2", ("mon",))), (evening,))
    >>> trip = Travel(("school", "a"), {"walk": np.array([[0, 12.0], [12.0, 0]])}, "school")
    >>> wish = Request("R1", "S1", "a", (Window("mon", 990, 1130),), ("T1",), ("T2",))
    >>> plan = plan_visits([wish], who, trip)
    >>> plan.cost, plan.proved, plan.visits[0].start, plan.visits[0].crew
    (24.0, True, 1002.0, ('T1', 'T2'))
    """
    problem = Problem(tuple(requests), visitors, trip, rules or Rules())
    effort = Effort(seconds, progress, cancel)
    kept = tuple(frozen)
    case = prepare(problem, kept)
    pool = gather(case, _routes(case, effort))
    whole = programme(case, pool)
    best = Best(case, pool, effort, grain_of(whole))
    search = Search(case, pool, seed)
    leads = sorted({team.lead for team in case.teams})
    search.fill(leads)
    best.offer(search.choices(), "first")
    if len(pool) <= LARGE:
        for lead in leads:
            search.improve(lead, _ROUNDS, effort)
        best.offer(search.choices(), "first")
    if not len(pool):
        best.raise_bound(best.cost, "first")
    elif len(pool) <= LARGE:
        _exact(best, whole, search, leads, seed)
    else:
        plan_by_class(best, whole, search, seed)
    if not best.proved and effort.left() <= 0:
        effort.note("time_over")
    return plan_from(problem, case, pool, best, seed, kept)


def _exact(best: Best, whole: Programme, search: Search, leads: list[int], seed: int) -> None:
    """Improve the plan of a class, guided by the relaxation, until it is proved."""
    relaxed = relax(best.case, best.pool, whole, best.effort)
    best.raise_bound(relaxed.bound, "bound")
    guide(best, relaxed, search, leads, 3)
    widen(best, whole, relaxed, seed)


def _routes(case: Case, effort: Effort) -> list[Batch]:
    """Return the outings of all teams; when half the time is gone the rest get short lists."""
    each = min(case.rules.columns, max(_FEW, _MOST // max(1, len(case.teams))))
    longest = case.rules.longest
    found = []
    for team in case.teams:
        late = effort.left() < effort.seconds / 2
        batch = team_routes(
            team, case.prize[team.requests], longest, min(_FEW, each) if late else each
        )
        if late and not batch.complete:
            effort.note("time_routes")
        found.append(batch)
    cut = sum(not batch.complete for batch in found)
    if cut:
        effort.note("routes_cut", teams=cut, of=len(found), each=each)
    return found
