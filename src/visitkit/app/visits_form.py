"""The controls that say what to plan and how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from html import escape

import ipywidgets

from visitkit import text
from visitkit.app.visits_ask import MOST_DAYS, MOST_SECONDS, MOST_SEED, USUAL_SECONDS, Ask
from visitkit.app.visits_files import VisitsFiles
from visitkit.plan.kinds import TO_CHOOSE
from visitkit.plan.terms import USUAL_MODE, USUAL_SPACING
from visitkit.plan.travel import MODES
from visitkit.screen.day import written_day

#: A plan of a school week at first: it is there soon, and can be made longer.
FIRST_DAYS = 7

#: A button as wide as its words.
NARROW = {"width": "auto", "align_self": "flex-start"}

_WIDE = {"description_width": "initial"}
_ROW = {"flex_flow": "row wrap", "grid_gap": "4px 18px", "align_items": "center"}
#: What most people leave as it is; it is folded away.
_SELDOM = ("base", "spacing", "seconds", "seed", "kinds", "far")


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
        self.about = ipywidgets.HTML()
        self.start = ipywidgets.Text(style=_WIDE, placeholder="2026-10-14")
        self.days = _whole(1, MOST_DAYS, FIRST_DAYS)
        self.mode = ipywidgets.Dropdown(style=_WIDE)
        self.base = ipywidgets.Text(style=_WIDE, continuous_update=False)
        self.spacing = _whole(1, MOST_DAYS, USUAL_SPACING)
        self.seconds = _whole(1, MOST_SECONDS, USUAL_SECONDS)
        self.seed = _whole(0, MOST_SEED, 0)
        self.far = ipywidgets.SelectMultiple(style=_WIDE, rows=4)
        self.kinds = ipywidgets.SelectMultiple(style=_WIDE, rows=len(TO_CHOOSE))
        self.daylight = ipywidgets.Checkbox(indent=False)
        self.files = VisitsFiles(lang)
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
            "kinds": self.kinds,
            "far": self.far,
        }
        for control in self._controls.values():
            control.layout.width = "auto"
        often = [one for name, one in self._controls.items() if name not in _SELDOM]
        seldom = [self._controls[name] for name in _SELDOM]
        more = ipywidgets.VBox([ipywidgets.Box(seldom, layout=_ROW), self.files])
        self.more = ipywidgets.Accordion([more], selected_index=None)
        parts = [self.about, ipywidgets.Box(often, layout=_ROW), self.more, self.button]
        super().__init__(parts)
        self.add_class("vk-plain")
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
        self.about.value = f"<p>{escape(self._say('form.about'))}</p>"
        self.more.set_title(0, self._say("form.more"))
        self.files.speak(lang)
        self.button.description = self._say("form.press")
        scopes = [(self._say("form.everyone"), False)]
        scopes.append((self._say("form.chosen", number=chosen), True))
        modes = [(text.say(f"duties.mode.{mode}", lang), mode) for mode in MODES]
        _reword(self.scope, scopes, False)
        _reword(self.mode, modes, USUAL_MODE)
        kinds = [(text.say(f"duties.kind.{kind}", lang), kind) for kind in TO_CHOOSE]
        _reword(self.kinds, kinds, ())

    def begin_on(self, day: dt.date, zones: Sequence[str] = ()) -> None:
        """Set the first day, when the person has not chosen one, and the zones to choose from."""
        if not self.start.value.strip():
            self.start.value = day.isoformat()
        if list(self.far.options) != list(zones):
            self.far.options, self.far.value = list(zones), ()
        self.far.layout.display = "" if zones else "none"

    def ask(self, usual: dt.date) -> Ask:
        """Return what the controls say; ``usual`` is the first day where none is chosen.

        Raises
        ------
        VisitkitError
            When the first day is none, or a file cannot be understood.
        """
        written = self.start.value.strip()
        start = written_day(written) if written else usual
        self.start.value = start.isoformat()
        return Ask(
            start=start,
            days=self.days.value,
            seconds=self.seconds.value,
            seed=self.seed.value,
            spacing=self.spacing.value,
            mode=self.mode.value,
            base=self.base.value,
            daylight=self.daylight.value,
            only_chosen=self.scope.value,
            far=tuple(self.far.value),
            kinds=tuple(self.kinds.value),
            minutes=self.files.minutes(),
            earlier=self.files.earlier,
        )

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"app_visits.{key}", self._lang, **facts)


def _whole(least: int, most: int, value: int) -> ipywidgets.BoundedIntText:
    return ipywidgets.BoundedIntText(value=value, min=least, max=most, style=_WIDE)


def _reword(
    box: ipywidgets.CoreWidget, options: Sequence[tuple[str, object]], usual: object
) -> None:
    """Give a list other words and leave its value as it is."""
    value = box.value if box.options else usual
    box.options = options
    box.value = value
