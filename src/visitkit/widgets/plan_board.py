"""A board of teachers and days on which visits are moved by mouse or keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Any

import traitlets

from visitkit.errors import PlanError
from visitkit.plan import Unassigned, VisitPlan, explain_unassigned
from visitkit.widgets.background import begin
from visitkit.widgets.plan_board_shape import (
    Told,
    board_shape,
    held_shape,
    preview_shape,
    reason_words,
)
from visitkit.widgets.plan_board_state import (
    Board,
    Preview,
    Spot,
    agreed,
    dropped,
    preview,
    undone,
)
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style

#: Where a visit goes that is taken out of the plan.
OUT = ""

#: Seconds in which the price of adding a visit is looked for.
PRICE_SECONDS = 2.0


class PlanBoard(Shown):
    """Visits in a grid of teachers and days; each can be moved, taken out, put in or agreed.

    Before a visit is dropped the board shows what that costs and which rules it breaks. Everything
    is worked out and checked here; the browser only asks.

    Parameters
    ----------
    plan
        The plan, with the problem it was made from.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    classes
        Class of each student.
    names
        Names by number, shown beside the numbers; empty: numbers alone.
    frozen
        Requests whose visits were agreed with the families.
    before
        The boards before each step that can be undone, from :attr:`before` of another board.

    Attributes
    ----------
    plan : VisitPlan
        As the person arranged it.
    frozen : frozenset of str
        Requests whose visits are agreed.
    """

    _esm = script("plan_board")
    _css = style("plan_board")
    room = "widgets_plan_board"

    plan = traitlets.Instance(VisitPlan)
    frozen = traitlets.Any(frozenset())
    shape = traitlets.Dict().tag(sync=True)
    held = traitlets.Dict().tag(sync=True)
    step = traitlets.Dict().tag(sync=True)
    prices = traitlets.Dict().tag(sync=True)
    asking = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        plan: VisitPlan,
        lang: str | None = None,
        *,
        classes: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
        frozen: Collection[str] = (),
        before: tuple[Board, ...] = (),
    ) -> None:
        self._board = Board(plan, frozenset(frozen), before)
        self._classes, self._names = dict(classes or {}), dict(names or {})
        self._step: Preview | None = None
        self._found: dict[str, Unassigned] = {}
        super().__init__(lang, plan=plan, frozen=self._board.frozen)
        self._paint()

    @property
    def before(self) -> tuple[Board, ...]:
        """The boards before each step that can be undone."""
        return self._board.before

    def show(self, plan: VisitPlan, *, frozen: Collection[str] = ()) -> None:
        """Show another plan; what was moved before cannot be undone any more."""
        self._found = {}
        self._take(Board(plan, frozenset(frozen)))

    def name(self, names: Mapping[str, str], classes: Mapping[str, str] | None = None) -> None:
        """Show names beside numbers, or none; the classes stay where none are given."""
        self._names = dict(names)
        self._classes = self._classes if classes is None else dict(classes)
        self._paint()

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "pick": self._pick,
            "over": self._over,
            "drop": self._drop,
            "cancel": lambda _content: self._let_go(),
            "agree": self._agree,
            "undo": lambda _content: self._undo(),
            "price": self._price,
        }

    # Each message names a request; one that the plan does not have is passed over.

    def _known(self, content: Mapping[str, Any]) -> str:
        name = short(content, "id")
        there = self._board.visit(name) is not None or self._board.left(name) is not None
        return name if there else ""

    def _pick(self, content: Mapping[str, Any]) -> None:
        name = self._known(content)
        if name:
            self._step, self.step = None, {}
            self.held = held_shape(self._board, name, self._told())
            self.said = ""

    def _over(self, content: Mapping[str, Any]) -> None:
        name = self._known(content)
        spots = self._spots(content)
        if not name or not spots:
            return
        try:
            self._step = preview(self._board, name, spots[0])
        except PlanError as error:
            self._step = None
            refused = error_words(error, self.lang)
            self.step = {"id": name, "spot": short(content, "spot"), "refused": refused}
            return
        self.step = preview_shape(self._step, self._told())

    def _drop(self, content: Mapping[str, Any]) -> None:
        """Drop what was shown, and nothing else: a person decides on what was seen."""
        name, step = self._known(content), self._step
        if step is None or not name or step.request_id != name:
            return
        if self._spots(content) != (step.spot,):
            return
        words = str(self.step.get("words", ""))
        self._take(dropped(self._board, step))
        self.said = self._told().say("dropped", words=words)

    def _let_go(self) -> None:
        self._step, self.step, self.held = None, {}, {}

    def _agree(self, content: Mapping[str, Any]) -> None:
        name = self._known(content)
        if name and self._board.visit(name) is not None:
            self._take(agreed(self._board, name))
            self.said = self._told().say("agreed" if name in self.frozen else "not_agreed")

    def _undo(self) -> None:
        if self._board.before:
            self._take(undone(self._board))
            self.said = self._told().say("undone")

    def _price(self, content: Mapping[str, Any]) -> None:
        name, plan = self._known(content), self.plan
        if not name or self.asking or self._board.left(name) is None:
            return
        self.asking = name

        def done(found: tuple[Unassigned, ...]) -> None:
            self.asking = ""
            if plan is self.plan:
                self._found |= {one.request_id: one for one in found}
                self._paint_prices()

        def failed(error: Exception) -> None:
            self.asking = ""
            self.said = error_words(error, self.lang)

        begin(lambda: explain_unassigned(plan, seconds=PRICE_SECONDS, only={name}), done, failed)

    def _spots(self, content: Mapping[str, Any]) -> tuple[Spot | None, ...]:
        """Return where a message points: nothing is nowhere, ``None`` is out of the plan."""
        if content.get("spot") == OUT:
            return (None,)
        day, _, lead = short(content, "spot").partition("|")
        days = {one["id"] for one in self.shape["days"]}
        leads = {one["id"] for one in self.shape["teachers"]}
        return (Spot(lead, dt.date.fromisoformat(day)),) if day in days and lead in leads else ()

    def _take(self, board: Board) -> None:
        changed = board.plan is not self._board.plan
        self._board, self._step = board, None
        if changed:
            self._found = {}
        with self.hold_sync(), self.hold_trait_notifications():
            self.held, self.step, self.said = {}, {}, ""
            self.plan, self.frozen = board.plan, board.frozen
            self._paint()

    def _told(self) -> Told:
        return Told(self.lang, self._classes, self._names)

    def _paint(self) -> None:
        self.shape = board_shape(self._board, self._told())
        self._paint_prices()

    def _paint_prices(self) -> None:
        self.prices = {name: reason_words(one, self.lang) for name, one in self._found.items()}

    def _speak(self, change: object) -> None:
        with self.hold_sync():
            super()._speak(change)
            self.said = ""
            self._paint()
            if self.held:
                self.held = held_shape(self._board, str(self.held["id"]), self._told())
            if self._step is not None:
                self.step = preview_shape(self._step, self._told())
            elif self.step:
                self.step = {}
