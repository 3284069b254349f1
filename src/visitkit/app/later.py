"""What a page needs only later is loaded later: a person waits for the first page, not for all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any, TypeVar

import traitlets

Value = TypeVar("Value")

#: Seconds between two modules, in which the page is answered.
PAUSE = 0.02


class Of(traitlets.TraitType[Value, Value]):
    """``None`` or a value of a class that is named: a page without such values never loads it.

    Parameters
    ----------
    place
        Module and name of the class, for example ``"visitkit.load.School"``.

    Examples
    --------
    >>> import datetime as dt
    >>> class Shelf(traitlets.HasTraits):
    ...     day = Of("datetime.date")
    >>> Shelf().day is None, Shelf(day=dt.date(2026, 11, 2)).day.isoformat()
    (True, '2026-11-02')
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.info_text = f"a {place} or None"
        super().__init__(None, allow_none=True)

    def validate(self, obj: Any, value: Any) -> Any:
        """Return the value when it is of the class; the class is loaded by then."""
        module, _, name = self.place.rpartition(".")
        if not isinstance(value, getattr(import_module(module), name)):
            self.error(obj, value)
        return value


class Loading:
    """Loads modules one by one between the messages of a page, in the thread that answers it.

    A thread of its own would import beside this one, and Python then may hand out modules that are
    half made; so work on other threads waits here instead.

    Parameters
    ----------
    modules
        In the order in which they are loaded.

    Examples
    --------
    >>> loading = Loading(["json"])
    >>> loading.begin(), loading.wait()
    (None, None)
    """

    def __init__(self, modules: Sequence[str]) -> None:
        self._left = list(modules)
        self._begun = False
        self._done = threading.Event()

    def begin(self) -> None:
        """Begin, once; where there is no loop, such as in a script, modules load when used."""
        if self._begun:
            return
        self._begun = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._done.set()
            return
        loop.call_later(PAUSE, self._one, loop)

    def wait(self) -> None:
        """Wait on a thread of one's own until all are loaded, where that has begun."""
        if self._begun:
            self._done.wait()

    def stop(self) -> None:
        """Load no more."""
        self._left.clear()

    def _one(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._left:
            self._done.set()
            return
        try:
            import_module(self._left.pop(0))
        except Exception:  # whoever needs it meets the same error, and says it in words
            self._left.clear()
        loop.call_later(PAUSE, self._one, loop)
