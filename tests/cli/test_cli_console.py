"""Tables that stand straight, colour only where it is welcome."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit.cli.console import Console, fit, speak_utf8, table, width

WIDE = "\u4e2d\u6587"


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


@given(st.text(st.characters(exclude_categories=("C", "Z", "M")), max_size=30), st.integers(2, 20))
def test_a_cell_takes_its_place(words: str, columns: int) -> None:
    """Whatever is written, a cell is exactly as wide as its column."""
    assert width(fit(words, columns)) == columns
    assert width(fit(words, columns, right=True)) == columns


def test_columns_stand_below_each_other() -> None:
    """Chinese signs count twice, so the second column begins at the same place."""
    lines = table(["a", "b"], [[WIDE, "x"], ["yy", "x"]])
    assert [width(line.split("x")[0]) for line in lines[1:]] == [6, 6]


def test_long_last_column_is_cut_to_the_terminal() -> None:
    """On a terminal no line is broken; without one nothing is cut."""
    rows = [["S01", WIDE * 50]]
    assert max(width(line) for line in table(["id", "why"], rows, columns=40)) <= 40
    assert WIDE * 50 in table(["id", "why"], rows)[1]


def test_line_breaks_do_not_break_the_table() -> None:
    """A reason with a line break stays in its line."""
    assert table(["why"], [["one\ntwo"]]) == ["why", "one two"]


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_colour_only_where_welcome(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], coloured: bool
) -> None:
    """A terminal gets colour unless NO_COLOR is set or the terminal cannot."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    out = Terminal()
    Console("en", out, Terminal()).print("hello", "strong")
    assert ("\033[" in out.getvalue()) is coloured


def test_no_colour_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is piped to a program holds no escape codes and no progress bar."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    out, err = io.StringIO(), io.StringIO()
    console = Console("en", out, err)
    console.print("hello", "alarm")
    with console.bar() as progress:
        progress(1, 2, "reading")
    assert out.getvalue() == f"hello{os.linesep if os.linesep != chr(10) else chr(10)}"
    assert err.getvalue() == ""


def test_a_watched_command_shows_how_far_it_is() -> None:
    """On a terminal the step is named."""
    err = Terminal()
    with Console("en", io.StringIO(), err).bar() as progress:
        progress(1, 2, "reading")
        progress(2, 2, "ranking")
    assert "ranking" in err.getvalue()


def test_an_old_encoding_lets_chinese_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of another code page is switched, and nothing fails."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", errors="strict")
    monkeypatch.setattr("sys.stdout", stream)
    speak_utf8()
    print(WIDE, end="", flush=True)
    assert raw.getvalue() == WIDE.encode()
