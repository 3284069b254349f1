"""Effects by periods since the start: the event study."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import MaxNLocator

from visitkit.figures.fonts import label_language
from visitkit.figures.style import BAND, INK, Picture, strip
from visitkit.review.study.pictured import EventPicture
from visitkit.text import say

#: Sign and fill before the start and from it on, told apart without colour.
_LOOK = {"before_start": ("o", "white"), "since_start": ("s", INK)}


def draw_events(shown: EventPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw each period with its interval; before the start nothing should be seen.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.picture`.
    name
        Word for the outcome; its column when empty.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    labels, name = label_language(lang), name or shown.outcome
    rows = shown.points.assign(kind="before_start")
    rows.loc[rows["at"] >= 0, "kind"] = "since_start"
    with strip(1.6) as (figure, axes):
        axes.axvspan(-0.5, rows["at"].max() + 0.5, color=BAND, alpha=0.5, linewidth=0, zorder=0)
        axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
        axes.vlines(rows["at"], rows["low"], rows["high"], color=INK, linewidth=1.4, zorder=2)
        for kind, part in rows.groupby("kind", sort=False):
            sign, fill = _LOOK[str(kind)]
            said = say(f"review_report.figure.{kind}", labels)
            look: dict[str, Any] = {"marker": sign, "s": 30, "zorder": 3, "label": said}
            axes.scatter(part["at"], part["estimate"], facecolor=fill, edgecolor=INK, **look)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel(say("review_report.figure.since", labels), fontsize=8)
        axes.set_ylabel(say("review_report.figure.effect_on", labels, name=name), fontsize=8)
    told = [say("review_report.figure.events", lang, name=name)]
    told += [_words(row, lang) for row in rows.to_dict("records")]
    return Picture(figure, say("review_report.stop", lang).join(told))


def _words(row: dict[Any, Any], lang: str | None) -> str:
    facts = {key: f"{float(str(row[key])):.3g}" for key in ("at", "estimate", "low", "high")}
    return say("review_report.figure.event", lang, **facts)
