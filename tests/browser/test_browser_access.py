"""Every console with everything open, in both languages: axe-core, contrast, 200 % zoom."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from .readable import unreadable
from .walk import CELL, states


@pytest.fixture(scope="module")
def axe() -> str:
    """The script of axe-core, as a package of the index brings it."""
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


@pytest.mark.parametrize(("lang", "most"), [("zh", 2), ("en", None)])
def test_everything_open_is_readable(
    lang: str,
    most: int | None,
    axe: str,
    voila_page: Callable[..., Page],
    outside: list[str],
    tmp_path: Path,
) -> None:
    """All pages, panels and forms, wide and narrow; every form of the casebook in English."""
    page = voila_page(CELL.format(lang=lang), wait=".vk-tabs")
    assert page.evaluate("document.documentElement.lang") == lang
    page.evaluate(axe)
    found = {}
    for state in states(page, tmp_path, most):
        # One form after the other: all around them has been looked at.
        part = ".vk-forms" if state.endswith(" blank") else "html"
        found[state] = findings(page, part) + unreadable(page)
    assert {state: one for state, one in found.items() if one} == {}
    assert len(found) > 25
    assert outside == []
