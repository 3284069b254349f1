"""Visits that a support tier asks for: so many school days after the last visit at home."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from visitkit.calendar import Calendar
from visitkit.errors import CalendarError
from visitkit.load.school import School
from visitkit.plan.families import Family
from visitkit.plan.wishes import TIER, Wish, merged
from visitkit.policy import Policy

#: Support tier to the place of its level in ``tier.visit_days``.
TIER_LEVELS = {"routine": 0, "watch": 1, "priority": 2}


def tier_wishes(
    table: Mapping[str, Mapping[str, Any]],
    school: School,
    policy: Policy,
    day: dt.date,
    homes: Mapping[str, Family],
) -> dict[str, Wish]:
    """Return the visits that a support tier asks for (``tier.visit_days``)."""
    found: dict[str, Wish] = {}
    told = policy["tier.visit_days"]
    days = [int(one) for one in told] if isinstance(told, list) else []
    for number, case in table.items():
        level = TIER_LEVELS.get(str(case["tier"]), 0)
        number_of_days = days[level] if level < len(days) else 0
        home = homes.get(number)
        if number_of_days == 0 or home is None:
            continue
        recent = school.calendar.window_start(day, number_of_days)
        if home.visited is None or home.visited < recent:
            found[number] = _tier_wish(home, policy, day, school.calendar, number_of_days)
            urgent = case["tier"] == "priority"
            found[number] = replace(found[number], mandatory=urgent)
    return found


def _tier_wish(home: Family, policy: Policy, day: dt.date, calendar: Calendar, days: int) -> Wish:
    leader = str(policy["visit.leader"])
    leads = home.staff.holders(leader, home.class_id) or home.staff.team(home.class_id)
    return Wish(
        student_id=home.student_id,
        duties=("tier.visit_days",),
        kinds=(TIER,),
        opens=day,
        due=_school_days_on(calendar, day, days),
        forms=("home",),
        leads=leads,
        partners=tuple(dict.fromkeys((*home.staff.team(home.class_id), *leads))),
        alone=int(str(policy["route.group_min"])) <= 1,
    )


def with_tier(wanted: list[Wish], tier: Wish | None) -> list[Wish]:
    """Let a visit that is wanted anyway serve the tier, else add one."""
    if tier is None:
        return wanted
    for place, one in enumerate(wanted):
        together = merged(one, tier)
        if together is not None:
            return [*wanted[:place], together, *wanted[place + 1 :]]
    return [tier, *wanted]


def _school_days_on(calendar: Calendar, day: dt.date, number: int) -> dt.date:
    try:
        return calendar.add_school_days(day, number)
    except CalendarError:
        return calendar.last
