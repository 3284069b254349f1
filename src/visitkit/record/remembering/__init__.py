"""What the casebook remembers, as tables for screening, planning and review."""

from visitkit.record.remembering.history import History, history
from visitkit.record.remembering.matters import COVERS

__all__ = ["COVERS", "History", "history"]
