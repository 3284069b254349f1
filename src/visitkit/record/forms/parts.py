"""The steps on a filled form, row by row, each with what stood on the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from visitkit.policy import Policy
from visitkit.record.forms.definition import Field
from visitkit.record.forms.drafts import Draft, step_drafts
from visitkit.record.forms.filling import FilledForm


@dataclass(frozen=True)
class Part:
    """A step on a form, with the row it stands in.

    Parameters
    ----------
    draft
        The step.
    student_id, case_id
        Whom its row names; empty where it does not.
    sheet
        What stood on the form, with its own row alone of the tables that make steps.
    must
        It was chosen or stands in a row: the form is not taken without it.
    """

    draft: Draft
    student_id: str
    case_id: str
    sheet: Mapping[str, object]
    must: bool = False


def parts_of(filled: FilledForm, policy: Policy, kind: str, step: str = "") -> tuple[Part, ...]:
    """Return the steps on a form, row by row.

    A row stands for one step: the chosen one, or the first of those its table may stand for.

    Parameters
    ----------
    filled
        The form.
    policy
        The rules of the school.
    kind
        Kind of the case.
    step
        The step that was chosen; it comes first.
    """
    tables = _tables(filled, kind)
    rest = {name: value for name, value in filled.content.items() if name not in tables}
    found = _alone(filled, rest, policy, (kind, step))
    for name, table in tables.items():
        for row in _rows(filled.content[name]):
            content = rest | {name: (row,)}
            own = _of_row(filled, table, content, policy, kind)
            best = sorted(own, key=lambda one: (one.step != step, bool(one.lacks)))
            named = (str(row.get("student_id", "")), str(row.get("case_id", "")))
            found += [Part(one, *named, content, must=True) for one in best[:1]]
    return tuple(sorted(found, key=lambda one: one.draft.step != step))


def silent_rows(filled: FilledForm, policy: Policy, kind: str) -> tuple[tuple[int, str], ...]:
    """Return the rows that say nothing of a step, and so are not written down.

    Parameters
    ----------
    filled, policy, kind
        As for :func:`parts_of`.

    Returns
    -------
    tuple of (int, str)
        Number of the row, from 1, and the student it names; empty where it names none.
    """
    tables = _tables(filled, kind)
    rest = {name: value for name, value in filled.content.items() if name not in tables}
    return tuple(
        (place, str(row.get("student_id", "")))
        for name, table in tables.items()
        for place, row in enumerate(_rows(filled.content[name]), start=1)
        if not _of_row(filled, table, rest | {name: (row,)}, policy, kind)
    )


def _of_row(
    filled: FilledForm, table: Field, content: Mapping[str, object], policy: Policy, kind: str
) -> list[Draft]:
    """Return what one row, alone in its table, says of the steps it may stand for."""
    made = [(kind, one) for one in _steps(filled, table, kind)]
    return [draft for one in made for draft in _drafts(filled, content, policy, one)]


def _alone(
    filled: FilledForm, content: Mapping[str, object], policy: Policy, chosen: tuple[str, str]
) -> list[Part]:
    """Return the steps outside rows; one that lacks something only where it was chosen."""
    kind, step = chosen
    rows = {
        one for table in filled.definition.fields.values() for one in _steps(filled, table, kind)
    }
    names = [one.partition(".")[2] for one in filled.definition.steps if one.startswith(f"{kind}.")]
    drafts = [
        draft
        for name in names
        if name not in rows
        for draft in _drafts(filled, content, policy, (kind, name))
    ]
    whole = [one for one in drafts if not one.lacks or one.step == step]
    return [Part(one, "", "", content, must=one.step == step) for one in whole or drafts[:1]]


def _tables(filled: FilledForm, kind: str) -> dict[str, Field]:
    """Return the filled tables of which every row is a step of the kind."""
    return {
        one.name: one
        for one in filled.definition.fields.values()
        if one.name in filled.content and _steps(filled, one, kind)
    }


def _steps(filled: FilledForm, table: Field, kind: str) -> tuple[str, ...]:
    """Return the steps of the form that a row of a table stands for."""
    if table.across:
        return ()
    known = [one.partition(".") for one in table.each if one in filled.definition.steps]
    return tuple(step for made, _, step in known if made == kind)


def _rows(value: object) -> tuple[Mapping[str, object], ...]:
    return value if isinstance(value, tuple) else ()


def _drafts(
    filled: FilledForm, content: Mapping[str, object], policy: Policy, step: tuple[str, str]
) -> tuple[Draft, ...]:
    return step_drafts(FilledForm(filled.form, content), policy, *step)
