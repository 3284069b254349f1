"""The questions themselves, where they may be shipped."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit import text
from visitkit.errors import ScreenError
from visitkit.screen.instruments.instrument import Instrument


@dataclass(frozen=True)
class Questions:
    """A questionnaire in words.

    Parameters
    ----------
    stem
        What is asked before the questions.
    items
        Item number to question.
    answers
        Item number to its answers, lowest first.
    credit
        Who must be named beside them.
    """

    stem: str
    items: dict[int, str]
    answers: dict[int, tuple[str, ...]]
    credit: str


def questions(instrument: Instrument, lang: str | None = None) -> Questions:
    """Return the questions of a questionnaire whose text may be shipped.

    Parameters
    ----------
    instrument
        The questionnaire.
    lang
        ``"zh"``, ``"en"`` or None for the machine's language.

    Raises
    ------
    ScreenError
        When the text may not be shipped, or is not there for a questionnaire of your own.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> questions(read_instrument("GAD-7"), "en").items[2]
    'Not being able to stop or control worrying'
    """
    key = f"instruments.question.{instrument.code}"
    if not instrument.text_may_ship or not text.has(key):
        raise ScreenError("instruments.no_text", instrument=instrument.form)
    words = text.find(key, lang)
    if not isinstance(words, dict):
        raise ScreenError("instruments.no_text", instrument=instrument.form)
    answers = {
        item: tuple(words.get(f"answers_{item}") or words["answers"])
        for item in range(1, instrument.n_items + 1)
    }
    items = {item: str(words[str(item)]) for item in answers}
    return Questions(str(words["stem"]), items, answers, str(words["credit"]))
