"""Every fault and remark has words in both languages, and says where it is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from visitkit import load, text
from visitkit.load import Fault, Note

SOURCE = Path(load.__file__).parent
# Mappings and the marked copy word their own faults.
OURS = [p for p in SOURCE.glob("*.py") if not p.stem.startswith(("mapping", "oneroster", "mark"))]
FAULTS = sorted(text.sheet("faults", "en"))


def used(function: str, argument: int = 0) -> set[str]:
    """Return the literal arguments at one place in calls of a function in the loader."""
    found = set()
    for path in OURS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) <= argument:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = node.args[argument]
            if name == function and isinstance(given, ast.Constant):
                found.add(str(given.value))
    return found


def test_each_key_raised_has_words() -> None:
    """A key without words would meet a person as a bare key."""
    keys = used("UnreadableCellError") | used("fault") | used("Fault") | used("report", 2)
    assert keys - set(FAULTS) == set()
    assert len(keys) >= 40


def test_each_remark_has_words() -> None:
    """The same for remarks."""
    notes = set(text.find("load.notes", "en"))
    assert (used("Note") | used("note")) - notes == set()


@pytest.mark.parametrize("key", FAULTS)
@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_each_fault_can_be_said(key: str, lang: str) -> None:
    """Problem, what is allowed and what to do are whole sentences with all facts filled in."""
    facts = {
        "vocabulary": "sex",
        "columns": ("student_id",),
        "unit": "period",
        "first": 1990,
        "last": 2100,
        "low": 0,
        "high": 9,
        "other": "B2",
        "other_sheet": "roll",
        "other_row": 7,
        "number": 2,
        "full": "100",
        "usual": "100",
        "length": 15,
        "day": 31,
        "month": 9,
        "year": 2026,
        "words": "maths",
        "middle": "2026-10-01",
        "row": 3,
    }
    fault = Fault(key, "a.xlsx", "s", 7, "C", "x", facts, "students", "sex")
    worded = fault.words(lang)
    for part in ("problem", "allowed", "fix"):
        assert str(worded[part]).rstrip().endswith((".", "\u3002"))
        assert "{" not in str(worded[part])
    assert "C7" in fault.sentence(lang)


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (Fault("date_unknown", "a.xlsx", "s", 7, "C"), "a.xlsx, sheet s, cell C7"),
        (Fault("date_unknown", "a.csv", "", 7, "C"), "a.csv, cell C7"),
        (Fault("exam_no_date", "a.xlsx", "s"), "a.xlsx, sheet s"),
        (Fault("columns_missing", "a.xlsx", "s", 7), "a.xlsx, sheet s, row 7"),
        (Fault("file_unreadable", "a.xlsx"), "a.xlsx"),
    ],
)
def test_places_in_words(fault: Fault, place: str) -> None:
    """A fault of a cell, a row, a sheet or a file names just that."""
    assert fault.place("en") == place


def test_a_remark_on_the_whole_school_names_no_file() -> None:
    """Only remarks on a file begin with it."""
    assert Note("calendar_assumed").sentence("en").startswith("no calendar")
