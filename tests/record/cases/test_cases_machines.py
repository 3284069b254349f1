"""The machines as data: every name has words, every key and rule exists, the page is up to date."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import pytest

from visitkit import text
from visitkit.policy import read_policy, schema
from visitkit.record.cases import (
    KINDS,
    Field,
    Machine,
    allowed,
    code_text,
    field_text,
    fields_of,
    form_text,
    kind_text,
    roles_of,
    secret,
    state_text,
    step_text,
)  # fmt: skip
from visitkit.record.cases.clocks import RULES
from visitkit.record.cases.fields import FREE
from visitkit.record.cases.machine import ANY, START
from visitkit.record.cases.page import page

ROOT = Path(__file__).parents[3]
POLICY = read_policy("recommended")
ALL = pytest.mark.parametrize("made", KINDS.values(), ids=list(KINDS))
FIELDS = {field.name: field for made in KINDS.values() for step in made.steps.values()
          for field in (*fields_of(step, POLICY), *FREE)}  # fmt: skip


@ALL
def test_every_name_has_words(made: Machine) -> None:
    for lang in text.LANGUAGES:
        assert kind_text(made.kind, lang)
        for state in (START, "withdrawn", *made.states):
            assert state_text(made.kind, state, lang)
        for step in made.steps.values():
            assert step_text(made.kind, step.name, lang)
            assert not step.form or form_text(step.form, lang)
        for clock in made.clocks:
            assert text.has(f"cases.clock.{made.kind}.{clock.name}")
        for flag in made.flags:
            assert text.has(f"cases.flag.{flag.name}")


def test_no_words_without_a_name() -> None:
    """A word nobody can meet is a word nobody keeps true."""
    rooms = {room: tomllib.loads((ROOT / f"src/visitkit/text/en/{room}.toml").read_text("utf-8"))
             for room in ("cases", "cases_steps", "cases_fields")}  # fmt: skip
    assert set(rooms["cases_fields"]["field"]) <= set(FIELDS)
    choices = {code for field in FIELDS.values() for code in field.choices}
    steps = (step for made in KINDS.values() for step in made.steps.values())
    choices |= {code for step in steps for field in step.fields for code in field.choices}
    assert set(rooms["cases_fields"]["choice"]) == choices
    for kind, made in KINDS.items():
        assert set(rooms["cases"]["clock"][kind]) == {clock.name for clock in made.clocks}
        assert set(rooms["cases_steps"]["step"][kind]) <= set(made.steps)
        assert set(rooms["cases_steps"]["state"].get(kind, {})) <= set(made.states)
    forms = {step.form for made in KINDS.values() for step in made.steps.values()} - {""}
    assert set(rooms["cases"]["form"]) == forms
    code = "".join(path.read_text("utf-8")
                   for path in (ROOT / "src/visitkit/record/cases").rglob("*.py"))  # fmt: skip
    errors = {key for key, words in rooms["cases"].items() if isinstance(words, str)}
    assert {key for key in errors if f"cases.{key}" not in code} == set()


@pytest.mark.parametrize("form", ["left_behind_file", "agent_parent_log"])
def test_a_paper_about_a_child_has_one_name(form: str) -> None:
    """A gentle title on the paper, and the same where the case speaks of it."""
    for lang in text.LANGUAGES:
        assert form_text(form, lang).lower() == text.say(f"forms_care.{form}.title", lang).lower()


def test_every_kind_is_walked_beside_a_model() -> None:
    """A new kind of case needs a model of its own in the walks."""
    walks = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*_walks*.py"))
    assert {kind for kind in KINDS if f'kind = "{kind}"' in walks} == set(KINDS)


@pytest.mark.parametrize("field", FIELDS.values(), ids=list(FIELDS))
def test_every_fact_and_choice_has_words(field: Field) -> None:
    for lang in text.LANGUAGES:
        assert field_text(field, lang)
        assert text.has(f"cases_fields.field.{field.name}")
        if field.of.startswith("record:"):
            continue
        for code in allowed(field, POLICY) if field.type in {"code", "codes", "level"} else ():
            assert code_text(field, code, lang)
            assert lang == "en" or code_text(field, code, lang) != code


@ALL
def test_states_keys_and_rules_exist(made: Machine) -> None:
    with (ROOT / "docs/sources.csv").open(encoding="utf-8") as file:
        rules = {row["id"] for row in csv.DictReader(file)}
    for step in made.steps.values():
        known = {*made.states, START, ANY}
        assert set(step.states) <= known
        assert set(step.to.values()) <= set(made.states)
        assert step.rules
        assert set(step.rules) <= rules, step.name
        assert roles_of(step, POLICY), step.name
        assert set(step.named) <= schema.entries().keys()
    for clock in made.clocks:
        assert set(clock.starts) | set(clock.stops) <= set(made.steps)
        assert clock.rules
        assert set(clock.rules) <= rules
        assert not clock.rule or clock.rule in RULES
        for key in (clock.source, clock.hours, clock.days, clock.if_key):
            assert not key or schema.entry_for(key.format(meeting="x")), (clock.name, key)
    assert {one.rule for m in KINDS.values() for one in m.clocks} - {""} == set(RULES)


@ALL
def test_secret_steps_move_nothing_that_others_see(made: Machine) -> None:
    hidden = [step for step in made.steps.values() if secret(made.kind, step.name)]
    assert len(hidden) == len(made.steps) or not any(step.to for step in hidden)


@ALL
def test_every_state_can_be_reached_and_left(made: Machine) -> None:
    reached, left = set(), {START}
    while left:
        state = left.pop()
        reached.add(state)
        for step in made.legal(state):
            left |= {*step.to.values(), step.target(state, {})} - reached
    assert reached == {START, *made.states}


def test_page_is_made_from_the_machines() -> None:
    assert (ROOT / "docs/cases.md").read_text("utf-8") == page()
