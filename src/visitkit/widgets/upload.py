"""One file that a person hands over, kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import traitlets

from visitkit import text
from visitkit.errors import VisitkitError
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style

#: Most bytes of a file; a browser's line to Python carries ten million.
MOST = 8_000_000


class Upload(Shown):
    """A button that takes one file.

    The file is never written down; what :attr:`took` does with it decides whether it is taken.

    Parameters
    ----------
    key
        Where the words on it stand.
    endings
        Endings that can be read, with their dots.
    took
        Called with name and bytes; raises a :class:`VisitkitError` where it cannot be read.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> found = {}
    >>> upload = Upload("widgets_forms.save", (".csv",), found.__setitem__, "en")
    >>> upload.take("a.csv", b"1"), upload.take("a.exe", b"1"), found
    (True, False, {'a.csv': b'1'})
    """

    _esm = script("upload")
    _css = style("upload")
    room = "widgets_upload"

    label = traitlets.Unicode("").tag(sync=True)
    endings: traitlets.List[Any] = traitlets.List().tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        key: str,
        endings: tuple[str, ...],
        took: Callable[[str, bytes], None],
        lang: str | None = None,
    ) -> None:
        self._key, self._took = key, took
        self._say: Callable[[str], str] = lambda _lang: ""
        super().__init__(lang, endings=list(endings))
        self._speak(None)

    def take(self, name: str, data: bytes) -> bool:
        """Take a file, as the button does; tell whether it could be read."""
        if not name.lower().endswith(tuple(self.endings)) or len(data) > MOST:
            endings = " ".join(self.endings)
            key = "widgets_upload.not_taken"
            self._tell(lambda lang: text.say(key, lang, endings=endings), wrong=True)
            return False
        try:
            self._took(name, data)
        except (VisitkitError, OSError) as error:
            self._tell(partial(error_words, error), wrong=True)
            return False
        self._tell(lambda lang: text.say("widgets_upload.taken", lang, name=name))
        return True

    def forget(self) -> None:
        """Say nothing of a file any more."""
        self._tell(lambda _lang: "")

    def _tell(self, say: Callable[[str], str], *, wrong: bool = False) -> None:
        self._say, self.wrong = say, wrong
        self.said = say(self.lang)

    def _message(self, widget: object, content: object, buffers: object) -> None:
        if not isinstance(content, Mapping) or content.get("kind") != "file":
            super()._message(widget, content, buffers)
            return
        name = short(content, "name")
        if name and isinstance(buffers, list) and len(buffers) == 1:
            self.take(name, bytes(buffers[0]))

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self.label = text.say(self._key, self.lang)
        self.said = self._say(self.lang)
