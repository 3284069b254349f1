"""A list with buttons in its rows: what is owed, cases, entries, forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit import text
from visitkit.widgets.rows_state import PAGE, Listing, narrowed
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class RowsView(Shown):
    """A list that can be narrowed and searched, with something to do in each row.

    Its rows travel in messages and are no trait: a saved notebook cannot hold them.

    Parameters
    ----------
    act
        Called with the key of a row and the code of what is to be done with it.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> from visitkit.widgets.rows_state import Row
    >>> done = []
    >>> view = RowsView(lambda key, what: done.append((key, what)), "en")
    >>> view.show(Listing("cases", ("case",), (Row("c-1", ("one",), actions=(("open", "Open"),)),)))
    >>> view.press("c-1", "open"), view.press("c-1", "burn"), done
    (True, False, [('c-1', 'open')])
    """

    _esm = script("rows")
    _css = style("rows")
    room = "widgets_rows"

    frame = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)

    def __init__(self, act: Callable[[str, str], None], lang: str | None = None) -> None:
        self._act = act
        self._listing = Listing("", ())
        self._chosen: dict[str, str] = {}
        self._sought, self._most = "", PAGE
        super().__init__(lang)

    def show(self, listing: Listing) -> None:
        """Show a list; what it was narrowed to stays where it still fits."""
        self._listing = listing
        known = {one.name: {code for code, _ in one.choices} for one in listing.filters}
        self._chosen = {
            name: code for name, code in self._chosen.items() if code in known.get(name, ())
        }
        self.frame = {
            "caption": listing.caption,
            "columns": list(listing.columns),
            "filters": [
                {"name": one.name, "label": one.label, "choices": [list(x) for x in one.choices]}
                for one in listing.filters
            ],
            "search": listing.search,
            "acts": any(row.actions for row in listing.rows),
        }
        self._page()

    def press(self, key: str, action: str) -> bool:
        """Do something with a row, as its button does; tell whether it could be done."""
        for row in self._listing.rows:
            if row.key == key and action in {code for code, _ in row.actions}:
                self._act(key, action)
                return True
        return False

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "ready": lambda _content: self._page(),
            "act": self._pressed,
            "narrow": self._narrow,
            "more": self._more,
        }

    def _pressed(self, content: Mapping[str, Any]) -> None:
        self.press(short(content, "key"), short(content, "action"))

    def _narrow(self, content: Mapping[str, Any]) -> None:
        chosen = content.get("chosen")
        if not isinstance(chosen, dict):
            return
        self._chosen = {
            one.name: short(chosen, one.name)
            for one in self._listing.filters
            if short(chosen, one.name) in {code for code, _ in one.choices}
        }
        self._sought, self._most = short(content, "words"), PAGE
        self._page()

    def _more(self, _content: Mapping[str, Any]) -> None:
        self._most += PAGE
        self._page()

    def _page(self) -> None:
        found = narrowed(self._listing, self._chosen, self._sought)
        shown = found[: self._most]
        facts = {"shown": len(shown), "found": len(found), "all": len(self._listing.rows)}
        if not self._listing.rows:
            self.said = self._listing.empty
        else:
            key = "all" if len(shown) == len(self._listing.rows) else "some"
            self.said = text.say(f"widgets_rows.count.{key}", self.lang, **facts)
        rows = [
            {
                "key": row.key,
                "cells": list(row.cells),
                "mark": row.mark,
                "actions": [list(one) for one in row.actions],
            }
            for row in shown
        ]
        self.send({"kind": "rows", "rows": rows, "more": len(found) > len(shown)})
