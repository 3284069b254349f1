"""One look for all pictures: told apart without colour, and safe for the colour-blind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

from visitkit.figures.fonts import families

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#222222"
FAINT = "#8a8a8a"
BAND = "#d9d9d9"
BLUE = "#0072B2"

#: Fill and hatch of the four categories and of what is not known: colours of Okabe and Ito, whose
#: greys are far enough apart to print, with hatches for when they are not.
CATEGORY_LOOK = {
    "recovered": ("#004c78", ""),
    "improved": ("#56b4e9", "//"),
    "unchanged": ("#e8e8e8", ""),
    "deteriorated": ("#d55e00", "xx"),
    "not_known": ("#ffffff", "..."),
}

_SETTINGS: dict[Any, Any] = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": False,
    "axes.edgecolor": INK,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "font.size": 10,
    "legend.frameon": False,
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "hatch.linewidth": 0.6,
}


@dataclass(frozen=True)
class Picture:
    """A picture and the same in words, for people who do not see it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The picture.
    alternative
        What it shows, in the language asked for.
    """

    figure: Figure
    alternative: str


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style with fonts that are installed.

    Examples
    --------
    >>> with house_style():
    ...     bool(mpl.rcParams["axes.spines.top"])
    False
    """
    with mpl.rc_context({**_SETTINGS, "font.family": families()}):
        yield


@contextmanager
def strip(height: float) -> Iterator[tuple[Figure, Axes]]:
    """Yield the frame that the picture of every design stands in; ticks and legend come last.

    Parameters
    ----------
    height
        In inches; the width is that of a page.

    Examples
    --------
    >>> with strip(1.6) as (figure, axes):
    ...     _ = axes.plot([1, 2], label="seen")
    >>> [told.get_text() for told in figure.legends[0].get_texts()]
    ['seen']
    """
    from matplotlib.figure import Figure  # noqa: PLC0415, RUF100  slow to load

    with house_style():
        figure = Figure(figsize=(7.2, height), layout="constrained")
        axes = figure.add_subplot()
        yield figure, axes
        axes.tick_params(labelsize=8)
        figure.legend(loc="outside right upper", fontsize=8)
