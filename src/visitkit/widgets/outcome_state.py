"""A study as sections to read: what could be seen stands before what was found."""

from __future__ import annotations

import math

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.reports.review import Asked, StudyView, study_view
from visitkit.reports.review.pictures import as_svg
from visitkit.reports.review.view import Pictured
from visitkit.review import Seen, Study
from visitkit.review.study.checks import brief
from visitkit.review.study.told import told_table
from visitkit.review.study.words import seen_words
from visitkit.widgets.reading import Image, Section, Table

_ROOM = "widgets_outcome"


def before_estimate(study: Study, asked: Asked, lang: str) -> tuple[Section, ...]:
    """Return what is known before anything is estimated: the design and what it could see.

    Parameters
    ----------
    study
        Declared.
    asked
        What no table knows.
    lang
        ``"zh"`` or ``"en"``.
    """
    return (
        Section(_say("design", lang), tuple(study.design().sentences(lang)), tone="strong"),
        Section(_say("seen", lang), (*_seen(study, asked, lang), _say("seen_first", lang))),
    )


def _seen(study: Study, asked: Asked, lang: str) -> list[str]:
    told = []
    for outcome in study.declared.outcome:
        try:
            told.append(seen_sentence(study.mdes(outcome), asked.name(outcome), lang, _rate(study)))
        except ReviewError as error:
            why = text.say(error.key, lang, **error.facts)
            told.append(_say("of_outcome", lang, outcome=asked.name(outcome), sentence=why))
    return told


def _rate(study: Study) -> bool:
    return study.declared.assign == "time_to_event"


def seen_sentence(seen: Seen, name: str, lang: str, rate: bool = False) -> str:
    """Return what a study could see, in words.

    Examples
    --------
    >>> seen_sentence(Seen("mood", 1.5, None, "error", 0.8, 0.95), "mood", "en").startswith("mood")
    True
    """
    facts: dict[str, object] = {"outcome": name, "power": f"{seen.power:.0%}"}
    if rate:
        ends = {"lower": brief(math.exp(-seen.value)), "higher": brief(math.exp(seen.value))}
        return text.say("study.seen_rate", lang, **ends, **facts)
    if seen.in_sd is None:
        return text.say("study.seen_plain", lang, value=brief(seen.value), **facts)
    return text.say("study.seen", lang, value=brief(seen.value), sd=brief(seen.in_sd), **facts)


def after_estimate(study: Study, asked: Asked, lang: str) -> tuple[Section, ...]:
    """Return the whole study: seen, found, limits, who is missing, pictures, checks.

    Raises
    ------
    ReviewError
        When no outcome allows a figure.
    """
    view = study_view(study, asked, lang)
    table = told_table(study.estimate(), study.shown())
    could = tuple(seen_words(row, lang) for row in table.rows)
    refused = tuple(view.refused)
    parts = [
        Section(view.title, tuple(view.facts)),
        Section(_say("seen", lang), could),
        Section(_say("found", lang), (*view.bottom, *view.verdict), tone="strong"),
        _pictured(view.forest, _effects(view, lang)),
        Section(_say("refused", lang), refused, tone="warning") if refused else None,
        Section(_say("cannot", lang), tuple(view.limits), tone="warning"),
        _missing(view, lang),
        _pictured(view.love),
        _pictured(view.shown),
        Section(view.checks_title, tuple(view.checks)),
        Section(_say("made", lang), (view.private, *view.made)),
    ]
    return tuple(one for one in parts if one is not None)


def _effects(view: StudyView, lang: str) -> Table:
    rows = tuple(tuple(row) for row in view.rows)
    return Table(_say("effects", lang), tuple(view.header), rows)


def _missing(view: StudyView, lang: str) -> Section:
    """Return who was lost on the way, with the two pictures of it."""
    told = tuple(one.why for one in (view.flow, view.lost) if one.why)
    images = [image_of(one) for one in (view.flow, view.lost)]
    return Section(_say("missing", lang), told, images=tuple(one for one in images if one))


def _pictured(one: Pictured, *tables: Table) -> Section | None:
    image = image_of(one)
    if image is None and not one.why:
        return None
    told = (one.why,) if one.why else ()
    return Section(one.title, told, tables, (image,) if image else ())


def image_of(one: Pictured) -> Image | None:
    """Return a picture with its words; ``None`` where it could not be drawn."""
    if one.picture is None:
        return None
    return Image(as_svg(one.picture), one.picture.alternative)


def _say(key: str, lang: str, **facts: object) -> str:
    return text.say(f"{_ROOM}.{key}", lang, **facts)
