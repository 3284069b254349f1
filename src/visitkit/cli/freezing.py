"""The record of who was flagged, frozen while screening: the ground of a threshold study."""

from __future__ import annotations

import argparse
import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

from visitkit import text
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.reviewing import read_table
from visitkit.errors import ScreenError
from visitkit.outgoing import check_free, guard, write_once
from visitkit.reports.csv_files import write_table
from visitkit.screen.assignment import Assignment, freeze_caseload
from visitkit.screen.caseload import Caseload

_OPTIONS = {"freeze": "FILE", "cutoff": "SCORE", "overrides": "FILE"}
_NEEDED = ("student_id", "reason")


@dataclass(frozen=True)
class Freezing:
    """What is to be frozen.

    Parameters
    ----------
    path
        File of the record; must not be there yet.
    cutoff
        Score fixed beforehand; ``None`` to flag as many as there are places.
    overrides
        Student to the reason for a decision against the flag.
    """

    path: Path
    cutoff: float | None
    overrides: dict[str, str]


def take_freezing(parser: Parser) -> None:
    """Add the arguments."""
    for option, metavar in _OPTIONS.items():
        about = text.say(f"cli_review.freeze.arg.{option}", parser.lang)
        parser.add_argument(f"--{option}", metavar=metavar, help=about)


def freezing(args: argparse.Namespace, prog: str) -> Freezing | None:
    """Return what is to be frozen, ``None`` for nothing; refused before any work is done.

    Raises
    ------
    UsageError
        When an option of the record stands without ``--freeze``, or the cutoff is no number.
    ScreenError
        When the table of overrides lacks a column or names a student twice.
    VisitkitError
        When the file is there already: a record that can be overwritten is not frozen.
    """
    if args.freeze is None:
        alone = [f"--{name}" for name in ("cutoff", "overrides") if getattr(args, name) is not None]
        if alone:
            raise UsageError("cli_review.freeze.alone", options=", ".join(alone), prog=prog)
        return None
    check_free(args.freeze)
    cutoff = None if args.cutoff is None else _score(args.cutoff, prog)
    return Freezing(Path(args.freeze), cutoff, _overrides(args.overrides))


def _score(words: str, prog: str) -> float:
    try:
        value = float(words)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError("cli_review.freeze.no_score", found=words, prog=prog)
    return value


def _overrides(path: str | None) -> dict[str, str]:
    if path is None:
        return {}
    rows = read_table(path)
    missing = [name for name in _NEEDED if name not in rows.columns]
    if missing:
        raise ScreenError("cli_review.freeze.columns", path=path, columns=", ".join(missing))
    twice = int(rows["student_id"].duplicated().sum())
    if twice:
        raise ScreenError("cli_review.freeze.twice", path=path, number=twice)
    # as it will stand in the file: the fingerprint is of what is there to be read
    reasons = [str(guard(why.strip())) for why in rows["reason"]]
    return dict(zip(rows["student_id"], reasons, strict=True))


def frozen(asked: Freezing, cases: Caseload, today: dt.date) -> Assignment:
    """Return the record of a caseload, dated by the machine's own day."""
    return freeze_caseload(cases, today, cutoff=asked.cutoff, overrides=asked.overrides)


def keep(asked: Freezing, record: Assignment) -> Path:
    """Write the record, whole, where nothing stands yet."""
    return write_once(asked.path, lambda path: write_table(record.table, path))


def tell(record: Assignment, path: Path, console: Console) -> None:
    """Print who was flagged, and the fingerprint that must be kept elsewhere."""
    flagged, people = record.cutoff.flagged, len(record.table)
    told = {"cutoff": f"{record.cutoff.value:g}", "flagged": flagged, "number": people}
    console.print()
    console.say("cli_review.freeze.done", "strong", path=path, **told)
    if record.cutoff.beyond:
        console.count("cli_review.freeze.beyond", number=record.cutoff.beyond)
    if record.crisis:
        console.count("cli_review.freeze.crisis", number=len(record.crisis))
    if record.unscored:
        console.count("cli_review.freeze.unscored", number=len(record.unscored))
    console.say("cli_review.freeze.hash", hash=record.content_hash)


def as_facts(record: Assignment, path: Path) -> dict[str, object]:
    """Return the record in numbers, for a program: no student is named."""
    return {
        "path": str(path),
        "hash": record.content_hash,
        "cutoff": record.cutoff.value,
        "flagged": record.cutoff.flagged,
        "students": len(record.table),
        "crisis": len(record.crisis),
        "unscored": len(record.unscored),
    }
