"""Students who came out clearly worse: a mean that improves may hide them."""

from __future__ import annotations

import numpy as np

from visitkit.review.inputs import numbers
from visitkit.review.result import Flags
from visitkit.review.study.cutoff import assigned
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Harm

#: Differences of scores in tenths are not exact: 0.3 - 0.2 is less than 0.1.
_WHOLE = 1 - 1e-9


def harm_of(given: Declared, outcome: str) -> Harm | None:
    """Count the students who are clearly worse than before, on both sides.

    Parameters
    ----------
    given, outcome
        The declared study and one of its outcomes. Each student counts on the side that was
        meant, as in the estimate. Students without one of the two measures are not counted: missing
        is not well, and the flow tells how many are.

    Returns
    -------
    Harm or None
        ``None`` when nobody has declared from which change a student counts (``harm``).

    Notes
    -----
    A change under 1.96 times the standard error of a difference may be the scale's own noise
    (Jacobson and Truax 1991, doi:10.1037/0022-006X.59.1.12); no limit smaller than that means much.
    """
    if outcome not in given.harm:
        return None
    known, worse = changes(given, outcome)
    side = assigned(given).flagged if given.assign == "threshold" else given.treated
    treated, control = (int((worse & some).sum()) for some in (side, ~side))
    of_treated, of_control = (int((known & some).sum()) for some in (side, ~side))
    return Harm(given.harm[outcome], treated, control, of_treated, of_control)


def changes(given: Declared, outcome: str) -> tuple[Flags, Flags]:
    """Tell whose change is known, and who is clearly worse; one a row of the table."""
    by = given.harm[outcome]
    y, earlier = (numbers(given.table[name], name) for name in (outcome, given.before[outcome]))
    change = y - earlier
    known: Flags = ~np.isnan(change)  # a missing change is no comparison's true below
    worse: Flags = np.sign(by) * change >= abs(by) * _WHOLE
    return known, worse
