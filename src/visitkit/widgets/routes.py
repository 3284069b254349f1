"""A map of the day's routes that needs no network: drawn here, from the plan alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit.load import School
from visitkit.plan import Duties, VisitPlan
from visitkit.policy import Policy
from visitkit.reports.visits.given import NOTHING, Beside, given
from visitkit.reports.visits.rows import Round, visit_round
from visitkit.widgets.routes_state import day_list, day_map
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class RouteMap(Shown):
    """School, homes and routes of a day, with a list of the stops that says the same in words.

    Parameters
    ----------
    plan, duties, school, policy
        As for :func:`visitkit.reports.visits.write_visits`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    beside
        Where the school is.
    names
        Tell names beside numbers.

    Attributes
    ----------
    day : str
        The day shown, as ``2026-11-02``.
    crew : str
        Letter of the crew that is shown alone; empty: all of them.
    stop : str
        Mark of the stop on which the person stands, for example ``"B2"``.
    student : str
        Number of the student of that stop.
    told : Round
        The plan day by day, in the words of the language.
    """

    _esm = script("routes")
    _css = style("routes")
    room = "widgets_routes"

    days: traitlets.List[Any] = traitlets.List().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    day = traitlets.Unicode("").tag(sync=True)
    crew = traitlets.Unicode("").tag(sync=True)
    stop = traitlets.Unicode("").tag(sync=True)
    student = traitlets.Unicode("")

    def __init__(
        self,
        plan: VisitPlan,
        duties: Duties,
        school: School,
        policy: Policy,
        lang: str | None = None,
        *,
        beside: Beside = NOTHING,
        names: bool = False,
    ) -> None:
        self._made = (plan, duties, school, policy, beside)
        self._names = names
        super().__init__(lang)
        self.told = self._round()
        self._paint()

    def show(
        self,
        plan: VisitPlan,
        duties: Duties,
        school: School,
        policy: Policy,
        *,
        beside: Beside = NOTHING,
        names: bool = False,
    ) -> None:
        """Show another plan; the day stays where the new plan has it."""
        self._made, self._names = (plan, duties, school, policy, beside), names
        self.told = self._round()
        self._paint()

    def name(self, names: bool) -> None:
        """Show names beside numbers, or numbers alone."""
        if names != self._names:
            self._names = names
            self._paint()

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"day": self._choose_day, "crew": self._choose_crew, "stop": self._choose_stop}

    def _choose_day(self, content: Mapping[str, Any]) -> None:
        if short(content, "id") in {one["id"] for one in self.days}:
            self.day, self.crew = short(content, "id"), ""
            self._paint()

    def _choose_crew(self, content: Mapping[str, Any]) -> None:
        letter = short(content, "id")
        known = {one["letter"] for one in self._crews()}
        if letter in known or content.get("id") == "":
            self.crew = letter
            self._paint()

    def _choose_stop(self, content: Mapping[str, Any]) -> None:
        mark = short(content, "id")
        stops = [stop for crew in self._crews() for stop in crew["stops"]]
        found = next((one for one in stops if one["mark"] == mark), None)
        if found is not None:
            self.stop, self.student = mark, str(found["student"])

    def _crews(self) -> list[Any]:
        return list(self.picture.get("crews", []))

    def _round(self) -> Round:
        plan, duties, school, policy, beside = self._made
        return visit_round(given(plan, duties, school, policy, self.lang, beside))

    def _paint(self) -> None:
        """Show the chosen day, or the first where the plan has no visit on it."""
        listed = day_list(self.told)
        known = [one["id"] for one in listed]
        day = self.day if self.day in known else next(iter(known), "")
        date = dt.date.fromisoformat(day) if day else None
        letters = {trip.letter for trip in self.told.on(date)} if date else set()
        crew = self.crew if self.crew in letters else ""
        picture = day_map(self.told, date, crew, self._names)
        with self.hold_sync():
            self.days, self.picture, self.day = listed, picture, day
            self.crew, self.stop = crew, ""
        self.student = ""

    def _speak(self, change: object) -> None:
        with self.hold_sync():
            super()._speak(change)
            self.told = self._round()
            self._paint()
