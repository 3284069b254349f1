"""The chain of hashes: each row names the hash of the one before it (Haber and Stornetta 1991).

doi:10.1007/BF00196791. A chain shows that a row in its midst was changed. It cannot show that its
end was cut off or that all of it was written anew: for that its head is kept elsewhere, see
:class:`Head`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from visitkit.errors import StoreError

#: What the first row names as the one before it.
GENESIS = "0" * 64

_HEAD = re.compile(r"(people|psych) (\d+) ([0-9a-f]{64})")


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys in order, no spaces, no NaN.

    Raises
    ------
    StoreError
        ``record.fact_type`` when a value is neither text, number, flag, list nor nothing.

    Examples
    --------
    >>> canonical({"b": 1, "a": ["x", None]})
    '{"a":["x",null],"b":1}'
    """
    try:
        return json.dumps(
            value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
        )
    except (TypeError, ValueError):
        raise StoreError("record.fact_type") from None


def read_json(text: object, file: str) -> Any:
    """Return what a JSON text of the casebook holds.

    Raises
    ------
    StoreError
        ``record.damaged``: SQLCipher hands out zeros for a page whose seal does not fit.
    """
    try:
        return json.loads(str(text))
    except ValueError:
        raise StoreError("record.damaged", file=file) from None


def sha(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def told_moment(moment: datetime) -> str:
    """Return a moment as the text that is hashed: UTC with microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def plain(row: Mapping[str, object]) -> dict[str, object]:
    """Return a row with its moments as text, ready to be hashed."""
    return {k: told_moment(v) if isinstance(v, datetime) else v for k, v in row.items()}


def link_of(row: Mapping[str, object]) -> str:
    """Return the hash of an audit row, over everything in it but itself."""
    return sha(plain({key: value for key, value in row.items() if key != "link"}))


@dataclass(frozen=True)
class Head:
    """The ends of both chains, to be printed and kept outside.

    Parameters
    ----------
    people, psych
        Number of the last audit row and its hash; ``None`` where the file was not open.

    Examples
    --------
    >>> head = Head((12, "a" * 64), None)
    >>> Head.parse(str(head)) == head
    True
    """

    people: tuple[int, str]
    psych: tuple[int, str] | None = None

    def __str__(self) -> str:
        """Return a line a file, as it is printed."""
        lines = [f"people {self.people[0]} {self.people[1]}"]
        lines += [f"psych {self.psych[0]} {self.psych[1]}"] if self.psych else []
        return "\n".join(lines)

    @classmethod
    def parse(cls, printed: str) -> Head:
        """Read a printed head again; spaces, line breaks and capitals do not matter.

        Raises
        ------
        StoreError
            ``record.head_unreadable``.
        """
        words = " ".join(printed.lower().split())
        found = {name: (int(seq), link) for name, seq, link in _HEAD.findall(words)}
        if "people" not in found:
            raise StoreError("record.head_unreadable")
        return cls(found["people"], found.get("psych"))
