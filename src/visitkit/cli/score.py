"""``visitkit score``: score a questionnaire, whom to talk with first."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.load import Fault, FaultsError
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
    scored = hits_before_scores(
        score(instrument, _asked(sheets, instrument), args.norm, args.coding)
    )
    console.print(score_report(scored, instrument, console.lang))
    if args.out:
        path = write_alone(args.out, lambda target: write_table(scored, target))
        console.say("cli.score.written", path=path)
    waiting = (scored["critical_hits"] != "") | (scored["critical_missing"] != "")
    return int(waiting.any())


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
