"""Text that a spreadsheet would run is written as text.

A cell that begins with ``=``, ``+``, ``-`` or ``@`` is a formula to Excel, LibreOffice and WPS.
Whoever can type a note into a school's workbook could so make the counsellor's machine fetch or
send something when the list is opened (CWE-1236).
"""

from __future__ import annotations

import re
import unicodedata

#: First signs that start a formula, after full-width forms are made plain (OWASP CSV Injection,
#: ASVS 5.0 section 1.2.10).
STARTERS = frozenset("=+-@\t\r\n\0")

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*%?", re.ASCII)


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet might run a text.

    Plain signed numbers are no formulas: they stay as they are.

    Examples
    --------
    >>> [is_formula(text) for text in ("=1+1", "@SUM(A1)", "-3.5", "- see note", "S0412")]
    [True, True, False, True, False]
    """
    bare = text.lstrip(" \u3000\ufeff")
    if not bare or _NUMBER.fullmatch(bare):
        return False
    return bare[0] in STARTERS or unicodedata.normalize("NFKC", bare[0])[0] in STARTERS


def guard(value: object) -> object:
    """Return a value that is safe in a csv cell: a formula gets an apostrophe before it.

    Numbers are numbers, whatever their sign; only text is looked at.

    Examples
    --------
    >>> guard("=HYPERLINK(1)"), guard(-3.5), guard("S0412")
    ("'=HYPERLINK(1)", -3.5, 'S0412')
    """
    if isinstance(value, str) and is_formula(value):
        return "'" + value
    return value
