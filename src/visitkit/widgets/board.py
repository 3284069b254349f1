"""The board of alerts: which clocks run, which have run out, and who is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit.load import School
from visitkit.screen import Caseload
from visitkit.widgets.board_state import Board, board
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class AlertBoard(Shown):
    """Open alerts grouped by what they ask for, overdue first, answered ones last.

    Parameters
    ----------
    cases, school
        The caseload with its alerts, and the school whose calendar counts the hours.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    now
        The moment at which we stand; by default the beginning of the lessons of the day.
    names
        Show names beside numbers.

    Attributes
    ----------
    student : str
        The student whose card the person last asked for.
    asked : int
        Goes up by one each time a card is asked for.

    Examples
    --------
    >>> AlertBoard(lang="en")
    AlertBoard()
    """

    _esm = script("board")
    _css = style("board")
    room = "widgets_board"

    student = traitlets.Unicode("")
    asked = traitlets.Int(0)

    def __init__(
        self,
        cases: Caseload | None = None,
        school: School | None = None,
        lang: str | None = None,
        *,
        now: dt.datetime | None = None,
        names: bool = False,
    ) -> None:
        self._cases, self._school, self._now, self._names = cases, school, now, names
        super().__init__(lang)

    def show(
        self,
        cases: Caseload | None,
        school: School | None,
        now: dt.datetime | None = None,
        *,
        names: bool | None = None,
    ) -> None:
        """Show the alerts of another caseload."""
        self._names = self._names if names is None else names
        self._cases, self._school, self._now = cases, school, now
        self._tell()

    @property
    def board(self) -> Board | None:
        """What is shown; ``None`` before there is a caseload."""
        if self._cases is None or self._school is None:
            return None
        return board(self._cases, self._school, self.lang, self._now, names=self._names)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"ready": lambda _content: self._tell(), "open": self._asked}

    def _asked(self, content: Mapping[str, Any]) -> None:
        student = short(content, "student")
        if self._cases is not None and student in set(self._cases.alerts["student_id"].astype(str)):
            self.student = student
            self.asked += 1

    def _tell(self) -> None:
        shown = self.board
        self.send({"kind": "board", "board": None if shown is None else shown.sent()})

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self._tell()
