"""What goes wrong on real machines: a clear sentence, nothing lost, nothing half-applied."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from visitkit import record
from visitkit.errors import StoreError, VisitkitError
from visitkit.record.faults import told
from visitkit.record.shelf import open_file

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def refused(key, act, monkeypatch):
    """Check that something is refused with a sentence in both languages."""
    with pytest.raises(StoreError) as caught:
        act()
    assert caught.value.key == key, str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for lang in ("zh", "en"):
        monkeypatch.setenv("VISITKIT_LANG", lang)
        assert bool(CHINESE.search(str(caught.value))) == (lang == "zh")
    return caught.value


def test_wrong_keys(opened, made, monkeypatch):
    """The file that does not open is named; afterwards it opens with the right one."""
    other = record.new_key()
    cases = {
        "people.db": record.Keys(other, made.keys.psych),
        "psych.db": record.Keys(made.keys.people, other),
    }
    for file, keys in cases.items():
        error = refused("record.wrong_key", lambda keys=keys: opened(keys=keys), monkeypatch)
        assert error.facts["file"] == file
    phrase = record.Keys("a phrase nobody chose", made.keys.psych)
    refused("record.wrong_key", lambda: opened(keys=phrase), monkeypatch)
    with opened() as store:
        assert store.verify().whole


def test_a_missing_file(opened, folder, monkeypatch, tmp_path):
    """Nothing is made where a file was expected."""
    (folder / "psych.db").unlink()
    error = refused("record.missing_file", opened, monkeypatch)
    assert error.facts["file"] == "psych.db"
    assert not (folder / "psych.db").exists()
    keys = record.Keys(record.new_key())
    empty = tmp_path / "empty"
    empty.mkdir()
    act = lambda: record.open_store(empty, keys, actor="T1", role="principal")  # noqa: E731
    refused("record.missing_file", act, monkeypatch)
    assert list(empty.iterdir()) == []


def test_one_key_alone_makes_no_casebook(made, monkeypatch, tmp_path):
    """Both files are locked from the first moment, each by a key of its own."""
    act = lambda: record.new_store(tmp_path / "a", made.people, school="x")  # noqa: E731
    refused("record.keys_both", act, monkeypatch)
    same = made.keys.people
    refused("record.keys_equal", lambda: record.Keys(same, same), monkeypatch)


def test_files_of_two_casebooks(opened, folder, made, monkeypatch, tmp_path):
    """Two files that were not made together are not opened together."""
    record.new_store(tmp_path / "other", made.keys, school="Another School")
    shutil.copy(tmp_path / "other" / "psych.db", folder / "psych.db")
    refused("record.other_store", opened, monkeypatch)


def test_an_existing_casebook_is_not_overwritten(folder, made, monkeypatch):
    """Making one where one is leaves it as it was."""
    before = (folder / "people.db").read_bytes()
    act = lambda: record.new_store(folder, made.keys, school="x")  # noqa: E731
    refused("record.exists", act, monkeypatch)
    assert (folder / "people.db").read_bytes() == before


def noticed(opened) -> bool:
    """Tell whether a damaged file is refused, or called broken by the check."""
    try:
        with opened() as store:
            return not store.verify().whole
    except StoreError as error:
        return error.key in {"record.wrong_key", "record.damaged", "record.disk_error"}


def test_a_flipped_bit(opened, folder, made, monkeypatch):
    """A single bit anywhere is found: on opening, on reading, or by the check."""
    with opened() as store:
        store.add_many([made.matter(number) for number in range(40)])
    path = folder / "people.db"
    whole = path.read_bytes()
    pages = len(whole) // 4096
    for page in range(pages):
        spoiled = bytearray(whole)
        spoiled[page * 4096 + 2000] ^= 4
        path.write_bytes(spoiled)
        assert noticed(opened), page
        path.write_bytes(whole)
        for log in folder.glob("*.db-*"):
            log.unlink()
    assert pages > 30
    with opened() as store:
        assert store.verify().whole
        assert len(store.cases()) == 40


def mounted(place: Path, options: str):
    """Mount a small file system in memory, or skip where that is not allowed."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("mounting a small file system needs Linux and root")
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not allow mounting a small file system")
    return place


@pytest.fixture
def small(tmp_path):
    """A disk of two megabytes."""
    place = mounted(tmp_path / "small", "size=2m")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(folder, made, small, monkeypatch):
    """Entries are taken until there is no room; what was taken stays, the rest was never there."""
    place = small / "casebook"
    shutil.copytree(folder, place)
    taken: list[str] = []
    who = {"actor": "T7", "role": "counsellor"}
    store = record.open_store(place, made.keys, **who)

    def fill():
        for number in range(1000):
            both = [made.matter(number, issue="x" * 20_000), made.signalled(number)]
            taken.extend(one.entry_id for one in store.add_many(both))

    refused("record.disk_full", fill, monkeypatch)
    store.close()
    assert len(taken) > 20
    again = small.parent / "again"
    shutil.copytree(place, again)
    with record.open_store(again, made.keys, **who) as store:
        assert store.verify().whole
        found = [one.entry_id for one in store.file("S1", "check").entries]
        assert found == taken
        store.add(made.matter("after"))


def test_no_room_for_a_new_casebook(made, small, monkeypatch):
    """Nothing half-made is left behind."""
    (small / "ballast").write_bytes(bytes(1_900_000))
    act = lambda: record.new_store(small / "casebook", made.keys, school="x")  # noqa: E731
    refused("record.disk_full", act, monkeypatch)
    assert not list((small / "casebook").glob("*.db"))
    assert not list((small / "casebook").glob(".new*"))


def test_no_room_for_a_backup(opened, small, monkeypatch):
    """The casebook goes on; nothing that looks like a backup is left."""
    (small / "ballast").write_bytes(bytes(1_900_000))
    with opened() as store:
        act = lambda: record.backup(store, small / "copy")  # noqa: E731
        refused("record.disk_full", act, monkeypatch)
        assert store.verify().whole
    assert [path.name for path in small.iterdir()] == ["ballast"]


def test_a_read_only_disk(folder, made, small, monkeypatch):
    """A casebook that cannot log who looks at it does not open, and is not changed."""
    place = small / "casebook"
    shutil.copytree(folder, place)
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    before = (place / "people.db").read_bytes()
    act = lambda: record.open_store(place, made.keys, actor="T7", role="counsellor")  # noqa: E731
    refused("record.read_only", act, monkeypatch)
    act = lambda: record.new_store(small / "other", made.keys, school="x")  # noqa: E731
    refused("record.read_only", act, monkeypatch)
    assert (place / "people.db").read_bytes() == before


def test_a_second_writer(opened, folder, made, monkeypatch):
    """In this program or in another one; when the first has closed it, or died, it opens."""
    with opened() as store:
        refused("record.second_writer", opened, monkeypatch)
        store.add(made.matter())
    code = (
        "import sys, time; from visitkit import record\n"
        "keys = record.Keys(bytes(range(32)), bytes(range(1, 33)))\n"
        "store = record.open_store(sys.argv[1], keys, actor='T1', role='principal')\n"
        "print('open', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        refused("record.second_writer", opened, monkeypatch)
        other.kill()
    with opened() as store:
        assert len(store.cases()) == 1


def test_a_store_of_a_newer_version(opened, folder, made, monkeypatch):
    """It is refused and left as it is."""
    made.spoil(folder, "psych", "UPDATE alembic_version SET version_num = '77'")
    before = (folder / "people.db").read_bytes()
    error = refused("record.newer", opened, monkeypatch)
    assert error.facts["found"] == "77"
    assert (folder / "people.db").read_bytes() == before


def test_a_clock_that_went_backwards(opened, made):
    """Entries are taken in their true order; the trail holds both clocks; somebody is told."""
    with opened() as store:
        first = store.add(made.matter(1))
    past = lambda: dt.datetime(2001, 1, 1, tzinfo=dt.UTC)  # noqa: E731
    with pytest.warns(record.StoreWarning):
        store = opened(clock=past)
    with store:
        second = store.add(made.matter(2))
        assert second.recorded_at > first.recorded_at
        assert len(store.audit("clock_back")) == 1
        assert store.verify().whole
        raw = store.book.people.connection
        machine = raw.exec_driver_sql("SELECT min(machine_at) FROM audit").scalar()
        raw.rollback()
        assert machine == 978_307_200_000_000
    with opened() as store:
        assert store.add(made.matter(3)).recorded_at > second.recorded_at


def test_what_has_not_happened_yet(opened, made, monkeypatch):
    """Two minutes ahead of the clock are the difference of clocks; three are the future."""
    with opened(clock=lambda: made.at) as store:
        ahead = lambda minutes: made.at + dt.timedelta(minutes=minutes)  # noqa: E731
        assert store.add(made.matter(1, at=ahead(2))).entry_id
        early = made.matter(2, at=ahead(3))
        error = refused("record.future", lambda: store.add(early), monkeypatch)
        assert error.facts == {"found": "2026-11-06 16:03", "minutes": 3, "slack": 2}
        both = [made.matter(3), early]
        refused("record.future", lambda: store.add_many(both), monkeypatch)
        assert store.cases()["case_id"].tolist() == ["x-1"]


def test_a_wrong_clock_refuses_no_report(opened, made):
    """A machine that lost its time takes what happened since, and says so: a child may wait."""
    with opened() as store:
        store.add(made.matter(1))
    past = lambda: dt.datetime(2001, 1, 1, tzinfo=dt.UTC)  # noqa: E731
    with pytest.warns(record.StoreWarning), opened(clock=past) as store:
        assert store.add(made.signalled(2)).recorded_at > made.at


def test_no_room_for_what_is_shared(opened, small, made):
    """Nothing half-written is left; the trail says that it was to leave and did not."""
    (small / "ballast").write_bytes(bytes(2_000_000))
    with opened() as store:
        store.add_many([made.matter(number) for number in range(2_000)])
        out = {"purpose": "a study", "recipient": "the university"}
        with pytest.raises(VisitkitError) as caught:
            record.share(store, {"cases": store.cases()}, small / "out", **out)
        assert caught.value.key == "report.disk_full"
        assert len(store.audit("export_failed")) == 1
    assert [path.name for path in small.iterdir()] == ["ballast"]


def test_a_folder_nothing_can_be_shared_into(opened, small, made):
    """Seen before anything is logged as having left."""
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    with opened() as store:
        store.add(made.matter(1))
        out = {"purpose": "a study", "recipient": "the university"}
        with pytest.raises(VisitkitError) as caught:
            record.share(store, {"cases": store.cases()}, small / "out", **out)
        assert caught.value.key == "report.not_allowed"
        assert store.audit("export").empty


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are a matter of POSIX")
def test_a_full_disk_without_a_disk_of_its_own(opened, folder, made):
    """Where no file system may be mounted: a process that may write no larger file.

    The limit of a process (RLIMIT_FSIZE) refuses the write in the middle of a transaction, as a
    full disk does.
    """
    with opened() as store:
        first = store.add(made.matter(1)).entry_id
    program = (
        "import resource, signal, sys\n"
        "from visitkit import record\n"
        "from visitkit.errors import StoreError\n"
        "keys = record.Keys(bytes(range(32)), bytes(range(1, 33)))\n"
        "store = record.open_store(sys.argv[1], keys, actor='T7', role='counsellor')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n"
        "import datetime as dt\n"
        "at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)\n"
        "told = {'issue': 'x' * 50_000, 'to': ['moral_office']}\n"
        "for number in range(2, 100):\n"
        "    one = record.Entry(f'x-{number}', 'escalation', 'report', 'S1', at, 'T1',"
        " 'head_teacher', told)\n"
        "    try:\n"
        "        print(store.add(one).entry_id)\n"
        "    except StoreError as error:\n"
        "        print(error.key)\n"
        "        break\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    *taken, key = done.stdout.split()
    assert key in {"record.disk_full", "record.disk_error"}, done.stderr
    with opened() as store:
        assert store.verify().whole
        found = [one.entry_id for one in store.file("S1", "check").entries]
        assert found == [first, *taken]


def test_a_write_cut_off_between_the_two_files(opened, folder, made):
    """Both files or neither: what reached only one does not count, and the trail says so."""
    with opened() as store:
        store.add(made.signalled(1))
    before = (folder / "people.db").read_bytes()
    with opened() as store:
        store.add_many([made.matter(2), made.signalled(3), made.matter(4)])
    (folder / "people.db").write_bytes(before)  # as if the second commit had not come through
    with opened() as store:
        assert store.cases()["case_id"].tolist() == ["c-1"]
        assert [one.step for one in store.file("S1", "check").entries] == ["signal"]
        assert len(store.audit("abandoned")) == 1
        assert set(store.due("2026-12-01")["case_id"]) == {"c-1"}
        assert store.verify().whole
        store.add_many([made.matter(2), made.signalled(3)])
        assert len(store.cases()) == 3


def test_a_fault_at_the_second_commit(opened, made, folder):
    """The people file fails when the other has been committed: nothing counts, work goes on."""
    with opened() as store:
        raw = store.book.people.connection
        # A deferred constraint fails only when the transaction is committed.
        raw.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)").close()
        raw.exec_driver_sql(
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        ).close()
        raw.exec_driver_sql(
            "CREATE TRIGGER late AFTER INSERT ON batch BEGIN INSERT INTO child VALUES (9); END"
        ).close()
        raw.commit()
        with pytest.raises(StoreError) as caught:
            store.add_many([made.matter(2), made.signalled(3)])
        assert caught.value.key == "record.database"
        assert store.cases().empty
        assert store.due("2026-12-01").empty
        assert len(store.audit("abandoned")) == 1
        store.add(made.matter(2))
        assert store.verify().whole


def test_a_half_made_casebook_is_none(opened, folder, made, monkeypatch):
    """An encrypted file without tables is not taken for an empty casebook."""
    (folder / "people.db").unlink()
    open_file(folder / "people.db", made.keys.people, new=True).close()
    refused("record.unfinished", opened, monkeypatch)


def test_what_the_database_says_is_not_repeated():
    """Its own words may hold a value; only the kind of fault is told."""
    with pytest.raises(StoreError) as caught, told("people.db"):
        raise sqlite_error()
    assert "Wang" not in str(caught.value) + repr(caught.value)
    assert caught.value.facts == {"file": "people.db", "kind": "IntegrityError"}


def sqlite_error():
    """Return an error whose words hold a name."""
    return dbapi2.IntegrityError("UNIQUE constraint failed: Wang Xiaoming")


def test_who_must_be_said(opened, monkeypatch):
    """Without a person and a role nothing can be logged."""
    refused("record.who", lambda: opened(actor=" "), monkeypatch)
    refused("record.who", lambda: opened(role=""), monkeypatch)
