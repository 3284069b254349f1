"""What a plan costs while it is being made."""

from __future__ import annotations

from collections import defaultdict

from visitkit.plan.case import ALONE, Case
from visitkit.plan.pool import Pool

#: An outing of the pool and its companion.
Choice = tuple[int, int]


def cost_of(case: Case, pool: Pool, choices: list[Choice]) -> float:
    """Return what a plan costs: travel, requests left out and the soft rules."""
    rules, travel = case.rules, 0.0
    left = case.prize.copy()
    visits: dict[int, int] = defaultdict(int)
    for outing, mate in choices:
        members = pool.members[outing][pool.members[outing] >= 0]
        left[members] = 0.0
        travel += float(pool.travel[outing])
        crew = [case.teams[pool.team[outing]].lead] + ([mate] if mate != ALONE else [])
        for person in crew:
            visits[person] += len(members)
        if rules.continuity_bonus:
            names = {case.people[person].teacher_id for person in crew}
            known = sum(bool(names & set(case.requests[i].earlier)) for i in members)
            travel -= rules.continuity_bonus * known
    lacking = sum(max(0, p.least - visits[i]) for i, p in enumerate(case.people))
    uneven = rules.balance_weight * max(visits.values(), default=0)
    return travel + float(left.sum()) + rules.shortfall_penalty * lacking + uneven
