"""Feedback of families in a teacher's file: totals, and nobody to be found in them (RC-14)."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitkit import reports
from visitkit.errors import ReviewError
from visitkit.policy import read_policy
from visitkit.record.forms import fill, read_form
from visitkit.review import ethics_file

ANNEX = read_policy("junior-school-annex")
TERM = ("2026-09-01", "2027-01-22")


def said(student: str = "S1", **more: object) -> dict[str, object]:
    """Return a form as the casebook reads it."""
    told = {
        "student_id": student, "visited_on": "2026-11-06", "visitors": ["T1", "T2"],
        "friendly": "very", "strengths_first": True, "nothing_asked": True,
    }  # fmt: skip
    return dict(fill("visit_feedback", told | more).content)


def test_totals_by_hand() -> None:
    """Six forms, of which two say otherwise and one leaves a question open."""
    forms = [said(f"S{n}") for n in range(4)]
    forms += [said("S4", friendly="little", nothing_asked=False, complaint="asked for a lift")]
    forms += [said("S5", friendly=None, strengths_first=False)]
    table = ethics_file(forms, ANNEX, *TERM).set_index("teacher_id")
    assert table.index.tolist() == ["T1", "T2"]
    row = table.loc["T1"]
    assert row["answers"] == 6
    assert row["friendly_share"] == 4 / 5  # of those who answered
    assert row["strengths_first_share"] == 5 / 6
    assert row["nothing_asked_share"] == 5 / 6
    assert row["complaints"] == 1
    assert row[["useful_share", "listened_share"]].isna().all()  # nobody was asked: not zero


def test_few_answers_are_not_told() -> None:
    """With four families nobody is told what was said, nor how many there were."""
    table = ethics_file([said(f"S{n}") for n in range(4)], ANNEX, *TERM)
    assert table["hidden"].all()
    assert table.drop(columns=["teacher_id", "hidden"]).isna().all(axis=None)
    with pytest.raises(ReviewError, match="5"):
        ethics_file([], ANNEX, *TERM, least=4)


def test_no_student_and_no_word_of_a_family() -> None:
    """What was written stays on the form."""
    forms = [said(f"S041{n}", wishes="a quiet place", complaint="came late") for n in range(6)]
    told = ethics_file(forms, ANNEX, *TERM).to_csv()
    assert not any(word in told for word in ("S041", "quiet", "late"))


def test_only_visits_of_the_term_count() -> None:
    """Neither a visit before it nor one after today."""
    forms = [said(visited_on=day) for day in ("2026-08-31", "2026-09-01", "2026-11-07")] * 5
    assert ethics_file(forms, ANNEX, "2026-09-01", "2026-11-06")["answers"].tolist() == [5, 5]


def test_only_where_the_school_keeps_such_a_file() -> None:
    """The rules of other schools ask for none."""
    with pytest.raises(ReviewError, match="recommended"):
        ethics_file([said()], read_policy("recommended"), *TERM)


def test_from_filled_workbooks(tmp_path: Path) -> None:
    """Forms come back from the families as workbooks and are added up as they are read."""
    paths = [
        reports.write_form(fill("visit_feedback", said(f"S{n}")), tmp_path / f"{n}.xlsx", "zh")[0]
        for n in range(5)
    ]
    table = ethics_file((read_form(path)[1] for path in paths), ANNEX, *TERM)
    assert table["answers"].tolist() == [5, 5]
    assert table["friendly_share"].tolist() == [1.0, 1.0]
