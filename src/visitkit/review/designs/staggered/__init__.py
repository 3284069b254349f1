"""Staggered starts: treatment that reaches students at different times."""

from visitkit.review.designs.staggered.aggregate import (
    Aggregate,
    Point,
    aggregate,
    uniform_bands,
)
from visitkit.review.designs.staggered.att_gt import (
    GroupTime,
    GroupTimes,
    PreTest,
    StaggeredOptions,
    att_gt,
)
from visitkit.review.designs.staggered.panel import Panel, PanelColumns, read_panel

__all__ = [
    "Aggregate",
    "GroupTime",
    "GroupTimes",
    "Panel",
    "PanelColumns",
    "Point",
    "PreTest",
    "StaggeredOptions",
    "aggregate",
    "att_gt",
    "read_panel",
    "uniform_bands",
]
