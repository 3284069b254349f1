"""Filling a form: values checked, all faults told at once, then frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from visitkit.errors import StoreError
from visitkit.load.unreadable import UnreadableCellError
from visitkit.record.forms.definition import FORMS, Field, Form
from visitkit.record.forms.faults import FormFault, FormFaultsError, empty_fault, shown_value
from visitkit.record.forms.values import clean

#: Faults of a value that is not there.
_EMPTY = frozenset({"missing", "unsigned"})


@dataclass(frozen=True)
class FilledForm:
    """A form with its values, or a blank copy.

    Parameters
    ----------
    form
        Name of the form.
    content
        Field name to value as the casebook keeps it; a list is a tuple, a table a tuple of rows.
        What is not known is not there.
    empty
        It is a blank copy for paper use.
    """

    form: str
    content: Mapping[str, object] = field(default_factory=dict)
    empty: bool = False

    @property
    def definition(self) -> Form:
        """The form."""
        return FORMS[self.form]

    def __repr__(self) -> str:
        """Return the form and how many fields are filled: a form never prints a student."""
        return f"FilledForm({self.form!r}, {len(self.content)} fields)"


def form_named(name: str | Form) -> Form:
    """Return a form by its name.

    Raises
    ------
    StoreError
        When there is none of that name.
    """
    if isinstance(name, Form):
        return name
    if name not in FORMS:
        raise StoreError("forms.unknown_form", found=name, allowed=", ".join(FORMS))
    return FORMS[name]


def blank(form: str | Form) -> FilledForm:
    """Return a blank copy of a form.

    Examples
    --------
    >>> blank("visit_record")
    FilledForm('visit_record', 0 fields)
    """
    return FilledForm(form_named(form).name, MappingProxyType({}), empty=True)


def fill(form: str | Form, values: Mapping[str, object], *, unfinished: bool = False) -> FilledForm:
    """Return a form filled with values, each read as it would be from a cell.

    Parameters
    ----------
    form
        A form or its name.
    values
        Field name to value. Days and times may be text or Python's own; moments without a zone
        are the school's clock, and are kept to the minute; numbers are kept to fifteen digits, as
        a spreadsheet keeps them; a table is a list of rows, each a
        mapping of columns. Empty text, empty lists and ``None`` are nothing; empty rows are left
        out.
    unfinished
        What is not known yet may be missing: the copy is finished on paper or in the workbook.

    Raises
    ------
    StoreError
        When there is no such form.
    FormFaultsError
        With every fault, each at its field and row.

    Examples
    --------
    >>> filled = fill("visit_feedback", {"student_id": "S0412", "visited_on": "2026.11.6"})
    >>> filled.content["visited_on"]
    '2026-11-06'
    """
    made = form_named(form)
    faults = [
        FormFault("unknown_field", made.name, facts={"name": shown_name(name)})
        for name in values
        if name not in made.fields
    ]
    kept: dict[str, object] = {}
    for one in made.fields.values():
        value, found = _filled(made, one, values.get(one.name))
        faults += [fault for fault in found if not (unfinished and fault.key in _EMPTY)]
        if value is not None:
            kept[one.name] = value
    if faults:
        raise FormFaultsError(tuple(faults))
    return FilledForm(made.name, MappingProxyType(kept))


def shown_name(name: object) -> str:
    """Return the name of a field that does not exist, where it can only be a name in code."""
    plain = str(name)
    return plain if plain.isidentifier() and plain.isascii() else "?"


def _filled(form: Form, one: Field, value: object) -> tuple[object, list[FormFault]]:
    if one.kind == "table":
        return _table(form, one, value)
    try:
        found = clean(one, value)
    except UnreadableCellError as error:
        return None, [_fault(form, one.name, 0, error, value)]
    missing = found is None and one.required
    return found, [empty_fault(form, one, one.name)] if missing else []


def _fault(form: Form, name: str, row: int, error: UnreadableCellError, value: object) -> FormFault:
    return FormFault(error.key, form.name, name, row, found=shown_value(value), facts=error.facts)


def _table(form: Form, one: Field, value: object) -> tuple[object, list[FormFault]]:
    if value is None:
        value = ()
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        return None, [FormFault("table", form.name, one.name)]
    rows: list[Mapping[str, object]] = []
    faults: list[FormFault] = []
    for number, row in enumerate(value, start=1):
        kept, found = _row(form, one, number, row)
        faults += found
        if kept:
            rows.append(MappingProxyType(kept))
    if not rows and one.required and not faults:
        faults.append(empty_fault(form, one, one.name))
    return tuple(rows) or None, faults


def _row(
    form: Form, one: Field, number: int, row: Mapping[str, object]
) -> tuple[dict[str, object], list[FormFault]]:
    names = {column.name for column in one.columns}
    faults = [
        FormFault("unknown_field", form.name, facts={"name": shown_name(name)}, row=number)
        for name in row
        if name not in names
    ]
    kept: dict[str, object] = {}
    for column in one.columns:
        value = row.get(column.name)
        try:
            found = clean(column, value)
        except UnreadableCellError as error:
            faults.append(_fault(form, f"{one.name}.{column.name}", number, error, value))
            continue
        if found is not None:
            kept[column.name] = found
    if kept or faults:
        faults += _lacking(form, one, number, {*kept, *(fault.field for fault in faults)})
    return kept, faults


def _lacking(form: Form, one: Field, number: int, known: set[str]) -> Iterator[FormFault]:
    for column in one.columns:
        name = f"{one.name}.{column.name}"
        if column.required and not known & {column.name, name}:
            yield empty_fault(form, column, name, number)
