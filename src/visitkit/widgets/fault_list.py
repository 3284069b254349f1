"""What is wrong in a school's tables, kind by kind, and a button to go on without those rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from visitkit.widgets.shown import Shown
from visitkit.widgets.view import script, style


class FaultList(Shown):
    """Kinds of faults with their places; hidden until something is shown.

    Parameters
    ----------
    go
        Called when the person goes on without the faulty rows.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> FaultList(lambda: None, "en").state
    {}
    """

    _esm = script("faults")
    _css = style("faults")
    room = "app_start.faults"

    state: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self, go: Callable[[], None], lang: str | None = None) -> None:
        self._go = go
        super().__init__(lang)

    def show(self, state: Mapping[str, Any]) -> None:
        """Show what was found; nothing hides the list.

        Parameters
        ----------
        state
            ``kind`` (``"clean"`` or ``"faults"``), ``title``, ``summary``, ``warning``, ``usable``,
            ``notes`` and ``groups``, each group with ``problem``, ``allowed``, ``fix``, ``number``,
            ``places`` and ``open``.
        """
        self.state = dict(state)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"go": lambda _content: self._pressed()}

    def _pressed(self) -> None:
        if self.state.get("usable") and self.state.get("kind") == "faults":
            self._go()
