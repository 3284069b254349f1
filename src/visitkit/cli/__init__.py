"""The journey from a terminal: ``visitkit check``, ``visitkit screen`` and their neighbours."""

from visitkit.cli.main import main

__all__ = ["main"]
