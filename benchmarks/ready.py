"""From the command to a page that can be used, in a real browser, where it has run once before.

    python benchmarks/ready.py            # three starts after one that warms the disk
    python benchmarks/ready.py --starts 5 --lang en

"address" is when ``visitkit app`` tells its address, "page" when the first page is usable: the
choice of language takes a click. Both count from the command. The address is opened as soon as it
is told, in a Chromium that runs already, as a person's browser does. "CPU" is what the server and
its kernels used until the page was usable, in seconds of one core; Chromium's own is not in it.

The target: a page within 10 s of the command. Needs Playwright, Chromium and Voila.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import psutil
from playwright.sync_api import Browser, sync_playwright

PATIENCE = 180_000


@dataclass(frozen=True)
class Start:
    """One start: seconds until the address and the page, seconds of a core that were used."""

    address: float
    page: float
    cpu: float


def started(browser: Browser, lang: str) -> Start:
    """Start the app in an empty folder, open it, and end it."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "visitkit", "app", "--no-browser", "--lang", lang]
    with tempfile.TemporaryDirectory() as folder:
        running = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
        try:
            address = told(running)
            at_address = time.perf_counter() - begun
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(PATIENCE)
            page.goto(address, wait_until="commit")
            other = "en" if lang == "zh" else "zh"
            page.locator(f".vk-sources [data-lang={other}]").click(trial=True)
            at_page = time.perf_counter() - begun
            found = Start(at_address, at_page, used(running.pid))
            page.close()
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)
    return found


def told(running: subprocess.Popen[str]) -> str:
    """Return the address as soon as it is told."""
    assert running.stdout is not None
    for line in running.stdout:
        at = line.find("http://")
        if at >= 0:
            return line[at:].strip()
    raise RuntimeError("no address was told")


def used(pid: int) -> float:
    """Return seconds of a core that a process and those it started have used so far."""
    first = psutil.Process(pid)
    times = [one.cpu_times() for one in (first, *first.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def main() -> None:
    """Start, measure, and print a row a start."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked = parser.parse_args()
    path = shutil.which("chromium") or shutil.which("google-chrome")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        started(browser, asked.lang)
        rows = []
        print("start  address s  page s  CPU s  load")
        for number in range(1, asked.starts + 1):
            row = started(browser, asked.lang)
            rows.append(row)
            load = os.getloadavg()[0]
            print(f"{number:5}  {row.address:9.1f}  {row.page:6.1f}  {row.cpu:5.1f}  {load:4.1f}")
        browser.close()
    middle = [statistics.median(getattr(row, one) for row in rows) for one in ("address", "page")]
    print(f"median: address {middle[0]:.1f} s, page {middle[1]:.1f} s")


if __name__ == "__main__":
    main()
