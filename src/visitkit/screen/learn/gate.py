"""How many events a model needs before it may learn."""

from __future__ import annotations

from visitkit.screen.learn.faults import LearnError

#: Events from which expert points may be corrected, and from which a model may fit freely. Measured
#: on public data: below some 100 to 150 events no free fit beat the expert points, the corrected
#: points did from about 15 (docs/learned-risk.md has the table).
HYBRID_EVENTS = 15
FREE_EVENTS = 300


def check_events(events: int, needed: int, students: int) -> None:
    """Refuse to learn from too few students with the outcome, or without it.

    Parameters
    ----------
    events
        Students with the outcome.
    needed
        The least number of them, and of students without.
    students
        All students.

    Raises
    ------
    LearnError
        With what was found and what would do.

    Examples
    --------
    >>> check_events(320, 300, 4000)
    >>> try:
    ...     check_events(4, 15, 900)
    ... except LearnError as error:
    ...     error.facts["events"], error.facts["needed"]
    (4, 15)
    """
    if events in {0, students}:
        raise LearnError("learn.one_class", events=events, students=students)
    fewer = min(events, students - events)
    if fewer < needed:
        raise LearnError("learn.too_few_events", events=fewer, needed=needed, students=students)
