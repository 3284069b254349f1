"""The only place for words shown to people, in Chinese and in English.

A language is a folder, a room of the house is a file in it, and a sentence is a key:
``say("load.file_missing")`` reads ``file_missing`` in ``zh/load.toml`` or ``en/load.toml``. Both
languages have the same keys and the same placeholders; a test compares them.
"""

import locale
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from visitkit import errors

LANGUAGES = ("zh", "en")

_spoken: ContextVar[str] = ContextVar("spoken", default="")


def language(asked: str | None = None) -> str:
    """Return the language to speak: the one asked for, else the machine's, else English.

    Parameters
    ----------
    asked
        ``"zh"``, ``"en"`` or ``None``. ``None`` reads ``VISITKIT_LANG`` and then the machine's
        locale.

    Examples
    --------
    >>> language("zh")
    'zh'
    """
    wish = asked or _spoken.get() or os.environ.get("VISITKIT_LANG") or _machine_locale()
    return "zh" if wish.lower().startswith(("zh", "chinese")) else "en"


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Let errors and stages that are told no language speak this one inside the block.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``. Other threads and other tasks keep theirs.

    Examples
    --------
    >>> with speaking("zh"):
    ...     language()
    'zh'
    """
    before = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(before)


def _machine_locale() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name]
    return locale.getlocale()[0] or ""


@cache
def sheet(room: str, lang: str) -> dict[str, object]:
    """Return all words of one room, as the file holds them.

    Parameters
    ----------
    room
        File stem, for example ``"tables"``.
    lang
        ``"zh"`` or ``"en"``.
    """
    source = files(__package__).joinpath(lang, f"{room}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def find(key: str, lang: str | None = None) -> object:
    """Return whatever stands under a key: a sentence, a list of words or a table of them.

    Raises
    ------
    KeyError
        When the key does not exist; a programming mistake, so not worded.
    """
    room, *path = key.split(".")
    node: object = sheet(room, language(lang))
    for step in path:
        if not isinstance(node, dict) or step not in node:
            raise KeyError(key)
        node = node[step]
    return node


def has(key: str) -> bool:
    """Tell whether a key exists."""
    try:
        find(key, "en")
    except (KeyError, FileNotFoundError):
        return False
    return True


def say(key: str, /, lang: str | None = None, **facts: object) -> str:
    """Return a sentence with its facts filled in.

    Parameters
    ----------
    key
        ``room.name`` or deeper, for example ``"load.file_missing"``.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    **facts
        Values for the placeholders of the sentence.

    Examples
    --------
    >>> say("load.place_csv", "en", file="marks.csv", cell="C7")
    'marks.csv, cell C7'
    """
    found = find(key, lang)
    if isinstance(found, list):
        found = found[0]
    return str(found).format(**facts)


def _say_error(key: str, facts: dict[str, object]) -> str:
    return say(key, None, **facts)


errors.set_wording(_say_error)
