"""Pictures as files inside a page or a document."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import matplotlib as mpl

if TYPE_CHECKING:
    from visitkit.figures.style import Picture

#: A picture says nothing of when and by what it was made: that stands in the report.
_NOTHING = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def as_svg(picture: Picture) -> str:
    """Return a picture as an address that holds it whole; the same picture gives the same text."""
    out = io.BytesIO()
    settings = {"svg.hashsalt": "visitkit", "svg.fonttype": "path"}
    with mpl.rc_context(settings):  # type: ignore[arg-type]
        picture.figure.savefig(out, format="svg", metadata=_NOTHING)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def as_png(picture: Picture) -> io.BytesIO:
    """Return a picture as PNG, for a document that cannot hold SVG."""
    out = io.BytesIO()
    picture.figure.savefig(out, format="png", dpi=200)
    out.seek(0)
    return out
