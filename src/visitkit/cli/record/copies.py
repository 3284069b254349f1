"""Copies and letting go: backup, restore, what the retention rules take away."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import pandas as pd

from visitkit import record
from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import Action, need, take, take_json
from visitkit.cli.record.facts import date_or_none
from visitkit.cli.record.opening import casebook, keys_of, say_kind, take_book, who
from visitkit.cli.record.telling import clock, frame_json, plain, print_json


def _backup_arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "to", "backup_to", "FOLDER")


def _backup(args: argparse.Namespace, console: Console) -> int:
    """Copy the casebook, whole or not at all."""
    with casebook(args, console, both=True) as store:
        place = record.backup(store, args.to)
    console.say("cli_record.backup.done", "strong", path=place)
    return 0


def _restore_arguments(parser: Parser) -> None:
    take(parser, "backup", said="backup_from", metavar="BACKUP")
    take_book(parser)


def _restore(args: argparse.Namespace, console: Console) -> int:
    """Put a backup in place after every page and row of it was checked."""
    person, role = who(args)
    if not Path(args.backup).is_dir():
        raise UsageError("cli_record.wrong.no_folder", path=args.backup)
    keys = keys_of(args, console, both=True)
    head = record.restore(args.backup, args.book, keys, actor=person, role=role)
    console.say("cli_record.restore.done", "strong", path=args.book)
    console.print(str(head))
    return 0


def _retention_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--as-of", said="retention_as_of", metavar="DATE")
    take(parser, "--remove", said="remove", action="store_true")
    take_json(parser)


def _retention(args: argparse.Namespace, console: Console) -> int:
    """List what the retention rules would take away, or take it away."""
    day = date_or_none("--as-of", args.as_of) or dt.date.today()
    with casebook(args, console) as store:
        find = record.remove_expired if args.remove else record.expired
        found = find(store, day)
    if args.json:
        print_json(console, {"removed": args.remove, "cases": frame_json(found)})
        return 0
    key = "removed" if args.remove else "listed"
    console.say(f"cli_record.retention.{key}", "strong", number=len(found), date=day)
    for line in _expired_lines(found, console):
        console.print(line)
    if args.remove and len(found):
        console.say("cli_record.retention.backups", "notice")
    return 0


def _expired_lines(found: pd.DataFrame, console: Console) -> list[str]:
    columns = ("file", "case_id", "kind", "student_id", "last", "rule", "entries")
    headers = [console.words(f"cli_record.column.{name}") for name in columns]
    rows = [
        [
            str(row["file"]),
            plain(str(row["case_id"])),
            say_kind(str(row["kind"]), console.lang),
            "" if pd.isna(row["student_id"]) else plain(str(row["student_id"])),
            clock(row["last"]),
            str(row["rule"]),
            str(row["entries"]),
        ]
        for row in found.to_dict("records")
    ]
    return table(headers, rows, numbers=(6,), columns=console.columns) if rows else []


ACTIONS = {
    "backup": Action(_backup_arguments, _backup),
    "restore": Action(_restore_arguments, _restore),
    "retention": Action(_retention_arguments, _retention),
}
