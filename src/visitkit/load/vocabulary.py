"""Words of cells to codes, in both languages at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from visitkit import tables, text
from visitkit.load.spelling import word_key

_MOST_WORDS = 12


@cache
def words(vocabulary: str) -> dict[str, str]:
    """Return spelling to code for a vocabulary of ``text/*/values.toml``, codes included.

    Examples
    --------
    >>> words("sex")["f"]
    'female'
    """
    index: dict[str, str] = {}
    for lang in text.LANGUAGES:
        listed = text.find(f"values.{vocabulary}", lang)
        for code, spellings in listed.items() if isinstance(listed, dict) else ():
            for spelling in spellings:
                index.setdefault(word_key(spelling), code)
    for code in tables.codes(vocabulary):
        index.setdefault(word_key(code), code)
    return index


def code_of(vocabulary: str, value: object) -> str | None:
    """Return the code of a word, or ``None`` when the vocabulary does not have it.

    Examples
    --------
    >>> code_of("sex", " Boy "), code_of("sex", "?")
    ('male', None)
    """
    return words(vocabulary).get(word_key(value))


def allowed(vocabulary: str, lang: str | None = None) -> str:
    """Return the words a person may write, at most a dozen, for a sentence.

    Examples
    --------
    >>> allowed("sex", "en")
    'male, female'
    """
    codes = tables.codes(vocabulary)
    named = [tables.word(vocabulary, code, lang) for code in codes[:_MOST_WORDS]]
    more = text.say("load.and_more", lang) if len(codes) > _MOST_WORDS else ""
    return text.say("load.joiner", lang).join(named) + more


@cache
def _segments(vocabularies: tuple[str, ...]) -> re.Pattern[str]:
    known = {spelling for name in vocabularies for spelling in words(name)}
    ordered = sorted(known, key=lambda spelling: (-len(spelling), spelling))
    return re.compile("|".join(re.escape(spelling) for spelling in ordered))


def split_words(value: object, vocabularies: tuple[str, ...]) -> list[str] | None:
    """Return the codes of words written one after the other, or ``None`` when one is unknown.

    Examples
    --------
    >>> split_words("late early", ("attendance_status",))
    ['late', 'early']
    """
    index = {
        spelling: code for name in reversed(vocabularies) for spelling, code in words(name).items()
    }
    return split_by(value, index, _segments(vocabularies))


def split_by(
    value: object, index: Mapping[str, str], pattern: re.Pattern[str] | None = None
) -> list[str] | None:
    """Return the codes of words written one after the other by an index of spellings.

    Examples
    --------
    >>> split_by("bk", {"b": "sick", "k": "unexcused"})
    ['sick', 'unexcused']
    """
    known = pattern or re.compile("|".join(map(re.escape, sorted(index, key=len, reverse=True))))
    rest = word_key(value)
    codes: list[str] = []
    while rest:
        found = known.match(rest)
        if found:
            codes.append(index[found.group()])
            rest = rest[found.end() :]
        elif rest[0] in "/,;+&|\u3001\u3002.":
            rest = rest[1:]
        else:
            return None
    return list(dict.fromkeys(codes))
