"""From the words of a command to what the counsellor's page shows."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from visitkit import load, plan, policy
from visitkit.cli.console import Console
from visitkit.cli.journey import USUAL_POLICY
from visitkit.cli.reviewing import checked, number, read_settings, words
from visitkit.errors import ReviewError
from visitkit.load import School
from visitkit.load.mapping import read_mapping
from visitkit.load.outcomes import read_outcomes
from visitkit.reports.review import Changed
from visitkit.review import (
    CaseloadReview,
    CaseResult,
    CaseReview,
    GoalAttainment,
    Norms,
    Reliability,
    coverage,
    help_review,
)
from visitkit.review.coverage_tables import on_roll
from visitkit.screen.day import read_day

#: Settings below [scale]: the scale of the scores.
_SCALE: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("score", "higher_is", "source", "screening"), words),
    **dict.fromkeys(("reliability", "mean", "sd", "cutoff"), number),
}
_NORMS = ("reliability", "mean", "sd", "source")


def changed(args: argparse.Namespace, console: Console) -> tuple[Changed, School]:
    """Review visits owed and done, and students and goals where their tables are given.

    Parameters
    ----------
    args
        Of ``visitkit review --counsellor``.
    console
        Shows how far it is.

    Raises
    ------
    FaultsError
        When the school's files hold faults and nobody asked to go on without the faulty rows.
    ReviewError
        When scores come without their scale, or a table is not what it should be.
    """
    asked = _scale(args)
    rules = policy.read_policy(args.policy or USUAL_POLICY)
    mapping = read_mapping(args.mapping) if args.mapping else None
    with console.bar() as progress:
        school = load.read_school(
            args.path, lenient=args.lenient, mapping=mapping, progress=progress
        )
    today = read_day(args.as_of or school.latest, school.calendar)
    owed = plan.duties(school, rules, today)
    done = coverage(owed, plan.coverage(owed), school, rules, today)
    scores = None if args.scores is None else _until(args.scores, today)
    goals = None if args.goals is None else _outcomes("goals", args.goals)
    helped = school.tables["interventions"]
    found = Changed(
        as_of=today,
        students=len(on_roll(school, pd.Timestamp(today))),
        coverage=done,
        caseload=None if scores is None or asked is None else CaseloadReview(asked).fit(scores),
        case=None if scores is None or asked is None else _one(args.student, asked, scores),
        goals=None if goals is None else GoalAttainment().fit(goals, today),
        help=(
            None
            if scores is None or asked is None or helped.empty
            else help_review(helped, scores, asked, today)
        ),
    )
    return found, school


def _one(student: str | None, asked: CaseReview, scores: pd.DataFrame) -> CaseResult | None:
    if student is None:
        return None
    return asked.fit(scores[scores["student_id"] == student])


def _outcomes(kind: str, path: str) -> pd.DataFrame:
    found = read_outcomes(kind, path, Path(path).read_bytes())
    if found is None:
        raise ReviewError("cli_review.no_outcomes", path=path)
    return found


def _until(path: str, today: dt.date) -> pd.DataFrame:
    """Read scores up to a day; one whose day cannot be read stays, so that it is refused."""
    scores = _outcomes("scores", path)
    if "date" not in scores.columns:
        return scores
    later = pd.to_datetime(scores["date"], errors="coerce") > pd.Timestamp(today)
    return scores[~later]


def _scale(args: argparse.Namespace) -> CaseReview | None:
    """Return what is asked of the scores; refuse scores without a scale."""
    found = checked(read_settings(args.settings).get("scale", {}), _SCALE, "scale")
    if args.scores is None:
        return None
    if not {"score", "higher_is"} <= set(found):
        raise ReviewError("cli_review.no_scale", path=args.settings or "--settings")
    reliability = None
    if {*_NORMS} <= set(found):
        norms = Norms(float(found["mean"]), float(found["sd"]), found["source"])
        reliability = Reliability(float(found["reliability"]), norms)
    return CaseReview(
        score=found["score"],
        higher_is=found["higher_is"],
        reliability=reliability,
        cutoff=found.get("cutoff"),
        screening=found.get("screening", "screening") or None,
    )
