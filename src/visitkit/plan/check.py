"""Check a plan against every rule, apart from the planner: none of its code is used here.

Only the words of the problem and of the outcome are shared. A plan made by hand, changed in a
widget or read from a file can be checked in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from visitkit.errors import PlanError
from visitkit.plan.outcome import Outing, Visit, VisitPlan
from visitkit.plan.problem import Request, Rules, Session, Travel, Visitor, Visitors

#: Minutes by which a sum of travel times may differ from the same sum taken in another order.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks: a key of ``plan.violation``, its facts and what it concerns."""

    rule: str
    request_id: str = ""
    teacher: str = ""
    session: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def check_plan(
    plan: VisitPlan,
    requests: Iterable[Request] | None = None,
    visitors: Visitors | None = None,
    trip: Travel | None = None,
    rules: Rules | None = None,
) -> tuple[Violation, ...]:
    """Return every rule that a plan breaks; none for a plan that can be carried out.

    Parameters
    ----------
    plan
        The plan.
    requests, visitors, trip, rules
        What it has to keep to; left out, what the plan was made from.

    Raises
    ------
    PlanError
        When the plan does not know what it was made from and it is not given.

    Examples
    --------
    >>> from visitkit.plan.problem import Problem, Travel, Visitors
    >>> import numpy as np
    >>> nowhere = Travel(("school",), {"walk": np.zeros((1, 1))}, "school")
    >>> check_plan(VisitPlan((), (), 0.0, 0.0, True, 0), [], Visitors((), ()), nowhere, Rules())
    ()
    """
    made = plan.problem
    if made is None and (requests is None or visitors is None or trip is None):
        raise PlanError("plan.unknown_problem")
    wanted = tuple(requests) if requests is not None else made.requests if made else ()
    people = visitors if visitors is not None else made.visitors if made else Visitors((), ())
    roads = trip if trip is not None else made.trip if made else None
    law = rules if rules is not None else made.rules if made else Rules()
    if roads is None:
        raise PlanError("plan.unknown_problem")
    check = _Check(
        {request.id: request for request in wanted},
        {person.teacher_id: person for person in people.people},
        {session.id: session for session in people.sessions},
        roads,
        law,
        {place: at for at, place in enumerate(roads.places)},
    )
    return tuple(check.run(plan))


@dataclass(frozen=True)
class _Check:
    requests: Mapping[str, Request]
    people: Mapping[str, Visitor]
    sessions: Mapping[str, Session]
    trip: Travel
    rules: Rules
    spots: Mapping[str, int]

    def run(self, plan: VisitPlan) -> list[Violation]:
        found: list[Violation] = []
        for outing in plan.outings:
            found += self._outing(outing)
        found += self._accounted(plan)
        found += self._people(plan)
        found += self._spacing(plan)
        return found

    def _outing(self, outing: Outing) -> list[Violation]:
        session, lead = self.sessions.get(outing.session), self.people.get(outing.lead)
        if session is None or lead is None or not outing.visits:
            return [Violation("unknown", "", outing.lead, outing.session)]
        found = self._crew(outing)
        if len(outing.visits) > self.rules.longest:
            found.append(Violation("too_many_visits", "", outing.lead, outing.session))
        clock, at = float(session.start), self.trip.base
        for place, visit in enumerate(outing.visits, 1):
            request = self.requests.get(visit.request_id)
            if request is None:
                found.append(Violation("not_wanted", visit.request_id, outing.lead, outing.session))
                continue
            goal = self._place(request)
            found += self._visit(visit, request, session)
            way = self._minutes(lead, at, goal)
            if way is None:
                found.append(self._about(visit, "unreachable"))
                way = visit.travel
            if visit.start + _ROUNDING < clock + way:
                facts = {"start": visit.start, "arrive": clock + way}
                found.append(self._about(visit, "not_there_yet", facts))
            if abs(visit.travel - way) > _ROUNDING or visit.order != place:
                found.append(self._about(visit, "wrong_figures"))
            same = (visit.session, visit.lead, visit.partner)
            if same != (outing.session, outing.lead, outing.partner):
                found.append(self._about(visit, "wrong_figures"))
            clock, at = visit.end, goal
        home = self._minutes(lead, at, lead.home or self.trip.base)
        if home is None:
            found.append(Violation("no_way_home", "", outing.lead, outing.session))
        elif clock + home > session.home_by + _ROUNDING:
            facts = {"home": clock + home, "home_by": session.home_by}
            found.append(Violation("home_late", "", outing.lead, outing.session, facts))
        return found

    def _about(
        self, visit: Visit, rule: str, facts: Mapping[str, object] | None = None
    ) -> Violation:
        return Violation(rule, visit.request_id, visit.lead, visit.session, facts or {})

    def _place(self, request: Request) -> str:
        return request.place if "home" in request.forms and request.place else self.trip.base

    def _minutes(self, lead: Visitor, start: str, goal: str) -> float | None:
        mode = lead.mode if lead.mode in self.trip.minutes else next(iter(self.trip.minutes))
        if start not in self.spots or goal not in self.spots:
            return None
        found = float(self.trip.minutes[mode][self.spots[start], self.spots[goal]])
        return found if 0 <= found < float("inf") else None

    def _crew(self, outing: Outing) -> list[Violation]:
        found = []
        for name in (outing.lead, outing.partner):
            if name is None:
                continue
            person = self.people.get(name)
            if person is None or outing.session not in person.sessions:
                found.append(Violation("not_free", "", name, outing.session))
        if outing.partner is None and self.rules.never_alone:
            found.append(Violation("alone", "", outing.lead, outing.session))
        if outing.partner == outing.lead:
            found.append(Violation("wrong_figures", "", outing.lead, outing.session))
        return found

    def _visit(self, visit: Visit, request: Request, session: Session) -> list[Violation]:
        found = []
        if visit.lead not in request.leads:
            found.append(self._about(visit, "not_lead"))
        if visit.partner is None and not request.alone:
            found.append(self._about(visit, "alone"))
        if visit.partner is not None and visit.partner not in request.partners:
            found.append(self._about(visit, "not_partner"))
        lacking = sum(set(visit.crew).isdisjoint(holders) for holders in request.joins)
        if lacking:
            found.append(self._about(visit, "too_few", {"lacking": lacking}))
        for name in visit.joins:
            person = self.people.get(name)
            if person is None or visit.session not in person.sessions:
                found.append(Violation("not_free", visit.request_id, name, visit.session))
        if not any(
            window.session == visit.session and window.start <= visit.start <= window.end
            for window in request.windows
        ):
            found.append(self._about(visit, "not_at_home", {"start": visit.start}))
        if abs(visit.end - visit.start - request.service) > _ROUNDING:
            found.append(self._about(visit, "wrong_figures"))
        end = session.end
        if self.rules.daylight and session.daylight_end is not None:
            end = min(end, session.daylight_end)
        if visit.start < session.start or visit.end > end + _ROUNDING:
            found.append(self._about(visit, "outside_session", {"end": end}))
        if request.due is not None and session.date > request.due:
            found.append(self._about(visit, "after_due", {"due": request.due}))
        if request.not_before is not None and session.date < request.not_before:
            found.append(self._about(visit, "before_first", {"first": request.not_before}))
        if visit.student_id != request.student_id or visit.date != session.date:
            found.append(self._about(visit, "wrong_figures"))
        if visit.form not in request.forms:
            found.append(self._about(visit, "form"))
        if visit.form == "home" and not request.place:
            found.append(self._about(visit, "no_address"))
        return found

    def _accounted(self, plan: VisitPlan) -> list[Violation]:
        """Every request is in the plan once: visited or left out."""
        seen: dict[str, int] = defaultdict(int)
        for visit in plan.visits:
            seen[visit.request_id] += 1
        for item in plan.unassigned:
            seen[item.request_id] += 1
        twice = [Violation("twice", name) for name, times in seen.items() if times > 1]
        lost = [Violation("lost", name) for name in self.requests if not seen[name]]
        return twice + lost

    def _people(self, plan: VisitPlan) -> list[Violation]:
        found = []
        for name, person in self.people.items():
            mine = [outing for outing in plan.outings if name in (outing.lead, outing.partner)]
            mine = [outing for outing in mine if outing.session in self.sessions]
            out = [
                outing
                for outing in plan.outings
                if outing.session in self.sessions
                and (outing in mine or any(name in visit.joins for visit in outing.visits))
            ]
            found += self._bookings(name, out)
            for kind, cap in person.weekly:
                weeks: dict[int, int] = defaultdict(int)
                for outing in out:
                    session = self.sessions[outing.session]
                    weeks[session.week] += session.kind == kind
                for week, times in weeks.items():
                    if times > cap:
                        facts = {"week": week + 1, "found": times, "most": cap}
                        found.append(Violation("too_many_a_week", "", name, "", facts))
            joined = sum(name in visit.joins for outing in out for visit in outing.visits)
            visits = joined + sum(len(outing.visits) for outing in mine)
            if person.most is not None and visits > person.most:
                facts = {"found": visits, "most": person.most}
                found.append(Violation("too_many_in_all", "", name, "", facts))
            if visits < person.least:
                facts = {"found": visits, "least": person.least}
                found.append(Violation("too_few_in_all", "", name, "", facts))
        return found

    def _bookings(self, name: str, mine: list[Outing]) -> list[Violation]:
        spans = sorted(
            (self.sessions[o.session].date, self.sessions[o.session].start, o.session) for o in mine
        )
        found = []
        for (day, _, before), (same, start, after) in pairwise(spans):
            if day == same and start < self.sessions[before].home_by:
                found.append(Violation("booked_twice", "", name, after))
        return found

    def _spacing(self, plan: VisitPlan) -> list[Violation]:
        days: dict[str, list[Visit]] = defaultdict(list)
        for visit in plan.visits:
            days[visit.student_id].append(visit)
        found = []
        for visits in days.values():
            visits.sort(key=lambda visit: (visit.date, visit.start))
            for before, after in pairwise(visits):
                apart = (after.date - before.date).days
                if apart < max(1, self.rules.spacing_days):
                    facts = {"found": apart, "least": self.rules.spacing_days}
                    found.append(self._about(after, "too_close", facts))
        return found


def count_cost(
    plan: VisitPlan,
    requests: Iterable[Request],
    visitors: Visitors,
    trip: Travel,
    rules: Rules,
) -> float:
    """Return what a plan costs, counted from its visits alone.

    Parameters
    ----------
    plan, requests, visitors, trip, rules
        As for :func:`check_plan`.
    """
    people = {person.teacher_id: person for person in visitors.people}
    wanted = {request.id: request for request in requests}
    spots = {place: at for at, place in enumerate(trip.places)}
    check = _Check(wanted, people, {}, trip, rules, spots)
    cost, loads = 0.0, dict.fromkeys(people, 0)
    for outing in plan.outings:
        at = trip.base
        for visit in outing.visits:
            goal = check._place(wanted[visit.request_id])
            cost += check._minutes(people[outing.lead], at, goal) or 0.0
            at = goal
            earlier = wanted[visit.request_id].earlier
            cost -= rules.continuity_bonus * bool(set(visit.crew) & set(earlier))
        lead = people[outing.lead]
        cost += check._minutes(lead, at, lead.home or trip.base) or 0.0
        for name in {outing.lead, outing.partner} - {None}:
            loads[str(name)] += len(outing.visits)
    for name in wanted.keys() - {visit.request_id for visit in plan.visits}:
        cost += wanted[name].prize + rules.mandatory_penalty * wanted[name].mandatory
    lacking = sum(max(0, person.least - loads[name]) for name, person in people.items())
    uneven = rules.balance_weight * max(loads.values(), default=0)
    return cost + rules.shortfall_penalty * lacking + uneven
