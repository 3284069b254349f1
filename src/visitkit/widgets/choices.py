"""Which rules, and on which day we stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class Choices(Shown):
    """A list of rules, a day, and the button that begins the screening; hidden at first.

    Parameters
    ----------
    go
        Called with the name of the rules and the day as ``YYYY-MM-DD``.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> Choices(lambda rules, day: None, "en").shown
    False
    """

    _esm = script("choices")
    _css = style("choices")
    room = "app_start.choices"

    shown = traitlets.Bool(False).tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    rules: traitlets.List[Any] = traitlets.List().tag(sync=True)
    rule = traitlets.Unicode("").tag(sync=True)
    day = traitlets.Unicode("").tag(sync=True)
    first = traitlets.Unicode("").tag(sync=True)
    last = traitlets.Unicode("").tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    #: Counts how often a person was led here; the browser then scrolls to it.
    called = traitlets.Int(0).tag(sync=True)

    def __init__(self, go: Callable[[str, str], None], lang: str | None = None) -> None:
        self._go = go
        super().__init__(lang)

    def show(
        self, rules: Sequence[tuple[str, str, str]], rule: str, day: str, span: tuple[str, str]
    ) -> None:
        """Offer rules (name, title, what they are) and a day.

        Parameters
        ----------
        rules
            What can be chosen.
        rule, day
            What stands there at first.
        span
            First and last day that can be chosen.
        """
        with self.hold_sync():
            self.rules = [list(one) for one in rules]
            self.rule, self.day = rule, day
            self.first, self.last = span
            self.said, self.shown = "", True

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"go": self._pressed}

    def _pressed(self, content: Mapping[str, Any]) -> None:
        known = {name for name, *_ in self.rules}
        if self.shown and not self.busy and short(content, "rules") in known:
            self._go(short(content, "rules"), short(content, "day"))
