"""A cell that cannot be read: the key of the fault and what fills its sentence."""

from __future__ import annotations


class UnreadableCellError(ValueError):
    """Raised while one distinct cell is read; turned into faults, one a place.

    Parameters
    ----------
    key
        Name of the fault in ``text/*/faults.toml``.
    **facts
        What fills its sentences.
    """

    def __init__(self, key: str, /, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts
