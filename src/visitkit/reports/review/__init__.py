"""The report of a study on one page, and the counsellor's page."""

from visitkit.reports.review.asked import Asked
from visitkit.reports.review.counsellor import (
    Changed,
    counsellor_page,
    write_counsellor,
)
from visitkit.reports.review.document import save_document
from visitkit.reports.review.page import study_page
from visitkit.reports.review.view import StudyView, study_view
from visitkit.reports.review.write import write_review

__all__ = [
    "Asked",
    "Changed",
    "StudyView",
    "counsellor_page",
    "save_document",
    "study_page",
    "study_view",
    "write_counsellor",
    "write_review",
]
