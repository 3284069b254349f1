"""The part of the review console for a study: declared, frozen, and only then estimated."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

import ipywidgets
import pandas as pd

from visitkit import text
from visitkit.app.review_jobs import number_typed
from visitkit.app.review_tables import ENDINGS, Handed, ReadRecord, made_up, table_of
from visitkit.app.session import Session
from visitkit.errors import VisitkitError
from visitkit.reports.review import Asked, write_review
from visitkit.review import Study
from visitkit.review.stats.fingerprint import fingerprint
from visitkit.review.study import ASSIGNMENTS
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.outcome import OutcomePanel
from visitkit.widgets.outcome_state import after_estimate
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.saving import Download, written
from visitkit.widgets.sentences import error_words
from visitkit.widgets.upload import Upload
from visitkit.widgets.working import Working

_ROOM = "app_review"
#: Columns that are chosen one by one; several may be chosen for the others.
_ONE = ("unit", "treat", "cluster", "time", "first", "cause")
_SEVERAL = ("outcome", "baseline")
_NUMBERS = ("start", "horizon")
_WORDS = ("question", "help", "when", "who", "registered")


class StudyPage(ipywidgets.VBox):  # type: ignore[misc]
    """Choose a table, declare the design, see what it could find, and only then estimate.

    Parameters
    ----------
    session
        For the language.

    Attributes
    ----------
    panel : OutcomePanel
        What the study says.
    declarations : int
        How many times a design was declared for this table.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.handed: Handed | None = None
        self._record: ReadRecord | None = None
        self._wrong: Exception | None = None
        self._asked = Asked()
        self._frozen = ""
        self.declarations, self._seen = 0, 0
        lang = session.lang
        designs = tuple((one, self._say(f"design.{one}")) for one in ASSIGNMENTS)
        self.practice = Ask(
            f"{_ROOM}.practice",
            (AskField("design", "choice", True, choices=designs),),
            self._practise,
            lang,
        )
        self.upload = Upload(f"{_ROOM}.upload.panel", ENDINGS, self._handed, lang)
        self.record = Upload(f"{_ROOM}.upload.record", ENDINGS, self._recorded, lang)
        self.declare = Ask(f"{_ROOM}.declare", (), self._declare, lang)
        self.said = PageView(lang)
        self.panel = OutcomePanel(lang)
        self.go = Ask(f"{_ROOM}.estimate", (), self._go, lang)
        self.working = Working(lang)
        self.save = Download(self._files, f"{_ROOM}.save_study", "study.zip", lang)
        self._speakers = (
            self.practice,
            self.upload,
            self.record,
            self.declare,
            self.said,
            self.panel,
            self.go,
            self.working,
            self.save,
        )
        super().__init__([*self._speakers])
        self._paint()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def reword(self) -> None:
        """Say everything again in the language of the session."""
        estimated = self.panel.estimated
        study = self.panel.study
        if estimated:
            self.panel.clear()  # drawn anew by the worker, not while everybody waits
        for one in self._speakers:
            one.lang = self.session.lang
        self._paint()
        if estimated and study is not None:
            self.panel.declare(study, self._asked)
            self.estimate()

    def _practise(self, values: dict[str, str]) -> None:
        self.upload.forget()
        self._take(made_up(values["design"]))

    def _go(self, _values: dict[str, str]) -> None:
        self.estimate()

    def _handed(self, name: str, data: bytes) -> None:
        self._take(Handed(name, table_of(name, data)))

    def _recorded(self, name: str, data: bytes) -> None:
        table = table_of(name, data, all_text=True)
        self._record = ReadRecord(table, "")

    def _take(self, handed: Handed) -> None:
        self.handed, self._record, self._wrong = handed, None, None
        self.declarations, self._seen, self._frozen = 0, 0, ""
        self.panel.clear()
        self._paint()

    def _declare(self, values: dict[str, str]) -> None:
        if self.handed is None:
            return
        self._wrong = None
        self.panel.clear()
        try:
            study = self._study(self.handed, values)
        except VisitkitError as error:
            self._wrong = error
            self._paint()
            return
        self.declarations += 1
        said: dict[str, Any] = {name: values.get(name, "") for name in _WORDS}
        self._asked = Asked(**said)
        self._frozen = frozen(study, values)
        self.panel.declare(study, self._asked)
        self._paint()

    def _study(self, handed: Handed, values: dict[str, str]) -> Study:
        table = handed.table
        details: dict[str, Any] = dict(handed.settings) if values["design"] == handed.design else {}
        for name in (*_ONE, *_SEVERAL):
            details.pop(name, None)
        for name in _ONE:
            if values.get(name):
                details[name] = values[name]
        for name in _NUMBERS:
            if (number := number_typed(values.get(name, ""))) is not None:
                details[name] = number
        if values.get("first_visit"):
            details["first_visit"] = dt.date.fromisoformat(values["first_visit"])
        if self._record is not None:
            details["record"] = ReadRecord(self._record.table, values.get("record_hash", ""))
        outcome, baseline = values["outcome"].split(), values.get("baseline", "").split()
        names = list(map(str, table.columns))
        outcome = [names[int(one)] for one in outcome]
        baseline = [names[int(one)] for one in baseline]
        for name in _ONE:
            if name in details and values.get(name):
                details[name] = names[int(details[name])]
        return Study(table, outcome, values["design"], baseline=tuple(baseline), **details)

    def estimate(self) -> bool:
        """Begin to estimate what was declared; tell whether it was begun."""
        study, asked, lang = self.panel.study, self._asked, self.session.lang
        if study is None:
            return False

        def done(sections: tuple[Section, ...]) -> None:
            if self.panel.study is study:
                self._seen = self.declarations
                self.panel.put(sections)
                self._paint()

        return self.working.run(
            lambda _progress, _stopped: after_estimate(study, asked, lang), done, self._failed
        )

    def _failed(self, _error: Exception) -> None:
        self._paint()

    def _files(self) -> dict[str, bytes]:
        study = self.panel.study
        if study is None:
            return {}
        return written(partial(_write, study, self._asked, self.session.lang))

    def _paint(self) -> None:
        lang, handed = self.session.lang, self.handed
        self.practice.ask((AskField("design", "choice", True, choices=self._designs()),))
        if handed is not None:
            self.declare.ask(self._fields(handed))
        declared = self.panel.study is not None
        self.declare.layout.display = "" if handed is not None else "none"
        self.record.layout.display = "" if handed is not None and not handed.design else "none"
        self.go.layout.display = "" if declared and not self.panel.estimated else "none"
        self.save.layout.display = "" if self.panel.estimated else "none"
        lines: list[Section] = []
        if handed is not None:
            rows, columns = handed.table.shape
            key = "table_own" if handed.name else "table_made_up"
            told = self._say(key, name=handed.name, rows=rows, columns=columns)
            lines.append(Section("", (told,)))
        if self._wrong is not None:
            lines.append(Section("", (error_words(self._wrong, lang),), tone="warning"))
        if declared:
            held = [self._say("frozen", hash=self._frozen)]
            if self._seen and self.declarations > self._seen:
                held.append(self._say("declared_again", number=self.declarations))
            lines.append(Section("", tuple(held)))
        self.said.show(tuple(lines))

    def _fields(self, handed: Handed) -> tuple[AskField, ...]:
        names = [str(one) for one in handed.table.columns]
        columns = tuple((str(place), name) for place, name in enumerate(names))
        place = {name: str(number) for number, name in enumerate(names)}
        known = handed.settings

        def at(name: str) -> str:
            value = known.get(name, ())
            values = [value] if isinstance(value, str) else list(value or ())
            return " ".join(place[one] for one in values if one in place)

        typed = (*_NUMBERS, "first_visit")
        plain = {name: str(known.get(name, "") or "") for name in typed}
        return (
            AskField("design", "choice", True, handed.design, self._designs()),
            AskField("outcome", "several", True, at("outcome"), columns),
            *(AskField(name, "choice", False, at(name), columns) for name in _ONE[:3]),
            AskField("baseline", "several", False, at("baseline"), columns),
            *(AskField(name, "choice", False, at(name), columns) for name in _ONE[3:]),
            *(AskField(name, "number", False, plain[name]) for name in _NUMBERS),
            AskField("first_visit", "date", False, plain["first_visit"]),
            *(() if handed.design else (AskField("record_hash"),)),
            *(AskField(name) for name in _WORDS),
        )

    def _designs(self) -> tuple[tuple[str, str], ...]:
        return tuple((one, self._say(f"design.{one}")) for one in ASSIGNMENTS)

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"{_ROOM}.{key}", self.session.lang, **facts)


def frozen(study: Study, values: dict[str, str]) -> str:
    """Return the fingerprint of a declaration and its table, to be written down beforehand."""
    table: pd.DataFrame = study.declared.table
    ordered = table[sorted(table.columns)]
    rows = [list(ordered.columns), *ordered.itertuples(index=False, name=None)]
    return fingerprint([sorted(values.items()), *rows])


def _write(study: Study, asked: Asked, lang: str, folder: Any) -> None:
    write_review(study, folder, asked, lang)
