"""The printed papers: a sheet a teacher and day, appointments, and the safety report."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from visitkit import text
from visitkit.load.typed import width
from visitkit.policy.words import value_words
from visitkit.reports.visits.given import Given
from visitkit.reports.visits.knows import Told, access, told
from visitkit.reports.visits.rendering import write_rendered
from visitkit.reports.visits.rows import Round, Stop, Trip

#: Visits a printed page has room for; a longer day goes on on a second page.
MOST = 6
#: By the number of visits on a page: lines for talking points a visit, and narrow signs a line.
_ROOM = {1: (16, 58), 2: (10, 58), 3: (6, 62), 4: (4, 62), 5: (4, 66), 6: (2, 66)}
#: Slips for parents on a page.
_SLIPS = 4

#: How long before a visit the family is called.
_LEAD = "visit.appointment_lead_hours"

#: Rules of conduct and of safety, as keys of the policy.
CONDUCT = ("visit.tone", "visit.bans", "visit.face_to_face")
SAFETY = ("safety.report_before", "safety.report_after", "safety.checks")
#: Rules that are either asked for or not; their words stand here.
FLAGS = ("safety.phone_reachable", "safety.unlicensed_barred")


@dataclass(frozen=True, slots=True)
class Block:
    """One visit on a sheet: the stop, what is told of it, and who comes along."""

    stop: Stop
    told: Told
    more: int
    others: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a teacher's day.

    Parameters
    ----------
    teacher, name, date
        Whose and when.
    trips
        All trips of the day, for the head of the sheet.
    blocks
        The visits on this page.
    page, pages
        Its number among the pages of the day.
    leads
        The teacher leads the class of one of the visits or holds a role of ``access.crisis``.
    """

    teacher: str
    name: str
    date: dt.date
    trips: tuple[Trip, ...]
    blocks: tuple[Block, ...]
    page: int
    pages: int
    leads: bool


def write_sheets(known: Round, path: Path) -> None:
    """Write a page a teacher and day."""
    given = known.given
    facts: dict[str, object] = {
        "sheets": sheets(known),
        "conduct": rules(given, CONDUCT),
        "unwanted": not_to_raise(given),
        "checklist": given.rule("visit.checklist"),
        "brief": given.rule("visit.brief"),
        "report_before": given.roles("safety.report_before"),
        "report_after": given.roles("safety.report_after"),
        "record": _record(given),
        "names": known.names,
        "mode": mode_of(given),
    }
    write_rendered(path, "sheets.html", given, facts)


def sheets(known: Round) -> list[Sheet]:
    """Return the pages, by teacher and day."""
    found = []
    for teacher in known.teachers:
        mine = known.of(teacher)
        for date in sorted({trip.date for trip in mine}):
            found += _pages(known, teacher, tuple(trip for trip in mine if trip.date == date))
    return found


def _pages(known: Round, teacher: str, trips: tuple[Trip, ...]) -> list[Sheet]:
    stops = [stop for trip in trips for stop in trip.stops]
    parts = [stops[start : start + MOST] for start in range(0, len(stops), MOST)]
    pages = []
    for number, part in enumerate(parts, 1):
        may = [access(known.given, known.people, teacher, stop.child.class_id) for stop in part]
        blocks = tuple(
            _block(known, stop, told(known.given, stop, one), teacher, _ROOM[len(part)])
            for stop, one in zip(part, may, strict=True)
        )
        leads = any(one.leads for one in may)
        name = known.people.teacher(teacher)
        page = Sheet(teacher, name, trips[0].date, trips, blocks, number, len(parts), leads)
        pages.append(page)
    return pages


def _block(known: Round, stop: Stop, all_of_it: Told, teacher: str, room: tuple[int, int]) -> Block:
    lines, signs = room
    lines -= _lines([all_of_it.ask], signs)
    good = _fitting(all_of_it.good, max(lines // 2, 1), signs)
    facts = _fitting(all_of_it.facts, lines - max(_lines(good, signs), 1), signs)
    more = len(all_of_it.good) + len(all_of_it.facts) - len(good) - len(facts)
    others = known.names(one for one in stop.visit.crew if one != teacher)
    return Block(stop, Told(good, facts, all_of_it.ask, all_of_it.last), more, others)


def _fitting(sentences: tuple[str, ...], lines: int, signs: int) -> tuple[str, ...]:
    """Return the first sentences that fit into some lines; the rest is counted on the sheet."""
    found: tuple[str, ...] = ()
    for sentence in sentences:
        if _lines((*found, sentence), signs) > lines:
            break
        found = (*found, sentence)
    return found


def _lines(sentences: Sequence[str], signs: int) -> int:
    return sum(math.ceil(width(one) / signs) for one in sentences)


def rules(given: Given, keys: Sequence[str]) -> list[tuple[str, str]]:
    """Return rules of the policy in words, each with its source; those not asked for left out."""
    found = [given.rule(key) for key in keys]
    return [one for one in found if one is not None]


def flags(given: Given) -> list[tuple[str, str]]:
    """Return the rules of :data:`FLAGS` that the policy asks for, each with its source."""
    return [
        (given.say(f"visit_papers.flag.{key.rpartition('.')[2]}"), rule[1])
        for key in FLAGS
        if (rule := given.rule(key)) is not None
    ]


def not_to_raise(given: Given) -> list[str]:
    """Return what is not raised at a home."""
    policy = given.policy.values
    asked = {
        "neutral_wording": policy.get("access.neutral_wording") is True,
        "visible_labels": policy.get("access.visible_labels") is False,
    }
    extra = [given.say(f"visit_papers.not_raise.{name}") for name in asked if asked[name]]
    return [*extra, *given.lines("visit_papers.not_raise.always")]


def mode_of(given: Given) -> dict[str, str]:
    """Return the words for the ways of travel of the plan."""
    return {
        code: text.say(f"duties.mode.{code}", given.lang)
        if text.has(f"duties.mode.{code}")
        else code
        for code in given.problem.trip.minutes
    }


def _record(given: Given) -> str:
    rule = given.rule("record.due_hours")
    return "" if rule is None else given.say("visit_papers.sheet.record_due", time=rule[0])


@dataclass(frozen=True, slots=True)
class Offer:
    """An appointment to agree on: the stop, the day by which to call, and who goes."""

    stop: Stop
    call_by: str
    names: str


def write_appointments(known: Round, path: Path) -> None:
    """Write the list for calls by day, and the slips for parents."""
    given = known.given
    found = offers(known)
    days = {date: [one for one in found if one.stop.visit.date == date] for date in known.days}
    facts: dict[str, object] = {
        "days": days,
        "slips": [found[start : start + _SLIPS] for start in range(0, len(found), _SLIPS)],
        "lead_time": given.rule(_LEAD) if _lead_hours(given) else None,
        "channels": _channels(given),
        "bans": given.rule("visit.bans"),
    }
    write_rendered(path, "appointments.html", given, facts)


def offers(known: Round) -> list[Offer]:
    """Return the appointments in order of day and hour."""
    hours = _lead_hours(known.given)
    found = []
    for stop in known.stops:
        visit = stop.visit
        begins = dt.datetime.combine(visit.date, dt.time()) + dt.timedelta(minutes=visit.start)
        by = begins - dt.timedelta(hours=hours)
        call_by = f"{by:%Y-%m-%d %H:%M}" if hours else ""
        found.append(Offer(stop, call_by, known.names(visit.crew)))
    return found


def _lead_hours(given: Given) -> float:
    return float(str(given.policy.values.get(_LEAD, 0)))


def _channels(given: Given) -> str:
    rule = given.rule("visit.complaint_channels")
    return "" if rule is None else rule[0]


def write_safety(known: Round, path: Path) -> None:
    """Write the report before and after each trip, with the rules of safety."""
    given = known.given
    grace = "safety.report_grace_minutes"
    facts: dict[str, object] = {
        "trips": known.trips,
        "names": known.names,
        "mode": mode_of(given),
        "rules": [*rules_with_titles(given, SAFETY), *flags(given)],
        "inputs": given.rule("route.inputs"),
        "report_before": given.roles("safety.report_before"),
        "report_after": given.roles("safety.report_after"),
        "grace": int(str(given.policy.values.get(grace, 0))),
    }
    write_rendered(path, "safety.html", given, facts)


def rules_with_titles(given: Given, keys: Sequence[str]) -> list[tuple[str, str]]:
    """Return rules with what they speak of, each with its source."""
    found = []
    for key in keys:
        rule = given.rule(key)
        if rule is not None:
            words = value_words(key, given.policy[key], given.lang)
            name = key.rpartition(".")[2]
            found.append((given.say(f"visit_papers.safety.rule.{name}", words=words), rule[1]))
    return found
