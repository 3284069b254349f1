"""The consoles put together: for people who do not program."""

from visitkit.app.session import Session
from visitkit.app.shell import App, open_app

__all__ = ["App", "Session", "open_app"]
