"""The front door: finds the command, its language, and a sentence for whatever goes wrong."""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from visitkit import __version__, text
from visitkit.cli.console import Console, speak_utf8
from visitkit.cli.parser import Parser, UsageError
from visitkit.errors import VisitkitError

#: Commands in the order of the journey; each is a module of this package.
COMMANDS = (
    "new",
    "check",
    "screen",
    "model",
    "explain",
    "score",
    "plan",
    "record",
    "review",
    "policy",
    "demo",
    "app",
    "lab",
    "doctor",
)

#: What a shell is told.
FINE, PERSON, WRONG, BROKEN, STOPPED, UNHEARD = 0, 1, 2, 70, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv
        The words after ``visitkit``; by default those of the terminal.

    Returns
    -------
    int
        0 when all is fine; 1 when something needs a person: faults in the files, an alert past its
        deadline, a visit that cannot be planned; 2 when the command could not be carried out as
        asked; 70 when visitkit itself is at fault; 130 when it was stopped.

    Examples
    --------
    >>> main(["--version"])
    visitkit 0.1.0
    0
    """
    speak_utf8()
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        lang, words = _take_language(words)
    except UsageError as error:
        Console(text.language()).complain(str(error))
        return WRONG
    with _speaking(lang):
        return _guarded(words, Console(lang))


def _take_language(words: list[str]) -> tuple[str, list[str]]:
    """Take ``--lang`` out of the words, wherever it stands."""
    rest: list[str] = []
    asked: str | None = None
    pending = iter(words)
    for word in pending:
        if word == "--lang":
            asked = next(pending, "")
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
        else:
            rest.append(word)
    if asked is not None and asked not in text.LANGUAGES:
        raise UsageError("cli.wrong.language", found=asked, allowed=", ".join(text.LANGUAGES))
    return text.language(asked), rest


@contextmanager
def _speaking(lang: str) -> Iterator[None]:
    """Let errors and stages speak the language asked for, for as long as the command runs."""
    before = os.environ.get("VISITKIT_LANG")
    os.environ["VISITKIT_LANG"] = lang
    try:
        yield
    finally:
        if before is None:
            del os.environ["VISITKIT_LANG"]
        else:
            os.environ["VISITKIT_LANG"] = before


def _guarded(words: Sequence[str], console: Console) -> int:
    try:
        code = _run(words, console)
        console.out.flush()
    except SystemExit as leaving:  # argparse leaves so after printing help
        return int(leaving.code or 0)
    except KeyboardInterrupt:
        console.complain(text.say("cli.failed.stopped", console.lang))
        return STOPPED
    except BrokenPipeError:
        # The reader has left, as in `visitkit check school.xlsx | head`: nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return UNHEARD
    except VisitkitError as error:
        console.complain(str(error))
        return PERSON if hasattr(error, "faults") else WRONG
    except OSError as error:
        console.complain(_os_sentence(error, console.lang))
        return WRONG
    except Exception as error:
        if os.environ.get("VISITKIT_DEBUG") == "1":
            raise
        console.complain(text.say("cli.failed.broken", console.lang, kind=type(error).__name__))
        return BROKEN
    return code


def _run(words: Sequence[str], console: Console) -> int:
    if words and words[0] in COMMANDS:
        module = importlib.import_module(f"visitkit.cli.{words[0]}")
        prog = f"visitkit {words[0]}"
        about = text.say(f"cli.about.{words[0]}", console.lang)
        after = text.say("cli.help.codes", console.lang)
        parser = Parser(prog, console.lang, about, after)
        module.arguments(parser)
        return int(module.run(parser.read(words[1:]), console))
    if words in (["--version"], ["-V"]):
        console.print(f"visitkit {__version__}")
        return FINE
    if words in (["--help"], ["-h"], ["help"]):
        _overview(console)
        return FINE
    if not words:
        _overview(console)
        return WRONG
    raise UsageError("cli.wrong.command", found=words[0], allowed=", ".join(COMMANDS))


def _overview(console: Console) -> None:
    console.say("cli.help.overview")
    console.print()
    for name in COMMANDS:
        about = text.say(f"cli.about.{name}", console.lang).splitlines()[0]
        console.print(f"  {name:<9}{about}")
    console.print()
    console.say("cli.help.more")


def _os_sentence(error: OSError, lang: str) -> str:
    key = "other"
    if isinstance(error, FileNotFoundError):
        key = "missing"
    elif isinstance(error, PermissionError):
        key = "not_allowed"
    elif error.errno == errno.ENOSPC:
        key = "full"
    place = error.filename or error.filename2 or "?"
    why = error.strerror or type(error).__name__
    return text.say(f"cli.failed.{key}", lang, path=place, why=why)
