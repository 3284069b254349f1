"""Real figures of a school's students: each family a pure function, one definition for any engine.

:func:`indicators` computes them all for one day. The families are written over narwhals
expressions and take frames of pandas, polars or another engine it knows.
"""

from visitkit.screen.indicators.assemble import families, ground, indicators
from visitkit.screen.indicators.moment import Moment
from visitkit.screen.indicators.words import figure_text, page, sentence

__all__ = ["Moment", "families", "figure_text", "ground", "indicators", "page", "sentence"]
