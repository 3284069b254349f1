"""Numbers that name: student numbers, telephone numbers, identity card numbers.

Excel keeps fifteen digits of a number. What it has cut off cannot be known again, so such a cell
is a fault and is never repaired.
"""

from __future__ import annotations

import datetime as dt
import re

from visitkit.load.spelling import tidy, unquoted
from visitkit.load.unreadable import UnreadableCellError

#: Excel keeps this many digits of a number.
KEPT_DIGITS = 15
_DAMAGED = re.compile(r"\d(?:\.\d+)?e\+\d+", re.IGNORECASE)
_IDENTITY = re.compile(r"\d{17}[\dX]")
#: Weights of the seventeen digits: 2**(18 - place) mod 11. GB 11643-1999 after ISO 7064 MOD 11-2.
_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_CHECK = "10X98765432"


def parse_id(value: object) -> str:
    """Return a number that names something as text; its leading zeros are kept.

    Raises
    ------
    UnreadableCellError
        When Excel has cut off digits, turned the cell into a date, or the cell is no number of
        this kind.

    Examples
    --------
    >>> parse_id("0412"), parse_id(20260002.0), parse_id("'0412 ")
    ('0412', '20260002', '0412')
    """
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        raise UnreadableCellError("id_is_date")
    if isinstance(value, bool):
        raise UnreadableCellError("id_unknown")
    if isinstance(value, float):
        if abs(value) >= 10**KEPT_DIGITS:
            raise UnreadableCellError("id_damaged")
        if value != int(value) or value < 0:
            raise UnreadableCellError("id_unknown")
        return str(int(value))
    plain = unquoted(value)
    if _DAMAGED.fullmatch(plain):
        raise UnreadableCellError("id_damaged")
    if re.fullmatch(r"\d+\.0+", plain):
        plain = plain.partition(".")[0]
    return plain


def parse_student_id(value: object) -> str:
    """Return a student number: as :func:`parse_id`, without spaces inside.

    Examples
    --------
    >>> parse_student_id("2026 0002")
    '20260002'
    """
    return parse_id(value).replace(" ", "")


def parse_phone(value: object) -> str:
    """Return a telephone number; several stay as written, joined by ``;``.

    Raises
    ------
    UnreadableCellError
        When Excel has damaged it, it holds no digits, or a mobile number has a digit too many or
        too few.
    """
    plain = parse_id(value)
    several = [re.sub(r"[\s-]+", "-", one.strip()) for one in re.split(r"[;,/\u3001]", plain)]
    joined = ";".join(one for one in several if one)
    if not re.search(r"\d", joined):
        raise UnreadableCellError("phone_unknown")
    for one in joined.split(";"):
        digits = re.sub(r"\D", "", re.sub(r"^\+?86(?=1)", "", one))
        if re.match(r"1[3-9]", digits) and len(digits) in {10, 12} and "-" not in one:
            raise UnreadableCellError("phone_digits")
    return joined


def looks_like_identity(value: str) -> bool:
    """Tell whether a student number is an identity card number, with or without a leading ``G``.

    Examples
    --------
    >>> looks_like_identity("G110101201309010015"), looks_like_identity("0412")
    (True, False)
    """
    return _IDENTITY.fullmatch(value.upper().removeprefix("G")) is not None


def check_digit(digits: str) -> str:
    """Return the last sign of an identity card number from its first seventeen digits.

    ISO 7064 MOD 11-2, as GB 11643-1999 applies it.

    Examples
    --------
    >>> check_digit("11010519491231002")
    'X'
    """
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return _CHECK[total % 11]


def parse_identity(value: object) -> str:
    """Return an identity card number that may be right; other papers with letters are kept.

    Raises
    ------
    UnreadableCellError
        When Excel has cut it off, its length, its check digit or its birth date is wrong.
    """
    plain = tidy(parse_id(value)).replace(" ", "").upper()
    if re.search(r"[A-Z]", plain[:-1]):
        return plain  # a passport or a permit, whose rules differ
    if not _IDENTITY.fullmatch(plain):
        raise UnreadableCellError("identity_length", length=len(plain))
    if check_digit(plain[:17]) != plain[17]:
        raise UnreadableCellError("identity_check")
    if birth_of(plain) is None:
        raise UnreadableCellError("identity_birth")
    return plain


def birth_of(identity: str) -> dt.date | None:
    """Return the birth date inside an identity card number, or ``None`` when there is none."""
    if not _IDENTITY.fullmatch(identity):
        return None
    try:
        return dt.date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))
    except ValueError:
        return None


def sex_of(identity: str) -> str | None:
    """Return the sex inside an identity card number: the seventeenth digit is odd for males.

    Examples
    --------
    >>> sex_of("11010519491231002X")
    'female'
    """
    if not _IDENTITY.fullmatch(identity):
        return None
    return "male" if int(identity[16]) % 2 else "female"
