"""Files for people: HTML, xlsx and csv of what the stages return."""

from visitkit.reports.screening import write_screening
from visitkit.reports.together import check_folder, write_alone, write_together

__all__ = ["check_folder", "write_alone", "write_screening", "write_together"]
