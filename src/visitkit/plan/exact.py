"""Integer programmes over the outings that can matter, and what they prove.

With a bound from the relaxation, an outing whose reduced cost is above ``best - bound`` is in no
better plan. So the integer programme is solved over few outings first (a narrow filter), then over
more, until the filter is as wide as the gap: then the plan is proved to be the best. In between,
parts of the plan are solved anew with the rest held fast (large neighbourhood search; Shaw, 1998,
https://doi.org/10.1007/3-540-49481-2_30). HiGHS does the solving, through SciPy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from visitkit.plan.case import Bools, Case, Floats, Ints
from visitkit.plan.cost import Choice, cost_of
from visitkit.plan.effort import Effort
from visitkit.plan.part import Part, below, choices_of, cut, solve_or_cancel, values_of
from visitkit.plan.pool import Pool
from visitkit.plan.programme import Programme
from visitkit.plan.relax import Relaxed

#: Filters in minutes of reduced cost, narrow ones first; the share of the time that is left which
#: each may use; and how many neighbourhoods follow.
STEPS = ((3.0, 0.5, 4), (8.0, 0.8, 6), (12.0, 0.8, 12), (18.0, 0.8, 12))

#: Outings that one neighbourhood sets free, how wide its filter is and its limit in seconds.
_FREED, _WIDE, _SECONDS = 8, 60.0, 2.0


@dataclass(eq=False)
class Best:
    """The best plan so far and the bound; ``offer`` and ``raise_bound`` only make them better."""

    case: Case
    pool: Pool
    effort: Effort
    grain: float
    cost: float = math.inf
    bound: float = -math.inf
    choices: list[Choice] = field(default_factory=list)

    def offer(self, choices: list[Choice], stage: str) -> bool:
        """Keep a plan if it is better; tell whether it was."""
        cost = cost_of(self.case, self.pool, choices)
        if cost >= self.cost - 1e-9:
            return False
        self.cost, self.choices = cost, list(choices)
        self.effort.tell(stage, self.cost, self.bound)
        return True

    def raise_bound(self, bound: float, stage: str) -> None:
        """Keep a bound if it is better; costs that are whole numbers round it up."""
        if self.grain and math.isfinite(bound):
            bound = self.grain * math.ceil(bound / self.grain - 1e-6)
        bound = min(bound, self.cost)
        if bound > self.bound:
            self.bound = bound
            self.effort.tell(stage, self.cost, self.bound)

    @property
    def aim(self) -> float:
        """What a better plan may cost at most."""
        return self.cost - (self.grain or 1e-6 * max(1.0, abs(self.cost)))

    @property
    def proved(self) -> bool:
        """Whether no plan is better."""
        return self.cost - self.bound <= 2e-6 * max(1.0, abs(self.cost))


def grain_of(whole: Programme) -> float:
    """Return 1 when every plan costs a whole number of minutes, else 0."""
    return float(np.array_equal(whole.cost, np.round(whole.cost)))


def filtered(case: Case, pool: Pool, reduced: Floats, width: float) -> Ints:
    """Return the outings within a filter; those of frozen teams always stay."""
    frozen = [t for t, team in enumerate(case.teams) if team.frozen]
    stays = reduced[: len(pool)] <= width + 1e-9
    return np.flatnonzero(stays | np.isin(pool.team, frozen) if frozen else stays)


def widen(best: Best, whole: Programme, relaxed: Relaxed, seed: int) -> None:
    """Improve a plan by ever wider filters, with neighbourhoods in between, until it is proved."""
    random = np.random.default_rng(seed)
    for width, share, rounds in STEPS:
        if best.proved or best.effort.left() <= 0:
            return
        _filter_once(best, whole, relaxed, min(width, _need(best, relaxed)), share)
        neighbourhoods(best, whole, relaxed, random, rounds)
    while not best.proved and best.effort.left() > 0.2:
        if not neighbourhoods(best, whole, relaxed, random, STEPS[-1][2]):
            _filter_once(best, whole, relaxed, _need(best, relaxed), 1.0)
            return


def _need(best: Best, relaxed: Relaxed) -> float:
    """Return how wide a filter must be so that no better plan slips through it."""
    return max(0.0, best.aim - relaxed.bound) + 1e-6


def _filter_once(
    best: Best, whole: Programme, relaxed: Relaxed, width: float, share: float
) -> None:
    keep = filtered(best.case, best.pool, relaxed.reduced, width)
    free = np.concatenate([keep, np.arange(whole.columns, len(whole.cost))])
    part = cut(whole, free, np.zeros(len(whole.cost)))
    part = below(part, best.aim)
    answer = solve_or_cancel(part, best.effort, best.effort.left() * share)
    if answer.values is not None:
        best.offer(choices_of(best.pool, whole, part, answer.values, []), "integer")
    if not answer.ended:
        best.effort.note("time_integer", width=round(width, 1))
    if not best.pool.complete.all():
        return  # an outing that was never looked at might slip through the filter
    # A plan with an outing outside the filter costs more than the bound and the width together.
    beyond = relaxed.bound + width
    if best.grain:
        beyond = best.grain * (math.floor(beyond / best.grain) + 1)
    best.raise_bound(min(answer.bound, beyond), "integer")


def neighbourhoods(
    best: Best, whole: Programme, relaxed: Relaxed, random: np.random.Generator, rounds: int
) -> bool:
    """Solve parts of the plan anew with the rest held fast; tell whether the plan got better."""
    better = False
    for _ in range(rounds):
        if best.effort.left() <= 0.1 or best.proved or not best.choices:
            break
        teams = [int(best.pool.team[outing]) for outing, _ in best.choices]
        going = {int(team) for team in random.permutation(teams)[:_FREED]}
        idle = set(range(len(best.case.teams))) - set(teams)
        part, held = freed(best, whole, relaxed.reduced, idle | going)
        part = below(part, best.aim)
        answer = solve_or_cancel(part, best.effort, min(_SECONDS, best.effort.left()))
        if answer.values is not None:
            plan = choices_of(best.pool, whole, part, answer.values, held)
            better |= best.offer(plan, "neighbourhood")
    return better


def freed(
    best: Best, whole: Programme, reduced: Floats, free: set[int], width: float = _WIDE
) -> tuple[Part, list[Choice]]:
    """Return the programme of some teams with all others held fast, and the outings held.

    Parameters
    ----------
    best, whole
        The plan and the programme.
    reduced
        Reduced costs; outings beyond ``width`` are left aside.
    free
        Teams that may go out or stay, with any companion.
    width
        The filter.
    """
    pool, loose = best.pool, np.zeros(len(best.case.teams), bool)
    loose[list(free)] = True
    held = [choice for choice in best.choices if not loose[pool.team[choice[0]]]]
    gone = np.zeros(whole.requests + 1, bool)
    for outing, _ in held:
        gone[pool.members[outing]] = True
    gone[-1] = False
    at = np.flatnonzero(loose[pool.team] & (reduced[: len(pool)] <= width))
    at = at[~gone[pool.members[at]].any(axis=1)]
    mine = [outing for outing, _ in best.choices if loose[pool.team[outing]]]
    return cut(
        whole,
        free_variables(whole, loose, np.union1d(at, mine).astype(np.int64), gone),
        values_of(pool, whole, held),
    ), held


def free_variables(whole: Programme, loose: Bools, outings: Ints, gone: Bools) -> Ints:
    """Return the positions of the variables that belong to loose teams or to everybody."""
    left = whole.columns + np.flatnonzero(~gone[:-1])
    crews = [whole.first_crew + k for k, (team, _) in enumerate(whole.crews) if loose[team]]
    counts = [at for (team, _), at in whole.counts.items() if loose[team]]
    known = [at for (team, _), (at, _) in whole.known.items() if loose[team]]
    rest = whole.first_crew + len(whole.crews) + len(whole.counts) + len(whole.known)
    own = np.array([*crews, *counts, *known], np.int64)
    return np.concatenate([outings, left, own, np.arange(rest, len(whole.cost))])
