"""Small bars of the six dimensions, drawn into the page itself so that it needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Width of the drawing that stands for a score of 100, in its own units.
FULL = 120.0
ROW = 17.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words and where it stands.

    Parameters
    ----------
    name
        Name of the dimension, in words.
    score
        0-100, as printed beside the bar; empty when nothing is known.
    length, top
        In the units of the drawing.
    """

    name: str
    score: str
    length: float
    top: float


def bars(dimensions: Mapping[str, float | None], words: Mapping[str, str]) -> list[Bar]:
    """Return the bars of a student in the usual order of dimensions.

    Examples
    --------
    >>> made = bars({"academic": 50.0, "family": None}, {"academic": "study", "family": "family"})
    >>> [(bar.name, bar.score, bar.length, bar.top) for bar in made]
    [('study', '50', 60.0, 0.0), ('family', '', 0.0, 17.0)]
    """
    return [
        Bar(
            words[name],
            "" if score is None else f"{score:.0f}",
            0.0 if score is None else round(FULL * min(max(score, 0.0), 100.0) / 100, 1),
            place * ROW,
        )
        for place, (name, score) in enumerate(dimensions.items())
    ]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole in a strip: its code, number, start and width in per cent."""

    code: str
    number: int
    start: float
    width: float


def strip(sizes: Mapping[str, int]) -> list[Share]:
    """Return where each part of a whole lies on a strip of 100.

    Examples
    --------
    >>> [(share.code, share.start, share.width) for share in strip({"a": 1, "b": 3})]
    [('a', 0.0, 25.0), ('b', 25.0, 75.0)]
    """
    total = sum(sizes.values()) or 1
    shares: list[Share] = []
    start = 0.0
    for code, number in sizes.items():
        length = 100 * number / total
        shares.append(Share(code, number, round(start, 2), round(length, 2)))
        start += length
    return shares
