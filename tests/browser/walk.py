"""Every console with every panel and form of it open, one state after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from visitkit import record

from .school import SCHOOL

PEOPLE, PSYCH = "three quiet lanterns", "a river below the wall"
#: A school of a few hundred and a casebook, as after the first day of work.
CELL = (
    SCHOOL
    + """
app = open_app(Session.of(school, "recommended", "2026-11-02", "{lang}"))
app
"""
)
#: Milliseconds until something must have happened on a busy machine.
PATIENCE = 60_000
SHOWN = ">> visible=true"
#: Pages of an open casebook, each with something that stands on no other.
PARTS = {
    "due": ".vk-asking [data-name=day]",
    "cases": ".vk-rows",
    "student": ".vk-asking [data-name=purpose]",
    "new": ".vk-asking [data-name=kind]",
    "proof": ".vk-asking [data-name=given_to]",
    "forms": ".vk-rows [data-act]",
}


def turn_to(page: Page, name: str) -> None:
    """Go to a page of the app, or of the console that is shown."""
    page.click(f".vk-tabs [data-name={name}] {SHOWN}")
    page.wait_for_selector(f".vk-tabs [data-name={name}][aria-selected=true]")


def _start(page: Page, folder: Path) -> Iterator[str]:
    turn_to(page, "start")
    page.wait_for_selector(f".vk-sources {SHOWN}")
    yield "start"
    faulty = folder / "faulty"
    faulty.mkdir()
    rows = ["student_id,name,sex,grade,class", "1,Wu,neither,7,701", "2,Hu,f,99,701"]
    (faulty / "students.csv").write_text("\n".join(rows), "utf-8")
    page.fill(".vk-sources [data-name=folder]", str(faulty))
    page.click(".vk-sources [data-name=open]")
    page.wait_for_selector(f".vk-faults {SHOWN}")
    expect(page.locator(f".vk-saving button {SHOWN}").first).to_be_enabled()
    _unfold(page)
    yield "start, faults"


def _screening(page: Page, _folder: Path) -> Iterator[str]:
    turn_to(page, "screening")
    page.wait_for_selector(f".vk-body .vk-row {SHOWN}")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("End")
    expect(page.locator(".vk-moved")).to_be_visible()
    page.locator(".vk-body .vk-row >> nth=1").locator(".vk-c-student_id").click()
    page.wait_for_selector(".vk-card .vk-part-concerns li")
    page.locator(".vk-body .vk-row >> nth=1").locator(".vk-c-chosen").click()
    expect(page.locator(".vk-body .vk-row[aria-selected=true]")).to_have_count(1)
    _unfold(page)
    yield "screening, card and form"
    page.locator(".vk-card form button, .vk-card details button").first.click()
    expect(page.locator(".vk-card [aria-invalid=true]")).to_have_count(4)
    yield "screening, form refused"


def _visits(page: Page, _folder: Path) -> Iterator[str]:
    turn_to(page, "visits")
    page.wait_for_selector(f".jupyter-button {SHOWN}")
    yield "visits"
    page.locator(f".jupyter-button:not(.mod-primary) {SHOWN}").first.click()
    rule = page.locator(f".vk-listing tbody button {SHOWN}")
    expect(rule.first).to_be_visible()
    rule.first.click()
    expect(page.locator(f".vk-listing table {SHOWN}")).to_have_count(2)
    page.locator(f".jupyter-widget-Collapse-header {SHOWN}").first.click()
    yield "visits, owed and all questions"
    page.locator(f".jupyter-button.mod-primary {SHOWN}").click()
    working = page.locator(f".vk-working {SHOWN}").last
    expect(working.locator("progress")).to_be_visible()
    yield "visits, planning"
    expect(working.locator(".vk-said")).not_to_have_text("")
    working.locator(".vk-stop").click()
    page.wait_for_selector(f".vk-plan-board .vk-visit {SHOWN}")
    yield "visits, plan and map"
    page.locator(".vk-plan-board .vk-visit").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("PageDown")
    expect(page.locator(".vk-plan-board .vk-bar strong")).to_be_visible()
    _unfold(page)
    yield "visits, a visit picked up"
    page.keyboard.press("Escape")


def _casebook(page: Page, folder: Path) -> Iterator[str]:
    record.new_store(folder / "casebook", record.Keys(PEOPLE, PSYCH), school="Made-up School")
    turn_to(page, "casebook")
    unlocking = page.locator(".vk-unlocking")
    expect(unlocking).to_be_visible()
    yield "casebook, closed"
    unlocking.locator('[data-name="turn"]').click()
    yield "casebook, a new one"
    unlocking.locator('[data-name="turn"]').click()
    _unlock(unlocking, folder)
    expect(page.locator('.vk-tabs [data-name="due"]')).to_be_visible()
    for name, part in PARTS.items():
        turn_to(page, name)
        page.wait_for_selector(f"{part} {SHOWN}")
        _unfold(page)
        yield f"casebook, {name}"
    yield from _forms(page)
    turn_to(page, "new")
    ask = page.locator(f".vk-asking {SHOWN}").first
    ask.locator('[data-name="kind"]').select_option("visit")
    ask.locator('[data-name="student"]').fill("S0012")
    ask.locator('[data-name="-go"]').click()
    expect(page.locator(".vk-forms button.vk-main")).to_be_visible()
    yield "casebook, form to fill in"
    page.locator('.vk-forms [data-path="visits/1/student_id"]').fill("")
    page.locator(".vk-forms button.vk-main").click()
    expect(page.locator(".vk-forms .vk-fault").first).to_be_visible()
    yield "casebook, form refused"


def _forms(page: Page) -> Iterator[str]:
    """Open one blank form after the other."""
    blanks = page.locator(f".vk-rows [data-act] {SHOWN}")
    before = ""
    for number in range(blanks.count()):
        blanks.nth(number).click()
        title = page.locator(".vk-forms h3")
        expect(title).not_to_have_text(before)
        before = title.inner_text()
        yield f"casebook, form {blanks.nth(number).get_attribute('data-act')}"


def _unlock(unlocking: Locator, folder: Path) -> None:
    typed = {"folder": str(folder / "casebook"), "actor": "T1", "people": PEOPLE, "psych": PSYCH}
    for name, value in typed.items():
        unlocking.locator(f'[data-name="{name}"]').fill(value)
    unlocking.locator('[data-name="go"]').click()


def _review(page: Page, _folder: Path) -> Iterator[str]:
    turn_to(page, "review")
    press = page.locator(f'.vk-asking [data-name="-go"] {SHOWN}')
    expect(press.first).to_be_visible()
    yield "review"
    press.last.click()
    expect(page.locator(f".vk-reading img {SHOWN}").first).to_be_visible()
    _unfold(page)
    yield "review, coverage"
    student = page.locator(f'select[data-name="student"] {SHOWN}')
    for name in ("student", "caseload"):
        turn_to(page, name)
        if name == "student":
            press.first.click()
            student.select_option("T03")
        else:
            expect(student).to_have_count(0)
            expect(press).to_have_count(2)
        press.last.click()
        expect(page.locator(f".vk-reading img {SHOWN}").last).to_be_visible()
        _unfold(page)
        yield f"review, {name}"
    turn_to(page, "study")
    page.locator(f'select[data-name="design"] {SHOWN}').first.select_option(index=1)
    press.first.click()
    expect(press).to_have_count(2)
    yield "review, a study is declared"
    press.last.click()
    expect(press).to_have_count(3)
    press.last.click()
    expect(press).to_have_count(2)
    page.wait_for_selector(f".vk-saving button {SHOWN}")
    _unfold(page)
    yield "review, a study answered"


def _lock(page: Page, _folder: Path) -> Iterator[str]:
    page.click(".vk-lock")
    page.wait_for_selector(".vk-locking")
    yield "lock"


def _unfold(page: Page) -> None:
    """Open all that is folded."""
    folded = page.locator(f"details:not([open]) > summary {SHOWN}")
    while folded.count():
        folded.first.click()


#: All there is to see, by where it is; each begins on the open app.
TOURS: dict[str, Callable[[Page, Path], Iterator[str]]] = {
    "start": _start,
    "screening": _screening,
    "visits": _visits,
    "casebook": _casebook,
    "review": _review,
    "lock": _lock,
}
