"""What the papers of a plan are made from, and the words that several of them share."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from visitkit import tables, text
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan import Duties, Problem, VisitPlan
from visitkit.plan.travel import Place
from visitkit.policy import Policy
from visitkit.policy.words import code_word, source_words, value_words
from visitkit.screen.caseload import Caseload

#: Where words for roles stand.
ROLES = ("values.role", "policy.role")


@dataclass(frozen=True, slots=True)
class Beside:
    """What may stand beside a plan.

    Parameters
    ----------
    caseload
        From :func:`visitkit.screen.caseload.caseload`: good news and facts to talk about. Without
        it a sheet tells what the duty alone says.
    base
        Where the school is; ``None``: nobody says, the map shows the middle of the homes and says
        so, and the routes for other programs begin at the first home.
    private
        Put what ``access.mental_file`` keeps for some roles on the sheets of holders of these
        roles. Sheets leave the school, so it is left out unless it is asked for.
    """

    caseload: Caseload | None = None
    base: Place | None = None
    private: bool = False


NOTHING = Beside()


@dataclass(frozen=True)
class Given:
    """A plan, what it was made from, and the language of the papers."""

    plan: VisitPlan
    problem: Problem
    duties: Duties
    school: School
    policy: Policy
    lang: str
    beside: Beside

    @property
    def today(self) -> dt.date:
        """The day on which the plan was made: that of the duties, else that of the first visit."""
        if self.duties.as_of is not None:
            return self.duties.as_of
        days = [one.date for one in self.plan.visits or self.problem.visitors.sessions]
        return min(days, default=self.school.calendar.first)

    def say(self, key: str, /, **facts: object) -> str:
        """Return a sentence of these papers."""
        return text.say(key, self.lang, **facts)

    def lines(self, key: str) -> list[str]:
        """Return a list of sentences of these papers."""
        found = text.find(key, self.lang)
        return [str(line) for line in found] if isinstance(found, list) else [str(found)]

    def day(self, date: dt.date) -> str:
        """Return a day with its weekday."""
        weekday = self.say(f"visit_papers.weekday.{date.isoweekday()}")
        return self.say("visit_papers.day", date=date.isoformat(), weekday=weekday)

    def form(self, code: str) -> str:
        """Return the word for a form of contact."""
        return tables.word("visit_form", code, self.lang)

    def roles(self, key: str) -> str:
        """Return the roles of a policy key in words."""
        found = self.policy.values.get(key, [])
        codes = found if isinstance(found, list) else [found]
        return self.say("visit_papers.comma").join(
            code_word(ROLES, str(code), self.lang) for code in codes
        )

    def rule(self, key: str) -> tuple[str, str] | None:
        """Return a policy value in words with its source, ``None`` where nothing is asked for."""
        value = self.policy.values.get(key)
        if value is None or value is False or value == []:
            return None
        words = value_words(key, value, self.lang)
        return words, source_words(self.policy.source(key), self.lang)


def given(
    plan: VisitPlan,
    duties: Duties,
    school: School,
    policy: Policy,
    lang: str | None,
    beside: Beside,
) -> Given:
    """Return all of it together.

    Raises
    ------
    PlanError
        When the plan does not know what it was made from.
    """
    if plan.problem is None:
        raise PlanError("plan.unknown_problem")
    return Given(plan, plan.problem, duties, school, policy, text.language(lang), beside)


def clock(minutes: float) -> str:
    """Return minutes after midnight as a clock shows them, whole minutes only.

    Examples
    --------
    >>> clock(1002.0), clock(1002.9999999999)
    ('16:42', '16:43')
    """
    whole = whole_minute(minutes)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def whole_minute(minutes: float) -> int:
    """Return the whole minute a time lies in; a rounding error does not put it a minute early."""
    return math.floor(round(minutes, 6))


def number(minutes: float) -> float | int:
    """Return a length of time for a table: whole where it is, else to a tenth.

    Examples
    --------
    >>> number(12.0), number(12.34)
    (12, 12.3)
    """
    short = round(minutes, 1)
    return int(short) if short == int(short) else short
