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
from visitkit.cli import doctor_parts
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser

_OLDEST = (3, 11)

#: What a check found: whether it is well (``None``: only some need it and it is not there), and
#: the facts for its sentence.
Found = tuple[bool | None, dict[str, object]]


def arguments(parser: Parser) -> None:
    """Take no arguments beyond help."""


def run(args: argparse.Namespace, console: Console) -> int:
    """Print a line a check; 1 when one of them needs a person."""
    well = True
    for name, check in _CHECKS.items():
        good, facts = check(console)
        state = "absent" if good is None else "good" if good else "bad"
        ending = "" if good else f"_{state}"
        said = text.say(f"cli.doctor.{name}{ending}", console.lang, **facts)
        mark = text.say(f"cli.doctor.{state}", console.lang)
        console.print(f"{mark} {said}", "alarm" if good is False else "")
        well = well and good is not False
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
    from visitkit.figures.fonts import can_write_chinese, families

    return can_write_chinese(), {"font": families()[0] if can_write_chinese() else ""}


def _language(console: Console) -> Found:
    encoding = (console.out.encoding or "").lower().replace("_", "-")
    return encoding in {"utf-8", "utf8"}, {"spoken": console.lang, "encoding": encoding or "?"}


_CHECKS: dict[str, Callable[[Console], Found]] = {
    "python": _python,
    "packages": _packages,
    "folder": _folder,
    "fonts": _fonts,
    "language": _language,
    "store": lambda _console: doctor_parts.store(),
    "assets": lambda _console: doctor_parts.assets(),
    "widgets": lambda _console: doctor_parts.widgets(),
    "kernel": lambda _console: doctor_parts.kernel(),
    "app": lambda _console: doctor_parts.installed("voila"),
    "lab": lambda _console: doctor_parts.installed("jupyterlab", "jupyterlab-language-pack-zh-CN"),
    "browser": lambda _console: doctor_parts.browser(),
}
