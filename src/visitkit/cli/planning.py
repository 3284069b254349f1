"""From a caseload to a plan of visits: the steps that several commands share."""

from __future__ import annotations

import argparse
import math
import re
from dataclasses import dataclass, replace
from pathlib import Path

import joblib  # type: ignore[import-untyped]
import pandas as pd

from visitkit import plan
from visitkit.cli.console import Console
from visitkit.cli.interrupt import stoppable
from visitkit.cli.journey import Wish, wish
from visitkit.cli.parser import Parser, UsageError, whole
from visitkit.load import School
from visitkit.plan import Duties, Problem, Progress, Terms, VisitPlan
from visitkit.plan.kinds import kinds_named
from visitkit.plan.matrices import read_minutes
from visitkit.plan.terms import USUAL_DAYS, USUAL_MODE, USUAL_SPACING
from visitkit.policy import Policy
from visitkit.reports.visits import Beside, write_visits
from visitkit.screen.caseload import Caseload
from visitkit.screen.day import read_day

#: Seconds of the search where nobody says.
USUAL_SECONDS = 60

#: Steps before the search that the bar tells of.
_STEPS = 2


@dataclass(frozen=True, slots=True)
class PlanWish:
    """What a person asked for.

    Parameters
    ----------
    screen
        What to screen and how; the plan begins on its day.
    days, seconds, jobs
        Days of the plan, seconds of the search, processes.
    travel, places
        File of travel minutes, and of the names of its places.
    mode, base, far
        Way of travel, where the school is, zones far away.
    kinds
        Kinds of duty the plan is made for; all where none is named.
    daylight, spacing
        Visits before sunset only; least days between two visits to one family.
    keep
        Table of visits that stay as they are.
    """

    screen: Wish
    days: int = USUAL_DAYS
    seconds: float = USUAL_SECONDS
    jobs: int = 1
    travel: Path | None = None
    places: Path | None = None
    mode: str = USUAL_MODE
    base: tuple[float, float] | None = None
    far: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    daylight: bool = False
    spacing: int = USUAL_SPACING
    keep: Path | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what it was made from and what its papers tell beside it."""

    plan: VisitPlan
    problem: Problem
    duties: Duties
    kept: int
    beside: Beside


def write(made: Planned, school: School, rules: Policy, out: Path, lang: str) -> list[Path]:
    """Write all files of a plan."""
    return write_visits(made.plan, made.duties, school, rules, out, lang, beside=made.beside)


def take_plan_wish(parser: Parser) -> None:
    """Add the arguments that say what to plan and how."""
    for option, metavar in (
        ("--days", "N"),
        ("--seconds", "S"),
        ("--travel", "FILE"),
        ("--places", "FILE"),
        ("--mode", "MODE"),
        ("--base", "LAT,LON"),
        ("--far", "ZONES"),
        ("--kinds", "KINDS"),
        ("--spacing", "N"),
        ("--keep", "FILE"),
        ("--jobs", "N"),
    ):
        parser.take(option, said=option[2:], metavar=metavar)
    parser.take("--daylight", said="daylight", action="store_true")


def plan_wish(args: argparse.Namespace, prog: str) -> PlanWish:
    """Return what was asked for.

    Raises
    ------
    UsageError
        When a number is none, or the answer of a routing engine comes without its places.
    """
    days, seconds, jobs, spacing = (
        whole(prog, f"--{name}", getattr(args, name))
        for name in ("days", "seconds", "jobs", "spacing")
    )
    travel = Path(args.travel) if args.travel else None
    if travel is not None and travel.suffix.lower() == ".json" and not args.places:
        raise UsageError("cli.wrong.places", prog=prog, path=travel)
    return PlanWish(
        screen=wish(args, prog, "--start"),
        days=USUAL_DAYS if days is None else days,
        seconds=USUAL_SECONDS if seconds is None else seconds,
        jobs=jobs or 1,
        travel=travel,
        places=Path(args.places) if args.places else None,
        mode=args.mode or USUAL_MODE,
        base=_degrees(prog, args.base),
        far=tuple(zone.strip() for zone in (args.far or "").split(",") if zone.strip()),
        kinds=kinds_named(re.split("[,\uff0c\u3001]", args.kinds)) if args.kinds else (),
        daylight=args.daylight,
        spacing=USUAL_SPACING if spacing is None else spacing,
        keep=Path(args.keep) if args.keep else None,
    )


def _degrees(prog: str, words: str | None) -> tuple[float, float] | None:
    if words is None:
        return None
    try:
        lat, lon = (float(part) for part in words.split(","))
    except ValueError as error:
        raise UsageError("cli.wrong.latlon", prog=prog, found=words) from error
    if not (math.isfinite(lat) and abs(lat) <= 90 and math.isfinite(lon) and abs(lon) <= 180):
        raise UsageError("cli.wrong.latlon", prog=prog, found=words)
    return lat, lon


def planned(
    asked: PlanWish, cases: Caseload, school: School, rules: Policy, console: Console
) -> Planned:
    """Plan the visits of a caseload; a bar shows cost and gap, Ctrl-C keeps the best so far."""
    table = None if asked.keep is None else _visits(asked.keep)
    with console.bar() as progress:
        progress(0, _STEPS, console.words("cli.step.duties"))
        today = read_day(cases.as_of or school.latest, school.calendar)
        past = None if asked.screen.casebook is None else asked.screen.casebook.on(today, console)
        terms = replace(_terms(asked, school, table), history=None if past is None else past.duties)
        setting = plan.problem_of(cases, school, rules, cases.as_of or school.latest, terms)
        problem = setting.problem
        progress(1, _STEPS, console.words("cli.step.plan"))

        def tell(now: Progress) -> None:
            done = min(round(now.seconds), round(asked.seconds))
            progress(done, max(1, round(asked.seconds)), _told(now, console))

        with (
            stoppable(lambda: console.hint("cli.plan.stopping")) as stop,
            joblib.parallel_config(n_jobs=asked.jobs),
        ):
            made = plan.plan_visits(
                problem.requests,
                problem.visitors,
                problem.trip,
                seconds=asked.seconds,
                seed=asked.screen.seed,
                rules=problem.rules,
                frozen=setting.kept,
                progress=tell,
                cancel=stop,
            )
    beside = Beside(caseload=cases, base=terms.base)
    return Planned(made, problem, setting.duties, len(setting.kept), beside)


def _terms(asked: PlanWish, school: School, table: pd.DataFrame | None) -> Terms:
    minutes = None if asked.travel is None else read_minutes(asked.travel, _places(asked.places))
    return Terms(
        days=asked.days,
        mode=asked.mode,
        base=plan.base_place(school, asked.base),
        minutes=minutes,
        far=asked.far,
        kinds=asked.kinds,
        daylight=asked.daylight,
        spacing=asked.spacing,
        keep=table,
    )


def _places(path: Path | None) -> list[str]:
    if path is None:
        return []
    lines = path.read_text("utf-8-sig").splitlines()
    return [line.strip() for line in lines if line.strip()]


def _visits(path: Path) -> pd.DataFrame:
    """Read the table of an earlier plan, every cell as text."""
    return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)


def _told(now: Progress, console: Console) -> str:
    stage = console.words(f"plan.stage.{now.stage}")
    cost = f"{now.cost:,.0f}"
    if now.bound <= 0 or not math.isfinite(now.cost):
        return console.words("cli.plan.bar_open", stage=stage, cost=cost)
    return console.words("cli.plan.bar", stage=stage, cost=cost, gap=f"{now.gap:.1%}")
