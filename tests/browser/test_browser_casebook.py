"""The casebook in a real browser: begun, a visit planned and recorded, opened again, exported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

# A busy machine derives a key and starts a kernel in its own time.
expect.set_options(timeout=45_000)

CELL = """
from visitkit.app.casebook import CasebookConsole
from visitkit.app.session import Session
session = Session("zh")
console = CasebookConsole(session)
console
"""
SCRIPT = "<img src=x onerror=alert(1)><script>alert(2)</script>"
YESTERDAY = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))) - dt.timedelta(days=1)
START, END = f"{YESTERDAY:%Y-%m-%d 16:30}", f"{YESTERDAY:%Y-%m-%d 17:10}"
FIRST, SECOND = "three quiet lanterns", "a river below the wall"


def begin(page: Page, folder: Path) -> None:
    """Begin a new casebook by hand."""
    page.get_by_role("button", name="\u6539\u4e3a\u65b0\u5efa\u6863\u6848\u5e93").click()
    for name, value in {
        "folder": str(folder),
        "school": "Made-up School",
        "actor": "T1",
        "people": FIRST,
        "psych": SECOND,
    }.items():
        page.locator(f'.vk-unlocking [data-name="{name}"]').fill(value)
    page.locator('.vk-unlocking [data-name="go"]').click()
    expect(page.locator(".vk-tabs")).to_be_visible()


def plan(page: Page) -> None:
    """Plan a visit to S0412 that was to be made yesterday."""
    page.locator('.vk-tabs [data-name="new"]').click()
    ask = page.locator(".vk-asking:visible")
    ask.locator('[data-name="kind"]').select_option("visit")
    ask.locator('[data-name="student"]').fill("S0412")
    ask.locator('[data-name="-go"]').click()
    form = page.locator(".vk-forms")
    expect(form.locator('[data-path="visits/1/student_id"]')).to_have_value("S0412")
    form.locator('[data-path="visits/1/planned_start"]').fill(START)
    form.locator('[data-path="visits/1/planned_end"]').fill(END)
    form.locator('[data-path="visits/1/form"]').select_option("home")
    form.locator('[data-path="visits/1/visitors/1"]').fill("T1")
    form.locator("button.vk-main").click()
    expect(form.locator(".vk-state")).to_be_visible()


VISIT = {
    "start": START,
    "end": END,
    "focus": "the way to school",
    "content": SCRIPT,
    "parent_feedback": "=1+1",
    "problem_solved": "the bus card",
    "next_steps": "a call",
    "next_date": f"{YESTERDAY + dt.timedelta(days=9):%Y-%m-%d}",
    "opinions": "more evening buses",
}


def record_visit(page: Page) -> None:
    """Fill in the record of the visit."""
    form = page.locator(".vk-forms")
    for path, value in VISIT.items():
        form.locator(f'[data-path="{path}"]').fill(value)
    form.locator('[data-path="student_present"]').select_option("yes")
    form.locator('[data-path="needs_school"]').select_option("no")


@pytest.fixture
def alerts() -> list[str]:
    """What a page said in a window of its own: nothing typed may ever run."""
    return []


def test_a_visit_from_plan_to_record_and_back(
    voila_page: Callable[..., Page], tmp_path: Path, outside: list[str], alerts: list[str]
) -> None:
    """Begun, planned, owed, recorded, saved, opened again as it was typed, exported, re-worded."""
    page = voila_page(CELL, wait=".vk-unlocking")

    def note(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    begin(page, tmp_path / "book")
    plan(page)

    page.locator('.vk-tabs [data-name="due"]').click()
    owed = page.locator(".vk-rows:visible tbody tr", has_text="S0412")
    expect(owed.first).to_contain_text("\u5df2\u903e\u671f")
    owed.last.get_by_role("button").click()
    page.locator('.vk-rows [data-act="visit fill"]').click()
    form = page.locator(".vk-forms")
    expect(form.locator('[data-path="student_id"]')).to_have_value("S0412")
    expect(form.locator('[data-path="visitors/1"]')).to_have_value("T1")

    form.locator("button.vk-main").click()
    expect(form.locator('[aria-invalid="true"]').first).to_be_focused()
    assert form.locator(".vk-fault").count() >= 5

    record_visit(page)
    with page.expect_download() as download:
        page.locator(".vk-saving:visible button").last.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    form.locator("button.vk-main").click()
    expect(form.locator(".vk-state")).to_be_visible()
    expect(form.locator('[data-path="content"]')).to_be_disabled()

    page.locator('.vk-rows [data-act$=" form"]').first.click()
    expect(form.locator('[data-path="content"]')).to_have_value(SCRIPT)
    for path, value in VISIT.items():
        expect(form.locator(f'[data-path="{path}"]')).to_have_value(value)

    assert page.locator(".vk-forms img, .vk-forms script, .vk-rows img").count() == 0
    assert page.locator("input[type=password]").count() == 0
    assert FIRST not in page.content()
    assert alerts == []
    assert outside == []


def test_nothing_but_the_keyboard(
    voila_page: Callable[..., Page], tmp_path: Path, outside: list[str]
) -> None:
    """Opened, a form found, filled in, the language kept: no pointer is needed."""
    page = voila_page(CELL.replace('"zh"', '"en"'), wait=".vk-unlocking")
    page.locator('.vk-unlocking [data-name="turn"]').focus()
    page.keyboard.press("Enter")
    page.locator('.vk-unlocking [data-name="folder"]').focus()
    for value in (str(tmp_path / "book"), "Made-up School", "T1"):
        page.keyboard.type(value)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")  # the role stays as it is
    page.keyboard.type(FIRST)
    page.keyboard.press("Tab")
    page.keyboard.type(SECOND)
    page.keyboard.press("Enter")
    expect(page.locator(".vk-tabs")).to_be_visible()

    page.locator('.vk-tabs [data-name="due"]').focus()
    for name in ("cases", "student", "new", "forms"):
        page.keyboard.press("ArrowRight")
        expect(page.locator(f'.vk-tabs [data-name="{name}"]')).to_be_focused()
    expect(page.locator('.vk-tabs [data-name="forms"]')).to_have_attribute("aria-selected", "true")
    page.locator('.vk-rows:visible input[type="search"]').focus()
    page.keyboard.type("watch roster")
    rows = page.locator(".vk-rows:visible tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("button").focus()
    page.keyboard.press("Enter")
    title = page.locator(".vk-forms h3")
    expect(title).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("c-1")
    expect(page.locator('.vk-forms [data-path="case_id"]')).to_have_value("c-1")
    assert outside == []
