"""Visits to students whom a person put on the list by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from visitkit.plan.families import Family
from visitkit.plan.wishes import Wish
from visitkit.policy import Policy

#: Kind and duty of a visit that nothing but a person's choice asks for.
CHOSEN = "chosen"


def with_chosen(wanted: Sequence[Wish], home: Family, policy: Policy, day: dt.date) -> list[Wish]:
    """Return the visits wanted of a student who was chosen: one of them must be made.

    Parameters
    ----------
    wanted
        What duties and tier ask for, the most pressing first. Where they ask for nothing, a visit
        at home is asked for.
    home
        The family.
    policy
        ``visit.leader`` and ``route.group_min``.
    day
        The day on which we stand.
    """
    if wanted:
        return [replace(wanted[0], mandatory=True), *wanted[1:]]
    team = home.staff.team(home.class_id)
    leads = home.staff.holders(str(policy["visit.leader"]), home.class_id) or team
    asked = Wish(
        student_id=home.student_id,
        duties=(CHOSEN,),
        kinds=(CHOSEN,),
        opens=day,
        due=None,
        forms=("home",),
        leads=leads,
        partners=tuple(dict.fromkeys((*team, *leads))),
        alone=int(str(policy["route.group_min"])) <= 1,
        mandatory=True,
    )
    return [asked]


def only(
    homes: Mapping[str, Family], chosen: Sequence[str], among: Sequence[str], alone: bool
) -> list[str]:
    """Return whose visits are asked for, in order.

    Parameters
    ----------
    homes
        Families of students who have not left.
    chosen
        Put on the list by hand.
    among
        Students of whom something else asks for a visit.
    alone
        Nobody but the chosen.
    """
    asked = set(chosen) if alone else {*chosen, *among}
    return sorted(homes.keys() & asked)
