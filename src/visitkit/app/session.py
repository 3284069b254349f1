"""What is open at this moment: one school, its caseload, its plan, its casebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import traitlets

from visitkit import policy, text
from visitkit.app.later import Of
from visitkit.policy import Policy

if TYPE_CHECKING:
    from visitkit.load import School
    from visitkit.plan import Problem, VisitPlan
    from visitkit.record import CaseStore
    from visitkit.screen import Caseload
    from visitkit.screen.day import DayLike


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
    own : tuple of Policy
        Rules of files that were opened, the latest first.
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
    planned : Made or None
        The same with what its papers tell beside it and the visits agreed with families; the
        console for visits keeps it here while the screen is locked.
    store : CaseStore or None
        The open casebook.
    written : int
        Counts what was written into the open casebook.
    noted : frozenset
        Tiers that people changed and that stand in the casebook already.
    locked : bool
        True while the screen is locked; the casebook is closed then.
    override : dict
        A tier that a person changed and nobody has written down yet: ``student_id``, ``tier``,
        ``reason_code``, ``reason``, ``until``; empty where there is none.
    overrides : tuple of Override
        All tiers that people changed since the school was opened, the latest of each student.
    """

    lang = traitlets.Unicode()
    school: Of[School | None] = Of("visitkit.load.School")
    rules = traitlets.Instance(Policy)
    own = traitlets.Tuple()
    as_of = traitlets.Instance(dt.date, allow_none=True)
    start: Of[Caseload | None] = Of("visitkit.screen.Caseload")
    cases: Of[Caseload | None] = Of("visitkit.screen.Caseload")
    chosen = traitlets.Tuple()
    problem: Of[Problem | None] = Of("visitkit.plan.Problem")
    plan: Of[VisitPlan | None] = Of("visitkit.plan.VisitPlan")
    planned = traitlets.Any(None, allow_none=True)
    store: Of[CaseStore | None] = Of("visitkit.record.CaseStore")
    written = traitlets.Int(0)
    noted = traitlets.Any(frozenset())
    locked = traitlets.Bool(False)
    override = traitlets.Dict()
    overrides = traitlets.Tuple()

    def __init__(
        self, lang: str | None = None, rules: Policy | str = "recommended", **state: Any
    ) -> None:
        known = rules if isinstance(rules, Policy) else policy.read_policy(rules)
        self._watched: list[tuple[Callable[[Any], None], list[str]]] = []
        super().__init__(lang=text.language(lang), rules=known, **state)

    @classmethod
    def of(
        cls,
        school: School,
        rules: Policy | str = "recommended",
        as_of: DayLike | None = None,
        lang: str | None = None,
    ) -> Session:
        """Return a session in which a school is open and screened.

        Parameters
        ----------
        school
            As it was read.
        rules
            A policy, or the name or file of one.
        as_of
            The day on which we stand; by default the latest in the school's tables.
        lang
            ``"zh"``, ``"en"`` or ``None`` for the machine's language.

        Raises
        ------
        VisitkitError
            When the day lies outside the school's calendar, or the rules are not usable.

        Examples
        --------
        >>> from visitkit import load, sample
        >>> school = load.read_school(sample.sample_folder())
        >>> now = Session.of(school, "recommended", "2026-11-02")
        >>> len(now.cases), now.as_of.isoformat()
        (1066, '2026-11-02')
        """
        from visitkit.screen.day import read_day

        known = rules if isinstance(rules, Policy) else policy.read_policy(rules)
        day = read_day(school.latest if as_of is None else as_of, school.calendar)
        cases = screened(school, known, day)
        state = {"school": school, "as_of": day, "start": cases, "cases": cases}
        return cls(lang, known, **state)

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "Session(open)" if self.school is not None else "Session(empty)"

    def watch(self, *names: str, call: Callable[[], None]) -> None:
        """Call a function after one of the named values changed."""

        def changed(_change: Any) -> None:
            call()

        self._watched.append((changed, list(names)))
        self.observe(changed, names=list(names))

    def release(self) -> None:
        """Call nobody any more whom :meth:`watch` was told of: those views are gone."""
        for changed, names in self._watched:
            self.unobserve(changed, names=names)
        self._watched.clear()


def screened(school: School, rules: Policy, as_of: dt.date) -> Caseload:
    """Return the caseload of a school on a day under its rules' own weights.

    Parameters
    ----------
    school
        As it was read.
    rules
        The rules in force.
    as_of
        The day on which we stand.
    """
    from visitkit.screen import RiskIndex, alerts, caseload, indicators

    figures = indicators(school, as_of=as_of)
    risk = RiskIndex.from_policy(rules).fit(figures).assess(figures)
    return caseload(risk, alerts(school, rules, as_of=as_of), rules)
