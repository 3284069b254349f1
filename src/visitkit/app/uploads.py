"""Files that a person hands over: in a folder only this person can read, no longer than needed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path, PurePosixPath, PureWindowsPath

from visitkit.errors import TableError
from visitkit.load.reading import TEXTS, WORKBOOKS

#: Endings of files that are taken.
ENDINGS = (*WORKBOOKS, *TEXTS)
#: Most files at once, and most bytes of all of them together (a county's tables are smaller).
MOST_FILES, MOST_BYTES = 60, 500_000_000
_PREFIX = "visitkit-handed-"
#: Seconds after which files that lie there are nobody's any more.
_FORGOTTEN = 12 * 3600


class Uploads:
    """A private folder that files come into piece by piece.

    The folder can be read by this person alone (mode 0700) and is removed by :meth:`clear`, and at
    the latest when the program ends.

    Examples
    --------
    >>> uploads = Uploads()
    >>> uploads.begin([("a.csv", 3)])
    >>> uploads.take(0, 0, b"1,2")
    >>> uploads.folder.name.startswith("visitkit-"), (uploads.folder / "a.csv").read_bytes()
    (True, b'1,2')
    >>> uploads.clear()
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._given: set[Path] = set()
        self._files: list[tuple[Path, int]] = []
        self._at = (0, 0)
        sweep()
        atexit.register(self.clear)

    @property
    def folder(self) -> Path:
        """Where the files lie.

        Raises
        ------
        TableError
            When no file has come.
        """
        if self._folder is None:
            raise TableError("app_start.wrong.none")
        return self._folder

    def begin(self, files: list[tuple[str, int]]) -> None:
        """Expect files; earlier ones that nobody took are removed.

        Parameters
        ----------
        files
            Name and size in bytes of each.

        Raises
        ------
        TableError
            When they are too many or too large, of a kind that cannot be read, or two have one
            name.
        """
        self._forget()
        names = [plain_name(name) for name, _ in files]
        if len(files) > MOST_FILES:
            raise TableError("app_start.wrong.many", number=len(files), most=MOST_FILES)
        for name in names:
            if name.startswith((".", "~$")) or not name.lower().endswith(ENDINGS):
                raise TableError("app_start.wrong.kind", file=name, allowed=" ".join(ENDINGS))
        if len({name.casefold() for name in names}) < len(names):
            raise TableError("app_start.wrong.twice")
        if sum(size for _, size in files) > MOST_BYTES:
            raise TableError("app_start.wrong.large", most=MOST_BYTES // 1_000_000)
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._files = [
            (self._folder / name, size) for name, (_, size) in zip(names, files, strict=True)
        ]
        self._at = (0, 0)

    def take(self, file: int, start: int, piece: bytes) -> tuple[int, int] | None:
        """Keep a piece.

        Parameters
        ----------
        file, start
            Which file, and from which byte.
        piece
            What it holds.

        Returns
        -------
        tuple or None
            File and place of the next piece; ``None`` when all files have come.

        Raises
        ------
        TableError
            When the piece is not the one that was expected: then nothing is kept.
        """
        if (file, start) != self._at or file >= len(self._files):
            self._forget()
            raise TableError("app_start.wrong.broken")
        path, size = self._files[file]
        end = start + len(piece)
        if end > size or (not piece and size):
            self._forget()
            raise TableError("app_start.wrong.broken")
        with open(path, "ab", opener=_private) as target:
            target.write(piece)
        self._at = (file, end) if end < size else (file + 1, 0)
        return self._at if self._at[0] < len(self._files) else None

    def give(self) -> Path:
        """Hand over the folder; whoever takes it calls :meth:`drop` when it has been read.

        Raises
        ------
        TableError
            When no file has come.
        """
        folder = self.folder
        self._given.add(folder)
        self._folder, self._files, self._at = None, [], (0, 0)
        return folder

    def drop(self, folder: Path) -> None:
        """Remove a folder that was handed over; any other path is left alone."""
        if folder in self._given:
            shutil.rmtree(folder, ignore_errors=True)
            self._given.discard(folder)

    def clear(self) -> None:
        """Remove all that has come and all that was handed over."""
        self._forget()
        for folder in tuple(self._given):
            self.drop(folder)

    def _forget(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder, self._files, self._at = None, [], (0, 0)


def plain_name(name: str) -> str:
    r"""Return a file name without any folder, whichever system it comes from.

    Examples
    --------
    >>> plain_name("../../etc/school.csv"), plain_name("C:\\data\\school.xlsx")
    ('school.csv', 'school.xlsx')
    """
    return PurePosixPath(PureWindowsPath(name).name).name


def sweep() -> None:
    """Remove what programs left behind that were ended before they could do so themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > _FORGOTTEN:
                shutil.rmtree(folder, ignore_errors=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
