"""Who is owed a visit: rule by rule, and the students behind each rule."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from visitkit import text
from visitkit.app import visits_words as words
from visitkit.app.visits_form import NARROW
from visitkit.plan import Duties
from visitkit.widgets.listing import Listing
from visitkit.widgets.working import Working


class OwedPart(ipywidgets.VBox):  # type: ignore[misc]
    """A button that works out what is owed, the rules, and the students of one of them.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.
    count
        Works out what is owed; it runs on a thread of its own. Called without being begun when
        the button is pressed, it returns the work to do.

    Attributes
    ----------
    duties : Duties or None
        What is shown.
    """

    def __init__(self, lang: str, count: Callable[[], Callable[[], Duties]]) -> None:
        self.duties: Duties | None = None
        self._lang, self._count = lang, count
        self.button = ipywidgets.Button(layout=NARROW)
        self.button.on_click(lambda _button: self._press())
        self.working = Working(lang)
        self.rules = Listing(lang, selectable=True)
        self.students = Listing(lang)
        self.rules.observe(lambda _change: self._show_students(), names="chosen")
        super().__init__()
        self.speak(lang)

    def show(self, duties: Duties | None) -> None:
        """Show what is owed; ``None`` shows the button alone."""
        self.duties = duties
        self._paint()

    def speak(self, lang: str) -> None:
        """Word everything in another language."""
        self._lang = lang
        for view in (self.working, self.rules, self.students):
            view.lang = lang
        self.button.description = self._say("owed_button")
        self._paint()

    def _press(self) -> None:
        work = self._count()
        self.working.run(lambda _tell, _stopped: work(), self.show)

    def _paint(self) -> None:
        asking = [self.button, self.working]
        if self.duties is None:
            self.children = asking
            return
        chosen = self.rules.chosen
        self.rules.show(
            self._say("rules_shown", date=self.duties.as_of),
            words.owed_columns(self._lang),
            words.owed_rows(self.duties, self._lang),
        )
        self.rules.chosen = chosen if chosen < len(self.rules.rows) else -1
        self._show_students()
        self.children = [*asking, self.rules, self.students]

    def _show_students(self) -> None:
        chosen = self.rules.chosen
        if self.duties is None or chosen < 0:
            self.students.show(self._say("pick_rule"), (), ())
            return
        rule, kind = words.owed_rules(self.duties)[chosen]
        self.students.show(
            self._say("students_shown", rule=words.rule_words(rule, kind, self._lang)),
            words.student_columns(self._lang),
            words.student_rows(self.duties, rule, kind, self._lang),
        )

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"app_visits.{key}", self._lang, **facts)
