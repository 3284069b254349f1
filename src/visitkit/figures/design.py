"""The one picture of a study, whatever its design."""

from __future__ import annotations

from visitkit.figures.curves import draw_curves
from visitkit.figures.events import draw_events
from visitkit.figures.overlap import draw_overlap
from visitkit.figures.series import draw_series
from visitkit.figures.sides import draw_sides
from visitkit.figures.style import Picture
from visitkit.figures.threshold import draw_threshold
from visitkit.review.study import (
    CurvesPicture,
    DesignPicture,
    EventPicture,
    OverlapPicture,
    SeriesPicture,
    ThresholdPicture,
)


def draw_design(shown: DesignPicture, name: str = "", lang: str | None = None) -> Picture:
    """Draw the picture behind an estimate.

    Parameters
    ----------
    shown
        From :meth:`visitkit.review.Study.picture`.
    name
        Word for the outcome; its column when empty.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    match shown:
        case ThresholdPicture():
            return draw_threshold(shown, name, lang)
        case EventPicture():
            return draw_events(shown, name, lang)
        case SeriesPicture():
            return draw_series(shown, name, lang)
        case CurvesPicture():
            return draw_curves(shown, name, lang)
        case OverlapPicture():
            return draw_overlap(shown, name, lang)
        case _:
            return draw_sides(shown, name, lang)
