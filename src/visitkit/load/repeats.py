"""Rows said twice, and the order in which a table's rows stand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.load.draft import Draft
from visitkit.load.notes import Note

#: Tables of people and what is known of them: of two rows that differ, the fuller one stays.
_PEOPLE = ("guardians", "teachers", "groups")
#: Streams from machines, in which equal rows are usual.
_STREAMS = ("activity",)
Codes = npt.NDArray[np.int64]


def _codes(frame: pd.DataFrame, names: list[str]) -> list[Codes]:
    """Return numbers that sort as the columns do, missing cells first."""
    found = []
    for name in names:
        column = frame[name]
        if column.dtype.kind in "fMi":
            values = column.to_numpy()
            codes = pd.factorize(values, sort=True)[0]
        else:
            codes = pd.factorize(column.astype("object"), sort=True)[0]
        found.append(codes.astype(np.int64))
    return found


def put_in_order(draft: Draft) -> tuple[list[Codes], list[Codes]]:
    """Drop faulty rows and sort the others by the key, then by all other columns.

    The order of the rows in the files leaves no trace but among rows that are equal.

    Returns
    -------
    tuple
        Sortable numbers of the key columns and of the others, in the new order.
    """
    frame = draft.standing()
    key = list(draft.table.key) or list(frame.columns)
    rest = [name for name in frame.columns if name not in key]
    codes = _codes(frame, key + rest)
    order = np.lexsort([frame.index.to_numpy(), *codes[::-1]])
    draft.frame = frame.iloc[order]
    codes = [one[order] for one in codes]
    return codes[: len(key)], codes[len(key) :]


def check_repeats(draft: Draft) -> None:
    """Sort a table, and report rows said twice and rows that contradict each other on a key.

    Of equal rows one stays. Of rows that differ on the same key none stays, for which is right
    cannot be known; of people the fuller one does.
    """
    key, rest = put_in_order(draft)
    if draft.frame.empty:
        return
    same_key = _same_as_above(key)
    same_row = same_key & _same_as_above(rest) if rest else same_key
    if draft.table.name in _STREAMS:
        _note(draft, int(same_row.sum()))
        return
    stack = draft.frame.index.to_numpy()
    starts = np.maximum.accumulate(np.where(same_row, 0, np.arange(len(same_row))))
    _report(draft, stack[same_row], stack[starts][same_row], "row_twice")
    _contradictions(draft, same_key, same_row)


def _same_as_above(codes: list[Codes]) -> npt.NDArray[np.bool_]:
    same = np.ones(len(codes[0]), dtype=bool)
    same[0] = False
    for one in codes:
        same[1:] &= one[1:] == one[:-1]
    return same


def _report(draft: Draft, rows: Codes, firsts: Codes, key: str, *, drop: bool = True) -> None:
    column = draft.table.key[0] if draft.table.key else "student_id"
    draft.dropped[rows] |= drop
    for row, first in sorted(zip(rows.tolist(), firsts.tolist(), strict=True)):
        draft.report([row], column, key, drop=drop, **draft.where(first))


def _contradictions(
    draft: Draft, same_key: npt.NDArray[np.bool_], same_row: npt.NDArray[np.bool_]
) -> None:
    frame, same = draft.frame[~same_row], same_key[~same_row]
    if not same.any():
        return
    run = np.cumsum(~same)
    several = np.isin(run, run[same])
    stack = frame.index.to_numpy()[several]
    rows = pd.DataFrame({"run": run[several], "stack": stack})
    rows["first"] = rows.groupby("run")["stack"].transform("min")
    later = rows[rows["stack"] != rows["first"]]
    _report(draft, later["stack"].to_numpy(), later["first"].to_numpy(), "key_twice", drop=False)
    if draft.table.name in _PEOPLE:
        rows["empty"] = frame[several].isna().sum(axis=1).to_numpy()
        fullest = rows.sort_values("empty", kind="stable").drop_duplicates("run")
        rows = rows.drop(index=fullest.index)
    draft.dropped[rows["stack"].to_numpy()] = True


def _note(draft: Draft, number: int) -> None:
    if number:
        part = draft.parts[0]
        draft.notes.append(Note("repeated_activity", part.file, part.sheet, {"number": number}))
