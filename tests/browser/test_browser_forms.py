"""The casebook and each of its forms, in both languages: axe-core, contrast, 200 % zoom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from visitkit import text
from visitkit.record.forms import FORMS

from .looking import looked_through


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_form_is_readable(
    lang: str, voila_page: Callable[..., Page], outside: list[str], tmp_path: Path
) -> None:
    """Closed, new, all its pages, every form blank, one begun, one refused; wide and narrow."""
    found = looked_through(lang, ("casebook",), voila_page, tmp_path)
    assert {state: one for state, one in found.items() if one} == {}
    assert sum(state.endswith(" blank") for state in found) == len(FORMS)
    assert len(found) > len(FORMS) + 9
    assert outside == []
