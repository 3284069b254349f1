"""Chromium, Voila and JupyterLab for tests of what a person sees; nothing may leave this machine.

Servers listen on the loopback only and are started once for all tests of this folder. Each request
of a page that goes elsewhere is noted and never answered: that is how a firewall that swallows
packets looks from inside a school, and a page that waits for such an answer fails here.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if importlib.util.find_spec("playwright") is None:
    pytest.skip("Playwright is not installed, so no browser is driven", allow_module_level=True)

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from visitkit.app import laboratory

SHARE = Path(__file__).parents[2] / "src" / "visitkit" / "app" / "share"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The page itself must ask for nothing outside; these keep Chromium from asking of its own accord.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--no-pings",
]
ELSEWHERE = re.compile(r"^(?!(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:|about:)")
WINDOW = {"width": 1280, "height": 800}
#: Seconds until a server or a page must have come up on a busy machine.
PATIENCE = 180

Show = Callable[..., Page]


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def needs(module: str) -> None:
    """Skip where a program of the extras is missing."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed, so its pages are not opened")


class Server:
    """A server of notebooks with a folder of its own, ended with all its kernels.

    Attributes
    ----------
    folder : Path
        Where its notebooks lie.
    url : str
        Where it listens, with a slash at the end.
    """

    def __init__(self, name: str, command: list[str], folder: Path, **variables: str) -> None:
        port = free_port()
        self.name, self.folder, self.url = name, folder, f"http://127.0.0.1:{port}/"
        self._log = (folder.parent / f"{name}.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, *command, f"--port={port}", str(folder)],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **settings_apart(folder.parent), **variables},
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.url, timeout=5):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.2)
        pytest.fail(f"{self.name} did not come up:\n{self.log()}")

    def log(self) -> str:
        """Return the end of what it wrote."""
        return Path(self._log.name).read_text("utf-8")[-4000:]

    def write(self, name: str, *cells: str) -> str:
        """Write a notebook and return its file name."""
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "execution_count": None,
                    "metadata": {},
                    "outputs": [],
                    "source": cell,
                }
                for number, cell in enumerate(cells)
            ],
            "metadata": {
                "kernelspec": {"display_name": "P", "language": "python", "name": "python3"}
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / name).write_text(json.dumps(notebook), "utf-8")
        return name

    def stop(self) -> None:
        """End it and the kernels it started."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(15)
        self._log.close()


def settings_apart(folder: Path) -> dict[str, str]:
    """Return variables that keep a server from reading or writing a person's own settings."""
    return {
        "JUPYTER_PATH": str(SHARE),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        # Nobody listens there: a server that asks the network for something fails at once.
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1,localhost",
    }


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium of this machine; nothing is downloaded."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium is installed, so no page is opened")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def room() -> Iterator[Path]:
    """A folder for servers that is removed with the last test."""
    with tempfile.TemporaryDirectory(prefix="visitkit-browser-") as folder:
        yield Path(folder)


@pytest.fixture(scope="package")
def voila_server(room: Path) -> Iterator[Server]:
    """Voila with our template, over a folder of notebooks."""
    needs("voila")
    folder = room / "voila" / "notebooks"
    folder.mkdir(parents=True)
    options = ["--no-browser", "--Voila.ip=127.0.0.1", "--template=visitkit", "--show_tracebacks=1"]
    server = Server("voila", ["-m", "voila", *options], folder)
    server.wait()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def lab_server(room: Path) -> Iterator[Server]:
    """JupyterLab over a folder of notebooks."""
    needs("jupyterlab")
    folder = room / "lab" / "notebooks"
    folder.mkdir(parents=True)
    # Our own defaults, as ``visitkit lab`` gives them: Chinese, no news, no look for updates.
    ours = room / "lab" / "config" / "labconfig" / "default_setting_overrides.json"
    ours.parent.mkdir(parents=True)
    ours.write_text(json.dumps(laboratory.settings("zh")), "utf-8")
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
        f"--ServerApp.root_dir={folder}",
    ]
    server = Server("lab", ["-m", "jupyterlab", *options], folder)
    server.wait()
    yield server
    server.stop()


@pytest.fixture
def outside() -> list[str]:
    """What pages asked for elsewhere, none of it answered."""
    return []


@pytest.fixture
def context(chromium: Browser, outside: list[str]) -> Iterator[BrowserContext]:
    """A fresh browser profile in which every request elsewhere hangs."""
    opened = chromium.new_context(
        viewport=WINDOW, locale="zh-CN", service_workers="block", accept_downloads=True
    )
    opened.set_default_timeout(PATIENCE * 1000)
    opened.route(ELSEWHERE, lambda route: outside.append(route.request.url))
    opened.route_web_socket(ELSEWHERE, lambda socket: outside.append(socket.url))
    yield opened
    opened.unroute_all(behavior="ignoreErrors")
    opened.close()


@pytest.fixture
def voila_page(
    voila_server: Server, context: BrowserContext, request: pytest.FixtureRequest
) -> Show:
    """Open cells as a page of Voila: ``voila_page("source", wait=".vk-table")``.

    ``wait`` is a selector that must become visible.
    """
    numbers = iter(range(100))

    def show(*cells: str, wait: str = "#rendered_cells") -> Page:
        stem = re.sub(r"\W+", "_", request.node.name)
        name = voila_server.write(f"{stem}_{next(numbers)}.ipynb", *cells)
        page = context.new_page()
        page.goto(f"{voila_server.url}voila/render/{name}", wait_until="commit")
        _shown(page, wait, voila_server)
        return page

    return show


@pytest.fixture
def lab_page(lab_server: Server, context: BrowserContext, request: pytest.FixtureRequest) -> Show:
    """Open cells in JupyterLab and run them all: ``lab_page("source", wait=".vk-table")``.

    ``page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")`` saves the notebook,
    which lies at ``lab_server.folder / page.notebook``.
    """
    numbers = iter(range(100))

    def show(*cells: str, wait: str = ".jp-Notebook") -> Page:
        stem = re.sub(r"\W+", "_", request.node.name)
        name = lab_server.write(f"{stem}_{next(numbers)}.ipynb", *cells)
        page = context.new_page()
        page.goto(f"{lab_server.url}lab/workspaces/{stem}/tree/{name}", wait_until="commit")
        run_all(page)
        page.notebook = name  # type: ignore[attr-defined]
        _shown(page, wait, lab_server)
        return page

    return show


@pytest.fixture
def saved_with(lab_server: Server) -> Callable[[Page, str], str]:
    """Wait until a notebook lies on the disk with these words in it, and return all of it."""

    def read(page: Page, words: str) -> str:
        path = lab_server.folder / page.notebook  # type: ignore[attr-defined]
        end = time.monotonic() + PATIENCE
        while words not in (found := path.read_text("utf-8")):
            assert time.monotonic() < end, f"{words} is not in {path.name}"
            page.wait_for_timeout(50)
        return found

    return read


IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


def run_all(page: Page) -> None:
    """Run all cells once the kernel is idle: earlier, the command runs nothing or asks for one."""
    page.wait_for_function(IDLE)
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")


def _shown(page: Page, selector: str, server: Server) -> None:
    """Wait for a selector; a traceback on the page ends the waiting and is told."""
    broken = '[data-mime-type="application/vnd.jupyter.error"]'
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if page.locator(selector).first.is_visible():
            return
        if page.locator(broken).count():
            pytest.fail("the cells failed:\n" + "\n".join(page.locator(broken).all_inner_texts()))
        page.wait_for_timeout(100)
    pytest.fail(f"{selector} did not appear\n{page.inner_text('body')[:2000]}\n{server.log()}")
