"""``visitkit lab``: JupyterLab at the notebooks, in the person's language, without a network."""

from __future__ import annotations

import argparse
from pathlib import Path

from visitkit import text
from visitkit.app import laboratory
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, whole

_PROG = "visitkit lab"


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    about = text.say("cli_app.arg.folder", parser.lang)
    parser.add_argument("folder", metavar="FOLDER", nargs="?", help=about)
    port = text.say("cli_app.arg.port", parser.lang, usual=8888)
    parser.add_argument("--port", metavar="N", help=port)
    no_browser = text.say("cli_app.arg.no_browser", parser.lang)
    parser.add_argument("--no-browser", action="store_true", help=no_browser)


def run(args: argparse.Namespace, console: Console) -> int:
    """Open JupyterLab; its own exit code."""
    port = whole(_PROG, "--port", args.port)
    source = laboratory.source_folder()
    if args.folder is None and source is not None:
        folder = source
    else:
        folder = Path(args.folder or laboratory.USUAL_FOLDER).expanduser().resolve()
        for kept in laboratory.copy_notebooks(folder):
            console.hint("cli_app.kept", file=kept)
    console.say("cli_app.notebooks", folder=folder)
    console.out.flush()
    return laboratory.run(folder, console.lang, port, browser=not args.no_browser)
