"""Six sliders over a caseload: move one and the list is ranked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import ipywidgets
import traitlets

from visitkit import tables, text
from visitkit.errors import VisitkitError
from visitkit.screen import Caseload, rerank
from visitkit.screen.ranking import Footing, Ranking, as_ranking, footing, ranked
from visitkit.widgets.background import begin
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.table import CaseTable
from visitkit.widgets.view import script, style
from visitkit.widgets.weights_state import (
    HIGHEST,
    Settings,
    from_message,
    moves,
    of_caseload,
    policy_file,
)

#: Seconds the hand must rest before reasons are worked out anew.
REST = 0.4


class WeightPanel(Shown):
    """Sliders for the weights, cut points, places a week, and a sentence on who moved.

    Each move gives :attr:`ranking` within milliseconds. When the hand has rested, :attr:`cases`
    follows with all reasons, worked out on a thread of its own.

    Parameters
    ----------
    cases
        The caseload under the policy's weights.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    ranking : Ranking or None
        The order as it stands under the sliders.
    cases : Caseload or None
        The caseload as it stood when the hand last rested.
    settings : Settings or None
        What is set.
    pointed : str
        The student on whose number among those who moved the person clicked last.

    Examples
    --------
    >>> WeightPanel(lang="en")
    WeightPanel(6 sliders)
    """

    _esm = script("weights")
    _css = style("weights")
    room = "widgets_weights"

    ranking = traitlets.Instance(Ranking, allow_none=True)
    cases = traitlets.Instance(Caseload, allow_none=True)
    settings = traitlets.Instance(Settings, allow_none=True)
    pointed = traitlets.Unicode("")

    def __init__(self, cases: Caseload | None = None, lang: str | None = None) -> None:
        self._start: Caseload | None = None
        self._footing: Footing | None = None
        self._before: Ranking | None = None
        self._wrong: Exception | None = None
        self._resting: asyncio.TimerHandle | None = None
        super().__init__(lang)
        if cases is not None:
            self.show(cases)

    def __repr__(self) -> str:
        """Return a line without students: a saved notebook keeps it."""
        return f"WeightPanel({len(tables.DIMENSIONS)} sliders)"

    @property
    def start(self) -> Caseload | None:
        """The caseload under the policy's own weights."""
        return self._start

    @property
    def weights(self) -> dict[str, float]:
        """The weights on the sliders."""
        return dict(self.settings.weights) if self.settings else {}

    def show(self, cases: Caseload) -> None:
        """Start from another caseload."""
        self._rest_no_more()
        self._start, self._footing, self._wrong = cases, None, None
        self._before = as_ranking(cases)
        with self.hold_trait_notifications():
            self.settings = of_caseload(cases)
            self.ranking = None
            self.cases = cases
        self._tell()
        self._prepare(cases)

    def set(self, **settings: Any) -> None:
        """Move what a person moves: ``weights``, ``cuts``, ``capacity``; weights may be some only.

        What is not allowed changes nothing and is told on the page.
        """
        if self._start is None or self.settings is None:
            return
        if "weights" in settings:
            settings["weights"] = {**self.settings.weights, **settings["weights"]}
        self._take(replace(self.settings, **settings))
        self._tell()

    def reset(self) -> None:
        """Go back to the policy's own settings."""
        if self._start is not None:
            self._take(of_caseload(self._start))
            self._tell()

    def close(self) -> None:
        """Work nothing out any more and close the view."""
        self._rest_no_more()
        super().close()

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "ready": lambda _content: self._tell(),
            "move": self._asked_move,
            "reset": lambda _content: self.reset(),
            "save": self._asked_file,
            "student": self._asked_student,
        }

    def _asked_move(self, content: Mapping[str, Any]) -> None:
        wanted, turn = from_message(content), content.get("turn")
        if type(turn) is not int:
            return
        if wanted is not None and self._start is not None:
            self._take(wanted)
        # answered whatever came of it: the page sends the next move only then
        self.send({"kind": "moved", "turn": turn, **self._told()})

    def _asked_file(self, content: Mapping[str, Any]) -> None:
        who = short(content, "who")
        if who and self._start is not None and self.settings is not None:
            name = text.say("widgets_weights.file", self.lang)
            data = policy_file(self._start, self.settings)
            self.send({"kind": "file", "who": who, "name": name}, [data])

    def _asked_student(self, content: Mapping[str, Any]) -> None:
        student = short(content, "id")
        if self.ranking is not None and student in self.ranking.ids:
            self.pointed = student

    def _take(self, wanted: Settings) -> None:
        start = self._start
        if start is None:
            return
        if self._footing is None:
            self._footing = footing(start)
        try:
            ranking = ranked(self._footing, wanted.weights, wanted.cuts, wanted.capacity)
        except VisitkitError as error:
            self._wrong = error
            return
        self._wrong = None
        self.settings = wanted
        self.ranking = ranking
        self._rest(wanted)

    def _prepare(self, start: Caseload) -> None:
        """Work out what no weight changes before the first move asks for it."""

        def ready(made: Footing) -> None:
            if start is self._start and self._footing is None:
                self._footing = made

        with suppress(RuntimeError):  # a script without a loop waits for its first move instead
            asyncio.get_running_loop()
            begin(lambda: footing(start), ready, self._failed)

    def _rest(self, wanted: Settings) -> None:
        self._rest_no_more()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._settled(wanted, self._whole(wanted))
        else:
            self._resting = loop.call_later(REST, self._settle, wanted)

    def _rest_no_more(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _settle(self, wanted: Settings) -> None:
        begin(
            lambda: self._whole(wanted),
            lambda cases: self._settled(wanted, cases),
            self._failed,
        )

    def _whole(self, wanted: Settings) -> Caseload | None:
        if self._start is None:
            return None
        return rerank(self._start, wanted.weights, cuts=wanted.cuts, capacity=wanted.capacity)

    def _settled(self, wanted: Settings, cases: Caseload | None) -> None:
        if wanted is self.settings:  # else the hand has moved on meanwhile
            self.cases = cases

    def _failed(self, error: Exception) -> None:
        self._wrong = error
        self._tell()

    def _told(self) -> dict[str, object]:
        if self._wrong is not None:
            why = error_words(self._wrong, self.lang)
            return {"wrong": text.say("widgets_weights.wrong", self.lang, why=why)}
        if self._before is None or self.ranking is None:
            return {"sentence": text.say("widgets_weights.unchanged", self.lang)}
        told = moves(self._before, self.ranking, self.lang)
        return {
            "sentence": told.sentence,
            "up": told.up,
            "down": told.down,
            "more_up": told.more_up,
            "more_down": told.more_down,
        }

    def _tell(self) -> None:
        if self.settings is not None:
            self.send({"kind": "state", **self.settings.sent(), **self._told()})

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self._tell()

    def _words(self, lang: str) -> dict[str, object]:
        names = {name: text.say(f"indicators.dimension.{name}", lang) for name in tables.DIMENSIONS}
        return {**super()._words(lang), "dimension": names, "highest": HIGHEST}


class WeightedList(ipywidgets.VBox):  # type: ignore[misc]
    """The sliders with the list under them, for a notebook.

    Attributes
    ----------
    panel : WeightPanel
        The sliders.
    table : CaseTable
        The list.
    """

    def __init__(self, cases: Caseload, lang: str | None = None, rows: int = 10) -> None:
        self.panel = WeightPanel(cases, lang)
        self.table = CaseTable(cases, lang=lang, tall=rows)
        super().__init__([self.panel, self.table])
        follow(self.panel, self.table)

    def __repr__(self) -> str:
        """Return a line without students: a saved notebook keeps it."""
        return repr(self.panel)

    @property
    def cases(self) -> Caseload | None:
        """The caseload as it stands under the sliders."""
        return self.panel.cases


def follow(panel: WeightPanel, table: CaseTable) -> None:
    """Let a table show the order of a panel: at once when a slider moves, whole at rest."""

    def move(change: Mapping[str, Any]) -> None:
        if change["new"] is not None:
            table.move(change["new"])

    def settle(change: Mapping[str, Any]) -> None:
        if change["new"] is not None and panel.ranking is not None:
            table.settle(change["new"])

    panel.observe(move, names="ranking")
    panel.observe(settle, names="cases")
    panel.observe(lambda change: table.go_to(change["new"]), names="pointed")


def weight_panel(cases: Caseload, lang: str | None = None, rows: int = 10) -> WeightedList:
    """Return six sliders that rank a caseload again when one is moved, with the list under them.

    Parameters
    ----------
    cases
        What :func:`visitkit.screen.caseload` returned.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    rows
        How many students are in sight; all of them are in the list.
    """
    return WeightedList(cases, lang, rows)
