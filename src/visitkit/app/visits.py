"""The console for visits: who is owed one, who goes, when, in what order, and the papers."""

from __future__ import annotations

import datetime as dt
from html import escape

import ipywidgets

from visitkit import plan, text
from visitkit.app import visits_words as words
from visitkit.app.session import Session
from visitkit.app.visits_form import NARROW, VisitsForm
from visitkit.app.visits_job import Ground, Made, make, papers
from visitkit.plan import Duties, Visit
from visitkit.widgets.listing import Listing
from visitkit.widgets.plan_board import PlanBoard
from visitkit.widgets.routes import RouteMap
from visitkit.widgets.saving import Download, Files
from visitkit.widgets.working import Working

_PARTS = ("owed", "plan", "map", "board", "trips", "save")


class VisitsConsole(ipywidgets.VBox):  # type: ignore[misc]
    """Plan visits for the school that is open, move them, and take the papers along.

    Parameters
    ----------
    session
        Shared with the other consoles. Read: ``school``, ``rules``, ``as_of``, ``cases``,
        ``chosen``, ``lang``. Set: ``problem`` and ``plan``.

    Attributes
    ----------
    made : Made or None
        The plan as it stands, with what it was made from.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.made: Made | None = None
        self._duties: Duties | None = None
        lang = session.lang
        self.closed = ipywidgets.HTML()
        self.titles = {part: ipywidgets.HTML() for part in _PARTS}
        self.owed_button = ipywidgets.Button(layout=NARROW)
        self.owed_button.on_click(lambda _button: self._list_owed())
        self.owed_working = Working(lang)
        self.rules_table = Listing(lang, selectable=True)
        self.students_table = Listing(lang)
        self.form = VisitsForm(lang, self._press)
        self.working = Working(lang)
        self.said = ipywidgets.HTML()
        self.names = ipywidgets.Checkbox(indent=False)
        self.map: RouteMap | None = None
        self.map_place = ipywidgets.VBox()
        self.board: PlanBoard | None = None
        self.board_place = ipywidgets.VBox()
        self.trips = Listing(lang)
        self.download = Download(self._files, "app_visits.save", "visits.zip", lang)
        self.rules_table.observe(lambda _change: self._show_students(), names="chosen")
        self.names.observe(lambda _change: self._name(), names="value")
        super().__init__()
        session.watch("school", "rules", call=self._forget)
        session.watch("as_of", "chosen", call=self._arrange)
        session.watch("lang", call=self._speak)
        self._speak()
        self._arrange()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "VisitsConsole()"

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"app_visits.{key}", self.session.lang, **facts)

    # What is shown follows the session.

    def _forget(self) -> None:
        """Another school or other rules: what was planned is no longer about them."""
        self.made, self._duties = None, None
        with self.session.hold_trait_notifications():
            self.session.problem, self.session.plan = None, None
        self._arrange()

    def _arrange(self) -> None:
        if self.session.school is None:
            self.children = [self.closed]
            return
        self.form.begin_on(self._day())
        self.form.speak(self.session.lang, len(self.session.chosen))
        self.children = [
            self.titles["owed"],
            self.owed_button,
            self.owed_working,
            *([self.rules_table, self.students_table] if self._duties is not None else []),
            self.titles["plan"],
            self.form,
            self.working,
            *(self._results() if self.made is not None else []),
        ]

    def _results(self) -> list[ipywidgets.Widget]:
        return [
            self.said,
            self.names,
            self.titles["map"],
            self.map_place,
            self.titles["board"],
            self.board_place,
            self.titles["trips"],
            self.trips,
            self.titles["save"],
            self.download,
        ]

    def _speak(self) -> None:
        lang = self.session.lang
        self.closed.value = f"<p>{escape(self._say('closed'))}</p>"
        for part, title in self.titles.items():
            title.value = f"<h3>{escape(self._say(f'part.{part}'))}</h3>"
        self.owed_button.description = self._say("owed_button")
        self.names.description = self._say("names")
        self.form.speak(lang, len(self.session.chosen))
        views = (self.owed_working, self.rules_table, self.students_table, self.working)
        plan_views = [view for view in (self.map, self.board) if view is not None]
        for view in (*views, self.trips, self.download, *plan_views):
            view.lang = lang
        self._show_owed()
        self._word_plan()

    def _day(self) -> dt.date:
        school = self.session.school
        day = self.session.as_of or (school.latest if school is not None else None)
        return day or dt.date.today()

    def _ground(self) -> Ground:
        now = self.session
        if now.school is None:
            raise RuntimeError
        return Ground(now.school, now.rules, now.cases, tuple(now.chosen))

    # Who is owed a visit.

    def _list_owed(self) -> None:
        ground, day = self._ground(), self._day()
        alerts = None if ground.cases is None else ground.cases.alerts

        def job(tell: object, _stopped: object) -> Duties:
            return plan.duties(ground.school, ground.rules, day, alerts)

        def done(found: Duties) -> None:
            self._duties = found
            self._show_owed()
            self._arrange()

        self.owed_working.run(job, done)

    def _show_owed(self) -> None:
        if self._duties is None:
            return
        lang = self.session.lang
        caption = self._say("rules_shown", date=self._duties.as_of)
        self.rules_table.show(
            caption, words.owed_columns(lang), words.owed_rows(self._duties, lang)
        )
        self._show_students()

    def _show_students(self) -> None:
        lang, chosen = self.session.lang, self.rules_table.chosen
        if self._duties is None or chosen < 0:
            self.students_table.show(self._say("pick_rule"), (), ())
            return
        rule, kind = words.owed_rules(self._duties)[chosen]
        caption = self._say("students_shown", rule=words.rule_words(rule, kind, lang))
        rows = words.student_rows(self._duties, rule, kind, lang)
        self.students_table.show(caption, words.student_columns(lang), rows)

    # The plan.

    def _press(self) -> None:
        ground, ask, lang = self._ground(), self.form.ask(self._day()), self.session.lang
        kept = self._agreed()
        self.working.run(
            lambda tell, stopped: make(ask, ground, lang, kept, tell, stopped), self._planned
        )

    def _agreed(self) -> tuple[Visit, ...]:
        """Return the visits agreed with families: they stay when the rest is planned again."""
        if self.made is None or self.board is None:
            return ()
        return tuple(one for one in self.made.plan.visits if one.request_id in self.board.frozen)

    def _planned(self, made: Made) -> None:
        self.made, self._duties = made, made.duties
        with self.session.hold_trait_notifications():
            self.session.problem, self.session.plan = made.problem, made.plan
        self._show_plan()
        self._show_owed()
        self._arrange()

    def _show_plan(self) -> None:
        """Show a new plan in all views."""
        if self.made is None:
            return
        self._show_map()
        frozen = {one.request_id for one in self.made.kept}
        if self.board is None:
            self.board = PlanBoard(self.made.plan, self.session.lang, frozen=frozen)
            self.board.observe(lambda _change: self._moved(), names="plan")
            self.board_place.children = [self.board]
        else:
            self.board.show(self.made.plan, frozen=frozen)
        self._name()

    def _moved(self) -> None:
        """Take over the plan as the person moved it on the board."""
        if self.made is None or self.board is None or self.board.plan is self.made.plan:
            return
        self.made = self.made.moved(self.board.plan)
        self.session.plan = self.made.plan
        self._show_map()
        self._word_plan()

    def _show_map(self) -> None:
        if self.made is None:
            return
        ground, made = self._ground(), self.made
        known = (made.plan, made.duties, ground.school, ground.rules)
        if self.map is None:
            self.map = RouteMap(*known, self.session.lang, beside=made.beside)
            self.map_place.children = [self.map]
        self.map.show(*known, beside=made.beside, names=self.names.value)

    def _name(self) -> None:
        """Show names or numbers alone, as the person asked."""
        if self.map is None or self.board is None:
            return
        folk = self.map.told.people
        names = {number: child.name for number, child in folk.children.items()}
        names |= dict(folk.teachers)
        self.map.name(self.names.value)
        self.board.name(
            names if self.names.value else {}, {n: c.class_id for n, c in folk.children.items()}
        )
        self._word_plan()

    def _word_plan(self) -> None:
        if self.made is None or self.map is None:
            return
        lang, made = self.session.lang, self.made
        sentences = [words.counts_words(made, lang), words.goodness_words(made, lang)]
        sentences += words.note_words(made, lang)
        self.said.value = "".join(f"<p>{escape(one)}</p>" for one in sentences)
        rows = words.trip_rows(self.map.told, self.names.value)
        self.trips.show(self._say("trips_shown"), words.trip_columns(lang), rows)

    def _files(self) -> Files:
        if self.made is None:
            return {}
        return papers(self.made, self._ground(), self.session.lang)()
