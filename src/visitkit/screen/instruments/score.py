"""Scoring a table of answered sheets of one questionnaire."""

from __future__ import annotations

import numpy as np
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.instruments.answers import Bools, Floats
from visitkit.screen.instruments.critical import Words, item_list
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.result import NOTES, Result, examine

_KEPT = ("student_id", "date", "administration")


def score(
    instrument: Instrument,
    answers: pd.DataFrame,
    norm: str | None = None,
    coding: str | None = None,
) -> pd.DataFrame:
    """Score the sheets of one questionnaire.

    Parameters
    ----------
    instrument
        From :func:`visitkit.screen.instruments.read_instrument`.
    answers
        A row a sheet: ``student_id``, ``item_1`` .. ``item_n`` with the codes as found, missing
        where not answered; ``date``, ``administration`` and ``seconds`` (time taken) may stand
        beside them. Other columns are left alone.
    norm
        Name of a norm of the questionnaire; None for its default.
    coding
        How the answers are coded, for example ``"0-4"``; None for the default. SCL-90 has none.

    Returns
    -------
    pandas.DataFrame
        A row a sheet, in the order and with the index of ``answers``: ``student_id`` (``date``,
        ``administration``), ``state`` (one of
        :data:`visitkit.screen.instruments.result.STATES`), ``flagged`` (missing where it cannot
        be told), ``total`` (missing where the rule for skipped items gives none), ``total_low``,
        ``total_high``, ``band``, a column a subscale, ``flag_total`` and ``flag_<scale>`` for
        each cut-off of the norm, ``answered`` (number of items), ``longstring`` (length of the
        longest run of equal answers), ``straight``, ``out_of_range``, ``critical_hits``,
        ``critical_missing``, ``soft_hits`` (item numbers joined by ``;``), ``notes`` (codes
        joined by ``;``), ``instrument``, ``norm``, ``coding``. A void sheet has its figures, but
        no band and no flag: it is not to be read.

    Raises
    ------
    ScreenError
        When a column is missing or holds text, the norm or the coding is not known, or the coding
        must be declared and was not.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> sheet = pd.DataFrame({"student_id": ["S1"], **{f"item_{n}": [0] for n in range(1, 10)}})
    >>> sheet["item_9"] = 1
    >>> scored = score(read_instrument("PHQ-9"), sheet)
    >>> scored[["total", "band", "flagged", "critical_hits"]]
       total     band  flagged critical_hits
    0    1.0  minimal    False             9
    """
    if not set(instrument.item_columns) & set(answers.columns):
        raise ScreenError(
            "instruments.no_items", instrument=instrument.form, last=instrument.item_columns[-1]
        )
    found = examine(instrument, answers, instrument.norm(norm), instrument.coding(coding))
    columns = {name: answers[name].to_numpy() for name in _KEPT if name in answers}
    table = pd.DataFrame(columns | _figures(found) | _checks(found), index=answers.index)
    for name in _KEPT:
        if name in answers:
            table[name] = answers[name]
    return table


def _figures(found: Result) -> dict[str, object]:
    total, void = found.figures["total"], found.state == "void"
    columns: dict[str, object] = {
        "state": _text(found.state),
        "flagged": nullable(np.where(void, np.nan, found.flagged)),
        "total": total.figure,
        "total_low": total.low,
        "total_high": total.high,
        "band": _text(_bands(found)),
    }
    columns |= {n: each.figure for n, each in found.figures.items() if n != "total"}
    columns |= {
        f"flag_{scale}": nullable(np.where(void, np.nan, flags))
        for scale, flags in found.flags.items()
    }
    return columns


def _checks(found: Result) -> dict[str, object]:
    sheets = len(found.state)
    return {
        "answered": (~np.isnan(found.coded.answers)).sum(axis=1),
        "longstring": found.longstring,
        "straight": found.notes["straight"],
        "out_of_range": _text(item_list(found.coded.outside)),
        "critical_hits": _text(found.critical.hits),
        "critical_missing": _text(found.critical.missing),
        "soft_hits": _text(found.critical.soft),
        "notes": _text(note_list(found.notes, sheets)),
        "instrument": _text(np.full(sheets, found.instrument.form, dtype=object)),
        "norm": _text(np.full(sheets, found.norm.name, dtype=object)),
        "coding": _text(np.full(sheets, found.coded.coding, dtype=object)),
    }


def _text(words: Words) -> object:
    return pd.Series(words, dtype="str").array


def nullable(flags: Floats) -> pd.arrays.BooleanArray:
    """Return flags as true, false or missing."""
    unknown: Bools = np.isnan(flags)
    return pd.arrays.BooleanArray(flags == 1, unknown)


def note_list(notes: dict[str, Bools], sheets: int) -> Words:
    """Return the codes of the remarks on each sheet, joined by ``;``."""
    lines = np.full(sheets, "", dtype=object)
    for name in NOTES:
        for sheet in np.flatnonzero(notes[name]):
            before = lines[sheet]
            lines[sheet] = f"{before};{name}" if before else name
    return lines


def _bands(found: Result) -> Words:
    total = found.figures["total"].figure
    words = np.full(len(total), "", dtype=object)
    for band, low in found.norm.bands:
        words[total >= low] = band
    words[found.state == "void"] = ""
    return words
