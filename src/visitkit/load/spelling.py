"""How words in cells are compared and how persons' words are hidden."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from visitkit import text

#: Characters without width that browsers and office programs leave behind.
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\u3010[^\u3010\u3011]*\u3011")
#: Full-width letters and digits, and the ideographic space.
_WIDE_ALNUM = {
    **{code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)},
    **{code: code - 0xFEE0 for code in range(0xFF21, 0xFF3B)},
    **{code: code - 0xFEE0 for code in range(0xFF41, 0xFF5B)},
    0x3000: 0x20,
    0x00A0: 0x20,
}
_HAN = "[\u3400-\u9fff\uf900-\ufaff]"
_HAN_GAP = re.compile(f"(?<={_HAN}) +(?={_HAN})")


def tidy(value: object) -> str:
    """Return text in one width, without invisible characters and outer or doubled spaces.

    The middle dot inside names of several ethnic groups is kept.

    Examples
    --------
    >>> tidy(" \uff10\uff10\uff13 ")
    '003'
    """
    plain = str(value)
    if not plain.isascii():
        plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", plain))
    return " ".join(plain.split())


def prose(value: object) -> str:
    """Return free text with its punctuation as written; only digits and letters change width.

    Examples
    --------
    >>> prose(" \uff12 \uff08b\uff09 ")
    '2 \uff08b\uff09'
    """
    lines = _INVISIBLE.sub("", str(value)).translate(_WIDE_ALNUM).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def person(value: object) -> str:
    """Return a person's name; spaces that only stretch a Chinese name are removed."""
    return _HAN_GAP.sub("", tidy(value)).removeprefix("'")


def unquoted(value: object) -> str:
    """Return tidy text without the marks by which Excel was told to keep it as text.

    Examples
    --------
    >>> unquoted("'0412"), unquoted('="0412"')
    ('0412', '0412')
    """
    plain = tidy(value)
    if plain.startswith('="') and plain.endswith('"'):
        return plain[2:-1].strip()
    return plain.lstrip("'`\u2019").strip()


def word_key(value: object) -> str:
    """Return what two spellings of the same word have in common.

    Examples
    --------
    >>> word_key("Left-behind  Child") == word_key("left_behind child")
    True
    """
    plain = re.sub(r"[\s_]+", "", tidy(value).casefold())
    return plain.replace("-", "") or plain


def header_key(value: object) -> str:
    """Return what two spellings of the same header have in common.

    Spaces, line breaks, asterisks, colons and notes in brackets do not count.

    Examples
    --------
    >>> header_key("Student ID* (required)")
    'studentid'
    """
    plain = tidy(value).casefold()
    bare = _BRACKETED.sub("", plain)
    kept = bare if bare.strip() else plain
    return re.sub(r"[\s*_:#?\u2605\u3002-]+", "", kept)


@cache
def both(key: str) -> tuple[str, ...]:
    """Return a list of words in every language, each spelt as for :func:`word_key`.

    Parameters
    ----------
    key
        A list in ``text/``, for example ``"load.words.footer"``.
    """
    found: list[str] = []
    for lang in text.LANGUAGES:
        words = text.find(key, lang)
        listed = words if isinstance(words, list) else [words]
        found += [word_key(word) for word in listed]
    return tuple(dict.fromkeys(found))


@cache
def phrases(key: str) -> tuple[str, ...]:
    """Return a list of words in every language, in small letters, spaces kept."""
    found: list[str] = []
    for lang in text.LANGUAGES:
        listed = text.find(key, lang)
        found += [tidy(word).casefold() for word in (listed if isinstance(listed, list) else [])]
    return tuple(dict.fromkeys(found))


def pattern_of(key: str) -> str:
    """Return a regular expression for any word of a list in ``text/*/load.toml``."""
    longest = sorted(both(f"load.words.{key}"), key=len, reverse=True)
    return "|".join(map(re.escape, longest))


def mask(value: object) -> str:
    """Hide a person's word: only its first and last character stay.

    Examples
    --------
    >>> mask("13800000000"), mask("Li")
    ('1*********0', 'L*')
    """
    plain = tidy(value)
    if len(plain) <= 2:
        return plain[:1] + "*" * bool(plain)
    return plain[0] + "*" * (len(plain) - 2) + plain[-1]
