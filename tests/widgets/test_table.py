"""The table of students: every one in it, whatever is sent, and no name unless asked for."""

from __future__ import annotations

import csv
import dataclasses
import io
import threading
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import policy, sample, screen, text
from visitkit.calendar import Calendar
from visitkit.load import School
from visitkit.screen.ranking import Ranking, as_ranking, footing, ranked
from visitkit.screen.tiers import TIERS
from visitkit.widgets.table import CaseTable
from visitkit.widgets.table_state import NO_INDEX, NO_SHARE, as_csv, columns, rank_bytes

from .page import Page


@pytest.fixture(scope="module")
def school() -> School:
    """A small made-up school with a name that is markup and one that is a formula."""
    made = sample.make_school(seed=3, students=120)
    tables = dict(made.tables)
    students = tables["students"].copy()
    students.loc[students.index[0], "name"] = "<img src=x onerror=alert(1)>"
    students.loc[students.index[1], "name"] = "=HYPERLINK(1)"
    tables["students"] = students
    return School(tables, Calendar.from_frame(tables["calendar"]))


@pytest.fixture(scope="module")
def cases(school: School) -> screen.Caseload:
    """Its caseload."""
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of="2026-11-02")
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    alerts = screen.alerts(school, rules, as_of="2026-11-02")
    return screen.caseload(risk, alerts, rules, capacity=15, seed=1)


@pytest.fixture
def table(cases: screen.Caseload, school: School) -> CaseTable:
    """A table in English."""
    return CaseTable(cases, school, "en")


@pytest.fixture
def page(table: CaseTable) -> Page:
    """A page that has opened the table."""
    made = Page(table)
    made.say("ready")
    return made


def unpacked(buffers: list[bytes]) -> tuple[Any, Any, Any]:
    """Return ranks, indexes and tiers as the browser reads them."""
    rank, index, tier = buffers
    return np.frombuffer(rank, "<u4"), np.frombuffer(index, "<u2"), np.frombuffer(tier, "<u1")


def test_what_is_sent_is_the_caseload(page: Page, cases: screen.Caseload) -> None:
    """Each student once; rank, index in hundredths and tier are those of the caseload."""
    told, _ = page.last("rows")
    ids = told["columns"]["ids"]
    assert sorted(ids) == sorted(cases.table["student_id"])
    rank, index, tier = unpacked(page.last("ranks")[1])
    own = cases.table.set_index("student_id").loc[list(ids)]
    assert rank.tolist() == own["rank"].tolist()
    assert [TIERS[one] for one in tier] == own["tier"].tolist()
    read = own["tier"] != "unknown"
    np.testing.assert_allclose(index[read] / 100, own["risk_index"][read], atol=0.005)
    assert (index[~read] == NO_INDEX).all()


def test_a_move_sends_seven_bytes_a_student(
    page: Page, table: CaseTable, cases: screen.Caseload
) -> None:
    """Bytes only, in the order of the columns that were sent once."""
    ids = page.last("rows")[0]["columns"]["ids"]
    now = ranked(footing(cases), {"attendance": 5.0})
    before = len(page.heard)
    table.move(now)
    assert [one[0]["kind"] for one in page.heard[before:]] == ["ranks"]
    buffers = page.last("ranks")[1]
    assert sum(map(len, buffers)) == 7 * len(cases)
    place = {student: number for number, student in enumerate(now.ids)}
    assert unpacked(buffers)[0].tolist() == [now.rank[place[one]] for one in ids]


@given(order=st.permutations(range(12)), unknown=st.sets(st.integers(0, 11)))
@settings(deadline=None)
def test_bytes_are_joined_by_student(order: list[int], unknown: set[int]) -> None:
    """However the ranking is sorted, each student keeps rank, index and tier."""
    ids = tuple(f"S{one}" for one in range(12))
    index = np.array([np.nan if one in unknown else one * 8.33 for one in order])
    tier = np.array([2 if one in unknown else one % 2 for one in order], dtype=np.uint8)
    rules = policy.read_policy("expert-points")
    rank = np.array([one + 1 for one in order])
    ranking = Ranking(tuple(ids[one] for one in order), index, index, tier, rank, rules, 3)
    ranks, hundredths, tiers = unpacked(rank_bytes(ranking, ids))
    assert ranks.tolist() == [one + 1 for one in range(12)]
    for one in range(12):
        assert hundredths[one] == (NO_INDEX if one in unknown else round(one * 833))
        assert tiers[one] == (2 if one in unknown else one % 2)


def test_fifty_thousand_students(cases: screen.Caseload) -> None:
    """The count is the data's count, and every student has bytes of her own."""
    size = 50_000
    ids = [f"S{one:06d}" for one in range(size)]
    rows = np.arange(size) % len(cases)
    big = cases.table.iloc[rows].assign(student_id=ids, rank=np.arange(size) + 1)
    many = dataclasses.replace(cases, table=big.reset_index(drop=True))
    table = CaseTable(many, lang="en")
    page = Page(table)
    page.say("ready")
    assert len(table) == size == len(set(page.last("rows")[0]["columns"]["ids"]))
    rank, index, tier = unpacked(page.last("ranks")[1])
    assert sorted(rank.tolist()) == list(range(1, size + 1))
    assert len(index) == len(tier) == size
    page.say("chosen", rows=list(range(size)))
    assert len(table.chosen) == size


def test_reasons_come_for_the_rows_in_sight(
    page: Page, table: CaseTable, cases: screen.Caseload
) -> None:
    """The browser asks for the rows it shows and is told the first reason of each."""
    told = page.last("rows")[0]
    rows = [0, 5, len(cases) - 1]
    (answer,) = page.say("reasons", version=told["version"], rows=rows)
    for row, words in zip(answer["rows"], answer["words"], strict=True):
        student = told["columns"]["ids"][row]
        assert words == next(iter(screen.reason_words(cases, student, "en")), "")
    assert page.say("reasons", version=told["version"] + 1, rows=rows) == []
    assert (
        len(page.say("reasons", version=told["version"], rows=list(range(len(cases))))[0]["rows"])
        <= 200
    )


@pytest.mark.parametrize(
    "content",
    [
        None,
        "ready",
        {"kind": ["ready"]},
        {"kind": "chosen", "rows": [0, -1]},
        {"kind": "chosen", "rows": [0, 10**9]},
        {"kind": "chosen", "rows": [True]},
        {"kind": "chosen", "rows": ["S0001"]},
        {"kind": "chosen", "rows": list(range(10**6))},
        {"kind": "chosen", "rows": {"0": 1}},
        {"kind": "current", "row": "1"},
        {"kind": "current", "row": 10**6},
        {"kind": "open", "row": -1},
        {"kind": "open"},
        {"kind": "export", "who": "<b>" * 1000, "rows": [0]},
        {"kind": "export", "rows": [0]},
        {"kind": "eval", "code": "1"},
    ],
)
def test_a_hostile_message_does_nothing(page: Page, table: CaseTable, content: object) -> None:
    """What is not exactly as agreed is passed over in silence."""
    before = (table.chosen, table.current, table.opened)
    assert page.raw(content) == []
    assert (table.chosen, table.current, table.opened) == before


def test_nothing_is_assigned_from_the_browser(table: CaseTable) -> None:
    """A page cannot set traits."""
    table.set_state({"lang": "zh", "chosen": ["S1"], "words": {"title": "x"}})
    assert table.lang == "en"
    assert table.chosen == ()


def test_the_cursor_and_the_boxes(page: Page, table: CaseTable) -> None:
    """Rows travel as places, students come out as numbers."""
    ids = page.last("rows")[0]["columns"]["ids"]
    page.say("current", row=4)
    assert table.current == ids[4]
    page.say("open", row=2)
    page.say("open", row=2)
    assert (table.current, table.opened) == (ids[2], 2)
    page.say("chosen", rows=[7, 3, 7])
    assert table.chosen == (ids[3], ids[7])
    page.say("chosen", rows=[])
    assert table.chosen == ()
    table.choose((ids[9], "S-NOBODY"))
    assert page.last("chosen")[0]["rows"] == [9]
    table.go_to("S-NOBODY")
    assert table.current == ids[2]


def test_names_only_where_they_are_asked_for(cases: screen.Caseload, school: School) -> None:
    """Without being asked nothing that is sent holds a name; asked, it is sent as text."""
    names = set(school.students["name"].dropna())
    plain = Page(CaseTable(cases, school, "zh"))
    plain.say("ready")
    told = repr(plain.heard)
    assert not [name for name in names if name in told]
    asked = Page(CaseTable(cases, school, "zh", names=True))
    asked.say("ready")
    assert set(asked.last("rows")[0]["columns"]["names"]) <= names | {""}
    assert "<img src=x onerror=alert(1)>" in asked.last("rows")[0]["columns"]["names"]


def test_no_student_in_what_a_notebook_keeps(table: CaseTable, school: School) -> None:
    """Neither the printed line nor the state that is saved with widgets holds a student."""
    table.choose((table._columns.ids[0],))
    kept = repr(table) + repr(table.get_state()) + repr(table._columns)
    assert repr(table) == "CaseTable()"
    assert not [one for one in school.students["student_id"] if one in kept]


def exported(page: Page, rows: list[int]) -> list[list[str]]:
    """Ask for a file and return its rows."""
    page.say("export", who="me", rows=rows)
    end = time.monotonic() + 60
    while not any(one[0]["kind"] == "file" for one in page.heard) and time.monotonic() < end:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and thread.daemon:
                thread.join(0.01)
    message, (data,) = page.last("file")
    assert message["who"] == "me"
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_file_holds_what_is_shown(page: Page, cases: screen.Caseload) -> None:
    """The rows asked for, in their order, and no other; figures as in the caseload."""
    ids = page.last("rows")[0]["columns"]["ids"]
    head, *rows = exported(page, [5, 0, 11])
    assert [row[head.index("Student")] for row in rows] == [ids[5], ids[0], ids[11]]
    for row in rows:
        own = cases.student(row[head.index("Student")])
        assert row[head.index("Rank")] == str(own["rank"])
        assert row[head.index("Support tier")] == text.say(f"screen.tier.{own['tier']}", "en")
    assert "Name" not in head


def test_a_formula_in_a_name_stays_text(cases: screen.Caseload, school: School) -> None:
    """The file is guarded as the reports are, and holds names only where the table shows them."""
    shown = columns(cases, school, names=True)
    data = as_csv(shown, range(len(shown)), cases, "zh", {}).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in data
    assert ",=HYPERLINK" not in data
    plain = as_csv(columns(cases, school), range(len(shown)), cases, "zh", {}).decode("utf-8-sig")
    assert "HYPERLINK" not in plain


def test_a_tier_set_by_a_person_stands_beside_the_computed_one(
    page: Page, table: CaseTable, cases: screen.Caseload
) -> None:
    """Both are in the file; a tier nobody knows is passed over."""
    ids = page.last("rows")[0]["columns"]["ids"]
    table.decide({ids[3]: "priority", ids[4]: "doomed"})
    assert page.last("decided")[0]["tiers"] == {ids[3]: 0}
    head, row = exported(page, [3])
    computed = text.say(f"screen.tier.{cases.student(ids[3])['tier']}", "en")
    assert row[head.index("Support tier")] == computed
    assert row[head.index("Set by a person")] == text.say("screen.tier.priority", "en")


def test_another_language_words_everything_and_keeps_state(page: Page, table: CaseTable) -> None:
    """Words change at once; who is chosen and where the cursor stands do not."""
    page.say("chosen", rows=[1, 2])
    page.say("current", row=2)
    chosen, current = table.chosen, table.current
    table.lang = "zh"
    assert table.words["tier"]["priority"] == text.say("screen.tier.priority", "zh")
    assert table.words["title"] == text.say("widgets_table.title", "zh")
    assert (table.chosen, table.current) == (chosen, current)


def test_another_caseload_keeps_who_is_still_there(
    page: Page, table: CaseTable, cases: screen.Caseload
) -> None:
    """A student who is gone is chosen no more; the others stay chosen."""
    ids = page.last("rows")[0]["columns"]["ids"]
    page.say("chosen", rows=[0, 1])
    page.say("current", row=0)
    fewer = cases.table[cases.table["student_id"] != ids[0]].reset_index(drop=True)
    table.show(dataclasses.replace(cases, table=fewer))
    assert table.chosen == (ids[1],)
    assert table.current == ""
    assert len(table) == len(cases) - 1


def test_settled_shares_are_whole_percent(
    page: Page, table: CaseTable, cases: screen.Caseload
) -> None:
    """Stability comes with the reasons; where it is not known the byte says so."""
    now = screen.rerank(cases, {"family": 4.0})
    table.settle(now)
    told, (share,) = page.last("settled")
    ids = page.last("rows")[0]["columns"]["ids"]
    own = now.table.set_index("student_id").loc[list(ids), "stability"]
    read = np.frombuffer(share, "<u1")
    assert (read[own.isna().to_numpy()] == NO_SHARE).all()
    known = own.notna().to_numpy()
    np.testing.assert_allclose(read[known] / 100, own[known], atol=0.0051)
    assert unpacked(page.last("ranks")[1])[0].tolist() == as_ranked(now, ids)
    assert told["version"] == table._version


def as_ranked(cases: screen.Caseload, ids: list[str]) -> list[int]:
    """Return the rank of each student of a caseload."""
    ranking = as_ranking(cases)
    place = pd.Series(ranking.rank, index=list(ranking.ids))
    return [int(place[one]) for one in ids]
