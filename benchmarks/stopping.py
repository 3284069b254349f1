"""How soon the screen answers when somebody stops a plan.

``python benchmarks/stopping.py --presses 5`` opens a page in Chromium through Voila, plans visits
for the whole sample school, presses "Stop" while the planner is at work and prints for each press
the milliseconds until the page says that it is stopping, and until the best plan so far is there.
The page answers without waiting for Python, which the planner keeps busy.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CELL = """
import datetime as dt
from visitkit import load, sample
from visitkit.app.session import Session
from visitkit.app.visits import VisitsConsole
session = Session("en")
session.school, session.as_of = load.read_school(sample.sample_folder()), dt.date(2026, 11, 2)
console = VisitsConsole(session)
console.form.days.value, console.form.seconds.value = 14, 120
console
"""
#: Presses the button in the page and counts until the words have been painted.
WATCH = """
() => new Promise((done) => {
  const view = [...document.querySelectorAll('.vk-working')].at(-1);
  const told = view.querySelector('.vk-told');
  const button = view.querySelector('.vk-stop');
  const pressed = performance.now();
  button.click();
  const frame = () => {
    if (told.textContent.startsWith('Stopping')) {
      requestAnimationFrame(() => done(performance.now() - pressed));
    } else requestAnimationFrame(frame);
  };
  frame();
})
"""
PATIENCE = 180_000


def main() -> None:
    """Press as often as asked and print the milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--presses", type=int, default=5)
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with voila() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}voila/render/plan.ipynb", wait_until="commit", timeout=PATIENCE)
        words = [press(page) for _ in range(asked.presses)]
        browser.close()
    for name, found in (
        ("words", [one for one, _ in words]),
        ("plan", [one for _, one in words]),
    ):
        shown = ", ".join(f"{one:.0f}" for one in found)
        print(f"{name:8} median {statistics.median(found):.0f} ms  all {shown}")


def press(page: Page) -> tuple[float, float]:
    """Plan, stop, and return the milliseconds to the words and to the plan that is kept."""
    page.get_by_role("button", name="Plan the visits").click(timeout=PATIENCE)
    page.locator(".vk-working .vk-said").last.filter(has_text="cost").wait_for(timeout=PATIENCE)
    page.wait_for_timeout(700)
    begun = time.monotonic()
    words = float(page.evaluate(WATCH))
    page.locator(".vk-told").filter(has_text="Stopped").wait_for(timeout=PATIENCE)
    return words, (time.monotonic() - begun) * 1000


@contextmanager
def voila() -> Iterator[str]:
    """Serve the cell on a free port of the loopback."""
    share = Path(str(files("visitkit.app"))) / "share"
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": CELL}
        kernel = {"kernelspec": {"display_name": "P", "language": "python", "name": "python3"}}
        book = {"cells": [{**cell, "execution_count": None}], "metadata": kernel}
        book |= {"nbformat": 4, "nbformat_minor": 5}
        (Path(folder) / "plan.ipynb").write_text(json.dumps(book), "utf-8")
        options = ["--no-browser", "--Voila.ip=127.0.0.1", "--template=visitkit", f"--port={port}"]
        server = subprocess.Popen(
            [sys.executable, "-m", "voila", *options, folder],
            env={**os.environ, "JUPYTER_PATH": str(share)},
            stderr=subprocess.DEVNULL,
        )
        try:
            yield ready(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()
            server.wait(20)


def ready(address: str) -> str:
    """Wait until the server answers."""
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError:
            return address
        except OSError:
            time.sleep(0.2)
        else:
            return address
    sys.exit("Voila did not come up")


if __name__ == "__main__":
    main()
