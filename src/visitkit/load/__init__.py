"""From a school's own files to a :class:`School`: clean, or every fault at once."""

from visitkit.load.entry import check, read_school
from visitkit.load.faults import Fault, FaultsError
from visitkit.load.mapping import Mapping, read_mapping
from visitkit.load.marked import faults_json, marked_copy
from visitkit.load.notes import Note
from visitkit.load.school import School
from visitkit.load.template import new_workbook

__all__ = [
    "Fault",
    "FaultsError",
    "Mapping",
    "Note",
    "School",
    "check",
    "faults_json",
    "marked_copy",
    "new_workbook",
    "read_mapping",
    "read_school",
]
