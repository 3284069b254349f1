"""What people take with them on home visits, as files."""

from visitkit.reports.visits.given import Beside
from visitkit.reports.visits.write import write_visits

__all__ = ["Beside", "write_visits"]
