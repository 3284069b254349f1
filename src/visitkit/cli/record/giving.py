"""What goes to others: consent, tables without names, outcomes for a review, what to remember."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, need, take
from visitkit.cli.record.facts import date_or_none, read_date
from visitkit.cli.record.opening import casebook, take_book
from visitkit.cli.record.passphrases import NONE, read_key
from visitkit.cli.record.telling import plain, read_tables, tables_at
from visitkit.load import School
from visitkit.outgoing import guard, write_together
from visitkit.record import (
    MEASURES,
    CaseStore,
    Count,
    History,
    Key,
    Outcomes,
    Shared,
    Sharing,
    share,
)

_OWN = ("cases", "due")
_DATES = ("shifted", "month", "as_they_are")


def _grant_arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "student", "grant_student")
    need(parser, "person", "grant_person")
    take(parser, "--until", said="until", metavar="DATE", required=True)
    take(parser, "--reason", said="reason", metavar="WORDS", required=True)


def _grant(args: argparse.Namespace, console: Console) -> int:
    """Open a psychological file for a named person until a day."""
    until = read_date("--until", args.until)
    with casebook(args, console, both=True) as store:
        store.grant(args.student, args.person, until, args.reason)
    facts = {"person": plain(args.person), "student": plain(args.student), "until": until}
    console.say("cli_record.grant.done", "strong", **facts)
    return 0


def _take_sharing(parser: Parser) -> None:
    """Add what both doors ask for: where to, what for, and how much is hidden."""
    take(parser, "--out", said="share_out", metavar="DIR", required=True)
    take(parser, "--purpose", said="purpose", metavar="WORDS", required=True)
    take(parser, "--to", said="recipient", metavar="WHOM", required=True)
    take(parser, "--dates", said="share_dates", metavar="HOW", default=_DATES[0])
    take(parser, "--secret", said="share_secret", metavar="SOURCE", default=NONE)
    take(parser, "--least", said="share_least", metavar="N")
    take(parser, "--least-group", said="share_least_group", metavar="N")


def _share_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--what", said="share_what", metavar="TABLES", default=",".join(_OWN))
    take(parser, "--tables", said="tables", metavar="PATH")
    take(
        parser, "--count", said="share_count", metavar="TABLE:COLUMNS", action="append", default=[]
    )
    take(parser, "--counts-only", said="share_counts_only", action="store_true")
    take(parser, "--identified", said="share_identified", action="store_true")
    _take_sharing(parser)


def _share(args: argparse.Namespace, console: Console) -> int:
    """Hand tables out, without names unless told otherwise."""
    school = read_tables(args.tables)
    counts = dict(_counts(args.count))
    how = _how(args, deidentified=not args.identified, counts=counts, rows=not args.counts_only)
    key = _secret(args, console)
    names = [one.strip() for one in args.what.split(",") if one.strip()]
    with casebook(args, console) as store:
        found = {name: _table(store, school, name) for name in names}
        left = share(
            store, found, args.out, purpose=args.purpose, recipient=args.to, key=key, how=how
        )
    _tell_shared(left, console)
    return 0


def _counts(asked: list[str]) -> list[tuple[str, Count]]:
    found = []
    for one in asked:
        name, sign, columns = one.partition(":")
        by = tuple(part.strip() for part in columns.split(",") if part.strip())
        if not sign or not by:
            raise UsageError("cli_record.wrong.count", prog=f"{PROG} share")
        found.append((f"{name}_by_{'_'.join(by)}", Count(name.strip(), by)))
    return found


def _how(
    args: argparse.Namespace,
    *,
    deidentified: bool = True,
    counts: Mapping[str, Count] | None = None,
    rows: bool = True,
    measures: tuple[str, ...] = (),
) -> Sharing:
    usual = Sharing()
    return Sharing(
        deidentified=deidentified,
        dates=args.dates,
        measures=measures,
        counts=counts or {},
        rows=rows,
        least=_number(args.least, "--least") or usual.least,
        least_group=_number(args.least_group, "--least-group") or usual.least_group,
    )


def _number(said: str | None, option: str) -> int | None:
    if said is not None and not said.isdecimal():
        raise UsageError("cli.wrong.whole", prog=PROG, option=option, found=said)
    return None if said is None else int(said)


def _secret(args: argparse.Namespace, console: Console) -> Key | None:
    asked = console.words("cli_record.ask.share_secret")
    return read_key(args.secret, "--secret", console, asked=asked, twice=True)


def _table(store: CaseStore, school: School | None, name: str) -> pd.DataFrame:
    if name in _OWN:
        return store.cases() if name == "cases" else store.due()
    if school is None or name not in school.tables:
        allowed = ", ".join([*_OWN, *([] if school is None else school.tables)])
        raise UsageError("cli_record.wrong.share_what", allowed=allowed)
    return school.tables[name]


def _tell_shared(left: Shared, console: Console) -> None:
    for path in left.files:
        console.print(f"  {path}")
    console.print(left.text(console.lang))


def _outcomes_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--tables", said="tables", metavar="PATH", required=True)
    take(parser, "--measure", said="measure", metavar="NAME", required=True)
    take(parser, "--by", said="outcomes_by", metavar="PERIOD", default="week")
    take(parser, "--split", said="outcomes_split", metavar="DATE")
    take(parser, "--since", said="outcomes_since", metavar="DATE")
    take(parser, "--as-of", said="as_of", metavar="DATE")
    take(parser, "--forms", said="outcomes_forms", metavar="FORMS", default="home")
    _take_sharing(parser)


def _outcomes(args: argparse.Namespace, console: Console) -> int:
    """Hand out what happened to students by period, beside when they were first visited."""
    if args.measure not in MEASURES:
        raise UsageError("cli_record.wrong.measure", allowed=", ".join(MEASURES))
    school = tables_at(args.tables)
    asked = Outcomes(
        as_of=date_or_none("--as-of", args.as_of),
        since=date_or_none("--since", args.since),
        split=date_or_none("--split", args.split),
        forms=tuple(one.strip() for one in args.forms.split(",") if one.strip()),
    )
    how = _how(args, measures=(args.measure, f"{args.measure}_before", "days_before"))
    key = _secret(args, console)
    with casebook(args, console) as store:
        panel = store.outcomes(
            args.measure, args.by, school=school, deidentified=False, asked=asked
        )
        left = share(
            store,
            {"panel": panel},
            args.out,
            purpose=args.purpose,
            recipient=args.to,
            key=key,
            how=how,
        )
    _tell_shared(left, console)
    return 0


def _history_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--as-of", said="as_of", metavar="DATE", required=True)
    take(parser, "--out", said="out_dir", metavar="DIR", required=True)
    take(parser, "--purpose", said="purpose", metavar="WORDS", required=True)
    take(parser, "--to", said="recipient", metavar="WHOM", required=True)


def _history(args: argparse.Namespace, console: Console) -> int:
    """Write what next term should know as tables; that they leave is written down before."""
    day = read_date("--as-of", args.as_of)
    with casebook(args, console) as store:
        found = store.history(day)
        tables = tables_of(found)
        people = {one for table in tables.values() for one in table["student_id"]}
        what = "history: " + ", ".join(tables)
        store.log_export(what, purpose=args.purpose, recipient=args.to, students=len(people))
    writers = {f"{name}.csv": _writer(table) for name, table in tables.items()}
    for path in write_together(Path(args.out), writers):
        console.print(f"  {path}")
    if found.withheld:
        console.say("cli_record.file.withheld", "notice", number=found.withheld)
    elif found.withheld is None:
        console.say("cli_record.file.not_opened", "notice")
    return 0


def tables_of(found: History) -> dict[str, pd.DataFrame]:
    """Return every table of what the casebook remembers, by its name."""
    rest = {name: table for name, table in found.duties.items() if name not in found}
    return {**found, **rest, "told": found.told, "matters": found.matters, "visit_log": found.log}


def _writer(table: pd.DataFrame) -> Callable[[Path], None]:
    safe = table.map(guard)
    return lambda path: safe.to_csv(path, index=False, encoding="utf-8-sig")


ACTIONS = {
    "grant": Action(_grant_arguments, _grant),
    "share": Action(_share_arguments, _share),
    "outcomes": Action(_outcomes_arguments, _outcomes),
    "history": Action(_history_arguments, _history),
}
