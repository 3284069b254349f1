"""Long work with a bar and a button that stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import traitlets

from visitkit.widgets.background import Home, Latest, begin
from visitkit.widgets.sentences import error_words
from visitkit.widgets.shown import Shown
from visitkit.widgets.view import script, style

#: How work can stand.
STATES = ("idle", "running", "stopping", "done", "stopped", "failed")

#: Takes steps done, steps in all (0: not known) and a sentence.
Tell = Callable[[int, int, str], None]
Result = TypeVar("Result")


class Stop(threading.Event):
    """Set once the person asked to stop; call it to know, or hand it on as an event."""

    def __call__(self) -> bool:
        """Tell whether the person asked to stop."""
        return self.is_set()


class Working(Shown):
    """A bar, a sentence and a button to stop; hidden while nothing is done.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Attributes
    ----------
    state : str
        One of :data:`STATES`. ``"stopped"``: the work gave back a result after it was asked to
        stop.
    step, steps : int
        How far the work is; ``steps`` is 0 where nobody knows.
    said : str
        What the work says about where it is.
    failure : str
        Why it ended, when it failed.

    Examples
    --------
    >>> bar, found = Working("en"), []
    >>> bar.run(lambda progress, stopped: 6 * 7, found.append)
    True
    >>> bar.wait()
    >>> found, bar.state
    ([42], 'done')
    """

    _esm = script("working")
    _css = style("working")
    room = "widgets_working"

    state = traitlets.Enum(STATES, "idle").tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    steps = traitlets.Int(0).tag(sync=True)
    said = traitlets.Unicode("").tag(sync=True)
    failure = traitlets.Unicode("").tag(sync=True)

    def __init__(self, lang: str | None = None) -> None:
        self._stop = Stop()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None
        super().__init__(lang)

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self.state in {"running", "stopping"}

    def run(
        self,
        job: Callable[[Tell, Stop], Result],
        done: Callable[[Result], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
    ) -> bool:
        """Begin a job on a thread of its own.

        Parameters
        ----------
        job
            Called with ``progress(step, steps, words)`` and ``stopped``: ``stopped()`` is true once
            the person asked to stop; it is also a :class:`threading.Event`.
        done, failed
            Called with the result or the error, in the thread that called ``run`` where that has a
            loop, else in the job's. An error of ``done`` goes to ``failed``.

        Returns
        -------
        bool
            False when another job is under way: this one is not begun.
        """
        if self.busy:
            return False
        self._stop, self._error = Stop(), None
        stop = self._stop
        tell = Latest(Home(), self._told)
        self._set(state="running", step=0, steps=0, said="", failure="")

        def ended(result: Result) -> None:
            if done is not None:
                done(result)
            self.state = "stopped" if stop() else "done"

        def broke(error: Exception) -> None:
            self._error = error
            self._set(state="failed", failure=error_words(error, self.lang))
            if failed is not None:
                failed(error)

        self._thread = begin(lambda: job(tell.put, stop), ended, broke)
        return True

    def stop(self) -> None:
        """Ask the job to stop; asking twice does nothing more."""
        if self.state == "running":
            self._stop.set()
            self.state = "stopping"

    def wait(self, seconds: float | None = None) -> None:
        """Wait in a script until the job has ended; a page needs no waiting."""
        if self._thread is not None:
            self._thread.join(seconds)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"stop": lambda _content: self.stop()}

    def close(self) -> None:
        """Stop the job and close the view."""
        self._stop.set()
        super().close()

    def _told(self, step: int, steps: int, words: str) -> None:
        if self.busy:
            self._set(step=max(0, int(step)), steps=max(0, int(steps)), said=str(words))

    def _set(self, **values: object) -> None:
        with self.hold_sync():
            for name, value in values.items():
                setattr(self, name, value)

    def _speak(self, change: object) -> None:
        super()._speak(change)
        if self._error is not None:
            self.failure = error_words(self._error, self.lang)
