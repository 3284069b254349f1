"""Where a school's tables come from: the sample, files of one's own, or a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import traitlets

from visitkit import text
from visitkit.errors import VisitkitError
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style

#: Longest path that a person may type.
_LONGEST_PATH = 4096


class Intake(Protocol):
    """Takes files piece by piece."""

    def begin(self, files: list[tuple[str, int]]) -> None:
        """Expect files of these names and sizes."""

    def take(self, file: int, start: int, piece: bytes) -> tuple[int, int] | None:
        """Keep a piece and return file and place of the next one; ``None`` after the last."""


class Sources(Shown):
    """Three ways to tables: the sample school, files, a folder.

    Parameters
    ----------
    intake
        Takes the files.
    asked
        Called with ``"sample"``, ``"files"`` once all files have come, or ``"folder"`` with its
        path.
    speak
        Called with the language that the person asked for.
    endings
        Endings of the files that can be read.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    busy : bool
        While something is read nothing else is taken.
    said : str
        What became of the files; ``wrong`` where they could not be taken.
    """

    _esm = script("sources")
    _css = style("sources")
    room = "app_start.sources"

    busy = traitlets.Bool(False).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)
    endings: traitlets.List[Any] = traitlets.List().tag(sync=True)

    def __init__(
        self,
        intake: Intake,
        asked: Callable[[str, str], None],
        speak: Callable[[str], None],
        endings: tuple[str, ...],
        lang: str | None = None,
    ) -> None:
        self._intake, self._asked, self._ask_speak = intake, asked, speak
        self._error: Exception | None = None
        super().__init__(lang, endings=list(endings))

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "speak": self._spoken,
            "sample": lambda _content: self._ask("sample"),
            "folder": self._folder,
            "begin": self._begin,
        }

    def tell(self, error: Exception | None) -> None:
        """Say why nothing was read; ``None`` clears it."""
        self._error = error
        self.wrong = error is not None
        self.said = "" if error is None else error_words(error, self.lang)

    def _message(self, widget: object, content: object, buffers: object) -> None:
        if isinstance(content, dict) and content.get("kind") == "piece":
            self._piece(content, buffers)
        else:
            super()._message(widget, content, buffers)

    def _spoken(self, content: Mapping[str, Any]) -> None:
        if short(content, "lang") in text.LANGUAGES:
            self._ask_speak(short(content, "lang"))

    def _ask(self, way: str, path: str = "") -> None:
        if not self.busy:
            self.tell(None)
            self._asked(way, path)

    def _folder(self, content: Mapping[str, Any]) -> None:
        path = content.get("path")
        if isinstance(path, str) and path.strip() and len(path) <= _LONGEST_PATH:
            self._ask("folder", path.strip())

    def _begin(self, content: Mapping[str, Any]) -> None:
        files = _named(content.get("files"))
        if self.busy or not files:
            return
        self.tell(None)
        try:
            self._intake.begin(files)
        except (VisitkitError, OSError) as error:
            self.tell(error)
            self.send({"kind": "over"})
            return
        self.send({"kind": "next", "file": 0, "from": 0})

    def _piece(self, content: Mapping[str, Any], buffers: object) -> None:
        file, start = content.get("file"), content.get("from")
        if type(file) is not int or type(start) is not int or self.busy:
            return
        if not isinstance(buffers, list) or len(buffers) != 1:
            return
        try:
            following = self._intake.take(file, start, bytes(buffers[0]))
        except (VisitkitError, OSError) as error:
            self.tell(error)
            self.send({"kind": "over"})
            return
        if following is None:
            self.send({"kind": "over"})
            self._ask("files")
        else:
            self.send({"kind": "next", "file": following[0], "from": following[1]})

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self.tell(self._error)


def _named(files: object) -> list[tuple[str, int]]:
    """Return names and sizes out of a message; nothing where it is no such list.

    Examples
    --------
    >>> _named([{"name": "a.csv", "size": 3}]), _named([{"name": 3}]), _named("a.csv")
    ([('a.csv', 3)], [], [])
    """
    if not isinstance(files, list) or not all(isinstance(one, dict) for one in files):
        return []
    found = [(short(one, "name"), one.get("size")) for one in files]
    if any(not name or type(size) is not int or size < 0 for name, size in found):
        return []
    return [(name, int(size)) for name, size in found if isinstance(size, int)]
