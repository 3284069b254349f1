"""``visitkit plan``: whom to visit, by whom, when and in what order."""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from pathlib import Path

from visitkit import policy, reports, text
from visitkit.cli.console import Console, table
from visitkit.cli.journey import screened, take_wish
from visitkit.cli.parser import Parser
from visitkit.cli.planning import Planned, plan_wish, planned, take_plan_wish, write
from visitkit.load import School
from visitkit.plan import Unassigned, Violation, VisitPlan, check_plan
from visitkit.plan.goodness import CROWDED, longer, must, open_costs
from visitkit.policy import Policy
from visitkit.text.counting import one_or_many

_PROG = "visitkit plan"

#: Visits, and families that must be visited but are left out, that the terminal shows.
SHOWN = 10


def arguments(parser: Parser) -> None:
    """Add the arguments."""
    take_wish(parser, "--start")
    take_plan_wish(parser)
    parser.take("--out", said="out", metavar="DIR", required=True)
    parser.take("--json", said="json", action="store_true")


def run(args: argparse.Namespace, console: Console) -> int:
    """Plan and write; 1 when rows were left out or a family needs a person."""
    asked = plan_wish(args, _PROG)
    out = Path(args.out)
    reports.check_folder(out)
    rules = policy.read_policy(asked.screen.policy)
    cases, school = screened(asked.screen, console)
    made = planned(asked, cases, school, rules, console)
    files = write(made, school, rules, out, console.lang)
    if args.json:
        console.print(as_json(made, files, rules))
    else:
        show(made, files, rules, console)
    return 1 if needs_a_person(made, school) else 0


def needs_a_person(made: Planned, school: School) -> bool:
    """Tell whether something is left that no plan can settle."""
    left = made.plan.unassigned
    hindered = any(item.reason != CROWDED for item in left)
    return hindered or bool(must(made.plan)) or bool(check_plan(made.plan)) or bool(school.faults)


def show(made: Planned, files: list[Path], rules: Policy, console: Console) -> None:
    """Print how good the plan is, who is left out, the first visits and where the files are."""
    _counts(made, rules, console)
    _goodness(made, console)
    console.print()
    _left_out(made, console)
    _broken(check_plan(made.plan), console)
    for line in _head(made.plan, console):
        console.print(line)
    rest = len(made.plan.visits) - SHOWN
    if rest > 0:
        console.count("cli.plan.rest", number=rest)
    console.print()
    _files(files, console)
    console.say("cli.plan.closing", "quiet")


def _files(files: list[Path], console: Console) -> None:
    """Name the files; the calendars, of which every teacher has one, together."""
    console.say("cli.screen.files")
    calendars = [path for path in files if path.suffix == ".ics"]
    for path in files:
        if path not in calendars:
            console.print(f"  {path}")
    if calendars:
        number, folder = len(calendars), calendars[0].parent
        console.print(
            "  "
            + text.say(
                one_or_many("cli.plan.calendars", number),
                console.lang,
                number=number,
                folder=folder,
            )
        )


def _counts(made: Planned, rules: Policy, console: Console) -> None:
    outings = made.plan.outings
    sessions = made.problem.visitors.sessions
    days = sorted({session.date for session in sessions})
    console.say(
        "cli.plan.counts",
        "strong",
        first=days[0] if days else "–",
        last=days[-1] if days else "–",
        policy=rules.name,
        visits=len(made.plan.visits),
        outings=len(outings),
        teachers=len({who for visit in made.plan.visits for who in visit.crew}),
        minutes=round(sum(outing.travel for outing in outings)),
    )
    if made.kept:
        console.say("cli.plan.kept", number=made.kept)


def _goodness(made: Planned, console: Console) -> None:
    plan = made.plan
    if plan.proved:
        console.say("cli.plan.proved")
    elif math.isinf(longer(made.plan)):
        console.say("cli.plan.no_bound")
    else:
        cost, bound = (f"{figure:,.0f}" for figure in open_costs(made.plan))
        share = f"{longer(made.plan):.1%}"
        console.say("cli.plan.gap", cost=cost, bound=bound, share=share)


def _left_out(made: Planned, console: Console) -> None:
    left = made.plan.unassigned
    if not left:
        return
    console.say("cli.plan.left", number=len(left))
    reasons = Counter(item.reason for item in left)
    width = len(str(max(reasons.values())))
    for reason, number in reasons.most_common():
        console.print(f"  {number:>{width}}  {console.words(f'plan.short.{reason}')}")
    pressing = must(made.plan)
    if pressing:
        console.count("cli.plan.must", "alarm", number=len(pressing))
    for item in pressing[:SHOWN]:
        console.print("  " + _must_row(item, console))
    if len(pressing) > SHOWN:
        console.count("cli.plan.must_rest", number=len(pressing) - SHOWN)
    console.print()


def _must_row(item: Unassigned, console: Console) -> str:
    reason = console.words(f"plan.reason.{item.reason}", **item.facts)
    if item.due is None:
        return console.words("cli.plan.must_row_open", student_id=item.student_id, reason=reason)
    facts = {"student_id": item.student_id, "due": item.due, "reason": reason}
    return console.words("cli.plan.must_row", **facts)


def _broken(found: tuple[Violation, ...], console: Console) -> None:
    if not found:
        return
    console.say("cli.plan.broken", "alarm")
    for one in found:
        sentence = console.words(f"plan.violation.{one.rule}", **one.facts)
        place = "  ".join(part for part in (one.session, one.teacher, one.request_id) if part)
        console.print(f"  {place}  {sentence}")
    console.print()


def _head(plan: VisitPlan, console: Console) -> list[str]:
    names = ("date", "start", "student_id", "visitors", "form")
    headers = [text.say(f"cli.plan_column.{name}", console.lang) for name in names]
    visits = sorted(plan.visits, key=lambda visit: (visit.date, visit.start, visit.student_id))
    rows = [
        [
            str(visit.date),
            clock(visit.start),
            visit.student_id,
            ", ".join(visit.crew),
            form_words(visit.form, console.lang),
        ]
        for visit in visits[:SHOWN]
    ]
    return table(headers, rows, columns=console.columns) if rows else []


def form_words(form: str, lang: str) -> str:
    """Return the first of the words for a form of visit."""
    found = text.find(f"values.visit_form.{form}", lang)
    return str(found[0]) if isinstance(found, list) else str(found)


def clock(minutes: float) -> str:
    """Return minutes after midnight as a clock shows them.

    Examples
    --------
    >>> clock(1002.0)
    '16:42'
    """
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def as_json(made: Planned, files: list[Path], rules: Policy) -> str:
    """Return what a program needs: how good the plan is, the visits, who is left out, the files."""
    plan = made.plan
    told = {
        "policy": rules.name,
        "seed": plan.seed,
        "cost": plan.cost,
        "bound": plan.bound if math.isfinite(plan.bound) else None,
        "gap": plan.gap,
        "longer_at_most": longer(made.plan) if math.isfinite(longer(made.plan)) else None,
        "proved": plan.proved,
        "log": [{"key": key, **facts} for key, facts in plan.log],
        "kept": made.kept,
        "must": [item.request_id for item in must(made.plan)],
        "broken": [{"rule": one.rule, "request": one.request_id} for one in check_plan(plan)],
        "files": [str(path) for path in files],
        "visits": [
            {
                "date": visit.date,
                "start": clock(visit.start),
                "end": clock(visit.end),
                "student_id": visit.student_id,
                "visitors": visit.crew,
                "form": visit.form,
                "duty": visit.duty,
            }
            for visit in plan.visits
        ],
        "unassigned": [
            {"student_id": item.student_id, "duty": item.duty, "reason": item.reason}
            for item in plan.unassigned
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)
