"""The card of one student: why to look, what is not known, and what a person decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
import traitlets

from visitkit import text
from visitkit.load import School
from visitkit.reports.words import MARKS, tier_word
from visitkit.screen import Caseload
from visitkit.widgets.card_state import Given, card
from visitkit.widgets.card_tier import CHOICES, LONGEST, REASON_CODES, Override, faults, override
from visitkit.widgets.shown import Shown, short
from visitkit.widgets.view import script, style


class StudentCard(Shown):
    """One student told to a person, with what the person can do about it.

    Parameters
    ----------
    cases
        The caseload; without one the card says how to open it.
    school
        Gives trends, contacts and, where asked for, the name.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    names
        Show the name beside the number.

    Attributes
    ----------
    student : str
        Whose card is open; empty when none is.
    overrides : tuple of Override
        What people decided, the latest of each student.
    chosen : tuple of str
        Who is on the list for visits, as the buttons of cards left it.

    Examples
    --------
    >>> StudentCard(lang="en")
    StudentCard()
    """

    _esm = script("card")
    _css = style("card")
    room = "widgets_card"

    student = traitlets.Unicode("")
    overrides = traitlets.Tuple()
    chosen = traitlets.Tuple()

    def __init__(
        self,
        cases: Caseload | None = None,
        school: School | None = None,
        lang: str | None = None,
        *,
        names: bool = False,
    ) -> None:
        self._cases, self._school, self._names = cases, school, names
        self._remembered: pd.DataFrame | None = None
        super().__init__(lang)
        self.observe(lambda _change: self._tell(), names=["overrides", "chosen"])

    def show(
        self, cases: Caseload, school: School | None = None, *, names: bool | None = None
    ) -> None:
        """Take another caseload; the card stays open where the student is on it."""
        self._names = self._names if names is None else names
        self._cases = cases
        self._school = school if school is not None else self._school
        if self.student and self.student not in set(cases.table["student_id"]):
            self.student = ""
        self._tell()

    def remember(self, contacts: pd.DataFrame | None) -> None:
        """Tell also of contacts that a casebook knows.

        Parameters
        ----------
        contacts
            With the columns of the table ``visits``; ``None`` where no casebook is open.
        """
        self._remembered = contacts
        self._tell()

    def turn_to(self, student_id: str, *, focus: bool = False) -> None:
        """Open the card of a student.

        Parameters
        ----------
        student_id
            The student's number.
        focus
            Put the keyboard there.

        Raises
        ------
        ScreenError
            When the student is not on the list.
        """
        if self._cases is not None:
            self._cases.student(student_id)
            self.student = student_id
            self._tell(focus=focus)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {
            "ready": lambda _content: self._tell(),
            "visit": self._asked_visit,
            "decide": self._asked_decision,
            "withdraw": self._asked_withdrawal,
        }

    def withdraw(self, student_id: str) -> None:
        """Take back what a person decided about a student."""
        self.overrides = tuple(one for one in self.overrides if one.student_id != student_id)

    def _asked_visit(self, content: Mapping[str, Any]) -> None:
        if not self._about_this(content) or not isinstance(content.get("on"), bool):
            return
        others = tuple(one for one in self.chosen if one != self.student)
        self.chosen = (*others, self.student) if content["on"] else others

    def _asked_decision(self, content: Mapping[str, Any]) -> None:
        if self._cases is None or not self._about_this(content):
            return
        computed, as_of = str(self._cases.student(self.student)["tier"]), self._cases.as_of
        wrong = faults(content, computed, as_of)
        if wrong:
            self.send({"kind": "wrong", "fields": wrong})
            return
        made = override(content, self.student, computed, as_of)
        self.overrides = (*_others(self.overrides, self.student), made)
        self.send({"kind": "saved"})

    def _asked_withdrawal(self, content: Mapping[str, Any]) -> None:
        if self._about_this(content):
            self.withdraw(self.student)
            self.send({"kind": "withdrawn"})

    def _about_this(self, content: Mapping[str, Any]) -> bool:
        """Tell whether a message is about the student on the card, not one opened meanwhile."""
        return bool(self.student) and short(content, "student") == self.student

    def _tell(self, *, focus: bool = False) -> None:
        if self._cases is None or not self.student:
            self.send({"kind": "card", "card": None})
            return
        made = {one.student_id: one for one in self.overrides}
        given = Given(
            self._cases,
            self._school,
            self._names,
            made,
            frozenset(self.chosen),
            self._remembered,
        )
        told = card(given, self.student, self.lang)
        self.send({"kind": "card", "card": told, "focus": focus})

    def _speak(self, change: object) -> None:
        super()._speak(change)
        self._tell()

    def _words(self, lang: str) -> dict[str, object]:
        reasons = {one: text.say(f"cases_fields.choice.{one}", lang) for one in REASON_CODES}
        tiers = {one: f"{MARKS[one]} {tier_word(one, lang)}" for one in CHOICES}
        return {**super()._words(lang), "codes": reasons, "tiers": tiers, "longest": LONGEST}


def _others(made: Iterable[Override], student_id: str) -> tuple[Override, ...]:
    return tuple(one for one in made if one.student_id != student_id)
