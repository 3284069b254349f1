"""Reading the command line with our own words, in the language of the person."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from visitkit import text
from visitkit.errors import VisitkitError


class UsageError(VisitkitError):
    """The command line cannot be understood."""


class Parser(argparse.ArgumentParser):
    """An argument parser that asks and refuses in Chinese or English.

    Parameters
    ----------
    prog
        How the command is called.
    lang
        ``"zh"`` or ``"en"``.
    about
        What it does, under the usage.
    after
        What to say at the end.
    """

    def __init__(self, prog: str, lang: str, about: str = "", after: str = "") -> None:
        super().__init__(
            prog=prog,
            description=about,
            epilog=after,
            add_help=False,
            allow_abbrev=False,
            exit_on_error=False,
            formatter_class=lambda prog: _Formatter(prog, lang),
        )
        self.lang = lang
        self._positionals.title = text.say("cli.help.arguments", lang)
        self._optionals.title = text.say("cli.help.options", lang)
        self.add_argument("-h", "--help", action="help", help=text.say("cli.help.help", lang))

    def error(self, message: str) -> NoReturn:
        """Refuse in our own words: what is missing stands after the colon of argparse's."""
        raise UsageError("cli.wrong.missing", prog=self.prog, name=message.rpartition(": ")[2])

    def read(self, words: Sequence[str], *, mixed: bool = False) -> argparse.Namespace:
        """Return the arguments.

        Parameters
        ----------
        words
            What was typed.
        mixed
            Options may stand between words that belong together.

        Raises
        ------
        UsageError
            Naming the word that is not understood and where help is found.
        """
        try:
            parse = self.parse_known_intermixed_args if mixed else self.parse_known_args
            found, unknown = parse(list(words))
        except argparse.ArgumentError as error:
            if error.argument_name is None:
                self.error(error.message)
            option = error.argument_name
            raise UsageError("cli.wrong.option", prog=self.prog, option=option) from error
        if unknown:
            raise UsageError("cli.wrong.unknown", prog=self.prog, word=unknown[0])
        return found

    def take(self, *names: str, said: str, **more: Any) -> None:
        """Add an argument; ``said`` is the key of its help below ``cli.arg``."""
        self.add_argument(*names, help=text.say(f"cli.arg.{said}", self.lang), **more)

    def need(self, name: str, said: str) -> None:
        """Add a word that the command cannot do without."""
        self.take(name, said=said, metavar=name.upper())


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with our word for ``usage`` and columns that bear Chinese."""

    def __init__(self, prog: str, lang: str) -> None:
        super().__init__(prog, max_help_position=30)
        self._lang = lang

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Put our word before the usage."""
        super().add_usage(usage, actions, groups, prefix or text.say("cli.help.usage", self._lang))


def whole(prog: str, option: str, value: str | None) -> int | None:
    """Return a whole number from 0 up, or ``None`` where nothing was said.

    Raises
    ------
    UsageError
        When it is something else.

    Examples
    --------
    >>> whole("visitkit screen", "--capacity", "20")
    20
    """
    if value is None:
        return None
    if not value.isdecimal():
        raise UsageError("cli.wrong.whole", prog=prog, option=option, found=value)
    return int(value)
