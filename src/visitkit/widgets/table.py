"""The list of students, sorted and filtered in the browser; every student is always in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit import text
from visitkit.load import School
from visitkit.screen import Caseload
from visitkit.screen.ranking import Ranking, as_ranking
from visitkit.screen.tiers import TIERS
from visitkit.widgets.background import begin
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.table_state import (
    Columns,
    as_csv,
    columns,
    first_reasons,
    rank_bytes,
    share_bytes,
)
from visitkit.widgets.view import asset, style

#: Most rows of which the browser may ask the reasons at once: a page and what is beside it.
MOST_ASKED = 200


class CaseTable(Shown):
    """Every student of a caseload once; only the rows in sight are painted.

    What no weight changes is sent once, each move sends seven bytes a student. Students travel in
    messages, never in traits, so that no notebook keeps them.

    Parameters
    ----------
    cases
        The caseload; without one the table says that there is none.
    school
        Gives grades, and names where they are asked for.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    names
        Show names beside numbers.
    tall
        How many rows are in sight.

    Attributes
    ----------
    chosen : tuple of str
        Numbers of the students whose box is ticked, in the order of the columns.
    current : str
        The student on whom the cursor stands; empty before it stands anywhere.
    opened : int
        Goes up by one each time the person asks for the card of :attr:`current`.

    Examples
    --------
    >>> CaseTable(lang="en")
    CaseTable()
    """

    _esm = asset("dom.js", "table_rows.js", "table_cells.js", "table.js")
    _css = style("table")
    room = "widgets_table"

    chosen = traitlets.Tuple()
    tall = traitlets.Int(12).tag(sync=True)
    current = traitlets.Unicode("")
    opened = traitlets.Int(0)

    def __init__(
        self,
        cases: Caseload | None = None,
        school: School | None = None,
        lang: str | None = None,
        *,
        names: bool = False,
        tall: int = 12,
    ) -> None:
        self._names = names
        self._cases: Caseload | None = None
        self._columns = Columns((), (), (), (), (), ())
        self._place: dict[str, int] = {}
        self._ranks: list[bytes] = []
        self._shares = b""
        self._version = 0
        self._decided: dict[str, str] = {}
        super().__init__(lang, tall=tall)
        if cases is not None:
            self.show(cases, school)

    def __len__(self) -> int:
        """Return the number of students in the list, whatever is filtered."""
        return len(self._columns)

    def show(
        self, cases: Caseload, school: School | None = None, *, names: bool | None = None
    ) -> None:
        """Show another caseload; who is chosen stays chosen where the student is on it."""
        self._names = self._names if names is None else names
        self._columns = columns(cases, school, names=self._names)
        self._place = {one: place for place, one in enumerate(self._columns.ids)}
        self._ranks = rank_bytes(as_ranking(cases), self._columns.ids)
        self._hold(cases)
        kept = tuple(one for one in self.chosen if one in self._place)
        self.current = self.current if self.current in self._place else ""
        self.chosen = kept
        self._send_all()

    def move(self, ranking: Ranking) -> None:
        """Show the same students in another order; reasons follow with :meth:`settle`."""
        self._ranks = rank_bytes(ranking, self._columns.ids)
        self.send({"kind": "ranks"}, self._ranks)

    def settle(self, cases: Caseload) -> None:
        """Take the same students with all there is to tell of them in the order they now have."""
        self._ranks = rank_bytes(as_ranking(cases), self._columns.ids)
        self._hold(cases)
        self.send({"kind": "ranks"}, self._ranks)
        self.send({"kind": "settled", "version": self._version}, [self._shares])

    def choose(self, students: tuple[str, ...]) -> None:
        """Tick the boxes of these students and no others; who is not on the list is passed over."""
        self.chosen = self._in_order(self._place.get(one, -1) for one in students)
        self.send({"kind": "chosen", "rows": [self._place[one] for one in self.chosen]})

    def go_to(self, student: str) -> None:
        """Put the cursor on a student; one who is not on the list is passed over."""
        if student in self._place:
            self.current = student
            self.send({"kind": "current", "row": self._place[student]})

    def decide(self, tiers: Mapping[str, str]) -> None:
        """Show beside the computed tier the one that a person set: student to tier."""
        self._decided = {one: tier for one, tier in tiers.items() if tier in TIERS}
        self._send_decided()

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "ready": lambda _content: self._send_all(),
            "reasons": self._asked_reasons,
            "chosen": self._asked_chosen,
            "current": self._asked_current,
            "open": self._asked_open,
            "export": self._asked_file,
        }

    def _hold(self, cases: Caseload) -> None:
        self._cases = cases
        self._shares = share_bytes(cases, self._columns.ids)
        self._version += 1

    def _send_all(self) -> None:
        if self._cases is None:
            return
        self.send({"kind": "rows", "columns": self._columns.sent(), "version": self._version})
        self.send({"kind": "ranks"}, self._ranks)
        self.send({"kind": "settled", "version": self._version}, [self._shares])
        self._send_decided()
        self.send({"kind": "chosen", "rows": [self._place[one] for one in self.chosen]})
        if self.current:
            self.send({"kind": "current", "row": self._place[self.current]})

    def _send_decided(self) -> None:
        told = {one: TIERS.index(tier) for one, tier in self._decided.items()}
        self.send({"kind": "decided", "tiers": told})

    def _rows(self, content: Mapping[str, Any]) -> list[int]:
        """Return the rows a message names; none at all when one of them is no row of ours."""
        found = content.get("rows")
        if not isinstance(found, list) or len(found) > len(self):
            return []
        known = all(type(one) is int and 0 <= one < len(self) for one in found)
        return list(dict.fromkeys(found)) if known else []

    def _row(self, content: Mapping[str, Any]) -> str:
        row = content.get("row")
        known = type(row) is int and 0 <= row < len(self)
        return self._columns.ids[row] if known else ""  # type: ignore[index]

    def _in_order(self, rows: Any) -> tuple[str, ...]:
        return tuple(self._columns.ids[row] for row in sorted(set(rows)) if row >= 0)

    def _asked_reasons(self, content: Mapping[str, Any]) -> None:
        rows = self._rows(content)[:MOST_ASKED]
        if self._cases is None or not rows or content.get("version") != self._version:
            return
        words = first_reasons(self._cases, [self._columns.ids[row] for row in rows], self.lang)
        answer = {"kind": "reasons", "version": self._version, "rows": rows, "words": words}
        self.send(answer)

    def _asked_chosen(self, content: Mapping[str, Any]) -> None:
        rows = self._rows(content)
        if rows or content.get("rows") == []:
            self.chosen = self._in_order(rows)

    def _asked_current(self, content: Mapping[str, Any]) -> None:
        self.current = self._row(content) or self.current

    def _asked_open(self, content: Mapping[str, Any]) -> None:
        student = self._row(content)
        if student:
            self.current = student
            self.opened += 1

    def _asked_file(self, content: Mapping[str, Any]) -> None:
        who, rows, cases = short(content, "who"), self._rows(content), self._cases
        if not who or cases is None:
            return
        shown, lang, decided = self._columns, self.lang, dict(self._decided)
        name = text.say("widgets_table.file", lang)

        def done(data: bytes) -> None:
            self.send({"kind": "file", "who": who, "name": name}, [data])

        begin(
            lambda: as_csv(shown, rows, cases, lang, decided),
            done,
            lambda _error: self.send({"kind": "failed", "who": who}),
        )

    def _words(self, lang: str) -> dict[str, object]:
        grades = {str(one): text.say(f"values.grade.{one}", lang) for one in range(1, 13)}
        tiers = {name: text.say(f"screen.tier.{name}", lang) for name in TIERS}
        return {**super()._words(lang), "grade_words": grades, "tier": tiers}
