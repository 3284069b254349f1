"""``visitkit review``: what a study found, or the counsellor's page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from visitkit import reports, text
from visitkit.cli.console import Console
from visitkit.cli.counselling import changed
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.reviewing import DESIGN_OPTIONS, declared
from visitkit.reports.review import write_counsellor, write_review
from visitkit.review import Study
from visitkit.review.study import ASSIGNMENTS
from visitkit.review.study.told import told_checks, told_frame, told_table
from visitkit.review.study.words import effect_words, seen_words

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
    **{name: {"start": "PERIOD", "horizon": "TIME"}.get(name, "COLUMN") for name in DESIGN_OPTIONS},
}
_BOTH = {"settings": "FILE", "out": "DIR"}
_SCHOOL = {
    "as-of": "DATE",
    "policy": "NAME",
    "mapping": "FILE",
    "scores": "FILE",
    "student": "NUMBER",
    "goals": "FILE",
}


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("path", metavar="PATH", help=_word("path", parser.lang))
    for option, metavar in {**_STUDY, **_BOTH, **_SCHOOL}.items():
        said = _word(option.replace("-", "_"), parser.lang)
        parser.add_argument(f"--{option}", metavar=metavar, help=said)
    for option in ("counsellor", "lenient", "json"):
        parser.add_argument(f"--{option}", action="store_true", help=_word(option, parser.lang))


def run(args: argparse.Namespace, console: Console) -> int:
    """Review and write; 1 when an outcome has no figure or rows were left out."""
    if args.out is None:
        raise UsageError("cli.wrong.missing", prog=_PROG, name="--out")
    reports.check_folder(args.out)
    _refuse_mixed(args)
    return _counsellor(args, console) if args.counsellor else _study(args, console)


def _refuse_mixed(args: argparse.Namespace) -> None:
    """Refuse options of the other kind of review: they would be left unread without a word."""
    others = {**_STUDY} if args.counsellor else {**_SCHOOL, "lenient": ""}
    given = [f"--{name}" for name in others if getattr(args, name.replace("-", "_"))]
    if given:
        key = "cli_review.study_only" if args.counsellor else "cli_review.counsellor_only"
        raise UsageError(key, options=", ".join(given))


def _study(args: argparse.Namespace, console: Console) -> int:
    for name in ("design", "outcome"):
        if getattr(args, name) is None:
            raise UsageError("cli.wrong.missing", prog=_PROG, name=f"--{name}")
    if args.design not in ASSIGNMENTS:
        allowed = ", ".join(ASSIGNMENTS)
        raise UsageError("cli.wrong.choice", prog=_PROG, found=args.design, allowed=allowed)
    study, asked = declared(args)
    files = write_review(study, args.out, asked, console.lang)
    if args.json:
        console.print(as_json(study, files, console.lang))
    else:
        _tell(study, console)
        console.print()
        _files(files, console)
        console.say("cli_review.closing", "quiet")
    return 1 if study.estimate().refused else 0


def _tell(study: Study, console: Console) -> None:
    """Print what could be seen before what was found, and how far it can be trusted."""
    outside = study.shown()
    table = told_table(study.estimate(), outside)
    for row in table.rows:
        console.print(seen_words(row, console.lang))
        for sentence in effect_words(row, console.lang, outside):
            console.print(sentence)
    for one in table.refused:
        console.print(f"{one.outcome}: {outside.note(one.why, console.lang)}", "alarm")
    for told in study.verdict().notes():
        console.print(outside.note(told, console.lang))


def as_json(study: Study, files: list[Path], lang: str) -> str:
    """Return what a program needs: design, effects, checks, refusals, rating, files."""
    table, outside = study.estimate(), study.shown()
    rows: list[dict[str, Any]] = json.loads(
        told_frame(table, outside).reset_index().to_json(orient="records", double_precision=10)
    )
    verdict = study.verdict()
    told = {
        "design": study.design().name,
        "effects": rows,
        "checks": [
            {"outcome": one.outcome, "kind": one.kind, **dict(one.figures)}
            for row in table.rows
            for one in told_checks(study.sensitivity(row.found.outcome), outside)
        ],
        "refused": [
            {"outcome": one.outcome, "why": outside.note(one.why, lang)} for one in table.refused
        ],
        "rating": verdict.rating,
        "limits": verdict.limits,
        "files": [str(path) for path in files],
    }
    return json.dumps(_finite(told), ensure_ascii=False, indent=2)


def _finite(value: Any) -> Any:
    """Return a value with numbers that JSON does not have as ``null``."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _counsellor(args: argparse.Namespace, console: Console) -> int:
    found, school = changed(args, console)
    files = write_counsellor(found, args.out, console.lang)
    if args.json:
        parts = {
            name: part.words(console.lang).splitlines()
            for name in ("coverage", "caseload", "goals", "help")
            if (part := getattr(found, name)) is not None
        }
        told = {"as_of": str(found.as_of), **parts, "files": [str(path) for path in files]}
        console.print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for name in ("coverage", "caseload", "goals", "help"):
            if (part := getattr(found, name)) is not None:
                console.print(part.words(console.lang))
                console.print()
        _files(files, console)
    return 1 if school.faults else 0


def _files(files: list[Path], console: Console) -> None:
    console.say("cli.screen.files")
    for path in files:
        console.print(f"  {path}")


def _word(name: str, lang: str) -> str:
    return text.say(f"cli_review.arg.{name}", lang)
