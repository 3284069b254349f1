"""Filling forms: values read as people write them, all faults at once, nothing guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import text
from visitkit.errors import StoreError
from visitkit.load.unreadable import UnreadableCellError
from visitkit.record.forms import FORMS, Field, FormFaultsError, blank, fill
from visitkit.record.forms.values import LONGEST, clean, written

ROUND = {
    "student_id": "S0412",
    "time": "2026-11-06 16:30",
    "place": "Lake Street",
    "people": ["Ms Lu", "the mother"],
    "talk": "They talked about the way to school.",
    "parent_feedback": "A bus would help.",
    "promises": "Back on Monday.",
    "signatures": ["Lu", "Chen"],
}


def test_values_are_kept_as_the_casebook_keeps_them() -> None:
    """Days and moments are ISO text, words are codes, lists are tuples."""
    told = {**ROUND, "form": "home visit", "number": 2.0, "partners": "police; village committee"}
    values = fill("persuasion_record", told).content
    assert values["time"] == "2026-11-06T16:30+08:00"
    assert values["form"] == "home"
    assert values["number"] == 2
    assert values["partners"] == ("police", "village")
    assert values["signatures"] == ("Lu", "Chen")
    assert "absent" not in values


def test_all_faults_are_told_at_once() -> None:
    """Every fault has its field; what was found is told only where it cannot be a name."""
    told = {**ROUND, "time": "Li Ming", "number": 12, "promises": " ", "flying": 1}
    with pytest.raises(FormFaultsError) as caught:
        fill("persuasion_record", told)
    faults = {fault.field: fault.key for fault in caught.value.faults}
    assert faults == {
        "": "unknown_field",
        "time": "moment",
        "number": "range",
        "promises": "missing",
    }
    assert "Li Ming" not in str(caught.value)
    assert "12" in str(caught.value)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_fault_is_said_in_both_languages(lang: str) -> None:
    """No fault meets a person as a bare key."""
    bad: dict[str, object] = {
        "student_id": "S1",
        "visited_on": "13.13.13",
        "visitors": {"a": 1},
        "answered_by": "nobody",
        "told_before": "perhaps",
        "useful": "?",
        "wishes": "\x07",
        "complaint": "x" * (LONGEST + 1),
    }
    with pytest.raises(FormFaultsError) as caught:
        fill("visit_feedback", bad)
    keys = {fault.key for fault in caught.value.faults}
    assert keys == {"date", "list", "choice", "flag", "signs", "too_long"}
    for fault in caught.value.faults:
        sentence = fault.sentence(lang)
        assert "{" not in sentence
        assert fault.place(lang) in sentence


def test_rows_of_a_table_are_checked_one_by_one() -> None:
    """An empty row is left out; a row without what it needs is a fault at its number."""
    told = {
        "student_id": "S1",
        "agent": "T1",
        "duties": [
            {"date": "2026-11-06", "duty": "talk"},
            {"date": "", "duty": None},
            {"date": "2026-11-07", "duty": " "},
            {"date": "soon", "duty": "talk"},
        ],
    }
    with pytest.raises(FormFaultsError) as caught:
        fill("agent_parent_log", told)
    assert [(one.key, one.field, one.row) for one in caught.value.faults] == [
        ("missing", "duties.duty", 3),
        ("date", "duties.date", 4),
    ]
    told["duties"] = told["duties"][:2]  # type: ignore[index]
    rows = fill("agent_parent_log", told).content["duties"]
    assert isinstance(rows, tuple)
    assert [dict(row) for row in rows] == [{"date": "2026-11-06", "duty": "talk"}]


def test_a_filled_form_cannot_be_changed() -> None:
    """Neither the form nor a row of it."""
    made = fill("persuasion_record", ROUND)
    with pytest.raises(TypeError):
        made.content["place"] = "elsewhere"  # type: ignore[index]
    assert "Lake" not in repr(made)


def test_there_is_no_such_form() -> None:
    """The sentence names those that there are."""
    with pytest.raises(StoreError, match="visit_record"):
        fill("visit_rekord", {})
    assert blank("visit_record").empty


@pytest.mark.parametrize(
    ("kind", "found", "kept"),
    [
        ("date", "2026\u5e7411\u67086\u65e5", "2026-11-06"),
        ("date", 46332, "2026-11-06"),
        ("date", dt.datetime(2026, 11, 6, 9), "2026-11-06"),
        ("time", "\u4e0b\u53484:30", "16:30"),
        ("time", dt.time(16, 30), "16:30"),
        ("moment", "2026\u5e7411\u67086\u65e5 \u4e0b\u53484:30", "2026-11-06T16:30+08:00"),
        ("moment", "2026.11.16 6:05", "2026-11-16T06:05+08:00"),
        ("moment", 46332.6875, "2026-11-06T16:30+08:00"),
        ("moment", "2026-11-06T08:30:00+00:00", "2026-11-06T16:30+08:00"),
        ("moment", dt.datetime(2026, 11, 6, 16, 29, 59, 999_999), "2026-11-06T16:30+08:00"),
        ("flag", "\u221a", True),
        ("flag", 0, False),
        ("number", "2,500.5", 2500.5),
        ("integer", 3.0, 3),
        ("id", 412.0, "412"),
        ("id", "'0412", "0412"),
        ("text", " a\r\nb\x0bc ", "a\nb\nc"),
        ("text", "   ", None),
    ],
)
def test_cells_as_people_write_them(kind: str, found: object, kept: object) -> None:
    """Usual writings of a value are all the same value."""
    assert clean(Field("x", kind), found) == kept


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("date", "6 November"),
        ("moment", "2026-11-06"),
        ("moment", dt.date(2026, 11, 6)),
        ("moment", "16:30"),
        ("time", 16),
        ("integer", 2.5),
        ("number", "two"),
        ("flag", 2),
        ("text", True),
        ("text", "\ud800"),
        ("choice", "flying"),
    ],
)
def test_nothing_is_guessed(kind: str, found: object) -> None:
    """What may mean two things, or nothing, is a fault."""
    with pytest.raises(UnreadableCellError):
        clean(Field("x", kind, of="values.visit_form"), found)


def test_words_of_either_language_and_a_comma_in_a_word() -> None:
    """Several words in one cell; a word that itself holds a comma stays one."""
    facts = FORMS["assessment_opinion"].fields["facts"]
    for lang in text.LANGUAGES:
        both = ("study_money_or_adaptation", "screened")
        assert clean(facts, written(facts, both, lang)) == both
    roles = FORMS["conference_minutes"].fields["roles"]
    assert clean(roles, "head teacher, counsellor") == ("head_teacher", "counsellor")


SIGNS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\n=+-@\t")
TEXTS = st.text(SIGNS, max_size=60)


@settings(max_examples=50, deadline=None)
@given(TEXTS)
def test_reading_a_value_twice_changes_nothing(words: str) -> None:
    """What is kept reads back as itself."""
    for kind in ("text", "long", "id", "person", "signature"):
        once = clean(Field("x", kind), words)
        assert clean(Field("x", kind), once) == once


@settings(max_examples=40, deadline=None)
@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)))
def test_moments_and_days_are_written_as_they_are_read(moment: dt.datetime) -> None:
    """What stands on the paper reads back to the same minute."""
    field = Field("x", "moment")
    kept = clean(field, moment.replace(second=0, microsecond=0))
    assert clean(field, written(field, kept)) == kept
    day = clean(Field("x", "date"), moment)
    assert clean(Field("x", "date"), written(Field("x", "date"), day)) == day
