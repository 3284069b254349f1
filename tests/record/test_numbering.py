"""Numbers of new cases: different however close they are, in order of the school's clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from visitkit import record
from visitkit.record.forms import fill
from visitkit.record.forms.keeping import Taking, keep
from visitkit.record.numbering import new_case_id

NOW = dt.datetime(2027, 3, 5, 12, tzinfo=dt.UTC)


def test_no_two_are_the_same_within_one_moment() -> None:
    """Two of 2,000 drawn from 2 to the 48th are the same once in a hundred million runs."""
    assert len({new_case_id("visit", NOW) for _ in range(2000)}) == 2000


def test_they_are_in_order_of_time() -> None:
    """A later thousandth stands behind, whatever chance adds."""
    later = [NOW + dt.timedelta(milliseconds=number) for number in range(50)]
    told = [new_case_id("visit", one) for one in later]
    assert told == sorted(told)
    assert told[0].startswith("visit-20270305-200000000-")


def test_two_forms_of_one_moment_are_two_cases(tmp_path: Path) -> None:
    """The same form taken in twice while the clock stands still opens two matters."""
    keys = record.Keys(bytes(range(32)), bytes(range(1, 33)))
    record.new_store(tmp_path, keys, school="Made-up School", clock=lambda: NOW)
    told = {"student_id": "S1", "signal": "unexcused_run", "since": "2027-03-03"}
    who = {"actor": "T1", "role": "head_teacher", "clock": lambda: NOW}
    with record.open_store(tmp_path, keys, **who) as store:
        paper = fill("absence_sheet", told)
        for _ in range(2):
            keep(store, paper, Taking("persuasion", "open", "", "S1"))
        assert store.cases("persuasion")["entries"].tolist() == [1, 1]
