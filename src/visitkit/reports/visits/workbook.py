"""The whole plan as a workbook: overview, a sheet a teacher, appointments, left out, load."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import cast

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from visitkit import text
from visitkit.reports.sheet import Field, fill
from visitkit.reports.visits.given import Given, clock, number
from visitkit.reports.visits.pages import mode_of, offers
from visitkit.reports.visits.people import Child
from visitkit.reports.visits.rows import Round, Stop
from visitkit.reports.visits.tables import left_out, reason_words

#: The first moment a zip file can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_LONGEST_NAME = 31
#: Columns that are text whatever they look like, and those whose words go on in the next line.
_TEXTS = {"student_id", "class_id", "phone", "teacher_id"}
_LONG = {"address", "reason", "purpose", "visitors", "guardian", "value", "duty"}


def write_itineraries(told: Round, path: Path) -> None:
    """Write the workbook; the same plan gives the same bytes."""
    book = Workbook()
    book.remove(cast("Worksheet", book.active))
    titles = _Titles()
    _overview(_sheet(book, titles, told.given.say("visit_papers.book.overview")), told)
    for teacher in told.teachers:
        _teacher(_sheet(book, titles, _title(told, teacher)), told, teacher)
    _appointments(_sheet(book, titles, told.given.say("visit_papers.book.appointments")), told)
    _unassigned(_sheet(book, titles, told.given.say("visit_papers.book.unassigned")), told)
    _load(_sheet(book, titles, told.given.say("visit_papers.book.load")), told)
    _about(_sheet(book, titles, told.given.say("visit_papers.book.about")), told)
    book.properties.creator = "visitkit"
    _save_same(book, path, told.given)


class _Titles:
    """Names of sheets: without signs that Excel refuses, each once whatever its case."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def of(self, wanted: str) -> str:
        plain = _NOT_IN_A_NAME.sub("_", wanted).strip()[:_LONGEST_NAME] or "_"
        title, place = plain, 2
        while title.casefold() in self.taken:
            ending = f" {place}"
            title, place = plain[: _LONGEST_NAME - len(ending)] + ending, place + 1
        self.taken.add(title.casefold())
        return title


def _sheet(book: Workbook, titles: _Titles, title: str) -> Worksheet:
    sheet: Worksheet = book.create_sheet(titles.of(title))
    return sheet


def _title(told: Round, teacher: str) -> str:
    name = told.people.teacher(teacher)
    return teacher if name == teacher else f"{teacher} {name}"


def _fields(known: Given, names: Iterable[tuple[str, float]]) -> list[Field]:
    """Return columns by name and width; numbers of students and telephones are text."""
    return [
        Field(
            known.say(f"visit_papers.column.{name}"),
            width,
            "@" if name in _TEXTS else "General",
            name in _LONG,
        )
        for name, width in names
    ]


def _overview(sheet: Worksheet, told: Round) -> None:
    known = told.given
    columns = (
        *(("date", 12.0), ("weekday", 9.0), ("start", 8.0), ("end", 8.0), ("mark", 8.0)),
        *(("student_id", 13.0), ("name", 12.0), ("class_id", 9.0), ("visitors", 24.0)),
        *(("form", 12.0), ("purpose", 26.0), ("due", 12.0), ("travel", 10.0), ("address", 34.0)),
    )
    rows = [
        [
            *_when(stop, known),
            *_who(stop.child),
            told.names(stop.visit.crew),
            known.form(stop.visit.form),
            stop.purpose.words,
            "" if stop.visit.due is None else stop.visit.due.isoformat(),
            number(stop.visit.travel),
            stop.child.address,
        ]
        for stop in told.stops
    ]
    fill(sheet, _fields(known, columns), rows or [_nothing(known, len(columns))], freeze=8)


def _teacher(sheet: Worksheet, told: Round, teacher: str) -> None:
    known = told.given
    columns = (
        *(("date", 12.0), ("weekday", 9.0), ("start", 8.0), ("end", 8.0), ("mark", 8.0)),
        *(("student_id", 13.0), ("name", 12.0), ("class_id", 9.0), ("visitors", 20.0)),
        *(("form", 12.0), ("purpose", 26.0), ("travel", 10.0), ("address", 34.0)),
        *(("guardian", 22.0), ("phone", 16.0)),
    )
    rows = [
        [
            *_when(stop, known),
            *_who(stop.child),
            told.names(one for one in stop.visit.crew if one != teacher),
            known.form(stop.visit.form),
            stop.purpose.words,
            number(stop.visit.travel),
            stop.child.address,
            *_call(stop.child, known),
        ]
        for trip in told.of(teacher)
        for stop in trip.stops
    ]
    fill(sheet, _fields(known, columns), rows, freeze=8)


def _appointments(sheet: Worksheet, told: Round) -> None:
    known = told.given
    columns = (
        *(("call_by", 17.0), ("date", 12.0), ("weekday", 9.0), ("start", 8.0), ("end", 8.0)),
        *(("student_id", 13.0), ("name", 12.0), ("class_id", 9.0), ("guardian", 22.0)),
        *(("phone", 16.0), ("form", 12.0), ("visitors", 24.0), ("agreed", 9.0)),
        *(("declined", 9.0), ("other_time", 20.0)),
    )
    rows = [
        [
            offer.call_by,
            *_when(offer.stop, known)[:-1],
            *_who(offer.stop.child),
            *_call(offer.stop.child, known),
            known.form(offer.stop.visit.form),
            offer.names,
            *("", "", ""),
        ]
        for offer in offers(told)
    ]
    fill(sheet, _fields(known, columns), rows or [_nothing(known, len(columns))], freeze=8)


def _unassigned(sheet: Worksheet, told: Round) -> None:
    known = told.given
    columns = (
        *(("student_id", 13.0), ("name", 12.0), ("class_id", 9.0), ("due", 12.0)),
        *(("reason", 60.0), ("duty", 44.0)),
    )
    rows = [
        [
            *_who(told.people.child(item.student_id)),
            "" if item.due is None else item.due.isoformat(),
            reason_words(item, known.lang),
            item.duty,
        ]
        for item in left_out(told)
    ]
    fill(sheet, _fields(known, columns), rows or [_nothing(known, len(columns))])


def _load(sheet: Worksheet, told: Round) -> None:
    known = told.given
    columns = (
        *(("teacher_id", 12.0), ("name", 14.0), ("visits", 10.0), ("led", 10.0)),
        *(("along", 12.0), ("outings", 10.0), ("days", 10.0), ("minutes", 14.0)),
        *(("travel", 14.0), ("least", 10.0), ("most", 10.0)),
    )
    rows = []
    for person in sorted(known.problem.visitors.people, key=lambda one: one.teacher_id):
        trips = told.of(person.teacher_id)
        visits = [stop.visit for trip in trips for stop in trip.stops]
        led = sum(visit.lead == person.teacher_id for visit in visits)
        rows.append(
            [
                person.teacher_id,
                told.people.teachers.get(person.teacher_id, ""),
                *(len(visits), led, len(visits) - led, len(trips)),
                len({trip.date for trip in trips}),
                number(sum(visit.end - visit.start for visit in visits)),
                number(sum(trip.outing.travel for trip in trips)),
                *(person.least, person.most),
            ]
        )
    fill(sheet, _fields(known, columns), rows or [_nothing(known, len(columns))])


def _about(sheet: Worksheet, told: Round) -> None:
    known, plan = told.given, told.given.plan
    modes = known.say("visit_papers.comma").join(mode_of(known).values())
    worth = "proved" if plan.proved else "gap"
    facts: list[tuple[str, object]] = [
        ("as_of", known.today.isoformat()),
        ("policy", known.policy.name),
        ("visits", len(told.stops)),
        ("outings", len(told.trips)),
        ("left_out", len(plan.unassigned)),
        ("mode", modes),
        ("goodness", known.say(f"visit_papers.about.{worth}", gap=f"{plan.gap:.1%}")),
        ("seed", plan.seed),
    ]
    rows: list[Sequence[object]] = [
        [known.say(f"visit_papers.about.{key}"), value] for key, value in facts
    ]
    rows += [
        [known.say("visit_papers.about.log"), text.say(f"plan.log.{key}", known.lang, **told_facts)]
        for key, told_facts in plan.log
    ]
    rows.append([known.say("visit_papers.about.private"), known.say("visit_papers.private")])
    rows.append([known.say("visit_papers.about.source"), text.say("policy.papers", known.lang)])
    fill(sheet, _fields(known, (("item", 26.0), ("value", 100.0))), rows)


def _when(stop: Stop, known: Given) -> list[object]:
    visit = stop.visit
    weekday = known.say(f"visit_papers.weekday.{visit.date.isoweekday()}")
    return [visit.date.isoformat(), weekday, clock(visit.start), clock(visit.end), stop.mark]


def _who(child: Child) -> list[object]:
    return [child.student_id, child.name, child.class_id]


def _call(child: Child, known: Given) -> list[object]:
    """Return whom to call and under which numbers, those at home first."""
    near = child.to_call or child.guardians[:1]
    who = [f"{one.name} ({one.relation})" if one.relation else one.name for one in near]
    return [
        known.say("visit_papers.comma").join(who),
        known.say("visit_papers.comma").join(one.phone for one in near),
    ]


def _nothing(known: Given, columns: int) -> list[object]:
    return [known.say("visit_papers.none"), *[""] * (columns - 1)]


def _save_same(book: Workbook, path: Path, known: Given) -> None:
    """Save so that the same plan gives the same bytes: no clock of the machine in the file."""
    moment = f"{known.today.isoformat()}T00:00:00Z"
    book.properties.created = dt.datetime.combine(known.today, dt.time())
    made = io.BytesIO()
    book.save(made)
    with (
        zipfile.ZipFile(made) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _SAVED.sub(rb"\g<1>" + moment.encode() + rb"\g<2>", content)
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, content)
