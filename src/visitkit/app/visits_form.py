"""The controls that say what to plan and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import ipywidgets

from visitkit import text
from visitkit.app.visits_ask import MOST_DAYS, MOST_SECONDS, MOST_SEED, USUAL_SECONDS, Ask
from visitkit.plan.terms import USUAL_MODE, USUAL_SPACING
from visitkit.plan.travel import MODES

#: A plan of a school week at first: it is there soon, and can be made longer.
FIRST_DAYS = 7

#: A button as wide as its words.
NARROW = {"width": "auto", "align_self": "flex-start"}

_WIDE = {"description_width": "initial"}


class VisitsForm(ipywidgets.VBox):  # type: ignore[misc]
    """Controls for a plan and the button that makes it.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.
    press
        Called when the button is pressed.
    """

    def __init__(self, lang: str, press: Callable[[], None]) -> None:
        self._lang = lang
        self.scope = ipywidgets.Dropdown(style=_WIDE)
        self.start = ipywidgets.DatePicker(style=_WIDE)
        self.days = _whole(1, MOST_DAYS, FIRST_DAYS)
        self.mode = ipywidgets.Dropdown(style=_WIDE)
        self.base = ipywidgets.Text(style=_WIDE, continuous_update=False)
        self.spacing = _whole(1, MOST_DAYS, USUAL_SPACING)
        self.seconds = _whole(1, MOST_SECONDS, USUAL_SECONDS)
        self.seed = _whole(0, MOST_SEED, 0)
        self.daylight = ipywidgets.Checkbox(indent=False)
        self.button = ipywidgets.Button(button_style="primary", layout=NARROW)
        self.button.on_click(lambda _button: press())
        self._controls = {
            "start": self.start,
            "days": self.days,
            "scope": self.scope,
            "mode": self.mode,
            "base": self.base,
            "daylight": self.daylight,
            "spacing": self.spacing,
            "seconds": self.seconds,
            "seed": self.seed,
        }
        for control in self._controls.values():
            control.layout.width = "auto"
        row = {"flex_flow": "row wrap", "grid_gap": "4px 18px", "align_items": "center"}
        super().__init__([ipywidgets.Box(list(self._controls.values()), layout=row), self.button])
        self.speak(lang, 0)

    def speak(self, lang: str, chosen: int) -> None:
        """Word the controls; their values stay.

        Parameters
        ----------
        lang
            ``"zh"`` or ``"en"``.
        chosen
            How many students are on the list.
        """
        self._lang = lang
        for name, control in self._controls.items():
            control.description = self._say(f"form.{name}")
            control.tooltip = self._say(f"hint.{name}")
        self.base.placeholder = self._say("form.base_example")
        self.button.description = self._say("form.press")
        scopes = [(self._say("form.everyone"), False)]
        scopes.append((self._say("form.chosen", number=chosen), True))
        modes = [(text.say(f"duties.mode.{mode}", lang), mode) for mode in MODES]
        _reword(self.scope, scopes, False)
        _reword(self.mode, modes, USUAL_MODE)

    def begin_on(self, day: dt.date) -> None:
        """Set the first day, when the person has not chosen one."""
        if self.start.value is None:
            self.start.value = day

    def ask(self, usual: dt.date) -> Ask:
        """Return what the controls say; ``usual`` is the first day where none is chosen."""
        return Ask(
            start=self.start.value or usual,
            days=self.days.value,
            seconds=self.seconds.value,
            seed=self.seed.value,
            spacing=self.spacing.value,
            mode=self.mode.value,
            base=self.base.value,
            daylight=self.daylight.value,
            only_chosen=self.scope.value,
        )

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"app_visits.{key}", self._lang, **facts)


def _whole(least: int, most: int, value: int) -> ipywidgets.BoundedIntText:
    return ipywidgets.BoundedIntText(value=value, min=least, max=most, style=_WIDE)


def _reword(box: ipywidgets.Dropdown, options: Sequence[tuple[str, object]], usual: object) -> None:
    """Give a list other words and leave its value as it is."""
    value = box.value if box.options else usual
    box.options = options
    box.value = value
