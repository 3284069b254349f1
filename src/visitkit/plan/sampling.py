"""A random sample of parents, a share of each class, with its seed."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd

from visitkit.calendar import Term
from visitkit.errors import PlanError
from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.policy.thresholds import students_needed

#: Columns of the sample.
COLUMNS = ("student_id", "class_id", "term", "survey", "seed", "place")


def sample_parents(
    school: School, policy: Policy, term: str | Term, seed: int, survey: int = 1
) -> pd.DataFrame:
    """Draw the families that are asked in a term, at random within each class.

    Parameters
    ----------
    school
        Students with their classes.
    policy
        ``survey.parents.share`` and ``survey.parents.comparator``.
    term
        A term of the school's calendar or its name.
    seed
        Any whole number; it stands in the table, so that the draw can be repeated and checked.
    survey
        1 for the first survey of the term, 2 for the second, each with its own draw.

    Returns
    -------
    pandas.DataFrame
        ``student_id``, ``class_id``, ``term``, ``survey``, ``seed``, ``place`` (in which order the
        families of a class were drawn, from 1). Each class gives at least the share asked, so the
        whole does too. Families of students who were on roll at some time of the term.

    Raises
    ------
    PlanError
        When the policy asks for no survey of parents, the calendar has no such term, or the seed
        or the number of the survey is not allowed.

    Notes
    -----
    Stratified simple random sampling with proportional allocation, rounded up (Cochran, Sampling
    Techniques, 3rd ed., 1977, sections 5.2 and 5.5). Each class has a stream of its own: a student
    who joins one class changes no other. Paper 001, section II.6, asks for 30 %.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> roll = pd.DataFrame({"student_id": [f"{n:02d}" for n in range(20)], "class_id": "701"})
    >>> school = School.from_frames(students=roll)
    >>> term = school.calendar.terms[0]
    >>> len(sample_parents(school, read_policy("recommended"), term, seed=7))
    6
    """
    rule = policy.records("survey").get("parents")
    if rule is None:
        raise PlanError("duties.no_survey", policy=policy.name)
    if seed < 0 or survey < 1:
        raise PlanError("duties.sample_numbers", seed=seed, survey=survey)
    when = _term(school, term)
    rows = [
        (student, name, when.name, survey, seed, place)
        for name, members in _classes(school, when).items()
        for place, student in enumerate(_drawn(members, rule, (seed, survey), when, name), 1)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"student_id": "str", "class_id": "str", "term": "str"})


def _term(school: School, term: str | Term) -> Term:
    terms = school.calendar.terms
    found = [one for one in terms if term in (one, one.name)]
    if not found:
        names = ", ".join(one.name or str(one.start) for one in terms)
        wanted = term.name if isinstance(term, Term) else term
        raise PlanError("duties.no_term", found=wanted, names=names)
    return found[0]


def _classes(school: School, term: Term) -> dict[str, list[str]]:
    roll = school.students
    here = ~(roll["entered_on"] > pd.Timestamp(term.end))
    here &= ~(roll["left_on"] <= pd.Timestamp(term.start))
    classes: dict[str, list[str]] = {}
    known = roll.loc[here, ["student_id", "class_id"]].astype("object")
    for student, name in known.itertuples(index=False, name=None):
        classes.setdefault("" if pd.isna(name) else str(name), []).append(str(student))
    return {name: sorted(classes[name]) for name in sorted(classes)}


def _drawn(
    members: list[str],
    rule: dict[str, object],
    numbers: tuple[int, int],
    term: Term,
    name: str,
) -> list[str]:
    share, comparator = float(str(rule["share"])), str(rule["comparator"])
    wanted = students_needed(len(members), share, comparator)
    words = f"{term.name}|{term.start}".encode(), name.encode()
    stream = np.random.default_rng([*numbers, *map(zlib.crc32, words)])
    return [members[place] for place in stream.permutation(len(members))[:wanted]]
