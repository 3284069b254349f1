"""``visitkit check``: every fault in the school's files, with its place and its remedy."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from visitkit import load
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser
from visitkit.load import Fault, Note
from visitkit.load.mapping import read_mapping
from visitkit.load.marked import faults_json, marked_copy


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.need("path", "path")
    parser.take("--mapping", said="mapping", metavar="FILE")
    parser.take("--mark", said="mark", metavar="DIR")
    parser.take("--no-mark", said="no_mark", action="store_true")
    parser.take("--json", said="json_faults", action="store_true")


def run(args: argparse.Namespace, console: Console) -> int:
    """Print the faults and write the marked copy; 1 when there are any."""
    path = Path(args.path)
    mapping = read_mapping(args.mapping) if args.mapping else None
    with console.bar() as progress:
        _, faults, notes = load.check(path, mapping, progress)
    if args.json:
        console.print(faults_json(faults, console.lang))
    else:
        _show(faults, notes, console)
    # A program that asked for JSON gets no file it did not ask for.
    wanted = args.mark or (None if args.json or args.no_mark else Path.cwd())
    if faults and wanted:
        for copy in marked_copy(path, faults, wanted, console.lang):
            console.hint("cli.check.marked", path=copy)
    return 1 if faults else 0


def _show(faults: Sequence[Fault], notes: Sequence[Note], console: Console) -> None:
    for note in notes:
        console.print(note.sentence(console.lang), "quiet")
    if not faults:
        console.say("cli.check.clean", "strong")
        return
    for fault in faults:
        console.print(fault.sentence(console.lang))
    console.print()
    files = len({fault.file for fault in faults})
    console.say("cli.check.counts", "strong", number=len(faults), files=files)
