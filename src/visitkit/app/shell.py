"""The whole of it: a top bar, five pages, and a screen that locks."""

from __future__ import annotations

import asyncio
from html import escape
from importlib import import_module

import ipywidgets

from visitkit import policy, text
from visitkit.app.idle import USUAL_MINUTES
from visitkit.app.later import Loading
from visitkit.app.lock import Lock
from visitkit.app.session import Session
from visitkit.app.start import StartPage
from visitkit.widgets.locking import LockScreen
from visitkit.widgets.pages import PageBar, Pages
from visitkit.widgets.topbar import TopBar

#: Pages in the order of the journey.
PAGES = ("start", "screening", "visits", "casebook", "review")
#: Page to its class, which lies in a module of the page's name.
_CONSOLES = {
    "screening": "ScreeningConsole",
    "visits": "VisitsConsole",
    "casebook": "CasebookConsole",
    "review": "ReviewConsole",
}
#: Seconds in which the browser shows which page was turned to before that page is made.
_BREATH = 0.05
#: What the pages need, in pieces small enough that the page is answered between them.
_LATER = (
    "scipy.sparse",
    "scipy.stats",
    "sklearn.metrics",
    "visitkit.screen",
    "visitkit.sample",
    "visitkit.plan",
    "sqlalchemy",
    "visitkit.record",
    "matplotlib.figure",
    "visitkit.review",
    *(f"visitkit.app.{page}" for page in _CONSOLES),
)


class App(ipywidgets.VBox):  # type: ignore[misc]
    """Start, screening, visits, casebook and review over one session.

    A page is made when it is first turned to. While the session is locked the pages do not exist:
    they are made again from the session when it is unlocked, so that nothing of the student who was
    on the screen comes back.

    Parameters
    ----------
    session
        What is open; an empty one when not given.
    minutes
        After how many minutes without a touch the session locks.

    Attributes
    ----------
    session : Session
        Shared by all pages.
    lock : Lock
        Locks and unlocks it.
    loading : Loading
        Loads what the other pages need once somebody is there.

    Examples
    --------
    >>> app = App(Session("en"))
    >>> app.bar.page, app
    ('start', App())
    >>> app.lock.stop()
    """

    def __init__(self, session: Session | None = None, minutes: float = USUAL_MINUTES) -> None:
        self.session = Session() if session is None else session
        self.lock = Lock(self.session, minutes)
        lang = self.session.lang
        idle = round(self.lock.seconds)
        self.loading = Loading(_LATER)
        self.topbar = TopBar(self._speak, self.lock.lock, self._alive, lang, idle=idle)
        self.screen = LockScreen(self.lock.unlock, lang)
        self.bar = PageBar("app_shell.page", PAGES, lang)
        super().__init__()
        self.add_class("vk-app")
        told = ("school", "as_of", "rules", "start", "store", "lang", "locked")
        self._heard = (
            (lambda _change: self._spoken(), ("lang",)),
            # What is open is no longer told before the pages go, one by one.
            (lambda _change: self._tell(), told),
            (lambda _change: self._arrange(), ("locked",)),
        )
        for call, names in self._heard:
            self.session.observe(call, names=names)
        self._arrange()
        self._tell()
        self.lock.watch()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return "App()"

    def close(self) -> None:
        """End the watch and close all views."""
        if self.comm is None:
            return
        self.lock.stop()
        self.loading.stop()
        self.session.release()
        for call, names in self._heard:
            self.session.unobserve(call, names=names)
        for child in self.children:
            _close(child)
        super().close()

    def _speak(self, lang: str) -> None:
        self.session.lang = lang

    def _alive(self) -> None:
        """Somebody is there: what the other pages need is loaded while the first is read."""
        self.lock.touch()
        self.loading.begin()

    def _spoken(self) -> None:
        for view in (self.topbar, self.screen, self.bar):
            view.lang = self.session.lang

    def _arrange(self) -> None:
        self._take_down()
        if self.session.locked:
            kept = self.lock.kept
            self.screen.ask(kept is not None, kept is not None and kept.psych)
            self.children = [self.topbar, self.screen]
        else:
            self.children = [self.topbar, self._pages()]
            self.bar.observe(lambda _change: self._soon(), names="page")
            self._make()

    def _pages(self) -> Pages:
        start = StartPage(self.session, self._opened, self.loading.wait)
        frames = {name: ipywidgets.VBox([ipywidgets.HTML()]) for name in _CONSOLES}
        return Pages(self.bar, {"start": start, **frames})

    def _soon(self) -> None:
        """Say that the page comes, and make it after that: it may take a while."""
        pages = next((child for child in self.children if isinstance(child, Pages)), None)
        frame = None if pages is None else pages.pages[self.bar.page]
        if frame is not None and isinstance(frame.children[0], ipywidgets.HTML):
            words = escape(text.say("app_shell.coming", self.session.lang))
            frame.children[0].value = f'<p role="status">{words}</p>'
        try:
            asyncio.get_running_loop().call_later(_BREATH, self._make)
        except RuntimeError:
            self._make()

    def _make(self) -> None:
        """Make the page that is turned to, when it is turned to for the first time.

        The casebook's is made with its store, because it writes down what other pages decide.
        """
        pages = next((child for child in self.children if isinstance(child, Pages)), None)
        if pages is None:
            return
        wanted = {self.bar.page, *(["casebook"] if self.session.store is not None else [])}
        for name in wanted & _CONSOLES.keys():
            frame = pages.pages[name]
            if isinstance(frame.children[0], ipywidgets.HTML):
                module = import_module(f"visitkit.app.{name}")
                frame.children = [getattr(module, _CONSOLES[name])(self.session)]

    def _take_down(self) -> None:
        """Close every page and whatever it holds, in Python and in the browser."""
        pages = [child for child in self.children if isinstance(child, Pages)]
        self.children = [self.topbar]
        self.session.release()
        for old in pages:
            self.bar.unobserve_all("page")
            old.children = [child for child in old.children if child is not self.bar]
            _close(old)

    def _opened(self) -> None:
        self.bar.page = "screening"

    def _tell(self) -> None:
        now, lang = self.session, self.session.lang
        line = text.say("app_shell.empty", lang)
        if now.school is not None:
            line = text.say(
                "app_shell.open",
                lang,
                students=f"{len(now.start or now.school.tables['students']):,}",
                date=now.as_of or now.school.latest,
                rules=policy.title(now.rules.name, lang),
            )
        if now.store is not None:
            line = text.say("app_shell.casebook", lang, line=line)
        with self.topbar.hold_sync():
            self.topbar.locked, self.topbar.lockable = now.locked, self.lock.needed or now.locked
            self.topbar.line = "" if now.locked else line


def _close(widget: ipywidgets.Widget) -> None:
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()


def open_app(
    session: Session | None = None, lang: str | None = None, minutes: float = USUAL_MINUTES
) -> App:
    """Return all consoles in one view, for a notebook or for Voila.

    Parameters
    ----------
    session
        What is open already, for example :meth:`Session.of`; by default nothing.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    minutes
        After how many minutes without a touch it locks: 1 to 240.

    Examples
    --------
    >>> app = open_app(lang="en")
    >>> app.topbar.line
    'No school is open yet'
    >>> app.close()
    """
    return App(Session(lang) if session is None else session, minutes)
