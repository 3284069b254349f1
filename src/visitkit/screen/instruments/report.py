"""The scored sheets in words: whom to talk with first, what cannot be read, then the counts.

No answer is printed, and no score of a student: those stand in the table for the counsellor.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from visitkit import text
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.read import title

#: Student numbers named in one line; the others are counted.
_SHOWN = 50


def hits_before_scores(scored: pd.DataFrame) -> pd.DataFrame:
    """Order scored sheets for reading: critical items, not known, not readable, flagged, others.

    Parameters
    ----------
    scored
        From :func:`visitkit.screen.instruments.score` or ``score_table``.

    Returns
    -------
    pandas.DataFrame
        The same rows; those of a group stand by student number.

    Examples
    --------
    >>> scored = pd.DataFrame({"student_id": ["S1", "S2"], "critical_hits": ["", "9"]})
    >>> scored = scored.assign(critical_missing="", state="valid", flagged=[True, False])
    >>> list(hits_before_scores(scored)["student_id"])
    ['S2', 'S1']
    """
    group = np.select(
        [
            (scored["critical_hits"] != "").to_numpy(),
            (scored["critical_missing"] != "").to_numpy(),
            (scored["state"] != "valid").to_numpy() & ~_flagged(scored),
            _flagged(scored),
        ],
        [0, 1, 2, 3],
        default=4,
    )
    order = np.lexsort((scored["student_id"].astype(str).to_numpy(), group))
    return scored.iloc[order]


def _flagged(scored: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return scored["flagged"].astype("boolean").fillna(False).to_numpy(dtype=bool)


def score_report(scored: pd.DataFrame, instrument: Instrument, lang: str | None = None) -> str:
    """Return what a counsellor reads first after scoring, as lines of text.

    Parameters
    ----------
    scored
        From :func:`visitkit.screen.instruments.score`.
    instrument
        The questionnaire that was scored.
    lang
        ``"zh"``, ``"en"`` or None for the machine's language.

    Returns
    -------
    str
        Students to talk with today, students to ask because a critical item is not known, sheets
        that cannot be read, then how many sheets are flagged under the norm. Student numbers
        only: no answers, no scores.
    """
    return "\n".join(_lines(scored, instrument, lang))


def _lines(scored: pd.DataFrame, instrument: Instrument, lang: str | None) -> Iterator[str]:
    def say(key: str, **facts: object) -> str:
        return text.say(f"instruments.report.{key}", lang, **facts)

    norm = str(scored["norm"].iloc[0]) if len(scored) else instrument.default_norm
    yield say("title", instrument=title(instrument.form, lang), number=len(scored))
    hits = scored["critical_hits"] != ""
    unknown = (scored["critical_missing"] != "") & ~hits
    if any(critical.level == "hit" for critical in instrument.critical):
        # Nobody with a hit is left to "and others".
        found = _listed(scored[hits], lang, shown=len(scored))
        yield say("hits", number=_students(scored[hits]), students=found)
        yield say("ask", number=_students(scored[unknown]), students=_listed(scored[unknown], lang))
    else:
        yield say("no_critical")
    soft = scored[scored["soft_hits"] != ""]
    if len(soft):
        yield say("soft", number=_students(soft), students=_listed(soft, lang))
    for state in ("void", "undetermined", "incomplete"):
        rows = scored[scored["state"] == state]
        if len(rows):
            yield say(state, number=len(rows), students=_listed(rows, lang))
    yield from _remarks(scored, lang)
    told = int(scored["flagged"].astype("boolean").notna().sum())
    if instrument.norm(norm).flags:
        words = _norm_words(instrument, norm, lang)
        yield say("flagged", number=int(_flagged(scored).sum()), of=told, norm=words)
    yield say("meaning")


def _norm_words(instrument: Instrument, norm: str, lang: str | None) -> str:
    """Return what people call a norm; a school's own questionnaire has only its name."""
    key = f"instruments.norm.{instrument.code}"
    words = text.find(key, lang) if text.has(key) else {}
    return str(words.get(norm, norm)) if isinstance(words, dict) else norm


def _remarks(scored: pd.DataFrame, lang: str | None) -> Iterator[str]:
    counts = scored["notes"].str.split(";").explode().value_counts()
    for note, number in counts.items():
        if str(note):
            words = text.say(f"instruments.note.{note}", lang)
            yield text.say("instruments.report.note", lang, note=words, number=int(number))


def _students(rows: pd.DataFrame) -> int:
    return int(rows["student_id"].nunique())


def _listed(rows: pd.DataFrame, lang: str | None, shown: int = _SHOWN) -> str:
    students = sorted(rows["student_id"].astype(str).unique())
    if not students:
        return text.say("instruments.report.nobody", lang)
    named = text.say("instruments.report.comma", lang).join(students[:shown])
    rest = len(students) - shown
    return named + (text.say("instruments.report.more", lang, number=rest) if rest > 0 else "")
