"""What every view of ours has in common: its words, and no student in a saved notebook."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import anywidget
import traitlets

from visitkit import text


@cache
def asset(*names: str) -> str:
    """Return files of ``assets/`` as one text, in the order given.

    A view's script is one module to the browser, so what views share is put before it.
    """
    folder = files(__package__).joinpath("assets")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def script(name: str) -> str:
    """Return the script of a view with what all views share before it."""
    return asset("dom.js", f"{name}.js")


def style(name: str) -> str:
    """Return the style of a view with what all views share before it."""
    return asset("view.css", f"{name}.css")


class View(anywidget.AnyWidget):
    """A thin view in the browser on a frozen state.

    A view computes nothing: it shows what functions returned and reports what the person did.
    Words travel to the browser as data and are put there as text, never as HTML.

    Attributes
    ----------
    lang : str
        ``"zh"`` or ``"en"``; assigning it re-words the view at once.
    words : dict
        The words of :attr:`room` in that language, as the text file holds them.
    """

    #: File stem below ``text/`` and, where the file has several views, the table in it.
    room: ClassVar[str]

    lang = traitlets.Unicode("zh").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, lang: str | None = None, **state: Any) -> None:
        spoken = text.language(lang)
        super().__init__(lang=spoken, words=self._words(spoken), **state)
        self.observe(self._speak, names="lang")

    def __repr__(self) -> str:
        """Return the kind of view only: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    @traitlets.validate("lang")
    def _known_language(self, proposal: dict[str, str]) -> str:
        return text.language(proposal["value"])

    def _speak(self, _change: object) -> None:
        self.words = self._words(self.lang)

    def _words(self, lang: str) -> dict[str, object]:
        file, _, table = self.room.partition(".")
        found = text.find(self.room, lang) if table else text.sheet(file, lang)
        return dict(found) if isinstance(found, dict) else {}
