"""Consent, proof and copies of the casebook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import ipywidgets

from visitkit import record, text
from visitkit.app.session import Session
from visitkit.record import CaseStore
from visitkit.record.cases.moments import school_time
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.saving import Download
from visitkit.widgets.sentences import error_words

_ROOM = "app_casebook"
#: Says the result in the language of the session, whenever it is asked.
Say = Callable[[], tuple[str, ...]]
Do = Callable[[CaseStore, dict[str, str]], Say]


class ProofPage(ipywidgets.VBox):  # type: ignore[misc]
    """Open a psychological file to somebody, prove that all is whole, make a backup.

    Parameters
    ----------
    session
        Its ``store`` is the casebook.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._head = ""
        self._told: Say = lambda: ()
        self._wrong: Exception | None = None
        lang = session.lang
        self.said = PageView(lang)
        self.grant = self._ask(
            "grant",
            self._grant,
            AskField("student", required=True),
            AskField("person", required=True),
            AskField("until", "date", required=True),
            AskField("reason", required=True),
        )
        self.verify = self._ask("verify", self._verify, AskField("paper", "long"))
        self.anchor = self._ask("anchor", self._anchor, AskField("given_to", required=True))
        self.paper = Download(self._paper, f"{_ROOM}.anchor.save", lang=lang)
        self.copy = self._ask("backup", self._backup, AskField("folder", required=True))
        self._asks = (self.grant, self.verify, self.anchor, self.paper, self.copy)
        super().__init__([self.said, *self._asks])
        self._paint()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def clear(self) -> None:
        """Forget what was said."""
        self._head, self._wrong, self._told = "", None, lambda: ()
        self._paint()

    def reword(self) -> None:
        """Say everything again in the language of the session."""
        for one in (self.said, *self._asks):
            one.lang = self.session.lang
        self._paint()

    def _ask(self, key: str, do: Do, *fields: AskField) -> Ask:
        def go(values: dict[str, str]) -> None:
            store = self.session.store
            if store is None:
                return
            self._wrong, self._told = None, lambda: ()
            try:
                self._told = do(store, values)
            except Exception as error:  # told as a sentence; what it was is not shown
                self._wrong = error
            self._paint()

        return Ask(f"{_ROOM}.{key}", fields, go, self.session.lang)

    def _grant(self, store: CaseStore, values: dict[str, str]) -> Say:
        until = dt.date.fromisoformat(values["until"])
        store.grant(values["student"], values["person"], until, values["reason"])
        facts = {"student": values["student"], "person": values["person"], "until": until}
        return lambda: (self._say("grant.done", **facts),)

    def _verify(self, store: CaseStore, values: dict[str, str]) -> Say:
        papers = [values["paper"]] if values["paper"] else []
        found = store.verify(*papers)

        def say() -> tuple[str, ...]:
            with text.speaking(self.session.lang):
                return tuple(found.sentence().splitlines())

        return say

    def _anchor(self, store: CaseStore, values: dict[str, str]) -> Say:
        self._head = str(store.anchor(values["given_to"]))
        return lambda: (self._say("anchor.done", to=values["given_to"]), self._head)

    def _paper(self) -> dict[str, bytes]:
        store = self.session.store
        day = dt.date.today() if store is None else school_time(store.book.clock()).date()
        words = f"{self._say('anchor.title', day=day)}\n\n{self._head}\n"
        return {f"casebook-{day}.txt": words.encode("utf-8")}

    def _backup(self, store: CaseStore, values: dict[str, str]) -> Say:
        place = record.backup(store, values["folder"])
        return lambda: (self._say("backup.done", folder=place.name),)

    def _paint(self) -> None:
        self.paper.layout.display = "" if self._head else "none"
        if self._wrong is not None:
            sentence = error_words(self._wrong, self.session.lang)
            self.said.show((Section("", (sentence,), tone="warning"),))
        else:
            told = self._told()
            self.said.show((Section("", told, tone="strong"),) if told else ())

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"{_ROOM}.{key}", self.session.lang, **facts)
