"""Names where they should not be: in a guardian's column, or in what a fault shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from visitkit.load.draft import Draft
from visitkit.load.faults import Fault
from visitkit.load.notes import Note
from visitkit.load.roll import Roll, name_key
from visitkit.load.spelling import mask, person, tidy

#: Share of rows from which a guardians' name column is taken for the students' own names.
_MOSTLY = 0.8


def student_names_of_guardians(guardians: Draft, roll: Roll) -> None:
    """Empty the name column of a guardians' sheet that holds the students' names.

    Such sheets have one column "name" beside the student number, and it means the student.
    """
    frame = guardians.frame
    for at, part in enumerate(guardians.parts):
        rows = frame[(guardians.part[frame.index] == at) & frame["name"].notna().to_numpy()]
        own = rows["student_id"].map(roll.names).fillna("")
        same = (rows["name"].map(name_key) == own) & (own != "")
        if len(rows) and same.mean() >= _MOSTLY:
            frame.loc[rows.index, "name"] = None
            guardians.notes.append(Note("student_names_in_guardians", part.file, part.sheet))


def hide_names(faults: Sequence[Fault], drafts: Mapping[str, Draft]) -> list[Fault]:
    """Return the faults with any name of a person hidden, in whatever column it stood.

    Where cells have slipped a column, a name may stand under a mark or a date.
    """
    names = _names(drafts) if faults else set()
    # Names in Latin letters must stand alone, or Li would be found in Lin.
    inside = [name if not name.isascii() else rf"\b{re.escape(name)}\b" for name in names]

    def hidden(fault: Fault) -> Fault:
        wordy = any(sign.isalpha() for sign in fault.value) and "*" not in fault.value
        if not wordy:
            return fault
        found = any(re.search(name, fault.value) for name in inside)
        return replace(fault, value=mask(fault.value)) if found else fault

    return [hidden(fault) for fault in faults]


def _names(drafts: Mapping[str, Draft]) -> set[str]:
    cells = [
        draft.cells[column]
        for draft in drafts.values()
        for column in ("name", "_name")
        if column in draft.cells
    ]
    found = {tidy(value) for one in cells for value in one.values if isinstance(value, str)}
    found |= {person(name) for name in found}
    return {name for name in found if len(name) > 1}
