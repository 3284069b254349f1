"""``visitkit record schedule``: the visits of a plan into the casebook."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import Action, need, take, take_json
from visitkit.cli.record.facts import date_or_none, read_moment
from visitkit.cli.record.opening import casebook, take_book
from visitkit.cli.record.telling import clock, frame_json, plain, print_json

#: What became of a visit where somebody has to ask the family.
ASK = "agreed_differs"


def _arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "plan", "plan")
    take(parser, "--at", said="schedule_at", metavar="MOMENT")
    take(parser, "--first", said="window_first", metavar="DATE")
    take(parser, "--last", said="window_last", metavar="DATE")
    take_json(parser)


def _schedule(args: argparse.Namespace, console: Console) -> int:
    """Take a plan over; 1 when a family has to be asked about a time they agreed to."""
    window = (date_or_none("--first", args.first), date_or_none("--last", args.last))
    if (window[0] is None) != (window[1] is None):
        raise UsageError("cli_record.wrong.window")
    at = read_moment("--at", args.at)
    visits = read_rows(Path(args.plan), "cli_record.wrong.no_plan")
    first, last = window
    span = None if first is None or last is None else (first, last)
    with casebook(args, console) as store:
        told = store.schedule(visits, at=at, window=span)
    asks = int((told["action"] == ASK).sum())
    if args.json:
        print_json(console, frame_json(told))
    else:
        tell_scheduled(told, console)
    return int(asks > 0)


def read_rows(path: Path, wrong: str) -> pd.DataFrame:
    """Return a table that another command wrote, every cell as text.

    Raises
    ------
    UsageError
        ``wrong`` when the file is no such table.
    """
    try:
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
        raise UsageError(wrong, path=path) from None


def tell_scheduled(told: pd.DataFrame, console: Console) -> None:
    """Print how many visits were planned, moved or called off, and which need a person."""
    for action, number in told["action"].value_counts(sort=False).items():
        style = "alarm" if action == ASK else "strong"
        console.say(f"cli_record.schedule.{action}", style, number=number)
    rows = [
        [plain(str(row["case_id"])), plain(str(row["student_id"])), clock(row["start"])]
        for row in told[told["action"] == ASK].to_dict("records")
    ]
    headers = [console.words(f"cli_record.column.{name}") for name in _SHOWN]
    for line in table(headers, rows, columns=console.columns) if rows else ():
        console.print("  " + line)


_SHOWN = ("case_id", "student_id", "at")

ACTIONS = {"schedule": Action(_arguments, _schedule)}
