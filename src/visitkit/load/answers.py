"""Questionnaires: answers to points, by the words each instrument uses."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.load.draft import Draft
from visitkit.load.grid import Cells
from visitkit.load.notes import Note
from visitkit.load.numbers import parse_number
from visitkit.load.parsing import Parser, column_of, read_cells
from visitkit.load.spelling import both, tidy, unquoted, word_key
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import code_of
from visitkit.tables import Column

#: Instrument to the vocabulary of its answers; the points are those the instrument itself uses.
WORDS = {
    "MHT": "answer",
    "MSSMHS": "answer_severity",
    "SCL-90": "answer_severity",
    "PHQ-9": "answer_days",
    "PHQ-A": "answer_days",
    "GAD-7": "answer_days",
    "SDS": "answer_time",
    "SAS": "answer_time",
    "SDQ": "answer_true",
    "SDQ-S": "answer_true",
    "SDQ-P": "answer_true",
    "SDQ-T": "answer_true",
    "CES-D": "answer_week",
    "CES-DC": "answer_child",
    "SCARED": "answer_often",
}
#: Vocabularies whose points start at 0: answers exported by their place in the list start at 1.
FROM_ZERO = ("answer", "answer_days", "answer_true", "answer_week", "answer_child", "answer_often")
#: Answer sheets and items below which the lack of any 0 says nothing.
_ENOUGH_SHEETS, _ENOUGH_ITEMS = 20, 5


def parse_answer(value: object, instrument: str) -> float | None:
    """Return the points of one answer; a skipped question has none.

    Numbers are kept. A letter or number before the words of an option does not count.

    Raises
    ------
    UnreadableCellError
        When the words are not among the instrument's answers.

    Examples
    --------
    >>> parse_answer("several days", "PHQ-9"), parse_answer("Yes", "MHT")
    (1.0, 1.0)
    """
    vocabularies = (WORDS[instrument],) if instrument in WORDS else ("answer", "answer_agree")
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        if word_key(re.sub(r"[()\u3010\u3011\[\]]", "", tidy(value))) in _skipped():
            return None
        for spelt in _spellings(value):
            found = next((c for c in (code_of(v, spelt) for v in vocabularies) if c), None)
            if found is not None:
                return float(found)
    try:
        return parse_number(value, "mark")
    except UnreadableCellError as error:
        raise UnreadableCellError("answer_unknown", vocabulary=vocabularies[-1]) from error


def _skipped() -> tuple[str, ...]:
    return both("load.words.skipped_answer") + both("load.words.empty")


def _spellings(value: str) -> list[str]:
    plain = unquoted(value)
    bare = re.sub(r"^[a-z][.\u3001:)\s]+", "", plain, flags=re.IGNORECASE)
    short = re.sub(r"\([^()]*\)", "", bare)
    return [plain, bare, short]


def settle_surveys(surveys: Draft) -> None:
    """Read the answers of each instrument with its own words, and look at where they start."""
    items = [column for column in surveys.columns if column.name.startswith("item_")]
    instruments = surveys.frame["instrument"].fillna("")
    kinds, names = pd.factorize(instruments)
    read = {column.name: _points(surveys, column, kinds, list(names)) for column in items}
    points = pd.DataFrame(read, index=surveys.frame.index)
    surveys.frame = pd.concat([surveys.frame, points], axis=1)
    for name in names:
        _look_for_shift(surveys, points[instruments == name], str(name))


def _points(
    surveys: Draft, column: Column, kinds: npt.NDArray[np.int64], names: list[str]
) -> npt.NDArray[np.float64]:
    cells = surveys.cells[column.name]
    points = np.full(len(surveys), np.nan)
    for kind, instrument in enumerate(names):
        rows = np.flatnonzero(kinds == kind)
        part = Cells(cells.codes[rows], cells.values)
        found = read_cells(part, column_of(surveys.table, column.name), _parser(instrument))
        values = np.array([np.nan if v is None else v for v in found.meanings], dtype=float)
        points[rows] = values[part.codes]
        used = set(np.unique(part.codes).tolist())
        for at, (key, facts) in found.problems.items():
            if at in used:
                surveys.report(rows[part.codes == at], column.name, key, drop=False, **facts)
    return points


def _parser(instrument: str) -> Parser:
    def parse(value: object, column: Column) -> object:
        del column
        return parse_answer(value, instrument)

    return parse


def _look_for_shift(surveys: Draft, points: pd.DataFrame, instrument: str) -> None:
    """Say when answers start at 1 where the instrument starts at 0.

    Survey tools export either the points or the place of the option in the list. With many
    answers and not a single 0 it is likely the place, and every item would be a point too high.
    """
    asked = points.dropna(axis=1, how="all")
    enough = len(asked) >= _ENOUGH_SHEETS and asked.shape[1] >= _ENOUGH_ITEMS
    if WORDS.get(instrument) in FROM_ZERO and enough and asked.min().min() >= 1:
        facts = {"instrument": instrument, "number": len(asked)}
        surveys.notes.append(Note("answers_from_one", facts=facts))
