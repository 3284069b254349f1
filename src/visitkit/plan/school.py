"""A whole school: companions shared out first, then each class on its own, then groups of classes.

The classes meet only in the companions they share. The relaxation of the whole school gives the
bound and the prices; with these an integer programme in which only the crews must be whole shares
the companions out; then each class is solved exactly for its crews, in parallel; and while time
remains a few classes at a time are solved anew, companions included, with all others held fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs  # type: ignore[import-untyped]
from scipy.optimize import linprog

from visitkit.plan.case import Bools, Case, Floats, Ints
from visitkit.plan.exact import Best, filtered, free_variables, freed
from visitkit.plan.first import Choice, Search
from visitkit.plan.guide import guide
from visitkit.plan.master import Programme
from visitkit.plan.part import (
    Answer,
    Part,
    choices_of,
    cut,
    keeps_rules,
    solve,
    solve_or_cancel,
    values_of,
)
from visitkit.plan.relax import Relaxed, relax

#: How close, as a share of its value, the relaxation is solved for a first plan and for the bound.
_ROUGH, _CLOSE = 0.12, 2e-4

#: Filter for sharing companions out, and the relative gap at which that may stop.
_CREW_WIDTH, _CREW_GAP = 4.0, 5e-4

#: Filters of a class by its own reduced costs.
_CLASS_WIDTHS = (4.0, 10.0)

#: Classes that are solved anew together, the filter and the limit in seconds.
_TOGETHER, _WIDTH, _SECONDS = 3, 12.0, 6.0

#: Rounds without any gain after which improving stops.
_STALE = 12


def plan_by_class(best: Best, whole: Programme, search: Search, seed: int) -> None:
    """Improve the plan of a school in place until the time is over.

    Parameters
    ----------
    best
        The best plan so far, with the problem and the time.
    whole
        The master programme.
    search
        The local search that made the first plan.
    seed
        Of the choice of classes to improve.
    """
    effort = best.effort
    leads = sorted({team.lead for team in best.case.teams})
    relaxed = relax(best.case, best.pool, whole, effort.share(0.5), within=_ROUGH)
    best.raise_bound(relaxed.bound, "bound")
    guide(best, relaxed, search, leads, 1)
    relaxed = relax(best.case, best.pool, whole, effort.share(0.4), within=_CLOSE, start=relaxed)
    best.raise_bound(relaxed.bound, "bound")
    if relaxed.solution is None:
        return
    crews = _shared_out(best, whole, relaxed, effort.left() * 0.6)
    if crews is not None:
        best.offer(_each_class(best, whole, crews), "classes")
    _improve(best, whole, relaxed, seed)


def _shared_out(best: Best, whole: Programme, relaxed: Relaxed, seconds: float) -> Bools | None:
    """Return which crews go out, or None when no time was left to find out."""
    keep = filtered(best.case, best.pool, relaxed.reduced, _CREW_WIDTH)
    free = np.concatenate([keep, np.arange(whole.columns, len(whole.cost))])
    part = cut(whole, free, np.zeros(len(whole.cost)), loose=True)
    answer = solve_or_cancel(part, best.effort, seconds, _CREW_GAP)
    if not answer.ended:
        best.effort.note("time_crews")
    if answer.values is None:
        return None
    best.raise_bound(min(answer.bound, relaxed.bound + _CREW_WIDTH), "crews")
    at = np.arange(whole.first_crew, whole.first_crew + len(whole.crews))
    values = np.zeros(len(whole.cost))
    values[part.at] = answer.values
    return values[at] > 0.5


def groups_of(case: Case) -> list[list[int]]:
    """Return the leads that may visit the same families, directly or through others: a class."""
    parent = {team.lead: team.lead for team in case.teams}

    def root(lead: int) -> int:
        while parent[lead] != lead:
            lead = parent[lead]
        return lead

    first: dict[int, int] = {}
    for team in case.teams:
        for i in team.requests:
            one, other = root(first.setdefault(int(i), team.lead)), root(team.lead)
            parent[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = defaultdict(list)
    for lead in sorted(parent):
        groups[root(lead)].append(lead)
    return list(groups.values())


def _each_class(best: Best, whole: Programme, crews: Bools) -> list[Choice]:
    """Return the best outings of each class for the crews that go out."""
    case, effort = best.case, best.effort
    going = np.zeros(len(case.teams), bool)
    going[[team for (team, _), goes in zip(whole.crews, crews, strict=True) if goes]] = True
    groups = groups_of(case)
    # Limits on a visitor's visits bind classes together: then each must know what others used.
    if whole.counts or whole.known:
        plan: list[Choice] = []
        for leads in groups:
            part = _class_part(best, whole, (leads, going, crews), plan)
            plan = _with(best, whole, part, solve_class(part, _SECONDS), plan)
        return plan
    parts = [_class_part(best, whole, (leads, going, crews), []) for leads in groups]
    limit = max(0.5, effort.left() * 0.5 * effective_n_jobs(None) / max(1, len(parts)))
    tasks = (delayed(solve_class)(part, min(_SECONDS, limit)) for part in parts)
    answers = Parallel()(tasks)
    if not all(answer.ended for answer in answers):
        effort.note("time_class")
    plan = []
    for part, answer in zip(parts, answers, strict=True):
        plan = _with(best, whole, part, answer, plan)
    return plan


def _with(
    best: Best, whole: Programme, part: Part, answer: Answer, plan: list[Choice]
) -> list[Choice]:
    if answer.values is None:
        return plan
    return choices_of(best.pool, whole, part, answer.values, plan)


def _class_part(
    best: Best, whole: Programme, what: tuple[list[int], Bools, Bools], plan: list[Choice]
) -> Part:
    """Return the programme of one class with its crews given."""
    leads, going, crews = what
    own = np.array([team.lead in leads for team in best.case.teams], bool)
    gone = np.ones(whole.requests + 1, bool)
    for team, mine in zip(best.case.teams, own, strict=True):
        if mine:
            gone[team.requests] = False
    outings = np.flatnonzero((own & going)[best.pool.team])
    free = free_variables(whole, own & going, outings, gone)
    place = free - whole.first_crew
    idle = (place >= 0) & (place < len(crews))
    idle[idle] = ~crews[place[idle]]
    return cut(whole, free[~idle], values_of(best.pool, whole, plan))


def solve_class(part: Part, seconds: float) -> Answer:
    """Solve a part over the outings that its own relaxation leaves.

    Parameters
    ----------
    part
        The programme of a class.
    seconds
        Limit of each integer programme.
    """
    lean = _relaxed_part(part)
    if lean is None:
        return solve(part, seconds)
    value, reduced = lean
    best = Answer(None, np.inf, -np.inf, False)
    for width in _CLASS_WIDTHS:
        keep = np.flatnonzero(reduced <= width + 1e-9)
        answer = _widened(part, keep, solve(_narrow(part, keep), seconds))
        best = answer if answer.cost <= best.cost else best
        if best.cost <= value + part.offset + width:
            break
    return best


def _relaxed_part(part: Part) -> tuple[float, Floats] | None:
    """Return value and reduced costs of the relaxation of a part."""
    equal = np.isfinite(part.least)
    done = linprog(
        part.cost,
        A_ub=part.matrix[~equal],
        b_ub=part.most[~equal],
        A_eq=part.matrix[equal],
        b_eq=part.most[equal],
        bounds=np.column_stack([np.zeros(len(part.cost)), part.upper]),
        method="highs-ds",
    )
    if done.status != 0:
        return None
    prices = np.zeros(len(part.most))
    prices[equal], prices[~equal] = done.eqlin.marginals, done.ineqlin.marginals
    return float(done.fun), part.cost - part.matrix.T @ prices


def _narrow(part: Part, keep: Ints) -> Part:
    return Part(
        part.cost[keep],
        part.matrix[:, keep],
        part.least,
        part.most,
        part.upper[keep],
        part.whole[keep],
        part.at[keep],
        part.offset,
    )


def _widened(part: Part, keep: Ints, answer: Answer) -> Answer:
    """Return an answer of a narrower part as one of the part."""
    if answer.values is None:
        return answer
    values = np.zeros(len(part.cost))
    values[keep] = answer.values
    return Answer(values, answer.cost, answer.bound, answer.ended)


def _improve(best: Best, whole: Programme, relaxed: Relaxed, seed: int) -> None:
    """Solve groups of classes anew while time remains, as many at once as there are processes."""
    random = np.random.default_rng(seed)
    groups = groups_of(best.case)
    workers, stale = effective_n_jobs(None), 0
    while best.effort.left() > 1.0 and stale < _STALE and not best.proved:
        order = [groups[k] for k in random.permutation(len(groups))]
        chosen = [order[k : k + _TOGETHER] for k in range(0, len(order), _TOGETHER)][:workers]
        pairs = [freed(best, whole, relaxed.reduced, _teams(best.case, c), _WIDTH) for c in chosen]
        limit = min(_SECONDS, best.effort.left())
        answers = Parallel()(delayed(solve)(part, limit) for part, _ in pairs)
        if not all(answer.ended for answer in answers):
            best.effort.note("time_class")
        gained = False
        for (part, held), answer in zip(pairs, answers, strict=True):
            if answer.values is not None:
                gained |= _merge(
                    best, whole, choices_of(best.pool, whole, part, answer.values, []), held
                )
        stale = 0 if gained else stale + 1


def _merge(best: Best, whole: Programme, fresh: list[Choice], held: list[Choice]) -> bool:
    """Take over the new outings of some classes if they still go together with all others."""
    kept = {best.pool.team[outing] for outing, _ in held}
    stays = [choice for choice in best.choices if best.pool.team[choice[0]] in kept]
    plan = sorted([*stays, *fresh])
    return keeps_rules(whole, best.pool, plan) and best.offer(plan, "groups")


def _teams(case: Case, groups: Iterable[list[int]]) -> set[int]:
    leads = {lead for group in groups for lead in group}
    return {t for t, team in enumerate(case.teams) if team.lead in leads}
