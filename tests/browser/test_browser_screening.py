"""The console for screening in a real browser: by hand and by keyboard alone."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from visitkit import text

from .school import SCHOOL

CONSOLE = (
    SCHOOL.format(lang="zh")
    + """
import html
import ipywidgets
from visitkit.app.screening import ScreeningConsole

session = Session.of(school, "recommended", "2026-11-02", "zh")
said = ipywidgets.HTML()

def note(_change=None):
    words = f"chosen={len(session.chosen)} override={session.override.get('tier', '')}"
    said.value = f"<p class='probe'>{html.escape(words)}</p>"

session.observe(note)
note()
other = ipywidgets.Button(description="EN")
other.on_click(lambda _button: setattr(session, "lang", "en"))
ipywidgets.VBox([other, said, ScreeningConsole(session)])
"""
)
#: Students of this school; a few hundred, so that a page is there soon.
ALL = "236"
ROW = ".vk-body .vk-row"
#: On a busy machine a kernel may take its time; what is waited for comes long before.
LATE = 30_000


def say(key: str, lang: str = "zh", **facts: Any) -> str:
    """Return words of the list, the card or the panel."""
    return text.say(f"widgets_{key}", lang, **facts)


def ids(page: Page) -> list[str]:
    """Return the students in sight, in order."""
    return page.locator(f"{ROW} .vk-c-student_id").all_inner_texts()


def count(page: Page, shown: str, lang: str = "zh") -> None:
    """Expect the live line to tell how many are shown of all."""
    line = page.locator(".vk-table .vk-count")
    expect(line).to_contain_text(say("table.shows", lang, shown=shown, all=ALL), timeout=LATE)


def test_a_list_worked_by_hand(voila_page: Any, outside: list[str], tmp_path: Path) -> None:
    """Filter, search, choose, open a card, set a tier, save files, change the language."""
    page = voila_page(CONSOLE, wait=ROW)
    count(page, ALL)
    first = ids(page)[0]

    klass = page.locator(f"{ROW} .vk-c-class_id").last.inner_text()
    page.get_by_label(say("table.search")).first.fill(klass)
    expect(page.locator(f"{ROW} .vk-c-class_id").first).to_have_text(klass)
    found = int(page.get_by_role("grid").get_attribute("aria-rowcount") or 0) - 1
    assert 0 < found < int(ALL)
    count(page, str(found))
    page.get_by_role("button", name=say("table.clear")).click()
    page.get_by_label(say("table.grade"), exact=True).select_option("9")
    tier = page.get_by_role("button", name=re.compile(text.say("screen.tier.watch", "zh")))
    tier.click()
    expect(tier).to_have_attribute("aria-pressed", "true")
    everybody = say("table.shows", shown=ALL, all=ALL)
    expect(page.locator(".vk-table .vk-count")).not_to_contain_text(everybody)
    shown = int(page.get_by_role("grid").get_attribute("aria-rowcount") or 0) - 1
    assert 2 < shown < int(ALL)
    count(page, f"{shown:,}")

    page.locator(f"{ROW} .vk-c-chosen >> nth=0").click()
    page.locator(f"{ROW} .vk-c-chosen >> nth=2").click(modifiers=["Shift"])
    expect(page.locator(".probe")).to_contain_text("chosen=3", timeout=LATE)
    expect(page.locator(f"{ROW}[aria-selected=true]")).to_have_count(3)

    student = ids(page)[1]
    page.locator(f"{ROW} .vk-c-student_id >> nth=1").click()
    card = page.locator(".vk-card")
    expect(card.locator(".vk-title")).to_contain_text(student, timeout=LATE)
    assert card.locator(".vk-part-concerns li").count() > 0
    assert card.locator("svg[role=img]").count() > 0
    card.get_by_text(say("card.override"), exact=True).click()
    card.get_by_role("button", name=say("card.save")).click()
    expect(card.locator("[aria-invalid=true]")).to_have_count(4, timeout=LATE)
    card.get_by_label(say("card.tier"), exact=True).select_option("priority")
    card.get_by_label(say("card.reason_code")).select_option("recent_change")
    card.get_by_label(say("card.reason")).fill("<b>moved</b> {lang}")
    card.get_by_label(say("card.until")).fill("2026-12-31")
    card.get_by_role("button", name=say("card.save")).click()
    expect(page.locator(".probe")).to_contain_text("override=priority", timeout=LATE)
    expect(card.locator(".vk-decided")).to_contain_text("<b>moved</b> {lang}")
    assert card.locator(".vk-decided b").count() == 0
    expect(card.locator(".vk-tiers .vk-watch")).to_be_visible()
    expect(page.locator(f"{ROW} .vk-human")).to_have_count(1)

    with page.expect_download(timeout=LATE) as got:
        page.get_by_role("button", name=say("table.export")).click()
    got.value.save_as(tmp_path / "list.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "list.csv").read_text("utf-8-sig"))))
    assert len(rows) == shown + 1
    assert [row[rows[0].index(say("table.column.student_id"))] for row in rows[1:4]] == ids(page)[
        :3
    ]
    with page.expect_download(timeout=2 * LATE) as got:
        page.get_by_role("button", name=text.say("app_screening.save", "zh")).click()
    got.value.save_as(tmp_path / "all.zip")
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 4

    page.get_by_role("button", name="EN", exact=True).click()
    count(page, f"{shown:,}", "en")
    expect(page.locator(f"{ROW}[aria-selected=true]")).to_have_count(3)
    expect(card.locator(".vk-title")).to_contain_text(f"Student {student}", timeout=LATE)
    page.get_by_role("button", name=say("table.clear", "en")).click()
    count(page, ALL, "en")
    assert ids(page)[0] == first
    assert outside == []


def test_a_list_worked_by_keyboard_alone(voila_page: Any, outside: list[str]) -> None:
    """From the sliders to the list, a card, another tier, the alerts, a file; nothing by mouse."""
    page = voila_page(CONSOLE, wait=ROW)
    count(page, ALL)
    tab_to(page, "input[type=range]")
    assert page.evaluate("document.activeElement.ariaLabel")
    before = page.locator(f"{ROW} .vk-c-risk_index").all_inner_texts()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    told = page.locator(".vk-weights .vk-sentence")
    expect(told).not_to_have_text(say("weights.unchanged"), timeout=LATE)
    page.wait_for_function(
        "(was) => [...document.querySelectorAll('.vk-body .vk-c-risk_index')]"
        ".map((one) => one.textContent).join() !== was",
        arg=",".join(before),
        timeout=LATE,
    )
    count(page, ALL)

    tab_to(page, "[role=grid]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".probe")).to_contain_text("chosen=2", timeout=LATE)
    active = page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        ".getAttribute('aria-rowindex')"
    )
    assert active == "4"
    page.keyboard.press("End")
    last = page.locator(f"{ROW}.vk-current")
    expect(last).to_have_attribute("aria-rowindex", str(int(ALL) + 1), timeout=LATE)
    expect(last.locator(".vk-c-rank")).to_have_text(ALL)
    page.keyboard.press("PageUp")
    page.keyboard.press("Home")
    expect(page.locator(f"{ROW}.vk-current")).to_have_attribute("aria-rowindex", "2")
    student = page.locator(f"{ROW}.vk-current .vk-c-student_id").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".vk-card .vk-title")).to_contain_text(student, timeout=LATE)
    expect(page.locator(".vk-card")).to_be_focused(timeout=LATE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".probe")).to_contain_text("chosen=3", timeout=LATE)
    another_tier(page)
    from_an_alert(page)
    search_sort_and_save(page)
    assert outside == []


def another_tier(page: Page) -> None:
    """Unfold the form, be refused, fill it in, put it on record."""
    tab_to(page, ".vk-override summary")
    page.keyboard.press("Enter")
    tab_to(page, ".vk-override button")
    page.keyboard.press("Enter")
    expect(page.locator(".vk-card [aria-invalid=true]")).to_have_count(4, timeout=LATE)
    tab_to(page, ".vk-override summary", "Shift+Tab")
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
    for words in ("moved house", "2026-12-31"):
        page.keyboard.press("Tab")
        page.keyboard.type(words)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".probe")).to_contain_text(re.compile(r"override=\w"), timeout=LATE)
    expect(page.locator(".vk-card .vk-decided")).to_contain_text("moved house")


def from_an_alert(page: Page) -> None:
    """Go from a number among the alerts to the card of that student."""
    tab_to(page, ".vk-board .vk-link")
    student = str(page.evaluate("document.activeElement.textContent.match(/S\\d+/)[0]"))
    page.keyboard.press("Enter")
    expect(page.locator(".vk-card .vk-title")).to_contain_text(student, timeout=LATE)
    expect(page.locator(".vk-card")).to_be_focused(timeout=LATE)


def search_sort_and_save(page: Page) -> None:
    """Back to the list: search, sort, and take the file."""
    klass = page.locator(f"{ROW} .vk-c-class_id").first.inner_text()
    tab_to(page, ".vk-table input[type=search]", "Shift+Tab")
    page.keyboard.type(klass)
    everybody = say("table.shows", shown=ALL, all=ALL)
    expect(page.locator(".vk-table .vk-count")).not_to_contain_text(everybody)
    tab_to(page, ".vk-head .vk-c-risk_index button")
    page.keyboard.press("Enter")
    expect(page.locator(".vk-head .vk-c-risk_index")).to_have_attribute("aria-sort", "descending")
    tab_to(page, ".vk-table .vk-foot button")
    with page.expect_download(timeout=LATE) as got:
        page.keyboard.press("Enter")
    assert got.value.suggested_filename.endswith(".csv")


def tab_to(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    """Press Tab until what has the keyboard matches."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(want) => document.activeElement.matches(want)", selector):
            return
    raise AssertionError(selector)
