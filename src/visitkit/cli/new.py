"""``visitkit new``: an empty workbook to fill in."""

from __future__ import annotations

import argparse

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser
from visitkit.load.template import new_workbook


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.need("folder", "folder")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the workbook and say where it is."""
    path = new_workbook(args.folder, console.lang)
    console.say("cli.new.done", path=path)
    return 0
