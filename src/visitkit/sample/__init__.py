"""A made-up school with known truth, and its files as a school would keep them."""

from visitkit.sample.designs import MadeStudy, made_study
from visitkit.sample.school import SampleSchool, make_school
from visitkit.sample.study import StudyPanel, score_panel, study_panel
from visitkit.sample.write import sample_folder, write_school

__all__ = [
    "MadeStudy",
    "SampleSchool",
    "StudyPanel",
    "made_study",
    "make_school",
    "sample_folder",
    "score_panel",
    "study_panel",
    "write_school",
]
