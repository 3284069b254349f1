"""A key in two sheets of paper for two keepers: each alone says nothing, together they are the key.

Sharing by exclusive or with a random pad (Shannon 1949, doi:10.1002/j.1538-7305.1949.tb00928.x,
section 10: perfect secrecy of a single share). Groups of five signs carry a check sign each over
GF(32), which finds every single wrong sign and every swap of two neighbours; the whole sheet ends
with a checksum.
"""

from __future__ import annotations

import hashlib
import secrets

from visitkit.errors import StoreError

#: No I, L, O or U: what is read as one of them is 1, 1, 0 or no sign at all (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE = str.maketrans("ILO", "110")
_GROUP = 4
_PAIR = 4
_SUM = 4
_TEXT, _RAW = 0, 1


def split_key(key: str | bytes) -> tuple[str, str]:
    """Split a key between two keepers.

    Parameters
    ----------
    key
        A passphrase or a random key.

    Returns
    -------
    tuple of str
        Two sheets of groups of five signs, to be printed and kept apart.

    Examples
    --------
    >>> first, second = split_key("three quiet lanterns")
    >>> join_key(second, first)
    'three quiet lanterns'
    >>> len(first.split()[0])
    5
    """
    plain = bytes([_TEXT]) + key.encode() if isinstance(key, str) else bytes([_RAW]) + key
    pad = secrets.token_bytes(len(plain))
    pair = secrets.token_bytes(_PAIR)
    other = bytes(a ^ b for a, b in zip(plain, pad, strict=True))
    return _written(b"\1" + pair + pad), _written(b"\2" + pair + other)


def join_key(first: str, second: str) -> str | bytes:
    """Put two shares together again, in either order.

    Raises
    ------
    StoreError
        ``record.share_group`` names the group with the typing error; ``record.share_sheet`` when
        groups are missing; ``record.share_pair`` when the two are not of one key.

    Examples
    --------
    >>> first, second = split_key(bytes(32))
    >>> join_key(first, second) == bytes(32)
    True
    """
    one, two = _read(first, 1), _read(second, 2)
    if {one[0], two[0]} != {1, 2} or one[1 : 1 + _PAIR] != two[1 : 1 + _PAIR]:
        raise StoreError("record.share_pair")
    pads = zip(one[1 + _PAIR :], two[1 + _PAIR :], strict=True)
    plain = bytes(a ^ b for a, b in pads)
    return plain[1:].decode() if plain[0] == _TEXT else plain[1:]


def _written(raw: bytes) -> str:
    whole = raw + hashlib.sha256(raw).digest()[:_SUM]
    bits = "".join(f"{byte:08b}" for byte in whole)
    bits += "0" * (-len(bits) % (5 * _GROUP))
    digits = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    groups = [digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP)]
    return " ".join(
        "".join(ALPHABET[digit] for digit in (*group, _check(group, number)))
        for number, group in enumerate(groups)
    )


def _read(sheet: str, which: int) -> bytes:
    signs = "".join(sheet.upper().replace("-", " ").split()).translate(_LIKE)
    size = _GROUP + 1
    groups = [signs[at : at + size] for at in range(0, len(signs), size)]
    bits = ""
    for number, group in enumerate(groups):
        digits = [ALPHABET.find(sign) for sign in group]
        wrong = len(group) != size or -1 in digits
        if wrong or _check(digits[:_GROUP], number) != digits[_GROUP]:
            raise StoreError("record.share_group", sheet=which, group=number + 1)
        bits += "".join(f"{digit:05b}" for digit in digits[:_GROUP])
    whole = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    return _summed(whole, which)


def _summed(whole: bytes, which: int) -> bytes:
    """Return a sheet without its checksum; the last group may have up to two bytes to spare."""
    for spare in range(3):
        body = whole[: len(whole) - spare]
        raw, told = body[:-_SUM], body[-_SUM:]
        if len(raw) > 1 + _PAIR and hashlib.sha256(raw).digest()[:_SUM] == told:
            return raw
    raise StoreError("record.share_sheet", sheet=which)


def _check(digits: list[int], number: int) -> int:
    """Return the check digit: a polynomial over GF(32) whose constant is the place of the group."""
    total = number % 32
    for digit in digits:
        total = _times_alpha(total) ^ digit
    return _times_alpha(total)


def _times_alpha(value: int) -> int:
    """Multiply by the generator of GF(32) modulo x^5 + x^2 + 1."""
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
