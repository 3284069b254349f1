"""``visitkit doctor``: is this machine ready, and if not, what to do."""

from __future__ import annotations

import argparse
import platform
import re
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata

from visitkit import __version__, text
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser

#: Fonts with Chinese glyphs by system, the best first.
_FONTS = (
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

_OLDEST = (3, 11)

#: What a check found: whether it is well, and the facts for its sentence.
Found = tuple[bool, dict[str, object]]


def arguments(parser: Parser) -> None:
    """Take no arguments beyond help."""


def run(args: argparse.Namespace, console: Console) -> int:
    """Print a line a check; 1 when one of them needs a person."""
    well = True
    for name, check in _CHECKS.items():
        good, facts = check(console)
        mark = text.say("cli.doctor.good" if good else "cli.doctor.bad", console.lang)
        ending = "" if good else "_bad"
        said = text.say(f"cli.doctor.{name}{ending}", console.lang, **facts)
        console.print(f"{mark} {said}", "" if good else "alarm")
        well = well and good
    console.say("cli.doctor.all_good" if well else "cli.doctor.some_bad", "strong")
    return 0 if well else 1


def _python(console: Console) -> Found:
    return sys.version_info >= _OLDEST, {
        "version": platform.python_version(),
        "system": platform.platform(terse=True),
        "visitkit": __version__,
    }


def _packages(console: Console) -> Found:
    required = metadata.requires("visitkit") or []
    wanted = [re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required if "extra" not in line]
    found: dict[str, str] = {}
    missing: list[str] = []
    for name in wanted:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    told = ", ".join(f"{name} {version}" for name, version in found.items())
    return not missing, {"packages": told, "missing": ", ".join(missing)}


def _folder(console: Console) -> Found:
    try:
        with tempfile.TemporaryFile(dir="."):
            return True, {}
    except OSError:
        return False, {}


def _fonts(console: Console) -> Found:
    # Slow to load, and no other check draws.
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    usable = [name for name in _FONTS if name in installed]
    return bool(usable), {"font": usable[0] if usable else ""}


def _language(console: Console) -> Found:
    encoding = (console.out.encoding or "").lower().replace("_", "-")
    return encoding in {"utf-8", "utf8"}, {"spoken": console.lang, "encoding": encoding or "?"}


_CHECKS: dict[str, Callable[[Console], Found]] = {
    "python": _python,
    "packages": _packages,
    "folder": _folder,
    "fonts": _fonts,
    "language": _language,
}
