"""Marks with a row a student and a column a subject, as most schools keep them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np

from visitkit.load.dates import date_within
from visitkit.load.faults import Fault
from visitkit.load.found import Exams, Found, Laid
from visitkit.load.grid import Cells, MappedTable, letter
from visitkit.load.headers import Header, says_nothing
from visitkit.load.numbers import parse_number
from visitkit.load.rows import DataRows
from visitkit.load.spelling import both, pattern_of, tidy, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of

#: A date in brackets behind the name of an exam.
_DATED = re.compile(r"\([^()]*\d{4}[^()]*\d[^()]*\)")


@cache
def _full_pattern() -> re.Pattern[str]:
    """Return the pattern of a header that ends in its full score, in brackets or not."""
    marks = "|".join(re.escape(word) for word in both("values.unit.mark"))
    return re.compile(
        rf"^(?P<word>.*?[^\d\s(\[/:,])[\s(\[/:,]*(?:{pattern_of('full_score')})?[\s:]*"
        rf"(?P<full>[1-9]\d{{1,2}})\s*(?:{marks})?[)\]]?$",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class Subject:
    """A column of marks: its subject, the exam named above it and the full score beside it."""

    word: str
    exam: str = ""
    full: float | None = None


def subject_of(header: Header) -> Subject | None:
    """Return the subject whose marks stand under a header, or ``None`` when it is not one.

    Totals, ranks and levels beside a subject are not marks.

    Examples
    --------
    >>> subject_of(Header("Maths (120)")), subject_of(Header("rank"))
    (Subject(word='maths', exam='', full=120.0), None)
    """
    upper, lower = _subject(header.upper), _subject(header.lower)
    if upper and header.lower and word_key(header.lower) in both("load.words.score_of"):
        return upper
    if header.upper and not header.lower:
        return upper
    if lower and not upper:
        above = header.upper if is_exam(header.upper) else ""
        return Subject(lower.word, above, lower.full)
    return None


@lru_cache(maxsize=4096)
def _subject(words: str) -> Subject | None:
    plain = tidy(words)
    found = _full_pattern().match(plain)
    full = float(found["full"]) if found else None
    bare = re.sub(r"\([^()]*\)$", "", found["word"] if found else plain).strip()
    key = word_key(bare)
    for suffix in ("", *both("load.words.score_of")):
        word = key.removesuffix(suffix) if suffix else key
        code = code_of("subject", word)
        if code or word in both("load.words.more_subjects"):
            return Subject(code or word, full=full)
    if full is not None and re.search(r"[(\[/]", plain) and not says_nothing(Header(bare)):
        return Subject(bare, full=full)
    return None


def is_exam(words: str) -> bool:
    """Tell whether some words name an exam.

    Examples
    --------
    >>> is_exam("Midterm exam"), is_exam("all subjects")
    (True, False)
    """
    key = word_key(words)
    return any(word in key for word in both("load.words.exam"))


def subject_columns(headers: Sequence[Header]) -> dict[int, Subject]:
    """Return the columns that hold marks, by place."""
    found = {place: subject_of(header) for place, header in enumerate(headers)}
    return {place: subject for place, subject in found.items() if subject}


def lay_out(found: Found, rows: DataRows, exams: Exams) -> Laid:
    """Turn columns of subjects into rows: a row a student and subject with a mark.

    An empty cell is no row: that nothing is known is not the same as zero.

    Parameters
    ----------
    found
        A recognised sheet.
    rows
        Its data rows.
    exams
        Dates of exams listed elsewhere.
    """
    laid = Laid()
    subjects = subject_columns(found.headers)
    parts = [_column(found, at, subject, rows, exams) for at, subject in subjects.items()]
    laid.parts = [part for part in parts if len(part)]
    laid.faults += _twice(found, subjects)
    return with_dates(laid, found, exams)


def with_dates(laid: Laid, found: Found, exams: Exams) -> Laid:
    """Leave out marks without a day and say where to write it."""
    dateless = [part for part in laid.parts if "date" not in part.columns]
    if dateless:
        several = len(_exams_of(laid.parts)) > 1
        names = sorted(_exams_of(dateless)) if several else []
        lacking = [name for name in names if not (exams.get(word_key(name)) or date_within(name))]
        laid.faults += [found.fault("exam_without_date", words=exam) for exam in lacking]
        laid.faults += [] if lacking else [found.fault("exam_no_date")]
        laid.left_out["marks"] += sum(map(len, dateless))
        laid.parts = [part for part in laid.parts if "date" in part.columns]
    return laid


def _exams_of(parts: Sequence[MappedTable]) -> set[str]:
    cells = [part.columns["exam"] for part in parts if "exam" in part.columns and len(part)]
    used = ((one, at) for one in cells for at in np.unique(one.codes).tolist())
    return {str(one.values[at]) for one, at in used if one.values[at] is not None}


def _twice(found: Found, subjects: dict[int, Subject]) -> list[Fault]:
    seen: dict[tuple[str, str], int] = {}
    faults: list[Fault] = []
    for place, subject in subjects.items():
        first = seen.setdefault((subject.word, subject.exam), place)
        if first != place:
            faults.append(
                found.fault(
                    "header_twice",
                    row=found.first,
                    column=letter(place),
                    other=letter(first),
                    words=found.headers[place].words,
                )
            )
    return faults


def _column(
    found: Found, place: int, subject: Subject, data: DataRows, exams: Exams
) -> MappedTable:
    cells = found.sheet.columns[place]
    rows = data.keep[_marked(cells)[data.keep]]
    part = found.sheet.take("marks", found.claim.places, 0, rows)
    full = subject.full if data.full_score is None else _full(cells[data.full_score], subject.full)
    columns = dict(part.columns)
    columns["subject"] = Cells.constant(subject.word, len(rows))
    columns["score"] = cells.take(rows)
    columns["full_score"] = Cells.constant(full, len(rows))
    columns.setdefault("exam", Cells.constant(subject.exam or exam_name(found.texts), len(rows)))
    letters = {**part.letters, "subject": letter(place), "score": letter(place)}
    whole = replace(part, columns=columns, letters=letters, extra={"header_row": found.first})
    named = {one.exam for one in subject_columns(found.headers).values() if one.exam}
    return fill_dates(whole, subject.exam, found.texts, exams, alone=len(named) == 1)


def _marked(cells: Cells) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which cells hold more than a stroke or a word for nothing."""
    empty = both("load.words.empty")
    known = [value is not None and word_key(value) not in empty for value in cells.values]
    return np.array(known, dtype=bool)[cells.codes]


def _dates(exam: Cells, day: dt.date | None, exams: Exams) -> Cells | None:
    days = tuple(exams.get(word_key(name)) or date_within(name) or day for name in exam.values)
    lacking = any(days[at] is None for at in np.unique(exam.codes).tolist())
    return None if lacking else Cells(exam.codes, days)


def _full(cell: object, otherwise: float | None) -> float | None:
    try:
        return parse_number(cell, "mark") if cell is not None else otherwise
    except UnreadableCellError:
        return otherwise


def exam_name(texts: Sequence[str]) -> str | None:
    """Return the first text that names an exam, else the first there is.

    Examples
    --------
    >>> exam_name(["Class 7-1", "Autumn midterm"])
    'Autumn midterm'
    """
    named = [tidy(_DATED.sub("", tidy(words))) for words in texts if words]
    return next((words for words in named if is_exam(words)), named[0] if named else None)


def exam_date(
    exam: str, texts: Sequence[str], exams: Exams, *, alone: bool = False
) -> dt.date | None:
    """Return the day of an exam: written beside its name, in the titles, or in the list of exams.

    Where only one exam is listed anywhere, its day stands for a sheet that names none. The day in
    the titles is that of a named exam only when it is ``alone`` in its sheet.
    """
    written = next((day for day in map(date_within, texts) if day), None)
    if exam:
        own = date_within(exam) or exams.get(word_key(exam)) or _listed([exam], exams)
        return own or (written if alone else None)
    return (
        written
        or _listed(texts, exams)
        or (next(iter(exams.values())) if len(exams) == 1 else None)
    )


def _listed(texts: Sequence[str], exams: Exams) -> dt.date | None:
    keys = [word_key(words) for words in texts]
    inside = [day for name, day in exams.items() if any(name in key for key in keys)]
    return inside[0] if len(set(inside)) == 1 else None


def fill_dates(
    part: MappedTable, exam: str, texts: Sequence[str], exams: Exams, *, alone: bool = False
) -> MappedTable:
    """Return marks with the exam's day where no column gives one and it is known at all.

    Parameters
    ----------
    part
        Marks.
    exam
        The exam named above the column; empty when the sheet holds one.
    texts
        Titles of the sheet.
    exams
        Dates of exams listed elsewhere.
    alone
        The sheet holds no other exam.
    """
    if "date" in part.columns:
        return part
    columns = dict(part.columns)
    columns.setdefault("exam", Cells.constant(exam or exam_name(texts), len(part)))
    days = _dates(columns["exam"], exam_date(exam, texts, exams, alone=alone), exams)
    return part if days is None else replace(part, columns={**columns, "date": days})
