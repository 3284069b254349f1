"""``visitkit demo``: the whole journey on the sample school."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from visitkit import load, policy, reports, sample
from visitkit.cli.console import Console
from visitkit.cli.demo_book import keep_demo
from visitkit.cli.journey import Wish, screened
from visitkit.cli.parser import Parser
from visitkit.cli.plan import show as show_plan
from visitkit.cli.planning import PlanWish, planned, write
from visitkit.cli.record.scheduling import read_rows
from visitkit.cli.screen import overdue, show

#: Where the files go when nobody says.
USUAL_OUT = "out"

#: A Monday in the middle of the sample school's term.
AS_OF = "2026-11-02"

#: A week of visits, and how long the plan is searched for.
DAYS, SECONDS = 7, 12


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.take("--out", said="demo_out", metavar="DIR", default=USUAL_OUT)


def run(args: argparse.Namespace, console: Console) -> int:
    """Check, screen, plan and keep; always 0, for the sample school's alerts wait for nobody."""
    out, folder = Path(args.out), sample.sample_folder()
    reports.check_folder(out)
    console.say("cli.demo.start", path=folder)
    console.print()
    console.say("cli.demo.step_check", "strong")
    with console.bar() as progress:
        _, faults, _ = load.check(folder, progress=progress)
    if faults:
        console.count("cli.check.counts_only", number=len(faults))
    else:
        console.say("cli.check.clean")
    console.print()
    console.say("cli.demo.step_screen", "strong")
    asked = Wish(folder, as_of=AS_OF, lenient=bool(faults))
    cases, school = screened(asked, console)
    files = reports.write_screening(cases, school, out, console.lang)
    show(cases, files, overdue(cases), console)
    console.print()
    console.say("cli.demo.step_plan", "strong")
    rules = policy.read_policy(asked.policy)
    week = PlanWish(asked, days=DAYS, seconds=SECONDS)
    made = planned(week, cases, school, rules, console)
    written = write(made, school, rules, out, console.lang)
    show_plan(made, written, rules, console)
    console.print()
    console.say("cli_record.demo.step", "strong")
    plan = next(path for path in written if path.name == "visits.csv")
    visits = read_rows(plan, "cli_record.wrong.no_plan")
    keep_demo(visits, school, rules, out, dt.date.fromisoformat(AS_OF), console)
    console.print()
    console.say("cli.demo.end", folder=out.resolve(), page=files[-1].resolve())
    return 0
