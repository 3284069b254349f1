"""Questionnaires as data: what a sheet of answers says, what it does not say, whom to talk with.

Each questionnaire is a file in ``data/``; this package reads it, scores sheets by it and words the
result. Critical items are read before anything else, a missing answer is never a zero, and every
cut-off is a named choice with its source. A score is a reason to talk, never a diagnosis.
"""

from visitkit.screen.instruments.capacity import (
    DayWarning,
    Expected,
    ScreeningDay,
    day_warnings,
    expected_hits,
)
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.mixed import score_table
from visitkit.screen.instruments.model import Critical, Cutoff, Norm, Scale
from visitkit.screen.instruments.questions import Questions, questions
from visitkit.screen.instruments.read import names, read_instrument, resolve, title
from visitkit.screen.instruments.report import hits_before_scores, score_report
from visitkit.screen.instruments.schema import InstrumentError
from visitkit.screen.instruments.score import score

__all__ = [
    "Critical",
    "Cutoff",
    "DayWarning",
    "Expected",
    "Instrument",
    "InstrumentError",
    "Norm",
    "Questions",
    "Scale",
    "ScreeningDay",
    "day_warnings",
    "expected_hits",
    "hits_before_scores",
    "names",
    "questions",
    "read_instrument",
    "resolve",
    "score",
    "score_report",
    "score_table",
    "title",
]
