"""``visitkit review``: what a study found, or the counsellor's page."""

from __future__ import annotations

import argparse
from pathlib import Path

from visitkit import load, plan, policy, reports, text
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.reviewing import declared
from visitkit.load.mapping import read_mapping
from visitkit.reports.review import Changed, write_counsellor, write_review
from visitkit.review import Study, coverage
from visitkit.review.study import ASSIGNMENTS
from visitkit.review.study.words import effect_words, seen_words
from visitkit.screen.day import read_day

_PROG = "visitkit review"

#: Options of a study and of the counsellor's page, each with the sign of its value.
_STUDY = {
    "design": "NAME",
    "outcome": "COLUMNS",
    "unit": "COLUMN",
    "treat": "COLUMN",
    "baseline": "COLUMNS",
    "cluster": "COLUMN",
    "record": "FILE",
    "record-hash": "SHA256",
    "first-visit": "DATE",
    "settings": "FILE",
}
_SCHOOL = {"as-of": "DATE", "policy": "NAME", "mapping": "FILE"}


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("path", metavar="PATH", help=_word("path", parser.lang))
    for option, metavar in {**_STUDY, "out": "DIR", **_SCHOOL}.items():
        said = _word(option.replace("-", "_"), parser.lang)
        parser.add_argument(f"--{option}", metavar=metavar, help=said)
    for option in ("counsellor", "lenient"):
        parser.add_argument(f"--{option}", action="store_true", help=_word(option, parser.lang))


def run(args: argparse.Namespace, console: Console) -> int:
    """Review and write; 1 when an outcome has no figure or rows were left out."""
    if args.out is None:
        raise UsageError("cli.wrong.missing", prog=_PROG, name="--out")
    reports.check_folder(args.out)
    return _counsellor(args, console) if args.counsellor else _study(args, console)


def _study(args: argparse.Namespace, console: Console) -> int:
    for name in ("design", "outcome"):
        if getattr(args, name) is None:
            raise UsageError("cli.wrong.missing", prog=_PROG, name=f"--{name}")
    if args.design not in ASSIGNMENTS:
        allowed = ", ".join(ASSIGNMENTS)
        raise UsageError("cli.wrong.choice", prog=_PROG, found=args.design, allowed=allowed)
    study, asked = declared(args)
    files = write_review(study, args.out, asked, console.lang)
    _tell(study, console)
    console.print()
    _files(files, console)
    console.say("cli_review.closing", "quiet")
    return 1 if study.estimate().refused else 0


def _tell(study: Study, console: Console) -> None:
    """Print what could be seen before what was found, and how far it can be trusted."""
    table = study.estimate()
    for row in table.rows:
        console.print(seen_words(row, console.lang))
        for sentence in effect_words(row, console.lang):
            console.print(sentence)
    for one in table.refused:
        console.print(f"{one.outcome}: {one.why.sentence(console.lang)}", "alarm")
    for told in study.verdict().notes():
        console.print(told.sentence(console.lang))


def _counsellor(args: argparse.Namespace, console: Console) -> int:
    given = [f"--{name}" for name in _STUDY if getattr(args, name.replace("-", "_")) is not None]
    if given:
        raise UsageError("cli_review.study_only", options=", ".join(given))
    rules = policy.read_policy(args.policy or "recommended")
    mapping = read_mapping(args.mapping) if args.mapping else None
    with console.bar() as progress:
        school = load.read_school(
            args.path, lenient=args.lenient, mapping=mapping, progress=progress
        )
    today = read_day(args.as_of or school.latest, school.calendar)
    owed = plan.duties(school, rules, today)
    found = coverage(owed, plan.coverage(owed), school, rules, today)
    changed = Changed(today, len(school.students), found)
    files = write_counsellor(changed, args.out, console.lang)
    console.print(found.words(console.lang))
    console.print()
    _files(files, console)
    return 1 if school.faults else 0


def _files(files: list[Path], console: Console) -> None:
    console.say("cli.screen.files")
    for path in files:
        console.print(f"  {path}")


def _word(name: str, lang: str) -> str:
    return text.say(f"cli_review.arg.{name}", lang)
