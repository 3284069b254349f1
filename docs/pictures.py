"""Take the pictures of docs/pictures/ again: ``python docs/pictures.py``.

The report is written for the sample school and photographed; the app is started, used as a person
would use it, and photographed page by page. Everybody on the pictures is made up.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from visitkit import record
from visitkit.sample import sample_folder

PICTURES = Path(__file__).parent / "pictures"
LANGUAGES = ("zh", "en")
DAY = "2026-11-02"
#: Enough for flat pages; keeps a picture well below 250 kB.
COLOURS = 96
#: Above the first card of the report.
MARGIN = 130
PEOPLE, PSYCH = "three quiet lanterns", "a river below the wall"
#: Milliseconds that a page may take on a busy machine.
PATIENCE = 240_000


def main() -> None:
    """Take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for lang in LANGUAGES:
            report(browser, lang)
            app(browser, lang)
        browser.close()


def keep(page: Page, name: str) -> None:
    """Photograph what is seen."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    path = PICTURES / f"{name}.png"
    picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    print(path.relative_to(PICTURES.parent.parent), path.stat().st_size)


def report(browser: Browser, lang: str) -> None:
    """Photograph the head of the report and its first cards."""
    with tempfile.TemporaryDirectory() as out:
        words = ["screen", str(sample_folder()), "--as-of", DAY, "--out", out, "--lang", lang]
        subprocess.run(
            [sys.executable, "-m", "visitkit", *words], stdout=subprocess.DEVNULL, check=False
        )
        page = browser.new_page(viewport={"width": 1200, "height": 1060})
        page.goto((Path(out) / "report.html").as_uri())
        keep(page, f"report-{lang}")
        page.set_viewport_size({"width": 1200, "height": 1000})
        top = page.locator(".card").first.evaluate("card => card.offsetTop")
        page.evaluate("y => window.scrollTo(0, y)", top - MARGIN)
        keep(page, f"report-cards-{lang}")
        page.close()


@contextmanager
def served(lang: str) -> Iterator[str]:
    """Start the app and yield its address."""
    command = [sys.executable, "-m", "visitkit", "app", "--no-browser", "--lang", lang]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield next(word for line in running.stdout for word in _addresses(line))
        finally:
            running.terminate()


def _addresses(line: str) -> list[str]:
    at = line.find("http://")
    return [] if at < 0 else [line[at:].strip()]


def app(browser: Browser, lang: str) -> None:
    """Photograph each page of the app with the sample school open."""
    with served(lang) as address, tempfile.TemporaryDirectory() as folder:
        record.new_store(folder, record.Keys(PEOPLE, PSYCH), school="visitkit")
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE)
        page.goto(address, wait_until="commit")
        page.wait_for_selector(".vk-sources >> visible=true")
        keep(page, f"app-start-{lang}")
        page.click(".vk-sources [data-name=sample]")
        page.click(".vk-choices [data-name=go]")
        page.wait_for_selector(".vk-table >> visible=true")
        page.wait_for_timeout(3000)
        keep(page, f"app-screening-{lang}")
        visits(page, lang)
        casebook(page, lang, folder)
        review(page, lang)
        page.close()


def visits(page: Page, lang: str) -> None:
    """Plan a week and photograph the plan."""
    page.click(".vk-tabs [data-name=visits]")
    page.click("button.mod-primary >> visible=true")
    page.wait_for_selector(".vk-routes >> visible=true")
    page.wait_for_timeout(3000)
    page.locator(".vk-routes").first.scroll_into_view_if_needed()
    keep(page, f"app-visits-{lang}")


def review(page: Page, lang: str) -> None:
    """Count what was owed and done, and photograph it."""
    page.click(".vk-tabs >> nth=0 >> [data-name=review]")
    page.wait_for_selector(".vk-tabs [data-name=coverage] >> visible=true")
    page.locator(".vk-asking button[type=submit] >> visible=true").first.click()
    page.locator(".vk-reading figure >> visible=true").first.wait_for()
    page.wait_for_timeout(3000)
    keep(page, f"app-review-{lang}")


def casebook(page: Page, lang: str, folder: str) -> None:
    """Open a casebook and photograph its first page."""
    page.click(".vk-tabs >> nth=0 >> [data-name=casebook]")
    form = page.locator(".vk-unlocking")
    form.locator("[data-name=folder]").fill(folder)
    form.locator("[data-name=actor]").fill("T1")
    form.locator("[data-name=people]").fill(PEOPLE)
    form.locator("[data-name=go]").click()
    page.wait_for_selector(".vk-open")
    page.wait_for_timeout(3000)
    keep(page, f"app-casebook-{lang}")


if __name__ == "__main__":
    main()
