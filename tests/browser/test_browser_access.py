"""axe-core on every page of the app: no serious and no critical finding, in both languages."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

PAGES = ("start", "screening", "visits", "casebook", "review")
CELL = """
from visitkit import load, sample
from visitkit.app import Session, open_app
school = load.read_school(sample.sample_folder())
app = open_app(Session.of(school, "recommended", "2026-11-02", "{lang}"))
app
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, as a package of the index brings it."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not installed, so pages are not looked through with it")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


def findings(page: Page) -> list[str]:
    """Return the serious and critical findings on the page, with the first place of each."""
    answer: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['help']} ({len(one['nodes'])}; {one['nodes'][0]['html'][:200]})"
        for one in answer["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_serious_on_any_page(
    lang: str, axe: str, voila_page: Callable[..., Page], outside: list[str]
) -> None:
    """Every page and the lock, with a school open."""
    page = voila_page(CELL.format(lang=lang), wait=".vk-tabs")
    assert page.evaluate("document.documentElement.lang") == lang
    page.evaluate(axe)
    found = {}
    for name in PAGES:
        page.click(f".vk-tabs [data-name={name}]")
        page.wait_for_selector(f".vk-tabs [data-name={name}][aria-selected=true]")
        page.wait_for_timeout(700)
        found[name] = findings(page)
    page.click(".vk-lock")
    page.wait_for_selector(".vk-locking")
    found["lock"] = findings(page)
    assert found == {name: [] for name in found}
    assert outside == []
