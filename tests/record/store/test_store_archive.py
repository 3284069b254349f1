"""Backup, restore, upgrade of an older casebook, and letting go by a retention rule."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa

from visitkit import policy, record
from visitkit.errors import StoreError
from visitkit.record import opening
from visitkit.record.migrating import NEWEST, migrate, version

HOUR = dt.timedelta(hours=1)


def key_of(act):
    """Return the key of the error that an act raises."""
    with pytest.raises(StoreError) as caught:
        act()
    return caught.value.key


@pytest.fixture
def filled(opened, made):
    """A casebook with entries in both files."""
    with opened() as store:
        store.add_many([made.planned(1), made.mind_note(1), made.signalled(2), made.matter(3)])
    return opened


def test_a_backup_is_put_back(filled, made, tmp_path):
    """Every entry is there again, the chain goes on, and the trail tells of both."""
    with filled() as store:
        before = store.file("S1", "check").entries
        record.backup(store, tmp_path / "copy")
        store.add(made.matter(4))
    place = tmp_path / "restored"
    who = {"actor": "T0", "role": "principal"}
    head = record.restore(tmp_path / "copy", place, made.keys, **who)
    with record.open_store(place, made.keys, actor="T7", role="counsellor") as store:
        assert store.file("S1", "check").entries == before
        assert store.verify(head).whole
        assert len(store.audit("backup")) == 2
        assert len(store.audit("restore")) == 2
        store.add(made.matter(5))
    assert {path.name for path in place.iterdir()} == {"people.db", "psych.db", "casebook.lock"}


def test_what_cannot_be_put_back(filled, made, tmp_path):
    """A damaged, incomplete or wrongly keyed backup puts nothing in place; nor over a casebook."""
    who = {"actor": "T0", "role": "principal"}
    copy, place = tmp_path / "copy", tmp_path / "restored"
    with filled() as store:
        record.backup(store, copy)
        assert key_of(lambda: record.backup(store, copy)) == "record.exists"

    def attempt(source=copy, to=place, keys=made.keys):
        return key_of(lambda: record.restore(source, to, keys, **who))

    assert attempt(source=tmp_path) == "record.not_a_backup"
    wrong = record.Keys(record.new_key(), made.keys.psych)
    assert attempt(keys=wrong) == "record.wrong_key"
    assert attempt(keys=made.people) == "record.keys_both"
    spoiled = tmp_path / "spoiled"
    shutil.copytree(copy, spoiled)
    data = bytearray((spoiled / "psych.db").read_bytes())
    data[9000] ^= 1
    (spoiled / "psych.db").write_bytes(data)
    assert attempt(source=spoiled) == "record.backup_damaged"
    listed = json.loads((spoiled / "backup.json").read_text("utf-8"))
    listed["sha256"]["psych.db"] = hashlib.sha256(data).hexdigest()
    (spoiled / "backup.json").write_text(json.dumps(listed), "utf-8")
    assert attempt(source=spoiled) in {"record.backup_damaged", "record.damaged"}
    assert list(place.glob("*")) == []
    record.restore(copy, place, made.keys, **who)
    assert attempt() == "record.exists"


def test_a_backup_needs_both_files(filled, made, tmp_path):
    """A copy without the psychological file would look like a backup and be none."""
    with filled(keys=made.people) as store:
        assert key_of(lambda: record.backup(store, tmp_path / "copy")) == "record.psych_closed"
    assert not (tmp_path / "copy").exists()


@pytest.fixture
def first_version(folder, made, monkeypatch):
    """A casebook as the first version of the tables had it, with an entry in each file."""
    for name in ("people", "psych"):
        (folder / f"{name}.db").unlink()
    with monkeypatch.context() as past:
        past.setattr(opening, "migrate", lambda connection: migrate(connection, 1))
        record.new_store(folder, made.keys, school="Made-up School")
    return folder


def test_an_older_casebook_is_upgraded_after_a_copy(first_version, made, opened):
    """Version 1 becomes 2 with all it held; the copy beside it is still version 1 and opens."""
    for name in ("people", "psych"):
        connection = made.raw(first_version, name)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        assert "entry" in tables
        assert "removal" not in tables
        connection.close()
    with opened() as store:
        with store.book.people.begin() as connection:
            assert version(connection) == NEWEST
        store.add_many([made.matter(), made.signalled()])
        assert store.audit("upgrade")["subject"].tolist() == [str(NEWEST)] * 2
        assert store.verify().whole
    copies = first_version / f"{opening.BEFORE}-1"
    for name in ("people", "psych"):
        connection = made.raw(copies, name)
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        assert found == [("1",)]
        connection.close()
    with opened() as store:
        assert len(store.audit("upgrade")) == 2


def test_upgraded_tables_are_those_of_the_program(first_version, opened, folder):
    """Columns and indexes after the migrations are those that the program knows."""
    with opened() as store, store.book.people.begin() as connection:
        seen = sa.inspect(connection)
        for table in record.models.metadata.sorted_tables:
            columns = [column["name"] for column in seen.get_columns(table.name)]
            assert columns == [column.name for column in table.columns], table.name
            indexed = {one["name"] for one in seen.get_indexes(table.name)}
            assert {str(one.name) for one in table.indexes} <= indexed, table.name


def test_an_upgrade_that_fails_changes_nothing(first_version, opened, monkeypatch):
    """Where there is no room for the copy, the tables stay as they are."""
    (first_version / f"{opening.BEFORE}-1").write_text("in the way", "utf-8")
    before = (first_version / "people.db").read_bytes()
    assert key_of(opened).startswith("record.")
    assert (first_version / "people.db").read_bytes() == before
    (first_version / f"{opening.BEFORE}-1").unlink()
    opened().close()


def finished(made, number, year, step=None):
    """Return a visit that was planned and cancelled in a year."""
    at = dt.datetime(year, 11, 6, 8, tzinfo=dt.UTC)
    first = made.planned(number, at=at)
    told = {"by": "family", "reason": f"moved away {number} " + "x" * 30_000}
    return [first, replace(first, at=at + HOUR, step="cancel", facts=told)]


def test_the_retention_rule_lets_go(opened, made, folder):
    """What a rule takes away is gone from the bytes; that it was there, and which rule, stays."""
    rules = policy.read_policy("recommended")
    with opened(actor="T0", role="principal") as store:
        store.add_many([*finished(made, 1, 2021), *finished(made, 2, 2025), made.planned(3)])
        store.add(made.mind_note(1, at=dt.datetime(2021, 11, 6, 8, 30, tzinfo=dt.UTC)))
        store.renew(rules.with_values({"retention.visit_years": 3}))
        store.renew(rules.with_values({"retention.mental_file_years": 3}))
        head = store.head()
        before = store.head().psych
        listed = record.expired(store, "2026-11-20")
        assert store.head().psych[0] == before[0] + 1
        assert store.audit("list_expired")["detail"].tolist() == [{"cases": 1}]
        assert sorted(listed["file"]) == ["people", "psych"]
        assert listed["case_id"].tolist() == ["v-1", "v-1"]
        gone = record.remove_expired(store, "2026-11-20")
        assert gone["rule"].tolist() == listed["rule"].tolist()
        assert sorted(store.cases()["case_id"]) == ["v-2", "v-3"]
        assert record.expired(store, "2026-11-20").empty
        assert len(store.audit("remove")) == 3
        assert store.verify(head).whole
    connection = made.raw(folder, "people")
    kept = connection.execute("SELECT step FROM entry WHERE case_id = 'v-1'").fetchall()
    assert kept == [("plan",), ("cancel",)]
    facts = "".join(row[0] for row in connection.execute("SELECT facts FROM content"))
    assert "moved away 2" in facts
    assert "moved away 1" not in facts
    # Written anew: no page is left over in which the deleted rows could still stand.
    assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
    connection.close()
    assert not [path for path in folder.glob("*.db-wal") if path.stat().st_size]


def test_what_is_kept(opened, made):
    """Cases that go on, kinds without a rule, 0 years, and a mark that stays for good."""
    rules = policy.read_policy("recommended")
    old = dt.datetime(2015, 11, 6, 8, tzinfo=dt.UTC)
    with opened(actor="T7", role="counsellor") as store:
        store.add_many(finished(made, 1, 2015))
        store.add_many([made.planned(2, at=old), made.matter(3, at=old)])
        for number, attempt in ((4, True), (5, False)):
            first = made.signalled(number, at=old, past_attempt=attempt)
            assess = replace(first, step="assess", role="counsellor", facts={"opinion": "well"})
            together = {"together": ["counsellor", "leading_group"], "opinion": "well"}
            close = replace(first, step="close", role="leading_group", facts=together)
            store.add_many([first, replace(assess, at=old + HOUR)])
            store.add(replace(close, at=old + 2 * HOUR))
        assert record.expired(store, "2026-11-20")["case_id"].tolist() == ["v-1", "c-5"]
        for_ever = {"retention.visit_years": 0, "retention.mental_file_years": 0}
        store.renew(rules.with_values(for_ever))
        assert record.expired(store, "2026-11-20").empty


def test_who_lets_go(opened, made):
    """Only who may consent; never before the day has come."""
    with opened(actor="T1", role="head_teacher") as store:
        assert key_of(lambda: record.remove_expired(store, "2026-11-20")) == (
            "record.no_consent_right"
        )
    with opened(actor="T0", role="leading_group") as store:
        assert key_of(lambda: record.remove_expired(store, "2099-01-01")) == "record.removal_early"
