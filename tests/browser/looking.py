"""The app looked through, one state after the other: axe-core, contrast, three window widths."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .readable import unreadable
from .walk import CELL, PATIENCE, TOURS


@cache
def axe() -> str:
    """Return the script of axe-core, as a package of the index brings it."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-core is not installed, so pages are not looked through with it")
    return (Path(found.origin).parent / "axe.min.js").read_text("utf-8")


def findings(page: Page, part: str = "html") -> list[str]:
    """Return the serious and critical findings in a part, with the first place of each."""
    asked = "(part) => axe.run(part, {resultTypes: ['violations']})"
    answer: dict[str, Any] = page.evaluate(asked, part)
    return [
        f"{one['id']}: {one['help']} ({len(one['nodes'])}; {one['nodes'][0]['html'][:200]})"
        for one in answer["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


def looked_through(
    lang: str, tours: Sequence[str], voila_page: Callable[..., Page], folder: Path
) -> dict[str, list[str]]:
    """Open the app and go through tours of it; return each state with what cannot be read."""
    script = axe()
    expect.set_options(timeout=PATIENCE)
    page = voila_page(CELL.format(lang=lang), wait=".vk-tabs")
    assert page.evaluate("document.documentElement.lang") == lang
    page.evaluate(script)
    found = {}
    for tour in tours:
        for state in TOURS[tour](page, folder):
            # One form after the other: all around them has been looked at.
            part = ".vk-forms" if state.endswith(" blank") else "html"
            found[state] = findings(page, part) + unreadable(page)
    return found
