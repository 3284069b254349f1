"""The board as the browser draws it: days, teachers, visits, what is left out, rules broken."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from visitkit import text
from visitkit.plan import Outing, Unassigned, Violation, Visit, Visitor, check_plan
from visitkit.plan.goodness import OPEN, open_costs
from visitkit.reports.visits.given import clock, number
from visitkit.widgets.plan_board_state import Board, Preview, Spot, spots_for

Shape = dict[str, object]


@dataclass(frozen=True)
class Told:
    """How the board speaks.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.
    classes
        Class of each student.
    names
        Names of students and teachers by number; empty: numbers alone are shown.
    """

    lang: str
    classes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **facts: object) -> str:
        """Return a sentence of the board."""
        return text.say(f"widgets_plan_board.{key}", self.lang, **facts)

    def who(self, number_: str) -> str:
        """Return a student or teacher."""
        name = self.names.get(number_)
        return f"{number_} {name}" if name else number_

    def day(self, date: dt.date) -> str:
        """Return a day with its weekday."""
        weekday = text.say(f"visit_papers.weekday.{date.isoweekday()}", self.lang)
        return text.say("visit_papers.day", self.lang, date=date.isoformat(), weekday=weekday)

    def rule(self, one: Violation) -> str:
        """Return a broken rule in words, with where it is broken."""
        sentence = text.say(f"plan.violation.{one.rule}", self.lang, **one.facts)
        parts = [part for part in (self.who(one.teacher), _student(one.request_id)) if part]
        return self.say("rule", place=self.say("joiner").join(parts), sentence=sentence)


def board_shape(board: Board, told: Told) -> Shape:
    """Return all that the board shows."""
    broken = check_plan(board.plan)
    days = sorted({one.date for one in board.problem.visitors.sessions})
    return {
        "days": [{"id": day.isoformat(), "label": told.day(day)} for day in days],
        "teachers": _teachers(board, told),
        "outings": [_outing(one, board, told, broken) for one in board.plan.outings],
        "left": _left(board, told),
        "broken": [told.rule(one) for one in broken],
        "undo": bool(board.before),
        "counts": told.say(
            "counts",
            visits=len(board.plan.visits),
            left=len(board.plan.unassigned),
            frozen=len(board.frozen),
            cost=f"{open_costs(board.plan)[0]:,.0f}",
        ),
    }


def held_shape(board: Board, request_id: str, told: Told) -> Shape:
    """Return a visit that was picked up, and where it may go."""
    visit, item = board.visit(request_id), board.left(request_id)
    student = visit.student_id if visit else item.student_id if item else ""
    return {
        "id": request_id,
        "words": told.who(student),
        "frozen": request_id in board.frozen,
        "inside": visit is not None,
        "lead": visit.lead if visit else "",
        "day": visit.date.isoformat() if visit else "",
        "spots": [_spot_id(one) for one in spots_for(board, request_id)],
    }


def preview_shape(step: Preview, told: Told) -> Shape:
    """Return what a step would do, in words."""
    return {
        "id": step.request_id,
        "spot": "" if step.spot is None else _spot_id(step.spot),
        "words": _step_words(step, told),
        "cost": told.say("cost", change=f"{step.change.cost_change:+,.0f}"),
        "broken": [told.rule(one) for one in step.fresh],
        "fine": told.say("fine"),
    }


def _step_words(step: Preview, told: Told) -> str:
    visit = step.visit
    if visit is None:
        student = step.request_id
        item = Board(step.change.plan).left(step.request_id)
        student = item.student_id if item else student
        return told.say("step_out", student=told.who(student))
    facts = {
        "student": told.who(visit.student_id),
        "lead": told.who(visit.lead),
        "day": told.day(visit.date),
        "start": clock(visit.start),
    }
    if visit.partner is None:
        return told.say("step_alone", **facts)
    return told.say("step", **facts, partner=told.who(visit.partner))


def _spot_id(spot: Spot) -> str:
    return f"{spot.day.isoformat()}|{spot.lead}"


def _student(request_id: str) -> str:
    return request_id.partition("/")[0]


def _teachers(board: Board, told: Told) -> list[Shape]:
    """Return those who lead visits or may lead one, in order of their numbers."""
    loads: dict[str, int] = defaultdict(int)
    for visit in board.plan.visits:
        for who in visit.crew:
            loads[who] += 1
    leading = {one.lead for one in board.plan.outings}
    may = {who for request in board.problem.requests for who in request.leads}
    people = board.problem.visitors.people
    return [
        _teacher(one, loads[one.teacher_id], one.teacher_id in leading, told)
        for one in sorted(people, key=lambda one: one.teacher_id)
        if one.teacher_id in leading | may
    ]


def _teacher(one: Visitor, load: int, leads: bool, told: Told) -> Shape:
    return {
        "id": one.teacher_id,
        "label": told.who(one.teacher_id),
        "classes": list(one.classes),
        "load": told.say("load", number=load),
        "leads": leads,
    }


def _outing(one: Outing, board: Board, told: Told, broken: Iterable[Violation]) -> Shape:
    found = list(broken)
    day = one.visits[0].date if one.visits else None
    crew = told.say("with", partner=told.who(one.partner)) if one.partner else told.say("alone")
    return {
        "spot": _spot_id(Spot(one.lead, day)) if day else "",
        "crew": crew,
        "home": told.say("home", time=clock(one.home_at), way=number(one.travel)),
        "visits": [_visit(visit, board, told, found) for visit in one.visits],
    }


def _visit(visit: Visit, board: Board, told: Told, broken: list[Violation]) -> Shape:
    own = [one for one in broken if one.request_id == visit.request_id]
    facts = {
        "start": clock(visit.start),
        "student": told.who(visit.student_id),
        "class_id": told.classes.get(visit.student_id, "") or told.say("no_class"),
    }
    form = "" if visit.form == "home" else _form(visit.form, told.lang)
    return {
        "id": visit.request_id,
        "start": facts["start"],
        "student": facts["student"],
        "class_id": facts["class_id"],
        "form": form,
        "frozen": visit.request_id in board.frozen,
        "broken": [told.rule(one) for one in own],
        "label": told.say("visit", **facts, lead=told.who(visit.lead), day=told.day(visit.date)),
    }


def _form(code: str, lang: str) -> str:
    found = text.find(f"values.visit_form.{code}", lang)
    return str(found[0]) if isinstance(found, list) else str(found)


def _left(board: Board, told: Told) -> list[Shape]:
    """Return what is left out: those that must be made first, then the earliest due."""
    must = {one.id for one in board.problem.requests if one.mandatory}
    rows = sorted(
        board.plan.unassigned,
        key=lambda one: (one.request_id not in must, one.due is None, one.due or 0, one.request_id),
    )
    return [_item(one, one.request_id in must, told) for one in rows]


def _item(one: Unassigned, must: bool, told: Told) -> Shape:
    return {
        "id": one.request_id,
        "student": told.who(one.student_id),
        "class_id": told.classes.get(one.student_id, ""),
        "due": one.due.isoformat() if one.due else "",
        "must": must,
        "open": one.reason in OPEN,
        "kind": text.say(f"plan.short.{one.reason}", told.lang),
        "reason": reason_words(one, told.lang),
    }


def reason_words(one: Unassigned, lang: str) -> str:
    """Return why a request is left out, with its facts."""
    return text.say(f"plan.reason.{one.reason}", lang, **one.facts)
