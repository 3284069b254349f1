"""When something a policy asks for is due; pure functions of a policy and a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from visitkit.calendar import Term
from visitkit.policy.policy import Policy
from visitkit.policy.thresholds import reaches


def new_student_due(policy: Policy, terms: Sequence[Term], entered: dt.date) -> dt.date | None:
    """Return the day by which a new student must have been visited.

    Parameters
    ----------
    policy
        The policy.
    terms
        Terms of the school in order.
    entered
        Day of entry.

    Returns
    -------
    datetime.date or None
        ``None`` when the terms end before the day of entry.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> autumn = Term("autumn", dt.date(2026, 9, 1), dt.date(2027, 1, 22))
    >>> new_student_due(read_policy("home-visit-3"), [autumn], dt.date(2026, 9, 1))
    datetime.date(2027, 1, 22)
    """
    current = next((term for term in terms if term.end >= entered), None)
    if current is None:
        return None
    due = {"before_entry": entered, "term_start": max(current.start, entered)}
    return due.get(str(policy["new_student.due"]), current.end)


def absence_reported(policy: Policy, days: int) -> bool:
    """Tell whether so many days of absence without a reason must be reported.

    Parameters
    ----------
    days
        Consecutive school days.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> rules = read_policy("recommended")
    >>> absence_reported(rules, 3)
    True
    >>> absence_reported(rules.with_option("exclusive_reading"), 3)
    False
    """
    inclusive = bool(policy["absence.report_inclusive"])
    return reaches(days, float(str(policy["absence.report_days"])), inclusive)


def sick_visit_owed(policy: Policy, days: int) -> bool:
    """Tell whether so many days of sick leave open an immediate visit.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> sick_visit_owed(read_policy("junior-school-visits"), 1)
    False
    >>> sick_visit_owed(read_policy("junior-school-annex"), 1)
    True
    """
    inclusive = bool(policy["trigger.sick_inclusive"])
    return reaches(days, float(str(policy["trigger.sick_days"])), inclusive)


def interview_days(policy: Policy, returned: dt.date) -> tuple[dt.date, ...]:
    """Return the days of the talks after a return; empty where the school has not decided.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> interview_days(read_policy("recommended"), dt.date(2026, 11, 2))[0]
    datetime.date(2026, 11, 9)
    """
    offsets = policy["readmission.interviews"]
    days = offsets if isinstance(offsets, list) else []
    return tuple(returned + dt.timedelta(days=int(offset)) for offset in days)


def photos_owed(policy: Policy, visits: int) -> int:
    """Return how many photos a teacher hands in after so many visits.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> photos_owed(read_policy("junior-school-visits"), 3)
    3
    >>> photos_owed(read_policy("junior-school-campaign"), 3)
    5
    """
    number = int(str(policy["evidence.photos"]))
    return number * visits if policy["evidence.photos_per"] == "visit" else number


def record_due(policy: Policy, ended: dt.datetime) -> dt.datetime:
    """Return by when the record of a visit must be written.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> record_due(read_policy("recommended"), dt.datetime(2026, 11, 6, 18, 30))
    datetime.datetime(2026, 11, 7, 18, 30)
    """
    return ended + dt.timedelta(hours=float(str(policy["record.due_hours"])))


def safety_alarm(policy: Policy, planned_end: dt.datetime) -> dt.datetime:
    """Return when somebody must look for a visitor who has not told that the visit is over.

    Source: paper 000, scheme 2, (4) L109; the minutes of grace are the school's own.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> safety_alarm(read_policy("recommended"), dt.datetime(2026, 11, 6, 18, 30))
    datetime.datetime(2026, 11, 6, 19, 0)
    """
    return planned_end + dt.timedelta(minutes=float(str(policy["safety.report_grace_minutes"])))


def counsellors_missing(policy: Policy, counsellors: int) -> int:
    """Return how many counsellors the school still lacks.

    Source: paper 003, part 5, III.4 L293: at least one, full-time or part-time.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> counsellors_missing(read_policy("left-behind-care"), 0)
    1
    """
    return max(int(str(policy["staffing.counsellors"])) - counsellors, 0)
