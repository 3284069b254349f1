"""The trail: nothing is changed in place, and what is changed behind its back is named."""

from __future__ import annotations

import shutil

import pytest
import sqlalchemy as sa
from sqlcipher3 import dbapi2

from visitkit import record
from visitkit.errors import StoreError
from visitkit.record import Head
from visitkit.record.models import LASTING


@pytest.fixture
def filled(opened, made):
    """A casebook with rows in most tables of both files."""
    with opened(actor="T0", role="principal") as store:
        store.add_many([made.matter(1), made.signalled(2), made.planned(3), made.mind_note(3)])
        store.grant("S1", "T3", made.at.date(), "reads before the visit")
        store.anchor("leading group")
    return opened


@pytest.mark.parametrize("name", ["people", "psych"])
@pytest.mark.parametrize("table", [table.name for table in LASTING])
def test_tables_are_append_only(filled, made, folder, name, table):
    """No lasting row is changed, deleted or replaced, even with the key in hand."""
    connection = made.raw(folder, name)
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    if not rows:
        row = [1 if column in ("seq", "entry_seq", "at", "until") else "x" for column in columns]
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        rows = [tuple(row)]
    connection.execute("PRAGMA recursive_triggers = ON")
    marks = ", ".join("?" * len(columns))
    for statement, values in (
        (f"UPDATE {table} SET {columns[0]} = {columns[0]}", ()),
        (f"DELETE FROM {table}", ()),
        (f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows[0]),
    ):
        with pytest.raises(dbapi2.IntegrityError, match="append-only"):
            connection.execute(statement, values)
    connection.close()


def test_a_refusal_by_the_trigger_is_a_sentence(filled):
    """The program itself meets the same wall."""
    with filled() as store, pytest.raises(StoreError) as caught, store.book.people.begin() as one:
        one.execute(sa.text("UPDATE entry SET actor = 'T9'"))
    assert caught.value.key == "record.append_only"
    again = "INSERT OR REPLACE INTO content SELECT seq, 'S9', facts, salt FROM content"
    with filled() as store, pytest.raises(StoreError) as caught, store.book.people.begin() as one:
        one.execute(sa.text(again))
    assert caught.value.key == "record.append_only"


TAMPERED = {
    "entry": ("people", "UPDATE entry SET actor = 'T9' WHERE seq = {seq}", "altered"),
    "facts": ("people", "UPDATE content SET facts = '{{}}' WHERE seq = {seq}", "altered"),
    "student": ("psych", "UPDATE content SET student_id = 'S9' WHERE seq = {seq}", "altered"),
    "moment": ("psych", "UPDATE entry SET at = at + 1 WHERE seq = {seq}", "altered"),
    "content gone": ("people", "DELETE FROM content WHERE seq = {seq}", "altered"),
    "entry gone": ("people", "DELETE FROM entry WHERE seq = {seq}", "gone"),
    "witness gone": ("people", "DELETE FROM audit WHERE seq = {seq}", "gap"),
    "witness changed": ("psych", "UPDATE audit SET actor = 'T9' WHERE seq = {seq}", "link"),
    "digest changed": ("people", "UPDATE audit SET digest = 'x' WHERE seq = {seq}", "link"),
    "foreign entry": (
        "people",
        "INSERT INTO entry SELECT 900, 'x-9', kind, step, at, actor, role, NULL, recorded_at, NULL"
        " FROM entry WHERE seq = {seq}",
        "unwitnessed",
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_changed_is_named(filled, made, folder, how):
    """Triggers taken off, a row changed, triggers put back: the check names the row."""
    name, statement, what = TAMPERED[how]
    seq = made.raw(folder, name).execute("SELECT min(seq) FROM entry").fetchone()[0]
    made.spoil(folder, name, statement.format(seq=seq))
    with filled() as store:
        verdict = store.verify()
    assert not verdict.whole
    first = verdict.broken[0]
    expected = 900 if how == "foreign entry" else seq
    assert (first.file, first.seq, first.what) == (name, expected, what)
    assert str(expected) in verdict.sentence()


@pytest.mark.parametrize(
    ("table", "name"), [("setting", "people"), ("consent", "psych"), ("setting", "psych")]
)
def test_settings_and_consents_have_witnesses(filled, made, folder, table, name):
    """Nobody gives themselves consent, or other rules, behind the back of the trail."""
    column = {"setting": "value", "consent": "person"}[table]
    where = "WHERE key <> 'store'" if (table, name) == ("setting", "people") else ""
    if (table, name) == ("setting", "psych"):
        statement = "INSERT INTO setting VALUES (77, 'policy', 'x')"
    else:
        statement = f"UPDATE {table} SET {column} = {column} || ' ' {where}"
    made.spoil(folder, name, statement)
    with filled() as store:
        found = store.verify().broken
    assert found
    assert {one.file for one in found} == {name}


def test_a_cut_off_end_needs_a_head_kept_outside(filled, made, folder):
    """The chain alone cannot see it; a printed head can."""
    with filled() as store:
        printed = str(store.anchor("leading group"))
    people = Head.parse(printed).people[0]
    for table in ("audit", "entry", "content", "setting"):
        made.spoil(folder, "people", f"DELETE FROM {table} WHERE seq > {people - 2}")
    with filled() as store:
        assert store.verify().whole
        broken = store.verify(printed).broken
    assert [(one.file, one.what) for one in broken] == [("people", "anchor")]


def test_a_whole_rewrite_needs_a_head_kept_outside(opened, made, folder, tmp_path):
    """Somebody with the keys who writes all of it anew makes a chain that is whole, and another."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    with opened() as store:
        store.add(made.matter())
        printed = store.head()
    with record.open_store(copy, made.keys, actor="T7", role="counsellor") as other:
        other.add(made.matter(issue="all is well"))
        assert other.head().people[0] == printed.people[0]
        assert other.verify().whole
        assert {one.what for one in other.verify(printed).broken} == {"anchor"}


def test_a_head_is_read_as_it_was_printed(filled):
    """Line breaks, spaces and capitals do not matter; half a head is a sentence."""
    with filled() as store:
        head = store.head()
        assert Head.parse(f"  {str(head).upper()}\n\n") == head
        assert store.verify(str(head)).whole
        for wrong in ("", "people 12", str(head)[:40], "psych 1 " + "0" * 64):
            with pytest.raises(StoreError) as caught:
                store.verify(wrong)
            assert caught.value.key == "record.head_unreadable"


def test_entry_and_witness_come_in_one_transaction(opened, made, folder):
    """When the witness cannot be written, the entry is not written either."""
    connection = made.raw(folder, "people")
    connection.execute(
        "CREATE TRIGGER stop BEFORE INSERT ON audit WHEN NEW.action = 'add'"
        " BEGIN SELECT RAISE(ABORT, 'no witness'); END"
    )
    connection.close()
    with opened() as store:
        with pytest.raises(StoreError) as caught:
            store.add_many([made.matter(), made.signalled()])
        assert caught.value.key == "record.database"
        assert store.cases().empty
        assert store.verify().whole


def test_the_trail_tells_who_and_when(opened, made):
    """In the school's time, with the person at work beside who the entry says did it."""
    with opened(actor="T0", role="principal") as store:
        taken = store.add(made.matter())
        row = store.audit("add").iloc[0]
    assert (row["actor"], row["role"], row["subject"]) == ("T0", "principal", taken.entry_id)
    assert row["at"].to_pydatetime() == taken.recorded_at.replace(tzinfo=None) + EIGHT_HOURS


EIGHT_HOURS = record.cases.moments.SCHOOL_ZONE.utcoffset(None)
