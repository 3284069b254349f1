"""Who reads what: nothing psychological on a sheet by default, less for those who know less."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from visitkit import tables, text
from visitkit.load import School
from visitkit.plan import Duties, VisitPlan
from visitkit.policy import Policy
from visitkit.reports import Beside, write_visits
from visitkit.reports.visits.given import Given
from visitkit.reports.visits.knows import ALERTS, access, told
from visitkit.reports.visits.pages import write_sheets
from visitkit.reports.visits.rows import Round, visit_round
from visitkit.screen.alerts.rules import RULES
from visitkit.screen.caseload import Caseload
from visitkit.screen.catalog import BY_NAME, CATALOG
from visitkit.screen.wording import figure_words

#: Facts that stay at school, as codes of vocabularies.
SECRETS = {
    "event_kind": ("despair_words", "domestic_violence", "bullying", "bereavement"),
    "behaviour_kind": ("self_harm_sign", "bullied", "withdrawn"),
    "topic": ("feelings",),
    "group": tuple(one for one in tables.codes("group") if one not in ("new_student",)),
    "help_type": ("counselling", "medical_referral"),
}
PRIVATE_RULES = ("despair_words", "critical_item", "critical_missing", "family_event")


def secrets(cases: Caseload, lang: str) -> set[str]:
    """Return every word and every sentence that a sheet must not hold."""
    words = {tables.word(kind, code, lang) for kind, codes in SECRETS.items() for code in codes}
    words |= {text.say(f"alerts.rule.{rule}", lang) for rule in PRIVATE_RULES}
    words |= {
        text.say(f"indicators.{one.name}.name", lang)
        for one in CATALOG
        if one.dimension in ("psychological", "family", "basic")
    }
    for student in cases.table["student_id"]:
        for reason in cases.reasons_for(str(student)):
            found = BY_NAME.get(str(reason["indicator"]))
            if found is not None and found.dimension in ("psychological", "family", "basic"):
                words.add(figure_words(reason, lang, cases.as_of))
    return {word.casefold() for word in words}


def page_of(round_: Round, teacher: str, path: Path) -> str:
    """Return what the sheets of a teacher show, without marks of the page."""
    write_sheets(replace(round_, trips=round_.of(teacher)), path)
    pages = path.read_text("utf-8").split("<article")[1:]
    name = round_.people.teacher(teacher)
    mine = [page for page in pages if f'aria-label="Visit sheet of {name}' in page]
    mine = mine or [page for page in pages if name in page.split("<h1>")[0]]
    return re.sub(r"<[^>]*>", " ", " ".join(mine)).casefold()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("teacher", ["T1", "T2", "T3", "T4"])
def test_nothing_private_on_any_sheet(
    known: Given, cases: Caseload, tmp_path: Path, lang: str, teacher: str
) -> None:
    """By default the words and the values of what stays at school stand on nobody's sheet."""
    found = secrets(cases, lang)
    assert len(found) > 40
    page = page_of(visit_round(replace(known, lang=lang)), teacher, tmp_path / "s.html")
    assert len(page) > 200
    assert sorted(word for word in found if word in page) == []


@pytest.mark.parametrize("teacher", ["T1", "T2", "T4"])
def test_private_sheets_are_for_the_roles_of_the_policy(
    known: Given, tmp_path: Path, teacher: str
) -> None:
    """Asked for, psychological figures are for those whom ``access.mental_file`` names."""
    asked = replace(known, beside=replace(known.beside, private=True))
    plain, private = visit_round(known), visit_round(asked)
    assert page_of(plain, teacher, tmp_path / "a") == page_of(private, teacher, tmp_path / "b")


def test_the_counsellor_reads_on_when_asked_for(known: Given) -> None:
    """The counsellor who may open the mental file sees its figures, only when asked for."""
    asked = replace(known, beside=replace(known.beside, private=True))
    stop = visit_round(known).stops[0]
    for given, expected in ((known, False), (asked, True)):
        people = visit_round(given).people
        may = access(given, people, "T3", "7(1)")
        facts = told(given, stop, may).facts
        assert may.private is expected
        assert any("questionnaire" in fact.lower() for fact in facts) is expected


def test_who_teaches_sees_less_than_who_leads(known: Given) -> None:
    """Head teacher: conduct as well; subject teacher: marks and attendance; others: nothing."""
    people = visit_round(known).people
    seen = {one: access(known, people, one, "7(1)") for one in ("T1", "T2", "T3", "T4")}
    assert seen["T1"].dimensions == ("academic", "attendance", "behaviour")
    assert seen["T2"].dimensions == ("academic", "attendance")
    assert seen["T3"].dimensions == ("academic", "attendance", "behaviour")
    assert seen["T4"].dimensions == ()
    stop = visit_round(known).stops[0]
    lines = {one: told(known, stop, may) for one, may in seen.items()}
    assert set(lines["T2"].facts) < set(lines["T1"].facts)
    assert not lines["T4"].facts
    assert not lines["T4"].good
    assert "Award" in lines["T1"].good[0]


def test_the_school_decides_what_a_sheet_tells(known: Given) -> None:
    """The policy widens or narrows what a sheet tells; what is psychological stays at school."""
    wide = ["academic", "attendance", "behaviour", "psychological"]
    values = {"access.sheet_class": wide, "access.sheet_lead": ["academic"]}
    other = replace(known, policy=known.policy.with_values(values))
    people = visit_round(other).people
    seen = {one: access(other, people, one, "7(1)") for one in ("T1", "T2", "T4")}
    assert seen["T1"].dimensions == ("academic",)
    assert seen["T2"].dimensions == ("academic", "attendance", "behaviour")
    assert seen["T4"].dimensions == ()
    assert not seen["T2"].private


def test_the_last_contact_keeps_its_topics(known: Given) -> None:
    """Feelings are told to nobody, matters of the family to those who lead alone."""
    round_ = visit_round(known)
    stop = round_.stops[0]
    last = {
        one: told(known, stop, access(known, round_.people, one, "7(1)")).last
        for one in ("T1", "T2")
    }
    assert last["T1"] == "2026-10-12, phone call: child and parents, how to study"
    assert last["T2"] == "2026-10-12, phone call: how to study"


def test_a_matter_that_stays_at_school_is_only_pointed_at(known: Given) -> None:
    """Who leads reads it before leaving; who comes along asks."""
    round_ = visit_round(known)
    stop = next(one for one in round_.stops if one.visit.student_id == "S02")
    asks = [
        told(known, stop, access(known, round_.people, one, "7(1)")).ask for one in ("T1", "T2")
    ]
    assert asks[0].startswith("What the visit is about stands in the list at school")
    assert asks[1].startswith("Ask the teacher who leads")


def test_every_rule_was_thought_of() -> None:
    """An alert that is told belongs to a rule that exists; those of a crisis are private."""
    rules = {rule.code: rule for rule in RULES}
    assert set(ALERTS) <= set(rules)
    for rule in rules.values():
        if rule.kind in {"crisis", "mandatory", "ask"}:
            assert ALERTS.get(rule.code, "psychological") == "psychological"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_names_where_none_belong(
    tmp_path: Path,
    plan: VisitPlan,
    owed: Duties,
    school: School,
    policy: Policy,
    cases: Caseload,
    lang: str,
) -> None:
    """Lists, calendars, map and routes hold numbers; no name, no telephone number."""
    made = write_visits(plan, owed, school, policy, tmp_path, lang, beside=Beside(cases))
    names = {
        str(one)
        for table, column in (
            ("students", "name"),
            ("guardians", "name"),
            ("guardians", "phone"),
            ("teachers", "name"),
        )
        for one in school.table(table)[column].dropna()
    }
    for path in made:
        if path.suffix in {".csv", ".ics", ".geojson", ".gpx"} or path.name == "map.html":
            content = path.read_text("utf-8")
            assert [name for name in names if name in content] == [], path.name
    properties = json.loads((tmp_path / "visits.geojson").read_text("utf-8"))["features"]
    assert "Elm" not in json.dumps(properties)
