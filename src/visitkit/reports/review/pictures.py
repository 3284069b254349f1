"""Pictures as files inside a page or a document."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from visitkit.figures.style import Picture

#: A picture says nothing of when and by what it was made: that stands in the report.
_NOTHING = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def settled(picture: Picture) -> Figure:
    """Return the figure with everything in its place: places are sought once, not for each file."""
    figure = picture.figure
    if figure.get_layout_engine() is not None:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure


def as_svg(picture: Picture) -> str:
    """Return a picture as an address that holds it whole; the same picture gives the same text."""
    out = io.BytesIO()
    settings = {"svg.hashsalt": "visitkit", "svg.fonttype": "path"}
    with mpl.rc_context(settings):  # type: ignore[arg-type]
        settled(picture).savefig(out, format="svg", metadata=_NOTHING)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def as_png(picture: Picture) -> io.BytesIO:
    """Return a picture as PNG, for a document that cannot hold SVG."""
    out = io.BytesIO()
    settled(picture).savefig(out, format="png", dpi=200)
    out.seek(0)
    return out
