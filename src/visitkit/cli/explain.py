"""``visitkit explain``: why one student stands where he or she stands."""

from __future__ import annotations

import argparse

from visitkit.cli.console import Console
from visitkit.cli.journey import screened, take_wish, wish
from visitkit.cli.parser import Parser
from visitkit.screen.explain import explain

_PROG = "visitkit explain"


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    take_wish(parser)
    parser.need("student_id", "student_id")


def run(args: argparse.Namespace, console: Console) -> int:
    """Print the reasons."""
    asked = wish(args, _PROG)
    cases, _ = screened(asked, console)
    console.print(explain(cases, args.student_id, console.lang))
    return 0
