"""``visitkit record``: the casebook of a school from a terminal; a module a group of actions."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping

from visitkit import text
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, take

#: Modules and their actions, in the order in which help shows them; only the one asked for is read.
ROOMS: Mapping[str, tuple[str, ...]] = {
    "making": ("new", "open", "renew", "upgrade"),
    "owing": ("due",),
    "looking": ("list", "case", "file", "steps", "audit"),
    "entering": ("add", "correct"),
    "scheduling": ("schedule",),
    "alerting": ("alerts",),
    "papers": ("form",),
    "importing": ("import",),
    "proving": ("verify", "head", "anchor"),
    "giving": ("grant", "share", "outcomes", "history"),
    "feedback": ("ethics",),
    "copies": ("backup", "restore", "retention"),
    "keeping": ("rekey", "split", "join"),
}


def action_named(name: str) -> Action:
    """Return an action by its name."""
    room = next(one for one, names in ROOMS.items() if name in names)
    actions: Mapping[str, Action] = importlib.import_module(f"{__name__}.{room}").ACTIONS
    return actions[name]


def arguments(parser: Parser) -> None:
    """Add the arguments: an action, and what follows it is read by the action itself."""
    lang = parser.lang
    names = [name for room in ROOMS.values() for name in room]
    lines = [f"  {name:<11}{text.say(f'cli_record.about.{name}', lang)}" for name in names]
    parser.description = "\n".join([str(parser.description or ""), "", *lines])
    take(parser, "action", said="action", metavar="ACTION", nargs="?")
    take(parser, "rest", said="rest", metavar="...", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace, console: Console) -> int:
    """Carry out an action; 1 when something needs a person."""
    names = [name for room in ROOMS.values() for name in room]
    if args.action is None:
        raise UsageError("cli.wrong.missing", prog=PROG, name="ACTION")
    if args.action not in names:
        allowed = ", ".join(names)
        raise UsageError("cli.wrong.choice", prog=PROG, found=args.action, allowed=allowed)
    action = action_named(args.action)
    about = text.say(f"cli_record.about.{args.action}", console.lang)
    more = f"cli_record.more.{args.action}"
    if text.has(more):
        about += "\n\n" + text.say(more, console.lang)
    after = text.say("cli.help.codes", console.lang)
    parser = Parser(f"{PROG} {args.action}", console.lang, about, after)
    action.arguments(parser)
    return action.run(parser.read(args.rest, mixed=True), console)
