"""What is known after a school's tables were read, ready to be shown; nothing here is a view."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from visitkit import load, policy, text
from visitkit.load import Fault, Note, School
from visitkit.load.reading import Progress
from visitkit.outgoing.formulas import guard
from visitkit.widgets.saving import written

#: Places told on the screen; the marked copy and the list hold all of them.
SHOWN = 50
#: Places told of one kind of fault.
SHOWN_OF_KIND = 10
_COLUMNS = ("file", "sheet", "row", "column", "value", "problem", "allowed", "fix")


@dataclass(frozen=True)
class Reading:
    """A school as it was read.

    Parameters
    ----------
    school
        Without its faulty rows; ``None`` when no student can be read.
    faults, notes
        What is wrong, and what else should be known.
    marked
        Marked copies of the person's own files, name to content; only where there are faults.
    """

    school: School | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    marked: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def read(path: Path, lang: str, progress: Progress | None = None) -> Reading:
    """Read a school and mark its faults in a copy.

    Parameters
    ----------
    path
        A file or a folder.
    lang
        Language of the copy.
    progress
        Called with done, total and what is being done.

    Raises
    ------
    TableError
        When the path cannot be read at all.
    """
    school, faults, notes = load.check(path, progress=progress)
    marked: dict[str, bytes] = {}
    if faults:
        if progress is not None:
            progress(0, 0, text.say("app_start.marking", lang))
        marked = written(lambda folder: load.marked_copy(path, faults, folder, lang))
    return Reading(school, faults, notes, marked)


def faults_csv(faults: Sequence[Fault], lang: str) -> bytes:
    """Return all faults as a list that spreadsheets open, one a row.

    Parameters
    ----------
    faults
        What was found.
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> faults_csv([], "en").decode("utf-8-sig").split(",")[0]
    'file'
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([text.say(f"app_start.column.{name}", lang) for name in _COLUMNS])
    for fault in faults:
        told = fault.words(lang)
        writer.writerow([guard(told[name]) for name in _COLUMNS])
    return target.getvalue().encode("utf-8-sig")


def shown(reading: Reading, lang: str) -> dict[str, object]:
    """Return what the list of faults shows, in words.

    Parameters
    ----------
    reading
        A school as it was read.
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> shown(Reading(None), "en")["kind"]
    'clean'
    """
    number, school = len(reading.faults), reading.school
    students = 0 if school is None else len(school.tables["students"])
    left = 0 if school is None else sum(school.left_out.values())
    kind = "faults" if number else "clean"
    facts = {"number": number, "students": f"{students:,}", "rows": left}
    summary = kind if school is not None else "unusable"
    return {
        "kind": kind,
        "title": text.say(f"app_start.found.{summary}_title", lang),
        "summary": text.say(f"app_start.found.{summary}", lang, **facts),
        "warning": text.say("app_start.found.warning", lang, **facts),
        "usable": school is not None,
        "notes": [note.sentence(lang) for note in reading.notes],
        "groups": grouped(reading.faults, lang),
    }


def grouped(
    faults: Sequence[Fault], lang: str, most: int = SHOWN, of_kind: int = SHOWN_OF_KIND
) -> list[dict[str, object]]:
    """Return faults kind by kind, the most frequent first.

    Every kind is told with at least one place, and with no more than ``of_kind``; ``most`` places
    are told in all, unless there are more kinds than that.

    Parameters
    ----------
    faults
        What was found.
    lang
        ``"zh"`` or ``"en"``.
    most, of_kind
        Places told in all, and of one kind.
    """
    kinds: dict[tuple[str, str, str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        kinds[fault.key, fault.file, fault.sheet, fault.field or fault.column].append(fault)
    ordered = sorted(kinds.values(), key=len, reverse=True)
    room = most
    groups = []
    for place, same in enumerate(ordered):
        later = len(ordered) - place - 1
        told = same[: max(1, min(of_kind, room - later))]
        room -= len(told)
        groups.append(_group(same, told, lang, first=place == 0))
    return groups


def _group(
    same: Sequence[Fault], told: Sequence[Fault], lang: str, *, first: bool
) -> dict[str, object]:
    words = told[0].words(lang)
    # Faults of one kind may name different cells in their sentence; the first stands for them.
    return {
        "problem": words["problem"],
        "allowed": words["allowed"],
        "fix": words["fix"],
        "number": len(same),
        "places": [[fault.place(lang), str(fault.value)] for fault in told],
        "open": first,
    }


def policies(lang: str) -> list[tuple[str, str, str]]:
    """Return the rules that can be chosen: name, title, what they are.

    Examples
    --------
    >>> "recommended" in [name for name, _, _ in policies("en")]
    True
    """
    return [(name, policy.title(name, lang), policy.about(name, lang)) for name in policy.names()]
