"""The frame: five pages over one session, words in two languages, nothing left behind a lock."""

from __future__ import annotations

import pandas as pd
import pytest

from visitkit import load, text
from visitkit.app import open_app
from visitkit.app.session import Session
from visitkit.app.shell import PAGES, App
from visitkit.widgets.pages import Pages
from visitkit.widgets.view import View


@pytest.fixture(scope="module")
def session() -> Session:
    """A small school, screened."""
    roll = pd.DataFrame({"student_id": ["01", "02"], "grade": [7, 7], "class_id": ["7-1", "7-1"]})
    return Session.of(load.School.from_frames(students=roll), lang="en")


def every(widget: object) -> list[object]:
    """Return a widget and all below it."""
    found = [widget]
    for child in getattr(widget, "children", ()):
        found += every(child)
    return found


def test_five_real_pages() -> None:
    """Each is a console of its own, made when it is first turned to, and only once."""
    app = open_app(lang="en")
    (_, pages) = app.children
    assert isinstance(pages, Pages)
    assert tuple(pages.pages) == PAGES
    assert type(pages.pages["start"]).__name__ == "StartPage"
    for name in PAGES[1:]:
        (waiting,) = pages.pages[name].children
        assert type(waiting).__name__ == "HTML"
        app.bar.page = name
        (console,) = pages.pages[name].children
        assert type(console).__name__ == f"{name.capitalize()}Console"
        app.bar.page = "start"
        app.bar.page = name
        assert pages.pages[name].children == (console,)
    app.close()


def test_the_language_of_every_view_follows(session: Session) -> None:
    """Pressing 'zh' re-words all that is open; an unknown language does nothing."""
    app = App(session)
    for page in PAGES:
        app.bar.page = page
    app.topbar._message(None, {"kind": "speak", "lang": "fr"}, [])
    assert session.lang == "en"
    app.topbar._message(None, {"kind": "speak", "lang": "zh"}, [])
    views = [one for one in every(app) if isinstance(one, View)]
    assert len(views) > 5
    assert {view.lang for view in views} == {"zh"}
    assert app.topbar.line == text.say(
        "app_shell.open",
        "zh",
        students="2",
        date=session.as_of,
        rules="\u63a8\u8350\u5236\u5ea6",
    )
    app.topbar._message(None, {"kind": "speak", "lang": "en"}, [])
    app.close()


def test_locked_means_gone(session: Session) -> None:
    """Behind the lock there is no page, no open view and nobody who listens."""
    app = App(session)
    for page in (*PAGES, "visits"):
        app.bar.page = page
    before = every(app.children[1])
    app.topbar._message(None, {"kind": "lock"}, [])
    assert session.locked
    assert app.children == (app.topbar, app.screen)
    assert app.topbar.line == ""
    still = [one for one in before if one is not app.bar and getattr(one, "comm", None) is not None]
    assert still == []
    assert session._watched == []
    app.screen._message(None, {"kind": "unlock"}, [])
    assert not session.locked
    again = every(app.children[1])
    assert not {id(one) for one in again} & {id(one) for one in before} - {id(app.bar)}
    assert app.bar.page == "visits"
    app.close()


def test_an_idle_browser_locks(session: Session) -> None:
    """What the browser says of nobody being there is believed."""
    app = App(session)
    app.topbar._message(None, {"kind": "idle"}, [])
    assert session.locked
    app.screen._message(None, {"kind": "unlock"}, [])
    app.close()


def test_nothing_saved_names_anybody(session: Session) -> None:
    """A notebook keeps the line that is printed, and that is all."""
    app = App(session)
    assert {repr(one) for one in (app, session)} == {"App()", "Session(open)"}
    app.close()


def test_where_there_is_nothing_to_hide_there_is_no_lock() -> None:
    """The button comes with the school."""
    app = open_app(lang="en")
    assert not app.topbar.lockable
    app.session.school = load.School.from_frames(students=pd.DataFrame({"student_id": ["01"]}))
    assert app.topbar.lockable
    app.close()
