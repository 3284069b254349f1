"""``visitkit screen``: from the school's files to a ranked, explained list for this week."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Hashable, Mapping
from pathlib import Path

import pandas as pd

from visitkit import reports, text
from visitkit.cli import freezing
from visitkit.cli.console import Console, table
from visitkit.cli.journey import screened, take_wish, wish
from visitkit.cli.learned import Learned, percent, read_learned
from visitkit.cli.parser import Parser
from visitkit.reports.alerts_view import word
from visitkit.reports.model.learned import write_learned
from visitkit.screen.caseload import GOOD_NEWS, Caseload
from visitkit.screen.explain import words_by_kind

_PROG = "visitkit screen"

#: Students shown on the terminal; the files hold all of them.
SHOWN = 15


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    take_wish(parser)
    parser.take("--out", said="out", metavar="DIR", required=True)
    parser.take("--names", said="names", action="store_true")
    parser.take("--json", said="json", action="store_true")
    about = text.say("cli_model.arg.screen_model", parser.lang)
    parser.add_argument("--model", metavar="FILE", help=about)
    freezing.take_freezing(parser)


def run(args: argparse.Namespace, console: Console) -> int:
    """Screen and write; 1 when rows were left out or an alert is past its deadline."""
    asked = wish(args, _PROG)
    out = Path(args.out)
    reports.check_folder(out)
    freeze = freezing.freezing(args, _PROG)
    learned = read_learned(args.model) if args.model else None
    cases, school = screened(asked, console)
    chances = learned.beside(cases) if learned else None
    record = freezing.frozen(freeze, cases, dt.date.today()) if freeze else None
    files = reports.write_screening(cases, school, out, console.lang, names=args.names)
    late = overdue(cases)
    if learned and chances is not None:
        files.append(write_learned(chances, out / "learned.csv"))
        console.hint(
            "cli_model.screen.beside", path=args.model, target=learned.target(console.lang)
        )
    kept = freezing.keep(freeze, record) if freeze and record else None
    if args.json:
        told = as_facts(cases, files, late, learned, chances)
        if record and kept:
            told["record"] = freezing.as_facts(record, kept)
        console.print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        show(cases, files, late, console, learned, chances)
        if record and kept:
            freezing.tell(record, kept, console)
    return 1 if late or school.faults else 0


def overdue(cases: Caseload) -> int:
    """Return how many alerts that ask for action are past their deadline, unanswered."""
    alerts = cases.alerts
    return int(alerts.loc[alerts["kind"] != GOOD_NEWS, "overdue"].sum())


def show(
    cases: Caseload,
    files: list[Path],
    late: int,
    console: Console,
    learned: Learned | None = None,
    chances: pd.DataFrame | None = None,
) -> None:
    """Print the counts, the head of the list and where the files are."""
    sizes = cases.sizes
    parts = [
        text.say("report.summary.part", console.lang, tier=_tier(code, console), number=number)
        for code, number in sizes.items()
    ]
    joined = text.say("report.comma", console.lang).join(parts)
    facts = {"number": len(cases), "date": cases.as_of, "policy": cases.policy.name}
    console.say("cli.screen.counts", "strong", tiers=joined, **facts)
    console.say("cli.screen.capacity", number=cases.capacity)
    if late:
        console.count("cli.screen.overdue", "alarm", number=late)
    console.print()
    for line in _head(cases, console, learned, chances):
        console.print(line)
    rest = len(cases) - SHOWN
    if rest > 0:
        console.count("cli.screen.rest", number=rest)
    console.print()
    console.say("cli.screen.files")
    for path in files:
        console.print(f"  {path}")
    console.say("cli.screen.closing", "quiet")


def _head(
    cases: Caseload,
    console: Console,
    learned: Learned | None,
    chances: pd.DataFrame | None,
) -> list[str]:
    names = ("rank", "student_id", "class_id", "tier", "risk_index", "coverage")
    headers = [text.say(f"screen.column.{name}", console.lang) for name in names]
    beside = {} if chances is None else chances.set_index("student_id")["learned"].to_dict()
    if learned:
        headers.append(text.say(f"cli_model.screen.column.{learned.about.target}", console.lang))
    headers.append(text.say("cli.screen.reason", console.lang))
    rows = []
    for row in cases.table.head(SHOWN).to_dict("records"):
        student_id = str(row["student_id"])
        first = _first_reason(cases, row, console.lang)
        index = "" if pd.isna(row["risk_index"]) else f"{row['risk_index']:.1f}"
        told = [
            str(row["rank"]),
            student_id,
            str(row["class_id"]),
            _tier(str(row["tier"]), console),
        ]
        line = [*told, index, f"{row['coverage']:.0%}"]
        if beside:
            line.append(percent(beside[student_id]))
        rows.append([*line, first])
    numbers = (0, 4, 5, 6) if beside else (0, 4, 5)
    return table(headers, rows, numbers=numbers, columns=console.columns)


def _first_reason(cases: Caseload, row: Mapping[Hashable, object], lang: str) -> str:
    """Return the rules that opened an alert, else the figure that adds most."""
    rules = [rule for rule in str(row["alerts"]).split(";") if rule]
    if rules:
        return text.say("report.comma", lang).join(
            word("alerts.rule", rule, lang) for rule in rules
        )
    concerns = words_by_kind(cases, str(row["student_id"]), lang, kinds=("concern",))["concern"]
    return concerns[0] if concerns else ""


def _tier(code: str, console: Console) -> str:
    return text.say(f"screen.tier.{code}", console.lang)


def as_facts(
    cases: Caseload,
    files: list[Path],
    late: int,
    learned: Learned | None = None,
    chances: pd.DataFrame | None = None,
) -> dict[str, object]:
    """Return what a program needs: how it was made, the counts, the files, the list."""
    table = cases.table.drop(columns="due")
    if chances is not None:
        table = table.merge(chances[["student_id", "learned"]], on="student_id", how="left")
    rows = json.loads(table.to_json(orient="records", force_ascii=False, double_precision=4))
    told: dict[str, object] = {
        "as_of": str(cases.as_of),
        "policy": cases.policy.name,
        "capacity": cases.capacity,
        "seed": cases.seed,
        "overdue": late,
        "tiers": cases.sizes,
        "files": [str(path) for path in files],
        "caseload": rows,
    }
    if learned:
        told["order"] = "risk_index"
        told["beside"] = {"model": str(learned.path), "target": learned.about.target}
    return told
