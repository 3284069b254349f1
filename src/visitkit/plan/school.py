"""A whole school: a bound and prices for all classes, then a few classes at a time.

The classes meet only in the companions they share. The relaxation of the whole school gives the
bound and the prices; a first plan follows the outings it uses. Then a few classes at a time are
solved anew as integer programmes, their companions included, with all others held fast; when
that gives nothing more, a few days at a time, all classes together: what is left to gain is mostly
companions who are wanted twice on one day. Several such groups are solved at once, in parallel; a
result is taken over if it still goes together with the rest. How many are solved at once does not
depend on the number of processes, so neither does the plan.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs  # type: ignore[import-untyped]

from visitkit.plan.case import Case
from visitkit.plan.cost import Choice
from visitkit.plan.exact import Best, filtered, freed, widen
from visitkit.plan.first import Search
from visitkit.plan.guide import guide
from visitkit.plan.part import below, choices_of, keeps_rules, solve
from visitkit.plan.programme import Programme
from visitkit.plan.relax import Relaxed, relax

#: Share of the time that is left in which the rough relaxation must be there.
_PATIENCE = 0.75

#: How close, as a share of its value, the relaxation is solved for a first plan and for the bound.
_ROUGH, _CLOSE = 0.12, 2e-4

#: Classes and days that are solved anew together, groups that are solved at once, seconds for each.
_CLASSES, _DAYS, _AT_ONCE, _SECONDS = 3, 3, 4, 8.0

#: Filters of the groups; the next is taken when a pass over all of them with the last gave nothing.
_WIDTHS = (3.0, 5.0, 8.0, 20.0, 50.0)

#: Outings that one programme over the whole school may have.
_FEW = 20_000


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
    relaxed = relax(best.case, best.pool, whole, effort.share(_PATIENCE), within=_ROUGH)
    best.raise_bound(relaxed.bound, "bound")
    guide(best, relaxed, search, leads, 1)
    relaxed = relax(best.case, best.pool, whole, effort.share(0.5), within=_CLOSE, start=relaxed)
    best.raise_bound(relaxed.bound, "bound")
    if relaxed.solution is not None:
        _improve(best, whole, relaxed, seed)
        _settle(best, whole, relaxed, seed)


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


def _improve(best: Best, whole: Programme, relaxed: Relaxed, seed: int) -> None:
    """Solve groups of classes and of days anew while time remains."""
    random = np.random.default_rng(seed)
    classes = [_teams_of(best.case, leads) for leads in groups_of(best.case)]
    days = _teams_by_day(best.case)
    for width in _WIDTHS:
        gained = True
        while gained and _going(best):
            gained = False
            for sets, together in ((classes, _CLASSES), (days, _DAYS)):
                while _going(best):
                    order = [sets[k] for k in random.permutation(len(sets))]
                    groups = [
                        set[int]().union(*order[k : k + together])
                        for k in range(0, len(order), together)
                    ]
                    if not _pass(best, whole, relaxed, groups, width):
                        break
                    gained = True


def _settle(best: Best, whole: Programme, relaxed: Relaxed, seed: int) -> None:
    """Solve the whole school at once where few outings can still be in a better plan.

    With more of them the solver would outstay its time limit before it looks at the clock.
    """
    gap = max(0.0, best.aim - relaxed.bound)
    few = len(filtered(best.case, best.pool, relaxed.reduced, gap)) <= _FEW
    if few and relaxed.solved and best.effort.left() > _SECONDS:
        widen(best, whole, relaxed, seed)


def _going(best: Best) -> bool:
    return not best.proved and best.effort.left() > 1.0


def _pass(
    best: Best, whole: Programme, relaxed: Relaxed, groups: list[set[int]], width: float
) -> bool:
    """Solve all groups of teams anew, some at once; tell whether the plan got better."""
    gained = False
    for k in range(0, len(groups), _AT_ONCE):
        if _going(best):
            gained |= _round(best, whole, relaxed, groups[k : k + _AT_ONCE], width)
    return gained


def _round(
    best: Best, whole: Programme, relaxed: Relaxed, groups: list[set[int]], width: float
) -> bool:
    """Solve some groups of teams at once; tell whether the plan got better."""
    pairs = [freed(best, whole, relaxed.reduced, group, width) for group in groups]
    # Where fewer are solved at once they follow each other within the time that is left.
    share = min(effective_n_jobs(None), len(groups)) / len(groups)
    limit = min(_SECONDS, best.effort.left() * share)
    tasks = (delayed(solve)(below(part, best.aim), limit) for part, _ in pairs)
    answers = Parallel()(tasks)
    if not all(answer.ended for answer in answers):
        best.effort.note("time_class")
    gained = False
    for (part, held), answer in zip(pairs, answers, strict=True):
        if answer.values is not None:
            fresh = choices_of(best.pool, whole, part, answer.values, [])
            gained |= _merge(best, whole, fresh, held)
    return gained


def _merge(best: Best, whole: Programme, fresh: list[Choice], held: list[Choice]) -> bool:
    """Take over the new outings of a group if they still go together with all others."""
    kept = {best.pool.team[outing] for outing, _ in held}
    stays = [choice for choice in best.choices if best.pool.team[choice[0]] in kept]
    plan = sorted([*stays, *fresh])
    return keeps_rules(whole, best.pool, plan) and best.offer(plan, "groups")


def _teams_of(case: Case, leads: list[int]) -> set[int]:
    return {t for t, team in enumerate(case.teams) if team.lead in leads}


def _teams_by_day(case: Case) -> list[set[int]]:
    days: dict[dt.date, set[int]] = defaultdict(set)
    for t, team in enumerate(case.teams):
        days[case.sessions[team.session].date].add(t)
    return [days[day] for day in sorted(days)]
