"""From a school's own files to a :class:`School`: clean, or every fault at once."""

from visitkit.load.entry import check, read_school
from visitkit.load.faults import Fault, FaultsError
from visitkit.load.notes import Note
from visitkit.load.school import School

__all__ = ["Fault", "FaultsError", "Note", "School", "check", "read_school"]
