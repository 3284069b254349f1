"""Everything found about a table of sheets, in the fixed order: critical items come first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.screen.instruments.answers import (
    Bools,
    Coded,
    Floats,
    answer_matrix,
    code,
    extra_answers,
)
from visitkit.screen.instruments.careless import longest_run, straight_lines, too_fast
from visitkit.screen.instruments.critical import CriticalAnswers, Words, read_critical
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.model import Cutoff, Missing, Norm
from visitkit.screen.instruments.scales import (
    Keyed,
    Measured,
    any_of,
    flag,
    key,
    measure,
    measure_total,
)

#: What a sheet is good for. ``incomplete``: items are missing but the cut-off is decided all the
#: same; ``undetermined``: it is not, ask again; ``void``: not to be read, which is not "low".
STATES = ("valid", "incomplete", "undetermined", "void", "unknown")
#: Remarks on a sheet; worded in ``text/*/instruments.toml``.
NOTES = (
    "lie",
    "lie_unknown",
    "straight",
    "longstring",
    "fast",
    "duplicate",
    "out_of_range",
    "extra_answers",
    "prorated",
    "coding_doubt",
    "coding_needed",
)


@dataclass(frozen=True)
class Result:
    """What was found about a table of sheets; each array has an entry a sheet.

    Parameters
    ----------
    instrument, norm, coded
        What was scored, and by what.
    critical
        Item numbers of critical items.
    figures
        ``total`` and every other scale by name.
    flags
        Cut-off scale to 1, 0 or missing.
    flagged
        The same for the whole sheet.
    state
        One of :data:`STATES`.
    longstring
        Longest run of equal answers, in items.
    notes
        Names of :data:`NOTES` to the sheets they hold for.
    """

    instrument: Instrument
    norm: Norm
    coded: Coded
    critical: CriticalAnswers
    figures: dict[str, Measured]
    flags: dict[str, Floats]
    flagged: Floats
    state: Words
    longstring: npt.NDArray[np.int64]
    notes: dict[str, Bools]


def examine(instrument: Instrument, answers: pd.DataFrame, norm: Norm, coding: str) -> Result:
    """Work out everything about a table of sheets of one questionnaire.

    Parameters
    ----------
    instrument, answers
        As in :func:`visitkit.screen.instruments.score`.
    norm
        The norm itself.
    coding
        The coding; an empty text where it must be declared and was not: then nothing is scored,
        and critical items are read in every coding.
    """
    coded = code(answer_matrix(answers, instrument), instrument, coding)
    critical = read_critical(instrument, coded)
    keyed = key(coded.answers, instrument)
    longstring = longest_run(coded.answers[:, [item - 1 for item in instrument.options[0].items]])
    notes = _remarks(instrument, answers, coded, longstring) | _validity(instrument, keyed)
    figures = _figures(instrument, keyed, norm, notes["coding_doubt"] | notes["coding_needed"])
    flags = {cutoff.scale: flag(figures[cutoff.scale], cutoff) for cutoff in norm.cutoffs}
    flagged = any_of([flags[scale] for scale in norm.flags], len(answers))
    notes["prorated"] = _prorated(instrument, coded, figures["total"])
    state = _state(norm, figures["total"], flagged, notes)
    return Result(
        instrument, norm, coded, critical, figures, flags, flagged, state, longstring, notes
    )


def _remarks(
    instrument: Instrument,
    answers: pd.DataFrame,
    coded: Coded,
    longstring: npt.NDArray[np.int64],
) -> dict[str, Bools]:
    seconds = np.full(len(answers), np.nan)
    if "seconds" in answers:
        seconds = answers["seconds"].to_numpy(dtype=float, na_value=np.nan)
    same = [name for name in ("student_id", "date", "administration") if name in answers]
    limit = instrument.careless.longstring
    return {
        "straight": straight_lines(coded.answers, instrument),
        "longstring": (longstring >= limit) & (limit > 0),
        "fast": too_fast(seconds, coded),
        "duplicate": answers.duplicated(same, keep=False).to_numpy(),
        "out_of_range": np.asarray(coded.outside.any(axis=1), dtype=bool),
        "extra_answers": extra_answers(answers, instrument),
        "coding_doubt": coded.doubt,
        "coding_needed": np.full(len(answers), not coded.coding),
    }


def _validity(instrument: Instrument, keyed: Keyed) -> dict[str, Bools]:
    void = np.zeros(len(keyed.given), dtype=bool)
    unknown = void.copy()
    for scale in instrument.validity:
        reached = flag(measure(scale, keyed, Missing()), Cutoff(scale.name, scale.void_from or 0))
        void |= reached == 1
        unknown |= np.isnan(reached)
    return {"lie": void, "lie_unknown": unknown & ~void}


def _figures(
    instrument: Instrument, keyed: Keyed, norm: Norm, unsure: Bools
) -> dict[str, Measured]:
    """Measure every scale; a sheet whose coding is not known has no figure at all."""
    parts = {
        scale.name: measure(scale, keyed, instrument.missing)
        for scale in (*instrument.scales, *instrument.counts)
    }
    figures = {"total": measure_total(instrument, keyed, parts, norm), **parts}
    for measured in figures.values():
        for array in (measured.figure, measured.low, measured.high):
            array[unsure] = np.nan
    return figures


def _prorated(instrument: Instrument, coded: Coded, total: Measured) -> Bools:
    scored = {item for scale in instrument.scales for item in scale.items}
    items = sorted(scored | set(instrument.total.items))
    skipped = np.isnan(coded.answers[:, [item - 1 for item in items]]).any(axis=1)
    prorated: Bools = skipped & ~np.isnan(total.figure) & (instrument.missing.rule == "prorate")
    return prorated


def _state(norm: Norm, total: Measured, flagged: Floats, notes: dict[str, Bools]) -> Words:
    has_total = ~np.isnan(total.figure)
    decided = ~np.isnan(flagged) if norm.flags else np.ones(len(flagged), dtype=bool)
    state = np.where(decided, np.where(has_total, "valid", "incomplete"), "undetermined")
    state = state.astype(object)
    for reason in ("lie_unknown", "coding_doubt", "coding_needed"):
        state[notes[reason]] = "undetermined"
    state[notes["lie"]] = "void"
    if np.any(notes["straight"]):
        state[notes["straight"]] = "void"
    return state
