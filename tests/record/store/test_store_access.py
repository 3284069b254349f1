"""Who may read what is psychological, and that no look at it goes unseen."""

from __future__ import annotations

import datetime as dt

import pytest

from visitkit import policy
from visitkit.errors import StoreError

DAY = dt.timedelta(days=1)


@pytest.fixture
def filled(opened, made):
    """A casebook with a visit, a note in it, a crisis, and a matter handed up."""
    with opened() as store:
        store.add_many([made.planned(), made.mind_note(), made.signalled(2), made.matter(3)])
    return opened


def last(store, action):
    """Return the latest audit row of an action."""
    return store.audit(action).iloc[-1]


def test_the_policy_says_who_reads(filled):
    """The counsellor reads a mental note; the head teacher reads a crisis, and no note."""
    with filled() as store:
        assert len(store.case("v-1", "talk")) == 2
        assert len(store.case("c-2", "talk")) == 1
    with filled(actor="T1", role="head_teacher") as store:
        assert [one.step for one in store.case("v-1")] == ["plan"]
        assert last(store, "refused")["detail"] == {"entries": 0, "purpose": "", "withheld": 1}
        assert len(store.case("c-2", "talk")) == 1
        assert store.file("S1", "talk").withheld == 1
    with filled(actor="T3", role="subject_teacher") as store:
        with pytest.raises(StoreError) as caught:
            store.case("c-2", "curious")
        assert caught.value.key == "record.no_access"
        assert last(store, "refused")["subject"] == "c-2"
        assert set(store.cases()["case_id"]) == {"v-1", "x-3"}


def test_the_head_teacher_is_exempt_where_the_policy_says_so(filled):
    """Paper 002 lets the head teacher open the mental file; then no consent is needed."""
    with filled() as store:
        store.renew(policy.read_policy("junior-school-campaign"))
    with filled(actor="T1", role="head_teacher") as store:
        assert len(store.case("v-1", "talk")) == 2
    with filled(actor="T7", role="counsellor") as store:
        assert len(store.case("v-1", "talk")) == 1


def test_consent_opens_a_file_until_a_date(filled, made):
    """To a named person, for one student, until the end of the day; then it is shut again."""
    until = dt.date(2099, 11, 30)
    before = dt.datetime(2099, 11, 30, 15, 58, tzinfo=dt.UTC)
    with filled(actor="T0", role="principal") as store:
        store.grant("S1", "T3", until, "reads before the visit")
        assert last(store, "consent")["subject"] == "S1"

    def sees(actor, now):
        with filled(actor=actor, role="subject_teacher", clock=lambda: now) as store:
            found = store.file("S1", "before the visit")
            return [len(found.entries), found.withheld]

    assert sees("T3", before) == [4, 0]
    assert sees("T4", before) == [2, 2]
    assert sees("T3", before + DAY) == [2, 2]


def test_consent_is_taken_back_by_a_later_one(filled):
    """The latest consent for a student and a person holds."""
    with filled(actor="T0", role="leading_group") as store:
        store.grant("S1", "T3", dt.date(2099, 1, 1), "reads before the visit")
        store.grant("S1", "T3", dt.date(2020, 1, 1), "taken back")
    with filled(actor="T3", role="subject_teacher") as store:
        assert store.file("S1", "visit").withheld == 2


def test_only_who_may_consent_consents(filled):
    """Roles of the policy consent, with a reason."""
    with filled(actor="T1", role="head_teacher") as store, pytest.raises(StoreError) as caught:
        store.grant("S1", "T1", dt.date(2099, 1, 1), "wants to")
    assert caught.value.key == "record.no_consent_right"
    assert "leading_group" in caught.value.facts["allowed"]
    with filled(actor="T0", role="leading_group") as store, pytest.raises(StoreError) as caught:
        store.grant("S1", "T1", dt.date(2099, 1, 1), " ")
    assert caught.value.key == "record.reason_needed"


def test_who_owes_sees_what_they_owe(filled):
    """A clock of a crisis is seen by whom it names, and by nobody else without the right."""
    with filled(actor="T3", role="subject_teacher") as store:
        assert set(store.due("2026-11-20")["case_id"]) == {"v-1", "x-3"}
        rules = policy.read_policy("recommended")
        store.renew(rules.with_values({"access.crisis": ["leading_group"]}))
    with filled(actor="T7", role="counsellor") as store:
        crisis = store.due("2026-11-20").query("case_id == 'c-2'")
        assert set(crisis["what"]) == {"level", "second_stage_talk"}
        assert set(crisis["by"]) == {"counsellor"}
    with filled(actor="T0", role="leading_group") as store:
        assert len(store.due("2026-11-20").query("case_id == 'c-2'")) == 4


def test_the_trail_says_what_for(filled):
    """Who looked at whose file, why, and how much of it was shown."""
    with filled() as store:
        store.file("S1", "before the visit")
        store.case("c-2", "the duty list")
        store.log_export("roster", purpose="handed in", recipient="moral office", students=3)
        file, case, export = (last(store, one) for one in ("read_file", "read_case", "export"))
    assert (file["subject"], file["actor"], file["file"]) == ("S1", "T7", "psych")
    assert file["detail"] == {"purpose": "before the visit", "entries": 2, "withheld": 0}
    assert case["subject"] == "c-2"
    assert case["detail"]["purpose"] == "the duty list"
    told = {"purpose": "handed in", "recipient": "moral office", "students": 3}
    assert export["detail"] == told


@pytest.mark.parametrize(
    "look",
    [
        lambda store: store.case("v-1", "door"),
        lambda store: store.cases(student_id="S1", kind="crisis"),
    ],
    ids=["a case in part", "cases of a student"],
)
def test_a_look_at_a_part_leaves_one_trace(filled, look):
    """A visit with a note of the mind, a list of crises; ``test_store_doors`` tries every door."""
    with filled() as store:
        before = store.head().psych
        look(store)
        assert store.head().psych[0] == before[0] + 1


def test_a_look_needs_a_purpose(filled):
    """Without one nothing psychological is shown."""
    with filled() as store:
        for look in (
            lambda: store.case("c-2"),
            lambda: store.file("S1", " "),
            lambda: store.log_export("x", purpose="", recipient="r", students=1),
        ):
            with pytest.raises(StoreError) as caught:
                look()
            assert caught.value.key == "record.purpose_needed"


def test_where_nothing_can_be_logged_nothing_is_shown(filled, made):
    """A look that cannot be written down is refused."""
    with filled() as store:
        store.book.psych.connection.exec_driver_sql("PRAGMA query_only = 1")
        store.book.psych.connection.rollback()
        with pytest.raises(StoreError) as caught:
            store.file("S1", "talk")
        assert caught.value.key == "record.read_only"
