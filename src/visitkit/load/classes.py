"""Classes: one spelling each, on the roll and in the teachers' table."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

import pandas as pd

from visitkit import tables, text
from visitkit.load.draft import Draft
from visitkit.load.notes import Note
from visitkit.load.spelling import both, tidy, word_key
from visitkit.load.vocabulary import words


@cache
def _grades() -> tuple[tuple[str, str], ...]:
    spelt = [(word, code) for word, code in words("grade").items() if not word.isdigit()]
    return tuple(sorted(spelt, key=lambda item: -len(item[0])))


def class_key(name: object) -> str:
    """Return what two spellings of a class have in common.

    Width, spaces and brackets do not count, nor does the way in which the grade is said.

    Examples
    --------
    >>> class_key("Grade 7 (1)") == class_key("grade 7 1")
    True
    """
    key = re.sub(r"[()\[\]\s]", "", tidy(name).casefold())
    for end in both("load.words.class_end"):
        key = key.removesuffix(end)
    for word, code in _grades():
        if key.startswith(word):
            return f"{code}|{key.removeprefix(word)}"
    numerals = str(text.find("load.words.numerals", "zh"))[1:10]
    if key[:1] and key[0] in numerals and key[1:].isdigit():
        return f"{numerals.index(key[0]) + 1}|{key[1:]}"
    return key


def settle_classes(students: Draft, teachers: Draft | None) -> None:
    """Write every class in the spelling most used on the roll.

    Classes that only have a number take their grade before it where grades share numbers.

    Parameters
    ----------
    students
        The roll; its classes and grades must have been read.
    teachers
        The teachers, whose classes follow the roll.
    """
    _name_grades(students)
    spellings = _usual(students.frame["class_id"].dropna(), students)
    students.frame["class_id"] = _mapped(students.frame["class_id"], spellings)
    if teachers is not None:
        frame = teachers.frame
        frame["homeroom_class"] = _mapped(frame["homeroom_class"], spellings)
        frame["classes"] = _mapped(frame["classes"], spellings)


def _name_grades(students: Draft) -> None:
    frame = students.frame
    known = frame[frame["class_id"].notna() & frame["grade"].notna()]
    bare = known[known["class_id"].map(_is_bare).astype(bool)]
    shared = bare.groupby(bare["class_id"].map(class_key))["grade"].nunique()
    wanted = set(shared[shared > 1].index)
    if not wanted:
        return
    # All bare classes take the grade, so that one school has one way of naming them.
    named = {
        row: _with_grade(str(name), int(grade))
        for row, name, grade in zip(bare.index, bare["class_id"], bare["grade"], strict=True)
    }
    frame.loc[bare.index, "class_id"] = pd.Series(named, dtype="str")
    students.notes.append(Note("class_by_grade", facts={"example": min(named.values())}))


def _is_bare(name: str) -> bool:
    return re.fullmatch(r"(class)?\d{1,2}", class_key(name)) is not None


def _with_grade(name: str, grade: int) -> str:
    lang = "en" if name.isascii() else "zh"
    gap = " " if name.isascii() else ""
    return f"{tables.word('grade', str(grade), lang)}{gap}{name}"


def _usual(names: pd.Series, students: Draft) -> dict[str, str]:
    """Return the key of each class to its usual spelling; ties go to the shorter one."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, count in names.value_counts().items():
        counts[class_key(name)][str(name)] += int(count)
    usual = {
        key: min(spelt, key=lambda one: (-spelt[one], len(one), one))
        for key, spelt in counts.items()
    }
    for key, spelt in sorted(counts.items()):
        others = tuple(sorted(set(spelt) - {usual[key]}))
        if others:
            spelling = Note("class_spelling", facts={"kept": usual[key], "others": others})
            students.notes.append(spelling)
    return usual


def _mapped(names: pd.Series, spellings: Mapping[str, str]) -> pd.Series:
    def one(cell: object) -> object:
        if not isinstance(cell, str):
            return None
        return ";".join(_unique(spellings.get(class_key(name), name) for name in cell.split(";")))

    distinct = {cell: one(cell) for cell in names.dropna().unique()}
    return names.map(distinct).astype("str")


def _unique(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(found))


def same_word(one: object, other: object) -> bool:
    """Tell whether two cells are the same word."""
    return word_key(one) == word_key(other)
