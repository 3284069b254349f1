"""The console for the review: coverage, one student, the caseload, a study."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import ipywidgets
import pandas as pd

from visitkit import text
from visitkit.app.review_jobs import (
    Ground,
    Tell,
    covered,
    one_student,
    scale_asked,
    whole_caseload,
)
from visitkit.app.review_study import StudyPage
from visitkit.app.review_tables import ENDINGS, made_up_scores, outcomes_of
from visitkit.app.session import Session
from visitkit.reports.review import Changed, write_counsellor
from visitkit.sample.study import SCALE
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.pages import PageBar, Pages
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.review_page import ReviewPage, page_sections
from visitkit.widgets.saving import Download, written
from visitkit.widgets.sentences import error_words
from visitkit.widgets.upload import Upload
from visitkit.widgets.working import Working

PAGES = ("coverage", "student", "caseload", "study")
_ROOM = "app_review"


class ReviewConsole(ipywidgets.VBox):  # type: ignore[misc]
    """Review what was done and what helped.

    Parameters
    ----------
    session
        Shared with the other consoles. Read: ``school``, ``rules``, ``as_of``, ``cases``,
        ``store``, ``lang``.

    Attributes
    ----------
    scores : DataFrame or None
        The measurements that are reviewed.
    shown : dict
        Page to what it shows.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.scores: pd.DataFrame | None = None
        self.goals: pd.DataFrame | None = None
        self._wrong: Exception | None = None
        self._made_up = False
        lang = session.lang
        self.working = Working(lang)
        self.said = PageView(lang)
        self.since = Ask(f"{_ROOM}.coverage", (AskField("since", "date"),), self._count, lang)
        self.practice = Ask(f"{_ROOM}.scores", (), self._practise, lang)
        self.upload = Upload(f"{_ROOM}.upload.scores", ENDINGS, self._scored, lang)
        self.upload_goals = Upload(f"{_ROOM}.upload.goals", ENDINGS, self._aimed, lang)
        self.one = Ask(f"{_ROOM}.one", (), self._one, lang)
        self.all = Ask(f"{_ROOM}.all", (), self._all, lang)
        self.shown = {page: ReviewPage(lang) for page in ("coverage", "student", "caseload")}
        self.saves = {
            page: Download(partial(self._files, page), f"{_ROOM}.save_page", f"{page}.zip", lang)
            for page in self.shown
        }
        self.study = StudyPage(session)
        bar = PageBar(f"{_ROOM}.page", PAGES, lang)
        sources = ipywidgets.VBox([self.practice, self.upload, self.upload_goals])
        self._sources = sources
        self.pages = Pages(
            bar,
            {
                "coverage": self._page("coverage", self.since),
                "student": self._page("student", self.one),
                "caseload": self._page("caseload", self.all),
                "study": self.study,
            },
        )
        bar.observe(lambda _change: self._turned(), names="page")
        self._speakers = (
            bar,
            self.working,
            self.said,
            self.since,
            self.practice,
            self.upload,
            self.upload_goals,
            self.one,
            self.all,
            *self.saves.values(),
        )
        super().__init__([self.said, bar, sources, self.working, self.pages])
        self.pages.children = tuple(self.pages.pages.values())
        session.watch("lang", call=self._reword)
        session.watch("school", "as_of", call=self._forget)
        self._paint()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def _page(self, name: str, ask: Ask) -> ipywidgets.VBox:
        return ipywidgets.VBox([ask, self.shown[name], self.saves[name]])

    @property
    def day(self) -> dt.date:
        """The day on which we stand."""
        return self.session.as_of or dt.date.today()

    def _count(self, values: dict[str, str]) -> None:
        session, since = self.session, values["since"]
        if session.school is None:
            return
        store = session.store
        ground = Ground(
            session.school,
            session.rules,
            self.day,
            None if session.cases is None else session.cases.table[["student_id", "tier"]],
            # the casebook belongs to this thread, so it is read before the worker begins
            None if store is None else store.history(self.day),
            session.lang,
        )
        first = dt.date.fromisoformat(since) if since else None
        self._run("coverage", lambda progress: covered(ground, first, progress))

    def _practise(self, _values: dict[str, str]) -> None:
        self.scores, self._made_up, self._wrong = made_up_scores(), True, None
        self.upload.forget()
        self._clear("student", "caseload")
        self._paint()

    def _scored(self, name: str, data: bytes) -> None:
        self.scores, self._made_up = outcomes_of("scores", name, data), False
        self._clear("student", "caseload")
        self._paint()

    def _aimed(self, name: str, data: bytes) -> None:
        self.goals = outcomes_of("goals", name, data)

    def _one(self, values: dict[str, str]) -> None:
        scores, student, day = self.scores, values["student"], self._last_day()
        if scores is not None:
            named = self._named(values)
            self._run("student", lambda _p: one_student(scale_asked(named), scores, student, day))

    def _all(self, values: dict[str, str]) -> None:
        scores, goals, school = self.scores, self.goals, self.session.school
        if scores is not None:
            named, day = self._named(values), self._last_day()
            self._run(
                "caseload",
                lambda _p: whole_caseload(scale_asked(named), scores, day, goals, school),
            )

    def _last_day(self) -> dt.date:
        """Return the day of the session; made-up scores are looked at from their own end."""
        return dt.date(2026, 12, 31) if self._made_up else self.day

    def _named(self, values: dict[str, str]) -> dict[str, str]:
        """Return values with columns by their names; the browser sends their places."""
        columns = [] if self.scores is None else [str(one) for one in self.scores.columns]
        places = {name: int(values[name]) for name in ("score", "screening") if values.get(name)}
        return values | {name: columns[place] for name, place in places.items()}

    def _run(self, page: str, job: Callable[[Tell], Changed]) -> None:
        lang = self.session.lang
        self._wrong = None
        self._clear(page)
        self._paint()

        def work(progress: Tell, _stopped: object) -> tuple[Changed, tuple[Section, ...]]:
            found = job(progress)
            return found, page_sections(found, lang)

        def done(made: tuple[Changed, tuple[Section, ...]]) -> None:
            self.shown[page].review(*made)
            self._paint()

        self.working.run(work, done)

    def _clear(self, *pages: str) -> None:
        for page in pages:
            self.shown[page].clear()

    def _forget(self) -> None:
        """Another school or day is open: what was counted for the earlier one is put away."""
        self._clear("coverage")
        self._paint()

    def _files(self, page: str) -> dict[str, bytes]:
        found = self.shown[page].found
        if found is None:
            return {}
        lang = self.session.lang
        return written(lambda folder: write_counsellor(found, folder, lang))

    def _reword(self) -> None:
        for one in self._speakers:
            one.lang = self.session.lang
        for page, view in self.shown.items():
            found = view.found
            view.clear()
            view.lang = self.session.lang
            if found is not None and not self.working.busy:
                self._run(page, lambda _p, known=found: known)  # type: ignore[misc]
            elif found is not None:
                view.review(found)
        self.study.reword()
        self._paint()

    def _turned(self) -> None:
        """Another page: that work for the one before is done is no news here."""
        if not self.working.busy:
            self.working.state = "idle"
        self._paint()

    def _paint(self) -> None:
        page = self.pages.bar.page
        scored = page in {"student", "caseload"}
        self._sources.layout.display = "" if scored else "none"
        self.upload_goals.layout.display = "" if page == "caseload" else "none"
        for ask in (self.one, self.all):
            ask.layout.display = "" if self.scores is not None else "none"
        self.since.layout.display = "" if self.session.school is not None else "none"
        for name, save in self.saves.items():
            save.layout.display = "" if self.shown[name].found is not None else "none"
        if self.scores is not None:
            fields = self._scale_fields(self.scores)
            students = dict.fromkeys(
                self.scores.get("student_id", pd.Series(dtype=str)).astype(str)
            )
            choices = tuple((one, one) for one in students)
            self.one.ask((AskField("student", "choice", True, choices=choices), *fields))
            self.all.ask(fields)
        self._tell(page)

    def _tell(self, page: str) -> None:
        lang = self.session.lang
        lines: list[Section] = []
        if page == "coverage" and self.session.school is None:
            lines.append(Section("", (self._say("no_school"),)))
        if page in {"student", "caseload"} and self._made_up:
            lines.append(Section("", (self._say("made_up"),)))
        if self._wrong is not None:
            lines.append(Section("", (error_words(self._wrong, lang),), tone="warning"))
        self.said.show(tuple(lines))

    def _scale_fields(self, scores: pd.DataFrame) -> tuple[AskField, ...]:
        names = [str(one) for one in scores.columns]
        columns = tuple((str(place), name) for place, name in enumerate(names))
        place = {name: str(number) for number, name in enumerate(names)}
        ways = tuple((one, self._say(f"way.{one}")) for one in ("worse", "better"))
        known = {}
        if self._made_up:
            known = {name: f"{SCALE[name]:g}" for name in SCALE}
            known |= {"source": self._say("made_up_source"), "score": place.get("worry", "")}
            known |= {"way": "worse"}
        return (
            AskField("score", "choice", True, known.get("score", ""), columns),
            AskField("higher_is", "choice", True, known.get("way", ""), ways),
            AskField("screening", "choice", False, place.get("screening", ""), columns),
            *(
                AskField(x, "number", False, known.get(x, ""))
                for x in ("reliability", "mean", "sd")
            ),
            AskField("source", "text", False, known.get("source", "")),
            AskField("cutoff", "number"),
        )

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"{_ROOM}.{key}", self.session.lang, **facts)
