"""Work on a thread of its own that hands everything back to the thread which asked for it.

Traits belong to the thread in whose loop messages arrive: they are set there and nowhere else, so
that nothing is sent to the browser while another value is half written.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any


class Home:
    """The thread that asks for work, with its loop where it has one.

    Without a loop (a plain script, a test) what is handed back runs at once where it is.
    """

    def __init__(self) -> None:
        # Messages to the browser name the request they answer, which the context remembers.
        self._context = copy_context()
        try:
            self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self._loop = None

    def call(self, what: Callable[..., object], *args: Any) -> None:
        """Run a function in the thread that asked."""
        if self._loop is None:
            what(*args)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *args, context=self._context)


class Latest:
    """The newest of many values, handed back as often as the other side can take them.

    Parameters
    ----------
    home
        Where ``show`` runs.
    show
        Takes the values of :meth:`put`; values that a newer one overtakes are left out.
    """

    def __init__(self, home: Home, show: Callable[..., None]) -> None:
        self._home, self._show = home, show
        self._lock = threading.Lock()
        self._waiting: tuple[Any, ...] | None = None

    def put(self, *values: Any) -> None:
        """Take newer values; from any thread."""
        with self._lock:
            asked, self._waiting = self._waiting is not None, values
        if not asked:
            self._home.call(self._take)

    def _take(self) -> None:
        with self._lock:
            values, self._waiting = self._waiting, None
        if values is not None:
            self._show(*values)


def begin(
    work: Callable[[], Any],
    done: Callable[[Any], None],
    failed: Callable[[Exception], None],
) -> threading.Thread:
    """Begin work on a thread and return the thread.

    Parameters
    ----------
    work
        Runs on the new thread.
    done, failed
        Run in the calling thread with what the work returned or the error it ended with. An error
        of ``done`` goes to ``failed`` as well.
    """
    home = Home()

    def finish(result: Any) -> None:
        try:
            done(result)
        except Exception as error:
            failed(error)

    def run() -> None:
        try:
            result = work()
        except Exception as error:
            home.call(failed, error)
        else:
            home.call(finish, result)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
