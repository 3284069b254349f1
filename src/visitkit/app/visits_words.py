"""Duties, plan and outings in words, as rows and sentences for the console."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import pandas as pd

from visitkit import plan, text
from visitkit.app.casebook_lists import DUTY_FAMILIES
from visitkit.app.visits_job import Made
from visitkit.plan import Duties
from visitkit.plan.duties_status import OPEN
from visitkit.plan.goodness import longer, must, open_costs
from visitkit.policy.words import record_words, source_words
from visitkit.reports.visits.given import clock, number
from visitkit.reports.visits.rows import Round, Trip
from visitkit.widgets.listing import Column

Row = Sequence[object]


def rule_words(rule: str, kind: str, lang: str) -> str:
    """Return a rule of :func:`visitkit.plan.duties` in words.

    Examples
    --------
    >>> rule_words("immediate.sick_absence", "immediate", "en")
    'visit at once: Sick for several days'
    >>> rule_words("new_student.due", "new_student", "en")
    'visit to a new student'
    """
    words = text.say(f"duties.kind.{kind}", lang)
    name = rule.rpartition(".")[2]
    more = ""
    if rule.startswith("immediate.") and text.has(f"alerts.rule.{name}"):
        more = text.say(f"alerts.rule.{name}", lang)
    for family in DUTY_FAMILIES:
        if rule.startswith(f"{family}."):
            more = record_words(family, rule.removeprefix(f"{family}."), lang)
    return text.say("app_visits.rule", lang, kind=words, name=more) if more else words


def owed_columns(lang: str) -> list[Column]:
    """Return the headings of :func:`owed_rows`."""
    names = ("rule", "due", "students", "reached", "open", "overdue", "source")
    numbers = {"students", "reached", "open", "overdue"}
    return [Column(text.say(f"duties.column.{one}", lang), one in numbers) for one in names]


def owed_rules(duties: Duties) -> list[tuple[str, str]]:
    """Return rule and kind of each row of :func:`owed_rows`."""
    table = _whole_school(duties)
    return [(str(one), str(kind)) for one, kind in zip(table["rule"], table["kind"], strict=True)]


def owed_rows(duties: Duties, lang: str) -> list[Row]:
    """Return a row a rule: what is owed in the whole school, the earliest due first."""
    sources = dict(zip(duties["rule"], duties["source"], strict=True))
    return [
        (
            rule_words(str(one.rule), str(one.kind), lang),
            _day(one.due),
            one.students,
            one.reached,
            one.open,
            one.overdue,
            source_words(str(sources.get(one.rule, "")), lang),
        )
        for one in _whole_school(duties).itertuples()
    ]


def _whole_school(duties: Duties) -> pd.DataFrame:
    table = plan.coverage(duties, ["school"])
    return table.sort_values(["due", "rule"], kind="stable", na_position="last")


def student_columns(lang: str) -> list[Column]:
    """Return the headings of :func:`student_rows`."""
    names = ("student_id", "class_id", "due", "status", "fulfilled", "occurrences", "last_contact")
    numbers, choices = {"fulfilled", "occurrences"}, {"class_id", "status"}
    return [
        Column(text.say(f"duties.column.{one}", lang), one in numbers, one in choices)
        for one in names
    ]


def student_rows(duties: Duties, rule: str, kind: str, lang: str) -> list[Row]:
    """Return a row a student to whom a rule owes something, the earliest due first."""
    table = pd.DataFrame(duties)
    table = table[(table["rule"] == rule) & (table["kind"] == kind)]
    table = table.assign(shut=~table["status"].isin(OPEN))
    table = table.sort_values(["shut", "due", "student_id"], kind="stable", na_position="last")
    return [
        (
            one.student_id,
            one.class_id,
            _day(one.due),
            text.say(f"duties.status.{one.status}", lang),
            one.fulfilled,
            one.occurrences,
            _day(one.last_contact),
        )
        for one in table.itertuples()
    ]


def _day(moment: object) -> str:
    return "" if moment is None or moment != moment else str(moment)[:10]


def counts_words(made: Made, lang: str) -> str:
    """Return what the plan holds: days, visits, outings, teachers, minutes on the way."""
    visits, outings = made.plan.visits, made.plan.outings
    facts = {
        "visits": len(visits),
        "students": len({visit.student_id for visit in visits}),
        "outings": len(outings),
        "teachers": len({who for visit in visits for who in visit.crew}),
        "minutes": round(sum(outing.travel for outing in outings)),
        "left": len(made.plan.unassigned),
    }
    return text.say("app_visits.counts", lang, **facts)


def goodness_words(made: Made, lang: str) -> str:
    """Return how close to the best possible the plan is."""
    if made.plan.proved:
        return text.say("app_visits.proved", lang)
    if math.isinf(longer(made.plan)):
        return text.say("app_visits.no_bound", lang)
    cost, bound = (f"{figure:,.0f}" for figure in open_costs(made.plan))
    share = f"{longer(made.plan):.1%}"
    return text.say("app_visits.gap", lang, cost=cost, bound=bound, share=share)


def note_words(made: Made, lang: str) -> list[str]:
    """Return what a person has to know: visits kept, those that must be made and are not, rules."""
    pressing, broken = len(must(made.plan)), len(plan.check_plan(made.plan))
    found = []
    if made.kept:
        found.append(text.say("app_visits.kept", lang, number=len(made.kept)))
    if pressing:
        found.append(text.say("app_visits.must", lang, number=pressing))
    if broken:
        found.append(text.say("app_visits.broken", lang, number=broken))
    return found


def trip_columns(lang: str) -> list[Column]:
    """Return the headings of :func:`trip_rows`."""
    names = (
        "date",
        "visitors",
        "mark",
        "start",
        "end",
        "who",
        "class_id",
        "form",
        "purpose",
        "way",
    )
    choices = {"date", "visitors", "class_id"}
    return [
        Column(text.say(f"app_visits.column.{one}", lang), one == "way", one in choices)
        for one in names
    ]


def trip_rows(told: Round, names: bool) -> list[Row]:
    """Return a row a visit, teacher by teacher and day by day in the order in which they go."""
    return [row for trip in sorted(told.trips, key=_first) for row in _stops(told, trip, names)]


def _first(trip: Trip) -> tuple[dt.date, str, float]:
    return trip.date, trip.letter, trip.leaves


def _stops(told: Round, trip: Trip, names: bool) -> list[Row]:
    known = told.given
    crew = told.names(trip.crew) if names else known.say("visit_papers.comma").join(trip.crew)
    return [
        (
            known.day(trip.date),
            crew,
            stop.mark,
            clock(stop.visit.start),
            clock(stop.visit.end),
            f"{stop.visit.student_id} {stop.child.name}" if names else stop.visit.student_id,
            stop.child.class_id,
            known.form(stop.visit.form),
            stop.purpose.words,
            number(stop.visit.travel),
        )
        for stop in trip.stops
    ]
