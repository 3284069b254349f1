"""``visitkit app`` as it is started: nothing without the key, and nothing left of a closed page."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import psutil
import pytest
from playwright.sync_api import Browser

from .conftest import needs

#: Seconds; a busy machine starts and ends programs in its own time.
PATIENCE = 90


@pytest.fixture(scope="module")
def app() -> Iterator[tuple[str, psutil.Process]]:
    """The address that the command told, its key included, and the running program."""
    needs("voila")
    command = [sys.executable, "-m", "visitkit", "app", "--no-browser", "--lang", "en"]
    done = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert done.stdout is not None
    told = (re.search(r"http://\S+", line) for line in done.stdout)
    yield next(found.group() for found in told if found), psutil.Process(done.pid)
    done.send_signal(signal.SIGTERM)
    assert done.wait(60) == 0


def kernels(program: psutil.Process) -> set[int]:
    """Return the kernels that run under a program."""
    found = set()
    for child in program.children(recursive=True):
        try:
            if "ipykernel_launcher" in child.cmdline():
                found.add(child.pid)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def until(what: Callable[[], object], why: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, why
        time.sleep(0.1)


def test_a_closed_page_leaves_no_kernel(app: tuple[str, psutil.Process], chromium: Browser) -> None:
    """The kernel of a page is not ended by a stranger's form; it ends when its tab is closed."""
    address, program = app
    base = address.partition("?")[0]
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".vk-tabs", timeout=1000 * PATIENCE)
    ours = kernels(program)
    assert ours

    # Another site has the person's cookies sent along, and cannot know the mark of the page.
    number = page.evaluate("document.body.outerHTML.match(/[0-9a-f]{8}-[0-9a-f-]{27}/)[0]")
    shut = f"{base}voila/api/shutdown/{number}"
    assert context.request.post(shut).status == 403
    assert kernels(program) >= ours

    page.close(run_before_unload=True)
    until(lambda: len(ours - kernels(program)) == 1, "the kernel of the page still runs")
    context.close()


def test_without_the_key_no_kernel_is_started(app: tuple[str, psutil.Process]) -> None:
    """Pages, files and new kernels are asked for without a key: refused, and none is started."""
    address, program = app
    base = address.partition("?")[0]
    before = kernels(program)
    for path, method in (
        ("", "GET"),
        ("voila/render/visitkit.ipynb", "GET"),
        ("voila/files/visitkit.ipynb", "GET"),
        ("files/visitkit.ipynb", "GET"),
        ("api/contents", "GET"),
        ("api/kernels", "GET"),
        ("api/kernels", "POST"),
        ("api/sessions", "POST"),
    ):
        request = urllib.request.Request(
            base + path, method=method, data=b"{}" if method == "POST" else None
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                status, body = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read().decode(errors="replace")
        assert "open_app" not in body, path
        assert "kernelId" not in body, path
        assert status in {401, 403, 404, 405} or "/login" in body or "password" in body, path
    time.sleep(1)  # long enough for a kernel to be seen, had one been started
    assert kernels(program) == before
