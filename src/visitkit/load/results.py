"""Marks: score cells to marks, absences and full scores."""

from __future__ import annotations

import numpy as np
import pandas as pd

from visitkit.load.draft import Draft
from visitkit.load.grid import Cells
from visitkit.load.notes import Note
from visitkit.load.signs import Score

#: Full score where a school gives none and no mark exceeds it.
USUAL_FULL_SCORE = 100.0


def settle_marks(marks: Draft) -> None:
    """Read the score cells and settle the full scores.

    A word such as absent goes to ``status`` and leaves the score missing, never zero; a per cent
    cell is a share of the full score. Where no full score is given, 100 is used and said; where a
    mark exceeds it, that is a fault and the full score stays unknown.
    """
    score = marks.table.by_name["score"]
    marks.read(score)
    cells, found = marks.cells.get("score"), marks.reads["score"]
    read = [one if isinstance(one, Score) else Score() for one in found.meanings]
    codes = cells.codes if cells is not None else np.zeros(len(marks), dtype=np.int32)

    def spread(values: list[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([np.nan if v is None else v for v in values], dtype=float)[codes]

    frame = marks.frame
    said = pd.Series([one.status for one in read], dtype="str").take(codes).set_axis(frame.index)
    frame["status"] = frame["status"].where(frame["status"].notna(), said)
    plain, share = spread([s.marks for s in read]), spread([s.share for s in read])
    _settle_full_scores(marks, plain)
    frame["score"] = np.where(np.isnan(share), plain, share * frame["full_score"].to_numpy())
    frame["status"] = frame["status"].mask(frame["status"].isna() & frame["score"].notna(), "sat")
    _report_empty(marks)
    _report_above(marks)
    _report_shares(marks)


def _groups(frame: pd.DataFrame) -> list[str]:
    return [name for name in ("exam", "subject", "date") if name in frame]


def _settle_full_scores(marks: Draft, plain: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Fill in what an exam's other papers of a subject say, then the usual full score."""
    frame = marks.frame
    frame["score"] = plain
    keys = [frame[name] for name in _groups(frame)]
    given = frame["full_score"].groupby(keys, dropna=False)
    one_value = given.transform("min").where(given.transform("nunique") == 1)
    frame["full_score"] = frame["full_score"].fillna(one_value)
    unknown = frame["full_score"].isna() & ~marks.dropped[frame.index]
    if not unknown.any():
        return
    highest = frame["score"].groupby(keys, dropna=False).transform("max")
    above = unknown & (highest > USUAL_FULL_SCORE)
    usual = unknown & ~above
    frame.loc[usual, "full_score"] = USUAL_FULL_SCORE
    first = frame[above & (frame["score"] == highest)].groupby(
        [frame["subject"], frame["exam"]], dropna=False
    )
    for row in first.head(1).index:
        _report_unknown_full_score(marks, int(row))
    subjects = tuple(sorted(frame.loc[usual, "subject"].dropna().unique()))
    if subjects:
        marks.notes.append(Note("full_score_assumed", facts={"subjects": subjects}))


def _report_unknown_full_score(marks: Draft, row: int) -> None:
    marks.report([row], "score", "full_score_unknown", drop=False, usual=f"{USUAL_FULL_SCORE:g}")


def _report_empty(marks: Draft) -> None:
    """Drop rows that tell nothing: neither a score nor why there is none.

    A stroke in the cell says just that there is no mark: nothing is to be filled in or deleted.
    """
    frame = marks.frame
    cells = marks.cells.get("score", Cells.constant(None, len(marks)))
    places = frame.index.to_numpy()
    written = cells.filled()[places]
    broken = np.isin(cells.codes, list(marks.reads["score"].problems))[places]
    silent = frame["score"].isna() & frame["status"].fillna("sat").eq("sat")
    nothing = silent.to_numpy() & ~marks.dropped[places]
    stroke = nothing & written & ~broken & frame["status"].isna().to_numpy()
    marks.report(places[nothing & ~broken & ~stroke], "score", "score_empty")
    marks.dropped[places[nothing & broken]] = True
    marks.keep(~stroke)


def _report_above(marks: Draft) -> None:
    frame = marks.frame
    # A per cent cell that was turned into marks may exceed by rounding only.
    above = frame["score"] > frame["full_score"] * (1 + 1e-9)
    rows = frame.index[above & ~marks.dropped[frame.index]]
    for row in rows:
        full = f"{frame.loc[row, 'full_score']:g}"
        marks.report([int(row)], "score", "score_above", drop=True, full=full)


def _report_shares(marks: Draft) -> None:
    """Report scores that look like per cent cells, of which Excel hands on only the share.

    Half marks are usual; other fractions of one mark in a paper of ten marks or more are not.
    """
    frame = marks.frame
    score = frame["score"]
    fraction = (score > 0) & (score < 1) & (score * 2 % 1 != 0) & (frame["full_score"] >= 10)
    typed_out = frame.index.isin(_per_cent_rows(marks))
    rows = frame.index[fraction & ~typed_out & ~marks.dropped[frame.index]]
    marks.report(rows, "score", "score_share")


def _per_cent_rows(marks: Draft) -> list[int]:
    found = marks.reads["score"]
    shares = [isinstance(one, Score) and one.share is not None for one in found.meanings]
    places = np.flatnonzero(shares)
    if not len(places):
        return []
    return np.flatnonzero(np.isin(marks.cells["score"].codes, places)).tolist()
