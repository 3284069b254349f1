"""A whole school: a bound and prices for all classes, then a few classes at a time.

The classes meet only in the companions they share. The relaxation of the whole school gives the
bound and the prices; a first plan follows the outings it uses. Then a few classes at a time are
solved anew as integer programmes, their companions included, with all others held fast. Several
such groups are solved at once, in parallel; a result is taken over if it still goes together with
the rest. How many are solved at once does not depend on the number of processes, so neither does
the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from joblib import Parallel, delayed  # type: ignore[import-untyped]

from visitkit.plan.case import Case
from visitkit.plan.exact import Best, freed
from visitkit.plan.first import Choice, Search
from visitkit.plan.guide import guide
from visitkit.plan.master import Programme
from visitkit.plan.part import below, choices_of, keeps_rules, solve
from visitkit.plan.relax import Relaxed, relax

#: How close, as a share of its value, the relaxation is solved for a first plan and for the bound.
_ROUGH, _CLOSE = 0.12, 2e-4

#: Classes that are solved anew together, groups that are solved at once, seconds for each.
_TOGETHER, _AT_ONCE, _SECONDS = 3, 4, 8.0

#: Filters of the groups; the next is taken when a pass over all classes with the last gave nothing.
_WIDTHS = (3.0, 5.0, 8.0)


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
    relaxed = relax(best.case, best.pool, whole, effort.share(0.5), within=_CLOSE, start=relaxed)
    best.raise_bound(relaxed.bound, "bound")
    if relaxed.solution is not None:
        _improve(best, whole, relaxed, seed)


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
    """Solve groups of classes anew while time remains."""
    random = np.random.default_rng(seed)
    classes = groups_of(best.case)
    for width in _WIDTHS:
        gained = True
        while gained and not best.proved:
            order = [classes[k] for k in random.permutation(len(classes))]
            groups = [order[k : k + _TOGETHER] for k in range(0, len(order), _TOGETHER)]
            gained = False
            for k in range(0, len(groups), _AT_ONCE):
                if best.effort.left() <= 1.0:
                    return
                gained |= _round(best, whole, relaxed, groups[k : k + _AT_ONCE], width)


def _round(
    best: Best, whole: Programme, relaxed: Relaxed, groups: list[list[list[int]]], width: float
) -> bool:
    """Solve some groups of classes at once; tell whether the plan got better."""
    pairs = [freed(best, whole, relaxed.reduced, _teams(best.case, g), width) for g in groups]
    limit = min(_SECONDS, best.effort.left())
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
    """Take over the new outings of some classes if they still go together with all others."""
    kept = {best.pool.team[outing] for outing, _ in held}
    stays = [choice for choice in best.choices if best.pool.team[choice[0]] in kept]
    plan = sorted([*stays, *fresh])
    return keeps_rules(whole, best.pool, plan) and best.offer(plan, "groups")


def _teams(case: Case, groups: Iterable[list[int]]) -> set[int]:
    leads = {lead for group in groups for lead in group}
    return {t for t, team in enumerate(case.teams) if team.lead in leads}
