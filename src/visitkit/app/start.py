"""The first page: a language, tables, what is wrong with them, which rules, which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from visitkit import text
from visitkit.app import own_rules
from visitkit.app.session import Session, screened
from visitkit.app.start_state import Reading, faults_csv, marked, read, shown
from visitkit.app.uploads import ENDINGS, Uploads
from visitkit.errors import VisitkitError
from visitkit.widgets.choices import Choices
from visitkit.widgets.fault_list import FaultList
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.saving import Download, Files
from visitkit.widgets.sentences import error_words
from visitkit.widgets.sources import Sources
from visitkit.widgets.upload import Upload
from visitkit.widgets.working import Tell, Working

if TYPE_CHECKING:
    from visitkit.screen import Caseload

#: A Monday in the middle of the sample school's term.
SAMPLE_DAY = dt.date(2026, 11, 2)


class StartPage(ipywidgets.VBox):  # type: ignore[misc]
    """From nothing to a screened school.

    Parameters
    ----------
    session
        Shared with the consoles. Set: ``lang``, ``school``, ``rules``, ``as_of``, ``start``,
        ``cases``; what was planned for another school is dropped.
    opened
        Called when a school has been opened and screened.
    loaded
        Waits, on a thread of its own, until what the work needs is loaded.

    Attributes
    ----------
    reading : Reading or None
        What was read last; opened only when the person goes on.
    """

    def __init__(
        self,
        session: Session,
        opened: Callable[[], None] = lambda: None,
        loaded: Callable[[], None] = lambda: None,
    ) -> None:
        self.session, self._opened, self._loaded = session, opened, loaded
        self.reading: Reading | None = None
        self._sample = False
        self._uploads = Uploads()
        self._copies: Mapping[str, bytes] = {}
        lang = session.lang
        self.sources = Sources(self._uploads, self._asked, self._spoken, ENDINGS, lang)
        self.working = Working(lang)
        self.faults = FaultList(lang)
        self.marking = Working(lang)
        self.marked = Download(lambda: self._copies, "app_start.save.marked", "marked.zip", lang)
        self.listed = Download(self._listed, "app_start.save.list", lang=lang)
        buttons = ipywidgets.HBox([self.marked, self.listed])
        buttons.layout.flex_flow = "row wrap"
        self.saves = ipywidgets.VBox([self.marking, buttons])
        self.warning = PageView(lang)
        self.without = ipywidgets.Button(layout={"width": "auto", "align_self": "flex-start"})
        self.without.on_click(lambda _button: self._offer())
        self.choices = Choices(self._go, lang)
        self.rules_file = Upload("app_start.rules_file", own_rules.ENDINGS, self._own, lang)
        super().__init__([self.sources, self.working])
        session.watch("lang", call=self._speak)
        self._resume()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "StartPage()"

    # Tables.

    def _spoken(self, lang: str) -> None:
        self.session.lang = lang

    def _asked(self, way: str, path: str) -> None:
        self._sample = way == "sample"

        def job(tell: Tell, _stopped: object) -> Reading:
            tell(0, 0, text.say("app_start.beginning", self.session.lang))
            self._loaded()
            place = self._place(way, path)
            try:
                reading = read(place, lambda done, total, what: tell(done, total, what))
            except BaseException:
                self._drop(place)
                raise
            if not reading.faults:
                self._drop(place)
            return reading

        self._set_busy(True)
        self.working.run(job, self._read, self._failed)

    def _place(self, way: str, path: str) -> Path:
        if way == "sample":
            from visitkit.sample import sample_folder

            return sample_folder()
        if way == "folder":
            return Path(path).expanduser()
        # The only file, not its folder: a fault then names the file as the person knows it.
        folder = self._uploads.give()
        files = list(folder.iterdir())
        return files[0] if len(files) == 1 else folder

    def _drop(self, place: Path) -> None:
        self._uploads.drop(place)
        self._uploads.drop(place.parent)

    def _read(self, reading: Reading) -> None:
        self._set_busy(False)
        self.reading, self._copies = reading, {}
        self.working.state = "idle"  # the list below says what was found
        self.choices.shown = self.marked.enabled = False
        if reading.faults:
            self._mark(reading)
        self._show()
        if not reading.faults:
            self._offer()

    def _mark(self, reading: Reading) -> None:
        """Mark the copies while the person reads the list; then nothing handed over is left."""
        lang = self.session.lang

        def job(tell: Tell, _stopped: object) -> Mapping[str, bytes]:
            tell(0, 0, text.say("app_start.marking", lang))
            try:
                return marked(reading, lang)
            finally:
                if reading.place is not None:
                    self._drop(reading.place)

        def done(copies: Mapping[str, bytes]) -> None:
            if reading is self.reading:
                self._copies, self.marked.enabled = copies, bool(copies)
                self.marking.layout.display = "none"

        self.marking.close()
        self.marking = Working(lang)
        self.saves.children = [self.marking, *self.saves.children[1:]]
        self.marking.run(job, done)

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self.working.state = "idle"
        self.sources.tell(error)

    def _set_busy(self, busy: bool) -> None:
        self.sources.busy = self.choices.busy = busy

    def _show(self) -> None:
        if self.reading is None:
            return
        self._tell(self.reading)
        # What helps to mend the tables is offered before the way on without some of their rows.
        mend = [self.saves] if self.reading.faults else []
        without = [self.warning, self.without] if mend and self.reading.school is not None else []
        self.rules_file.layout.display = "none"
        parts = [self.faults, *mend, *without, self.choices, self.rules_file]
        self.children = [self.sources, self.working, *parts]

    def _tell(self, reading: Reading) -> None:
        told = shown(reading, self.session.lang)
        self.faults.show(told)
        self.warning.show((Section("", (str(told["warning"]),), tone="warning"),))
        self.without.description = text.say("app_start.go_without", self.session.lang)

    def _listed(self) -> Files:
        faults = () if self.reading is None else self.reading.faults
        return {"faults.csv": faults_csv(faults, self.session.lang)}

    # Rules and day.

    def _offer(self) -> None:
        if self.reading is None or self.reading.school is None:
            return
        school = self.reading.school
        day = SAMPLE_DAY if self._sample else school.latest
        known = own_rules.offered(self.session.own, self.session.lang)
        rule = self.session.rules.name
        name = rule if rule in [name for name, _, _ in known] else "recommended"
        span = (school.calendar.first.isoformat(), school.calendar.last.isoformat())
        self.choices.show(known, name, day.isoformat(), span)
        self.choices.called += 1
        self.rules_file.layout.display = ""

    def _own(self, name: str, data: bytes) -> None:
        """Offer the rules of a file, and choose them."""
        found = own_rules.read_rules(name, data)
        self.session.own = (found, *(one for one in self.session.own if one.name != found.name))
        with self.choices.hold_sync():
            self._offer_rules()
            self.choices.rule, self.choices.said = found.name, ""

    def _offer_rules(self) -> None:
        known = own_rules.offered(self.session.own, self.session.lang)
        self.choices.rules = [list(one) for one in known]

    def _go(self, rules: str, day: str) -> None:
        school = None if self.reading is None else self.reading.school
        if school is None:
            return
        from visitkit.screen.day import read_day

        try:
            known = own_rules.chosen(self.session.own, rules)
            as_of = read_day(day, school.calendar)
        except VisitkitError as error:
            self.choices.said = error_words(error, self.session.lang)
            return
        self.choices.said = ""
        lang = self.session.lang

        def job(tell: Tell, _stopped: object) -> Caseload:
            tell(0, 0, text.say("app_start.screening", lang))
            self._loaded()
            return screened(school, known, as_of)

        def done(cases: Caseload) -> None:
            self._set_busy(False)
            with self.session.hold_trait_notifications():
                self.session.chosen, self.session.planned = (), None
                self.session.problem = self.session.plan = None
                self.session.rules, self.session.school = known, school
                self.session.as_of, self.session.start = as_of, cases
                self.session.cases = cases
            self._opened()

        self._set_busy(True)
        self.working.run(job, done, self._not_screened)

    def _not_screened(self, error: Exception) -> None:
        self._set_busy(False)
        self.working.state = "idle"
        self.choices.said = error_words(error, self.session.lang)

    def _resume(self) -> None:
        """Offer rules and day again for a school that is open already."""
        if self.session.school is None:
            return
        self.reading = Reading(self.session.school)
        self._show()
        self._offer()
        if self.session.as_of is not None:
            self.choices.day = self.session.as_of.isoformat()

    def _speak(self) -> None:
        lang = self.session.lang
        views = (self.sources, self.working, self.faults, self.marking, self.marked, self.listed)
        for view in (*views, self.warning):
            view.lang = lang
        self.choices.lang = self.rules_file.lang = lang
        if self.choices.shown:
            self._offer_rules()
        if self.reading is not None:
            self._tell(self.reading)

    def close(self) -> None:
        """Remove what was handed over, and close the page."""
        self._uploads.clear()
        super().close()
