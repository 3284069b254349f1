"""From files to a model and back: the steps that the actions of ``visitkit model`` share."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from visitkit import load, policy
from visitkit.cli.console import Console
from visitkit.cli.model_wish import ModelWish
from visitkit.cli.parser import UsageError
from visitkit.errors import ScreenError
from visitkit.load import School
from visitkit.load.mapping import read_mapping
from visitkit.policy import Policy
from visitkit.reports.model.sheet import figure_word
from visitkit.screen import tiers
from visitkit.screen.day import read_day
from visitkit.screen.index import RiskIndex
from visitkit.screen.indicators import indicators
from visitkit.screen.learn.hybrid import Hybrid
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.saving import MODELS, About, check_schema
from visitkit.screen.validate.out_of_fold import Folds, OutOfFold, out_of_fold_scores, scored
from visitkit.screen.validate.window import window_outcome

#: A table or a column by student.
Table = TypeVar("Table", pd.DataFrame, "pd.Series[Any]")

#: Fewer classes cannot be kept apart: a model would learn from one class alone.
LEAST_CLASSES = 3


@dataclass(frozen=True)
class Taught:
    """Students with figures on a day, and what happened to them afterwards.

    Parameters
    ----------
    figures : DataFrame
        By ``student_id``; where several schools were read, each number begins with the place of
        its school.
    dates
        The dates behind the figures.
    outcome, classes
        By ``student_id``.
    schools
        As read.
    as_of, until
        The day of the figures and the end of the window.
    """

    figures: pd.DataFrame
    dates: pd.DataFrame
    outcome: pd.Series[Any]
    classes: pd.Series[Any]
    schools: tuple[School, ...]
    as_of: dt.date
    until: dt.date

    def marked(self, place: int, table: Table) -> Table:
        """Return a table of one school with the student numbers used here."""
        mark = mark_of(place, len(self.schools))
        ids = pd.Index([f"{mark}{one}" for one in table.index], dtype="str", name="student_id")
        return table.set_axis(ids, axis=0)


def mark_of(place: int, schools: int) -> str:
    """Return what each student number of a school begins with; nothing where there is one school.

    Examples
    --------
    >>> mark_of(0, 2), mark_of(0, 1)
    ('1:', '')
    """
    return f"{place + 1}:" if schools > 1 else ""


def read_taught(asked: ModelWish, prog: str, console: Console) -> Taught:
    """Read the schools, measure their students on the day, and tell what happened after it.

    Raises
    ------
    UsageError
        When no day was given: a model needs a day with a closed window after it.
    FaultsError
        When the files hold faults and nobody asked to go on without the faulty rows.
    """
    if asked.as_of is None:
        raise UsageError("cli.wrong.missing", prog=prog, name="--as-of")
    mapping = read_mapping(asked.mapping) if asked.mapping else None
    figures, dates, outcome, classes, schools = [], [], [], [], []
    with console.bar() as progress:
        for place, path in enumerate(asked.paths):
            school = load.read_school(
                path, lenient=asked.lenient, mapping=mapping, progress=progress
            )
            mark = mark_of(place, len(asked.paths))
            day = read_day(asked.as_of, school.calendar)
            until = read_day(asked.until or school.latest, school.calendar)
            found = indicators(school, as_of=day)
            who = pd.Index([f"{mark}{one}" for one in found.index], name="student_id")
            happened = window_outcome(school, asked.target, day, until)
            outcome.append(happened.set_axis([f"{mark}{one}" for one in happened.index]))
            figures.append(pd.DataFrame(found).set_axis(who, axis=0))
            dates.append(pd.DataFrame(found.dates).set_axis(who, axis=0))
            classes.append(_classes(found.class_id, found.index, mark, who))
            schools.append(school)
    return Taught(
        pd.concat(figures),
        pd.concat(dates),
        pd.concat(outcome).rename_axis("student_id"),
        pd.concat(classes),
        tuple(schools),
        day,
        until,
    )


def _classes(
    given: pd.Series[Any] | None, ids: pd.Index[Any], mark: str, who: pd.Index[Any]
) -> pd.Series[Any]:
    names = [""] * len(ids) if given is None else given.reindex(ids).fillna("").astype(str)
    return pd.Series([f"{mark}{name}" for name in names], index=who)


def known_figures(figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of which something is known: a column of gaps teaches nothing."""
    return figures.loc[:, figures.notna().any()]


def make_model(asked: ModelWish, rules: Policy, figures: pd.DataFrame) -> RiskModel:
    """Return an untaught model of the kind asked for."""
    made = MODELS[asked.kind]
    if made is Hybrid:
        return Hybrid(expert=RiskIndex.from_policy(rules))
    card = RiskIndex.from_policy(rules).fit(figures).card_
    known = {line.name: line.worse for line in card.lines}
    signs = {name: known[name] for name in figures.columns if name in known}
    return made(signs=signs)


def capacity_of(asked: ModelWish, rules: Policy) -> int:
    """Return the length of the list, asked for or the policy's."""
    return tiers.read_capacity(rules, asked.capacity)


def rules_of(asked: ModelWish) -> Policy:
    """Return the rules asked for."""
    return policy.read_policy(asked.policy)


def held_out(
    model: RiskModel, taught: Taught, seed: int, learned_until: dt.date | None = None
) -> OutOfFold:
    """Return scores by models that had not seen the student.

    Parameters
    ----------
    model
        Untaught, or taught.
    taught
        Students and outcomes.
    seed
        Of the folds.
    learned_until
        Where the model is taught: the end of the window it learned from. Later days are judged by
        the model itself; for any other day it is taught anew in folds of whole classes, because
        it may have learned from these very outcomes.
    """
    if learned_until is not None and taught.as_of >= learned_until:
        check_schema(model, [str(name) for name in taught.figures.columns])
        return scored(model, figures_for(model, taught.figures), taught.outcome)
    groups, folds = apart(taught, seed)
    figures = taught.figures
    if learned_until is not None:
        figures = figures_for(model, figures)
    return out_of_fold_scores(model, figures, taught.outcome, groups=groups, folds=folds)


def figure_codes(names: str, known: list[str]) -> list[str]:
    """Return the figures a person named by their words or codes, parted by commas.

    A name that is nothing known comes back as it is, so that what refuses it can quote it.

    Examples
    --------
    >>> figure_codes("Absence, late_rate", ["absence_rate", "late_rate"])
    ['absence_rate', 'late_rate']
    """
    codes = {figure_word(code, lang).casefold(): code for code in known for lang in ("zh", "en")}
    asked = re.split(r"[,\uff0c\u3001]", names)
    return [codes.get(name.strip().casefold(), name.strip()) for name in asked if name.strip()]


def expert_scores(found: OutOfFold, taught: Taught, rules: Policy, seed: int) -> OutOfFold:
    """Return the scores of the expert points for the same students, kept apart in the same way."""
    expert = RiskIndex.from_policy(rules)
    if found.way == "fresh":
        return scored(expert.fit(taught.figures), taught.figures, taught.outcome)
    groups, folds = apart(taught, seed)
    return out_of_fold_scores(expert, taught.figures, taught.outcome, groups=groups, folds=folds)


def apart(taught: Taught, seed: int) -> tuple[pd.Series[Any] | None, Folds]:
    """Return the classes to keep together and the folds; below three classes students are mixed."""
    classes = int(taught.classes.nunique())
    if classes < LEAST_CLASSES:
        return None, Folds(seed=seed)
    return taught.classes, Folds(min(Folds().number, classes), seed=seed)


def figures_for(model: RiskModel, figures: pd.DataFrame) -> pd.DataFrame:
    """Return the figures a model was taught with, in its order.

    Raises
    ------
    LearnError
        When one is not there.
    """
    check_schema(model, [str(name) for name in figures.columns])
    return pd.DataFrame(figures)[list(model.names_)]


def learned_until(about: About) -> dt.date:
    """Return the end of the window a saved model learned from.

    Raises
    ------
    ScreenError
        When the model does not say: then nothing can be told to be new to it.
    """
    if about.until is None:
        raise ScreenError("cli_model.no_window")
    return about.until
