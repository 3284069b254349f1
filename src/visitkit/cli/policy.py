"""``visitkit policy``: see, compare and check a school's rules."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from visitkit import policy
from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError

_PROG = "visitkit policy"


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.need("action", "policy_action")
    parser.take("names", said="policy_names", nargs="*", metavar="NAME")


def run(args: argparse.Namespace, console: Console) -> int:
    """Do what was asked; 1 when a file holds faults."""
    action = args.action
    if action not in _ACTIONS:
        raise UsageError("cli.wrong.choice", prog=_PROG, found=action, allowed=", ".join(_ACTIONS))
    number, act = _ACTIONS[action]
    if len(args.names) != number:
        raise UsageError("cli.wrong.names", prog=_PROG, action=action, number=number)
    return act(console, *args.names)


def _list(console: Console) -> int:
    lang = console.lang
    rows = [[name, policy.title(name, lang), policy.about(name, lang)] for name in policy.names()]
    said = [console.words(f"cli.policy.{column}") for column in ("name", "title", "about")]
    for line in table(said, rows, columns=console.columns):
        console.print(line)
    return 0


def _show(console: Console, name: str) -> int:
    console.print(policy.show(policy.read_policy(name), console.lang))
    console.print()
    console.say("policy.papers", "quiet")
    return 0


def _diff(console: Console, one: str, other: str) -> int:
    lines = policy.diff(policy.read_policy(one), policy.read_policy(other), console.lang)
    for line in lines:
        console.print(line)
    if not lines:
        console.say("cli.policy.same")
    return 0


def _check(console: Console, name: str) -> int:
    faults = policy.check(name)
    for fault in faults:
        console.print(fault.sentence(console.lang))
    if faults:
        console.count("cli.policy.faults", "strong", number=len(faults))
        return 1
    rules = policy.read_policy(name)
    console.count("cli.policy.clean", "strong", name=rules.name, number=len(policy.gaps(rules)))
    return 0


#: Action to the number of names it takes and what it does.
_ACTIONS: dict[str, tuple[int, Callable[..., int]]] = {
    "list": (0, _list),
    "show": (1, _show),
    "diff": (2, _diff),
    "check": (1, _check),
}
