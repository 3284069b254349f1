"""Names of photos: class and student, by number or by name."""

from __future__ import annotations

import re

from visitkit.load.school import School
from visitkit.load.spelling import word_key

#: What follows the student in a name: the number of a further photo.
_FURTHER = re.compile(r"[\s_\-]*(?:\(\d{1,3}\)|[\s_\-]\d{1,2})$")
_APART = "_- .\u00b7"


class Roll:
    """Whom the name of a photo may mean.

    Parameters
    ----------
    school
        The tables of the school; without them every name is taken as it is.
    """

    def __init__(self, school: School | None) -> None:
        self.known = school is not None
        self.teachers: set[str] = set()
        self.classes: dict[str, str] = {}
        self.students: dict[str, str] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        if school is None:
            return
        self.teachers = set(school.tables["teachers"]["teacher_id"])
        pupils = school.tables["students"]
        for number, name, place in zip(
            pupils["student_id"], pupils["name"], pupils["class_id"], strict=True
        ):
            if isinstance(place, str):
                self.classes[word_key(place)] = place
                self.students[number] = place
            if isinstance(name, str) and isinstance(place, str):
                self._names.setdefault((place, word_key(name)), []).append(number)

    def student(self, place: str, words: str) -> str:
        """Return the student a number, or a name that only one in the class has, means."""
        if words in self.students:
            return words
        named = self._names.get((place, word_key(words)), [])
        return named[0] if len(named) == 1 else ""


def named(stem: str, roll: Roll) -> tuple[str, str, list[str]]:
    """Return class and student that the name of a photo means, and what is wrong with it.

    Examples
    --------
    >>> named("701_0412_2", Roll(None))
    ('701', '0412', [])
    """
    if not roll.known:
        parts = re.split(r"[_\s]+", stem.strip(), maxsplit=1)
        if len(parts) < 2:
            return "", "", ["name"]
        return parts[0], _FURTHER.sub("", parts[1]), []
    for end in range(len(stem), 0, -1):
        place = roll.classes.get(word_key(stem[:end].strip(_APART)))
        rest = stem[end:].strip(_APART)
        if place is None or not rest:
            continue
        student = roll.student(place, rest) or roll.student(place, _FURTHER.sub("", rest))
        if not student:
            return place, "", ["unknown_student"]
        return place, student, [] if roll.students[student] == place else ["other_class"]
    return "", "", ["unknown_class" if re.search(r"[_\s-]", stem) else "name"]
