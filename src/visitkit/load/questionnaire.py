"""Questionnaires as survey tools export them: a row an answer sheet, a column a question."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from visitkit.load.dates import date_within
from visitkit.load.found import Found, Laid
from visitkit.load.grid import Cells, MappedTable, Rows, letter
from visitkit.load.headers import Header, says_nothing
from visitkit.load.spelling import pattern_of, tidy, word_key
from visitkit.load.vocabulary import words


@cache
def _numbered() -> re.Pattern[str]:
    lead = pattern_of("question_number")
    return re.compile(
        rf"(?:(?:{lead})[\s_]*)?(?P<n>\d{{1,3}})\s*(?:{lead})?(?:\s*[.,\u3001):_\s(-].*)?",
        re.DOTALL,
    )


def question_of(header: Header) -> int | None:
    """Return the number of the question under a header, or ``None`` when there is none.

    Examples
    --------
    >>> question_of(Header("item_3")), question_of(Header("Q12. I sleep well"))
    (3, 12)
    """
    found = _numbered().fullmatch(tidy(header.lower or header.upper).casefold())
    return int(found["n"]) if found and int(found["n"]) else None


def question_columns(headers: Sequence[Header], known: Collection[int]) -> dict[int, int]:
    """Return the number of each column of questions by place.

    Columns that are ``known``, or ask who answers, are none though they are numbered.
    """
    return {
        at: number
        for at, header in enumerate(headers)
        if at not in known and not says_nothing(header)
        for number in [question_of(header)]
        if number
    }


def item_numbers(questions: dict[int, int], others: Collection[int]) -> tuple[dict[int, int], str]:
    """Return the item each column holds, and the key of the remark to make, if any.

    Questions that ask for the student number and the like (``others``) do not count as items, so
    that the items behind them start at 1. Where numbers repeat, as in a matrix question, the
    order of the columns counts.

    Examples
    --------
    >>> item_numbers({2: 3, 3: 4}, [1, 2])
    ({2: 1, 3: 2}, 'items_shifted')
    """
    if len(set(questions.values())) < len(questions):
        return {at: order for order, at in enumerate(sorted(questions), start=1)}, "items_in_order"
    before = {at: sum(other < number for other in others) for at, number in questions.items()}
    shifted = {at: number - before[at] for at, number in questions.items()}
    return shifted, "items_shifted" if any(before.values()) else ""


@cache
def _instruments() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return patterns, longest names first; Latin letters must not run on into other words."""
    named = sorted(words("instrument").items(), key=lambda item: (-len(item[0]), item[0]))
    patterns = []
    for word, code in named:
        loose = re.sub(r"(?<=[a-z])(?=[\da-z])", r"[-_ ]?", re.escape(word))
        edges = (r"(?<![a-z])", r"(?![a-z\d])") if word.isascii() else ("", "")
        patterns.append((re.compile(loose.join(edges)), code))
    return tuple(patterns)


def instrument_within(titles: Sequence[str]) -> str | None:
    """Return the instrument named in titles, the first title first, or ``None``.

    Examples
    --------
    >>> instrument_within(["Screening PHQ-9 autumn"]), instrument_within(["students as of May"])
    ('PHQ-9', None)
    """
    for title in titles:
        plain = tidy(title).casefold()
        for pattern, code in _instruments():
            if pattern.search(plain) or (not code.isascii() and pattern.search(word_key(title))):
                return code
    return None


def lay_out(found: Found, keep: Rows) -> Laid:
    """Turn columns of questions into items; which questionnaire it is must be written somewhere.

    What survey tools add (internet address, device, place) is not read.

    Parameters
    ----------
    found
        A recognised sheet.
    keep
        Its data rows, counted from 0.
    """
    laid = Laid()
    places = found.claim.places
    questions = question_columns(found.headers, set(places.values()))
    asked = (question_of(header) for at, header in enumerate(found.headers) if at not in questions)
    items, remark = item_numbers(questions, [number for number in asked if number])
    part = found.sheet.take("surveys", places, 0, keep)
    columns, letters = dict(part.columns), dict(part.letters)
    for at, number in items.items():
        columns[f"item_{number}"] = found.sheet.columns[at].take(keep)
        letters[f"item_{number}"] = letter(at)
    if remark:
        laid.notes.append(found.note(remark, first=min(questions.values())))
    missing = _complete(columns, found)
    laid.faults += [found.fault(key) for key in missing]
    if missing:
        laid.left_out["surveys"] += len(keep)
    else:
        laid.parts.append(
            MappedTable("surveys", columns, part.rows, letters, part.file, part.sheet)
        )
    return laid


def _complete(columns: dict[str, Cells], found: Found) -> list[str]:
    """Add the instrument and the day from the titles; return the keys of what is nowhere."""
    length = len(columns["student_id"])
    instrument = instrument_within(found.texts)
    day = next((day for day in map(date_within, found.texts) if day), None)
    missing = []
    if "instrument" not in columns:
        columns["instrument"] = Cells.constant(instrument, length)
        missing += [] if instrument else ["survey_no_instrument"]
    if "date" not in columns:
        columns["date"] = Cells.constant(day, length)
        missing += [] if day else ["survey_no_date"]
    return missing
