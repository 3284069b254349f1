"""From a school's own files to a :class:`School`: clean, or every fault at once."""

from visitkit.load.faults import Fault, FaultsError
from visitkit.load.school import School

__all__ = ["Fault", "FaultsError", "School"]
