"""A newcomer's first minutes in a real browser: language, sample, own workbook, lock, keys only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from visitkit import record

from .school import SCHOOL, named_in

APP = "from visitkit.app import open_app\nopen_app(lang={lang!r})"
PEOPLE, PSYCH = "three quiet lanterns", "a river below the wall"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A roll of twelve with three faults."""
    path = tmp_path / "school.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "students"
    sheet.append(["student id", "name", "sex", "grade", "class"])
    for number in range(1, 13):
        sheet.append([f"{number:02}", f"Pupil {number}", "girl", 7, "7-1"])
    sheet["C3"] = sheet["C4"] = "neither"
    sheet["A6"] = "04"
    book.save(path)
    return path


def begin(page: Page) -> None:
    """Begin the screening with what is offered."""
    page.click(".vk-choices [data-name=go]")
    page.wait_for_selector(".vk-tabs [data-name=screening][aria-selected=true]")


def test_from_nothing_to_the_list(voila_page: Callable[..., Page], outside: list[str]) -> None:
    """Choose a language, open the sample, begin: the list of the whole school is there."""
    page = voila_page(APP.format(lang="zh"), wait=".vk-sources")
    page.click(".vk-sources [data-lang=en]")
    expect(page.locator(".vk-sources h2")).to_have_text("Start")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title().startswith("visitkit")
    page.click(".vk-sources [data-name=sample]")
    page.wait_for_selector(".vk-choices >> visible=true")
    day = page.locator(".vk-choices >> visible=true").locator("[data-name=day]")
    expect(day).to_have_value("2026-11-02")
    # year, month, day in every language of the browser; other ways of writing become this one
    for typed in ("2026/11/3", "20261103", "2026.11.3"):
        day.fill(typed)
        day.press("Tab")
        expect(day).to_have_value("2026-11-03")
    day.fill("11/3/2026")
    day.press("Tab")
    expect(day).to_have_value("11/3/2026")
    day.fill("2026-11-02")
    begin(page)
    expect(page.locator(".vk-topbar .vk-line")).to_contain_text("1,066 students, 2026-11-02")
    page.wait_for_selector(".vk-table >> visible=true")
    page.click(".vk-topbar [lang=zh]")
    expect(page.locator(".vk-topbar .vk-line")).to_contain_text("1,066 \u540d\u5b66\u751f")
    page.wait_for_selector(".vk-table >> visible=true")
    assert outside == []


def test_own_workbook_with_faults(voila_page: Callable[..., Page], workbook: Path) -> None:
    """Faults kind by kind, a marked copy, a list; and on without the faulty rows when asked."""
    page = voila_page(APP.format(lang="en"), wait=".vk-sources")
    page.set_input_files(".vk-sources input[type=file]", workbook)
    faults = page.locator(".vk-faults")
    faults.wait_for()
    expect(faults).to_contain_text("3 faults")
    expect(faults.locator("details").first).to_contain_text("school.xlsx, sheet students, cell C3")
    assert not page.locator(".vk-choices").is_visible()
    for name, ending in (("Download the marked copy", ".xlsx"), ("Download the list", ".csv")):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_enabled()
        with page.expect_download() as taken:
            button.click()
        assert taken.value.suggested_filename.endswith(ending)
    page.get_by_role("button", name="Go on without the faulty rows").click()
    page.wait_for_selector(".vk-choices >> visible=true")
    begin(page)
    expect(page.locator(".vk-topbar .vk-line")).to_contain_text("students")


def test_with_the_keyboard_alone(voila_page: Callable[..., Page]) -> None:
    """Tab, Enter, arrows: from the first page to the list and into the lock and out again."""
    page = voila_page(APP.format(lang="en"), wait=".vk-sources")

    def go_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement?.matches({selector!r})"):
                outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline != "none"
                return
        pytest.fail(f"{selector} is not reached with the Tab key")

    go_to(".vk-tabs button[aria-selected=true]")
    go_to(".vk-sources [data-name=sample]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".vk-choices >> visible=true")
    go_to(".vk-choices [data-name=go]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".vk-tabs [data-name=screening][aria-selected=true]")
    page.focus(".vk-tabs [data-name=screening]")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".vk-tabs [data-name=visits][aria-selected=true]")
    assert page.evaluate("document.activeElement.dataset.name") == "visits"
    page.focus("body")
    go_to(".vk-lock")
    page.keyboard.press("Enter")
    page.wait_for_selector(".vk-locking")
    page.wait_for_function("document.activeElement?.closest('.vk-locking')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".vk-tabs [data-name=visits][aria-selected=true]")


OPENED = (
    SCHOOL.format(lang="zh") + 'session = Session.of(school, "recommended", "2026-11-02", "en")\n'
)
LOCKED = """
keys = record.Keys({people!r}, None)
app = open_app(session)
session.store = record.open_store({folder!r}, keys, actor="T1", role="head_teacher")
app
"""


def test_locked_shows_nothing_and_asks_for_the_passphrase(
    voila_page: Callable[..., Page], tmp_path: Path
) -> None:
    """No name and no number stays in the page; the passphrase of the casebook opens it."""
    folder = tmp_path / "casebook"
    record.new_store(folder, record.Keys(PEOPLE, PSYCH), school="Made-up School")
    page = voila_page(OPENED + LOCKED.format(people=PEOPLE, folder=str(folder)), wait=".vk-tabs")
    page.click(".vk-tabs [data-name=screening]")
    page.wait_for_selector(".vk-table >> visible=true")
    page.wait_for_function("/S\\d{4}/.test(document.querySelector('.vk-table').innerText)")
    page.click(".vk-lock")
    page.wait_for_selector(".vk-locking")
    page.wait_for_timeout(500)
    left = page.evaluate("document.querySelector('#rendered_cells').outerHTML")
    assert named_in(left, "zh") == set()
    assert "S0" not in page.inner_text("body")
    for wrong in ("", "not the right words"):
        page.fill(".vk-locking [data-name=people]", wrong)
        page.keyboard.press("Enter")
        page.wait_for_selector(".vk-locking [role=alert]")
        assert page.locator(".vk-tabs").count() == 0
        expect(page.locator(".vk-locking [data-name=people]")).to_have_value("")
    page.fill(".vk-locking [data-name=people]", PEOPLE)
    page.keyboard.press("Enter")
    page.wait_for_selector(".vk-tabs")
    expect(page.locator(".vk-topbar .vk-line")).to_contain_text("the casebook is open")


def test_the_screen_locks_when_nobody_is_there(
    voila_page: Callable[..., Page], context: BrowserContext
) -> None:
    """After a minute of the browser's clock without a touch; a touch before that keeps it open."""
    source = OPENED + "app = open_app(session, minutes=1)\napp"
    context.clock.install()
    page = voila_page(source, wait=".vk-tabs")
    page.mouse.move(10, 10)
    page.clock.fast_forward(50_000)
    page.mouse.move(20, 20)
    page.clock.fast_forward(50_000)
    assert page.locator(".vk-locking").count() == 0
    page.clock.fast_forward(30_000)
    page.wait_for_selector(".vk-locking")
