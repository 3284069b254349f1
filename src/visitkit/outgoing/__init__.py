"""What may leave the room, and how: whole files, no formulas, no counts so small that one is seen.

Below all stages, because each of them hands something out.
"""

from visitkit.outgoing.crossed import Crossed, cross
from visitkit.outgoing.formulas import STARTERS, guard, is_formula
from visitkit.outgoing.small_cells import FLOOR, LEAST, check_least, without_small_cells
from visitkit.outgoing.together import (
    Writer,
    check_folder,
    check_free,
    write_alone,
    write_once,
    write_together,
)

__all__ = [
    "FLOOR",
    "LEAST",
    "STARTERS",
    "Crossed",
    "Writer",
    "check_folder",
    "check_free",
    "check_least",
    "cross",
    "guard",
    "is_formula",
    "without_small_cells",
    "write_alone",
    "write_once",
    "write_together",
]
