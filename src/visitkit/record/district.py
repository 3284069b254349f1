"""A casebook for a whole district on PostgreSQL: the same tables, and rows guarded by the server.

Here roles do not only guide. Who is at work follows from the login; a class is seen by who teaches
it, psychological content by the roles of the policy or through a dated consent, and the server
refuses the rest (row-level security, https://www.postgresql.org/docs/15/ddl-rowsecurity.html).
A database holds one school. Whoever runs the server can still see and change everything: keep
heads outside, and encrypt its disks. Needs the extra ``district``.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files

import sqlalchemy as sa

from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record.access import roles_for
from visitkit.record.book import Book, Rules, keep_rules, read_rules, utc_now, writing
from visitkit.record.faults import told
from visitkit.record.healing import heal
from visitkit.record.migrating import NEWEST, migrate, version
from visitkit.record.shelf import PEOPLE, PSYCH, Shelf
from visitkit.record.store import CaseStore

#: What the roles of the policy may do, by part: read a crisis, read a file, consent.
_PARTS = {
    "crisis": "access.crisis",
    "mental_file": "access.mental_file",
    "consent": "access.mental_file_consent",
}
#: Who sees a row, by schema.
_SEES = {
    PEOPLE: "casebook.teaches_student(student)",
    PSYCH: "casebook.teaches_student(student)"
    " AND casebook.reads(CASE WHEN of_kind = 'crisis' THEN 'crisis' ELSE 'mental_file' END)"
    " OR visitkit_consented(student)",
}
_GROUPS = ("visitkit_staff", "visitkit_keeper")


def install(url: str, *, school: str, policy: Policy, calendar: Calendar) -> None:
    """Make the tables, triggers and guards of a casebook in an empty database.

    Parameters
    ----------
    url
        ``postgresql+psycopg://...`` of a login that may create schemas and groups; it owns the
        tables and is bound by none of the guards, so nobody works with it day by day.
    school, policy, calendar
        As for :func:`visitkit.record.new_store`.

    Raises
    ------
    StoreError
        ``record.exists``; ``record.no_postgres``; ``record.no_driver``.
    """
    with _connected(url) as engine:
        with told("casebook"), engine.begin() as connection:
            if connection.execute(sa.text("SELECT to_regnamespace('casebook')")).scalar():
                raise StoreError("record.exists", file="casebook")
            _guards(connection)
        with ExitStack() as stack:
            book = _book(engine, stack, ("", ""), utc_now)
            book.rules = Rules(policy, calendar)
            identity = secrets.token_hex(16)
            with writing(book) as now:
                for ink in now.inks.values():
                    ink.setting(now.next_moment(), "store", identity)
                now.inks[PEOPLE].setting(now.next_moment(), "school", school)
                keep_rules(book, book.rules, now)
            _keep_readers(engine, book)


def _guards(connection: sa.Connection) -> None:
    for group in _GROUPS:
        known = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name")
        if connection.execute(known, {"name": group}).first() is None:
            connection.exec_driver_sql(f"CREATE ROLE {group} NOLOGIN")
    _run(connection, "district.sql")
    connection.exec_driver_sql("GRANT USAGE ON SCHEMA casebook TO visitkit_staff")
    for schema in (PEOPLE, PSYCH):
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        connection.exec_driver_sql(f"SET LOCAL search_path = {schema}")
        migrate(connection)
        _run(connection, "district_shelf.sql", schema=schema, sees=_SEES[schema])


def _run(connection: sa.Connection, name: str, **facts: str) -> None:
    script = files(__package__).joinpath(name).read_text(encoding="utf-8")
    for key, value in facts.items():
        script = script.replace("{" + key + "}", value)
    connection.exec_driver_sql(script)


def _keep_readers(engine: sa.Engine, book: Book) -> None:
    rows = [
        {"part": part, "role": role}
        for part, key in _PARTS.items()
        for role in roles_for(book, key)
    ]
    with told("casebook"), engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM casebook.readers"))
        add = sa.text("INSERT INTO casebook.readers VALUES (:part, :role)")
        connection.execute(add, rows)


def enrol(
    url: str,
    *,
    staff: Iterable[tuple[str, str, str]] = (),
    teaches: Iterable[tuple[str, str]] = (),
    roll: Iterable[tuple[str, str]] = (),
) -> None:
    """Tell the database who is who, who teaches which class, and who is in it.

    What was told before about the same login, teacher or student is replaced; who may read what is
    taken anew from the rules in the casebook.

    Parameters
    ----------
    url
        Of the owner.
    staff
        Login, ``teacher_id``, role.
    teaches
        ``teacher_id``, ``class_id``.
    roll
        ``student_id``, ``class_id``.

    Raises
    ------
    StoreError
        What the database refuses.
    """
    tables: dict[str, list[tuple[str, ...]]] = {
        "staff": list(staff),
        "teaches": list(teaches),
        "roll": list(roll),
    }
    first = {"staff": "login", "teaches": "teacher_id", "roll": "student_id"}
    with _connected(url) as engine, told("casebook"), engine.begin() as connection:
        for name, rows in tables.items():
            gone = sa.text(f"DELETE FROM casebook.{name} WHERE {first[name]} = :first")  # noqa: S608
            marks = ", ".join(f":c{place}" for place in range(3 if name == "staff" else 2))
            add = sa.text(f"INSERT INTO casebook.{name} VALUES ({marks})")  # noqa: S608
            for one in sorted({row[0] for row in rows}):
                connection.execute(gone, {"first": one})
            for row in rows:
                values = {f"c{place}": value for place, value in enumerate(row)}
                connection.execute(add, values)
        grant = sa.text("SELECT login FROM casebook.staff")
        for login in sorted(set(connection.execute(grant).scalars())):
            quoted = login.replace('"', '""')
            connection.exec_driver_sql(f'GRANT visitkit_staff TO "{quoted}"')
    with _connected(url) as engine, ExitStack() as stack:
        book = _book(engine, stack, ("", ""), utc_now)
        book.rules = read_rules(book)
        _keep_readers(engine, book)


def open_district(
    url: str, *, actor: str, role: str, clock: Callable[[], dt.datetime] = utc_now
) -> CaseStore:
    """Open the casebook of a district.

    Parameters
    ----------
    url
        ``postgresql+psycopg://...`` with the login of who works.
    actor, role
        Must be what :func:`enrol` says of the login: the server refuses every other.
    clock
        Returns the moment now, in UTC.

    Raises
    ------
    StoreError
        ``record.no_postgres``; ``record.not_installed``; ``record.newer``; ``record.not_yours``.
    """
    stack = ExitStack()
    try:
        engine = stack.enter_context(_connected(url))
        with told("casebook"), engine.begin() as connection:
            if not connection.execute(sa.text("SELECT to_regnamespace('casebook')")).scalar():
                raise StoreError("record.not_installed")
        book = _book(engine, stack, (actor, role), clock)
        for shelf in book.shelves:
            with shelf.begin() as connection:
                found = version(connection)
            if found < NEWEST:
                raise StoreError("record.not_installed")
        book.rules = read_rules(book)
        heal(book)
        book.mend = heal
        with writing(book) as now:
            for ink in now.inks.values():
                ink.audit(now.next_moment(), "open")
        book.close = stack
        return CaseStore(book)
    except BaseException:
        stack.close()
        raise


def _book(
    engine: sa.Engine, stack: ExitStack, who: tuple[str, str], clock: Callable[[], dt.datetime]
) -> Book:
    """Return a book of two connections, each at work in a schema of its own."""
    shelves = {}
    for name in (PEOPLE, PSYCH):
        with told("casebook"):
            connection = stack.enter_context(engine.connect())
            connection.exec_driver_sql(f"SET search_path = {name}, pg_catalog")
            connection.commit()
        # Writers wait for each other, so that the chain has one end.
        sa.event.listen(connection, "begin", _lock(name))
        shelves[name] = Shelf(name, connection)
    return Book(shelves[PEOPLE], shelves[PSYCH], who[0], who[1], clock)


def _lock(name: str) -> Callable[[sa.Connection], None]:
    number = {PEOPLE: 1, PSYCH: 2}[name]

    def take(connection: sa.Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock(7077, {number})")

    return take


@contextmanager
def _connected(url: str) -> Iterator[sa.Engine]:
    try:
        engine = sa.create_engine(url, hide_parameters=True)
    except (ModuleNotFoundError, sa.exc.ArgumentError):
        raise StoreError("record.no_driver") from None
    try:
        with told("casebook"):
            try:
                engine.connect().close()
            except sa.exc.OperationalError:
                raise StoreError("record.no_postgres") from None
        yield engine
    finally:
        engine.dispose()
