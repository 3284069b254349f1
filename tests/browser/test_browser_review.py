"""The review in a real browser: coverage, one student, a study declared before its answer."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

# A busy machine starts a kernel and draws pictures in its own time.
expect.set_options(timeout=60_000)

CELL = """
import ipywidgets
import pandas as pd
from visitkit.app.review import ReviewConsole
from visitkit.app.session import Session
from visitkit.load import School
ids = [f"S{place:02}" for place in range(1, 13)]
roll = pd.DataFrame({"student_id": ids, "class_id": "701"})
made = pd.DataFrame({"student_id": ids[:6], "date": "2026-10-09", "form": "home"})
session = Session.of(School.from_frames(students=roll, visits=made), "recommended", "2026-11-02")
session.lang = "zh"
button = ipywidgets.Button(description="turn")
button.on_click(lambda _button: setattr(session, "lang", "en"))
ipywidgets.VBox([ReviewConsole(session), button])
"""


def go(page: Page) -> None:
    """Press the button of the fields that are seen."""
    page.locator('.vk-asking:visible [data-name="-go"]').last.click()


def test_coverage_student_and_language(voila_page: Callable[..., Page], outside: list[str]) -> None:
    """Counted with a bar, told in words and a picture with its words; saved; said in English."""
    page = voila_page(CELL, wait=".vk-tabs")
    go(page)
    picture = page.locator(".vk-reading:visible img").first
    expect(picture).to_be_visible()
    assert picture.get_attribute("alt")
    with page.expect_download() as download:
        page.locator(".vk-saving:visible button").first.click()
    assert download.value.suggested_filename == "coverage.zip"

    page.locator('.vk-tabs [data-name="student"]').click()
    # the button of the page before must be gone, or it would be the one that is pressed
    expect(page.locator(".vk-reading:visible img")).to_have_count(0)
    go(page)
    page.locator('select[data-name="student"]:visible').select_option("T03")
    go(page)
    told = page.locator(".vk-reading:visible", has=page.locator("img"))
    expect(told).to_contain_text("T03")

    page.get_by_role("button", name="turn").click()
    expect(told).to_contain_text("first visit")
    expect(page.locator('.vk-tabs [data-name="study"]')).to_have_text("A study")
    expect(page.locator('select[data-name="student"]:visible')).to_have_value("T03")
    assert outside == []


def test_a_study_by_keyboard_alone(voila_page: Callable[..., Page], outside: list[str]) -> None:
    """What could be seen stands there before the answer; a refusal is a sentence."""
    page = voila_page(CELL.replace('"zh"', '"en"'), wait=".vk-tabs")
    page.locator('.vk-tabs [data-name="coverage"]').focus()
    page.keyboard.press("End")
    expect(page.locator('.vk-tabs [data-name="study"]')).to_have_attribute("aria-selected", "true")
    page.locator('select[data-name="design"]:visible').first.focus()
    page.keyboard.type("drawn")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    declare = page.locator(".vk-asking:visible", has_text="Declare and freeze")
    expect(declare).to_be_visible()

    expect(declare.locator('select[data-name="unit"]')).not_to_have_value("")
    declare.locator('select[data-name="unit"]').select_option("")
    declare.locator('[data-name="-go"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vk-warning")).to_be_visible()
    assert page.locator(".vk-reading:visible img").count() == 0

    declare.locator('select[data-name="unit"]').select_option(label="student_id")
    declare.locator('[data-name="-go"]').focus()
    page.keyboard.press("Enter")
    seen = page.locator(".vk-reading:visible", has_text="What this study could see")
    expect(seen).to_be_visible()
    assert "In short" not in page.locator("body").inner_text()

    page.locator(".vk-asking:visible", has_text="Estimate").locator(
        '[data-name="-go"]'
    ).last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vk-reading:visible h4", has_text="In short")).to_be_visible()
    words = page.locator(".vk-reading:visible").last.inner_text()
    assert words.index("could see") < words.index("In short")
    assert "What this cannot say" in page.locator("body").inner_text()
    assert outside == []
