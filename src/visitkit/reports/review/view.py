"""What stands in the report of a study, in words and pictures, whatever the file."""

from __future__ import annotations

import datetime as dt
import math
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from visitkit import __version__, text
from visitkit.errors import ReviewError
from visitkit.figures.attrition import draw_attrition
from visitkit.figures.design import draw_design
from visitkit.figures.flow import draw_flow
from visitkit.figures.forest import draw_forest
from visitkit.figures.love import draw_love
from visitkit.figures.style import Picture
from visitkit.reports.review.asked import Asked
from visitkit.review.shown_counts import SIDES, Shown
from visitkit.review.small_cells import FLOOR
from visitkit.review.stats.fingerprint import fingerprint
from visitkit.review.study import Check, EffectRow, Study
from visitkit.review.study.checks import brief, chance
from visitkit.review.study.effect import Means
from visitkit.review.study.told import told_checks, told_table
from visitkit.review.study.words import (
    effect_words,
    few_lost,
    harm_words,
    is_rate,
    lost_words,
)

#: Columns of the effect table, in order: what could be seen stands before what was found.
COLUMNS = (
    "outcome",
    "n",
    "control",
    "seen",
    "mean",
    "mean_control",
    "b",
    "g",
    "improvement",
    "p",
    "q",
)

#: How far the study can be trusted, at a glance and without colour.
_SIGNS = {
    "without_reservations": "\u25cf\u25cf\u25cf",
    "with_reservations": "\u25cf\u25cf\u25cb",
    "does_not_meet": "\u25cf\u25cb\u25cb",
}


@dataclass(frozen=True)
class Pictured:
    """A picture with the heading above it; without a picture the sentence that says why."""

    title: str
    picture: Picture | None
    why: str = ""


@dataclass(frozen=True)
class StudyView:
    """The report, ready to be put on paper."""

    lang: str
    title: str
    private: str
    facts: list[str]
    bottom: list[str]
    verdict: list[str]
    flow: Pictured
    lost: Pictured
    love: Pictured
    forest: Pictured
    header: list[str]
    rows: list[list[str]]
    refused: list[str]
    checks_title: str
    checks: list[str]
    shown: Pictured
    limits: list[str]
    made: list[str]


def study_view(study: Study, asked: Asked, lang: str) -> StudyView:
    """Put a study into words and pictures.

    Parameters
    ----------
    study
        Declared; it is estimated when it was not yet.
    asked
        What no table knows.
    lang
        ``"zh"`` or ``"en"``.

    Raises
    ------
    ReviewError
        When no outcome allows a figure.
    """
    if not study.estimate().rows:
        raise ReviewError("review_report.no_figure")
    outside = study.shown()
    table = told_table(study.estimate(), outside)
    first = table.rows[0].found.outcome
    name = asked.name(first)
    return StudyView(
        lang=lang,
        title=asked.question or text.say("review_report.title", lang),
        private=text.say("review_report.private", lang, least=FLOOR),
        facts=list(_facts(study, asked, lang)),
        bottom=[
            next(effect_words(row, lang, outside, asked.name(row.found.outcome)))
            for row in table.rows
        ],
        verdict=_verdict(study, lang),
        flow=_flow(study, first, lang),
        lost=_lost(study, first, lang),
        love=_love(study, first, asked, lang),
        forest=Pictured(
            text.say("review_report.heading.effects", lang), draw_forest(table, asked.names, lang)
        ),
        header=_header(study, lang),
        rows=[_cells(row, outside, asked, lang) for row in table.rows],
        refused=[
            f"{asked.name(one.outcome)}: {outside.note(one.why, lang)}" for one in table.refused
        ],
        checks_title=text.say("review_report.heading.sensitivity", lang, outcome=name),
        checks=[*_harm(study, asked, lang), *_checks(study.sensitivity(first), outside, lang)],
        shown=_shown(study, first, asked, lang),
        limits=list(_limits(study, lang)),
        made=list(_made(study, lang)),
    )


def _facts(study: Study, asked: Asked, lang: str) -> Iterator[str]:
    for part in ("help", "when", "who"):
        if told := getattr(asked, part):
            yield text.say(f"review_report.fact.{part}", lang, **{part: told})
    design = text.say(f"review_report.design.{study.design().name}", lang)
    yield text.say("review_report.fact.design", lang, design=design)
    flow = study.flow()
    number = flow.words(lang)["all"]["assessed"]
    yield text.say(f"review_report.fact.{flow.counted}", lang, number=number)
    yield text.say("review_report.fact.made", lang, date=asked.made or dt.date.today())
    if asked.registered:
        yield text.say("review_report.fact.registered", lang, registered=asked.registered)
    else:
        yield text.say("review_report.fact.not_registered", lang)


def _verdict(study: Study, lang: str) -> list[str]:
    found, outside = study.verdict(), study.shown()
    told = [outside.note(one, lang) for one in found.notes()[: 2 if found.limits else 1]]
    return [f"{_SIGNS[found.rating]} {told[0]}", *told[1:]]


def _flow(study: Study, outcome: str, lang: str) -> Pictured:
    title = text.say("review_report.heading.flow", lang)
    return Pictured(title, draw_flow(study.flow(outcome), lang))


def _lost(study: Study, outcome: str, lang: str) -> Pictured:
    """Return who was lost; no point is drawn from which a few students could be told."""
    try:
        told = lost_words(study, outcome, lang)
    except ReviewError as error:
        return Pictured("", None, _why(study, error, lang))
    if few_lost(study, outcome):
        return Pictured("", None, told)
    return Pictured("", draw_attrition(study.attrition(outcome=outcome), lang), told)


def _love(study: Study, outcome: str, asked: Asked, lang: str) -> Pictured:
    title = text.say("review_report.heading.love", lang)
    try:
        return Pictured(title, draw_love(study.love(outcome), asked.names, lang))
    except ReviewError as error:
        return Pictured(title, None, _why(study, error, lang))


def _shown(study: Study, outcome: str, asked: Asked, lang: str) -> Pictured:
    name = asked.name(outcome)
    title = text.say("review_report.heading.picture", lang, outcome=name)
    try:
        return Pictured(title, draw_design(study.picture(outcome), name, lang))
    except ReviewError as error:
        return Pictured(title, None, _why(study, error, lang))


def _why(study: Study, error: ReviewError, lang: str) -> str:
    return study.shown().sentence(error.key, error.facts, lang)


def _header(study: Study, lang: str) -> list[str]:
    counts = {"n": "periods_after", "control": "periods_before"}
    counts |= {"mean": "mean_after", "mean_control": "mean_expected"}
    names = counts if study.flow().counted == "periods" else {}
    return [text.say(f"review_report.column.{names.get(one, one)}", lang) for one in COLUMNS]


def _cells(row: EffectRow, outside: Shown, asked: Asked, lang: str) -> list[str]:
    effect, size, counts = row.found.effect, row.found.size, row.found.effect.counts
    none, name = text.say("review_report.none", lang), row.found.outcome
    told = {side: outside.told("analysed", side, name).words(lang) for side in SIDES}
    return [
        asked.name(row.found.outcome),
        _counted(told["treated"], counts.clusters_treated, lang),
        _counted(told["control"], counts.clusters_control, lang),
        _seen(row, lang),
        *_means(row.means, lang),
        _difference(row, lang),
        _range(size.value, size.ci, lang) if size else none,
        _range(row.improvement[0], row.improvement[1:], lang) if row.improvement else none,
        chance(effect.p),
        chance(row.q),
    ]


def _seen(row: EffectRow, lang: str) -> str:
    if not is_rate(row):
        return brief(row.seen.value)
    ends = {"lower": brief(math.exp(-row.seen.value)), "higher": brief(math.exp(row.seen.value))}
    return text.say("review_report.seen_ratio", lang, **ends)


def _means(means: Means | None, lang: str) -> Iterator[str]:
    """Yield the plain mean of each side, the adjusted one beside it."""
    for side in SIDES:
        if means is None:
            yield text.say("review_report.none", lang)
            continue
        plain, adjusted = getattr(means, side), getattr(means, f"adjusted_{side}")
        if adjusted is None:
            yield brief(plain)
        else:
            told = {"plain": brief(plain), "adjusted": brief(adjusted)}
            yield text.say("review_report.mean", lang, **told)


def _difference(row: EffectRow, lang: str) -> str:
    effect = row.found.effect
    if not is_rate(row):
        return _range(effect.estimate, effect.ci, lang)
    told = dict(zip(("value", "low", "high"), (effect.estimate, *effect.ci), strict=True))
    ratio = {name: brief(math.exp(value)) for name, value in told.items()}
    return text.say("review_report.ratio", lang, **ratio)


def _counted(n: str, clusters: int | None, lang: str) -> str:
    if clusters is None:
        return n
    return text.say("review_report.clusters", lang, n=n, clusters=clusters)


def _range(value: float, ends: tuple[float, float], lang: str) -> str:
    told = {"value": brief(value), "low": brief(ends[0]), "high": brief(ends[1])}
    return text.say("review_report.range", lang, **told)


def _harm(study: Study, asked: Asked, lang: str) -> Iterator[str]:
    """Yield how many came out clearly worse on each outcome, or that nobody has counted them."""
    counted = [row for row in study.estimate().rows if row.harm is not None]
    outside = study.shown()
    for row in counted:
        if row.harm is not None:
            name = row.found.outcome
            said = harm_words(row.harm, lang, outside, name)
            yield text.say("study.of_outcome", lang, outcome=asked.name(name), sentence=said)
    if not counted and study.flow().counted == "students":
        yield text.say("review_report.not_counted", lang)


def _checks(given: tuple[Check, ...], outside: Shown, lang: str) -> Iterator[str]:
    """Yield one sentence a kind of check; all windows of the cutoff in one."""
    told, found = {"event"}, list(told_checks(given, outside))  # the picture shows each period
    for check in found:
        if check.kind in told:
            continue
        told.add(check.kind)
        if check.kind == "bandwidth" and check.figures:
            yield _widths([one for one in found if one.kind == "bandwidth"], lang)
        else:
            yield outside.note(check.told, lang)


def _widths(found: list[Check], lang: str) -> str:
    each = []
    for one in found:
        names = {"factor": "factor", "value": "b", "low": "low", "high": "high"}
        told = {name: brief(one.figure(figure)) for name, figure in names.items()}
        each.append(text.say("review_report.check.one_width", lang, **told))
    joined = text.say("review_report.comma", lang).join(each)
    return text.say("review_report.check.bandwidth", lang, each=joined)


def _limits(study: Study, lang: str) -> Iterator[str]:
    for part in (study.declared.assign, "falling_back", "missing", "one_study"):
        yield text.say(f"review_report.limit.{part}", lang)


def _made(study: Study, lang: str) -> Iterator[str]:
    given = study.declared
    versions = {name: version(name) for name in ("numpy", "statsmodels")}
    facts = {"version": __version__, "python": platform.python_version(), **versions}
    yield text.say("review_report.made.versions", lang, **facts)
    ordered = given.table[sorted(given.table.columns)]
    data = fingerprint([list(ordered.columns), *ordered.itertuples(index=False, name=None)])
    yield text.say("review_report.made.data", lang, data=data)
    if given.record is not None:
        yield text.say("review_report.made.record", lang, record=given.record.content_hash)
    told = {"outcome": list(given.outcome), "assign": repr(given.assign), "seed": given.seed}
    yield text.say("review_report.made.repeat", lang, **told)
