"""Text that a spreadsheet would run never reaches it as a formula."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.reports.guard import STARTERS, guard, is_formula


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1+1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "\uff1d1+1",
        "\uff0b1+1",
        "\uff201",
        " =1+1",
        "\u3000=1+1",
        "\ufeff=1+1",
    ],
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    """Each start that Excel, LibreOffice or WPS may run is told apart and guarded."""
    assert is_formula(text)
    assert guard(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "S0412", "7(3)", "-3.5", "+86", "-1,200", "-5%", "3=3", "a@b"]
)
def test_harmless_text_stays(text: str) -> None:
    """Student numbers, classes and plain signed numbers are not touched."""
    assert guard(text) == text


@pytest.mark.parametrize("value", [-3.5, -1, 0, None, True])
def test_values_that_are_no_text_stay(value: object) -> None:
    """A negative number stays a number."""
    assert guard(value) is value


@given(st.text(max_size=12))
def test_no_guarded_text_starts_a_formula(text: str) -> None:
    """Whatever is written, what comes out begins with no starting sign unless it is a number."""
    guarded = str(guard(text))
    first = guarded.lstrip(" \u3000\ufeff")[:1]
    starts = bool(first) and unicodedata.normalize("NFKC", first)[:1] in STARTERS
    assert not starts or not is_formula(guarded)
    assert guarded.endswith(text)
