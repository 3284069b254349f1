"""What a visitor may read about a student on a sheet that leaves the school.

A sheet lies on the family's table, is lost on a bus, is read over a shoulder. So it holds what the
visitor knows as a teacher of the student anyway. No paper says which dimension which role may see,
so the policy does: ``access.sheet_class`` for those who teach the class, ``access.sheet_lead`` for
its head teacher and the roles of ``access.crisis``. The defaults are narrow: marks and attendance,
for the lead conduct as well. Whatever they say, what ``access.mental_file`` and ``access.answers``
protect is printed for holders of a role of ``access.mental_file`` alone, and only when the school
asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from visitkit import tables, text
from visitkit.reports.visits.given import Given
from visitkit.reports.visits.people import People, plain
from visitkit.reports.visits.rows import Stop
from visitkit.screen.alerts.words import fact_text
from visitkit.screen.catalog import BY_NAME
from visitkit.screen.wording import date_words, figure_words
from visitkit.text.counting import one_or_many

#: The dimension that stays at school, whatever the policy says of sheets.
PRIVATE = "psychological"

#: Alerts told, by the dimension they belong to. All others stay at school.
ALERTS: Mapping[str, str] = {
    "unexcused_run": "attendance",
    "unexcused_absence": "attendance",
    "unexcused_visit": "attendance",
    "sick_absence": "attendance",
    "personal_absence": "attendance",
    "no_show": "attendance",
    "left_without_reason": "attendance",
    "mark_drop": "academic",
    "good_event": "good",
    "despair_words": PRIVATE,
    "critical_item": PRIVATE,
    "critical_missing": PRIVATE,
}
#: Topics of an earlier visit that everybody of the class may read.
_OPEN_TOPICS = ("school_life", "study_place", "study_method", "policy", "opinions")
#: Topics that stay at school.
_PRIVATE_TOPICS = ("feelings",)


@dataclass(frozen=True, slots=True)
class Access:
    """What a visitor may read about a student.

    Parameters
    ----------
    dimensions
        Of :data:`visitkit.tables.DIMENSIONS`; empty for somebody who does not teach the class.
    leads
        Head teacher of the class or a role of ``access.crisis``.
    """

    dimensions: tuple[str, ...]
    leads: bool

    @property
    def private(self) -> bool:
        """Psychological details are on the sheet."""
        return PRIVATE in self.dimensions


@dataclass(frozen=True, slots=True)
class Told:
    """What a sheet tells of a student.

    Parameters
    ----------
    good, facts
        Sentences: good news, and what to talk about.
    ask
        What the matter behind the visit is and where to read it, or a question to begin with.
    last
        The last contact: day, form, topics; empty when there is none.
    """

    good: tuple[str, ...]
    facts: tuple[str, ...]
    ask: str
    last: str


def access(known: Given, people: People, teacher_id: str, class_id: str) -> Access:
    """Return what a teacher may read about the students of a class.

    Parameters
    ----------
    known
        With the keys of ``access`` in the policy.
    people
        Who holds which role.
    teacher_id, class_id
        Whom it is about.
    """
    staff = people.staff
    leads = teacher_id in staff.any_of(("head_teacher", *_codes(known, "access.crisis")), class_id)
    taught = _dimensions(known, "access.sheet_class")
    led = _dimensions(known, "access.sheet_lead")
    seen = led if leads else taught if teacher_id in staff.team(class_id) else ()
    mental = teacher_id in staff.any_of(_codes(known, "access.mental_file"), class_id)
    if known.beside.private and mental:
        seen = (*(seen or taught), PRIVATE)
    return Access(seen, leads)


def told(known: Given, stop: Stop, may: Access) -> Told:
    """Return what a sheet tells of a student to one teacher."""
    good: list[str] = []
    facts: list[str] = []
    cases = known.beside.caseload
    if cases is not None and may.dimensions and _listed(known, stop.child.student_id):
        for alert in cases.alerts_for(stop.child.student_id):
            _sort(alert, known, may, good, facts)
        for reason in cases.reasons_for(stop.child.student_id):
            if BY_NAME.get(str(reason["indicator"])) is None:
                continue
            if BY_NAME[str(reason["indicator"])].dimension not in may.dimensions:
                continue
            if reason["kind"] == "protects":
                good.append(_capital(figure_words(reason, known.lang, cases.as_of, "good")))
            elif reason["kind"] == "concern":
                facts.append(_capital(figure_words(reason, known.lang, cases.as_of, "figure")))
    found = Told(tuple(dict.fromkeys(good)), tuple(dict.fromkeys(facts)), "", "")
    return replace(found, ask=_ask(known, stop, may), last=last_contact(known, stop, may))


def _listed(known: Given, student_id: str) -> bool:
    cases = known.beside.caseload
    return cases is not None and bool(cases.table["student_id"].eq(student_id).any())


def _sort(
    alert: Mapping[str, Any], known: Given, may: Access, good: list[str], facts: list[str]
) -> None:
    rule = str(alert["rule"])
    dimension = ALERTS.get(rule)
    if dimension != "good" and dimension not in may.dimensions:
        return
    fact = "" if pd.isna(alert.get("fact", "")) else fact_text(rule, str(alert["fact"]), known.lang)
    key = one_or_many(f"alerts.why.{rule}", alert.get("fact", ""))
    day = date_words(alert["opened"], known.lang, known.today)
    sentence = _capital(text.say(key, known.lang, fact=fact, date=day))
    (good if dimension == "good" else facts).append(sentence)


def _ask(known: Given, stop: Stop, may: Access) -> str:
    """Return how to begin; a matter that stays at school is only pointed at."""
    hidden = [one for one in stop.purpose.matters if ALERTS.get(one) in (None, PRIVATE)]
    if hidden:
        return known.say(f"visit_papers.talk.{'at_school' if may.leads else 'ask_lead'}")
    return known.say(f"visit_papers.talk.{stop.purpose.kind}")


def last_contact(known: Given, stop: Stop, may: Access) -> str:
    """Return day, form and topics of the last contact with the family before the plan was made."""
    made = known.school.visits
    made = made[made["student_id"].eq(stop.child.student_id)]
    made = made[made["date"] <= pd.Timestamp(known.today)]
    if made.empty:
        return ""
    row = made.sort_values(["date", "start"], kind="stable").iloc[-1]
    topics = [
        tables.word("topic", code, known.lang)
        for code in plain(row["topics"]).split(";")
        if code in _OPEN_TOPICS or (code in tables.codes("topic") and _open(code, may))
    ]
    day, form = row["date"].date().isoformat(), known.form(str(row["form"]))
    if not topics:
        return known.say("visit_papers.last", date=day, form=form)
    return known.say(
        "visit_papers.last_topics",
        date=day,
        form=form,
        topics=known.say("visit_papers.comma").join(topics),
    )


def _open(topic: str, may: Access) -> bool:
    return may.private if topic in _PRIVATE_TOPICS else may.leads


def _dimensions(known: Given, key: str) -> tuple[str, ...]:
    return tuple(one for one in _codes(known, key) if one != PRIVATE)


def _codes(known: Given, key: str) -> tuple[str, ...]:
    found = known.policy[key] if key in known.policy else []  # noqa: SIM401
    return tuple(str(one) for one in found) if isinstance(found, list) else (str(found),)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
