"""Tables of outcomes, kept beside the school's own: scores over time, and goals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pandas as pd

from visitkit import text
from visitkit.errors import TableError
from visitkit.load.dates import parse_date
from visitkit.load.plain import plain_table
from visitkit.load.spelling import header_key, word_key
from visitkit.load.unreadable import UnreadableCellError

#: What a table of each kind needs.
NEEDED = {
    "scores": ("student_id", "date", "first_visit"),
    "goals": ("student_id", "goal_id", "level", "due"),
}
#: What it may hold beside that and any number of scores.
_BESIDE = {"scores": ("screening",), "goals": ()}
_DAYS, _MARKS = ("date", "first_visit", "due"), ("screening",)
#: Numbers of people and of goals: no leading zero may be lost.
_AS_TEXT = ("student_id", "goal_id")


def read_outcomes(kind: str, name: str, data: bytes) -> pd.DataFrame | None:
    r"""Read a table of outcomes under Chinese or English headers.

    Parameters
    ----------
    kind
        ``"scores"`` or ``"goals"``.
    name, data
        Of the file, as for :func:`visitkit.load.plain.plain_table`.

    Returns
    -------
    pandas.DataFrame or None
        The columns of :data:`NEEDED` under our names, all others as they stand. Days and yes or no
        are read as people write them; a cell that cannot be read stays, so that the review refuses
        it. ``None`` when it is no table or has no row.

    Raises
    ------
    TableError
        When a needed column is missing, or stands there twice; the accepted headers are named.

    Examples
    --------
    >>> rows = b"Student ID,goal,level,due date\n007,a,1,2026/10/30\n"
    >>> read_outcomes("goals", "a.csv", rows).iloc[0].tolist()
    ['007', 'a', np.int64(1), '2026-10-30']
    """
    head = plain_table(name, data)
    if head is None or head.empty:
        return None
    ours = _ours(kind, [str(one) for one in head.columns])
    held = [ours.get(str(one), str(one)) for one in head.columns]
    missing = [one for one in NEEDED[kind] if held.count(one) != 1]
    if missing:
        accepted = "; ".join(accepted_headers(one) for one in missing)
        raise TableError("load.outcome_columns", file=name, accepted=accepted)
    as_text = [str(old) for old, new in zip(head.columns, held, strict=True) if new in _AS_TEXT]
    table = plain_table(name, data, as_text)
    if table is None:
        return None
    return _read(table.set_axis(held, axis="columns"))


def accepted_headers(column: str) -> str:
    """Return our name of a column and the headers that mean it, in both languages.

    Examples
    --------
    >>> accepted_headers("goal_id").startswith("goal_id (")
    True
    """
    return f"{column} ({', '.join(_words(column))})"


@cache
def _words(column: str) -> tuple[str, ...]:
    found = [text.find(f"load.outcome.{column}", lang) for lang in text.LANGUAGES]
    return tuple(str(word) for words in found if isinstance(words, list) for word in words)


def _ours(kind: str, headers: list[str]) -> Mapping[str, str]:
    """Return header to our name; a header in our own name goes before all other words for it."""
    found: dict[str, str] = {}
    for column in (*NEEDED[kind], *_BESIDE[kind]):
        keys = {header_key(word) for word in _words(column)}
        if column not in headers:
            found |= {one: column for one in headers if header_key(one) in keys}
    return found


def _read(table: pd.DataFrame) -> pd.DataFrame:
    """Return days and marks as the review wants them."""
    found = table.copy()
    for names, read in ((_DAYS, _day), (_MARKS, _mark)):
        for name in found.columns.intersection(list(names)):
            if not pd.api.types.is_numeric_dtype(found[name]):
                found[name] = found[name].astype("object").map(read)
    return found


def _day(cell: Any) -> Any:
    if pd.isna(cell):
        return None
    try:
        return parse_date(cell).isoformat()
    except UnreadableCellError:
        return cell


def _mark(cell: Any) -> Any:
    if pd.isna(cell):
        return None
    known = {word: told for told in (True, False) for word in _signs(told)}
    return known.get(word_key(cell), cell)


@cache
def _signs(told: bool) -> frozenset[str]:
    key = "load.outcome.yes" if told else "load.outcome.no"
    found = [text.find(key, lang) for lang in text.LANGUAGES]
    return frozenset(word_key(one) for words in found if isinstance(words, list) for one in words)
