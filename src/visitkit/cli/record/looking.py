"""Looking into the casebook: lists, one case, one student's file, what may come next, the trail."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

import pandas as pd

from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, need, take, take_json
from visitkit.cli.record.facts import read_as_of
from visitkit.cli.record.opening import casebook, say_kind, take_book
from visitkit.cli.record.owing import owed_lines
from visitkit.cli.record.telling import (
    Names,
    clock,
    entry_json,
    frame_json,
    names_of,
    plain,
    print_json,
    read_tables,
    role_words,
    take_names,
    tell_entries,
)
from visitkit.policy import Policy
from visitkit.record import Entry, cases

_CASES = ("case_id", "kind", "student_id", "state", "since", "level")


def _list_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--kind", said="kind", metavar="KIND")
    take(parser, "--student", said="student", metavar="NUMBER")
    take(parser, "--as-of", said="as_of", metavar="DATE")
    take(parser, "--running", said="running", action="store_true")
    take_names(parser)
    take_json(parser)


def _list(args: argparse.Namespace, console: Console) -> int:
    """List the cases and where they stand."""
    names = names_of(args.names, read_tables(args.tables))
    as_of = read_as_of("--as-of", args.as_of)
    with casebook(args, console) as store:
        found = store.cases(args.kind, args.student, as_of)
    if args.running:
        found = found[~found["closed"].astype(bool)]
    if args.json:
        print_json(console, frame_json(found))
        return 0
    console.say("cli_record.list.counts", "strong", number=len(found))
    headers = [console.words(f"cli_record.column.{name}") for name in _CASES]
    for line in table(headers, _case_rows(found, names, console.lang), columns=console.columns):
        console.print(line)
    return 0


def _case_rows(found: pd.DataFrame, names: Names, lang: str) -> Iterable[list[str]]:
    for row in found.to_dict("records"):
        kind = str(row["kind"])
        yield [
            plain(str(row["case_id"])),
            say_kind(kind, lang),
            names.of(row["student_id"]),
            cases.state_text(kind, str(row["state"]), lang),
            clock(row["since"]),
            "" if pd.isna(row["level"]) else str(row["level"]),
        ]


def _case_arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "case", "case")
    take(parser, "--purpose", said="purpose", metavar="WORDS", default="")
    take_names(parser)
    take_json(parser)


def _case(args: argparse.Namespace, console: Console) -> int:
    """Show a case, what it owes and what may come next."""
    names = names_of(args.names, read_tables(args.tables))
    with casebook(args, console) as store:
        entries = store.case(args.case, args.purpose)
        owed = store.due()
        rules = store.book.rules.policy
    state = cases.state(entries)
    owed = owed[owed["case_id"] == args.case]
    if args.json:
        told = {"state": state.state, "closed": state.closed, "level": state.level}
        rows = [entry_json(one) for one in entries]
        print_json(console, {**told, "entries": rows, "due": frame_json(owed)})
        return 0
    facts = {"case": plain(args.case), "kind": say_kind(state.kind, console.lang)}
    words = cases.state_text(state.kind, state.state, console.lang)
    about = names.of(state.student_id) or "–"
    console.say("cli_record.case.head", "strong", **facts, student=about, state=words)
    for flag in state.flags:
        console.print("  ■ " + cases.flag_text(flag, console.lang), "alarm")
    console.print()
    tell_entries(entries, rules, names, console)
    _tell_owed(owed, names, console)
    _tell_steps(cases.steps_now(entries, rules), rules, console)
    return 0


def _tell_owed(owed: pd.DataFrame, names: Names, console: Console) -> None:
    if len(owed):
        console.print()
        console.say("cli_record.case.owed", "strong")
        for line, late in owed_lines(owed, names, console, person=True):
            console.print("  " + line, "alarm" if late else "")


def _tell_steps(offers: Sequence[cases.Offer], rules: Policy, console: Console) -> None:
    if offers:
        console.print()
        console.say("cli_record.case.next", "strong")
    for one in offers:
        console.print(f"  {one.step:<18}{cases.step_text(one.kind, one.step, console.lang)}")


def _file_arguments(parser: Parser) -> None:
    take_book(parser)
    need(parser, "student", "student")
    take(parser, "--purpose", said="purpose", metavar="WORDS", default="")
    take_names(parser)
    take_json(parser)


def _file(args: argparse.Namespace, console: Console) -> int:
    """Show a student's file, as far as whoever asks may read it."""
    names = names_of(args.names, read_tables(args.tables))
    with casebook(args, console) as store:
        found = store.file(args.student, args.purpose)
        rules = store.book.rules.policy
    if args.json:
        rows = [entry_json(one) for one in found.entries]
        told = {"student_id": found.student_id, "withheld": found.withheld, "entries": rows}
        print_json(console, told)
        return 0
    number, about = len(found.entries), names.of(found.student_id)
    console.say("cli_record.file.head", "strong", student=about, number=number)
    if found.withheld is None:
        console.say("cli_record.file.not_opened", "notice")
    elif found.withheld:
        console.say("cli_record.file.withheld", "notice", number=found.withheld)
    for each in _by_case(found.entries):
        console.print()
        state = cases.state(each)
        words = cases.state_text(state.kind, state.state, console.lang)
        kind = say_kind(state.kind, console.lang)
        console.print(f"{plain(state.case_id)}  {kind}  ({words})", "strong")
        tell_entries(each, rules, names, console)
    return 0


def _by_case(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.case_id, []).append(one)
    return found.values()


def _steps_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--case", said="case", metavar="CASE")
    take(parser, "--kind", said="kind", metavar="KIND")
    take(parser, "--purpose", said="purpose", metavar="WORDS", default="")
    take_json(parser)


def _steps(args: argparse.Namespace, console: Console) -> int:
    """Tell what may come next in a case, or what opens one: each fact, and what it may be."""
    if bool(args.case) == bool(args.kind):
        raise UsageError("cli_record.wrong.case_or_kind", prog=f"{PROG} steps")
    if args.kind and args.kind not in cases.KINDS:
        raise UsageError("cli_record.wrong.kind", allowed=", ".join(cases.KINDS))
    with casebook(args, console) as store:
        rules = store.book.rules.policy
        if args.kind:
            offers = cases.openings(args.kind, rules)
        else:
            offers = cases.steps_now(store.case(args.case, args.purpose), rules)
    if args.json:
        print_json(console, [_offer_json(one) for one in offers])
        return 0
    if not offers:
        console.say("cli_record.steps.ended")
    for one in offers:
        _tell_offer(one, console)
    return 0


def _tell_offer(one: cases.Offer, console: Console) -> None:
    lang = console.lang
    console.print(f"{one.step}  {cases.step_text(one.kind, one.step, lang)}", "strong")
    roles = "; ".join(role_words(role, lang) for role in one.roles[:8])
    more = " …" if len(one.roles) > 8 else ""
    console.say("cli_record.steps.by", roles=roles + more)
    for field in one.fields:
        mark = "*" if field.required else " "
        told = f"  {mark} {field.name}  {cases.field_text(field, lang)}"
        typed = field.type in {"moment", "moments"}
        type_words = console.words(
            "cli_record.steps.moment" if typed else f"cases_fields.type.{field.type}"
        )
        codes = [
            f"{cases.code_text(field, code, lang)} ({code})"
            for code in one.choices.get(field.name, ())
        ]
        console.print(told + "  – " + ("; ".join(codes) or type_words))


def _offer_json(one: cases.Offer) -> dict[str, object]:
    facts = [
        {
            "name": field.name,
            "type": field.type,
            "required": field.required,
            "codes": list(one.choices.get(field.name, ())),
        }
        for field in one.fields
    ]
    told = {"kind": one.kind, "step": one.step, "roles": list(one.roles), "secret": one.secret}
    return {**told, "facts": facts}


def _audit_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--action", said="audit_action", metavar="WORD")
    take_json(parser)


def _audit(args: argparse.Namespace, console: Console) -> int:
    """Show who did what when; the look itself is written down too."""
    with casebook(args, console) as store:
        found = store.audit(args.action)
    if args.json:
        print_json(console, frame_json(found))
        return 0
    columns = ("file", "at", "actor", "role", "action", "subject", "detail")
    headers = [console.words(f"cli_record.column.{name}") for name in columns]
    rows = []
    for row in found.to_dict("records"):
        detail = row["detail"] if isinstance(row["detail"], dict) else {}
        told = "; ".join(f"{name}: {value}" for name, value in detail.items())
        cells = [str(row[name] or "") for name in columns[2:6]]
        rows.append([str(row["file"]), clock(row["at"]), *map(plain, cells), plain(told)])
    for line in table(headers, rows, columns=console.columns):
        console.print(line)
    return 0


ACTIONS = {
    "list": Action(_list_arguments, _list),
    "case": Action(_case_arguments, _case),
    "file": Action(_file_arguments, _file),
    "steps": Action(_steps_arguments, _steps),
    "audit": Action(_audit_arguments, _audit),
}
