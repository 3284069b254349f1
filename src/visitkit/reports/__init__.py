"""Files for people: HTML, xlsx and csv of what the stages return."""

from visitkit.reports.forms import write_blank, write_form
from visitkit.reports.screening import write_screening
from visitkit.reports.together import check_folder, write_alone, write_together
from visitkit.reports.visits import Beside, write_visits

__all__ = [
    "Beside",
    "check_folder",
    "write_alone",
    "write_blank",
    "write_form",
    "write_screening",
    "write_together",
    "write_visits",
]
