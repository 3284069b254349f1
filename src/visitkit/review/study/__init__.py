"""The researcher's study: declared, checked, estimated and put into words."""

from visitkit.review.study.binned import ThresholdPicture
from visitkit.review.study.checks import Check
from visitkit.review.study.declare import ASSIGNMENTS, Declared
from visitkit.review.study.effect import EffectRow, EffectTable, Found, Refusal, Seen
from visitkit.review.study.flow import StudyFlow
from visitkit.review.study.pictured import (
    CurvesPicture,
    DesignPicture,
    EventPicture,
    OverlapPicture,
    SeriesPicture,
    SidesPicture,
)
from visitkit.review.study.study import Design, Study

__all__ = [
    "ASSIGNMENTS",
    "Check",
    "CurvesPicture",
    "Declared",
    "Design",
    "DesignPicture",
    "EffectRow",
    "EffectTable",
    "EventPicture",
    "Found",
    "OverlapPicture",
    "Refusal",
    "Seen",
    "SeriesPicture",
    "SidesPicture",
    "Study",
    "StudyFlow",
    "ThresholdPicture",
]
