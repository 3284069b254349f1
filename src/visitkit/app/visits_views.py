"""A plan in all its views: sentences, map, board, trips and the papers to take along."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import ipywidgets

from visitkit import text
from visitkit.app import visits_words as words
from visitkit.app.visits_job import Ground, Made, papers
from visitkit.load import School
from visitkit.plan import Duties, VisitPlan
from visitkit.policy import Policy
from visitkit.widgets.listing import Listing
from visitkit.widgets.plan_board import PlanBoard
from visitkit.widgets.routes import RouteMap
from visitkit.widgets.saving import Download, Files

_PARTS = ("map", "board", "trips", "save")
#: What is taken along, each with how its files end.
_PAPERS = {
    "plan": ("itineraries.xlsx",),
    "sheets": ("sheets.html",),
    "appointments": ("appointments.html",),
    "safety": ("safety.html",),
    "calendars": (".ics",),
    "map": ("map.html", ".geojson", ".gpx"),
}


class PlanViews(ipywidgets.VBox):  # type: ignore[misc]
    """All views of one plan; moving a visit on the board changes the others.

    Parameters
    ----------
    made, ground
        The plan and the school it was made for.
    lang
        ``"zh"`` or ``"en"``.
    changed
        Called with the plan when the person moved a visit or marked one as agreed.

    Attributes
    ----------
    made : Made
        As the person arranged it.
    """

    def __init__(
        self, made: Made, ground: Ground, lang: str, changed: Callable[[Made], None]
    ) -> None:
        self.made, self._ground = made, ground
        self._lang, self._changed = lang, changed
        self.titles = {part: ipywidgets.HTML() for part in _PARTS}
        self.said, self.next = ipywidgets.HTML(), ipywidgets.HTML()
        self.names = ipywidgets.Checkbox(indent=False)
        self.map = RouteMap(*self._known(), lang, beside=made.beside)
        folk = self.map.told.people
        classes = {number: child.class_id for number, child in folk.children.items()}
        self.board = PlanBoard(
            made.plan, lang, classes=classes, frozen=made.frozen, before=made.before
        )
        self.trips = Listing(lang)
        self.downloads = [Download(self._files, "app_visits.save", "visits.zip", lang)]
        self.downloads += [
            Download(partial(self._some, name), f"app_visits.file.{name}", f"{name}.zip", lang)
            for name in _PAPERS
        ]
        saves = ipywidgets.HBox(self.downloads, layout={"flex_flow": "row wrap", "grid_gap": "8px"})
        self.names.observe(lambda _change: self._name(), names="value")
        self.board.observe(lambda _change: self._moved(), names=["plan", "frozen"])
        super().__init__(
            [
                self.said,
                self.names,
                *(self.titles["map"], self.map),
                *(self.titles["board"], self.board),
                *(self.titles["trips"], self.trips),
                *(self.titles["save"], saves, self.next),
            ]
        )
        self._word()

    def show(self, made: Made, ground: Ground) -> None:
        """Show another plan."""
        self.made, self._ground = made, ground
        self.map.show(*self._known(), beside=made.beside, names=self.names.value)
        self.board.show(made.plan, frozen=made.frozen)
        self._word()

    def speak(self, lang: str) -> None:
        """Word everything in another language; what is chosen or held stays."""
        self._lang = lang
        for view in (self.map, self.board, self.trips, *self.downloads):
            view.lang = lang
        self._word()

    def _known(self) -> tuple[VisitPlan, Duties, School, Policy]:
        return self.made.plan, self.made.duties, self._ground.school, self._ground.rules

    def _moved(self) -> None:
        """Take over what was done on the board."""
        board = self.board
        if board.plan is self.made.plan and board.frozen == self.made.frozen:
            return
        other = board.plan is not self.made.plan
        self.made = self.made.moved(board.plan, board.frozen, board.before)
        if other:
            self.map.show(*self._known(), beside=self.made.beside, names=self.names.value)
            self._word()
        self._changed(self.made)

    def _name(self) -> None:
        """Show names beside numbers, or numbers alone, as the person asked."""
        folk = self.map.told.people
        names = {number: child.name for number, child in folk.children.items()}
        names |= dict(folk.teachers)
        self.map.name(self.names.value)
        self.board.name(names if self.names.value else {})
        self._word()

    def _word(self) -> None:
        for part, title in self.titles.items():
            title.value = f"<h3>{escape(self._say(f'part.{part}'))}</h3>"
        self.names.description = self._say("names")
        made, lang = self.made, self._lang
        sentences = [words.counts_words(made, lang), words.goodness_words(made, lang)]
        sentences += words.note_words(made, lang)
        self.said.value = "".join(f"<p>{escape(one)}</p>" for one in sentences)
        self.next.value = f"<p>{escape(self._say('next'))}</p>"
        rows = words.trip_rows(self.map.told, self.names.value)
        self.trips.show(self._say("trips_shown"), words.trip_columns(lang), rows)

    def _files(self) -> Files:
        return papers(self.made, self._ground, self._lang)()

    def _some(self, name: str) -> Files:
        """Return the files of one kind."""
        endings = _PAPERS[name]
        return {one: data for one, data in self._files().items() if one.endswith(endings)}

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"app_visits.{key}", self._lang, **facts)
