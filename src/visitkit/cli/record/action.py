"""What an action of ``visitkit record`` is, and the words of its arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from visitkit import text
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser

PROG = "visitkit record"


@dataclass(frozen=True, slots=True)
class Action:
    """One action.

    Parameters
    ----------
    arguments
        Adds its arguments to a parser.
    run
        Carries it out and returns the exit code.
    """

    arguments: Callable[[Parser], None]
    run: Callable[[argparse.Namespace, Console], int]


def take(parser: Parser, *names: str, said: str, **more: Any) -> None:
    """Add an argument; ``said`` is the key of its help below ``cli_record.arg``."""
    parser.add_argument(*names, help=text.say(f"cli_record.arg.{said}", parser.lang), **more)


def need(parser: Parser, name: str, said: str, metavar: str = "") -> None:
    """Add a word that the action cannot do without."""
    take(parser, name, said=said, metavar=metavar or name.upper())


def take_json(parser: Parser) -> None:
    """Add ``--json``."""
    parser.take("--json", said="json", action="store_true")
