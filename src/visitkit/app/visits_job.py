"""Planning as the console does it: on a thread, told of its progress, stopped when asked."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from visitkit import plan, text
from visitkit.app.session import screened
from visitkit.app.visits_ask import Ask
from visitkit.load import School
from visitkit.plan import Duties, Progress, Visit, VisitPlan
from visitkit.policy import Policy
from visitkit.reports.visits import Beside, write_visits
from visitkit.screen import Caseload
from visitkit.widgets.plan_board_state import Board
from visitkit.widgets.saving import written
from visitkit.widgets.working import Tell


@dataclass(frozen=True)
class Ground:
    """What a plan is made on: the school as it is open now.

    Parameters
    ----------
    school, rules
        The school and the rules in force.
    cases
        The caseload; ``None`` where nobody has screened yet.
    chosen
        Students put on the list by hand.
    history
        What the casebook remembers, see :func:`visitkit.plan.duties`; ``None`` where none is open.
    """

    school: School
    rules: Policy
    cases: Caseload | None
    chosen: tuple[str, ...] = ()
    history: Mapping[str, pd.DataFrame] | None = None


@dataclass(frozen=True)
class Made:
    """A plan with what it was made from and what its papers tell beside it.

    Parameters
    ----------
    plan, duties
        From :mod:`visitkit.plan`.
    beside
        Caseload and place of the school, for the papers.
    kept
        Visits that were agreed with families before the plan was made.
    frozen
        Requests whose visits are agreed now.
    before
        The boards before each step that can be undone.
    """

    plan: VisitPlan
    duties: Duties
    beside: Beside
    kept: tuple[Visit, ...] = ()
    frozen: frozenset[str] = frozenset()
    before: tuple[Board, ...] = field(default=(), repr=False)

    @property
    def agreed(self) -> tuple[Visit, ...]:
        """The visits that stay when the rest is planned again."""
        return tuple(one for one in self.plan.visits if one.request_id in self.frozen)

    def moved(
        self, changed: VisitPlan, frozen: frozenset[str], before: tuple[Board, ...] = ()
    ) -> Made:
        """Return the same with the plan and the agreed visits as the person arranged them."""
        return replace(self, plan=changed, frozen=frozen, before=before)


def make(
    ask: Ask,
    ground: Ground,
    lang: str,
    kept: tuple[Visit, ...],
    tell: Tell,
    stopped: threading.Event,
) -> Made:
    """Plan the visits that are asked for.

    Parameters
    ----------
    ask, ground
        What is wanted, and of which school.
    lang
        Of the progress.
    kept
        Visits agreed with families, which stay as they are.
    tell, stopped
        As :class:`visitkit.widgets.working.Working` gives them. Once stopped, the best plan found
        so far is returned.

    Raises
    ------
    VisitkitError
        When the controls say something that cannot be planned.
    """
    terms = replace(ask.terms(ground.school, ground.chosen, kept), history=ground.history)
    tell(0, ask.seconds, text.say("app_visits.step.screen", lang))
    # Without a caseload no alert would ask for a visit.
    cases = ground.cases or screened(ground.school, ground.rules, ask.start)
    tell(0, ask.seconds, text.say("app_visits.step.duties", lang))
    setting = plan.problem_of(cases, ground.school, ground.rules, ask.start, terms)
    problem, frozen = setting.problem, frozenset(one.request_id for one in setting.kept)
    tell(0, ask.seconds, text.say("app_visits.step.plan", lang))

    def told(now: Progress) -> None:
        tell(min(round(now.seconds), ask.seconds), ask.seconds, progress_words(now, lang))

    found = plan.plan_visits(
        problem.requests,
        problem.visitors,
        problem.trip,
        seconds=ask.seconds,
        seed=ask.seed,
        rules=problem.rules,
        frozen=setting.kept,
        progress=told,
        cancel=stopped,
    )
    return Made(found, setting.duties, Beside(cases, terms.base), setting.kept, frozen)


def progress_words(now: Progress, lang: str) -> str:
    """Return how far the search is: stage, cost, bound and gap."""
    facts = {"stage": text.say(f"plan.stage.{now.stage}", lang), "cost": f"{now.cost:,.0f}"}
    if now.bound <= 0 or not math.isfinite(now.cost):
        return text.say("app_visits.bar_open", lang, **facts)
    return text.say(
        "app_visits.bar", lang, **facts, bound=f"{now.bound:,.0f}", gap=f"{now.gap:.1%}"
    )


def papers(made: Made, ground: Ground, lang: str) -> Callable[[], dict[str, bytes]]:
    """Return a function that gives all files of a plan."""

    def write(folder: Path) -> None:
        write_visits(
            made.plan, made.duties, ground.school, ground.rules, folder, lang, beside=made.beside
        )

    return lambda: written(write)
