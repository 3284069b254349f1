"""All consoles as one page for this machine alone: Voila with our template, a key in the address.

The server listens on the loopback, answers nothing without the key, runs no cell but ours, loads no
extension but those it needs, and forbids the page to ask any other machine for anything.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from visitkit import text
from visitkit.app.idle import USUAL_MINUTES
from visitkit.errors import VisitkitError

HOST = "127.0.0.1"
#: Seconds after which the address is told even though the page is not there yet.
_LONGEST = 60
#: Seconds after which a page that no browser holds any more is ended, and between two looks.
_LEFT, _LOOK = 300, 60
USUAL_PORT = 8866
#: Name of our template, and of the kernel that the page runs on: this very interpreter.
NAME = "visitkit"
#: The browser enforces it: nothing is fetched from, sent to or framed by anybody else.
POLICY = "; ".join(
    (
        "default-src 'self'",
        # Views come as blobs, and the page's own parts are put together while it loads.
        "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' blob: 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src 'self' data: blob: ws://{HOST}:* ws://localhost:*",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'self'",
    )
)
_EXTENSIONS = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]


def share() -> Path:
    """Return the folder with our template, laid out as Jupyter looks for it."""
    return Path(str(files("visitkit.app").joinpath("share")))


def page(lang: str, minutes: float = USUAL_MINUTES) -> dict[str, object]:
    """Return the notebook behind the page: one cell.

    Parameters
    ----------
    lang
        Language to begin in.
    minutes
        After how many minutes without a touch the session locks.

    Examples
    --------
    >>> [cell["cell_type"] for cell in page("en")["cells"]]
    ['code']
    """
    source = f"from visitkit.app import open_app\nopen_app(lang={lang!r}, minutes={minutes:g})"
    loading = [
        {"lang": one, "words": text.say("app_shell.page_notebook.loading", one)}
        for one in (lang, *(one for one in text.LANGUAGES if one != lang))
    ]
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "app",
        "execution_count": None,
        "metadata": {},
    }
    return {
        "cells": [{**cell, "outputs": [], "source": source}],
        "metadata": {
            "title": text.say("app_shell.page_notebook.title", lang),
            "kernelspec": {"display_name": NAME, "language": "python", "name": NAME},
            "visitkit": {"loading": loading},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def serve(
    lang: str,
    ready: Callable[[str], None],
    *,
    port: int = USUAL_PORT,
    minutes: float = USUAL_MINUTES,
) -> None:
    """Serve the page until the program is interrupted.

    Parameters
    ----------
    lang
        Language to begin in.
    ready
        Called once with the address, its key included, as soon as the server answers.
    port
        Where to listen; when it is taken, on a free one near it.
    minutes
        After how many minutes without a touch the session locks.

    Raises
    ------
    VisitkitError
        When Voila is not installed.
    """
    if find_spec("voila") is None:
        raise VisitkitError("cli_app.no_voila")
    with _prepared(lang, minutes) as notebook:
        with _without("rfc3987_syntax"):
            server_class = _server_class()
        # It warns of times between two questions to the browser that are not ours to set.
        logging.getLogger("tornado.general").setLevel(logging.ERROR)
        server = server_class(config=_config(lang, port), ready=ready)
        server.initialize([str(notebook)])
        server.start()


@contextmanager
def _prepared(lang: str, minutes: float) -> Iterator[Path]:
    """Write notebook and kernel into a private folder, and let Jupyter find them first."""
    before = os.environ.get("JUPYTER_PATH")
    with tempfile.TemporaryDirectory(prefix="visitkit-") as folder:
        place = Path(folder)
        notebook = place / "page" / "visitkit.ipynb"
        kernel = place / "kernels" / NAME / "kernel.json"
        # Its warnings are for programmers; an error of the page is told in the page.
        quiet = "--IPKernelApp.log_level=40"
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", quiet]
        spec = {"argv": launch, "display_name": NAME, "language": "python"}
        for path, content in ((notebook, page(lang, minutes)), (kernel, spec)):
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(content), encoding="utf-8")
        rest = [before] if before else []
        os.environ["JUPYTER_PATH"] = os.pathsep.join([folder, str(share()), *rest])
        try:
            yield notebook
        finally:
            if before is None:
                del os.environ["JUPYTER_PATH"]
            else:
                os.environ["JUPYTER_PATH"] = before


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let a module not be found, as if it were not installed.

    The checker of JSON builds a whole grammar for the letters of web addresses while it is imported
    (two seconds and more), and does without where it cannot; no address is checked here.
    """
    before = sys.modules.get(module)
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if before is None:
            del sys.modules[module]
        else:
            sys.modules[module] = before


def _config(lang: str, port: int) -> Any:
    from traitlets.config import Config

    config = Config()
    config.Voila.ip = HOST
    config.Voila.port = port
    config.Voila.token = secrets.token_urlsafe(24)
    config.Voila.log_level = logging.CRITICAL
    # Settings of other projects in the current folder are not ours to run.
    config.Voila.config_file_paths = []
    config.Voila.tornado_settings = {
        # A page of another site that was made to resolve to this machine is refused.
        "allow_remote_access": False,
        "local_hostnames": [HOST, "localhost"],
        "xsrf_cookie_kwargs": {"samesite": "Strict"},
        "headers": {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"},
    }
    config.VoilaConfiguration.template = NAME
    config.VoilaConfiguration.preheat_kernel = True
    config.VoilaConfiguration.default_pool_size = 1
    # A browser that crashed cannot say that its page was left.
    config.MappingKernelManager.cull_idle_timeout = _LEFT
    config.MappingKernelManager.cull_interval = _LOOK
    config.VoilaConfiguration.file_allowlist = []
    config.VoilaConfiguration.extension_allowlist = _EXTENSIONS
    config.IdentityProvider.cookie_options = {"samesite": "Strict"}
    config.HTMLExporter.language_code = lang
    return config


def _server_class() -> Any:
    """Return Voila as we need it; it is an extra, so it is not imported before it is used."""
    from tornado.ioloop import IOLoop
    from voila.app import Voila
    from voila.request_info_handler import RequestInfoSocketHandler
    from voila.tornado.handler import TornadoVoilaHandler

    class Page(TornadoVoilaHandler):  # type: ignore[misc]
        """The page, with the mark by which it may end its kernel when it is left."""

        async def prepare(self) -> None:
            """Set the cookie that the page sends back; Voila's own page forgets it."""
            await super().prepare()
            _ = self.xsrf_token

    class Server(Voila):  # type: ignore[misc]
        """Voila that tells its address and answers nobody without the key."""

        name = "voila"

        def __init__(self, *, ready: Callable[[str], None], **state: Any) -> None:
            super().__init__(**state)
            self._ready = ready

        def init_handlers(self) -> list[Any]:
            """Leave out the one door that Voila does not lock; our page never uses it."""
            ours = {TornadoVoilaHandler: Page}
            return [
                (one[0], ours.get(one[1], one[1]), *one[2:])
                for one in super().init_handlers()
                if one[1] is not RequestInfoSocketHandler
            ]

        def launch_browser(self) -> None:
            """Tell the address once the page is there: Voila calls this when it listens."""
            IOLoop.current().spawn_callback(self._tell)

        async def _tell(self) -> None:
            with suppress(Exception):  # the page then tells what is wrong
                await asyncio.wait_for(_made(self.kernel_manager), _LONGEST)
            # One person, one page: another made in advance would take its memory and its time.
            self.kernel_manager.kernel_pools_config = {"default": {"pool_size": 0}}
            self._ready(f"{self.connection_url}?token={self.token}")

    return Server


async def _made(kernels: Any) -> None:
    """Wait until the page that Voila makes before anybody asks for it has been made."""
    for waiting in kernels._pools.values():
        for kernel in tuple(waiting):
            await (await kernel)["task"]
