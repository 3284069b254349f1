"""From a filled form to what the casebook takes: the steps it stands for, with their facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record.cases.fields import fields_of, wanted
from visitkit.record.cases.machine import Field as Fact
from visitkit.record.cases.machine import machine
from visitkit.record.forms.definition import Field, Form
from visitkit.record.forms.filling import FilledForm
from visitkit.record.forms.values import written


@dataclass(frozen=True)
class Draft:
    """A step that a filled form stands for; the person who takes it makes it an entry.

    Parameters
    ----------
    kind, step
        Which step of which kind of case.
    facts
        Its facts.
    at
        When it was, where the form says so; aware.
    actor
        Who did it, where the row of the form says so; empty elsewhere.
    lacks
        Facts the step needs and the form does not give.
    """

    kind: str
    step: str
    facts: Mapping[str, object] = field(default_factory=dict)
    at: dt.datetime | None = None
    actor: str = ""
    lacks: tuple[str, ...] = ()


def entries_from(filled: FilledForm, policy: Policy, kind: str | None = None) -> tuple[Draft, ...]:
    """Return the steps that a filled form stands for.

    A table of events gives a step a row. A step is given when the form has all facts that the
    policy wants for it; where no step is whole, the first that has anything is given with what it
    lacks.

    Parameters
    ----------
    filled
        From :func:`visitkit.record.forms.fill`.
    policy
        The rules of the school.
    kind
        Kind of the case, where a form belongs to several; the form's first where not given.

    Raises
    ------
    StoreError
        When the copy is blank, or the form has no step of that kind.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> from visitkit.record.forms import fill
    >>> told = {"case_id": "v-1", "who": "T1", "where": "Lake Street", "when": "16:30",
    ...         "reported_to": "grade_leader", "phone_reachable": True, "licensed_vehicle": True}
    >>> [one] = entries_from(fill("safety_sheet", told), read_policy("recommended"))
    >>> one.step, one.facts["to"]
    ('report_before', 'grade_leader')
    """
    if filled.empty:
        raise StoreError("forms.blank_copy")
    form = filled.definition
    steps = [one.partition(".")[::2] for one in form.steps]
    wish = kind or (steps[0][0] if steps else "")
    if wish and wish not in {one for one, _ in steps}:
        raise StoreError("forms.other_step", form=form.name, step=wish, allowed=_told(form))
    found = [
        draft
        for one, step in steps
        if one == wish
        for draft in step_drafts(filled, policy, one, step)
    ]
    whole = tuple(one for one in found if not one.lacks)
    return whole or tuple(found[:1])


def step_drafts(filled: FilledForm, policy: Policy, kind: str, step: str) -> tuple[Draft, ...]:
    """Return what a form says of one step, a row a draft, also where it lacks something."""
    if _barred(filled.definition, filled, f"{kind}.{step}"):
        return ()
    return tuple(_drafts(filled, policy, kind, step))


def _told(form: Form) -> str:
    return ", ".join(dict.fromkeys(one.partition(".")[0] for one in form.steps))


def _barred(form: Form, filled: FilledForm, step: str) -> bool:
    barred = any(name in filled.content for name in form.unless.get(step, ()))
    return barred or (step in form.only and form.only[step] not in filled.content)


def _drafts(filled: FilledForm, policy: Policy, kind: str, step: str) -> Iterator[Draft]:
    wanted_facts = fields_of(machine(kind).steps[step], policy)
    tables = [
        one
        for one in filled.definition.fields.values()
        if f"{kind}.{step}" in one.each and not one.across
    ]
    if tables:
        for one in tables:
            for row in _table(filled, one):
                yield from _draft(one.columns, row, (kind, step), wanted_facts, policy)
        return
    fields, values = _flat(filled, f"{kind}.{step}")
    yield from _draft(fields, values, (kind, step), wanted_facts, policy)


def _table(filled: FilledForm, one: Field) -> tuple[Mapping[str, object], ...]:
    found = filled.content.get(one.name, ())
    return found if isinstance(found, tuple) else ()


def _flat(filled: FilledForm, step: str) -> tuple[tuple[Field, ...], dict[str, object]]:
    """Return the fields outside tables, and tables that are lists of one entry as lists."""
    fields: list[Field] = []
    values: dict[str, object] = dict(filled.content)
    for one in filled.definition.fields.values():
        if not one.across or step not in one.each:
            fields += [one] if one.kind != "table" else []
            continue
        for column in one.columns:
            fields.append(column)
            rows = [row.get(column.name) for row in _table(filled, one)]
            # a list stands beside the others item by item, so a gap ends it
            if rows and None not in rows:
                values[column.name] = tuple(rows)
            else:
                values.pop(column.name, None)
    return tuple(fields), values


def _draft(
    fields: tuple[Field, ...],
    values: Mapping[str, object],
    step: tuple[str, str],
    wants: tuple[Fact, ...],
    policy: Policy,
) -> Iterator[Draft]:
    name = ".".join(step)
    facts: dict[str, object] = {}
    for fact in wants:
        for one in fields:
            if one.name in values and fact.name in _facts_of(one, name):
                facts.setdefault(fact.name, _converted(fact, one, values[one.name]))
    if not facts:
        return
    lacks = tuple(x.name for x in wants if x.name not in facts and wanted(x, facts, policy))
    at = next((_moment(values[one.name]) for one in fields if _tells(one, values, name)), None)
    actors = (one.name for one in fields if one.source in {"@actor", f"@actor:{name}"})
    actor = next((str(values[one]) for one in actors if one in values), "")
    yield Draft(*step, MappingProxyType(facts), at, actor, lacks)


def _facts_of(field: Field, step: str) -> set[str]:
    found = set()
    for name in field.facts or (field.name,):
        where, _, bare = name.rpartition(".")
        if where in {"", step}:
            found.add(bare)
    return found


def _tells(field: Field, values: Mapping[str, object], step: str) -> bool:
    """Tell whether a field says the moment of the step; a day alone does not."""
    return field.source in {"@moment", f"@moment:{step}"} and field.name in values


def _moment(value: object) -> dt.datetime:
    return dt.datetime.fromisoformat(str(value)).astimezone(dt.UTC)


def _converted(fact: Fact, field: Field, value: object) -> object:
    """Return a value in the type the casebook wants."""
    many = fact.type in {"texts", "codes", "dates", "moments", "people"}
    if isinstance(value, tuple):
        if many:
            return list(value)
        return value[0] if len(value) == 1 else written(field, value)
    if many:
        return [value]
    if fact.type == "text" and not isinstance(value, str):
        return written(field, value)
    if fact.type == "text" and field.kind in {"moment", "choice"}:
        return written(field, value)
    return value
