"""``visitkit score``: score a questionnaire, whom to talk with first."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.load import Fault, FaultsError, read_school
from visitkit.load.assemble import assemble, tell
from visitkit.load.entry import recognised
from visitkit.load.reading import read_sheets
from visitkit.load.sheets import Sheet
from visitkit.reports import write_alone
from visitkit.reports.csv_files import write_table
from visitkit.screen.instruments import (
    Instrument,
    hits_before_scores,
    read_instrument,
    resolve,
    score,
    score_report,
)

#: A sheet of answers that says nowhere of which questionnaire they are.
_UNNAMED = "survey_no_instrument"


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.need("instrument", "instrument")
    parser.need("file", "answers")
    parser.take("--norm", said="norm", metavar="N")
    parser.take("--coding", said="coding", metavar="C")
    parser.take("--roll", said="score_roll", metavar="PATH")
    parser.take("--out", said="score_out", metavar="CSV")


def run(args: argparse.Namespace, console: Console) -> int:
    """Print whom to talk with first; 1 when there is anybody."""
    instrument = read_instrument(args.instrument)
    surveys, faults = read_answers(Path(args.file), instrument.form)
    if faults:
        raise FaultsError(tuple(faults))
    sheets = surveys[[_form(name) == instrument.form for name in surveys["instrument"]]]
    if sheets.empty:
        found = ", ".join(sorted(set(surveys["instrument"].dropna().astype(str)))) or "-"
        raise UsageError(
            "cli.score.no_sheets", path=args.file, instrument=instrument.form, found=found
        )
    sheets = _numbered(sheets, args.roll, console)
    scored = hits_before_scores(
        score(instrument, _asked(sheets, instrument), args.norm, args.coding)
    )
    console.print(score_report(scored, instrument, console.lang))
    if args.out:
        path = write_alone(args.out, lambda target: write_table(scored, target))
        console.say("cli.score.written", path=path)
    waiting = (scored["critical_hits"] != "") | (scored["critical_missing"] != "")
    return int(waiting.any())


def _numbered(sheets: pd.DataFrame, roll: str | None, console: Console) -> pd.DataFrame:
    """Return the sheets under the roll's numbers; without a roll, warn where zeros may be lost."""
    if roll is None:
        lengths = sorted({len(one) for one in sheets["student_id"].astype(str) if one.isdecimal()})
        if len(lengths) > 1:
            console.hint("cli.score.lengths", lengths=", ".join(map(str, lengths)))
        return sheets
    known = set(read_school(Path(roll), lenient=True).table("students")["student_id"].astype(str))
    matched = sheets.assign(student_id=numbers_of_roll(sheets["student_id"], known))
    strangers = set(matched["student_id"]) - known
    if strangers:
        console.hint("cli.score.not_on_roll", number=len(strangers), path=roll)
    twice = matched[matched.duplicated(["student_id", "date"], keep=False)]["student_id"].nunique()
    if twice:
        console.hint("cli.score.twice", number=twice)
    return matched


def numbers_of_roll(written: pd.Series[str], known: Collection[str]) -> pd.Series[str]:
    """Return student numbers as the roll writes them, with the leading zeros an export lost.

    Parameters
    ----------
    written
        Numbers as they stand in the answers.
    known
        Numbers of the roll. One that differs by leading zeros alone is taken, when there is only
        one such; nothing else is guessed at.

    Examples
    --------
    >>> numbers_of_roll(pd.Series(["26070104", "99"]), ["026070104"]).tolist()
    ['026070104', '99']
    """
    plain = Counter(one.lstrip("0") for one in known)
    whole = {one.lstrip("0"): one for one in known if plain[one.lstrip("0")] == 1}
    told = written.astype(str)
    return told.map(lambda one: one if one in known else whole.get(one.lstrip("0"), one))


def _form(written: object) -> str:
    """Return the form people mean; a questionnaire of the school's own is called as it is."""
    known = resolve(str(written))
    return known[1] if known else str(written)


def _asked(sheets: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """Return the sheets with the items of this questionnaire only.

    A table of several questionnaires has as many item columns as the longest of them.
    """
    wanted = set(instrument.item_columns)
    foreign = [name for name in sheets if str(name).startswith("item_") and name not in wanted]
    empty = [name for name in foreign if sheets[name].isna().all()]
    return sheets.drop(columns=empty)


def read_answers(path: Path, form: str) -> tuple[pd.DataFrame, Sequence[Fault]]:
    """Return the answered sheets in a file or folder that needs no other table of the school.

    Parameters
    ----------
    path
        A workbook, a csv file or a folder.
    form
        The questionnaire the person named; taken for sheets that do not say theirs.

    Returns
    -------
    surveys
        As in :data:`visitkit.tables.SURVEYS`, with ``item_1`` .. ``item_n``.
    faults
        Everything that is wrong with them.
    """
    reading = read_sheets(path)
    surveys, faults = _surveys(reading.sheets)
    unnamed = {(fault.file, fault.sheet) for fault in faults if fault.key == _UNNAMED}
    if unnamed:
        named = [
            replace(sheet, name=form) if (sheet.file, sheet.name) in unnamed else sheet
            for sheet in reading.sheets
        ]
        surveys, faults = _surveys(named)
    return surveys, [*reading.faults, *faults]


def _surveys(sheets: Sequence[Sheet]) -> tuple[pd.DataFrame, list[Fault]]:
    laid = recognised(sheets)
    parts = [part for part in laid.parts if part.table == "surveys"]
    outcome = assemble(parts, tell(None, parts))
    empty = pd.DataFrame({"student_id": [], "date": [], "instrument": []})
    faults = [fault for fault in laid.faults if fault.table in {"", "surveys"}]
    return outcome.frames.get("surveys", empty), [*faults, *outcome.faults]
