"""Talking to a person at a terminal: sentences, aligned tables, progress, sparing colour."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from tqdm import tqdm

from visitkit import text

#: Escape codes by the part a text plays.
_STYLES = {"strong": "1", "alarm": "1;31", "notice": "33", "quiet": "2"}
_GAP = "  "

#: ``(done, total, what)``
Progress = Callable[[int, int, str], None]


def width(words: str) -> int:
    r"""Return how many columns of a terminal a text takes; Chinese signs take two.

    Examples
    --------
    >>> width("ab"), width("\u4e2d"), width("e\u0301")
    (2, 2, 1)
    """
    return sum(_columns(sign) for sign in words)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cc", "Cf", "Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(sign) in {"W", "F"} else 1


def fit(words: str, columns: int, *, right: bool = False) -> str:
    r"""Return a text that takes exactly so many columns: filled up, or cut with an ellipsis.

    Examples
    --------
    >>> fit("S01", 5), fit("7", 3, right=True), fit("\u4e2d\u6587", 3)
    ('S01  ', '  7', '\u4e2d…')
    """
    one_line = " ".join(words.split())
    if width(one_line) > columns:
        one_line = _cut(one_line, columns)
    space = " " * (columns - width(one_line))
    return space + one_line if right else one_line + space


def _cut(words: str, columns: int) -> str:
    taken = ""
    for sign in words:
        if width(taken) + _columns(sign) > columns - 1:
            break
        taken += sign
    return taken + "…"


def table(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Sequence[int] = (),
    columns: int | None = None,
) -> list[str]:
    """Return the lines of a table whose columns stand below each other.

    Parameters
    ----------
    headers
        Words above the columns.
    rows
        Cells as text.
    numbers
        Places of the columns that are set to the right.
    columns
        Width of the terminal; the last column is cut to fit. ``None`` for no limit.

    Examples
    --------
    >>> for line in table(["id", "n"], [["S01", "7"], ["S0002", "12"]], numbers=[1]):
    ...     print(line)
    id      n
    S01     7
    S0002  12
    """
    lines = [list(headers), *(list(row) for row in rows)]
    widths = [max(width(" ".join(line[n].split())) for line in lines) for n in range(len(headers))]
    if columns is not None:
        before = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
        widths[-1] = min(widths[-1], max(columns - before, width(headers[-1]), 8))
    return [
        _GAP.join(fit(cell, widths[n], right=n in numbers) for n, cell in enumerate(line)).rstrip()
        for line in lines
    ]


class Console:
    """Where a command says what it did.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.
    out, err
        Streams for results and for what is said beside them.
    """

    def __init__(self, lang: str, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.lang = lang
        self.out = out or sys.stdout
        self.err = err or sys.stderr

    def say(self, key: str, style: str = "", **facts: object) -> None:
        """Print a sentence of ``text/``."""
        self.print(self.words(key, **facts), style)

    def count(self, key: str, style: str = "", *, number: int, **facts: object) -> None:
        """Print a sentence with a count, in the singular where it is one."""
        # Loads every stage, and not every command counts.
        from visitkit.text.counting import one_or_many

        # Read only where it is needed: screening takes seconds to import, many commands need none.

        self.say(one_or_many(key, number), style, number=number, **facts)

    def words(self, key: str, **facts: object) -> str:
        """Return a sentence of ``text/``."""
        return text.say(key, self.lang, **facts)

    def print(self, line: str = "", style: str = "") -> None:
        """Print a line to the results."""
        print(self._styled(line, style, self.out), file=self.out)

    def complain(self, line: str) -> None:
        """Print a line beside the results."""
        self.out.flush()
        print(self._styled(line, "alarm", self.err), file=self.err)

    def hint(self, key: str, **facts: object) -> None:
        """Say something beside the results that is not a fault."""
        print(self.words(key, **facts), file=self.err)

    @property
    def columns(self) -> int | None:
        """Width of the terminal, or ``None`` when nobody watches."""
        if not self.out.isatty():
            return None
        try:
            return os.get_terminal_size(self.out.fileno()).columns
        except (OSError, io.UnsupportedOperation):
            return None

    @contextmanager
    def bar(self) -> Iterator[Progress]:
        """Show how far a command has come, when somebody watches."""
        shown = "{desc} {bar} {n_fmt}/{total_fmt}"
        watched = self.err.isatty()
        with tqdm(file=self.err, disable=not watched, leave=False, bar_format=shown) as line:

            def progress(done: int, total: int, what: str) -> None:
                line.total, line.n = total, done
                line.set_description_str(what)

            yield progress

    def _styled(self, line: str, style: str, stream: TextIO) -> str:
        if not style or not _colours(stream):
            return line
        return f"\033[{_STYLES[style]}m{line}\033[0m"


def _colours(stream: TextIO) -> bool:
    """Tell whether colour is welcome: a terminal that knows it, and nobody said no.

    https://no-color.org
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if os.name == "nt" and not (os.environ.get("WT_SESSION") or os.environ.get("TERM")):
        return False
    return stream.isatty()


def speak_utf8() -> None:
    """Let Chinese through to a terminal or file whose encoding is older."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
