"""Whether the casebook is whole: the check, the head to print, and the head handed to somebody."""

from __future__ import annotations

import argparse
from pathlib import Path

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser
from visitkit.cli.record.action import Action, take, take_json
from visitkit.cli.record.opening import casebook, take_book
from visitkit.cli.record.telling import print_json
from visitkit.outgoing import write_alone
from visitkit.record import Head


def _verify_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--anchor", said="anchor_file", metavar="FILE", action="append", default=[])
    take_json(parser)


def _verify(args: argparse.Namespace, console: Console) -> int:
    """Check every page, row and link; 1 when something is not as it was written."""
    anchors = [Head.parse(Path(one).read_text("utf-8-sig")) for one in args.anchor]
    with casebook(args, console) as store:
        found = store.verify(*anchors)
    if args.json:
        broken = [
            {"file": one.file, "seq": one.seq, "what": one.what, "sentence": one.sentence()}
            for one in found.broken
        ]
        told = {"whole": found.whole, "rows": dict(found.rows), "broken": broken}
        print_json(console, {**told, "unchecked": list(found.unchecked), "anchors": len(anchors)})
        return int(not found.whole)
    console.print(found.sentence(), "" if found.whole else "alarm")
    if anchors and found.whole:
        console.say("cli_record.verify.anchored", number=len(anchors))
    elif not found.whole:
        console.say("cli_record.verify.broken", "alarm")
    else:
        console.say("cli_record.verify.no_anchor", "quiet")
    return int(not found.whole)


def _head_arguments(parser: Parser) -> None:
    take_book(parser)
    take_json(parser)


def _head(args: argparse.Namespace, console: Console) -> int:
    """Print the ends of both chains."""
    with casebook(args, console) as store:
        head = store.head()
    if args.json:
        print_json(console, {"people": head.people, "psych": head.psych})
    else:
        console.print(str(head))
    return 0


def _anchor_arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "--to", said="anchor_to", metavar="WHOM", required=True)
    take(parser, "--out", said="anchor_out", metavar="FILE")


def _anchor(args: argparse.Namespace, console: Console) -> int:
    """Write down to whom the head is handed, and print it or write it to a file."""
    with casebook(args, console) as store:
        head = store.anchor(args.to)
    console.print(str(head))
    if args.out:
        written = write_alone(Path(args.out), lambda path: _write(path, head))
        console.say("cli_record.anchor.written", path=written)
    console.say("cli_record.anchor.keep", "quiet")
    return 0


def _write(path: Path, head: Head) -> None:
    path.write_text(f"{head}\n", encoding="utf-8")


ACTIONS = {
    "verify": Action(_verify_arguments, _verify),
    "head": Action(_head_arguments, _head),
    "anchor": Action(_anchor_arguments, _anchor),
}
