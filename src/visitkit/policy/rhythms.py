"""What comes round again: meetings, surveys, analyses, checks; pure functions of policy and terms.

A rhythm is given as so many times a week, month, quarter, half-year, semester or year. The last
day of each such part of the terms is when it must have been done; several times in one part are
spread evenly over it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visitkit.calendar import Term
from visitkit.policy.policy import Policy

#: Keys that name a rhythm of their own, beside meetings, surveys and the agent parents' duties.
RHYTHMS = (
    "absence.analysis_per",
    "data.census_per",
    "evaluation.self_check_per",
    "screening.per",
    "training.crisis_per",
)

#: Families of records with ``times`` and ``per``.
FAMILIES = ("meeting", "survey", "agent_parent.duty")

_MONTHS = {"month": 1, "quarter": 3, "half_year": 6}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something must be done.

    Parameters
    ----------
    key
        The key or record of the policy.
    due
        Last day on which it can be done.
    number, of
        The how-manieth of how many in its part of the year.
    source
        Where the rhythm stands.
    """

    key: str
    due: dt.date
    number: int
    of: int
    source: str


def occurrences(policy: Policy, terms: Sequence[Term]) -> tuple[Occurrence, ...]:
    """Return everything that comes round again in some terms, by day.

    Parameters
    ----------
    policy
        The policy. What it leaves to be decided is left out: see
        :func:`visitkit.policy.gaps`.
    terms
        Terms of one school year in order.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> autumn = Term("autumn", dt.date(2026, 9, 1), dt.date(2027, 1, 22))
    >>> found = occurrences(read_policy("dropout-mechanism"), [autumn])
    >>> [one.due.isoformat() for one in found if one.key == "meeting.special"]
    ['2026-11-30', '2027-01-22']
    """
    found = [*_records(policy, terms), *_keys(policy, terms), *_entry_points(policy, terms)]
    return tuple(sorted(found, key=lambda one: (one.due, one.key, one.number)))


def _records(policy: Policy, terms: Sequence[Term]) -> Iterator[Occurrence]:
    for family in FAMILIES:
        for name, fields in policy.records(family).items():
            key = f"{family}.{name}"
            times = int(str(fields["times"]))
            source = policy.source(f"{key}.times")
            yield from _spread(key, times, str(fields["per"]), terms, source)


def _keys(policy: Policy, terms: Sequence[Term]) -> Iterator[Occurrence]:
    for key in RHYTHMS:
        yield from _spread(key, 1, str(policy[key]), terms, policy.source(key))


def _entry_points(policy: Policy, terms: Sequence[Term]) -> Iterator[Occurrence]:
    """Yield when data must have been entered: the day before a term, the middle of it (DD-08)."""
    points = policy["data.entry_points"]
    for term in terms:
        days = {
            "before_term": term.start - dt.timedelta(days=1),
            "mid_term": term.start + (term.end - term.start) / 2,
        }
        named = [str(one) for one in points] if isinstance(points, list) else []
        for place, point in enumerate(named, 1):
            if point in days:
                source = policy.source("data.entry_points")
                yield Occurrence("data.entry_points", days[point], place, len(named), source)


def _spread(
    key: str, times: int, per: str, terms: Sequence[Term], source: str
) -> Iterator[Occurrence]:
    for start, end in _parts(per, terms):
        length = (end - start).days + 1
        for number in range(1, times + 1):
            due = start + dt.timedelta(days=length * number // times - 1)
            yield Occurrence(key, max(due, start), number, times, source)


def _parts(per: str, terms: Sequence[Term]) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield first and last day of each part of the terms that a rhythm counts over."""
    if not terms:
        return
    if per == "year":
        yield terms[0].start, terms[-1].end
    for term in terms:
        if per == "semester":
            yield term.start, term.end
        elif per in {"day", "week"} or per in _MONTHS:
            yield from _within(term, per)


def _within(term: Term, per: str) -> Iterator[tuple[dt.date, dt.date]]:
    start = term.start
    while start <= term.end:
        following = _next(start, per)
        yield start, min(following - dt.timedelta(days=1), term.end)
        start = following


def _next(day: dt.date, per: str) -> dt.date:
    if per == "day":
        return day + dt.timedelta(days=1)
    if per == "week":
        return day + dt.timedelta(days=7 - day.weekday())
    months = day.year * 12 + day.month - 1 + _MONTHS[per]
    return dt.date(months // 12, months % 12 + 1, 1)
