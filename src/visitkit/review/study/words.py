"""A study in words: what could be seen stands before what was found, the naive figure last."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review.result import Note
from visitkit.review.shown_counts import shown_steps
from visitkit.review.study.checks import brief, chance
from visitkit.review.study.effect import EffectRow, Harm
from visitkit.review.study.ending import Ends

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
    table = study.estimate()
    parts = [_part("design", study.design().sentences(lang), lang)]
    parts.append(_part("flow", list(_flow(study, lang)), lang))
    parts.append(_part("balance", list(_balance(study, lang)), lang))
    parts.append(_part("mdes", [seen_words(row, lang) for row in table.rows], lang))
    found = [sentence for row in table.rows for sentence in effect_words(row, lang)]
    found += [_refused(one.outcome, one.why, lang) for one in table.refused]
    parts.append(_part("estimate", found, lang))
    wrong = [sentence for row in table.rows for sentence in _wrong(row, lang)]
    parts += [_part("wrong", wrong, lang)] if wrong else []
    parts.append(_part("sensitivity", list(_checks(study, lang)), lang))
    parts.append(_part("verdict", [one.sentence(lang) for one in study.verdict().notes()], lang))
    return "\n\n".join(parts)


def _part(name: str, sentences: list[str], lang: str | None) -> str:
    return "\n".join([text.say(f"study.heading.{name}", lang), *sentences])


def _flow(study: Study, lang: str | None) -> Iterator[str]:
    for outcome in [row.found.outcome for row in study.estimate().rows]:
        steps = study.flow(outcome)
        if study.declared.assign == "series":
            facts = {"before": steps.control["measured"], "after": steps.treated["measured"]}
            yield text.say("study.flow_series", lang, outcome=outcome, **facts)
            continue
        sides = {f"{step}_treated": number for step, number in steps.treated.items()}
        sides |= {f"{step}_control": number for step, number in steps.control.items()}
        yield text.say("study.flow", lang, outcome=outcome, assessed=steps.assessed, **sides)
        lost = study.attrition(outcome=outcome)
        key = "study.attrition_low" if lost.low else "study.attrition_high"
        shares = {"overall": lost.overall, "differential": lost.differential}
        yield text.say(key, lang, **{name: f"{100 * one:.1f}" for name, one in shares.items()})


def _balance(study: Study, lang: str | None) -> Iterator[str]:
    for outcome in [row.found.outcome for row in study.estimate().rows]:
        try:
            rows = study.balance(outcome).rows
        except ReviewError as error:
            yield _refused(outcome, Note(error.key, tuple(error.facts.items())), lang)
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


def effect_words(row: EffectRow, lang: str | None = None) -> Iterator[str]:
    """Yield what was found for one outcome, as sentences; never a number without its interval."""
    effect, size = row.found.effect, row.found.size
    low, high = effect.ci
    way = "raised" if low > 0 else "lowered" if high < 0 else "open"
    facts = {"b": brief(effect.estimate), "low": brief(low), "high": brief(high)}
    facts |= {"level": f"{effect.level:.0%}", "method": text.say(effect.method, lang)}
    counts = {"treated": effect.counts.treated, "control": effect.counts.control}
    told = {"outcome": row.found.outcome, **facts, **counts}
    if is_rate(row):
        ratios = {
            name: brief(math.exp(end)) for name, end in zip(_RATIOS, (low, high), strict=True)
        }
        told |= {"ratio": brief(math.exp(effect.estimate)), **ratios}
        yield text.say(f"study.rate.{way}", lang, **told)
    else:
        yield text.say(f"study.found.{way}", lang, seen=brief(row.seen.value), **told)
    yield from _levels(row, lang)
    if size is not None:
        better = row.improvement or (0.0, 0.0, 0.0)
        names = ("g", "g_low", "g_high", "points", "points_low", "points_high")
        values = (size.value, *size.ci, *better)
        sized = {name: brief(value) for name, value in zip(names, values, strict=True)}
        yield text.say(f"study.size.{size.kind}", lang, **sized)
    if row.of > 1:
        yield text.say("study.several", lang, p=chance(effect.p), q=chance(row.q), number=row.of)
    yield from dict.fromkeys(one.sentence(lang) for one in effect.warnings)


def _levels(row: EffectRow, lang: str | None) -> Iterator[str]:
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
        yield harm_words(row.harm, lang)


def harm_words(harm: Harm, lang: str | None = None) -> str:
    """Return how many came out clearly worse; no count from which a few could be told."""
    told = {"by": f"{harm.by:+g}"}
    for side in ("treated", "control"):
        steps = {"of": getattr(harm, f"of_{side}"), "worse": getattr(harm, side)}
        shown = shown_steps(steps, lang)
        told |= {side: shown["worse"], f"of_{side}": shown["of"]}
    return text.say("study.harm", lang, **told)


def _wrong(row: EffectRow, lang: str | None) -> Iterator[str]:
    if row.wrong is not None:
        ends = {"low": brief(row.wrong.ci[0]), "high": brief(row.wrong.ci[1])}
        value = brief(row.wrong.estimate)
        yield text.say("study.wrong", lang, outcome=row.found.outcome, b=value, **ends)


def _checks(study: Study, lang: str | None) -> Iterator[str]:
    for row in study.estimate().rows:
        outcome, told = row.found.outcome, set[str]()
        for check in study.sensitivity(outcome):
            if check.kind in _TOLD_ONCE and check.kind in told:
                continue
            told.add(check.kind)
            sentence = check.told.sentence(lang)
            yield text.say("study.of_outcome", lang, outcome=outcome, sentence=sentence)


def _refused(outcome: str, why: Note, lang: str | None) -> str:
    return text.say("study.of_outcome", lang, outcome=outcome, sentence=why.sentence(lang))
