"""One writer at a time: a lock that the operating system lets go when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from visitkit.errors import StoreError
from visitkit.record.faults import told

#: The file that is locked; it holds nothing.
LOCK = "casebook.lock"


class FolderLock:
    """The right to write to a folder, held until :meth:`release`.

    Raises
    ------
    StoreError
        ``record.second_writer`` when another program, or this one, has it open.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lock = FolderLock(Path(folder))
    ...     lock.release()
    """

    def __init__(self, folder: Path) -> None:
        with told(LOCK):
            self._file = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._file)
        except OSError:
            os.close(self._file)
            raise StoreError("record.second_writer", file=LOCK) from None

    def release(self) -> None:
        """Let others write; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def _take(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
