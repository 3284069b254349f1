"""What the review console has worked out: handed over whole, so that a worker can do it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

from visitkit import plan, text
from visitkit.errors import ReviewError
from visitkit.load import School
from visitkit.policy import Policy
from visitkit.record import History
from visitkit.reports.review import Changed
from visitkit.review import (
    Beside,
    CaseloadReview,
    CaseReview,
    GoalAttainment,
    Norms,
    Reliability,
    coverage,
    help_review,
)

#: Takes steps done, steps in all and a sentence.
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Ground:
    """What stands open when something is reviewed.

    Parameters
    ----------
    school, rules, day
        The school, its rules, and the day on which we stand.
    tiers
        ``student_id`` and ``tier``, where screening was done.
    history
        What the casebook remembers, where one is open.
    lang
        Of what the worker says.
    """

    school: School = field(repr=False)
    rules: Policy
    day: dt.date
    tiers: pd.DataFrame | None = field(default=None, repr=False)
    history: History | None = field(default=None, repr=False)
    lang: str = "zh"

    def say(self, key: str) -> str:
        """Return what the worker says."""
        return text.say(f"app_review.doing.{key}", self.lang)


def covered(ground: Ground, since: dt.date | None, progress: Tell) -> Changed:
    """Return what was owed and what was done.

    Parameters
    ----------
    ground
        What stands open.
    since
        First day of the contacts counted; the earliest day a duty opens where not given.
    progress
        Told how far it is.
    """
    school, rules, day, history = ground.school, ground.rules, ground.day, ground.history
    progress(0, 3, ground.say("duties"))
    owed = plan.duties(school, rules, day, None, history.duties if history else None)
    progress(1, 3, ground.say("quotas"))
    quotas = plan.coverage(owed)
    progress(2, 3, ground.say("coverage"))
    beside = Beside(
        tiers=ground.tiers,
        log=history.log if history else None,
        appointments=history.duties["appointments"] if history else None,
        since=since,
    )
    found = coverage(owed, quotas, school, rules, day, beside)
    return Changed(day, len(school.students), coverage=found)


def scale_asked(values: dict[str, str]) -> CaseReview:
    """Return what is asked of a table of scores, out of the fields of a form.

    Raises
    ------
    ReviewError
        When a number is none.

    Examples
    --------
    >>> asked = scale_asked({"score": "mood", "higher_is": "worse", "reliability": "0.8",
    ...     "mean": "20", "sd": "5", "source": "manual, p. 3", "cutoff": "", "screening": ""})
    >>> asked.reliability.value, asked.cutoff, asked.screening
    (0.8, None, None)
    """
    numbers = {name: number_typed(values.get(name, "")) for name in ("reliability", "mean", "sd")}
    reliability = None
    if all(value is not None for value in numbers.values()) and values.get("source"):
        norms = Norms(float(numbers["mean"] or 0), float(numbers["sd"] or 0), values["source"])
        reliability = Reliability(float(numbers["reliability"] or 0), norms)
    return CaseReview(
        score=values["score"],
        higher_is=values["higher_is"],
        reliability=reliability,
        cutoff=number_typed(values.get("cutoff", "")),
        screening=values.get("screening") or None,
    )


def number_typed(words: str) -> float | None:
    """Return a number that was typed; ``None`` where nothing was.

    Raises
    ------
    ReviewError
        When it is no number.

    Examples
    --------
    >>> number_typed("0.8"), number_typed(" ")
    (0.8, None)
    """
    if not words.strip():
        return None
    try:
        found = float(words.strip())
    except ValueError:
        raise ReviewError("app_review.no_number") from None
    if found - found != 0:
        raise ReviewError("app_review.no_number")
    return found


def one_student(asked: CaseReview, scores: pd.DataFrame, student: str, day: dt.date) -> Changed:
    """Return the review of one student; scores after the day change nothing."""
    known = until(scores, day)
    rows = known[known["student_id"].astype("str") == student]
    return Changed(day, 0, case=asked.fit(rows))


def whole_caseload(
    asked: CaseReview,
    scores: pd.DataFrame,
    day: dt.date,
    goals: pd.DataFrame | None = None,
    school: School | None = None,
) -> Changed:
    """Return the review of all students with scores, their goals, and the help they had."""
    known = until(scores, day)
    found = Changed(day, 0, caseload=CaseloadReview(asked).fit(known))
    if goals is not None:
        found = replace(found, goals=GoalAttainment().fit(goals, day))
    helped = None if school is None else school.tables["interventions"]
    if helped is not None and not helped.empty:
        ours = helped[helped["student_id"].isin(known["student_id"].astype("str"))]
        if not ours.empty:
            found = replace(found, help=help_review(ours, known, asked, day))
    return found


def until(scores: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return scores up to a day; one whose day cannot be read stays, so that it is refused."""
    if "date" not in scores.columns:
        return scores
    later = pd.to_datetime(scores["date"], errors="coerce") > pd.Timestamp(day)
    return scores[~later]
