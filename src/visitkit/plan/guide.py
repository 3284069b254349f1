"""Local search led by the relaxation."""

from __future__ import annotations

from visitkit.plan.exact import Best
from visitkit.plan.first import Search
from visitkit.plan.relax import Relaxed

#: Worth of an outing without reduced cost; dearer outings do not pay.
_WORTH = 50.0

#: Least part of an outing in the relaxation to begin with it.
_USED = 0.05

_ROUNDS = 50


def guide(best: Best, relaxed: Relaxed, search: Search, leads: list[int], rounds: int) -> None:
    """Build a plan from the outings the relaxation uses, then search on.

    Parameters
    ----------
    best
        Takes over what is better.
    relaxed
        Its solution says which outings to begin with; its reduced costs how much dearer than the
        bound a plan with an outing must be.
    search, leads
        The search and the leads whose outings are chosen anew.
    rounds
        How often every lead is searched.
    """
    if relaxed.solution is None:
        return
    columns = len(best.pool)
    guided = _WORTH - relaxed.reduced[:columns]
    search.clear()
    search.follow(relaxed.solution[:columns], _USED)
    for pull in (guided, search.index.value):
        search.pull = pull
        search.fill(leads)
    for _ in range(rounds):
        for pull in (guided, search.index.value):
            search.pull = pull
            for lead in leads:
                search.improve(lead, _ROUNDS, best.effort)
            best.offer(search.choices(), "guided")
