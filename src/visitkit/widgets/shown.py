"""A view whose state travels one way: from Python to the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from visitkit.widgets.view import View

#: Longest text that a message may carry.
LONGEST = 200


class Shown(View):
    """A view that the browser changes by messages only, each of them checked here.

    A message is a dict with its ``kind``. What no method of :meth:`heard` is named for, and what
    is no such dict, is passed over in silence; so is every value that the browser would assign.
    """

    def __init__(self, lang: str | None = None, **state: Any) -> None:
        super().__init__(lang, **state)
        self.on_msg(self._message)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {}

    def set_state(self, sync_data: object) -> None:
        """Take no value from the browser."""

    def _message(self, _widget: object, content: object, _buffers: object) -> None:
        kind = content.get("kind") if isinstance(content, dict) else None
        answer = self.heard().get(kind) if isinstance(kind, str) else None
        if answer is not None and isinstance(content, dict):
            answer(content)


def short(content: Mapping[str, Any], name: str) -> str:
    """Return a short text out of a message; empty where there is none.

    Examples
    --------
    >>> short({"id": "S1"}, "id"), short({"id": ["S1"]}, "id"), short({"id": "1" * 999}, "id")
    ('S1', '', '')
    """
    found = content.get(name)
    return found if isinstance(found, str) and len(found) <= LONGEST else ""
