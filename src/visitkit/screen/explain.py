"""A student's place on the list, told to a person: dated figures, what protects, what is unknown.

Student numbers only, never a name. The last line says what the figure is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from visitkit import text
from visitkit.errors import ScreenError
from visitkit.screen.alerts.words import fact_text
from visitkit.screen.caseload import GOOD_NEWS, Caseload
from visitkit.screen.points import score
from visitkit.screen.reasons import KINDS
from visitkit.screen.wording import (
    cut_words,
    date_words,
    figure_words,
    moment_words,
    name_words,
    number_words,
    said,
)
from visitkit.text.counting import one_or_many

#: Reasons told in full; more would bury the first.
REASONS = 3

#: Good sides and gaps told in full.
SHOWN = 4

#: Nobody can change these, so they are not offered as something to lower.
_FIXED = ("age_gap", "weeks_since_entry")


def explain(cases: Caseload, student_id: str, lang: str | None = None) -> str:
    """Tell why a student stands where he or she stands.

    Alerts come first, then the three figures that add most to the index with date and class
    median, what protects, what is not known and how to learn it, what would lower the index, and
    what the index is not.

    Parameters
    ----------
    cases
        From :func:`visitkit.screen.caseload.caseload`.
    student_id
        The student's number.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Returns
    -------
    str
        Lines of text, without the student's name.

    Raises
    ------
    ScreenError
        When the student is not on the list, or there are no words in the language.
    """
    spoken = _spoken(lang)
    row = cases.student(student_id)
    words = words_by_kind(cases, student_id, spoken)
    why = [*words["alert"], *words["concern"][:REASONS]]
    more = len(words["concern"]) - REASONS
    blocks = [
        [_head(row, spoken)],
        [_why(cases.as_of, spoken), *_listed(why)] if why else [],
        [] if why else [text.say("screen.explain.nothing", spoken)],
        [text.say(one_or_many("screen.explain.more", more), spoken, number=more)]
        if more > 0
        else [],
        _block("protects", words["protects"][:SHOWN], spoken),
        [] if row["tier"] == "unknown" else _block("lower", _lowered(cases, row, spoken), spoken),
        _block("unknown", words["unknown"], spoken),
        [text.say("screen.explain.closing", spoken)],
    ]
    return "\n".join(line for block in blocks for line in block)


def reason_words(cases: Caseload, student_id: str, lang: str | None = None) -> list[str]:
    """Return up to three reasons in words, alerts first: ``reason_1`` .. ``reason_3`` of the csv.

    A rule that opened several alerts is told once. :func:`words_by_kind` has all reasons, by kind.

    Parameters
    ----------
    cases, student_id, lang
        As in :func:`explain`.

    Raises
    ------
    ScreenError
        When the student is not on the list, or there are no words in the language.
    """
    spoken = _spoken(lang)
    alerts = {str(row["rule"]): row for row in reversed(_raising(cases, student_id))}
    first = [_alert(row, spoken, cases.as_of) for row in reversed(alerts.values())]
    concerns = words_by_kind(cases, student_id, spoken, kinds=("concern",))["concern"]
    return [*first, *concerns][:REASONS]


def words_by_kind(
    cases: Caseload, student_id: str, lang: str | None = None, kinds: Sequence[str] = KINDS
) -> dict[str, list[str]]:
    """Return a student's reasons in words, by kind, each in the order of telling.

    Parameters
    ----------
    cases, student_id, lang
        As in :func:`explain`.
    kinds
        Kinds wanted, of ``alert``, ``concern``, ``protects`` and ``unknown``; the others are
        returned empty.

    Returns
    -------
    dict of str to list of str
        All kinds. What is unknown is told as what to do about it, the most telling four and how
        many more there are.

    Raises
    ------
    ScreenError
        When the student is not on the list, or there are no words in the language.
    """
    spoken = _spoken(lang)
    reasons = cases.reasons_for(student_id)
    words: dict[str, list[str]] = {kind: [] for kind in KINDS}
    if "alert" in kinds:
        words["alert"] = [_alert(row, spoken, cases.as_of) for row in _raising(cases, student_id)]
    if "protects" in kinds:
        news = [row for row in cases.alerts_for(student_id) if row["kind"] == GOOD_NEWS]
        words["protects"] = [_alert(row, spoken, cases.as_of) for row in news]
    for reason in reasons:
        kind = reason["kind"]
        if kind not in kinds or kind in {"alert", "unknown"}:
            continue
        sentence = figure_words(
            reason, spoken, cases.as_of, "good" if kind == "protects" else "figure"
        )
        if kind == "concern":
            points = int(reason["points"])
            sentence = text.say("screen.explain.points", spoken, sentence=sentence, points=points)
        words[kind].append(_capital(sentence))
    if "unknown" in kinds:
        words["unknown"] = _unknown(reasons, spoken)
    return words


def _spoken(lang: str | None) -> str:
    if lang is not None and lang.replace("_", "-").split("-")[0].lower() not in text.LANGUAGES:
        allowed = ", ".join(text.LANGUAGES)
        raise ScreenError("screen.unknown_language", found=lang, allowed=allowed)
    return text.language(lang)


def _head(row: pd.Series[Any], lang: str) -> str:
    known = row["tier"] != "unknown" and pd.notna(row["risk_index"])
    return text.say(
        "screen.explain.head" if known else "screen.explain.head_unknown",
        lang,
        student=row["student_id"],
        class_id=row["class_id"] or text.say("screen.explain.no_class", lang),
        tier=text.say(f"screen.tier.{row['tier']}", lang),
        coverage=f"{row['coverage']:.0%}",
        **({"index": number_words(row["risk_index"])} if known else {}),
    )


def _why(as_of: dt.date | None, lang: str) -> str:
    if as_of is None:
        return text.say("screen.explain.why_undated", lang)
    return text.say("screen.explain.why", lang, date=date_words(as_of, lang))


def _block(kind: str, lines: Sequence[str], lang: str) -> list[str]:
    if not lines:
        return []
    return [text.say(f"screen.explain.{kind}", lang), *(f"- {line}" for line in lines)]


def _listed(lines: Sequence[str]) -> list[str]:
    return [f"{place}. {line}" for place, line in enumerate(lines, start=1)]


def _raising(cases: Caseload, student_id: str) -> list[dict[str, Any]]:
    return [row for row in cases.alerts_for(student_id) if row["kind"] != GOOD_NEWS]


def _alert(alert: Mapping[str, Any], lang: str, today: dt.date | None) -> str:
    rule, fact = str(alert["rule"]), alert.get("fact", "")
    date = date_words(alert["opened"], lang, today)
    name = said(f"alerts.rule.{rule}", lang) or rule
    known = "" if pd.isna(fact) else fact_text(rule, str(fact), lang)
    why = said(one_or_many(f"alerts.why.{rule}", fact), lang, fact=known, date=date) or date
    told = text.say("screen.explain.alert", lang, rule=name, why=why)
    action = said(f"alerts.action.{alert.get('action', '')}", lang)
    if not action:
        return _capital(told)
    key, facts = _clock(alert, lang, today)
    return _capital(told + text.say(f"screen.explain.{key}", lang, action=action, **facts))


def _clock(
    alert: Mapping[str, Any], lang: str, today: dt.date | None
) -> tuple[str, dict[str, str]]:
    """Return how the deadline is told: met by a contact, passed, ahead, or not set."""
    if pd.notna(alert["answered"]):
        return "alert_answered", {"date": date_words(alert["answered"], lang, today)}
    if pd.isna(alert["due"]):
        return "alert_undated", {}
    late = today is not None and alert["due"].date() < today
    due = moment_words(alert["due"], lang, today)
    return "alert_late" if late else "alert_due", {"due": due}


def _unknown(reasons: Sequence[Mapping[str, Any]], lang: str) -> list[str]:
    """Tell what to do about the gaps; gaps that one step fills are told together."""
    gaps = [str(reason["indicator"]) for reason in reasons if reason["kind"] == "unknown"]
    steps: dict[str, list[str]] = {}
    for name in gaps:
        how = said(f"indicators.{name}.unknown", lang)
        steps.setdefault(how or name, []).append(name)
    lines = []
    for how, names in list(steps.items())[:SHOWN]:
        name = name_words(names[0], lang)
        known_how = how != names[0]
        line = text.say("screen.explain.unknown_line", lang, name=name, how=how)
        lines.append(_capital(line if known_how else name))
    more = len(gaps) - sum(len(names) for names in list(steps.values())[:SHOWN])
    if more:
        lines.append(text.say("screen.explain.unknown_more", lang, number=more))
    return lines


def _lowered(cases: Caseload, row: pd.Series[Any], lang: str) -> list[str]:
    """Tell how far the index would fall if one of the first figures earned no points."""
    points = cases.assessment.points
    if points is None:
        return []
    card = cases.assessment.model.card_
    student_id, now = row["student_id"], float(row["risk_index"])
    own = points[points.index.astype(str) == student_id]
    lines = {line.name: line for line in card.lines}
    told = []
    for reason in cases.reasons_for(student_id):
        name = reason["indicator"]
        if reason["kind"] != "concern" or reason["order"] > REASONS or name in _FIXED:
            continue
        then = float(score(own.assign(**{name: 0.0}).to_numpy(), card).index[0])
        if then >= now:  # the dimension is full even without it
            continue
        line = lines[name]
        key, figure = cut_words(name, line.cuts[0], reason["unit"], line.worse, lang)
        facts = {"now": number_words(now), "then": number_words(then), "figure": figure}
        told.append(_capital(text.say(key, lang, name=name_words(name, lang), **facts)))
    return told


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
