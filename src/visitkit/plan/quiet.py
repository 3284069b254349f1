"""Keep the solver's stray lines away from the standard output.

HiGHS now and then prints a line of its own (``HighsMipSolverData::...``) through C, whatever its
options say (https://github.com/jump-dev/HiGHS.jl/issues/312). A program that reads what we print
would stumble over it. While the solver works, file descriptor 1 leads to a file; afterwards all
other lines in it are printed after all.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

#: How the solver's own lines begin.
STRAY = b"HighsMipSolverData::"

_OUT = 1


@dataclass(eq=False)
class _Spool:
    """Where file descriptor 1 leads while at least one thread solves."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    depth: int = 0
    own: int | None = None
    kept: IO[bytes] | None = None

    def begin(self) -> None:
        with self.lock:
            self.depth += 1
            if self.depth == 1:
                _flush()
                with suppress(OSError):  # no standard output at all: nothing to keep clean
                    self._turn_away()

    def end(self) -> None:
        with self.lock:
            self.depth -= 1
            if self.depth == 0 and self.own is not None and self.kept is not None:
                _flush()
                os.dup2(self.own, _OUT)
                os.close(self.own)
                self.own = None
                with self.kept as kept:
                    kept.seek(0)
                    _print([line for line in kept if not line.startswith(STRAY)])
                self.kept = None

    def _turn_away(self) -> None:
        own = os.dup(_OUT)
        try:
            self.kept = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the last thread leaves
            os.dup2(self.kept.fileno(), _OUT)
        except OSError:
            os.close(own)
            raise
        self.own = own


_SPOOL = _Spool()


@contextmanager
def without_stray_lines() -> Iterator[None]:
    """Drop the lines that HiGHS prints of its own accord; any number of threads may be inside.

    What others print to file descriptor 1 meanwhile is printed when the last thread leaves.

    Examples
    --------
    >>> with without_stray_lines():
    ...     print("kept")
    kept
    """
    _SPOOL.begin()
    try:
        yield
    finally:
        _SPOOL.end()


@functools.cache
def drop_what_is_left() -> None:
    """Let a solver that nobody waits for any more print to nowhere when the program ends."""
    atexit.register(_end_in_silence)


def _end_in_silence() -> None:
    with suppress(OSError, ValueError):
        if sys.stdout is not None:
            sys.stdout.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), _OUT)


def _print(lines: list[bytes]) -> None:
    rest = memoryview(b"".join(lines))
    with suppress(OSError):  # the reader has left
        while rest:
            rest = rest[os.write(_OUT, rest) :]


def _flush() -> None:
    """Empty the buffers of Python and of C, so that each line ends where it belongs."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    library = _c_library()
    if library is not None:
        library.fflush(None)


@functools.cache
def _c_library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    except (OSError, TypeError):
        return None
