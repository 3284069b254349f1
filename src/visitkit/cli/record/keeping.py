"""Keys: new ones for a casebook, and a passphrase on two sheets of paper for two keepers."""

from __future__ import annotations

import argparse
from pathlib import Path

from visitkit import record
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import Action, need, take
from visitkit.cli.record.opening import keys_of, take_book, take_keys, there, who
from visitkit.cli.record.passphrases import ASK, read_key, written
from visitkit.outgoing import Writer, write_alone


def _rekey_arguments(parser: Parser) -> None:
    take_book(parser)
    take_keys(parser, "new-")


def _rekey(args: argparse.Namespace, console: Console) -> int:
    """Give the casebook new keys."""
    person, role = who(args)
    there(args.book)
    old = keys_of(args, console, both=True)
    new = keys_of(args, console, both=True, prefix="new_", twice=True)
    record.rekey(args.book, old, new, actor=person, role=role)
    console.say("cli_record.rekey.done", "strong")
    return 0


def _split_arguments(parser: Parser) -> None:
    take(parser, "--key", said="split_key", metavar="SOURCE", default=ASK)
    take(parser, "--out", said="split_out", metavar="FOLDER", required=True)


def _split(args: argparse.Namespace, console: Console) -> int:
    """Write a key on two sheets; neither of them is shown on the screen."""
    folder = Path(args.out)
    asked = console.words("cli_record.ask.split")
    key = read_key(args.key, "--key", console, asked=asked, twice=True)
    if key is None:
        raise UsageError("cli_record.wrong.key_empty", option="--key")
    folder.mkdir(parents=True, exist_ok=True)
    targets = [folder / f"sheet-{number}.txt" for number in (1, 2)]
    taken = [path for path in targets if path.exists()]
    if taken:
        raise UsageError("cli_record.wrong.taken", path=taken[0])
    for number, (path, groups) in enumerate(
        zip(targets, record.split_key(key.reveal()), strict=True), start=1
    ):
        words = console.words("cli_record.split.sheet", number=number)
        write_alone(path, _sheet_writer(f"{words}\n\n{groups}\n"))
        console.print(f"  {path}")
    console.say("cli_record.split.done", "strong")
    return 0


def _sheet_writer(words: str) -> Writer:
    def write(path: Path) -> None:
        path.touch(mode=0o600)
        path.write_text(words, encoding="utf-8")

    return write


def _join_arguments(parser: Parser) -> None:
    need(parser, "first", "sheet", "SHEET-1")
    need(parser, "second", "sheet", "SHEET-2")
    take(parser, "--out", said="join_out", metavar="FILE", required=True)


def _join(args: argparse.Namespace, console: Console) -> int:
    """Put two sheets together again and write the key to a file that only its owner can read."""
    sheets = [_groups(Path(one)) for one in (args.first, args.second)]
    key = record.join_key(*sheets)
    target = Path(args.out)
    if target.exists():
        raise UsageError("cli_record.wrong.taken", path=target)
    write_alone(target, _sheet_writer(written(key) + "\n"))
    console.say("cli_record.join.done", "strong", path=target)
    return 0


def _groups(path: Path) -> str:
    """Return the groups of a sheet without the sentence above them."""
    lines = path.read_text("utf-8-sig").splitlines()
    blank = max((number for number, line in enumerate(lines[:-1]) if not line.strip()), default=-1)
    return " ".join(lines[blank + 1 :])


ACTIONS = {
    "rekey": Action(_rekey_arguments, _rekey),
    "split": Action(_split_arguments, _split),
    "join": Action(_join_arguments, _join),
}
