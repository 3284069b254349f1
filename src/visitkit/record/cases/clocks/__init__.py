"""What a case still asks for: its clocks, plain ones from the machine and those with a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from visitkit.calendar import Calendar
from visitkit.policy import Policy
from visitkit.record.cases.clocks import care, crisis, persuasion, visits
from visitkit.record.cases.clocks.running import Face, plain
from visitkit.record.cases.folding import corrected, fold
from visitkit.record.cases.guards.ground import Ground
from visitkit.record.cases.kinds import KINDS
from visitkit.record.cases.machine import Clock
from visitkit.record.entry import Entry, Owed

#: Name of a rule in a machine to the function that tells the clock.
RULES: Mapping[str, Callable[[Face], Iterator[Owed]]] = {
    "appoint": visits.appoint,
    "report_before": visits.report_before,
    "visit_day": visits.visit_day,
    "report_after": visits.report_after,
    "make_up": visits.make_up,
    "photos": visits.photos,
    "batch": visits.batch,
    "expiry": care.expiry,
    "plan_owed": care.plan_owed,
    "same_school_day": crisis.same_school_day,
    "acts": crisis.acts,
    "watch_goes_on": crisis.watch_goes_on,
    "interviews": crisis.interviews,
    "contact": persuasion.contact,
    "report": persuasion.report,
    "rounds": persuasion.next_round,
    "authority_report": persuasion.authority_report,
    "refer": persuasion.refer,
    "roll": persuasion.roll,
    "blocks": care.blocks,
    "duties": care.duties,
    "half_year": care.half_year,
    "signatures": care.signatures,
    "plan_rhythm": care.plan_rhythm,
    "time_points": care.time_points,
    "plan_end": care.plan_end,
    "body_steps": care.body_steps,
    "next_care": care.next_care,
    "decisions": care.open_decisions,
    "next_meeting": care.next_meeting,
    "plan_steps": care.plan_steps,
    "planned_again": care.planned_again,
}


def owed(entries: Sequence[Entry], policy: Policy, calendar: Calendar) -> list[Owed]:
    """Return every clock of a case that is running, whatever the day is.

    Parameters
    ----------
    entries
        All entries of one case in the order in which they were written down.
    policy, calendar
        The rules and the days of the school.

    Returns
    -------
    list of Owed
        In the order of the machine's clocks. ``due`` is in UTC, and ``None`` where the policy
        leaves the time to the school. ``what`` is the name of a clock, with a code behind a colon
        where one clock asks for several things: ``act:call_parents``, ``round:2``. Something
        that comes round again is listed once, by the next time after the last.

    Examples
    --------
    >>> import datetime as dt
    >>> from visitkit.policy import read_policy
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> told = {"issue": "broken stairs", "to": ["moral_office"]}
    >>> new = Entry("x-1", "escalation", "report", "S1", at, "T1", "head_teacher", told)
    >>> days = Calendar.weekdays("2026-09-01", "2027-01-31")
    >>> [(one.what, one.by) for one in owed([new], read_policy("recommended"), days)]
    [('take_up', 'moral_office')]
    """
    holding = corrected(entries)
    if not holding:
        return []
    ground = Ground(holding, fold(holding), policy, calendar)
    clocks = KINDS[holding[0].kind].clocks
    return [row for clock in clocks for row in _told(ground, clock, calendar)]


def _told(ground: Ground, clock: Clock, calendar: Calendar) -> Iterator[Owed]:
    face = Face(ground, clock, calendar)
    if face.ended or (clock.if_key and not ground.policy[clock.if_key]):
        return
    yield from RULES[clock.rule](face) if clock.rule else plain(face)
