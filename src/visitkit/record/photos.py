"""Photos of visits: a folder checked by the rules of the school, and copies without a position.

The rule the check follows is that of papers 002, 2024 plan, VI.2 (RC-05): the telephone held
sideways; teacher, parent and student together; a name of class and student; a folder a teacher; a
number of photos. Whether all three are on the picture only a person can see.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from visitkit import text
from visitkit.errors import StoreError
from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.record.photo_bytes import Look, clean_photo, look
from visitkit.record.photo_names import Roll, named

#: Megabytes of the largest photo looked at.
LARGEST = 40
_MEGA = 1_000_000
_ENDINGS = frozenset({".jpg", ".jpeg", ".png"})
_LITTER = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Photo:
    """One photo of a folder; printing it shows no name of a file, for that may hold a student's.

    Parameters
    ----------
    teacher
        Name of the folder it lies in.
    file
        Its name.
    class_id, student_id
        Read from the name; empty where they could not be.
    look
        What it is; ``None`` where it could not be opened.
    """

    teacher: str
    file: str = field(repr=False)
    class_id: str = ""
    student_id: str = ""
    look: Look | None = None


@dataclass(frozen=True)
class PhotoFault:
    """What is wrong with a photo or a folder.

    Parameters
    ----------
    key
        Name of the sentence in ``text/*/forms.toml`` under ``photo_fault``.
    teacher
        The folder; empty for the whole.
    file
        The photo; empty for the folder.
    facts
        What fills the sentence.
    """

    key: str
    teacher: str = ""
    file: str = field(default="", repr=False)
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, lang: str | None = None) -> str:
        """Return what is wrong."""
        return text.say(f"forms.photo_fault.{self.key}", lang, **self.facts)


@dataclass(frozen=True)
class PhotoCheck:
    """What a folder of photos holds and what is wrong with it."""

    photos: tuple[Photo, ...]
    faults: tuple[PhotoFault, ...]
    asked: Mapping[str, int]

    def table(self, lang: str | None = None) -> pd.DataFrame:
        """Return the faults as a table: ``teacher``, ``file``, ``key``, ``fault``."""
        rows = [(x.teacher, x.file, x.key, x.sentence(lang)) for x in self.faults]
        return pd.DataFrame(rows, columns=["teacher", "file", "key", "fault"], dtype="str")

    def form_values(self, teacher: str) -> dict[str, object]:
        """Return what the form ``photo_folder_check`` says of one teacher's folder."""
        mine = [one for one in self.photos if one.teacher == teacher]
        wrong: dict[str, list[PhotoFault]] = {}
        for fault in self.faults:
            if fault.teacher == teacher and fault.file:
                wrong.setdefault(fault.file, []).append(fault)
        rows = [
            {
                "file": one.file,
                "class_id": one.class_id or None,
                "student_id": one.student_id or None,
                "landscape": one.look.landscape if one.look else None,
                "position_removed": not one.look.position if one.look else None,
                "remark": "\n".join(x.sentence() for x in wrong.get(one.file, [])) or None,
            }
            for one in mine
        ]
        asked = self.asked.get(teacher)
        found = {"teacher_id": teacher, "folder": teacher, "photos": len(mine)}
        return {**found, "photos_owed": asked, "photos_seen": rows}


def check_photos(
    folder: str | Path,
    policy: Policy,
    school: School | None = None,
    visits: Mapping[str, int] | None = None,
) -> PhotoCheck:
    """Check a folder of photos by the rules of a school.

    Parameters
    ----------
    folder
        It holds a folder for each teacher, named by the teacher's number.
    policy
        ``evidence.photos``, ``evidence.photos_per`` and ``evidence.photo_rules``.
    school
        The tables against which classes, students and teachers are checked, where given. A
        student may be named by number or by name.
    visits
        Teacher to number of visits made, where photos are asked for each visit.

    Raises
    ------
    StoreError
        When there is no such folder.
    """
    home = Path(folder)
    if not home.is_dir():
        raise StoreError("forms.photo_fault.not_a_folder", folder=home.name)
    roll = Roll(school)
    rules = frozenset(map(str, _listed(policy["evidence.photo_rules"])))
    photos: list[Photo] = []
    faults: list[PhotoFault] = []
    for entry in sorted(home.iterdir(), key=lambda one: one.name):
        if entry.is_dir() and not entry.is_symlink():
            found, wrong = _folder(entry, roll, rules)
            photos += found
            faults += wrong
        elif not _litter(entry) and "folder_per_teacher" in rules:
            faults.append(PhotoFault("stray", file=entry.name))
    asked = _asked(policy, photos, visits or {})
    return PhotoCheck(tuple(photos), (*faults, *_too_few(photos, asked, policy)), asked)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _litter(entry: Path) -> bool:
    """Tell whether a file was left there by the machine, not by a person."""
    return entry.name.startswith(".") or entry.name.lower() in _LITTER


def _folder(entry: Path, roll: Roll, rules: frozenset[str]) -> tuple[list[Photo], list[PhotoFault]]:
    teacher = entry.name
    faults: list[PhotoFault] = []
    if "folder_per_teacher" in rules and roll.known and teacher not in roll.teachers:
        faults.append(PhotoFault("teacher", teacher))
    photos: list[Photo] = []
    seen: set[str] = set()
    for path in sorted(entry.iterdir(), key=lambda one: one.name):
        if _litter(path):
            continue
        if path.is_symlink() or not path.is_file() or path.suffix.lower() not in _ENDINGS:
            faults.append(PhotoFault("not_a_photo", teacher, path.name))
            continue
        photo, wrong = _photo(path, roll, rules, seen)
        photos += [photo] if photo.look is not None else []
        faults += [PhotoFault(key, teacher, path.name) for key in wrong]
    return photos, faults


def _photo(
    path: Path, roll: Roll, rules: frozenset[str], seen: set[str]
) -> tuple[Photo, list[str]]:
    teacher = path.parent.name
    if path.stat().st_size > LARGEST * _MEGA:
        return Photo(teacher, path.name), ["too_big"]
    content = path.read_bytes()
    try:
        found = look(content)
    except StoreError:
        return Photo(teacher, path.name), ["unreadable"]
    place, student, wrong = named(path.stem, roll)
    if "named_class_and_student" not in rules:
        wrong = []
    if "landscape" in rules and not found.landscape:
        wrong.append("portrait")
    mark = hashlib.sha256(clean_photo(content)).hexdigest()
    wrong += ["twice"] if mark in seen else []
    seen.add(mark)
    return Photo(teacher, path.name, place, student, found), wrong


def _asked(policy: Policy, photos: list[Photo], visits: Mapping[str, int]) -> dict[str, int]:
    """Return how many photos each teacher owes; nothing where none are asked for."""
    number, per = int(str(policy["evidence.photos"])), str(policy["evidence.photos_per"])
    teachers = dict.fromkeys([*(one.teacher for one in photos), *visits])
    if not number or per == "department":
        return {}
    if per == "visit":
        return {one: number * visits[one] for one in teachers if one in visits}
    return dict.fromkeys(teachers, number)


def _too_few(photos: list[Photo], asked: Mapping[str, int], policy: Policy) -> Iterator[PhotoFault]:
    number = int(str(policy["evidence.photos"]))
    if number and str(policy["evidence.photos_per"]) == "department" and len(photos) < number:
        yield PhotoFault("too_few", facts={"found": len(photos), "asked": number})
    for teacher, owed in asked.items():
        found = sum(1 for one in photos if one.teacher == teacher)
        if found < owed:
            yield PhotoFault("too_few", teacher, facts={"found": found, "asked": owed})


def photo_payload(path: str | Path) -> bytes:
    """Return a photo's bytes for the store: the picture alone, without a position.

    Raises
    ------
    StoreError
        When the file is not there, too large, or no photo.
    """
    source = Path(path)
    if not source.is_file():
        raise StoreError("forms.missing_file", file=source.suffix)
    size = source.stat().st_size
    if size > LARGEST * _MEGA:
        raise StoreError(
            "forms.too_big", file=source.suffix, found=round(size / _MEGA), most=LARGEST
        )
    return clean_photo(source.read_bytes())


def clean_copies(folder: str | Path, target: str | Path) -> list[Path]:
    """Write clean copies of all photos of a folder; all of them are there, or none.

    Parameters
    ----------
    folder
        As for :func:`check_photos`; what is no photo is left out.
    target
        A new folder.

    Returns
    -------
    list of Path
        The copies, each in its teacher's folder.

    Raises
    ------
    StoreError
        When ``target`` is there already, or a photo cannot be read.
    """
    home, goal = Path(folder), Path(target)
    if goal.exists():
        raise StoreError("forms.target_exists", folder=goal.name)
    if not home.is_dir():
        raise StoreError("forms.photo_fault.not_a_folder", folder=home.name)
    goal.parent.mkdir(parents=True, exist_ok=True)
    passing = Path(tempfile.mkdtemp(prefix=".", dir=goal.parent))
    try:
        names = [
            path.relative_to(home)
            for path in sorted(home.glob("*/*"))
            if path.suffix.lower() in _ENDINGS and path.is_file() and not path.is_symlink()
        ]
        for name in names:
            made = passing / name
            made.parent.mkdir(exist_ok=True)
            made.write_bytes(photo_payload(home / name))
        os.replace(passing, goal)
    except BaseException:
        shutil.rmtree(passing, ignore_errors=True)
        raise
    return [goal / name for name in names]
