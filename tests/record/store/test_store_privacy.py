"""Planted names, telephone numbers and identity numbers are in no byte that lies on a disk."""

from __future__ import annotations

import logging
import traceback

import pytest

from visitkit import record
from visitkit.errors import StoreError

#: Made-up; the telephone number and the identity number cannot exist.
NAME = "\u5218\u82e5\u6717"
PLANTED = (NAME, "Liu Ruolang", "19900001234", "110101202913310018", "9 Willow Lane")


@pytest.fixture
def kept(opened, made, tmp_path):
    """A casebook full of personal data, still open, so that its log is on the disk as well."""
    with opened(actor="T0", role="principal") as store:
        store.add(made.matter(0))
        told = " ".join(PLANTED)
        store.add_many([made.matter(1, issue=told), made.signalled(2, content=told)])
        old = store.add(made.matter(3, issue=told))
        store.correct(old.entry_id, {"issue": told, "to": ["moral_office"]}, told)
        store.grant("S1", "T3", made.at.date(), told)
        record.backup(store, tmp_path / "copy")
        store.add(made.matter(4, issue=told))
        yield store


def found_in(data: bytes) -> list[str]:
    """Return what was planted and can be read in some bytes, in any usual encoding."""
    return [
        one
        for one in PLANTED
        if any(one.encode(code) in data for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"))
    ]


def test_no_byte_on_the_disk(kept, folder, tmp_path):
    """Database files, their logs, backups, the list of a backup, the lock."""
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"people.db", "people.db-wal", "psych.db-wal", "backup.json"} <= names
    assert sum(path.stat().st_size for path in files) > 300_000
    assert [path.name for path in files if found_in(path.read_bytes())] == []
    # The same search finds them where they are: in the answer to somebody who may read it.
    assert found_in(str(kept.case("x-1")).encode()) == list(PLANTED)


def test_no_word_in_logs_and_errors(kept, made, caplog, capfd):
    """Whatever is refused, logged or shown as an object repeats none of it."""
    caplog.set_level(logging.DEBUG)
    told = " ".join(PLANTED)
    said = repr(kept) + repr(kept.file("S1", "talk")) + kept.verify().sentence()
    acts = (
        lambda: kept.add(made.matter(1, issue=told)),
        lambda: kept.add(made.signalled(9, signal=told)),
        lambda: kept.case(told),
        lambda: kept.correct(told, None, told),
        lambda: kept.cases(kind=told),
        lambda: kept.add(made.matter(9, issue={told})),
        lambda: kept.verify(told),
    )
    for act in acts:
        with pytest.raises(StoreError) as caught:
            act()
        # Lines of the test itself hold no data: only variables do, and these are not printed.
        said += "".join(traceback.format_exception(caught.value))
    with pytest.raises(StoreError) as caught, kept.book.people.begin() as connection:
        connection.exec_driver_sql("INSERT INTO content VALUES (1, ?, 'x')", (told,))
    out = capfd.readouterr()
    said += "".join(traceback.format_exception(caught.value)) + caplog.text + out.out + out.err
    assert found_in(said.encode()) == []


def test_the_audit_trail_holds_no_facts(kept):
    """Who looked at what is told by numbers; what was written is a hash."""
    assert found_in(kept.audit().to_string().encode()) == []
