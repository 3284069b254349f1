"""Contacts with families, help that was given, and talks, as the tables of a school hold them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from visitkit import tables
from visitkit.record.cases.folding import listed
from visitkit.record.cases.moments import day_of
from visitkit.record.entry import Entry
from visitkit.record.remembering.rows import Row, day, frame, steps, typed, wall

Cases = Sequence[Sequence[Entry]]

#: Channels of a contact to the form of contact it is.
_FORMS = {
    "phone": "phone",
    "wechat": "electronic",
    "letter": "electronic",
    "video": "online",
    "in_person": "parent_visit",
}
#: Talks with a student that are help of a kind: the step to the kind of help.
_TALKS = {
    ("crisis", "second_stage_talk"): "counselling",
    ("crisis", "interview"): "counselling",
    ("crisis", "refer"): "medical_referral",
    ("body_image", "care"): "counselling",
    ("body_image", "scale"): "counselling",
    ("body_image", "refer"): "medical_referral",
}
#: Talks at school with the student, whatever they are called.
_AT_SCHOOL = (*(one for one in _TALKS if one[1] != "refer"), ("persuasion", "track"))


def visits(cases: Cases) -> pd.DataFrame:
    """Return the contacts made with families: a row a contact, columns as in ``tables.VISITS``.

    Visits with their times and visitors; rounds of persuasion; calls and messages that reached the
    family. Free text stays in the casebook.
    """
    rows = [row for holding in cases for row in _contacts(holding)]
    return frame(rows, typed("visits"), ["student_id", "date", "form", "start", "duty"])


def _contacts(holding: Sequence[Entry]) -> Iterator[Row]:
    kind = holding[0].kind
    if kind == "visit":
        yield from _visits(holding)
    elif kind == "persuasion":
        for one in steps(holding, "round"):
            row = _row(one, str(one.facts["form"]), one.facts.get("time"))
            yield {**row, "duty": f"persuasion.round.{one.facts['number']}"}
        for one in steps(holding, "contact_parents"):
            if one.facts.get("reached") is True:
                yield _row(one, _form(one.facts.get("channel")))
    elif kind == "crisis":
        for one in steps(holding, "contact_parents"):
            yield _row(one, _form(one.facts.get("channel")))
    elif kind == "left_behind":
        for one in steps(holding, "family_contact"):
            yield _row(one, _form(one.facts.get("means")))


def _visits(holding: Sequence[Entry]) -> Iterator[Row]:
    duty = next((one.facts.get("duty") for one in steps(holding, "plan")), None)
    records = list(steps(holding, "record"))
    for one in steps(holding, "visit"):
        start, end = wall(one.facts["start"]), wall(one.facts["end"])
        row = _row(one, str(one.facts["form"]), one.facts["start"])
        row["start"] = start and start.strftime("%H:%M")
        row["end"] = end and end.strftime("%H:%M")
        row["duty"] = duty
        row["visitors"] = ";".join(listed(one.facts, "visitors"))
        row["student_present"] = one.facts["student_present"]
        written = [record for record in records if record.at >= one.at]
        if written:
            row["topics"] = ";".join(listed(written[0].facts, "topics")) or None
            row["photos"] = written[0].facts.get("photos")
        yield row
    for one in steps(holding, "follow_up"):
        yield _row(one, str(one.facts["how"]))


def _row(one: Entry, form: str, moment: object = None) -> Row:
    at = wall(moment)
    when = day(one) if at is None else at.date()
    return {"student_id": one.student_id, "date": when, "form": form, "visitors": one.actor}


def _form(channel: object) -> str:
    return _FORMS.get(str(channel), "phone")


def interventions(cases: Cases) -> pd.DataFrame:
    """Return the help given: a row a kind and period, columns as in ``tables.INTERVENTIONS``."""
    rows = [row for holding in cases for row in _helps(holding)]
    return frame(rows, typed("interventions"), ["student_id", "start", "type", "owner"])


def _helps(holding: Sequence[Entry]) -> Iterator[Row]:
    kind = holding[0].kind
    for one in holding:
        talk = _TALKS.get((one.kind, one.step))
        if talk:
            yield _help(one, talk, end=day(one))
    if kind == "help_plan":
        yield from _planned(holding)
    elif kind == "left_behind":
        pairs = list(steps(holding, "pair", "unpair", "end"))
        for place, one in enumerate(pairs):
            if one.step == "pair":
                following = pairs[place + 1] if place + 1 < len(pairs) else None
                row = _help(one, "agent_parent", end=following and day(following))
                yield {**row, "owner": one.facts["agent"]}


def _planned(holding: Sequence[Entry]) -> Iterator[Row]:
    """Yield the kinds of help of a plan from its beginning, and each act of help beside them."""
    begun = next(steps(holding, "begin"), None)
    ended = next(steps(holding, "end", "drop"), None)
    told = {name: value for one in holding for name, value in one.facts.items()}
    if begun is None:
        return
    for name in listed(told, "types"):
        yield {**_help(begun, name, end=ended and day(ended)), "owner": told.get("owner")}
    for one in steps(holding, "deliver"):
        name = str(one.facts["measure"])
        if one.facts["delivered"] is True and name in tables.codes("help_type"):
            yield _help(one, name, end=day(one))


def _help(one: Entry, kind: str, end: object) -> Row:
    start = day_of(one.facts.get("start")) or day(one)
    return {
        "student_id": one.student_id,
        "start": start,
        "end": end,
        "type": kind,
        "owner": one.actor,
    }


def talks(cases: Cases) -> pd.DataFrame:
    """Return talks at school with the student: ``student_id``, ``date``."""
    rows: list[Row] = [
        {"student_id": one.student_id, "date": day(one)}
        for holding in cases
        for one in holding
        if (one.kind, one.step) in _AT_SCHOOL
    ]
    kinds = {"student_id": "str", "date": "datetime64[us]"}
    return frame(rows, kinds, ["student_id", "date"]).drop_duplicates(ignore_index=True)
