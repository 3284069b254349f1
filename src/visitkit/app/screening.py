"""The console for screening: weights, the list, a student's card, alerts, and the files."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from functools import partial
from html import escape
from typing import Any

import ipywidgets

from visitkit import policy, text
from visitkit.app.own_rules import chosen, offered
from visitkit.app.session import Session, screened
from visitkit.errors import VisitkitError
from visitkit.policy import Policy
from visitkit.reports import write_screening
from visitkit.screen import Caseload
from visitkit.screen.day import read_day
from visitkit.widgets.board import AlertBoard
from visitkit.widgets.card import StudentCard
from visitkit.widgets.choices import Choices
from visitkit.widgets.saving import Download, Files, written
from visitkit.widgets.sentences import error_words
from visitkit.widgets.table import CaseTable
from visitkit.widgets.weights import WeightPanel, follow
from visitkit.widgets.weights_state import of_caseload
from visitkit.widgets.working import Tell, Working

FILES = ("caseload.csv", "alerts.csv", "caseload.xlsx", "report.html")
_PARTS = ("list", "card", "save")


class ScreeningConsole(ipywidgets.VBox):  # type: ignore[misc]
    """Look at the students of the school that is open, move weights, decide, and save the lists.

    Parameters
    ----------
    session
        Shared with the other consoles. Read: ``school``, ``rules``, ``as_of``, ``start``,
        ``lang``. Set: ``cases``, ``chosen``, ``override``, ``overrides``; where the person screens
        again also ``rules``, ``as_of`` and ``start``.

    Attributes
    ----------
    panel : WeightPanel
    table : CaseTable
    card : StudentCard
    board : AlertBoard
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._school = session.school
        self._stale = True
        lang = session.lang
        self.closed = ipywidgets.HTML()
        self.choices = Choices(self._go, lang)
        self.working = Working(lang)
        self.panel = WeightPanel(lang=lang)
        self.table = CaseTable(lang=lang)
        self.card = StudentCard(lang=lang)
        self.board = AlertBoard(lang=lang)
        self.names = ipywidgets.Checkbox(indent=False, layout={"width": "auto"})
        self.titles = {part: ipywidgets.HTML() for part in _PARTS}
        self.downloads = [Download(self._files, "app_screening.save", "visitkit.zip", lang)]
        self.downloads += [
            Download(partial(self._file, name), f"app_screening.file.{name.replace('.', '_')}")
            for name in FILES
        ]
        super().__init__()
        self._wire()
        session.watch("start", call=self._begin)
        session.watch("own", call=self._offer)
        session.watch("store", "written", "as_of", call=self._written)
        session.watch("lang", call=self._speak)
        session.watch("chosen", call=self._chosen)
        self._speak()
        self._begin()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "ScreeningConsole()"

    def _wire(self) -> None:
        follow(self.panel, self.table)
        self.panel.observe(lambda _change: self._settled(), names="cases")
        self.table.observe(lambda _change: self._look(self.table.current), names="current")
        self.table.observe(lambda _change: self._look(self.table.current, focus=True), "opened")
        self.board.observe(lambda _change: self._find(self.board.student), names="asked")
        self.table.observe(lambda change: self._choose(change["new"]), names="chosen")
        self.card.observe(lambda change: self._choose(change["new"]), names="chosen")
        self.card.observe(lambda _change: self._decided(), names="overrides")
        self.names.observe(lambda _change: self._show(), names="value")

    # What is shown follows the session.

    def _begin(self) -> None:
        """Another school, other rules or another day: everything is shown anew."""
        now = self.session
        if now.school is None or now.start is None:
            self.children = [self.closed]
            return
        if now.school is not self._school and self._school is not None:
            now.overrides, now.override = (), {}  # numbers of another school are other children
        self._school = now.school
        kept = now.cases if now.cases is not None else now.start
        self.panel.show(now.start)
        settings = of_caseload(kept)
        if settings != of_caseload(now.start):
            self.panel.set(weights=settings.weights, cuts=settings.cuts, capacity=settings.capacity)
        self._offer()
        self._show()
        self.card.overrides = now.overrides
        self.table.decide(self._tiers())
        self._chosen()
        self.children = self._arranged()

    def _arranged(self) -> list[ipywidgets.Widget]:
        left = ipywidgets.VBox(
            [self.choices, self.working, self.panel],
            layout={"flex": "1 1 300px", "max_width": "400px"},
        )
        right = ipywidgets.VBox(
            [self.titles["list"], self.names, self.table, self.titles["card"], self.card],
            layout={"flex": "3 1 560px", "min_width": "0"},
        )
        row = {"flex_flow": "row wrap", "grid_gap": "12px"}
        saves = ipywidgets.HBox(self.downloads, layout=row)
        last = [self.board, self.titles["save"], saves]
        return [ipywidgets.HBox([left, right], layout=row), *last]

    def _offer(self) -> None:
        now = self.session
        if now.school is None:
            return
        known = offered(now.own, now.lang)
        if now.rules.name not in [name for name, *_ in known]:
            known = [(now.rules.name, policy.title(now.rules.name, now.lang), ""), *known]
        days = now.school.calendar
        span = (days.first.isoformat(), days.last.isoformat())
        day = now.as_of or now.school.latest
        self.choices.show(known, now.rules.name, day.isoformat(), span)

    def _show(self) -> None:
        now, cases = self.session, self._cases()
        if cases is None:
            return
        names = bool(self.names.value)
        self.table.show(cases, now.school, names=names)
        self.card.show(cases, now.school, names=names)
        self.board.show(now.start, now.school, names=names)

    def _cases(self) -> Caseload | None:
        return self.panel.cases if self.panel.cases is not None else self.session.start

    def _speak(self) -> None:
        lang = self.session.lang
        self.closed.value = f"<p>{escape(text.say('app_screening.closed', lang))}</p>"
        self.names.description = text.say("app_screening.names", lang)
        for part, title in self.titles.items():
            title.value = f"<h3>{escape(text.say(f'app_screening.part.{part}', lang))}</h3>"
        views = (self.choices, self.working, self.panel, self.table, self.card, self.board)
        for view in (*views, *self.downloads):
            view.lang = lang
        if self.session.school is not None:
            self._offer()

    # What the person does.

    def _settled(self) -> None:
        cases = self.panel.cases
        if cases is not None and self.panel.start is self.session.start:
            self.card.show(cases)
            self.session.cases = cases

    def _look(self, student: str, *, focus: bool = False) -> None:
        if student and self._cases() is not None:
            self._remember()
            self.card.turn_to(student, focus=focus)

    def _written(self) -> None:
        """Read the casebook again when a card is looked at: each look is written down there."""
        self._stale = True
        if self.session.store is None:
            self._remember()

    def _remember(self) -> None:
        """Let the card tell the contacts that the open casebook knows."""
        if not self._stale:
            return
        now, contacts = self.session, None
        if now.store is not None and now.school is not None:
            day = now.as_of or now.school.latest
            with suppress(VisitkitError):  # the casebook's own page says what is wrong with it
                contacts = now.store.history(day)["visits"]
        self._stale = False
        self.card.remember(contacts)

    def _find(self, student: str) -> None:
        self.table.go_to(student)
        self._look(student, focus=True)

    def _choose(self, students: tuple[str, ...]) -> None:
        if set(students) != set(self.session.chosen):
            self.session.chosen = tuple(students)

    def _chosen(self) -> None:
        wanted = tuple(self.session.chosen)
        if set(self.table.chosen) != set(wanted):
            self.table.choose(wanted)
        if set(self.card.chosen) != set(wanted):
            self.card.chosen = wanted

    def _decided(self) -> None:
        new = [one for one in self.card.overrides if one not in self.session.overrides]
        self.session.overrides = self.card.overrides
        self.table.decide(self._tiers())
        for one in new:
            self.session.override = one.told()

    def _tiers(self) -> dict[str, str]:
        as_of = self.session.as_of
        return {one.student_id: one.tier for one in self.session.overrides if one.holds(as_of)}

    def _go(self, name: str, day: str) -> None:
        now = self.session
        school = now.school
        if school is None:
            return
        self.choices.said = ""
        try:
            known = now.rules if name == now.rules.name else chosen(now.own, name)
            on = read_day(day, school.calendar)
        except VisitkitError as error:
            self.choices.said = error_words(error, now.lang)
            return
        words = text.say("app_screening.screening", now.lang)

        def job(tell: Tell, _stopped: object) -> Caseload:
            tell(0, 0, words)
            return screened(school, known, on)

        self.working.run(job, partial(self._screened, known, on))

    def _screened(self, rules: Policy, day: dt.date, cases: Caseload) -> None:
        with self.session.hold_trait_notifications():
            self.session.rules, self.session.as_of = rules, day
            self.session.start = self.session.cases = cases
            self.session.problem = self.session.plan = self.session.planned = None

    # Files.

    def _files(self) -> Files:
        cases, school = self._cases(), self.session.school
        if cases is None or school is None:
            return {}
        lang, names = self.session.lang, bool(self.names.value)

        def write(folder: Any) -> object:
            return write_screening(cases, school, folder, lang, names=names)

        return written(write)

    def _file(self, name: str) -> Files:
        return {name: self._files()[name]}
