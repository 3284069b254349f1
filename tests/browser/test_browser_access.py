"""Every console with everything open, in both languages: axe-core, contrast, 200 % zoom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from visitkit import text

from .looking import looked_through

#: All but the casebook, whose many forms are looked at elsewhere, at the same time.
ROUND = ("start", "screening", "visits", "review", "lock")


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_console_is_readable(
    lang: str, voila_page: Callable[..., Page], outside: list[str], tmp_path: Path
) -> None:
    """From the first page to the lock: each panel and each folded part, wide and narrow."""
    found = looked_through(lang, ROUND, voila_page, tmp_path)
    assert {state: one for state, one in found.items() if one} == {}
    assert len(found) > 15
    assert outside == []
