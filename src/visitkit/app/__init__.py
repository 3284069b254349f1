"""The consoles put together, for people who do not program.

What the pages need is loaded when it is first used: the command that serves them needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visitkit.app.review import ReviewConsole
    from visitkit.app.screening import ScreeningConsole
    from visitkit.app.session import Session
    from visitkit.app.shell import App, open_app
    from visitkit.app.visits import VisitsConsole

_PLACES = {
    "App": "shell",
    "ReviewConsole": "review",
    "ScreeningConsole": "screening",
    "Session": "session",
    "VisitsConsole": "visits",
    "open_app": "shell",
}

__all__ = [
    "App",
    "ReviewConsole",
    "ScreeningConsole",
    "Session",
    "VisitsConsole",
    "open_app",
]


def __getattr__(name: str) -> Any:
    """Import on first access."""
    if name in _PLACES:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """Names a reader may want."""
    return sorted(__all__)
