"""What is known already, put into the fields of a form: from the casebook and from the school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from visitkit.load.school import School
from visitkit.record.cases.folding import corrected
from visitkit.record.cases.kinds import secret
from visitkit.record.cases.moments import school_time
from visitkit.record.entry import Entry
from visitkit.record.forms.definition import Field, Form
from visitkit.record.forms.filling import form_named


@dataclass(frozen=True)
class About:
    """Whom or what a form is about; what is empty is taken from the entries.

    Parameters
    ----------
    student_id, class_id, teacher_id, case_id
        Whom.
    as_of
        The day of the form; nothing dated after it is put in.
    """

    student_id: str = ""
    class_id: str = ""
    teacher_id: str = ""
    case_id: str = ""
    as_of: dt.date | None = None


@dataclass(frozen=True)
class _Known:
    form: Form
    entries: tuple[Entry, ...]
    school: School | None
    about: About


def values_from(
    form: str | Form,
    entries: Sequence[Entry] = (),
    school: School | None = None,
    about: About | None = None,
) -> dict[str, object]:
    """Return what is known of the fields of a form.

    Facts of steps that are kept with the psychological files go only into forms that are kept
    there too, and into the form that such a step itself names. Corrections stand in for what they
    correct.

    Parameters
    ----------
    form
        A form or its name.
    entries
        Entries of the casebook, of one case or, for lists of a class or teacher, of several.
    school
        The tables of the school.
    about
        Whom the form is about.

    Returns
    -------
    dict
        Field name to value, for :func:`visitkit.record.forms.fill` once a person has added the
        rest.

    Raises
    ------
    StoreError
        When there is no such form.

    Examples
    --------
    >>> at = dt.datetime(2026, 11, 6, 9, tzinfo=dt.UTC)
    >>> told = Entry("p-1", "persuasion", "round", "S0412", at, "T1", "head_teacher",
    ...              {"number": 1, "place": "at home"})
    >>> values_from("persuasion_record", [told])
    {'case_id': 'p-1', 'student_id': 'S0412', 'number': 1, 'place': 'at home'}
    """
    made = form_named(form)
    held = _allowed(made, entries, about)
    known = _Known(made, held, school, _completed(held, about or About()))
    found: dict[str, object] = {}
    for one in made.fields.values():
        value = _rows(known, one, found) if one.kind == "table" else _single(known, one)
        if value is not None and value != []:
            found[one.name] = value
    return found


def _allowed(form: Form, entries: Sequence[Entry], about: About | None) -> tuple[Entry, ...]:
    last = about.as_of if about else None
    return tuple(
        one
        for one in _held(entries)
        if (step_of(one) in form.steps or form.secret or not secret(one.kind, one.step))
        and (last is None or school_time(one.at).date() <= last)
    )


def _held(entries: Sequence[Entry]) -> list[Entry]:
    """Return what holds of each case, all in order of time."""
    cases: dict[str, list[Entry]] = {}
    for one in entries:
        cases.setdefault(one.case_id, []).append(one)
    return sorted((one for each in cases.values() for one in corrected(each)), key=lambda x: x.at)


def step_of(entry: Entry) -> str:
    """Return ``kind.step`` of an entry."""
    return f"{entry.kind}.{entry.step}"


def _completed(entries: Sequence[Entry], about: About) -> About:
    """Take the case and the student from the entries where all of them agree."""
    cases = {one.case_id for one in entries}
    students = {one.student_id for one in entries if one.student_id}
    case = about.case_id or (cases.pop() if len(cases) == 1 else "")
    student = about.student_id or (students.pop() if len(students) == 1 else "")
    return About(student, about.class_id, about.teacher_id, case, about.as_of)


def _single(known: _Known, field: Field) -> object:
    value: object = None
    for one in known.entries:
        if step_of(one) in (*known.form.steps, *known.form.reads):
            found = fact_of(field, one)
            value = value if found is None else found
    return value if value is not None else _outside(known, field.source, known.about.student_id)


def fact_of(field: Field, entry: Entry) -> object:
    """Return the fact of an entry that a field stands for."""
    for name in field.facts or (field.name,):
        where, _, bare = name.rpartition(".")
        if where in {"", step_of(entry)} and bare in entry.facts:
            return entry.facts[bare]
    return None


def _outside(known: _Known, source: str, student: str) -> object:
    """Return what stands outside the facts: about whom, when a step was taken, in a table."""
    if not source.startswith("@"):
        return _of_school(known, source, student) if source else None
    name, _, step = source[1:].partition(":")
    if step:
        taken = [one for one in known.entries if step_of(one) == step]
        return _of_entry(taken[-1], name) if taken else None
    value = getattr(known.about, name, None)
    return value or None


def _of_entry(entry: Entry, name: str) -> object:
    wall = school_time(entry.at)
    if name in {"day", "moment"}:
        return wall.date() if name == "day" else wall
    return {
        "actor": entry.actor,
        "role": entry.role,
        "student_id": entry.student_id,
        "case_id": entry.case_id,
    }.get(name)


def _of_school(known: _Known, source: str, student: str) -> object:
    table, _, column = source.partition(".")
    if known.school is None:
        return None
    frame = known.school.tables[table]
    who = ("teacher_id", known.about.teacher_id) if table == "teachers" else ("student_id", student)
    if column not in frame:
        return None
    rows = frame[frame[who[0]] == who[1]]
    if table == "guardians":
        # who lives with the child is asked first
        rows = rows.sort_values("away", kind="stable", na_position="last")
    values = [plain(value) for value in rows[column]]
    return next((value for value in values if value is not None), None)


def plain(value: object) -> object:
    """Return a value of a data frame as plain Python; ``None`` where it is missing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    if isinstance(value, float) and value != value:
        return None
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _rows(known: _Known, field: Field, found: Mapping[str, object]) -> list[dict[str, object]]:
    if field.rows_from:
        return _school_rows(known, field, found.get("since"))
    return [
        row
        for one in known.entries
        if step_of(one) in field.each
        for row in (_across(field, one) if field.across else [_row(known, field, one)])
        if row
    ]


def _row(known: _Known, field: Field, entry: Entry) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in field.columns:
        value = fact_of(column, entry)
        if value is None and column.source.startswith("@"):
            value = _of_entry(entry, column.source[1:])
        elif value is None and column.source:
            value = _of_school(known, column.source, entry.student_id or "")
        if value is not None:
            row[column.name] = value
    return row


def _across(field: Field, entry: Entry) -> Iterator[dict[str, object]]:
    lists = {column.name: fact_of(column, entry) for column in field.columns}
    held = {name: found for name, found in lists.items() if isinstance(found, list | tuple)}
    for place in range(max(map(len, held.values()), default=0)):
        yield {name: found[place] for name, found in held.items() if place < len(found)}


def _school_rows(known: _Known, field: Field, since: object) -> list[dict[str, object]]:
    if known.school is None or not known.about.student_id:
        return []
    frame = known.school.tables[field.rows_from]
    frame = frame[frame["student_id"] == known.about.student_id]
    if "date" in frame:
        if known.about.as_of is not None:
            frame = frame[frame["date"] <= pd.Timestamp(known.about.as_of)]
        if isinstance(since, str | dt.date):
            frame = frame[frame["date"] >= pd.Timestamp(since)]
        frame = frame.sort_values("date", kind="stable")
    rows = []
    for _, line in frame.iterrows():
        read = {one.name: plain(line[one.source.partition(".")[2]]) for one in field.columns}
        rows.append({name: value for name, value in read.items() if value is not None})
    return rows
