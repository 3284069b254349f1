"""What stands for the browser in tests of views: it hears what is sent and sends what it likes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visitkit.widgets.shown import Shown


class Page:
    """The other end of a view.

    Attributes
    ----------
    heard : list of tuple
        Each message with its buffers, in the order in which they came.
    """

    def __init__(self, view: Shown) -> None:
        self._view = view
        self.heard: list[tuple[Mapping[str, Any], list[bytes]]] = []
        view.send = self._hear  # type: ignore[method-assign]

    def _hear(self, content: Mapping[str, Any], buffers: list[bytes] | None = None) -> None:
        self.heard.append((content, list(buffers or [])))

    def say(self, kind: object, **facts: Any) -> list[Mapping[str, Any]]:
        """Send a message and return what comes back."""
        return self.raw({"kind": kind, **facts})

    def raw(self, content: object) -> list[Mapping[str, Any]]:
        """Send anything at all and return what comes back."""
        before = len(self.heard)
        self._view._message(self._view, content, [])
        return [message for message, _ in self.heard[before:]]

    def last(self, kind: str) -> tuple[Mapping[str, Any], list[bytes]]:
        """Return the last message of a kind with its buffers."""
        return next(one for one in reversed(self.heard) if one[0]["kind"] == kind)
