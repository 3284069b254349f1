"""Two languages, one place: the same keys, the same placeholders, and no Chinese in code."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from visitkit import text
from visitkit.errors import VisitkitError

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "src" / "visitkit" / "text"
ROOMS = sorted(path.stem for path in (WORDS / "en").glob("*.toml"))
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
CODE = [
    path
    for folder in ("src", "tests", "benchmarks", "docs")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
LABELS = ("problem student", "at-risk student", "\u95ee\u9898\u5b66\u751f", "\u5dee\u751f")


def leaves(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield every leaf of a file of words with its dotted key."""
    if isinstance(node, dict):
        for key, item in node.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    else:
        yield path, node


def placeholders(sentence: object) -> set[str]:
    """Return the names a sentence wants filled in."""
    if not isinstance(sentence, str):
        return set()
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def words(room: str, lang: str) -> dict[str, object]:
    """Return the leaves of one room in one language."""
    return dict(leaves(tomllib.loads((WORDS / lang / f"{room}.toml").read_text("utf-8"))))


def test_both_languages_have_the_same_rooms() -> None:
    """A room without its twin would fall silent in one language."""
    assert sorted(path.stem for path in (WORDS / "zh").glob("*.toml")) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_same_keys_and_placeholders(room: str) -> None:
    """Chinese and English hold the same keys and want the same facts."""
    chinese, english = words(room, "zh"), words(room, "en")
    assert chinese.keys() == english.keys()
    different = [key for key in chinese if placeholders(chinese[key]) != placeholders(english[key])]
    assert different == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_label_on_a_child(room: str) -> None:
    """No sentence calls a child a problem."""
    for lang in text.LANGUAGES:
        for sentence in words(room, lang).values():
            assert not any(label in str(sentence).lower() for label in LABELS), sentence


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_chinese_in_code(path: Path) -> None:
    """Chinese words stand in text/ only."""
    assert CHINESE.search(path.read_text("utf-8")) is None


def literal_keys() -> set[tuple[str, str]]:
    """Return each literal key handed to say(), find() or an error, with its file."""
    found: set[tuple[str, str]] = set()
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if (name in {"say", "find"} or name.endswith("Error")) and isinstance(
                first, ast.Constant
            ):
                value = first.value
                if isinstance(value, str) and re.fullmatch(r"[a-z_]+(\.[\w-]+)+", value):
                    found.add((value, path.name))
    return found


def test_every_key_in_code_has_words() -> None:
    """A key without words would meet a person as a bare key."""
    assert [key for key in sorted(literal_keys()) if not text.has(key[0])] == []


def test_an_error_speaks_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same error reads in the language of the machine."""
    error = VisitkitError("load.file_missing", path="school.xlsx")
    monkeypatch.setenv("VISITKIT_LANG", "en")
    assert "school.xlsx" in str(error)
    assert CHINESE.search(str(error)) is None
    monkeypatch.setenv("VISITKIT_LANG", "zh")
    assert CHINESE.search(str(error)) is not None


def test_language_follows_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked first, then the variable, then the locale, then English."""
    monkeypatch.delenv("VISITKIT_LANG", raising=False)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert text.language() == "zh"
    assert text.language("en") == "en"
    monkeypatch.setenv("LC_ALL", "C")
    assert text.language() == "en"


def test_unknown_key_is_a_mistake() -> None:
    """A misspelt key is caught at once, not shown to a teacher."""
    with pytest.raises(KeyError):
        text.find("load.there_is_no_such_key", "en")
