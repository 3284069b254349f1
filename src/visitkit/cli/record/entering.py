"""Writing down: a step of a case, the first step of a new one, a correction."""

from __future__ import annotations

import argparse
import datetime as dt

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, need, take, take_json
from visitkit.cli.record.facts import asked_of, read_facts, read_moment
from visitkit.cli.record.opening import casebook, take_book
from visitkit.cli.record.telling import Names, entry_json, print_json, tell_entries
from visitkit.policy import Policy
from visitkit.record import CaseStore, Entry, cases
from visitkit.record.numbering import new_case_id


def _add_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "facts", said="facts", metavar="FACT=VALUE", nargs="*")
    take(parser, "--case", said="add_case", metavar="CASE")
    take(parser, "--kind", said="kind", metavar="KIND")
    take(parser, "--student", said="add_student", metavar="NUMBER")
    take(parser, "--step", said="step", metavar="STEP")
    take(parser, "--at", said="at", metavar="MOMENT")
    take(parser, "--facts-from", said="facts_from", metavar="FILE")
    take(parser, "--purpose", said="add_purpose", metavar="WORDS", default="")
    take_json(parser)


def _add(args: argparse.Namespace, console: Console) -> int:
    """Write one entry down."""
    if bool(args.case) == bool(args.kind):
        raise UsageError("cli_record.wrong.case_or_kind", prog=f"{PROG} add")
    at = read_moment("--at", args.at)
    with casebook(args, console) as store:
        taken = store.add(_entry(store, args, at or dt.datetime.now(dt.UTC)))
        rules = store.book.rules.policy
    tell_taken([taken], rules, console, json=args.json)
    return 0


def tell_taken(taken: list[Entry], rules: Policy, console: Console, *, json: bool) -> None:
    """Say what was written down."""
    if json:
        print_json(console, {"entries": [entry_json(one) for one in taken]})
        return
    for one in taken:
        console.say("cli_record.add.done", "strong", case=one.case_id, entry=one.entry_id)
    tell_entries(taken, rules, Names(), console)


def _entry(store: CaseStore, args: argparse.Namespace, at: dt.datetime) -> Entry:
    book = store.book
    rules = book.rules.policy
    if args.kind:
        kind, student = args.kind, args.student
        if kind not in cases.KINDS:
            raise UsageError("cli_record.wrong.kind", allowed=", ".join(cases.KINDS))
        step = args.step or cases.openings(kind, rules)[0].step
        case_id = new_case_id(kind, dt.datetime.now(dt.UTC))
    else:
        before = store.case(args.case, args.purpose or f"{PROG} add")
        kind, student, case_id = before[0].kind, before[0].student_id, args.case
        if not args.step:
            allowed = ", ".join(one.step for one in cases.steps_now(before, rules))
            raise UsageError("cli_record.wrong.no_step", prog=f"{PROG} add", allowed=allowed or "-")
        step = args.step
    facts = read_facts(asked_of(kind, step, rules), args.facts, args.facts_from)
    return Entry(case_id, kind, step, student, at, book.actor, book.role, facts)


def _correct_arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "case", "case")
    need(parser, "entry", "entry")
    take(parser, "facts", said="facts", metavar="FACT=VALUE", nargs="*")
    take(parser, "--facts-from", said="facts_from", metavar="FILE")
    take(parser, "--withdraw", said="withdraw", action="store_true")
    take(parser, "--reason", said="reason", metavar="WORDS", required=True)
    take_json(parser)


def _correct(args: argparse.Namespace, console: Console) -> int:
    """Write a new version of an entry, or take it back; the facts not named stay as they were."""
    if args.withdraw and (args.facts or args.facts_from):
        raise UsageError("cli_record.wrong.withdraw_facts", prog=f"{PROG} correct")
    with casebook(args, console) as store:
        entries = store.case(args.case, args.reason)
        old = next((one for one in entries if one.entry_id == args.entry), None)
        if old is None:
            allowed = ", ".join(one.entry_id for one in entries)
            raise UsageError("cli_record.wrong.entry", allowed=allowed)
        facts = None
        rules = store.book.rules.policy
        if not args.withdraw:
            asked = asked_of(old.kind, old.step, rules)
            facts = dict(old.facts) | read_facts(asked, args.facts, args.facts_from)
        taken = store.correct(args.entry, facts, args.reason)
    tell_taken([taken], rules, console, json=args.json)
    return 0


ACTIONS = {
    "add": Action(_add_arguments, _add),
    "correct": Action(_correct_arguments, _correct),
}
