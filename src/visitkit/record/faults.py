"""What a database says when something is wrong, told as sentences for people.

The database's own words are dropped: they may hold a value, and a value may be a name.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlcipher3 import dbapi2

from visitkit.errors import StoreError
from visitkit.record.triggers import REFUSAL


class StoreWarning(UserWarning):
    """Something about the casebook that a person should look at, though nothing was refused."""


#: What the database's words begin or hold, and the sentence for people.
_TOLD = (
    (REFUSAL, "record.append_only"),
    ("file is not a database", "record.wrong_key"),
    ("file is encrypted", "record.wrong_key"),
    ("malformed", "record.damaged"),
    ("disk is full", "record.disk_full"),
    ("no space left", "record.disk_full"),
    ("readonly", "record.read_only"),
    ("read-only", "record.read_only"),
    ("unable to open", "record.read_only"),
    ("is locked", "record.second_writer"),
    ("disk i/o error", "record.disk_error"),
    ("row-level security", "record.not_yours"),
    ("permission denied", "record.not_yours"),
)

_SYSTEM = {
    errno.ENOSPC: "record.disk_full",
    errno.EDQUOT: "record.disk_full",
    errno.EROFS: "record.read_only",
    errno.EACCES: "record.read_only",
    errno.EPERM: "record.read_only",
}


@contextmanager
def told(place: str) -> Iterator[None]:
    """Turn faults of the database or the disk into sentences.

    Parameters
    ----------
    place
        Name of the file, without its folder.

    Raises
    ------
    StoreError
        In place of whatever the database or the disk said.

    Examples
    --------
    >>> try:
    ...     with told("people.db"):
    ...         raise OSError(errno.ENOSPC, "no space")
    ... except StoreError as error:
    ...     print(error.key)
    record.disk_full
    """
    try:
        yield
    except StoreError:
        raise
    except (sa.exc.SQLAlchemyError, dbapi2.Error, sqlite3.Error) as error:
        raise _sentence(str(getattr(error, "orig", error)), error, place) from None
    except OSError as error:
        key = _SYSTEM.get(error.errno or 0, "record.disk_error")
        raise StoreError(key, file=place) from None


def _sentence(words: str, error: Exception, place: str) -> StoreError:
    lowered = words.lower()
    for sign, key in _TOLD:
        if sign in lowered:
            return StoreError(key, file=place)
    cause = getattr(error, "orig", None) or error
    return StoreError("record.database", file=place, kind=type(cause).__name__)
