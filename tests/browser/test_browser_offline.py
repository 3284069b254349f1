"""Pages come up though every request to another machine hangs, and none is made."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

#: The first menu in Chinese.
FILE = "\u6587\u4ef6"
CELL = """
import ipywidgets
ipywidgets.VBox([ipywidgets.IntSlider(description="a slider"), ipywidgets.Button(icon="check")])
"""


def test_voila_asks_nobody(voila_page: Callable[..., Page], outside: list[str]) -> None:
    """Our template shows widgets with no request elsewhere."""
    page = voila_page(CELL, wait=".widget-slider")
    page.wait_for_timeout(500)
    assert outside == []
