"""Pages of which one is seen at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
import traitlets

from visitkit import text
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class PageBar(Shown):
    """A row of names; the one that is chosen is seen.

    Parameters
    ----------
    key
        Where the names stand, for example ``"app_casebook.page"``.
    names
        Which of them, in order.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    page : str
        The one that is seen.

    Examples
    --------
    >>> PageBar("widgets_forms", ("yes", "no"), "en").page
    'yes'
    """

    _esm = script("pages")
    _css = style("pages")
    room = "widgets_rows"

    page = traitlets.Unicode("").tag(sync=True)
    names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)

    def __init__(self, key: str, names: Sequence[str], lang: str | None = None) -> None:
        self._key, self._names = key, tuple(names)
        super().__init__(lang, page=names[0])
        self._speak(None)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"turn": self._turn}

    def _turn(self, content: Mapping[str, Any]) -> None:
        if short(content, "page") in self._names:
            self.page = short(content, "page")

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self.names = [[one, text.say(f"{self._key}.{one}", self.lang)] for one in self._names]
        if text.has(f"{self._key}_bar"):
            self.label = text.say(f"{self._key}_bar", self.lang)


class Pages(ipywidgets.VBox):  # type: ignore[misc]
    """A bar of names over the page that is chosen.

    Parameters
    ----------
    bar
        The names.
    pages
        Name to what is seen.
    """

    def __init__(self, bar: PageBar, pages: Mapping[str, ipywidgets.Widget]) -> None:
        self.bar, self.pages = bar, dict(pages)
        super().__init__([bar, *self.pages.values()])
        bar.observe(self._turn, names="page")
        self._turn(None)

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def _turn(self, _change: object) -> None:
        for name, page in self.pages.items():
            page.layout.display = "" if name == self.bar.page else "none"
