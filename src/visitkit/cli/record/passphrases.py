"""Passphrases: asked for at the terminal, or read from where an option says; never shown.

A passphrase is no word of the command line: there it would stand in the history of the shell and
in the list of running programs.
"""

from __future__ import annotations

import getpass
import os
import re
import stat
import warnings
from pathlib import Path

from visitkit.cli.console import Console
from visitkit.cli.parser import UsageError
from visitkit.record import Key

#: A random key as it is written down: 32 bytes in hexadecimal.
_RANDOM = re.compile(r"x'([0-9a-f]{64})'")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MOST = 4096

ASK, NONE = "ask", "none"


def read_key(
    source: str, option: str, console: Console, *, asked: str, twice: bool = False
) -> Key | None:
    """Return a key.

    Parameters
    ----------
    source
        ``ask``, ``none``, ``file:PATH``, ``fd:N`` or ``env:NAME``.
    option
        The option it came from, for sentences.
    console
        Where hints are told.
    asked
        Words of the question at the terminal.
    twice
        Ask again, so that a typing error does not lock a file for ever.

    Returns
    -------
    Key or None
        ``None`` when there is none: ``none`` was said, or nothing was typed.

    Raises
    ------
    UsageError
        When the source is none of these, or holds nothing. What was found is never told.
    """
    kind, _, place = source.partition(":")
    if source == NONE:
        return None
    if source == ASK:
        typed = _asked(asked, option)
        if typed and twice and _asked(console.words("cli_record.ask.again"), option) != typed:
            raise UsageError("cli_record.wrong.twice", option=option)
        return _key(typed)
    readers = {"file": _from_file, "fd": _from_descriptor, "env": _from_environment}
    if kind not in readers or not place:
        raise UsageError("cli_record.wrong.key_source", option=option)
    found = readers[kind](place, option, console)
    if not found:
        raise UsageError("cli_record.wrong.key_empty", option=option)
    return _key(found)


def _key(found: str) -> Key | None:
    random = _RANDOM.fullmatch(found)
    return Key(bytes.fromhex(random[1]) if random else found) if found else None


def written(key: str | bytes) -> str:
    """Return a key as :func:`read_key` reads it."""
    return key if isinstance(key, str) else f"x'{key.hex()}'"


def _asked(question: str, option: str) -> str:
    """Ask without an echo; where that is impossible, do not ask at all."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(question)
    except (getpass.GetPassWarning, EOFError, OSError):
        raise UsageError("cli_record.wrong.no_terminal", option=option) from None


def _from_file(place: str, option: str, console: Console) -> str:
    path = Path(place)
    with path.open("rb") as file:
        raw = file.read(_MOST)
        if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
            console.hint("cli_record.hint.key_file_open", path=path)
    return _line(raw, option)


def _from_descriptor(place: str, option: str, _: Console) -> str:
    if not place.isdecimal():
        raise UsageError("cli_record.wrong.key_source", option=option)
    raw = bytearray()
    try:
        # Byte by byte, so that a second key on the same descriptor is still there.
        while len(raw) < _MOST and (sign := os.read(int(place), 1)) not in (b"", b"\n"):
            raw += sign
    except OSError:
        raise UsageError("cli_record.wrong.key_empty", option=option) from None
    return _line(bytes(raw), option)


def _from_environment(place: str, option: str, _: Console) -> str:
    return os.environ.get(place, "")


def _line(raw: bytes, option: str) -> str:
    try:
        return raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError("cli_record.wrong.key_empty", option=option) from None
