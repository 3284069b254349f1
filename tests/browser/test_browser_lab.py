"""The consoles for visits and review inside JupyterLab, which has uses of its own for most keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from visitkit.sample import make_school, write_school

from .test_browser_review import CELL as REVIEW
from .test_browser_review import go
from .test_browser_visits import CELL as VISITS
from .test_browser_visits import PATIENCE, planned


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Three hundred made-up students: planning takes longer than pressing a button."""
    write_school(make_school(3, 300, lang="en"), tmp_path / "town")
    return tmp_path / "town"


def test_visits_in_a_notebook(
    lab_page: Callable[..., Page], town: Path, outside: list[str]
) -> None:
    """Plan with progress, stop, move a visit by keyboard; no key reaches the notebook."""
    expect.set_options(timeout=PATIENCE)
    page = lab_page(VISITS.replace("{folder}", town.as_posix()), wait="text=opening")
    page.get_by_role("button", name="opening").focus()
    page.keyboard.press("Enter")
    planned(page)
    board = page.locator(".vk-plan-board")
    visit = board.locator(".vk-visit").first
    name = visit.get_attribute("data-id")
    visit.focus()
    page.keyboard.press("Space")
    expect(board.locator(".vk-bar")).to_contain_text("Picked up")
    page.keyboard.press("PageDown")
    expect(board.locator(".vk-bar strong")).to_contain_text("cost")
    spot = board.locator("td.vk-target").get_attribute("data-spot")
    page.keyboard.press("Enter")
    moved = board.locator(f'[data-spot="{spot}"] [data-id="{name}"]')
    expect(moved).to_be_focused()
    for key in ("ArrowDown", "ArrowUp", "d", "d", "b"):
        page.keyboard.press(key)
    expect(page.locator(".jp-Notebook-cell")).to_have_count(1)
    expect(moved).to_be_visible()
    assert outside == []


def test_a_review_in_a_notebook(lab_page: Callable[..., Page], outside: list[str]) -> None:
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
