"""The console for visits: who is owed one, who goes, when, in what order, and the papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from html import escape

import ipywidgets
import pandas as pd

from visitkit import plan, text
from visitkit.app.session import Session
from visitkit.app.visits_form import VisitsForm
from visitkit.app.visits_job import Ground, Made, make
from visitkit.app.visits_owed import OwedPart
from visitkit.app.visits_views import PlanViews
from visitkit.errors import VisitkitError
from visitkit.load import School
from visitkit.plan import Duties
from visitkit.widgets.working import Working


class VisitsConsole(ipywidgets.VBox):  # type: ignore[misc]
    """Plan visits for the school that is open, move them, and take the papers along.

    Parameters
    ----------
    session
        Shared with the other consoles. Read: ``school``, ``rules``, ``as_of``, ``cases``,
        ``chosen``, ``store``, ``lang``. Set: ``problem``, ``plan`` and ``planned``; a plan that is
        there already is shown.

    Attributes
    ----------
    views : PlanViews or None
        The plan as it is shown.

    Examples
    --------
    >>> console = VisitsConsole(Session("en"))
    >>> console, console.views
    (VisitsConsole(), None)
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.views: PlanViews | None = None
        lang = session.lang
        self.closed = ipywidgets.HTML()
        self.titles = {part: ipywidgets.HTML() for part in ("owed", "plan")}
        self.owed = OwedPart(lang, self._count)
        self.form = VisitsForm(lang, self._press)
        self.working = Working(lang)
        super().__init__()
        session.watch("school", "rules", call=self._forget)
        session.watch("as_of", "chosen", call=self._arrange)
        session.watch("planned", call=self._show)
        session.watch("lang", call=self._speak)
        self._speak()
        self._show()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "VisitsConsole()"

    def _forget(self) -> None:
        """Another school or other rules: what was planned is no longer about them."""
        self.working.stop()
        self.owed.show(None)
        self._keep(None)
        self._arrange()

    def _keep(self, made: Made | None) -> None:
        """Hand a plan to the session, which keeps it while the screen is locked."""
        with self.session.hold_trait_notifications():
            self.session.planned = made
            self.session.plan = None if made is None else made.plan
            self.session.problem = None if made is None else made.plan.problem

    def _show(self) -> None:
        """Show the plan that the session holds."""
        made, school = self.session.planned, self.session.school
        if made is None or school is None:
            self.views = None
        elif self.views is None:
            self.views = PlanViews(made, self._ground(school), self.session.lang, self._keep)
            self.owed.show(made.duties)
        elif made is not self.views.made:
            self.views.show(made, self._ground(school))
            self.owed.show(made.duties)
        self._arrange()

    def _arrange(self) -> None:
        if self.session.school is None:
            self.children = [self.closed]
            return
        school = self.session.school
        self.form.begin_on(self._day(school), _zones(school))
        self.form.speak(self.session.lang, len(self.session.chosen))
        shown = [] if self.views is None else [self.views]
        parts = [self.titles["owed"], self.owed, self.titles["plan"], self.form, self.working]
        self.children = [*parts, *shown]

    def _speak(self) -> None:
        lang = self.session.lang
        self.closed.value = f"<p>{escape(text.say('app_visits.closed', lang))}</p>"
        for part, title in self.titles.items():
            title.value = f"<h3>{escape(text.say(f'app_visits.part.{part}', lang))}</h3>"
        self.form.speak(lang, len(self.session.chosen))
        self.owed.speak(lang)
        self.working.lang = lang
        if self.views is not None:
            self.views.speak(lang)

    def _day(self, school: School) -> dt.date:
        return school.calendar.date(self.session.as_of or school.latest)

    def _ground(self, school: School, history: Mapping[str, pd.DataFrame] | None = None) -> Ground:
        now = self.session
        return Ground(school, now.rules, now.cases, tuple(now.chosen), history)

    def _remembered(self, day: dt.date) -> Mapping[str, pd.DataFrame] | None:
        """Return what the casebook remembers, where one is open."""
        return None if self.session.store is None else self.session.store.history(day).duties

    def _count(self) -> Callable[[], Duties]:
        """Return the work that finds out what is owed; what it reads is read now."""
        school = self.session.school
        if school is None:
            raise RuntimeError
        day, rules, cases = self._day(school), self.session.rules, self.session.cases
        alerts = None if cases is None else cases.alerts
        try:
            past = self._remembered(day)
        except VisitkitError as error:
            return _failing(error)
        return lambda: plan.duties(school, rules, day, alerts, past)

    def _press(self) -> None:
        school = self.session.school
        if school is None or self.working.busy:
            return
        lang = self.session.lang
        made = None if self.views is None else self.views.made
        try:
            ask = self.form.ask(self._day(school))
            ground = self._ground(school, self._remembered(ask.start))
        except VisitkitError as error:
            fail = _failing(error)
            self.working.run(lambda _tell, _stopped: fail())
            return
        kept = () if made is None else made.agreed

        def done(found: Made) -> None:
            # A plan for a school that was closed meanwhile is nobody's plan any more.
            now = self.session
            if now.school is ground.school and now.rules is ground.rules:
                self.form.files.forget_earlier()
                self._keep(found)

        self.working.run(lambda tell, stopped: make(ask, ground, lang, kept, tell, stopped), done)


def _zones(school: School) -> list[str]:
    """Return the zones in which families live."""
    students = school.students
    known = students["zone"].dropna().astype(str) if "zone" in students else pd.Series(dtype=str)
    return sorted({zone for zone in known if zone.strip()})


def _failing(error: Exception) -> Callable[[], Duties]:
    """Return work that ends with an error, so that it is told where others are told."""

    def work() -> Duties:
        raise error

    return work
