"""Keys of the two files: passphrases that people type, or random keys that are kept apart.

A key is never shown: not by ``repr``, not in an error, not in a log.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from visitkit.errors import StoreError

#: Shortest passphrase, in characters. NIST SP 800-63B (2017) 5.1.1.2 asks for 8 where guessing is
#: slowed down by a server; a file that is stolen has none.
SHORTEST = 12
#: Bytes of a random key (AES-256).
RAW_BYTES = 32


class Key:
    """A passphrase (text) or a random key (32 bytes).

    Raises
    ------
    StoreError
        When a passphrase is shorter than 12 characters or a random key has not 32 bytes.

    Examples
    --------
    >>> Key("three quiet lanterns")
    Key(...)
    """

    __slots__ = ("_value",)

    def __init__(self, value: str | bytes) -> None:
        if isinstance(value, str):
            # Full-width and half-width signs of an input method are the same passphrase.
            value = unicodedata.normalize("NFKC", value)
            if len(value) < SHORTEST or "\0" in value:
                raise StoreError("record.key_short", least=SHORTEST)
        elif len(value) != RAW_BYTES:
            raise StoreError("record.key_size", bytes=RAW_BYTES)
        self._value = value

    def __repr__(self) -> str:
        return "Key(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Key) and secrets.compare_digest(self._bytes(), other._bytes())

    def __hash__(self) -> int:
        return hash(self._bytes())

    def __reduce__(self) -> str:
        raise StoreError("record.key_pickled")

    def _bytes(self) -> bytes:
        return self._value.encode() if isinstance(self._value, str) else self._value

    def reveal(self) -> str | bytes:
        """Return the passphrase or the bytes, for whoever writes it on paper."""
        return self._value

    def for_cipher(self) -> str:
        """Return the key as SQLCipher takes it: a text it derives from, or ``x'...'`` as it is."""
        return self._value if isinstance(self._value, str) else f"x'{self._value.hex()}'"


@dataclass(frozen=True)
class Keys:
    """The keys of a casebook.

    Parameters
    ----------
    people
        Of the file with visits, plans and meetings.
    psych
        Of the file with psychological data; without it that content cannot be reached.

    Examples
    --------
    >>> Keys("three quiet lanterns", new_key())
    Keys(people=Key(...), psych=Key(...))
    """

    people: Key
    psych: Key | None = None

    def __init__(self, people: Key | str | bytes, psych: Key | str | bytes | None = None) -> None:
        object.__setattr__(self, "people", people if isinstance(people, Key) else Key(people))
        if psych is not None and not isinstance(psych, Key):
            psych = Key(psych)
        object.__setattr__(self, "psych", psych)
        if self.psych is not None and self.psych == self.people:
            raise StoreError("record.keys_equal")


def new_key() -> bytes:
    """Return a random key of 32 bytes.

    Examples
    --------
    >>> len(new_key())
    32
    """
    return secrets.token_bytes(RAW_BYTES)
