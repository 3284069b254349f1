"""Words of the sample: the same number in both languages, and windows that read back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from visitkit import text
from visitkit.sample.windows import in_words, spell


def lists(node: object, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield every list of a room of words with its dotted key."""
    if isinstance(node, dict):
        for key, item in node.items():
            yield from lists(item, f"{path}.{key}")
    elif isinstance(node, list):
        yield path, node


def test_lists_are_equally_long() -> None:
    """Words are chosen by place, so a list with a word more would change the figures."""
    chinese, english = (dict(lists(text.sheet("sample", lang))) for lang in ("zh", "en"))
    assert {key: len(words) for key, words in chinese.items()} == {
        key: len(words) for key, words in english.items()
    }


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_names_are_told_apart(lang: str) -> None:
    """No surname or given word stands twice in a list."""
    for key in ("surnames", "words", "adult_words"):
        words = text.find(f"sample.name.{key}", lang)
        assert isinstance(words, list)
        assert len(words) == len(set(words))


def test_windows_join_days_in_a_row() -> None:
    """Days in a row with the same hours are one part; a gap or other hours begin a new one."""
    spelt = spell(((1, 3, "18:00-20:00"), (5, 5, "18:00-20:00"), (6, 6, "08:00-21:00")))
    assert spelt.count(";") == 4
    said = in_words(spelt, "en")
    assert said == "Monday-Wednesday 18:00-20:00; Friday 18:00-20:00; Saturday all day"
