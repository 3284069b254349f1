"""The console for visits in a real browser: plan, stop, move by keyboard and mouse, take along."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from visitkit.sample import make_school, write_school

#: Imports alone: the console is there at once, the school is opened by a button.
CELL = """
import datetime as dt
import ipywidgets
from visitkit import load
from visitkit.app.session import Session
from visitkit.app.visits import VisitsConsole
session = Session("en", as_of=dt.date(2026, 11, 2))
console = VisitsConsole(session)
console.form.days.value, console.form.seconds.value = 14, 120
opening, switch = (ipywidgets.Button(description=name) for name in ("opening", "switch"))
opening.on_click(lambda _button: session.set_trait("school", load.read_school("{folder}")))
switch.on_click(lambda _button: session.set_trait("lang", "zh"))
ipywidgets.VBox([opening, switch, console])
"""
#: Milliseconds until something must have happened on a busy machine.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hundred made-up students: enough that planning takes longer than pressing a button."""
    made = tmp_path_factory.mktemp("town")
    write_school(make_school(3, 300, lang="en"), made)
    return made


@pytest.fixture
def page(voila_page, folder: Path) -> Iterator[Page]:  # type: ignore[no-untyped-def]
    """The console over that school."""
    expect.set_options(timeout=PATIENCE)
    shown = voila_page(CELL.replace("{folder}", folder.as_posix()), wait="text=opening")
    expect(shown.get_by_text("Open a school")).to_be_visible()
    shown.get_by_role("button", name="opening").click()
    yield shown
    expect.set_options(timeout=None)


def planned(page: Page) -> Page:
    """Plan, and stop as soon as there is a first plan."""
    page.get_by_role("button", name="Plan the visits").click()
    working = page.locator(".vk-working").nth(1)
    expect(working.locator("progress")).to_be_visible()
    expect(working.locator(".vk-said")).to_contain_text("cost")
    working.get_by_role("button", name="Stop").click()
    # The page itself says so, before Python has heard of it.
    expect(working.locator(".vk-told")).to_contain_text("Stopping")
    expect(working.locator("progress")).to_be_hidden()
    expect(working.locator(".vk-told")).to_contain_text("Stopped")
    expect(page.locator(".vk-plan-board .vk-visit").first).to_be_visible()
    return page


def left_for_another_day(page: Page) -> Locator:
    """Move the first visit to its next place by keyboard alone; return it as it lies there."""
    board = page.locator(".vk-plan-board")
    first = board.locator(".vk-visit").first
    name = first.get_attribute("data-id")
    first.focus()
    page.keyboard.press("Space")
    expect(board.locator(".vk-bar")).to_contain_text("Picked up")
    page.keyboard.press("PageDown")
    expect(board.locator(".vk-bar strong")).to_contain_text("cost")
    spot = board.locator("td.vk-target").get_attribute("data-spot")
    assert "possible" in focused(page)
    page.keyboard.press("Enter")
    moved = board.locator(f'[data-spot="{spot}"] [data-id="{name}"]')
    expect(moved).to_be_focused()
    return moved


def focused(page: Page) -> str:
    """Return what a screen reader would call the element with the focus."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''"))


def number(words: str | None) -> int:
    """Return the first number of a sentence."""
    found = re.search(r"\d[\d,]*", words or "")
    assert found is not None
    return int(found.group().replace(",", ""))


def test_stopped_plan_moved_by_keyboard_and_taken_along(
    page: Page, outside: list[str], tmp_path: Path
) -> None:
    """Progress, stop, keyboard, undo, export, language; nothing leaves the machine."""
    planned(page)
    board = page.locator(".vk-plan-board")
    count = board.locator(".vk-visit").count()
    expect(board.locator(".vk-counts").first).to_contain_text(f"Planned {count},")

    moved = left_for_another_day(page)
    expect(board.locator(".vk-told")).to_contain_text("Dropped")

    # Escape leaves everything as it was; Delete takes out; undo brings back.
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(board.locator("[aria-live]")).to_contain_text("Cancelled")
    expect(board.locator(".vk-bar")).to_be_hidden()
    expect(board.locator(".vk-told")).to_contain_text("Cancelled")
    expect(moved).to_be_focused()
    # A quick hand: no key waits for what the one before has done.
    for key in ("Space", "ArrowDown", "Escape", "Space", "Delete"):
        page.keyboard.press(key)
    expect(board.locator(".vk-bar")).to_contain_text("Picked up")
    expect(board.locator(".vk-bar strong")).to_contain_text("cost")
    page.keyboard.press("Enter")
    expect(board.locator(".vk-visit")).to_have_count(count - 1)
    board.get_by_role("button", name="Undo").click()
    expect(board.locator(".vk-visit")).to_have_count(count)

    saved(page, count, tmp_path)

    page.get_by_role("button", name="switch").click()
    expect(page.get_by_role("button", name="Plan the visits")).to_have_count(0)
    expect(board.locator(".vk-visit")).to_have_count(count)
    expect(board.locator(".vk-how")).not_to_contain_text(re.compile("[a-z]"))
    assert outside == []


def saved(page: Page, count: int, folder: Path) -> None:
    """Press the download button and look into what was saved."""
    with page.expect_download() as caught:
        page.locator(".vk-saving button").first.click()
    path = folder / caught.value.suggested_filename
    caught.value.save_as(path)
    assert path.name == "visits.zip"
    with zipfile.ZipFile(path) as packed:
        names = set(packed.namelist())
        rows = io.TextIOWrapper(packed.open("visits.csv"), "utf-8-sig").read().splitlines()
    assert {"itineraries.xlsx", "sheets.html", "appointments.html", "safety.html"} <= names
    assert len(rows) == count + 1


def test_dragged_agreed_and_looked_at(page: Page, outside: list[str]) -> None:
    """By mouse: drag, mark as agreed; step through the map; put in what was left out."""
    planned(page)
    board = page.locator(".vk-plan-board")
    card = board.locator(".vk-visit").first
    name = str(card.get_attribute("data-id"))
    drag(page, card, board)
    again = board.locator(f'[data-id="{name}"]')
    again.click()
    board.get_by_role("button", name="Mark as agreed").click()
    expect(again).to_contain_text("agreed")
    again.click()
    expect(board.locator(".vk-bar")).to_contain_text("hour and teachers stay")
    expect(board.get_by_role("button", name="Drop here")).to_have_count(0)
    board.get_by_role("button", name="Cancel").click()

    left = number(board.locator(".vk-counts").nth(1).inner_text().split(" of ")[1])
    board.locator(".vk-left li").first.get_by_role("button", name="Put into the plan").click()
    expect(board.locator(".vk-bar")).to_contain_text("Picked up")
    board.locator("td").last.click(position={"x": 3, "y": 3})
    expect(board.locator(".vk-bar strong")).to_contain_text("cost")
    board.get_by_role("button", name="Drop here").click()
    expect(board.locator(".vk-counts").nth(1)).to_contain_text(f"of {left - 1}")

    walk_map(page)
    assert outside == []


def drag(page: Page, card: Locator, board: Locator) -> None:
    """Drag a visit to another day of the same teacher; cost and rules stand there before."""
    card.scroll_into_view_if_needed()
    row = card.locator("xpath=ancestor::tr")
    here = card.locator("xpath=ancestor::td").get_attribute("data-spot")
    goal = row.locator(f'td:not([data-spot="{here}"])').first
    card.hover()
    page.mouse.down()
    box = goal.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 12, steps=4)
    expect(board.locator(".vk-bar")).to_contain_text("Picked up")
    page.mouse.move(box["x"] + 24, box["y"] + 12, steps=4)
    expect(board.locator(".vk-bar strong")).to_contain_text("cost")
    page.mouse.up()
    expect(board.locator(".vk-told")).to_contain_text("Dropped")
    spot = goal.get_attribute("data-spot")
    name = card.get_attribute("data-id")
    expect(board.locator(f'[data-spot="{spot}"]')).not_to_have_text("")
    assert name


def walk_map(page: Page) -> None:
    """Step from stop to stop with the arrow keys; the drawing and the list go together."""
    shown = page.locator(".vk-routes")
    stops = shown.get_by_role("listbox").get_by_role("option")
    shown.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    expect(stops.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(stops.nth(1)).to_have_attribute("aria-selected", "true")
    expect(stops.first).to_have_attribute("aria-selected", "false")
    crews = shown.locator("select").nth(1)
    crews.select_option(index=1)
    expect(shown.get_by_role("listbox").get_by_role("group")).to_have_count(1)
