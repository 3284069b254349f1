"""What becomes of each student over the weeks, as the other records look it up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.sample.days import RECORDED, week_of
from visitkit.sample.draws import Days, Flags, Floats, Ints
from visitkit.sample.roll import Roll

NOT_A_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Course:
    """The course of each student.

    Parameters
    ----------
    engagement, distress
        Shape ``(N, weeks)``; 0 is the average student, 1 about one standard deviation.
    left_on
        Day of leaving, shape ``(N,)``; not-a-time for those who stay.
    dropped
        Left without another school to go to.
    helped, help_from, help_until
        Place of the student, first and last week of each help, shape ``(H,)``.
    """

    engagement: Floats
    distress: Floats
    left_on: Days
    dropped: Flags
    helped: Ints
    help_from: Ints
    help_until: Ints

    def present(self, dates: Days, student: Ints, roll: Roll) -> Flags:
        """Tell for pairs of student and date whether the student was on roll that day."""
        left = self.left_on[student]
        return np.asarray(
            (roll.entered[student] <= dates)
            & (np.isnat(left) | (dates < left))
            & (dates <= RECORDED)
        )


def weekly(course: Floats, student: Ints, dates: Days, weeks: int = 1) -> Floats:
    """Return a course's mean over the weeks up to a date, for pairs of student and date.

    Parameters
    ----------
    course
        Engagement or distress, shape ``(N, weeks)``.
    student, dates
        Pairs, both of shape ``(P,)``.
    weeks
        Number of weeks averaged, the date's own week the last.

    Examples
    --------
    >>> course = np.array([[0.0, 2.0]])
    >>> weekly(course, np.array([0]), np.array(["2025-09-08"], "datetime64[D]"), 2).tolist()
    [1.0]
    """
    last = week_of(dates)
    total = np.zeros(len(student))
    for back in range(weeks):
        total += course[student, np.maximum(last - back, 0)]
    return total / weeks
