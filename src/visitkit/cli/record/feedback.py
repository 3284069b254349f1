"""``visitkit record ethics``: what families said of visits, in totals for a teacher's file."""

from __future__ import annotations

import argparse
from pathlib import Path

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, take
from visitkit.cli.record.facts import read_date
from visitkit.outgoing import write_alone
from visitkit.policy import read_policy
from visitkit.record.forms import fill, read_form
from visitkit.reports.csv_files import write_table
from visitkit.review import ethics_file

_FORM = "visit_feedback"


def _arguments(parser: Parser) -> None:
    take(parser, "files", said="ethics_forms", metavar="FILE", nargs="+")
    take(parser, "--policy", said="ethics_policy", metavar="NAME", default="recommended")
    take(parser, "--since", said="ethics_since", metavar="DATE", required=True)
    take(parser, "--as-of", said="ethics_as_of", metavar="DATE", required=True)
    take(parser, "--out", said="ethics_out", metavar="FILE", required=True)
    take(parser, "--least", said="ethics_least", metavar="N", default="5")


def _ethics(args: argparse.Namespace, console: Console) -> int:
    """Write the totals of all teachers; no student, no family and no word they wrote."""
    if not args.least.isdecimal():
        raise UsageError("cli.wrong.whole", prog=PROG, option="--least", found=args.least)
    first, last = read_date("--since", args.since), read_date("--as-of", args.as_of)
    said = []
    for file in args.files:
        form, values = read_form(Path(file))
        if form != _FORM:
            facts = {"file": file, "found": form, "allowed": _FORM}
            raise UsageError("cli_record.wrong.other_form", **facts)
        said.append(fill(form, values).content)
    rules = read_policy(args.policy)
    totals = ethics_file(said, rules, first, last, least=int(args.least))
    write_alone(Path(args.out), lambda path: write_table(totals, path))
    hidden = int(totals["hidden"].sum())
    facts = {"path": args.out, "number": len(totals), "hidden": hidden}
    console.say("cli_record.ethics.done", "strong", **facts)
    return 0


ACTIONS = {"ethics": Action(_arguments, _ethics)}
