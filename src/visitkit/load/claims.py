"""What the headers of a sheet may make it: every table and layout that fits, with its weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from visitkit import tables
from visitkit.load.found import Claim
from visitkit.load.headers import Header, Match, is_companion, match
from visitkit.load.questionnaire import question_columns
from visitkit.load.register import FEWEST_DAYS, day_columns
from visitkit.load.roster import find_extras
from visitkit.load.vocabulary import code_of
from visitkit.load.wide import subject_columns

#: Columns that every school table has beside the number: they say little about which it is.
_COMPANIONS = ("name", "sex", "grade", "class_id")
#: Column, hidden from users, that holds the student's name where a table has no name of its own.
NAME = "_name"
_COLUMN_WEIGHT, _COMPANION_WEIGHT, _OWN_WEIGHT, _SPREAD_WEIGHT = 1.0, 0.5, 0.2, 1.5
_MOST_SPREAD = 10


def claims(headers: Sequence[Header]) -> Iterator[Claim]:
    """Yield what the columns under some headers may be; the best is chosen elsewhere.

    Examples
    --------
    >>> found = claims([Header("student id"), Header("maths"), Header("English"), Header("rank")])
    >>> max(found, key=lambda claim: claim.score).layout
    'wide'
    """
    for name in tables.TABLES:
        if name != "surveys":
            yield _long(name, headers)
    yield from _wide(headers)
    yield from _register(headers)
    yield from _items(headers)
    yield from _fields(headers)
    yield from _exams(headers)


def _long(table: str, headers: Sequence[Header]) -> Claim:
    extras = find_extras(headers) if table == "students" else None
    found = match(table, headers, extras.places if extras else ())
    needed = [column.name for column in tables.TABLES[table].columns if column.required]
    if table == "marks":
        # The day may stand in the title or in a list of exams.
        needed = ["student_id", "subject", "score"]
    if table == "guardians":
        needed += [] if {"name", "phone", "relation"} & found.places.keys() else ["relation"]
    missing = tuple(name for name in needed if name not in found.places)
    score = _weight(found, table) + (0.5 * len(extras.places) if extras else 0)
    return _claim(table, "long", found, headers, score, missing)


def _weight(found: Match, table: str) -> float:
    light = sum(name in found.places for name in _COMPANIONS if table in {"students", "teachers"})
    full = len(found.places) - light
    return _COLUMN_WEIGHT * full + _COMPANION_WEIGHT * light + _OWN_WEIGHT * found.own


def _claim(
    table: str,
    layout: str,
    found: Match,
    headers: Sequence[Header],
    score: float,
    missing: tuple[str, ...] = (),
) -> Claim:
    places = dict(found.places)
    if "student_id" in places and "name" not in tables.TABLES[table].by_name:
        names = [at for at, header in enumerate(headers) if is_companion(header, "name")]
        places |= {NAME: names[0]} if names else {}
    return Claim(table, layout, places, score, missing, found.twice)


def _spread(
    table: str, layout: str, headers: Sequence[Header], columns: Sequence[int]
) -> Iterator[Claim]:
    """Yield the claim of a layout that spreads one column over many."""
    found = match(table, headers, columns)
    missing = () if "student_id" in found.places else ("student_id",)
    count = min(len(columns), _MOST_SPREAD)
    score = _weight(found, table) + _SPREAD_WEIGHT * count
    yield _claim(table, layout, found, headers, score, missing)


def _wide(headers: Sequence[Header]) -> Iterator[Claim]:
    subjects = subject_columns(headers)
    if subjects and not {"subject", "score"} <= match("marks", headers).places.keys():
        yield from _spread("marks", "wide", headers, list(subjects))


def _register(headers: Sequence[Header]) -> Iterator[Claim]:
    days = day_columns(headers)
    # Numbers that run past the days of a month are questions.
    numbered = question_columns(headers, ())
    if len(days) >= FEWEST_DAYS and not numbered.keys() - days.keys():
        yield from _spread("attendance", "register", headers, list(days))


def _items(headers: Sequence[Header]) -> Iterator[Claim]:
    known = match("surveys", headers).places
    questions = question_columns(headers, set(known.values()))
    if questions:
        yield from _spread("surveys", "items", headers, list(questions))


def _fields(headers: Sequence[Header]) -> Iterator[Claim]:
    fields = field_columns(headers)
    if len(fields) > 1 and not {"field", "value"} & match("homelife", headers).places.keys():
        yield from _spread("homelife", "fields", headers, list(fields))


def field_columns(headers: Sequence[Header]) -> dict[int, str]:
    """Return the columns that each hold one field of home life, by place."""
    found = {at: code_of("homelife_field", header.words) for at, header in enumerate(headers)}
    return {at: code for at, code in found.items() if code}


def _exams(headers: Sequence[Header]) -> Iterator[Claim]:
    found = match("marks", headers)
    places = found.places
    if {"exam", "date"} <= places.keys() and not {"student_id", "score"} & places.keys():
        yield Claim("marks", "exams", {name: places[name] for name in ("exam", "date")}, 2.5)
