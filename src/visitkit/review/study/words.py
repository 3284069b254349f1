"""A study in words: what could be seen stands before what was found, the naive figure last."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review.result import Note
from visitkit.review.shown_counts import SIDES, Shown, shown_steps
from visitkit.review.study.checks import brief, chance
from visitkit.review.study.effect import EffectRow, Harm
from visitkit.review.study.ending import Ends
from visitkit.review.study.told import told_checks, told_table

if TYPE_CHECKING:
    from visitkit.review.study.study import Study

#: Checks told in the text; the others stand in the table of checks only.
_TOLD_ONCE = frozenset({"bandwidth", "event", "density"})
_RATIOS = ("ratio_low", "ratio_high")


def tell(study: Study, lang: str | None = None) -> str:
    """Return the whole study as paragraphs.

    Parameters
    ----------
    study
        Declared; it is estimated when it was not yet.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Raises
    ------
    ReviewError
        When no outcome allows a figure.
    """
    outside = study.shown()
    table = told_table(study.estimate(), outside)
    parts = [_part("design", study.design().sentences(lang), lang)]
    parts.append(_part("flow", list(_flow(study, lang)), lang))
    parts.append(_part("balance", list(_balance(study, lang)), lang))
    parts.append(_part("mdes", [seen_words(row, lang) for row in table.rows], lang))
    found = [sentence for row in table.rows for sentence in effect_words(row, lang, outside)]
    found += [refused_words(one.outcome, one.why, outside, lang) for one in table.refused]
    parts.append(_part("estimate", found, lang))
    wrong = [sentence for row in table.rows for sentence in _wrong(row, lang)]
    parts += [_part("wrong", wrong, lang)] if wrong else []
    parts.append(_part("sensitivity", list(_checks(study, lang)), lang))
    told = [outside.note(one, lang) for one in study.verdict().notes()]
    parts.append(_part("verdict", told, lang))
    return "\n\n".join(parts)


def _part(name: str, sentences: list[str], lang: str | None) -> str:
    return "\n".join([text.say(f"study.heading.{name}", lang), *sentences])


def _flow(study: Study, lang: str | None) -> Iterator[str]:
    for outcome in [row.found.outcome for row in study.estimate().rows]:
        steps = study.flow(outcome).words(lang)
        if study.declared.assign == "series":
            facts = {"before": steps["control"]["measured"], "after": steps["treated"]["measured"]}
            yield text.say("study.flow_series", lang, outcome=outcome, **facts)
            continue
        sides = {f"{step}_{side}": told for side in SIDES for step, told in steps[side].items()}
        yield text.say("study.flow", lang, outcome=outcome, **steps["all"], **sides)
        yield lost_words(study, outcome, lang)


def lost_words(study: Study, outcome: str, lang: str | None = None) -> str:
    """Return how many were lost; no share from which a few students could be told.

    Raises
    ------
    ReviewError
        When the study is a series.
    """
    lost = study.attrition(outcome=outcome)
    key = "study.attrition_low" if lost.low else "study.attrition_high"
    if few_lost(study, outcome):
        return text.say(f"{key}_few", lang)
    shares = {"overall": lost.overall, "differential": lost.differential}
    return text.say(key, lang, **{name: f"{100 * one:.1f}" for name, one in shares.items()})


def few_lost(study: Study, outcome: str) -> bool:
    """Tell whether the shares lost would tell of a few students."""
    outside = study.shown()
    return outside.hides("assigned", outcome) or outside.hides("measured", outcome)


def _balance(study: Study, lang: str | None) -> Iterator[str]:
    for outcome in [row.found.outcome for row in study.estimate().rows]:
        try:
            rows = study.balance(outcome).rows
        except ReviewError as error:
            why = Note(error.key, tuple(error.facts.items()))
            yield refused_words(outcome, why, study.shown(), lang)
            continue
        for row in rows:
            key = "study.balance_met" if row.met else "study.balance_open"
            ends = {"low": brief(row.size.ci[0]), "high": brief(row.size.ci[1])}
            value = brief(row.size.value)
            yield text.say(key, lang, outcome=outcome, measure=row.measure, g=value, **ends)


def seen_words(row: EffectRow, lang: str | None = None) -> str:
    """Return what a study could see, as a sentence; it reads nothing of what was found."""
    seen = row.seen
    facts = {"outcome": seen.outcome, "power": f"{seen.power:.0%}"}
    if is_rate(row):
        ends = {"lower": brief(math.exp(-seen.value)), "higher": brief(math.exp(seen.value))}
        return text.say("study.seen_rate", lang, **ends, **facts)
    if seen.in_sd is None:
        return text.say("study.seen_plain", lang, value=brief(seen.value), **facts)
    values = {"value": brief(seen.value), "sd": brief(seen.in_sd)}
    return text.say("study.seen", lang, **values, **facts)


def is_rate(row: EffectRow) -> bool:
    """Tell whether the number is the logarithm of a ratio of rates."""
    return isinstance(row.found.material, Ends)


def effect_words(row: EffectRow, lang: str | None, outside: Shown, name: str = "") -> Iterator[str]:
    """Yield what was found for one outcome, as sentences; never a number without its interval.

    Parameters
    ----------
    row
        One outcome, from :func:`visitkit.review.study.told.told_table`.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    outside
        Counts as they may leave the room: :meth:`visitkit.review.Study.shown`.
    name
        Word for the outcome; its column when not given.
    """
    effect, size = row.found.effect, row.found.size
    low, high = effect.ci
    way = "raised" if low > 0 else "lowered" if high < 0 else "open"
    facts = {"b": brief(effect.estimate), "low": brief(low), "high": brief(high)}
    facts |= {"level": f"{effect.level:.0%}", "method": text.say(effect.method, lang)}
    column = row.found.outcome
    counts = {side: outside.told("analysed", side, column).words(lang) for side in SIDES}
    told = {"outcome": name or column, **facts, **counts}
    if is_rate(row):
        ratios = {
            name: brief(math.exp(end)) for name, end in zip(_RATIOS, (low, high), strict=True)
        }
        told |= {"ratio": brief(math.exp(effect.estimate)), **ratios}
        yield text.say(f"study.rate.{way}", lang, **told)
    else:
        yield text.say(f"study.found.{way}", lang, seen=brief(row.seen.value), **told)
    yield from _levels(row, lang, outside)
    if size is not None:
        better = row.improvement or (0.0, 0.0, 0.0)
        names = ("g", "g_low", "g_high", "points", "points_low", "points_high")
        values = (size.value, *size.ci, *better)
        sized = {name: brief(value) for name, value in zip(names, values, strict=True)}
        yield text.say(f"study.size.{size.kind}", lang, **sized)
    if row.of > 1:
        yield text.say("study.several", lang, p=chance(effect.p), q=chance(row.q), number=row.of)
    yield from dict.fromkeys(outside.note(one, lang) for one in effect.warnings)


def _levels(row: EffectRow, lang: str | None, outside: Shown) -> Iterator[str]:
    """Yield the means of both sides, and how many came out clearly worse."""
    means = row.means
    if means is not None:
        plain = {"treated": brief(means.treated), "control": brief(means.control)}
        if means.adjusted_treated is None or means.adjusted_control is None:
            yield text.say("study.means", lang, **plain)
        else:
            ends = {"adjusted_treated": brief(means.adjusted_treated)}
            ends["adjusted_control"] = brief(means.adjusted_control)
            yield text.say("study.means_adjusted", lang, **plain, **ends)
    if row.harm is not None:
        yield harm_words(row.harm, lang, outside, row.found.outcome)


def harm_words(
    harm: Harm, lang: str | None = None, outside: Shown | None = None, outcome: str = ""
) -> str:
    """Return how many came out clearly worse; no count from which a few could be told.

    Parameters
    ----------
    harm
        How many.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    outside, outcome
        Counts of the whole study as they may leave the room, and the outcome; without them these
        four are looked at alone.
    """
    told = {"by": f"{harm.by:+g}"}
    for side in SIDES:
        if outside is None:
            steps = {"of": getattr(harm, f"of_{side}"), "worse": getattr(harm, side)}
            shown = shown_steps(steps, lang)
        else:
            shown = outside.steps(side, outcome, "of", "worse", lang=lang)
        told |= {side: shown["worse"], f"of_{side}": shown["of"]}
    return text.say("study.harm", lang, **told)


def _wrong(row: EffectRow, lang: str | None) -> Iterator[str]:
    if row.wrong is not None:
        ends = {"low": brief(row.wrong.ci[0]), "high": brief(row.wrong.ci[1])}
        value = brief(row.wrong.estimate)
        yield text.say("study.wrong", lang, outcome=row.found.outcome, b=value, **ends)


def _checks(study: Study, lang: str | None) -> Iterator[str]:
    outside = study.shown()
    for row in study.estimate().rows:
        outcome, told = row.found.outcome, set[str]()
        for check in told_checks(study.sensitivity(outcome), outside):
            if check.kind in _TOLD_ONCE and check.kind in told:
                continue
            told.add(check.kind)
            sentence = outside.note(check.told, lang)
            yield text.say("study.of_outcome", lang, outcome=outcome, sentence=sentence)


def refused_words(outcome: str, why: Note, outside: Shown, lang: str | None = None) -> str:
    """Return why an outcome has no figure."""
    return text.say("study.of_outcome", lang, outcome=outcome, sentence=outside.note(why, lang))
