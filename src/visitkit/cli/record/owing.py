"""``visitkit record due``: what is owed, overdue first, by person."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pandas as pd

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser
from visitkit.cli.record.action import Action, take, take_json
from visitkit.cli.record.facts import read_as_of
from visitkit.cli.record.opening import casebook, read_role, take_book
from visitkit.cli.record.telling import (
    Names,
    clock,
    frame_json,
    names_of,
    plain,
    print_json,
    read_tables,
    role_words,
    take_names,
)
from visitkit.errors import VisitkitError
from visitkit.record import Owed, cases
from visitkit.record.cases.fields import all_roles

#: Rows the terminal shows of a long list.
SHOWN = 60


def _arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--as-of", said="due_as_of", metavar="DATE")
    take(parser, "--by", said="by", metavar="WHO")
    take(parser, "--student", said="student", metavar="NUMBER")
    take(parser, "--all", said="all", action="store_true")
    take_names(parser)
    take_json(parser)


def _due(args: argparse.Namespace, console: Console) -> int:
    """List what is owed; 1 when something is overdue."""
    names = names_of(args.names, read_tables(args.tables))
    as_of = read_as_of("--as-of", args.as_of)
    with casebook(args, console) as store:
        owed = store.due(as_of)
    owed = chosen(owed, args.by, args.student)
    late = int(owed["overdue"].sum())
    if args.json:
        rows = frame_json(owed)
        print_json(console, {"owed": len(owed), "overdue": late, "due": rows})
        return int(late > 0)
    tell_due(owed, names, console, len(owed) if args.all else SHOWN)
    return int(late > 0)


def chosen(owed: pd.DataFrame, by: str | None, student: str | None) -> pd.DataFrame:
    """Return what one person, or whoever holds a role, owes; or what is owed to one student."""
    if by is not None:
        wanted = {by}
        try:
            wanted.add(read_role(by))
        except VisitkitError:  # a number, not a role
            wanted.add(by)
        owed = owed[owed["by"].isin(wanted)]
    return owed if student is None else owed[owed["student_id"] == student]


def tell_due(owed: pd.DataFrame, names: Names, console: Console, most: int) -> None:
    """Print what is owed under the person who owes it; whoever is most overdue stands first."""
    late = int(owed["overdue"].sum())
    console.say("cli_record.due.counts", "alarm" if late else "strong", number=len(owed), late=late)
    shown = owed.head(most)
    for by, rows in shown.groupby("by", sort=False):
        number = int(rows["overdue"].sum())
        person = _person(str(by), names, console)
        console.print()
        console.say("cli_record.due.person", "strong", person=person, number=len(rows), late=number)
        for line, overdue in owed_lines(rows, names, console):
            console.print("  " + line, "alarm" if overdue else "")
    if len(owed) > most:
        console.print()
        console.say("cli_record.due.rest", number=len(owed) - most)


def owed_lines(
    owed: pd.DataFrame, names: Names, console: Console, *, person: bool = False
) -> Iterator[tuple[str, bool]]:
    """Yield a line for each thing owed, and whether it is overdue."""
    lang = console.lang
    for row in owed.to_dict("records"):
        about = Owed(
            str(row["case_id"]),
            str(row["kind"]),
            None,
            str(row["what"]),
            str(row["by"]),
            row["since"],
            None,
            str(row["source"]),
        )
        due = clock(row["due"]) or console.words("cli_record.due.open")
        student = "" if pd.isna(row["student_id"]) else names.of(row["student_id"])
        parts = [due, student, cases.owed_text(about, lang), f"[{plain(about.case_id)}]"]
        if person:
            parts.insert(1, _person(about.by, names, console))
        mark = "■ " if row["overdue"] else "  "
        yield mark + "  ".join(part for part in parts if part), bool(row["overdue"])


def _person(by: str, names: Names, console: Console) -> str:
    return role_words(by, console.lang) if by in all_roles() else names.of(by)


ACTIONS = {"due": Action(_arguments, _due)}
