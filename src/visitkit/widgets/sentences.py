"""Errors as sentences for the person in front of the screen."""

from __future__ import annotations

import errno

from visitkit import text
from visitkit.errors import VisitkitError


def error_words(error: BaseException, lang: str | None = None) -> str:
    """Return what a person reads of an error.

    Parameters
    ----------
    error
        Ours is told in its own words; one of the disk by its kind; any other is visitkit's own
        fault and is told so, without where it happened or what it held.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> error_words(KeyError("a name"), "en")[:43]
    'visitkit itself is at fault, not your data.'
    """
    spoken = text.language(lang)
    with text.speaking(spoken):
        if isinstance(error, VisitkitError):
            return str(error)
        return text.say(f"widgets_working.failed.{_kind(error)}", spoken)


def _kind(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "full"
    if isinstance(error, PermissionError):
        return "not_allowed"
    if isinstance(error, FileNotFoundError):
        return "missing"
    return "memory" if isinstance(error, MemoryError) else "ours"
