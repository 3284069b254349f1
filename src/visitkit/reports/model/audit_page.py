"""The audit in words, for those who decide whether a model may be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from visitkit import text
from visitkit.reports.alerts_view import word
from visitkit.reports.model.sheet import Page, Section, between, figure_word, share
from visitkit.screen.audit.drift import Refit
from visitkit.screen.audit.dropping import Dropping
from visitkit.screen.audit.subgroups import FIGURES, SubgroupAudit
from visitkit.screen.evaluate import Estimate
from visitkit.screen.validate.compare import Comparison
from visitkit.screen.validate.metrics import Evaluation
from visitkit.screen.validate.treated import BothAnalyses

_ANALYSES = ("events", "area", "ratio")


@dataclass(frozen=True)
class Audited:
    """What an audit found.

    Parameters
    ----------
    audit
        By group.
    evaluation
        All students.
    drift, refit
        From :mod:`visitkit.screen.audit.drift`; ``None`` where nothing was compared.
    treated
        With and without the students who were helped in the window.
    against
        The model and the expert points on the same students; ``None`` where they were not compared.
    dropping
        What leaving figures out costs; ``None`` where it was not asked.
    target, as_of, until
        What was foreseen, and the window.
    """

    audit: SubgroupAudit
    evaluation: Evaluation
    target: str
    as_of: dt.date
    until: dt.date
    drift: pd.DataFrame | None = None
    refit: Refit | None = None
    dropping: Dropping | None = None
    treated: BothAnalyses | None = None
    against: Comparison | None = None


def audit_page(found: Audited, lang: str) -> Page:
    """Return the audit as a page.

    Parameters
    ----------
    found
        What was found.
    lang
        ``"zh"`` or ``"en"``.
    """
    sections = [_summary(found, lang), *_by_attribute(found.audit, lang)]
    if found.treated is not None:
        sections.append(_treated(found, found.treated, lang))
    if found.dropping is not None:
        sections.append(_dropping(found.dropping, lang))
    if found.drift is not None and found.refit is not None:
        sections.append(_drift(found.drift, found.refit, lang))
    limits = text.find("audit.page.limits", lang)
    sections.append(
        Section(text.say("audit.page.limits_title", lang), [str(one) for one in limits])  # type: ignore[attr-defined]
    )
    facts = [
        text.say("audit.page.target", lang, target=word("audit.target", found.target, lang)),
        text.say("audit.page.window", lang, as_of=found.as_of, until=found.until),
        text.say("audit.page.capacity", lang, number=found.audit.wanted.capacity),
    ]
    closing = text.say("audit.page.closing", lang)
    return Page(text.say("audit.page.title", lang), facts, sections, closing, lang)


def _summary(found: Audited, lang: str) -> Section:
    made, at = found.evaluation, found.evaluation.at_capacity
    lines = [
        text.say("audit.page.students", lang, n=made.n, events=made.events, left_out=made.left_out),
        text.say(f"audit.way.{made.way}", lang),
        text.say(
            "audit.page.list",
            lang,
            k=at.k,
            precision=_estimate(at.precision),
            recall=_estimate(at.recall),
            cap=share(at.recall_cap),
        ),
        text.say(
            "audit.page.area",
            lang,
            area=f"{made.auroc.value:.2f}",
            low=f"{made.auroc.low:.2f}",
            high=f"{made.auroc.high:.2f}",
        ),
    ]
    if found.against is not None:
        lines.append(expert_line(made, found.against, lang))
    return Section(text.say("audit.page.summary", lang), lines)


def expert_line(made: Evaluation, against: Comparison, lang: str) -> str:
    """Return whether the model does better than the points anyone can add up."""
    apart = against.told
    return text.say(
        f"audit.expert.{against.verdict}",
        lang,
        expert=f"{made.auroc.value - against.students.value:.2f}",
        gap=f"{apart.value:+.3f}",
        low=f"{apart.low:+.3f}",
        high=f"{apart.high:+.3f}",
    )


def treated_line(both: BothAnalyses, n: int, lang: str) -> str:
    """Return what the figures are without the students who were helped."""
    facts: dict[str, object] = {"number": both.helped, "n": n}
    facts["everybody"] = f"{both.everybody.auroc.value:.2f}"
    if both.untreated is not None and both.weighted is not None:
        facts["untreated"] = f"{both.untreated.auroc.value:.2f}"
        facts["weighted"] = f"{both.weighted.auroc.value:.2f}"
    return text.say(f"audit.treated.{both.verdict}", lang, **facts)


def _treated(found: Audited, both: BothAnalyses, lang: str) -> Section:
    title = text.say("audit.treated.title", lang)
    lines = [treated_line(both, found.evaluation.n, lang)]
    if not both.helped:
        return Section(title, lines)
    header = [text.say(f"audit.column.{name}", lang) for name in ("who", "n", *_ANALYSES)]
    rows = []
    for name in ("everybody", "untreated", "weighted"):
        one = getattr(both, name)
        if one is None:
            continue
        ratio = "\u2013" if one.ratio is None else _number(one.ratio)
        said = text.say(f"audit.treated.{name}", lang)
        rows.append([said, str(one.n), str(one.events), _number(one.auroc), ratio])
    return Section(title, lines, header, rows)


def _number(one: Estimate) -> str:
    return f"{one.value:.2f} ({one.low:.2f}\u2013{one.high:.2f})"


def _estimate(one: Any) -> str:
    return between(one.value, one.low, one.high)


def _by_attribute(audit: SubgroupAudit, lang: str) -> list[Section]:
    header = [text.say(f"audit.column.{name}", lang) for name in ("group", "n", *FIGURES)]
    sections = []
    for attribute, rows in audit.table.groupby("attribute", sort=False):
        title = word("audit.attribute", str(attribute), lang)
        apart = audit.gaps[audit.gaps["attribute"] == attribute].to_dict("records")
        gaps = {str(gap["figure"]): gap for gap in apart}
        lines = [_gap(name, gaps[name], lang) for name in ("tpr", "fpr") if name in gaps]
        if not lines:
            lines = [text.say("audit.page.no_gap", lang, least=audit.wanted.least)]
        if not rows["told"].all():
            lines.append(text.say("audit.page.held_back", lang, least=audit.wanted.least))
        body = [_row(row, lang) for row in rows.to_dict("records")]
        sections.append(Section(title, lines, header, body))
    return sections


def _row(row: Mapping[Any, Any], lang: str) -> list[str]:
    n = str(row["n"]) if row["told"] else text.say("audit.page.not_told", lang)
    cells = [between(row[name], row[f"{name}_low"], row[f"{name}_high"]) for name in FIGURES]
    return [group_word(str(row["attribute"]), str(row["group"]), lang), n, *cells]


def group_word(attribute: str, code: str, lang: str) -> str:
    """Return the word for a group of an attribute.

    Examples
    --------
    >>> group_word("sex", "female", "en"), group_word("boarding", "no", "en")
    ('girls', 'day students')
    """
    own = f"audit.group_of.{attribute}.{code}"
    return text.say(own, lang) if text.has(own) else word("audit.group", code or "unknown", lang)


def _gap(name: str, gap: Mapping[Any, Any], lang: str) -> str:
    if gap["gap"] == 0:
        return text.say(f"audit.gap.{name}_none", lang)
    verdict = "noise" if gap["noise"] else "apart"
    attribute = str(gap["attribute"])
    return text.say(
        f"audit.gap.{name}_{verdict}",
        lang,
        most=group_word(attribute, str(gap["most"]), lang),
        least=group_word(attribute, str(gap["least"]), lang),
        gap=f"{100 * gap['gap']:.0f}",
        low=f"{100 * gap['low']:.0f}",
        high=f"{100 * gap['high']:.0f}",
    )


def _dropping(made: Dropping, lang: str) -> Section:
    apart = made.cost.told
    names = text.say("report.comma", lang).join(figure_word(one, lang) for one in made.columns)
    facts = {"names": names, "cost": f"{apart.value:+.3f}"}
    facts |= {"low": f"{apart.low:+.3f}", "high": f"{apart.high:+.3f}"}
    lines = [text.say(f"audit.dropping.{made.cost.verdict}", lang, **facts)]
    before, after = made.found_with, made.found_without
    for attribute in [name for name in before.index if name in after.index]:
        lines.append(
            text.say(
                "audit.dropping.gap",
                lang,
                attribute=word("audit.attribute", str(attribute), lang),
                before=f"{100 * before.loc[attribute, 'gap']:.0f}",
                after=f"{100 * after.loc[attribute, 'gap']:.0f}",
            )
        )
    return Section(text.say("audit.dropping.title", lang), lines)


def _drift(table: pd.DataFrame, refit: Refit, lang: str) -> Section:
    header = [
        text.say(f"audit.column.{name}", lang)
        for name in ("column", "psi", "verdict", "known_before", "known_now")
    ]
    moved = table[table["verdict"].isin(["some", "large"]) | table["coverage_drift"]]
    rows = [
        [
            figure_word(str(row["column"]), lang),
            "\u2013" if pd.isna(row["psi"]) else f"{row['psi']:.2f}",
            text.say(f"audit.verdict.{row['verdict']}", lang),
            share(float(row["known_before"])),
            share(float(row["known_now"])),
        ]
        for row in moved.to_dict("records")
    ]
    lines = [
        text.say(f"audit.refit.{refit.needed}", lang),
        text.say("audit.page.drift", lang, number=len(table), moved=len(moved)),
    ]
    return Section(text.say("audit.page.drift_title", lang), lines, header, rows)
