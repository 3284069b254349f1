"""Every snippet of the README runs, and its Chinese twin shows the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")
READMES = ("README.md", "README.zh.md")


def snippets(name: str) -> list[str]:
    """Return the Python snippets of a page."""
    return PYTHON.findall((ROOT / name).read_text("utf-8"))


def test_snippets_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Run one after the other, as a reader would, they print reasons and moves."""
    names: dict[str, object] = {}
    for snippet in snippets("README.md"):
        exec(compile(snippet, "README.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "S0412" in printed
    assert "tier_before" in printed


def test_the_twins_show_the_same_code() -> None:
    """The Chinese page differs in words only."""
    english = [snippet.replace('lang="en"', 'lang="zh"') for snippet in snippets("README.md")]
    assert snippets("README.zh.md") == english
    assert len(english) == 3


@pytest.mark.parametrize("name", READMES)
def test_links_lead_somewhere(name: str) -> None:
    """Each file that the page links to or shows exists."""
    targets = LINK.findall((ROOT / name).read_text("utf-8"))
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_make_commands_exist(name: str) -> None:
    """Each make target that the page names is in the Makefile."""
    targets = set(re.findall(r"make ([a-z]+)", (ROOT / name).read_text("utf-8"))) - {"sure"}
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert targets >= {"demo", "test", "lab"}
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.M)] == []
