"""From the codes of a file to our values, without ever guessing what an empty cell means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.instruments.instrument import Instrument

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def answer_matrix(answers: pd.DataFrame, instrument: Instrument) -> Floats:
    """Return the answers as found, a row a sheet and a column an item; missing where empty.

    Parameters
    ----------
    answers
        ``item_1`` .. ``item_n``; columns that are not there are missing, others are left alone.
    instrument
        The questionnaire.

    Raises
    ------
    ScreenError
        When a column stands twice or holds text.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> answer_matrix(pd.DataFrame({"item_1": [0, 3]}), read_instrument("GAD-7"))[:, 0]
    array([0., 3.])
    """
    columns = instrument.item_columns
    there = [column for column in answers.columns if column in columns]
    if len(there) != len(set(there)):
        raise ScreenError("instruments.item_twice", instrument=instrument.form)
    matrix = np.full((len(answers), len(columns)), np.nan)
    for place, column in enumerate(columns):
        if column in there:
            matrix[:, place] = _numbers(answers[column], instrument)
    return matrix


def _numbers(cells: pd.Series, instrument: Instrument) -> Floats:
    try:
        numbers: Floats = pd.to_numeric(cells).to_numpy(dtype=float, na_value=np.nan)
    except (ValueError, TypeError) as error:
        codes = "; ".join(
            " ".join(f"{code:g}" for code in values)
            for values in instrument.options_of(int(str(cells.name)[5:])).codes.values()
        )
        raise ScreenError(
            "instruments.not_a_number",
            instrument=instrument.form,
            column=str(cells.name),
            allowed=codes,
        ) from error
    return numbers


def extra_answers(answers: pd.DataFrame, instrument: Instrument) -> Bools:
    """Tell which sheets hold answers to items the questionnaire does not have."""
    known = set(instrument.item_columns)
    others = [c for c in answers.columns if str(c).startswith("item_") and c not in known]
    held = answers[others].notna().to_numpy(dtype=bool)
    return np.asarray(held.any(axis=1), dtype=bool)


def encode(raw: Floats, instrument: Instrument, coding: str) -> Floats:
    """Return our values for the codes of one coding; missing where empty or not a code.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> encode(np.array([[1.0, 4.0, 7.0, 1.0, 1.0, 1.0, 1.0]]), read_instrument("GAD-7"), "1-4")
    array([[ 0.,  3., nan,  0.,  0.,  0.,  0.]])
    """
    values = np.full(raw.shape, np.nan)
    for group in instrument.options:
        columns = np.array(group.items) - 1
        found = raw[:, columns]
        block = np.full(found.shape, np.nan)
        for step, code in enumerate(group.codes[coding]):
            block[found == code] = group.low + step
        values[:, columns] = block
    return values


@dataclass(frozen=True)
class Coded:
    """The answers of a table of sheets in our values.

    Parameters
    ----------
    answers
        A row a sheet and a column an item; missing where empty, out of range, or where no coding
        was declared.
    outside
        Where an answer stands that the coding does not have.
    doubt
        Sheets that contradict the coding but would fit another one.
    readings
        The values under each coding the sheets might be in: all of them where none was declared,
        the other ones for sheets in doubt (missing elsewhere), else none.
    coding
        The coding used; empty where none was declared.
    """

    answers: Floats
    outside: Bools
    doubt: Bools
    readings: tuple[Floats, ...]
    coding: str


def code(raw: Floats, instrument: Instrument, coding: str) -> Coded:
    """Put answers into our values, and find sheets that contradict their coding.

    Parameters
    ----------
    raw
        Answers as found.
    instrument
        The questionnaire.
    coding
        The declared coding, or an empty text where it must be declared and was not.
    """
    nobody = np.zeros(len(raw), dtype=bool)
    if not coding:
        readings = tuple(encode(raw, instrument, each) for each in instrument.codings)
        nothing = np.full(raw.shape, np.nan)
        legal = np.logical_or.reduce([~np.isnan(reading) for reading in readings])
        return Coded(nothing, ~np.isnan(raw) & ~legal, nobody, readings, "")
    values = encode(raw, instrument, coding)
    outside = ~np.isnan(raw) & np.isnan(values)
    odd = np.asarray(outside.any(axis=1), dtype=bool)
    doubt, readings = nobody, ()
    others = [each for each in instrument.codings if each != coding]
    if odd.any() and others:
        doubt, readings = _other_readings(raw, odd, instrument, others)
    return Coded(values, outside, doubt, readings, coding)


def _other_readings(
    raw: Floats, odd: Bools, instrument: Instrument, others: list[str]
) -> tuple[Bools, tuple[Floats, ...]]:
    doubt = np.zeros(len(raw), dtype=bool)
    readings: list[Floats] = []
    for other in others:
        reading = np.full(raw.shape, np.nan)
        reading[odd] = encode(raw[odd], instrument, other)
        fits = odd & ~(~np.isnan(raw) & np.isnan(reading)).any(axis=1)
        reading[~fits] = np.nan
        doubt |= fits
        readings.append(reading)
    return doubt, tuple(readings)
