"""From a key on a slider to the list painted anew, in a real browser, beside two other tables.

    python benchmarks/latency.py                                  # ours, 5,000 and 50,000 students
    python benchmarks/latency.py --peers /some/venv/bin/python    # beside ipydatagrid and itables
    python benchmarks/latency.py --rows 5000 --places voila --keys 10

Each table shows the same caseload and has six sliders; every move ranks all students again, by the
same function, so that only the table differs. The clock runs in the page: from the time stamp of
the key to the first animation frame in which the rows in sight have other numbers. A canvas is
watched through ``fillText``. "moving" presses the next key a quarter of a second after the last
repaint; "rested" waits two seconds, in which our panel begins to work out all reasons anew. "burst"
is twenty keys without a pause, from the last key to the last change.

The targets: 80 ms (5,000 students) and 150 ms (50,000) in the median, a burst within 250 ms. Other
work on the machine shows in every figure; compare rows of one run.

Needs Playwright, Chromium, Voila and JupyterLab. ``--peers`` names a Python that has ipydatagrid
and itables beside what visitkit needs; without it they are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from visitkit import policy, sample, screen
from visitkit.calendar import Calendar
from visitkit.load import School

PATIENCE = 120_000
WAIT = 25_000
BURST = 20
IDLE = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"

OURS = """
import pickle
from visitkit.widgets import weight_panel
cases = pickle.load(open({path!r}, "rb"))
weight_panel(cases, "en", rows=18)
"""

PEER = """
import pickle
import ipywidgets
import numpy as np
import pandas as pd
from visitkit.screen.ranking import footing, ranked
from visitkit.tables import DIMENSIONS
cases = pickle.load(open({path!r}, "rb"))
ground = footing(cases)
classes = cases.table["class_id"].to_numpy()

def frame():
    weights = {{name: slider.value for name, slider in sliders.items()}}
    now = ranked(ground, weights)
    order = np.argsort(now.rank)
    stamp = "w=" + ",".join(f"{{one:g}}" for one in weights.values())
    columns = {{"student": np.array(now.ids), "class": classes, "tier": now.tier,
               "index": now.index, "rank": now.rank}}
    ordered = {{name: column[order] for name, column in columns.items()}}
    return pd.DataFrame({{"stamp": stamp, **ordered}})

sliders = {{name: ipywidgets.FloatSlider(value=1, min=0, max=5, step=0.25, description=name)
           for name in DIMENSIONS}}
{make}
for slider in sliders.values():
    slider.observe(lambda _change: update(), names="value")
ipywidgets.VBox([*sliders.values(), table])
"""

MAKE = {
    "ipydatagrid": """
from ipydatagrid import DataGrid
table = DataGrid(frame(), base_column_size=130, layout={"height": "420px"})
def update():
    table.data = frame()
""",
    "itables": """
from itables.widget import ITable
table = ITable(frame(), maxBytes=0)
def update():
    table.update(frame(), maxBytes=0)  # without maxBytes=0 it shows fewer students than there are
""",
}

#: Selector of the slider that takes the keys, and what must be there before the first key.
LOOK = {
    "visitkit": (".vk-weights input[type=range] >> nth=1", ".vk-body .vk-row"),
    "ipydatagrid": (".noUi-handle >> nth=1", ".ipydatagrid canvas, .lm-DataGrid canvas, canvas"),
    "itables": (".noUi-handle >> nth=1", "table.dataTable tbody tr td"),
}

WATCH = """
(kind) => {
  const seen = { stamp: "", sign: "", changed: 0, times: 0, key: 0 };
  window.visitkitSeen = seen;
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (words, ...rest) {
    if (String(words).startsWith("w=")) seen.stamp = String(words);
    return draw.call(this, words, ...rest);
  };
  document.addEventListener("keydown", (event) => { seen.key = event.timeStamp; }, true);
  const text = (selector, most) =>
    [...document.querySelectorAll(selector)].slice(0, most).map((one) => one.textContent).join("|");
  const signs = {
    visitkit: () => text(".vk-body :is(.vk-c-rank, .vk-c-student_id, .vk-c-risk_index)", 60),
    ipydatagrid: () => seen.stamp,
    itables: () => text("table.dataTable tbody td", 60),
  };
  const look = () => {
    const sign = signs[kind]();
    if (sign !== seen.sign) {
      Object.assign(seen, { sign, changed: performance.now(), times: seen.times + 1 });
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


@contextmanager
def serving(python: str, place: str, folder: Path) -> Iterator[str]:
    """Run Voila or JupyterLab over a folder and yield its address."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    common = ["--no-browser", f"--port={port}"]
    if place == "voila":
        command = ["-m", "voila", "--Voila.ip=127.0.0.1", "--template=visitkit", *common]
    else:
        command = ["-m", "jupyterlab", "--ip=127.0.0.1", "--allow-root", *common]
        command += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    shares = [Path(sys.prefix, "share/jupyter"), Path(python).parents[1] / "share/jupyter"]
    path = os.pathsep.join(map(str, [files("visitkit.app").joinpath("share"), *shares]))
    apart = {name: str(folder.parent / name) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR")}
    apart |= {"JUPYTER_RUNTIME_DIR": str(folder.parent / "run"), "JUPYTER_PATH": path}
    with (folder.parent / f"{place}.log").open("w") as log:
        server = subprocess.Popen(
            [python, *command, str(folder)],
            env={**os.environ, **apart},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/"
        for _ in range(240):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def notebook(folder: Path, name: str, source: str) -> str:
    """Write a notebook of one cell and return its name."""
    cell = {"cell_type": "code", "id": "one", "execution_count": None, "metadata": {}}
    kernel = {"display_name": "P", "language": "python", "name": "python3"}
    book = {
        "cells": [{**cell, "outputs": [], "source": source}],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / f"{name}.ipynb").write_text(json.dumps(book), "utf-8")
    return f"{name}.ipynb"


def opened(page: Page, address: str, place: str, name: str, table: str) -> float:
    """Open a notebook, run it, wait until the table is there, and return the seconds."""
    begun = time.perf_counter()
    if place == "voila":
        page.goto(f"{address}voila/render/{name}", wait_until="commit")
    else:
        # A workspace of its own: JupyterLab would open the notebook before this one again.
        stem = name.partition(".")[0]
        page.goto(f"{address}lab/workspaces/{stem}/tree/{name}", wait_until="commit")
        # The mark beside the notebook says "idle" before there is a kernel; run then, nothing runs.
        page.wait_for_function(IDLE, timeout=PATIENCE)
        page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    broken = '[data-mime-type="application/vnd.jupyter.error"]'
    page.wait_for_selector(f"{LOOK[table][1]}, {broken}", timeout=PATIENCE)
    if page.locator(broken).count():
        raise RuntimeError(page.locator(broken).first.inner_text())
    page.wait_for_timeout(3000)
    page.evaluate(WATCH, table)
    page.wait_for_timeout(300)
    return time.perf_counter() - begun


def pressed(page: Page, key: str) -> float:
    """Press a key and return the milliseconds until the rows in sight have changed."""
    before = page.evaluate("window.visitkitSeen.times")
    page.keyboard.press(key)
    page.wait_for_function("(times) => window.visitkitSeen.times > times", arg=before, timeout=WAIT)
    return float(page.evaluate("window.visitkitSeen.changed - window.visitkitSeen.key"))


def keys(count: int) -> list[str]:
    """Return keys that go up to the end of the slider and down again."""
    way = ["ArrowRight"] * 14 + ["ArrowLeft"] * 14
    return [way[place % len(way)] for place in range(count)]


def burst(page: Page) -> float:
    """Press twenty keys at once and return the milliseconds from the last to the last change."""
    page.keyboard.press("Home")
    page.wait_for_timeout(3000)
    for _ in range(BURST):
        page.keyboard.press("ArrowRight")
    last = page.evaluate("window.visitkitSeen.key")
    changed, quiet, end = -1.0, 0, time.monotonic() + WAIT / 1000
    while (quiet < 3 or changed < last) and time.monotonic() < end:
        page.wait_for_timeout(700)
        now = page.evaluate("window.visitkitSeen.changed")
        quiet = quiet + 1 if now == changed else 0
        changed = now
    return float(changed - last)


def measured(page: Page, table: str, count: int) -> dict[str, list[float]]:
    """Press keys in all three ways."""
    page.locator(LOOK[table][0]).focus()
    found: dict[str, list[float]] = {"moving": [], "rested": [], "burst": []}
    pressed(page, "ArrowRight")
    for key in keys(count):
        found["moving"].append(pressed(page, key))
        page.wait_for_timeout(250)
    for key in ["ArrowLeft", "ArrowRight"] * max(count // 6, 2):
        page.wait_for_timeout(2000)
        found["rested"].append(pressed(page, key))
    found["burst"] = [burst(page) for _ in range(3)]
    return found


def caseload(rows: int, folder: Path) -> Path:
    """Screen a made-up school of so many students and keep the caseload in a file."""
    path = folder / f"caseload_{rows}.pickle"
    if path.exists():
        return path
    made = sample.make_school(seed=1, students=rows)
    school = School(made.tables, Calendar.from_frame(made.tables["calendar"]))
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of="2026-11-02")
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    alerts = screen.alerts(school, rules, as_of="2026-11-02")
    cases = screen.caseload(risk, alerts, rules)
    path.write_bytes(pickle.dumps(cases))
    return path


def line(parts: list[str]) -> str:
    """Return a row of the printed table."""
    widths = (8, 12, 7, 9, 18, 18, 18)
    return " ".join(part.rjust(width) for part, width in zip(parts, widths, strict=True))


def told(values: list[float]) -> str:
    """Return least, median and largest."""
    return f"{min(values):.0f} / {statistics.median(values):.0f} / {max(values):.0f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--places", nargs="+", default=["voila", "lab"], choices=["voila", "lab"])
    parser.add_argument("--keys", type=int, default=21)
    parser.add_argument("--peers", default="", help="a Python that has ipydatagrid and itables")
    parser.add_argument("--keep", type=Path, help="folder for caseloads made by an earlier run")
    asked = parser.parse_args()
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        sys.exit("no Chromium is installed, so nothing can be measured")
    tables = ["visitkit", *(MAKE if asked.peers else ())]
    if not asked.peers:
        print("ipydatagrid and itables are left out: --peers names no Python that has them")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load} at the beginning")
    print("milliseconds: least / median / largest")
    print(line(["place", "table", "rows", "ready s", "moving", "rested", "burst"]))
    with tempfile.TemporaryDirectory(prefix="visitkit-latency-") as room, sync_playwright() as play:
        folder = Path(room, "notebooks")
        folder.mkdir()
        chromium = play.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
        )
        kept = (asked.keep or folder).absolute()
        cases = {rows: caseload(rows, kept) for rows in asked.rows}
        for place in asked.places:
            with serving(asked.peers or sys.executable, place, folder) as address:
                for rows, path in cases.items():
                    for table in tables:
                        source = OURS if table == "visitkit" else PEER
                        make = MAKE.get(table, "")
                        name = notebook(
                            folder, f"{table}_{rows}", source.format(path=str(path), make=make)
                        )
                        page = chromium.new_page(viewport={"width": 1280, "height": 900})
                        try:
                            ready = opened(page, address, place, name, table)
                            found = measured(page, table, asked.keys)
                            row = [place, table, f"{rows:,}", f"{ready:.1f}"]
                            print(line([*row, *(told(one) for one in found.values())]), flush=True)
                        except TooLate as late:
                            why = str(late).splitlines()[0]
                            print(line([place, table, f"{rows:,}", "-", why, "", ""]), flush=True)
                        page.close()
        chromium.close()
    print("load at the end " + ", ".join(f"{one:.1f}" for one in os.getloadavg()))


if __name__ == "__main__":
    main()
