"""The same casebook on PostgreSQL: a throwaway cluster of our own, on a Unix socket, no network."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from visitkit import policy, record
from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.record import district

#: Who works here: login, number, role.
STAFF = (
    ("counsel", "T7", "counsellor"),
    ("head_a", "T1", "head_teacher"),
    ("head_b", "T2", "head_teacher"),
    ("lead", "T0", "principal"),
    ("subject", "T3", "subject_teacher"),
)
ROLL = (("S1", "A"), ("S2", "B"))
TEACHES = (("T1", "A"), ("T2", "B"), ("T3", "A"))


def programs() -> Path:
    """Return the folder of the server's programs, or skip."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or not hasattr(os, "fork"):
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="the extra 'district' (psycopg) is not installed")
    return found[-1].parent


def as_server(command: list[str], home: Path) -> None:
    """Run a program of the server as a person who is not root, as it demands."""
    user: str | None = None
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            user = "nobody"
        shutil.chown(home, user)
    done = subprocess.run(
        command, user=user, cwd=home, env={"LC_ALL": "C"}, capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("this machine does not let a PostgreSQL cluster of its own be started")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """Start a cluster that listens on a Unix socket only, and stop it afterwards."""
    tools = programs()
    home = Path(tempfile.mkdtemp(prefix="visitkit-pg-"))
    data = home / "data"
    try:
        init = ["-D", str(data), "-U", "owner", "-A", "trust", "-N", "-E", "UTF8", "--no-locale"]
        as_server([str(tools / "initdb"), *init], home)
        options = f"-c listen_addresses='' -k {home} -c fsync=off"
        start = ["-D", str(data), "-w", "-o", options, "-l", str(home / "log"), "start"]
        as_server([str(tools / "pg_ctl"), *start], home)
        try:
            yield home
        finally:
            as_server([str(tools / "pg_ctl"), "-D", str(data), "-m", "fast", "stop"], home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def url(home: Path, login: str, database: str = "school") -> str:
    """Return the address of the database for a login."""
    return f"postgresql+psycopg://{login}@/{database}?host={home}"


@pytest.fixture
def home(cluster: Path) -> Path:
    """A fresh casebook in the cluster."""
    engine = sa.create_engine(url(cluster, "owner", "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS school WITH (FORCE)")
        connection.exec_driver_sql("CREATE DATABASE school")
        for login, _, _ in STAFF:
            known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name")
            if connection.execute(known, {"name": login}).first() is None:
                connection.exec_driver_sql(f"CREATE ROLE {login} LOGIN")
    engine.dispose()
    days = Calendar.weekdays("2026-06-01", "2028-08-31")
    rules = policy.read_policy("recommended")
    district.install(url(cluster, "owner"), school="Made-up", policy=rules, calendar=days)
    district.enrol(url(cluster, "owner"), staff=STAFF, teaches=TEACHES, roll=ROLL)
    return cluster


def at_work(home: Path, login: str) -> record.CaseStore:
    """Open the casebook as somebody."""
    actor, role = next(one[1:] for one in STAFF if one[0] == login)
    return district.open_district(url(home, login), actor=actor, role=role)


@pytest.fixture
def filled(home, made):
    """Visits and crises of two classes, each written down by its own head teacher."""
    for login, student, teacher in (("head_a", "S1", "T1"), ("head_b", "S2", "T2")):
        both = [made.planned(student, student), made.signalled(student, student)]
        with at_work(home, login) as store:
            store.add_many([replace(one, actor=teacher) for one in both])
    with at_work(home, "counsel") as store:
        store.add_many([made.mind_note("S1", "S1"), made.matter("x", "S1")])
    return home


def test_a_class_is_seen_by_who_teaches_it(filled):
    """A head teacher sees their own class, the counsellor and the principal all."""
    seen = {}
    for login in ("head_a", "head_b", "subject", "counsel", "lead"):
        with at_work(filled, login) as store:
            seen[login] = sorted(store.cases()["case_id"])
    every = ["c-S1", "c-S2", "v-S1", "v-S2", "x-x"]
    assert seen == {
        "head_a": ["c-S1", "v-S1", "x-x"],
        "head_b": ["c-S2", "v-S2"],
        "subject": ["v-S1", "x-x"],
        "counsel": every,
        "lead": every,
    }


def test_the_server_guards_and_not_the_program(filled):
    """Plain SQL by a login sees no row more, and nobody can say they are somebody else."""
    engine = sa.create_engine(url(filled, "subject"))
    with engine.connect() as connection:
        students = sa.text("SELECT DISTINCT student_id FROM people.content ORDER BY 1")
        assert connection.execute(students).scalars().all() == ["S1"]
        for table in ("content", "entry", "owed", "consent"):
            count = sa.text(f"SELECT count(*) FROM psych.{table}")
            assert connection.execute(count).scalar() == 0, table
        for attempt in (
            "UPDATE people.entry SET actor = 'T3'",
            "DELETE FROM people.audit",
            "TRUNCATE people.audit",
            "SELECT * FROM casebook.staff",
            "INSERT INTO casebook.readers VALUES ('mental_file', 'subject_teacher')",
            "INSERT INTO psych.consent SELECT 99, 'S1', 'T3', now(), now(), 'T0', 'x'",
            "SET SESSION AUTHORIZATION lead",
            "SET ROLE owner",
        ):
            with pytest.raises(sa.exc.ProgrammingError):
                connection.exec_driver_sql(attempt)
            connection.rollback()
    engine.dispose()
    for actor, role in (("T7", "counsellor"), ("T3", "counsellor"), ("T0", "subject_teacher")):
        with pytest.raises(StoreError) as caught:
            district.open_district(url(filled, "subject"), actor=actor, role=role)
        assert caught.value.key == "record.not_yours"


def test_dated_consent(filled):
    """A consent opens one student's file to one person, and a later one shuts it."""

    def notes():
        with at_work(filled, "subject") as store:
            return [
                one.case_id for one in store.file("S1", "visit").entries if one.entry_id[0] == "m"
            ]

    assert notes() == []
    with at_work(filled, "lead") as store:
        store.grant("S1", "T3", dt.date(2099, 1, 1), "reads before the visit")
    assert sorted(notes()) == ["c-S1", "v-S1"]
    with at_work(filled, "lead") as store:
        store.grant("S1", "T3", dt.date(2020, 1, 1), "taken back")
    assert notes() == []
    with at_work(filled, "head_b") as store, pytest.raises(StoreError) as caught:
        store.grant("S2", "T3", dt.date(2099, 1, 1), "wants to")
    assert caught.value.key == "record.no_consent_right"


def test_append_only_even_for_the_owner(filled):
    """Triggers refuse to change, delete or empty the tables; who takes them off is found out."""
    engine = sa.create_engine(url(filled, "owner"))
    with engine.connect() as connection:
        for schema in ("people", "psych"):
            for table in ("audit", "entry", "content", "setting", "batch", "removal"):
                for attempt in (f"DELETE FROM {schema}.{table}", f"TRUNCATE {schema}.{table}"):
                    filled_table = connection.exec_driver_sql(
                        f"SELECT count(*) FROM {schema}.{table}"
                    ).scalar()
                    if not filled_table and "DELETE" in attempt:
                        continue  # a trigger for each row has no row to stand on
                    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                        connection.exec_driver_sql(attempt)
                    connection.rollback()
        connection.exec_driver_sql("ALTER TABLE people.entry DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE people.entry SET actor = 'T9' WHERE case_id = 'v-S2'")
        connection.exec_driver_sql("ALTER TABLE people.entry ENABLE TRIGGER ALL")
        connection.commit()
        seq = connection.exec_driver_sql(
            "SELECT seq FROM people.entry WHERE case_id = 'v-S2'"
        ).scalar()
    engine.dispose()
    district.enrol(url(filled, "owner"), staff=[("owner", "T99", "principal")])
    who = {"actor": "T99", "role": "principal"}
    with district.open_district(url(filled, "owner"), **who) as store:
        broken = store.verify().broken
    assert [(one.file, one.seq, one.what) for one in broken] == [("people", seq, "altered")]


def test_two_at_work_at_once(filled, made):
    """Writers wait for each other; the chain has one end, and what is owed is the same."""
    with at_work(filled, "head_a") as one, at_work(filled, "head_b") as other:
        for number in range(5):
            one.add(made.matter(f"a{number}", "S1"))
            other.add(made.matter(f"b{number}", "S2"))
    district.enrol(url(filled, "owner"), staff=[("owner", "T99", "counsellor")])
    who = {"actor": "T99", "role": "counsellor"}
    with district.open_district(url(filled, "owner"), **who) as store:
        assert store.verify(store.head()).whole
        assert len(store.due("2026-12-01").query("kind == 'escalation'")) == 11


def test_all_or_nothing(filled, made):
    """A refused entry takes the others with it; a correction and moments come back in UTC."""
    with at_work(filled, "counsel") as store:
        before = store.head()
        with pytest.raises(StoreError):
            store.add_many([made.matter("new", "S1"), made.matter("x", "S1")])
        assert store.head() == before
        assert store.case("x-x")[0].at == made.at
        taken = store.case("x-x")[0]
        told = {"issue": "stairs", "to": ["moral_office"]}
        store.correct(taken.entry_id, told, "misread", role="head_teacher")
        assert [one.facts["issue"] for one in store.case("x-x")] == ["broken stairs", "stairs"]


def test_sentences(cluster, home):
    """An empty database, one with a casebook already, and a server that is not there."""
    rules, days = policy.read_policy("recommended"), Calendar.weekdays("2026-06-01", "2026-08-31")

    def key_of(act):
        with pytest.raises(StoreError) as caught:
            act()
        return caught.value.key

    def install(address):
        district.install(address, school="x", policy=rules, calendar=days)

    who = {"actor": "T1", "role": "principal"}
    empty, nowhere = url(cluster, "owner", "postgres"), url(cluster / "nowhere", "owner")
    assert key_of(lambda: install(url(home, "owner"))) == "record.exists"
    assert key_of(lambda: install(nowhere)) == "record.no_postgres"
    assert key_of(lambda: district.open_district(empty, **who)) == "record.not_installed"
    assert key_of(lambda: district.open_district("no address", **who)) == "record.no_driver"
