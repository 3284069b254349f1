"""``visitkit record alerts``: the cases that alerts of a screening ask for."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, need, take, take_json
from visitkit.cli.record.facts import read_moment
from visitkit.cli.record.opening import casebook, take_book
from visitkit.cli.record.scheduling import read_rows
from visitkit.cli.record.telling import frame_json, plain, print_json
from visitkit.record import take_alerts
from visitkit.record.cases import kind_text
from visitkit.reports.alerts_view import word

#: What somebody else must do, with another key or in another role.
HAND_OVER = ("locked", "withheld")


def _arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "file", "alerts_file")
    take(parser, "--student", said="alerts_student", metavar="ID", action="append", default=[])
    take(parser, "--rule", said="alerts_rule", metavar="RULE", action="append", default=[])
    take(parser, "--all", said="alerts_all", action="store_true")
    take(parser, "--at", said="alerts_at", metavar="MOMENT")
    take_json(parser)


def _alerts(args: argparse.Namespace, console: Console) -> int:
    """Open cases; 1 when alerts must be handed to somebody, or nothing was chosen yet."""
    at = read_moment("--at", args.at)
    rows = read_rows(Path(args.file), "cli_record.wrong.no_alerts")
    if not {"student_id", "rule", "opened"} <= set(rows):
        raise UsageError("cli_record.wrong.no_alerts", path=args.file)
    chosen = bool(args.all or args.student or args.rule)
    if args.student:
        rows = rows[rows["student_id"].isin(args.student)]
    if args.rule:
        rows = rows[rows["rule"].isin(args.rule)]
    if chosen and not args.all and rows.empty:
        raise UsageError("cli_record.wrong.no_such_alert")
    with casebook(args, console) as store:
        told = take_alerts(store, rows, at=at, write=chosen, purpose=f"{PROG} alerts")
    if args.json:
        print_json(console, {"written": chosen, "alerts": frame_json(told)})
    else:
        tell_alerts(told, console, written=chosen)
    waits = not chosen and bool((told["action"] == "opened").any())
    return int(waits or bool(told["action"].isin(HAND_OVER).any()))


def tell_alerts(told: pd.DataFrame, console: Console, *, written: bool) -> None:
    """Print how many cases were opened, or would be, and what must be handed to somebody."""
    for action, number in told["action"].value_counts(sort=False).items():
        said = "would" if action == "opened" and not written else action
        style = "alarm" if action in HAND_OVER else "strong" if action == "opened" else ""
        console.say(f"cli_record.alerts.{said}", style, number=number)
    shown = told[told["action"].isin(("opened", "goes_on", *HAND_OVER))]
    rows = [
        [
            plain(str(row["student_id"])),
            word("alerts.rule", str(row["rule"]), console.lang),
            kind_text(str(row["kind"]), console.lang),
            plain(str(row["case_id"] or "")) if written or row["action"] != "opened" else "",
        ]
        for row in shown.to_dict("records")
    ]
    headers = [console.words(f"cli_record.column.{name}") for name in _SHOWN]
    for line in table(headers, rows, columns=console.columns) if rows else ():
        console.print("  " + line)


_SHOWN = ("student_id", "rule", "kind", "case_id")

ACTIONS = {"alerts": Action(_arguments, _alerts)}
