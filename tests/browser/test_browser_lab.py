"""The consoles inside JupyterLab, which has uses of its own for most keys and saves what it shows.

All tests that need JupyterLab stand here, so that only one of several workers starts it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from visitkit.sample import make_school, write_school

from .school import SCHOOL, named_in
from .test_browser_casebook import FIRST, SECOND
from .test_browser_offline import CELL as PLAIN
from .test_browser_review import CELL as REVIEW
from .test_browser_review import go
from .test_browser_screening import ALL, LATE, ROW, count, ids, say
from .test_browser_screening import CONSOLE as SCREENING
from .test_browser_visits import CELL as VISITS
from .test_browser_visits import PATIENCE, left_for_another_day, planned

#: The first menu in Chinese.
FILE = "\u6587\u4ef6"
Show = Callable[..., Page]
Saved = Callable[[Page, str], str]


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Three hundred made-up students: planning takes longer than pressing a button."""
    write_school(make_school(3, 300, lang="en"), tmp_path / "town")
    return tmp_path / "town"


def test_visits_in_a_notebook(lab_page: Show, town: Path, outside: list[str]) -> None:
    """Plan with progress, stop, move a visit by keyboard; no key reaches the notebook."""
    expect.set_options(timeout=PATIENCE)
    page = lab_page(VISITS.replace("{folder}", town.as_posix()), wait="text=opening")
    page.get_by_role("button", name="opening").focus()
    page.keyboard.press("Enter")
    planned(page)
    moved = left_for_another_day(page)
    for key in ("ArrowDown", "ArrowUp", "d", "d", "b"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook-cell")).to_have_count(1)
    expect(moved).to_be_visible()
    assert outside == []


def test_a_review_in_a_notebook(lab_page: Show, outside: list[str]) -> None:
    """A page with its picture, another with the arrow keys, and a student's own page."""
    expect.set_options(timeout=PATIENCE)
    page = lab_page(REVIEW, wait=".vk-tabs")
    go(page)
    picture = page.locator(".vk-reading:visible img").first
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt")
    page.locator('.vk-tabs [data-name="coverage"]').focus()
    page.keyboard.press("ArrowRight")
    tab = page.locator('.vk-tabs [data-name="student"]')
    expect(tab).to_have_attribute("aria-selected", "true")
    expect(tab).to_be_focused()
    expect(page.locator(".vk-reading:visible img")).to_have_count(0)
    go(page)
    page.locator('select[data-name="student"]:visible').select_option("T03")
    go(page)
    told = page.locator(".vk-reading:visible", has=page.locator("img"))
    expect(told).to_contain_text("T03")
    expect(page.locator(".jp-Notebook-cell")).to_have_count(1)
    assert outside == []


def test_a_saved_notebook_keeps_nobody(lab_page: Show, saved_with: Saved, tmp_path: Path) -> None:
    """Language switched in JupyterLab with a draft in place; the file on the disk names nobody."""
    folder = str(tmp_path / "book")
    cell = f"""
import ipywidgets
from visitkit.app.casebook import CasebookConsole
from visitkit.app.session import Session
session = Session("zh")
console = CasebookConsole(session)
sent = dict(kind="unlock", way="new", folder={folder!r}, actor="T1", role="head_teacher",
            people={FIRST!r}, psych={SECOND!r}, school="S")
console.unlock._message(console.unlock, sent, [])
console.desk.begin("visit", "S0412")
button = ipywidgets.Button(description="turn")
button.on_click(lambda _button: setattr(session, "lang", "en"))
ipywidgets.VBox([console, button])
"""
    page = lab_page(cell, wait=".vk-forms h3")
    form = page.locator(".vk-forms")
    form.locator('[data-path="focus"]').fill("spring visits")
    before = form.locator("h3").inner_text()
    page.get_by_role("button", name="turn").click()
    expect(form.locator("h3")).not_to_have_text(before)
    expect(form.locator('[data-path="focus"]')).to_have_value("spring visits")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    kept = saved_with(page, "VBox(")
    assert "spring visits" not in kept
    assert kept.count("S0412") == 1  # in the source of the cell, and in no output


def test_the_panel_in_a_notebook(lab_page: Show, saved_with: Saved, outside: list[str]) -> None:
    """In JupyterLab plain keys are the list's; the saved notebook holds no student."""
    page = lab_page(
        SCREENING.split("said =")[0]
        + "from visitkit.widgets import weight_panel\n"
        + 'weight_panel(session.cases, lang="en", rows=8)',
        wait=ROW,
    )
    count(page, ALL, "en")
    slider = page.get_by_label(say("weights.weight", "en", dimension="attendance"))
    slider.focus()
    # JupyterLab has uses of its own for plain keys, and none of them may reach it from here.
    for key in ["ArrowRight"] * 8:
        before = page.locator(f"{ROW} .vk-c-risk_index").all_inner_texts()
        page.keyboard.press(key)
        page.wait_for_function(
            "(was) => [...document.querySelectorAll('.vk-body .vk-c-risk_index')]"
            ".map((one) => one.textContent).join() !== was",
            arg=",".join(before),
            timeout=LATE,
        )
    expect(slider).to_have_value("3")
    page.get_by_role("grid").focus()
    for key in ("ArrowDown", "b", "Enter", "d", "d", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("grid")).to_be_focused()
    expect(page.locator(f"{ROW}.vk-current")).to_have_attribute("aria-rowindex", "3")
    expect(page.locator(".jp-Notebook-cell")).to_have_count(1)
    student = ids(page)[0]
    page.keyboard.press("Control+s")
    saved = saved_with(page, "WeightPanel(6 sliders)")
    assert student not in saved
    assert outside == []


def test_a_saved_notebook_holds_nobody(
    lab_page: Show, saved_with: Saved, outside: list[str]
) -> None:
    """The app was shown in JupyterLab with a school open; the saved file names nobody."""
    opened = 'Session.of(school, "recommended", "2026-11-02", "en")'
    source = f"{SCHOOL}app = open_app({opened})\napp.bar.page = 'screening'\napp"
    page = lab_page(source.format(lang="zh"), wait=".vk-table")
    page.wait_for_function("/S\\d{4}/.test(document.querySelector('.vk-table').innerText)")
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    saved = saved_with(page, "App()")
    assert "widgets" not in json.loads(saved)["metadata"]
    assert named_in(saved, "zh") == set()
    assert outside == []


def test_lab_asks_nobody(lab_page: Show, outside: list[str]) -> None:
    """JupyterLab under our settings: widgets, Chinese menus, no question about news."""
    page = lab_page(PLAIN, wait=".widget-slider")
    page.wait_for_timeout(3000)
    assert FILE in page.inner_text("#jp-MainMenu")
    assert page.locator(".jp-toast-button, .Toastify__toast").count() == 0
    assert outside == []
