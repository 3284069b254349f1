"""What the casebook remembers, for the commands that screen and plan."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass, field

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser
from visitkit.cli.record.action import take
from visitkit.cli.record.opening import casebook, take_keys, take_who
from visitkit.record import History


def take_casebook(parser: Parser) -> None:
    """Add the arguments that name a casebook, who works with it and where its keys are."""
    take(parser, "--casebook", said="casebook", metavar="BOOK")
    take_who(parser)
    take_keys(parser)


def named_casebook(args: argparse.Namespace) -> Remembered | None:
    """Return the casebook that was named; ``None`` where none was."""
    if args.casebook is None:
        return None
    names = ("who", "role", "key", "psych_key")
    return Remembered(
        argparse.Namespace(book=args.casebook, **{name: getattr(args, name) for name in names})
    )


@dataclass(frozen=True)
class Remembered:
    """A casebook that is opened once for each day it is asked about.

    Parameters
    ----------
    asked
        Which, by whom and with which keys.
    """

    asked: argparse.Namespace = field(repr=False)
    _found: dict[dt.date, History] = field(default_factory=dict, init=False, repr=False)

    def on(self, day: dt.date, console: Console) -> History:
        """Return what was known on a day; say what could not be read."""
        if day not in self._found:
            with casebook(self.asked, console) as store:
                self._found[day] = store.history(day)
            self._tell(self._found[day], console)
        return self._found[day]

    def _tell(self, found: History, console: Console) -> None:
        if found.withheld is None:
            console.hint("cli_record.file.not_opened")
        elif found.withheld:
            console.hint("cli_record.file.withheld", number=found.withheld)
