"""What people told, for the register of duties: facts that no table of a school holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from visitkit.record.cases.folding import listed
from visitkit.record.cases.moments import day_of
from visitkit.record.entry import Entry
from visitkit.record.remembering.contacts import Cases
from visitkit.record.remembering.rows import Row, day, frame

TOLD = {
    "student_id": "str",
    "fact": "str",
    "date": "datetime64[us]",
    "about": "str",
    "case_id": "str",
}

#: Steps that hand a report on, to the kind of matter that the report is about.
_REPORTS = {
    ("crisis", "report_outside"): "mandatory",
    ("left_behind", "report_outside"): "mandatory",
    ("crisis", "report_leading_body"): "crisis",
    ("persuasion", "report_absence"): "report",
    ("persuasion", "written_report_to_authority"): "report",
}
#: Steps of a crisis in which a trained person says what there is; a first signal says only what
#: somebody noticed, and the tables hold that already.
_JUDGED = ("second_stage_talk", "level", "assess")
#: Follows from several facts, and is never told itself.
_DERIVED = ("several_targets",)


def told(cases: Cases) -> pd.DataFrame:
    """Return facts that people told: ``student_id``, ``fact``, ``date``, ``about``, ``case_id``.

    ``about`` is the kind of matter a report was made of (``mandatory``, ``crisis``, ``report``),
    so that a report of absence never stands in for one to the police; empty for other facts.
    """
    rows = [row for holding in cases for one in holding for row in _facts(one)]
    order = ["student_id", "fact", "date", "case_id"]
    return frame(rows, TOLD, order).drop_duplicates(ignore_index=True)


def _facts(one: Entry) -> Iterator[Row]:
    row: Row = {"student_id": one.student_id, "date": day(one), "about": ""}
    row["case_id"] = one.case_id
    about = _REPORTS.get((one.kind, one.step))
    if about:
        yield {**row, "fact": "reported", "about": about}
    if one.kind == "crisis":
        for fact in _of_crisis(one):
            yield {**row, "fact": fact}
        if one.step == "readmit":
            back = day_of(one.facts["returned_on"]) or day(one)
            yield {**row, "fact": "returned", "date": back}
    elif (one.kind, one.step) == ("body_image", "judge"):
        for fact in listed(one.facts, "states"):
            yield {**row, "fact": fact}


def _of_crisis(one: Entry) -> Sequence[str]:
    if one.step == "clear":
        return ("cleared",)
    if one.step not in _JUDGED:
        return ()
    flags = [name for name in ("ideation", "harm_others") if one.facts.get(name) is True]
    return (*flags, *(fact for fact in listed(one.facts, "facts") if fact not in _DERIVED))
