"""From files to a caseload: the steps that several commands share."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from visitkit import load, policy
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, whole
from visitkit.cli.remembered import Remembered, named_casebook, take_casebook
from visitkit.load import School
from visitkit.load.mapping import read_mapping
from visitkit.screen import tiers
from visitkit.screen.alerts import alerts
from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.day import read_day, written_day
from visitkit.screen.index import RiskIndex
from visitkit.screen.indicators import indicators

#: Rules that a school can adopt as they are.
USUAL_POLICY = "recommended"

#: Steps after the reading that :func:`screened` tells of.
STEPS = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for.

    Parameters
    ----------
    path
        File or folder of the school.
    policy
        Name of a profile, or a file.
    as_of
        Day as written; ``None`` for the latest in the data.
    capacity
        Places a week; ``None`` for the policy's.
    seed
        Breaks ties.
    mapping
        File or name of a mapping; ``None`` for none.
    lenient
        Go on without faulty rows.
    day_option
        How the day is asked for on the command line.
    casebook
        What the casebook remembers counts beside the tables; ``None`` where none was named.
    """

    path: Path
    policy: str = USUAL_POLICY
    as_of: str | None = None
    capacity: int | None = None
    seed: int = 0
    mapping: str | None = None
    lenient: bool = False
    day_option: str = "--as-of"
    casebook: Remembered | None = None


def take_wish(parser: Parser, day_option: str = "--as-of") -> None:
    """Add the arguments that say what to screen and how."""
    parser.need("path", "path")
    parser.take(day_option, dest="as_of", said=day_option[2:].replace("-", "_"), metavar="DATE")
    parser.take("--policy", said="policy", metavar="NAME", default=USUAL_POLICY)
    parser.take("--capacity", said="capacity", metavar="N")
    parser.take("--seed", said="seed", metavar="K")
    parser.take("--mapping", said="mapping", metavar="FILE")
    parser.take("--lenient", said="lenient", action="store_true")
    take_casebook(parser)


def wish(args: argparse.Namespace, prog: str, day_option: str = "--as-of") -> Wish:
    """Return what was asked for.

    Raises
    ------
    UsageError
        When a number is none.
    """
    return Wish(
        path=Path(args.path),
        policy=args.policy,
        as_of=args.as_of,
        capacity=whole(prog, "--capacity", args.capacity),
        seed=whole(prog, "--seed", args.seed) or 0,
        mapping=args.mapping,
        lenient=args.lenient,
        day_option=day_option,
        casebook=named_casebook(args),
    )


def screened(asked: Wish, console: Console) -> tuple[Caseload, School]:
    """Read, measure, weigh and rank; a bar on the terminal shows how far it is.

    Raises
    ------
    FaultsError
        When the files hold faults and nobody asked to go on without the faulty rows.
    """
    rules = policy.read_policy(asked.policy)
    tiers.read_capacity(rules, asked.capacity)
    if asked.as_of is not None:
        written_day(asked.as_of)
    mapping = read_mapping(asked.mapping) if asked.mapping else None
    with console.bar() as progress:
        school = load.read_school(
            asked.path, lenient=asked.lenient, mapping=mapping, progress=progress
        )
        today = read_day(asked.as_of or school.latest, school.calendar)
        past = None if asked.casebook is None else asked.casebook.on(today, console)
        matters = None if past is None else past.matters
        progress(1, STEPS, console.words("cli.step.measure"))
        figures = indicators(school, today, past)
        progress(2, STEPS, console.words("cli.step.alerts"))
        open_alerts = alerts(school, rules, today, past, matters=matters)
        progress(3, STEPS, console.words("cli.step.rank"))
        risk = RiskIndex.from_policy(rules).fit(figures).assess(figures)
        cases = caseload(risk, open_alerts, rules, asked.capacity, asked.seed)
    _tell(asked, school, today, console)
    return cases, school


def _tell(asked: Wish, school: School, today: dt.date, console: Console) -> None:
    if asked.as_of is None:
        console.hint("cli.screen.as_of_latest", date=today, option=asked.day_option)
    if school.faults:
        rows = sum(school.left_out.values())
        console.hint("cli.screen.left_out", faults=len(school.faults), rows=rows)
