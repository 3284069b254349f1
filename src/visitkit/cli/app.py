"""``visitkit app``: all consoles in the browser, on this machine alone, without code."""

from __future__ import annotations

import argparse
import webbrowser

from visitkit import text
from visitkit.app.idle import LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES
from visitkit.app.serving import USUAL_PORT, serve
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError, whole

_PROG = "visitkit app"
_HIGHEST_PORT = 65_535


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    facts = {"least": LEAST_MINUTES, "most": MOST_MINUTES}
    for option, usual in (("--port", USUAL_PORT), ("--lock-after", USUAL_MINUTES)):
        key = f"cli_app.arg.{option[2:].replace('-', '_')}"
        about = text.say(key, parser.lang, usual=usual, **facts)
        parser.add_argument(option, metavar="N", help=about)
    about = text.say("cli_app.arg.no_browser", parser.lang)
    parser.add_argument("--no-browser", action="store_true", help=about)


def run(args: argparse.Namespace, console: Console) -> int:
    """Serve until Ctrl-C; then 0."""
    port = whole(_PROG, "--port", args.port)
    minutes = whole(_PROG, "--lock-after", args.lock_after)
    _within("--port", port, 1, _HIGHEST_PORT)
    _within("--lock-after", minutes, LEAST_MINUTES, MOST_MINUTES)

    def ready(address: str) -> None:
        console.say("cli_app.ready", "strong", address=address)
        console.say("cli_app.stop")
        console.out.flush()
        if not args.no_browser:
            webbrowser.open(address, new=2)

    console.say("cli_app.starting")
    console.out.flush()
    serve(
        console.lang,
        ready,
        port=USUAL_PORT if port is None else port,
        minutes=USUAL_MINUTES if minutes is None else minutes,
    )
    console.say("cli_app.ended")
    return 0


def _within(option: str, number: int | None, least: int, most: int) -> None:
    if number is not None and not least <= number <= most:
        raise UsageError(
            "cli_app.range", prog=_PROG, option=option, found=number, least=least, most=most
        )
