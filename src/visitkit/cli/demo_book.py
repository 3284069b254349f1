"""The casebook in ``visitkit demo``: a plan taken over, an entry, what is owed, a form, a check."""

from __future__ import annotations

import datetime as dt
import warnings
from pathlib import Path

import pandas as pd

from visitkit import record, reports
from visitkit.cli.console import Console
from visitkit.cli.record.owing import tell_due
from visitkit.cli.record.scheduling import tell_scheduled
from visitkit.cli.record.telling import Names
from visitkit.load import School
from visitkit.policy import Policy
from visitkit.record import CaseStore, Entry
from visitkit.record.forms import About, fill, values_from

#: Made up, for the demo alone, and shown on the terminal: a real one is shown nowhere.
PEOPLE, PSYCH = "a demo of quiet lanterns", "a demo river by a wall"
FOLDER, NOTE = "casebook-demo", "README.txt"

#: Things owed that the terminal shows.
SHOWN = 6
_MATTER = "escalation-demo"


def keep_demo(
    visits: pd.DataFrame, school: School, rules: Policy, out: Path, day: dt.date, console: Console
) -> None:
    """Keep the visits of a plan in a casebook, and show what can be asked of it.

    Parameters
    ----------
    visits
        Table of the plan.
    school, rules
        Its tables and rules.
    out
        Where the casebook and its paper go; one of an earlier demo is opened again.
    day
        The day on which we stand: the clock of this casebook goes with the made-up school.
    console
        Where it is told.
    """
    if visits.empty:
        return
    place = out / FOLDER
    keys = record.Keys(PEOPLE, PSYCH)
    if not (place / "people.db").exists():
        calendar = school.calendar
        record.new_store(place, keys, school="visitkit", policy=rules, calendar=calendar)
        note = console.words("cli_record.demo.note", people=PEOPLE, psych=PSYCH)
        (place / NOTE).write_text(note + "\n", encoding="utf-8")
    # Friday afternoon, before the week that was planned: nothing is late yet.
    now = dt.datetime.combine(day - dt.timedelta(days=3), dt.time(8), dt.UTC)
    teacher = str(visits["visitors"].iloc[0]).split(";")[0]
    student = str(visits["student_id"].iloc[0])
    with warnings.catch_warnings():
        # The machine's clock is not on the day of the story, and that is no fault of anybody's.
        warnings.simplefilter("ignore", record.StoreWarning)
        opened = record.open_store(
            place, keys, actor=teacher, role="head_teacher", clock=lambda: now
        )
        with opened as store:
            tell_scheduled(store.schedule(visits), console)
            _matter(store, now, student, console)
            owed = store.due(now)
            entries = [one for case in _cases(store, teacher) for one in store.case(case)]
            found = store.verify()
    tell_due(owed, Names(), console, SHOWN)
    console.print()
    _paper(entries, teacher, out, day, console)
    console.print(found.sentence())
    console.say("cli_record.demo.open", path=place, people=PEOPLE, psych=PSYCH)


def _matter(store: CaseStore, now: dt.datetime, student: str, console: Console) -> None:
    """Hand a matter up, once."""
    if _MATTER in set(store.cases("escalation")["case_id"]):
        return
    facts = {"issue": console.words("cli_record.demo.issue"), "to": ["moral_office"]}
    by = (store.book.actor, store.book.role)
    store.add(Entry(_MATTER, "escalation", "report", student, now, *by, facts))


def _cases(store: CaseStore, teacher: str) -> list[str]:
    """Return the cases for whose visits a teacher owes something."""
    owed = store.due()
    mine = owed[(owed["by"] == teacher) & (owed["kind"] == "visit")]
    return [str(one) for one in mine["case_id"].unique()]


def _paper(entries: list[Entry], teacher: str, out: Path, day: dt.date, console: Console) -> None:
    """Write the plan of a teacher as the form that the school hands in."""
    about = About(teacher_id=teacher, as_of=day)
    plain = fill("home_visit_plan", values_from("home_visit_plan", entries, None, about))
    for path in reports.write_form(plain, out, console.lang, ["docx"]):
        console.print(f"  {path}")
