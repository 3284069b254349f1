"""Pseudonyms by a keyed hash, and days moved by so many weeks a student.

A plain hash of a student number is no protection: all numbers of a county are tried in minutes.
A hash with a key (HMAC, RFC 2104) cannot be tried by whoever lacks the key. The key is held apart
from what is shared; who has it can tell who is who, and nobody else, us included, can.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import pandas as pd

from visitkit.record.keys import RAW_BYTES, Key

#: 80 bits: among a million people two share a pseudonym with a chance of 4 in 10^13.
_BYTES = 10
#: A passphrase is stretched so that guessing it is slow (RFC 7914; 16 MB, about 50 ms a guess).
_STRETCH = {"n": 2**14, "r": 8, "p": 1, "dklen": RAW_BYTES}
_SALT = b"visitkit pseudonyms 1"
#: Days are moved by so many whole weeks at most, never by none: a weekday stays a weekday.
_WEEKS = 26


class Pseudonyms:
    """Gives the same pseudonym for the same number under the same key.

    Parameters
    ----------
    key
        A passphrase, 32 random bytes or a :class:`visitkit.record.Key`; a random key that nobody
        ever sees where there is none, so that nothing can be taken back or joined later.

    Examples
    --------
    >>> key = bytes(32)
    >>> Pseudonyms(key).of("student", "S0001") == Pseudonyms(key).of("student", "S0001")
    True
    >>> Pseudonyms(key).of("student", "S0001") == Pseudonyms().of("student", "S0001")
    False
    """

    def __init__(self, key: Key | str | bytes | None = None) -> None:
        if key is None:
            key = secrets.token_bytes(RAW_BYTES)
        plain = (key if isinstance(key, Key) else Key(key)).reveal()
        if isinstance(plain, str):
            plain = hashlib.scrypt(plain.encode(), salt=_SALT, **_STRETCH)
        self._key = plain

    def __repr__(self) -> str:
        return "Pseudonyms(...)"

    def of(self, kind: str, number: object) -> str:
        """Return the pseudonym of a student, teacher, class or case."""
        return base64.b32encode(self._digest(kind, number)[:_BYTES]).decode().lower()

    def weeks(self, number: object) -> int:
        """Return by how many weeks all days of a student are moved; never 0."""
        place = int.from_bytes(self._digest("weeks", number)[:8], "big") % (2 * _WEEKS)
        return place - _WEEKS if place < _WEEKS else place - _WEEKS + 1

    def column(self, kind: str, numbers: pd.Series[Any]) -> pd.Series[Any]:
        """Return a column of pseudonyms; empty cells stay empty, lists are joined by ``;``."""
        known: Mapping[object, object] = {
            one: ";".join(self.of(kind, part) for part in str(one).split(";") if part)
            for one in numbers.dropna().unique()
        }
        return numbers.map(known).astype("str").where(numbers.notna())

    def _digest(self, kind: str, number: object) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{number}".encode(), "sha256")
