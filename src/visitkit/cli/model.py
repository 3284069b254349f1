"""``visitkit model``: teach, judge and audit a model, and tell what it is."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from visitkit import reports, text
from visitkit.cli import model_said as said
from visitkit.cli.console import Console, table
from visitkit.cli.model_wish import ModelWish, model_wish, take_model_wish
from visitkit.cli.modelling import (
    Taught,
    apart,
    capacity_of,
    expert_scores,
    figure_codes,
    held_out,
    known_figures,
    learned_until,
    make_model,
    read_taught,
    rules_of,
)
from visitkit.cli.parser import Parser, UsageError
from visitkit.reports.model import Audited, audit_page, card_facts, card_page, card_sections
from visitkit.reports.model import write_page as write_model_page
from visitkit.screen.audit.drift import drift, when_to_refit
from visitkit.screen.audit.dropping import Judged, cost_of_dropping
from visitkit.screen.audit.members import members
from visitkit.screen.audit.subgroups import Wanted, subgroups
from visitkit.screen.indicators import indicators
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.saving import About, load_model, save_model
from visitkit.screen.validate.compare import compare
from visitkit.screen.validate.leakage import leak_probe, suspicious
from visitkit.screen.validate.metrics import evaluate
from visitkit.screen.validate.out_of_fold import OutOfFold

_PROG = "visitkit model"

ACTIONS = ("train", "validate", "audit", "card")


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    parser.add_argument("action", metavar="ACTION", help=_word("action", parser.lang))
    parser.add_argument("paths", metavar="PATH", nargs="*", help=_word("paths", parser.lang))
    take_model_wish(parser)
    for option, metavar in (("--model", "FILE"), ("--out", "FILE"), ("--drop", "NAMES")):
        parser.add_argument(option, metavar=metavar, help=_word(option[2:], parser.lang))
    parser.add_argument("--json", action="store_true", help=_word("json", parser.lang))


def run(args: argparse.Namespace, console: Console) -> int:
    """Carry out an action; 1 when something needs a person."""
    actions: dict[str, Callable[[argparse.Namespace, Console], int]] = {
        "train": train,
        "validate": validate,
        "audit": audit,
        "card": card,
    }
    if args.action not in actions:
        allowed = ", ".join(ACTIONS)
        raise UsageError("cli.wrong.choice", prog=_PROG, found=args.action, allowed=allowed)
    return actions[args.action](args, console)


def train(args: argparse.Namespace, console: Console) -> int:
    """Judge a model in folds, teach it on everybody and save it with what it is worth."""
    asked = model_wish(args, _PROG)
    out = Path(_needed(args, "out"))
    reports.check_folder(out.absolute().parent)
    taught = read_taught(asked, _PROG, console)
    said.counts(taught, asked.target, console)
    figures = known_figures(taught.figures)
    unknown = [str(name) for name in taught.figures.columns if name not in figures.columns]
    if unknown:
        console.hint("cli_model.unknown", names=said.names(unknown, console.lang))
    leaks = _tell_leaks(figures, taught, console)
    figures = figures.drop(columns=leaks)
    rules = rules_of(asked)
    model = make_model(asked, rules, figures)
    seen = Taught(**{**vars(taught), "figures": figures})
    found = held_out(model, seen, asked.seed)
    result = evaluate(found, capacity_of(asked, rules), seed=asked.seed)
    known = taught.outcome.dropna()
    ids = figures.index.intersection(known.index).sort_values()
    model.fit(figures.loc[ids], known.loc[ids].astype(int).to_numpy())
    about = About(asked.target, (taught.as_of,), taught.until, metrics=result.as_metrics())
    save_model(model, out, about)
    against = compare(found, expert_scores(found, taught, rules, asked.seed))
    if args.json:
        answer = {"model": str(out), **said.plain(result, against)}
        console.print(json.dumps(answer, ensure_ascii=False))
    else:
        said.tell(result, asked.target, (against, said.helped(found, taught)), console)
        console.say("cli_model.saved", path=out)
    return 1 if leaks or any(school.faults for school in taught.schools) else 0


def validate(args: argparse.Namespace, console: Console) -> int:
    """Judge a saved model on students of a later day, or in folds where it may have seen them."""
    asked, model, about, taught = _read(args, console)
    found = _held_out(model, about, taught, asked, console)
    rules = rules_of(asked)
    result = evaluate(found, capacity_of(asked, rules), seed=asked.seed)
    leaks = suspicious(_probe(taught.figures[list(model.names_)], taught))
    against = compare(found, expert_scores(found, taught, rules, asked.seed))
    said.counts(taught, about.target, console)
    if args.json:
        answer = {**said.plain(result, against), "leaks": leaks}
        console.print(json.dumps(answer, ensure_ascii=False))
        return 1 if leaks else 0
    said.tell(result, about.target, (against, said.helped(found, taught)), console)
    if leaks:
        console.say("cli_model.leaks", "alarm", names=said.names(leaks, console.lang))
    return 1 if leaks else 0


def audit(args: argparse.Namespace, console: Console) -> int:
    """Write how the model serves groups, what dropping costs and what has drifted."""
    asked, model, about, taught = _read(args, console)
    out = Path(_needed(args, "out"))
    reports.check_folder(out.absolute().parent)
    found = _held_out(model, about, taught, asked, console)
    rules = rules_of(asked)
    wanted = Wanted(capacity_of(asked, rules), seed=asked.seed)
    who = _members(taught)
    made = subgroups(found, who, wanted)
    shift = _shift(model, about, taught)
    dropped = figure_codes(args.drop or "", list(map(str, model.names_)))
    judged = Judged(taught.figures[list(model.names_)], taught.outcome, *apart(taught, asked.seed))
    audited = Audited(
        audit=made,
        evaluation=evaluate(found, wanted.capacity, seed=asked.seed),
        target=about.target,
        as_of=taught.as_of,
        until=taught.until,
        drift=shift,
        refit=None if shift is None else when_to_refit(shift),
        dropping=cost_of_dropping(model, judged, dropped, who, wanted) if dropped else None,
        treated=said.helped(found, taught),
        against=compare(found, expert_scores(found, taught, rules, asked.seed)),
    )
    page = audit_page(audited, console.lang)
    write_model_page(page, out)
    for section in page.sections:
        console.print(section.title, "strong")
        for line in section.lines:
            console.print(f"  {line}")
    console.say("cli_model.page", path=out)
    refit = audited.refit is not None and audited.refit.needed == "yes"
    return 1 if refit else 0


def card(args: argparse.Namespace, console: Console) -> int:
    """Tell what a model is; with ``--out`` also as a page."""
    facts = card_facts(*load_model(_needed(args, "model")))
    if args.out:
        write_model_page(card_page(facts, console.lang), args.out)
    for section in card_sections(facts, console.lang):
        console.print(section.title, "strong")
        for line in section.lines:
            console.print(f"  {line}")
        for shown in table(section.header, section.rows) if section.rows else ():
            console.print(f"  {shown}")
    if args.out:
        console.say("cli_model.page", path=args.out)
    return 0


def _read(args: argparse.Namespace, console: Console) -> tuple[ModelWish, RiskModel, About, Taught]:
    model, about = load_model(_needed(args, "model"))
    asked = model_wish(args, _PROG)
    if args.target and args.target != about.target:
        raise UsageError("cli_model.other_target", model=about.target, found=args.target)
    asked = ModelWish(**{**vars(asked), "target": about.target})
    return asked, model, about, read_taught(asked, _PROG, console)


def _held_out(
    model: RiskModel, about: About, taught: Taught, asked: ModelWish, console: Console
) -> OutOfFold:
    closed = learned_until(about)
    if taught.as_of < closed:
        console.hint("cli_model.taught_anew", until=closed, as_of=taught.as_of)
    return held_out(model, taught, asked.seed, closed)


def _probe(figures: pd.DataFrame, taught: Taught) -> pd.DataFrame:
    return leak_probe(figures, taught.outcome, dates=taught.dates, as_of=taught.as_of)


def _tell_leaks(figures: pd.DataFrame, taught: Taught, console: Console) -> list[str]:
    known = taught.outcome.dropna()
    if known.nunique() < 2:
        return []  # the gate of the model says what is missing
    leaks = suspicious(_probe(figures, taught))
    if leaks:
        console.say("cli_model.leaks", "alarm", names=said.names(leaks, console.lang))
    return leaks


def _members(taught: Taught) -> pd.DataFrame:
    parts = [
        taught.marked(place, members(school, taught.as_of))
        for place, school in enumerate(taught.schools)
    ]
    return pd.concat(parts)


def _shift(model: RiskModel, about: About, taught: Taught) -> pd.DataFrame | None:
    """Compare the figures of the day with those of the day the model learned from."""
    if not about.as_of or about.as_of[-1] >= taught.as_of:
        return None
    names = list(model.names_)
    before = [
        pd.DataFrame(indicators(school, as_of=about.as_of[-1]))
        for school in taught.schools
        if school.calendar.first <= about.as_of[-1]
    ]
    if not before:
        return None
    then, now = pd.concat(before)[names], taught.figures[names]
    return drift(
        then.assign(risk_index=model.decision_function(then)),
        now.assign(risk_index=model.decision_function(now)),
    )


def _needed(args: argparse.Namespace, name: str) -> str:
    given = getattr(args, name)
    if not given:
        raise UsageError("cli.wrong.missing", prog=_PROG, name=f"--{name}")
    return str(given)


def _word(name: str, lang: str) -> str:
    return text.say(f"cli_model.arg.{name}", lang)
