"""The model card: what a model is, what it learned from, how good it is, and what it is not for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from visitkit import text
from visitkit.reports.alerts_view import word
from visitkit.reports.model.sheet import Page, Section, figure_word, share
from visitkit.screen.learn.card import IntegerCard
from visitkit.screen.learn.model import RiskModel
from visitkit.screen.learn.saving import MODELS, About


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
    lines
        Of a points card: figure, cut from which it is met, points.
    scale
        Of a points card: sum of points, and the probability that goes with it.
    """

    kind: str
    students: int
    events: int
    figures: Sequence[str]
    about: About
    lines: Sequence[tuple[str, float, int]] = ()
    scale: Sequence[tuple[int, float]] = ()


def card_facts(model: RiskModel, about: About) -> CardFacts:
    """Return what a taught model, and what is told about it, say on a card."""
    kind = next(name for name, made in MODELS.items() if type(model) is made)
    names = [str(name) for name in model.names_]
    facts = CardFacts(kind, model.students_, model.events_, names, about)
    if not isinstance(model, IntegerCard):
        return facts
    table = model.lines_[["figure", "cut", "points"]].to_dict("records")
    lines = [(str(row["figure"]), float(row["cut"]), int(row["points"])) for row in table]
    return replace(facts, lines=lines, scale=model.scale())


def card_words(card: CardFacts, lang: str) -> str:
    """Return a model card as plain text, as a notebook shows it.

    Parameters
    ----------
    card
        What the card tells.
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> facts = CardFacts("hybrid", 900, 40, ["absence_rate"], About("absence"))
    >>> print(card_words(facts, "en").splitlines()[0])
    What it learned from
    """
    lines: list[str] = []
    for section in card_sections(card, lang):
        lines.append(section.title)
        lines += [f"  {line}" for line in section.lines]
        lines += ["  " + "  ".join(row) for row in section.rows]
    return "\n".join(lines)


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
    rows = metric_rows(about.metrics, lang)
    worth = [text.say("audit.card.held_out" if rows else "audit.card.no_metrics", lang)]
    return [
        Section(text.say("audit.card.learned_title", lang), [learned]),
        Section(text.say("audit.card.worth_title", lang), worth, header, rows),
        *_points(card, lang),
        Section(text.say("audit.card.figures_title", lang), [figures]),
        Section(text.say("audit.card.limits_title", lang), [*limits, decided]),
    ]


def _points(card: CardFacts, lang: str) -> list[Section]:
    if not card.lines:
        return []
    header = [text.say(f"audit.column.{name}", lang) for name in ("figure", "from", "points")]
    unknown = text.say("report.unknown", lang)
    rows = [
        [figure_word(name, lang), unknown if math.isnan(cut) else f"{cut:.4g}", f"{worth:+d}"]
        for name, cut, worth in card.lines
    ]
    chances = [[str(total), share(chance)] for total, chance in card.scale]
    sums = [text.say(f"audit.column.{name}", lang) for name in ("sum", "promised")]
    return [
        Section(
            text.say("audit.card.points_title", lang),
            [text.say("audit.card.points", lang)],
            header,
            rows,
        ),
        Section(
            text.say("audit.card.scale_title", lang),
            [text.say("audit.card.scale", lang)],
            sums,
            chances,
        ),
    ]


def metric_rows(metrics: Mapping[str, Mapping[str, float]], lang: str) -> list[list[str]]:
    """Return held-out figures in words: name, value, interval.

    Parameters
    ----------
    metrics
        As :meth:`visitkit.screen.validate.metrics.Evaluation.as_metrics` gives them.
    lang
        ``"zh"`` or ``"en"``.
    """
    rows = []
    for name, one in metrics.items():
        said = word("audit.metric", name, lang)
        if "cap" in one:
            facts = {"name": said, "k": int(one["k"]), "cap": f"{one['cap']:.0%}"}
            said = text.say("audit.card.capped", lang, **facts)
        rows.append([said, f"{one['value']:.3f}", f"{one['low']:.3f} \u2013 {one['high']:.3f}"])
    return rows
