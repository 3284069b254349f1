"""Critical items, read before totals, validity, norms and missing rules.

Each is read by itself: no other answer can hide it. Not answered is "unknown, ask", never "no".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.screen.instruments.answers import Bools, Coded
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.model import Critical

Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class CriticalAnswers:
    """Item numbers of each sheet joined by ``;``: hits, not known, and softer signs."""

    hits: Words
    missing: Words
    soft: Words


def read_critical(instrument: Instrument, coded: Coded) -> CriticalAnswers:
    """Read the critical items of every sheet.

    Where no coding was declared, an answer that counts in every coding is a hit, and one that
    counts in some is not known. On a sheet that contradicts its coding, an answer that would only
    count in the other coding is not known either.

    Parameters
    ----------
    instrument
        The questionnaire.
    coded
        The answers in our values.

    References
    ----------
    GLAD-PC toolkit 2010: any answer above 0 to the suicide item is followed up by interview.
    """
    sheets = len(coded.answers)
    hits, missing, soft = {}, {}, {}
    for critical in instrument.critical:
        hit, unknown = _read_item(critical, coded)
        if critical.level == "soft":
            soft[critical.item] = hit
        else:
            hits[critical.item], missing[critical.item] = hit, unknown
    return CriticalAnswers(*(_listed(found, sheets) for found in (hits, missing, soft)))


def _read_item(critical: Critical, coded: Coded) -> tuple[Bools, Bools]:
    place = critical.item - 1
    readings = [reading[:, place] for reading in coded.readings]
    counts = [reading >= critical.starts_at for reading in readings]
    no_one = np.zeros(len(coded.answers), dtype=bool)
    somewhere = np.logical_or.reduce([no_one, *counts])
    if coded.coding:
        value = coded.answers[:, place]
        hit: Bools = value >= critical.starts_at
        return hit, np.isnan(value) | (somewhere & ~hit)
    impossible = [np.isnan(reading) for reading in readings]
    everywhere = np.logical_and.reduce(
        [count | never for count, never in zip(counts, impossible, strict=True)]
    )
    hit = somewhere & everywhere
    unanswered = np.logical_and.reduce(impossible)
    return hit, (somewhere & ~hit) | unanswered


def item_list(marked: Bools) -> Words:
    """Return the numbers of the marked columns of each row, joined by ``;``.

    Examples
    --------
    >>> list(item_list(np.array([[True, False, True], [False, False, False]])))
    ['1;3', '']
    """
    return _listed({place + 1: marked[:, place] for place in range(marked.shape[1])}, len(marked))


def _listed(found: dict[int, Bools], sheets: int) -> Words:
    lines = np.full(sheets, "", dtype=object)
    for item, marked in found.items():
        for sheet in np.flatnonzero(marked):
            before = lines[sheet]
            lines[sheet] = f"{before};{item}" if before else str(item)
    return lines
