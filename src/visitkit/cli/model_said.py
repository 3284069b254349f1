"""What ``visitkit model`` says of a model it has judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from visitkit import tables, text
from visitkit.cli.console import Console, table
from visitkit.cli.modelling import Taught
from visitkit.reports.alerts_view import word
from visitkit.reports.model import expert_line, metric_rows, treated_line
from visitkit.reports.model.sheet import figure_word
from visitkit.screen.validate.compare import Comparison
from visitkit.screen.validate.metrics import Evaluation
from visitkit.screen.validate.out_of_fold import OutOfFold
from visitkit.screen.validate.treated import BothAnalyses, both_analyses, treated_between
from visitkit.screen.validate.window import leaving

#: The outcome for which a bar of one published rule is known.
BARRED = "dropout"


def counts(taught: Taught, target: str, console: Console) -> None:
    """Say how many students there are, and for dropout how they left."""
    known = taught.outcome.dropna()
    said = word("audit.target", target, console.lang)
    facts = {"n": len(known), "events": int(known.sum()), "target": said}
    console.hint("cli_model.counts", as_of=taught.as_of, until=taught.until, **facts)
    if target != BARRED:
        return
    left = pd.concat([leaving(one, taught.as_of, taught.until) for one in taught.schools])
    ways = left.fillna("").value_counts()
    if len(ways):
        console.hint("cli_model.left", ways=_ways(ways, console.lang))


def _ways(ways: pd.Series[Any], lang: str) -> str:
    unknown = text.say("report.unknown", lang)
    named = [
        f"{tables.word('leaving', str(code), lang) if str(code) else unknown} {number}"
        for code, number in ways.items()
    ]
    return text.say("report.comma", lang).join(named)


def names(columns: Sequence[str], lang: str) -> str:
    """Return figures in words."""
    return text.say("report.comma", lang).join(figure_word(name, lang) for name in columns)


def tell(
    result: Evaluation, target: str, beside: tuple[Comparison, BothAnalyses], console: Console
) -> None:
    """Say how good a model is on students it had not seen, beside the expert points and help."""
    console.say(f"audit.way.{result.way}")
    header = [console.words(f"audit.column.{name}") for name in ("figure", "value", "interval")]
    rows = metric_rows(result.as_metrics(), console.lang)
    for line in table(header, rows, numbers=(1,), columns=console.columns):
        console.print(line)
    if result.bar is not None and target == BARRED:
        console.say(f"cli_model.bar.{result.bar.verdict}", bar=f"{result.bar.bar:.2f}")
    console.print(expert_line(result, beside[0], console.lang))
    console.print(treated_line(beside[1], result.n, console.lang))


def helped(found: OutOfFold, taught: Taught) -> BothAnalyses:
    """Return the figures with and without the students who were helped in the window."""
    logs = [
        taught.marked(place, treated_between(school.tables, taught.as_of, taught.until))
        for place, school in enumerate(taught.schools)
    ]
    return both_analyses(found, pd.concat(logs))


def plain(result: Evaluation, made: Comparison) -> dict[str, object]:
    """Return everything for programs."""
    apart = made.told
    return {
        "n": result.n,
        "events": result.events,
        "left_out": result.left_out,
        "way": result.way,
        "metrics": result.as_metrics(),
        "against_expert": {
            "value": apart.value,
            "low": apart.low,
            "high": apart.high,
            "method": apart.method,
            "verdict": made.verdict,
        },
    }
