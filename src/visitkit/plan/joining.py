"""Who comes along where a rule names more than two roles, once the outings are known.

The planner sends a lead and a companion. A round of persuasion may name three roles or five: the
request keeps to sessions in which each further role has somebody free, and here one of them is
asked who goes nowhere else in that time and has not gone as often as a teacher may: first who came
along already, then who goes least.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from visitkit.plan.outcome import Outing, Visit
from visitkit.plan.problem import Problem, Request, Session


def with_joins(problem: Problem, outings: Sequence[Outing]) -> tuple[Outing, ...]:
    """Return outings with those who come along to visits that need more than two.

    Who comes along already and still can, stays. Nobody is asked beyond the most outings a week or
    the most visits in all. Where nobody is left for a role the visit goes without;
    :func:`visitkit.plan.check.check_plan` names it.

    Parameters
    ----------
    problem
        Requests with the holders of each further role, visitors and sessions.
    outings
        In the order in which people are asked.
    """
    wanted = {one.id: one for one in problem.requests if one.joins}
    if not wanted:
        return tuple(outings)
    asked = _Asked(problem, list(outings))
    for place, outing in enumerate(outings):
        for number, visit in enumerate(outing.visits):
            if visit.request_id in wanted:
                asked.ask((place, number), wanted[visit.request_id])
    return tuple(asked.outings)


@dataclass(frozen=True)
class _Asked:
    problem: Problem
    outings: list[Outing]

    def ask(self, at: tuple[int, int], request: Request) -> None:
        """Ask one of each role to come along to a visit."""
        place, number = at
        visit = self.outings[place].visits[number]
        pair, chosen = {visit.lead, visit.partner}, list[str]()
        for holders in request.joins:
            if pair.isdisjoint(holders):
                able = [one for one in holders if self._free(one, visit) and one not in chosen]
                ranks = [(self._full(one, visit), one not in visit.joins) for one in able]
                order = [
                    (*rank, self._visits(one, visit.request_id), place, one)
                    for place, (rank, one) in enumerate(zip(ranks, able, strict=True))
                    if rank != (True, True)
                ]
                chosen += [min(order)[-1]] if order else []
        visits = list(self.outings[place].visits)
        visits[number] = replace(visit, joins=tuple(chosen))
        self.outings[place] = replace(self.outings[place], visits=tuple(visits))

    def _free(self, teacher: str, visit: Visit) -> bool:
        """Tell whether a teacher is free in the session and goes nowhere else meanwhile."""
        sessions = {one.id: one for one in self.problem.visitors.sessions}
        mine = sessions.get(visit.session)
        people = {one.teacher_id: one for one in self.problem.visitors.people}
        if mine is None or teacher not in people or mine.id not in people[teacher].sessions:
            return False
        return not any(
            _overlap(mine, sessions[outing.session])
            for outing in self.outings
            if outing.session in sessions and teacher in _people(outing, visit.request_id)
        )

    def _visits(self, teacher: str, beside: str) -> int:
        """Count the visits a teacher makes in any part, other than one."""
        return sum(
            visit.request_id != beside and teacher in visit.crew
            for outing in self.outings
            for visit in outing.visits
        )

    def _full(self, teacher: str, visit: Visit) -> bool:
        """Tell whether a teacher goes as often as may be without this visit."""
        person = next(one for one in self.problem.visitors.people if one.teacher_id == teacher)
        if person.most is not None and self._visits(teacher, visit.request_id) >= person.most:
            return True
        sessions = {one.id: one for one in self.problem.visitors.sessions}
        mine = sessions[visit.session]
        weekly = dict(person.weekly)
        out = sum(
            (sessions[outing.session].week, sessions[outing.session].kind) == (mine.week, mine.kind)
            for outing in self.outings
            if outing.session in sessions and teacher in _people(outing, visit.request_id)
        )
        return mine.kind in weekly and out >= weekly[mine.kind]


def _people(outing: Outing, beside: str) -> Iterable[str | None]:
    """Return who is out on an outing, other than to one visit."""
    joining = [one for visit in outing.visits if visit.request_id != beside for one in visit.joins]
    return (outing.lead, outing.partner, *joining)


def _overlap(one: Session, other: Session) -> bool:
    return one.date == other.date and one.start < other.home_by and other.start < one.home_by
