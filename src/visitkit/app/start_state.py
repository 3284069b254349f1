"""What is known after a school's tables were read, ready to be shown; nothing here is a view."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from visitkit import load, text
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
    place
        Where it was read from.
    """

    school: School | None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()
    place: Path | None = None


def read(place: Path, progress: Progress | None = None) -> Reading:
    """Read a school.

    Parameters
    ----------
    place
        A file or a folder.
    progress
        Called with done, total and what is being done.

    Raises
    ------
    TableError
        When the path cannot be read at all.
    """
    return Reading(*load.check(place, progress=progress), place)


def marked(reading: Reading, lang: str) -> Mapping[str, bytes]:
    """Return marked copies of the files with faults, name to content.

    Parameters
    ----------
    reading
        A school as it was read; its files must still be there.
    lang
        Language of the copies.
    """
    place, faults = reading.place, reading.faults
    if place is None or not faults:
        return {}
    return written(lambda folder: load.marked_copy(place, faults, folder, lang))


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
    kinds: dict[tuple[str, str], list[Fault]] = defaultdict(list)
    for fault in faults:
        kinds[fault.key, fault.field or fault.column].append(fault)
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
    problem = words["problem"]
    if any(fault.words(lang)["problem"] != problem for fault in same):
        problem = text.say("app_start.for_example", lang, problem=problem)
    return {
        "problem": problem,
        "allowed": words["allowed"],
        "fix": words["fix"],
        "number": len(same),
        "places": [[fault.place(lang), str(fault.value)] for fault in told],
        "open": first,
    }
