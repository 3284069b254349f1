"""The model card: what a model is, what it learned from, how good it is, and what it is not for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visitkit import text
from visitkit.reports.alerts_view import word
from visitkit.reports.model.sheet import Page, Section, figure_word
from visitkit.screen.learn.saving import About


@dataclass(frozen=True)
class CardFacts:
    """What the file says of a model.

    Parameters
    ----------
    kind
        Name of the kind.
    students, events
        It learned from.
    figures
        It was taught with, in order.
    about
        Target, days, held-out figures, decision, limits.
    """

    kind: str
    students: int
    events: int
    figures: Sequence[str]
    about: About


def card_page(card: CardFacts, lang: str) -> Page:
    """Return the model card as a page.

    References
    ----------
    Mitchell et al. 2019, doi:10.1145/3287560.3287596.
    """
    return Page(
        text.say("audit.card.title", lang),
        [
            text.say(
                "audit.page.target", lang, target=word("audit.target", card.about.target, lang)
            ),
            text.say("audit.card.kind", lang, kind=word("audit.kind", card.kind, lang)),
        ],
        card_sections(card, lang),
        text.say("audit.page.closing", lang),
        lang,
    )


def card_sections(card: CardFacts, lang: str) -> list[Section]:
    """Return the parts of a model card, for the page and for the terminal."""
    about = card.about
    days = text.say("report.comma", lang).join(str(day) for day in about.as_of)
    unknown = text.say("report.unknown", lang)
    learned = text.say(
        "audit.card.learned",
        lang,
        students=card.students,
        events=card.events,
        as_of=days or unknown,
        until=about.until or unknown,
    )
    decided = text.say("audit.card.undecided", lang)
    if about.decided_by:
        decided = text.say(
            "audit.card.decided", lang, who=about.decided_by, day=about.decided_on or unknown
        )
    figures = text.say("report.comma", lang).join(figure_word(name, lang) for name in card.figures)
    header = [text.say(f"audit.column.{name}", lang) for name in ("figure", "value", "interval")]
    limits = [text.say("audit.card.not_for", lang), *([about.limits] if about.limits else [])]
    rows = _metrics(about.metrics, lang)
    worth = [text.say("audit.card.held_out" if rows else "audit.card.no_metrics", lang)]
    return [
        Section(text.say("audit.card.learned_title", lang), [learned]),
        Section(text.say("audit.card.worth_title", lang), worth, header, rows),
        Section(text.say("audit.card.figures_title", lang), [figures]),
        Section(text.say("audit.card.limits_title", lang), [*limits, decided]),
    ]


def _metrics(metrics: Mapping[str, Mapping[str, float]], lang: str) -> list[list[str]]:
    rows = []
    for name, one in metrics.items():
        said = word("audit.metric", name, lang)
        if "cap" in one:
            said = text.say(
                "audit.card.capped", lang, name=said, k=int(one["k"]), cap=f"{one['cap']:.0%}"
            )
        rows.append([said, f"{one['value']:.3f}", f"{one['low']:.3f}–{one['high']:.3f}"])
    return rows
