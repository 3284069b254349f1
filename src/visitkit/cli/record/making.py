"""Making a casebook, bringing it up to date, and opening it to see what it holds."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from visitkit import policy
from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, take, take_json
from visitkit.cli.record.opening import casebook, keys_of, say_kind, take_book, take_keys
from visitkit.cli.record.passphrases import ASK
from visitkit.cli.record.telling import print_json, read_tables
from visitkit.record import CaseStore, new_store
from visitkit.record.opening import BEFORE


def _new_arguments(parser: Parser) -> None:
    take(parser, "book", said="new_book", metavar="BOOK")
    take(parser, "--school", said="school", metavar="NAME", required=True)
    parser.take("--policy", said="policy", metavar="NAME", default="recommended")
    take(parser, "--tables", said="calendar_tables", metavar="PATH")
    take_keys(parser)


def _new(args: argparse.Namespace, console: Console) -> int:
    """Make an empty casebook with two keys that were typed twice."""
    rules = policy.read_policy(args.policy)
    school = read_tables(args.tables)
    if ASK in (args.key, args.psych_key):
        console.hint("cli_record.hint.passphrases")
    keys = keys_of(args, console, both=True, twice=True)
    days = None if school is None else school.calendar
    new_store(args.book, keys, school=args.school, policy=rules, calendar=days)
    console.say("cli_record.new.done", "strong", path=args.book, policy=rules.name)
    if school is None:
        console.say("cli_record.new.weekdays")
    console.say("cli_record.new.next", path=args.book)
    return 0


def _open_arguments(parser: Parser) -> None:
    take_book(parser)
    take_json(parser)


def _open(args: argparse.Namespace, console: Console) -> int:
    """Say what a casebook holds; 1 when something is overdue."""
    with casebook(args, console) as store:
        found, owed = store.cases(), store.due()
        psych = store.book.psych is not None
        rules, days = store.book.rules.policy, store.book.rules.calendar
    late = int(owed["overdue"].sum())
    facts = {"policy": rules.name, "first": days.first, "last": days.last}
    if args.json:
        sizes = {str(kind): int(number) for kind, number in found["kind"].value_counts().items()}
        facts = {name: str(value) for name, value in facts.items()}
        print_json(
            console, {**facts, "psych": psych, "cases": sizes, "owed": len(owed), "overdue": late}
        )
        return int(late > 0)
    console.say("cli_record.open.rules", "strong", **facts)
    console.say(f"cli_record.open.{'both' if psych else 'people_only'}")
    for line in _sizes(found, console):
        console.print(line)
    console.say("cli_record.due.counts", "alarm" if late else "", number=len(owed), late=late)
    return int(late > 0)


def _sizes(found: pd.DataFrame, console: Console) -> list[str]:
    headers = [console.words(f"cli_record.column.{name}") for name in ("kind", "running", "ended")]
    rows = []
    for kind, group in found.groupby("kind", sort=False):
        ended = int(group["closed"].sum())
        rows.append([say_kind(str(kind), console.lang), str(len(group) - ended), str(ended)])
    return table(headers, rows, numbers=(1, 2)) if rows else []


def _renew_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--policy", said="renew_policy", metavar="NAME")
    take(parser, "--tables", said="calendar_tables", metavar="PATH")


def _renew(args: argparse.Namespace, console: Console) -> int:
    """Take over new rules or a new school year's days; what is owed is derived anew."""
    rules = None if args.policy is None else policy.read_policy(args.policy)
    school = read_tables(args.tables)
    if rules is None and school is None:
        raise UsageError("cli_record.wrong.nothing_new", prog=f"{PROG} renew")
    with casebook(args, console) as store:
        store.renew(rules, None if school is None else school.calendar)
        held = store.book.rules
    facts = {"first": held.calendar.first, "last": held.calendar.last}
    console.say("cli_record.open.rules", "strong", policy=held.policy.name, **facts)
    return 0


def _upgrade_arguments(parser: Parser) -> None:
    take_book(parser)


def _upgrade(args: argparse.Namespace, console: Console) -> int:
    """Bring an older casebook to this version; opening it does that, after a copy was made."""
    before = _copies(args.book)
    with casebook(args, console) as store:
        _checked(store)
    made = sorted(_copies(args.book) - before)
    if made:
        console.say("cli_record.upgrade.done", "strong", copy=made[-1])
    else:
        console.say("cli_record.upgrade.newest")
    return 0


def _checked(store: CaseStore) -> None:
    """Read something through the new tables, so that what does not work is told now."""
    store.head()


def _copies(book: str) -> set[str]:
    return {str(path) for path in Path(book).glob(f"{BEFORE}-*")}


ACTIONS = {
    "new": Action(_new_arguments, _new),
    "open": Action(_open_arguments, _open),
    "renew": Action(_renew_arguments, _renew),
    "upgrade": Action(_upgrade_arguments, _upgrade),
}
