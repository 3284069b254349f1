"""A button that makes files in Python and saves them in the browser."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import traitlets

from visitkit import text
from visitkit.widgets.background import begin
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style

#: Name of a file to what it holds.
Files = Mapping[str, bytes]

#: The oldest day a zip can name: the same files then give the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)


class Download(Shown):
    """A button: its files are made when it is pressed and saved where the browser saves files.

    Nothing is written where the program runs, and no address of a file leaves it.

    Parameters
    ----------
    make
        Returns the files, for example ``lambda: written(partial(write_plan, plan))``. It runs on a
        thread of its own.
    key
        Where the words of the button stand, for example ``"app_visits.save"``.
    name
        Of the zip when there is more than one file.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    enabled : bool
        False greys the button out.
    label, failure : str
        The words on the button; why the last files could not be made.
    """

    _esm = script("saving")
    _css = style("saving")
    room = "widgets_saving"

    label = traitlets.Unicode("").tag(sync=True)
    enabled = traitlets.Bool(True).tag(sync=True)
    failure = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        make: Callable[[], Files],
        key: str = "widgets_saving.save",
        name: str = "visitkit.zip",
        lang: str | None = None,
    ) -> None:
        self._make, self._key, self._name = make, key, name
        self._error: Exception | None = None
        self._making = False
        super().__init__(lang)
        self.label = text.say(key, self.lang)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"ask": self._asked}

    def _asked(self, content: Mapping[str, Any]) -> None:
        who = short(content, "who")
        if not who or not self.enabled or self._making:
            return
        self._making, self._error = True, None
        self.failure = ""

        def done(files: Files) -> None:
            name, data = as_one(files, self._name)
            self._making = False
            self.send({"kind": "file", "who": who, "name": name}, [data])

        def failed(error: Exception) -> None:
            self._making, self._error = False, error
            self.failure = error_words(error, self.lang)
            self.send({"kind": "failed", "who": who})

        begin(self._make, done, failed)

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self.label = text.say(self._key, self.lang)
        if self._error is not None:
            self.failure = error_words(self._error, self.lang)


def as_one(files: Files, name: str) -> tuple[str, bytes]:
    """Return one file: the only one, or a zip of all.

    Parameters
    ----------
    files
        Name to content; folders in a name stay folders in the zip.
    name
        Of the zip.

    Examples
    --------
    >>> as_one({"plan.csv": b"a"}, "all.zip")
    ('plan.csv', b'a')
    >>> as_one({"plan.csv": b"a", "map.html": b"b"}, "all.zip")[0]
    'all.zip'
    """
    if len(files) == 1:
        (only, data), *_ = files.items()
        return PurePosixPath(only).name, data
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in files.items():
            archive.writestr(zipfile.ZipInfo(each, _DAY), data, zipfile.ZIP_DEFLATED)
    return name, packed.getvalue()


def written(write: Callable[[Path], object]) -> dict[str, bytes]:
    """Return the files that a report writes into a folder, which only we can read and is removed.

    Parameters
    ----------
    write
        Takes an empty folder and writes into it.

    Examples
    --------
    >>> written(lambda folder: (folder / "a.txt").write_bytes(b"1"))
    {'a.txt': b'1'}
    """
    with tempfile.TemporaryDirectory(prefix="visitkit-") as place:
        folder = Path(place)
        write(folder)
        found = sorted(path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
