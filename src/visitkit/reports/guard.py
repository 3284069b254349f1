"""Text that a spreadsheet would run is written as text: :mod:`visitkit.outgoing.formulas`."""

from visitkit.outgoing.formulas import STARTERS, guard, is_formula

__all__ = ["STARTERS", "guard", "is_formula"]
