"""Chinese in pictures, solved once: which installed fonts to use, and in which language to label.

matplotlib looks each sign up in a list of fonts in turn. Fonts that are not installed are left out
of the list, since matplotlib would warn of each, and one sign is tried before Chinese is promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

from visitkit.text import language

#: Fonts with Chinese signs, those of Windows, macOS and Linux.
CHINESE = (
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "Arial Unicode MS",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
)
#: Comes with matplotlib.
LAST = "DejaVu Sans"
#: A sign that simplified Chinese uses and fonts for other languages may lack.
TRIED = "\u9669"
#: Package of the extra ``fonts``; only its font file is used.
EXTRA = "zhplot"


def packaged() -> list[Path]:
    """Return the font files that the extra ``fonts`` brought, none without it.

    The package is looked at, not run: importing it would change how matplotlib draws.
    """
    spec = find_spec(EXTRA)
    places = (spec.submodule_search_locations or ()) if spec else ()
    return sorted(file for place in places for file in Path(place).rglob("*.ttf"))


@cache
def installed() -> dict[str, str]:
    """Return the file of each installed font by name, those of the extra ``fonts`` too."""
    for file in packaged():
        font_manager.fontManager.addfont(file)
    return {font.name: font.fname for font in font_manager.fontManager.ttflist}


def families(known: Sequence[str] | None = None) -> list[str]:
    """Return the fonts to draw with, in order.

    Parameters
    ----------
    known
        Names of the fonts installed; this machine's when not given.

    Examples
    --------
    >>> families(["SimHei", "DejaVu Sans", "Arial"])
    ['SimHei', 'DejaVu Sans']
    """
    here = installed() if known is None else known
    return [name for name in CHINESE if name in here] + [LAST]


@cache
def _has_sign(path: str) -> bool:
    return FT2Font(path).get_char_index(ord(TRIED)) != 0


def can_write_chinese(names: Sequence[str] | None = None) -> bool:
    """Tell whether one of the fonts holds a Chinese sign.

    Parameters
    ----------
    names
        Fonts to draw with; those of :func:`families` when not given.

    Examples
    --------
    >>> can_write_chinese(["DejaVu Sans"])
    False
    """
    files = installed()
    chosen = families() if names is None else names
    return any(_has_sign(files[name]) for name in chosen if name in files)


def label_language(lang: str | None = None, names: Sequence[str] | None = None) -> str:
    """Return the language to label a picture in: the one asked for, English without its signs.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    names
        Fonts to draw with.

    Examples
    --------
    >>> label_language("zh", ["DejaVu Sans"])
    'en'
    """
    asked = language(lang)
    return asked if asked == "en" or can_write_chinese(names) else "en"
