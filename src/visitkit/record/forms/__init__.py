"""Forms that schools hand in: what is on them, filling, reading back, what the casebook takes.

Each form is a file in ``definitions/``; its words stand in ``text/*/forms*.toml``. The writers of
.docx, .xlsx and printable pages are in :mod:`visitkit.reports.forms`.
"""

from visitkit.record.forms.definition import AUDIENCES, FORMS, KINDS, Field, Form, Section
from visitkit.record.forms.drafts import Draft, entries_from
from visitkit.record.forms.faults import FormFault, FormFaultsError
from visitkit.record.forms.filling import FilledForm, blank, fill, form_named
from visitkit.record.forms.reading import read_form
from visitkit.record.forms.sources import About, values_from

__all__ = [
    "AUDIENCES",
    "FORMS",
    "KINDS",
    "About",
    "Draft",
    "Field",
    "FilledForm",
    "Form",
    "FormFault",
    "FormFaultsError",
    "Section",
    "blank",
    "entries_from",
    "fill",
    "form_named",
    "read_form",
    "values_from",
]
