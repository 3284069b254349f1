"""What the card of a student shows: worded, dated, and with a name only where one was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from visitkit import tables, text
from visitkit.load import School
from visitkit.reports.alerts_view import as_moment, days_late, records
from visitkit.reports.words import MARKS, dimension_word, tier_word
from visitkit.screen import Caseload
from visitkit.screen.caseload import GOOD_NEWS
from visitkit.screen.explain import words_by_kind
from visitkit.screen.trends import WEEKS, attendance_weeks, mark_course
from visitkit.widgets.card_tier import Override

#: Contacts told; the casebook has them all.
CONTACTS = 5
_NONE = pd.DataFrame(columns=["student_id", "date", "form", "topics"])


@dataclass(frozen=True, slots=True)
class Given:
    """What a card is made of.

    Parameters
    ----------
    cases
        The caseload as it stands.
    school
        Gives trends, contacts and names; without it the card tells what the caseload tells.
    names
        Show the name beside the number.
    overrides
        Student to the tier that a person set.
    chosen
        Who is on the list for visits.
    remembered
        Contacts that an open casebook knows, as far as the person at work may read it, with the
        columns of the table ``visits``.
    """

    cases: Caseload
    school: School | None = None
    names: bool = False
    overrides: Mapping[str, Override] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    remembered: pd.DataFrame | None = None

    def __repr__(self) -> str:
        """Return no student."""
        return f"Given({len(self.cases)} students)"


def card(given: Given, student_id: str, lang: str) -> dict[str, object]:
    """Return the card of a student, ready to be shown.

    Parameters
    ----------
    given
        The caseload and what is beside it.
    student_id
        The student's number.
    lang
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        Sentences and figures under the names of the parts of the card.

    Raises
    ------
    ScreenError
        When the student is not on the list.
    """
    row = given.cases.student(student_id)
    words = words_by_kind(given.cases, student_id, lang)
    return {
        "student": student_id,
        "name": _name(given, student_id),
        "class": str(row["class_id"]),
        "tier": _tier(str(row["tier"]), lang),
        "decided": _decided(given, student_id, lang),
        "standing": _standing(given.cases, row, lang),
        "alerts": _alerts(given.cases, student_id, words["alert"]),
        "concerns": words["concern"],
        "protects": words["protects"],
        "unknown": words["unknown"],
        "dimensions": [_dimension(row, name, lang) for name in tables.DIMENSIONS],
        "trends": _trends(given, student_id, lang),
        "contacts": _contacts(given, student_id, lang),
        "chosen": student_id in given.chosen,
        "as_of": "" if given.cases.as_of is None else given.cases.as_of.isoformat(),
    }


def _say(key: str, lang: str, **facts: object) -> str:
    return text.say(f"widgets_card.{key}", lang, **facts)


def _name(given: Given, student_id: str) -> str:
    if not given.names or given.school is None:
        return ""
    students = given.school.table("students")
    found = students.loc[students["student_id"] == student_id, "name"].dropna()
    return str(found.iloc[0]) if len(found) else ""


def _tier(code: str, lang: str) -> dict[str, str]:
    return {"code": code, "mark": MARKS[code], "word": tier_word(code, lang)}


def _decided(given: Given, student_id: str, lang: str) -> dict[str, str] | None:
    made = given.overrides.get(student_id)
    if made is None or not made.holds(given.cases.as_of):
        return None
    line = _say(
        "decided_line",
        lang,
        tier=tier_word(made.tier, lang),
        until=made.until.isoformat(),
        code=text.say(f"cases_fields.choice.{made.reason_code}", lang),
        reason=made.reason,
    )
    return {**_tier(made.tier, lang), "line": line}


def _standing(cases: Caseload, row: pd.Series, lang: str) -> list[str]:
    coverage = f"{row['coverage']:.0%}"
    unread = row["tier"] == "unknown" or pd.isna(row["risk_index"])
    told = [
        _say("no_index", lang, coverage=coverage)
        if unread
        else _say("index", lang, index=f"{row['risk_index']:.1f}", coverage=coverage),
        _say("rank", lang, rank=int(row["rank"]), number=len(cases)),
    ]
    if not pd.isna(row["stability"]):
        told.append(_say("stability", lang, stability=f"{row['stability']:.0%}"))
    return told


def _alerts(cases: Caseload, student_id: str, words: list[str]) -> list[dict[str, str]]:
    rows = [row for row in cases.alerts_for(student_id) if row["kind"] != GOOD_NEWS]
    return [
        {"words": told, "state": _state(row, cases)} for row, told in zip(rows, words, strict=True)
    ]


def _state(alert: Mapping[str, object], cases: Caseload) -> str:
    if as_moment(alert["answered"]) is not None:
        return "answered"
    return "late" if days_late(as_moment(alert["due"]), cases.as_of) else "waits"


def _dimension(row: pd.Series, name: str, lang: str) -> dict[str, object]:
    word, score = dimension_word(name, lang), row[name]
    if pd.isna(score):
        return {"word": word, "score": None, "line": _say("no_score", lang, name=word)}
    line = _say("score", lang, name=word, score=f"{score:.0f}")
    return {"word": word, "score": round(float(score), 1), "line": line}


def _trends(given: Given, student_id: str, lang: str) -> list[dict[str, object]]:
    if given.school is None or given.cases.as_of is None:
        return []
    weeks = attendance_weeks(given.school, student_id, given.cases.as_of)
    course = mark_course(given.school, student_id, given.cases.as_of)
    return [_attendance(weeks, lang), _marks(course, lang)]


def _attendance(weeks: pd.DataFrame, lang: str) -> dict[str, object]:
    title = _say("attendance.title", lang)
    if weeks.empty:
        return {"kind": "bars", "title": title, "said": _say("attendance.none", lang), "points": []}
    said = _say(
        "attendance.said",
        lang,
        weeks=min(len(weeks), WEEKS),
        away=f"{weeks['away'].sum():.1f}".removesuffix(".0"),
        days=int(weeks["school_days"].sum()),
        most=f"{weeks['away'].max():.1f}".removesuffix(".0"),
    )
    points = [
        {"at": f"{week:%m-%d}", "value": round(float(away), 2)}
        for week, away in zip(weeks["week"], weeks["away"], strict=True)
    ]
    return {"kind": "bars", "title": title, "said": said, "points": points, "highest": 5}


def _marks(course: pd.DataFrame, lang: str) -> dict[str, object]:
    title = _say("marks.title", lang)
    if course.empty:
        return {"kind": "line", "title": title, "said": _say("marks.none", lang), "points": []}
    whole = course[["share", "class_median"]].map("{:.0f}".format)
    said = _say(
        "marks.said" if len(course) > 1 else "marks.said_one",
        lang,
        exams=len(course),
        first=whole["share"].iloc[0],
        last=whole["share"].iloc[-1],
        class_first=whole["class_median"].iloc[0],
        class_last=whole["class_median"].iloc[-1],
    )
    points = [
        {"at": f"{date:%Y-%m}", "value": round(float(share), 1), "beside": round(float(median), 1)}
        for date, share, median in zip(
            course["date"], course["share"], course["class_median"], strict=True
        )
    ]
    return {"kind": "line", "title": title, "said": said, "points": points, "highest": 100}


def _contacts(given: Given, student_id: str, lang: str) -> list[str]:
    here = [] if given.school is None else [given.school.table("visits")]
    # A contact that stands in both is told once, as the school's own table has it.
    known = [*here, *([] if given.remembered is None else [given.remembered])]
    own = pd.concat([one[one["student_id"] == student_id] for one in known if len(one)] or [_NONE])
    own = own.drop_duplicates(["date", "form"])
    if given.cases.as_of is not None:
        own = own[own["date"] < pd.Timestamp(given.cases.as_of) + pd.Timedelta(days=1)]
    last = own.sort_values("date", ascending=False).head(CONTACTS)
    return [_contact(row, lang) for row in records(last)]


def _contact(row: Mapping[str, object], lang: str) -> str:
    found = "" if pd.isna(row["topics"]) else str(row["topics"])  # type: ignore[call-overload]
    topics = [_word("values.topic", one, lang) for one in found.split(";") if one]
    told = _say("topics", lang, topics=_say("comma", lang).join(topics)) if topics else ""
    form = _word("values.visit_form", str(row["form"]), lang)
    return _say("contact", lang, date=f"{row['date']:%Y-%m-%d}", form=form, topics=told)


def _word(room: str, code: str, lang: str) -> str:
    return text.say(f"{room}.{code}", lang) if text.has(f"{room}.{code}") else code
