"""Who works with which casebook: the arguments that most actions share, and the opening itself."""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from visitkit import text
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import need, take
from visitkit.cli.record.passphrases import ASK, read_key
from visitkit.errors import StoreError
from visitkit.load.spelling import word_key
from visitkit.record import CaseStore, Key, Keys, StoreWarning, open_store
from visitkit.record.forms import Field
from visitkit.record.forms.words import index

#: Where the number of whoever works, and the role, are read when no option says them.
WHO, ROLE = "VISITKIT_WHO", "VISITKIT_ROLE"

_ROLES = Field("role", "choice", of="roles")


def take_book(parser: Parser, *, where: bool = True) -> None:
    """Add the arguments that say which casebook, who works with it and where its keys are."""
    if where:
        need(parser, "book", "book")
    take_who(parser)
    take_keys(parser)


def take_who(parser: Parser) -> None:
    """Add the arguments that say who works."""
    take(parser, "--who", said="who", metavar="NUMBER")
    take(parser, "--role", said="role", metavar="ROLE")


def take_keys(parser: Parser, prefix: str = "") -> None:
    """Add the arguments that say where the two passphrases come from."""
    for name in ("key", "psych-key"):
        take(
            parser,
            f"--{prefix}{name}",
            said=f"{prefix}{name}".replace("-", "_"),
            metavar="SOURCE",
            default=ASK,
        )


def who(args: argparse.Namespace) -> tuple[str, str]:
    """Return who works, and in which role.

    Raises
    ------
    UsageError
        When either is missing, or there is no such role.
    """
    person = (args.who or os.environ.get(WHO) or "").strip()
    said = (args.role or os.environ.get(ROLE) or "").strip()
    if not person or not said:
        option = "--role" if person else "--who"
        raise UsageError("cli_record.wrong.who", option=option, variable=ROLE if person else WHO)
    return person, read_role(said)


def read_role(said: str) -> str:
    """Return the code of a role that was said in a word of either language, or as its code.

    Examples
    --------
    >>> read_role("head teacher"), read_role("counsellor")
    ('head_teacher', 'counsellor')
    """
    found = index(_ROLES).get(word_key(said))
    if found is None:
        allowed = ", ".join(dict.fromkeys(index(_ROLES).values()))
        raise UsageError("cli_record.wrong.role", allowed=allowed)
    return found


def keys_of(
    args: argparse.Namespace,
    console: Console,
    *,
    both: bool = False,
    prefix: str = "",
    twice: bool = False,
) -> Keys:
    """Return the keys of a casebook.

    Parameters
    ----------
    args
        With ``key`` and ``psych_key``, or the same behind a prefix.
    console
        Where they are asked for.
    both
        The psychological one cannot be left out.
    prefix
        ``"new_"`` for the keys a casebook shall have.
    twice
        Have them typed again.

    Raises
    ------
    StoreError
        ``record.keys_both`` when one that is needed is missing.
    """
    found: dict[str, Key | None] = {}
    for name in ("key", "psych_key"):
        may_skip = name == "psych_key" and not both
        question = f"cli_record.ask.{prefix}{name}" + ("_or_none" if may_skip else "")
        option = f"--{prefix}{name}".replace("_", "-")
        source = str(getattr(args, prefix + name))
        asked = console.words(question)
        found[name] = read_key(source, option, console, asked=asked, twice=twice)
    people = found["key"]
    if both and (people is None or found["psych_key"] is None):
        raise StoreError("record.keys_both")
    if people is None:
        raise UsageError("cli_record.wrong.key_empty", option="--key")
    return Keys(people, found["psych_key"])


@contextmanager
def casebook(
    args: argparse.Namespace, console: Console, *, both: bool = False
) -> Iterator[CaseStore]:
    """Open the casebook that the arguments name; what it warns of is told beside the results."""
    person, role = who(args)
    there(args.book)
    keys = keys_of(args, console, both=both)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", StoreWarning)
        try:
            with open_store(args.book, keys, actor=person, role=role) as store:
                yield store
        finally:
            for one in told:
                if issubclass(one.category, StoreWarning):
                    print(one.message, file=console.err)


def there(book: str) -> None:
    """Refuse before a passphrase is asked for when there is no casebook."""
    if not Path(book).is_dir():
        raise StoreError("cli_record.wrong.no_folder", path=book)
    if not (Path(book) / "people.db").is_file():
        raise StoreError("cli_record.wrong.no_casebook", path=book)


def say_kind(kind: str, lang: str) -> str:
    """Return a kind of case in words."""
    return text.say(f"cases.kind.{kind}", lang)
