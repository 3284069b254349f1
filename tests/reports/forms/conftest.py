"""Made-up values for every field of every form."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from visitkit.record.forms import FORMS, Field, FilledForm, fill
from visitkit.record.forms import words as say

WORDS = "Lake Street\n=1+1 \U0001f600 \u5c0f\u6cb3"
PLAIN: dict[str, object] = {
    "text": WORDS,
    "long": "+86 is no formula. " * 20 + "\n- \u4e00\u8d77",
    "id": "00412",
    "person": "T1",
    "signature": "Lu",
    "date": "2026-11-06",
    "time": "16:30",
    "moment": "2026-11-06T16:30+08:00",
    "number": 2.5,
    "integer": 3,
    "flag": False,
}


def value(one: Field, number: int = 0) -> object:
    """Return a value of a field."""
    if one.kind == "table":
        return [{column.name: value(column, row) for column in one.columns} for row in range(3)]
    if one.kind == "list":
        item = Field(one.name, one.item, of=one.of, choices=one.choices)
        return [value(item, 0), value(item, 1)]
    if one.kind == "choices":
        return list(say.codes(one)[:2])
    if one.kind == "choice":
        return say.codes(one)[number % len(say.codes(one))]
    return PLAIN[one.kind]


@pytest.fixture(scope="session")
def filled() -> Callable[[str], FilledForm]:
    """Return what fills a form in every field."""

    def made(name: str) -> FilledForm:
        return fill(name, {one.name: value(one) for one in FORMS[name].fields.values()})

    return made
