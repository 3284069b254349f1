"""What is open at this moment: one school, its caseload, its plan, its casebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import traitlets

from visitkit import policy, text
from visitkit.load import School
from visitkit.plan import Problem, VisitPlan
from visitkit.policy import Policy
from visitkit.record import CaseStore
from visitkit.screen import Caseload


class Session(traitlets.HasTraits):
    """What the consoles share; each watches what it needs and none knows another.

    Values are frozen; a change is a new value, so that watching it is enough.

    Attributes
    ----------
    lang : str
        ``"zh"`` or ``"en"``.
    school : School or None
        The school as it was read.
    rules : Policy
        The rules in force.
    as_of : datetime.date or None
        The day on which we stand.
    start : Caseload or None
        The caseload under the rules' own weights.
    cases : Caseload or None
        The caseload as the person arranged it.
    chosen : tuple of str
        Numbers of the students put on the list for visits.
    problem : Problem or None
        What the last plan was asked.
    plan : VisitPlan or None
        The last plan, as the person moved it.
    store : CaseStore or None
        The open casebook.
    locked : bool
        True while the screen is locked; the casebook is closed then.
    """

    lang = traitlets.Unicode()
    school = traitlets.Instance(School, allow_none=True)
    rules = traitlets.Instance(Policy)
    as_of = traitlets.Instance(dt.date, allow_none=True)
    start = traitlets.Instance(Caseload, allow_none=True)
    cases = traitlets.Instance(Caseload, allow_none=True)
    chosen = traitlets.Tuple()
    problem = traitlets.Instance(Problem, allow_none=True)
    plan = traitlets.Instance(VisitPlan, allow_none=True)
    store = traitlets.Instance(CaseStore, allow_none=True)
    locked = traitlets.Bool(False)

    def __init__(self, lang: str | None = None, rules: str = "recommended", **state: Any) -> None:
        super().__init__(lang=text.language(lang), rules=policy.read_policy(rules), **state)

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "Session(open)" if self.school is not None else "Session(empty)"

    def watch(self, *names: str, call: Callable[[], None]) -> None:
        """Call a function after one of the named values changed."""
        self.observe(lambda _change: call(), names=list(names))
