"""How a number is held against a threshold: "N or more" has two readings, a policy names one."""

from __future__ import annotations

import math
from fractions import Fraction


def reaches(value: float, threshold: float, inclusive: bool = True) -> bool:
    """Tell whether a number reaches "N or more".

    Parameters
    ----------
    value
        What was counted.
    threshold
        The N of the rule.
    inclusive
        True when N itself counts, the usual reading in Chinese law (Civil Code, article 1259).

    Examples
    --------
    >>> reaches(3, 3), reaches(3, 3, inclusive=False)
    (True, False)
    """
    return value >= threshold if inclusive else value > threshold


def share_met(reached: int, total: int, share: float, comparator: str = "at_least") -> bool:
    """Tell whether a share of students has been reached.

    Exact: 9 of 10 is not more than 0.9. An empty class has nothing left to do.

    Parameters
    ----------
    reached, total
        Students reached and students in all.
    share
        Share wanted, 0 to 1.
    comparator
        ``at_least`` or ``more_than``.

    Examples
    --------
    >>> share_met(9, 10, 0.9), share_met(9, 10, 0.9, "more_than")
    (True, False)
    """
    return reached >= students_needed(total, share, comparator)


def students_needed(total: int, share: float, comparator: str = "at_least") -> int:
    """Return how many students must be reached so that a share is met, never more than all.

    Examples
    --------
    >>> students_needed(45, 0.5), students_needed(10, 0.9, "more_than")
    (23, 10)
    """
    wanted = Fraction(str(share)) * total
    needed = math.floor(wanted) + 1 if comparator == "more_than" else math.ceil(wanted)
    return min(needed, total)


def equal_parts(students: int, teachers: int) -> int:
    """Return how many students each teacher takes when the rest is shared equally, rounded up.

    Source: paper 000, scheme 4, IV(A).

    Examples
    --------
    >>> equal_parts(22, 6)
    4
    """
    return math.ceil(students / teachers) if teachers else 0
