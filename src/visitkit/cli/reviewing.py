"""From the words of a command and a settings file to a declared study."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.load.plain import plain_table
from visitkit.reports.review import Asked
from visitkit.review import Study

#: Parts that a settings file may hold beside the options.
PARTS = ("study", "asked", "scale")
#: Options that are settings of some designs, by how they are read.
DESIGN_OPTIONS = {"time": str, "first": str, "start": float, "cause": str, "horizon": float}
#: Names are parted by commas, those of Chinese keyboards among them.
_COMMAS = re.compile("[,\uff0c\u3001]")


@dataclass(frozen=True)
class ReadRecord:
    """A frozen record as it was kept in a file; the study checks it against its fingerprint."""

    table: pd.DataFrame
    content_hash: str


def declared(args: argparse.Namespace) -> tuple[Study, Asked]:
    """Read the table, the record and the settings, and declare the study.

    Parameters
    ----------
    args
        Of ``visitkit review``.

    Raises
    ------
    ReviewError
        When a file cannot be read, a setting is unknown, or the study cannot be declared.
    """
    settings = read_settings(args.settings)
    details: Any = checked(settings.get("study", {}), _STUDY, "study")
    for name, kind in DESIGN_OPTIONS.items():
        if (value := getattr(args, name)) is not None:
            details[name] = value if kind is str else _number(name, value)
    if args.record is not None:
        details["record"] = ReadRecord(read_table(args.record), args.record_hash or "")
    if args.first_visit is not None:
        details["first_visit"] = _day(args.first_visit)
    columns: Any = {"unit": args.unit or "", "treat": args.treat or "", "cluster": args.cluster}
    names = [name for name in (args.unit, args.cluster) if name]
    table = read_table(args.path, as_text=names)
    baseline = _names(args.baseline)
    study = Study(table, _names(args.outcome), args.design, baseline=baseline, **columns, **details)
    return study, _asked(settings.get("asked", {}))


def read_settings(path: str | None) -> dict[str, Any]:
    """Return the parts of a settings file; nothing without one.

    Raises
    ------
    ReviewError
        When it is no TOML or holds another part.
    """
    if path is None:
        return {}
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReviewError("cli_review.no_settings", path=path) from error
    if not all(isinstance(part, dict) for part in found.values()):
        raise ReviewError("cli_review.no_settings", path=path)
    _known(found, PARTS)
    return found


def checked(
    found: Mapping[str, Any], kinds: Mapping[str, Callable[[Any], bool]], part: str
) -> dict[str, Any]:
    """Return settings of one part, each known and of its kind.

    Raises
    ------
    ReviewError
        When one is not.
    """
    _known(found, tuple(kinds))
    wrong = [name for name, value in found.items() if not kinds[name](value)]
    if wrong:
        raise ReviewError("cli_review.bad_setting", part=part, keys=", ".join(sorted(wrong)))
    return dict(found)


def read_table(path: str, *, as_text: list[str] | None = None) -> pd.DataFrame:
    """Read a csv or xlsx table.

    Parameters
    ----------
    path
        The file; csv in UTF-8, or in GB18030 as Chinese Excel writes it.
    as_text
        Columns that stay text, so that no leading zero is lost; all when not given.

    Raises
    ------
    ReviewError
        When it is no table.
    """
    rows = plain_table(path, Path(path).read_bytes(), as_text)
    if rows is None:
        raise ReviewError("cli_review.no_table", path=path)
    return rows


def number(value: object) -> bool:
    """Tell whether a setting is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def words(value: object) -> bool:
    """Tell whether a setting is text."""
    return isinstance(value, str)


def _yes_or_no(value: object) -> bool:
    return isinstance(value, bool)


def _pairs(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _figures(value: object) -> bool:
    return isinstance(value, dict) and all(map(number, value.values()))


def _ranges(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return all(
        isinstance(one, list) and len(one) == 2 and all(map(number, one)) for one in value.values()
    )


def _date(value: object) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


#: Settings below [study] and their kinds; the others are options of the command.
_STUDY: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("cutoff", "bandwidth", "start", "horizon", "level"), number),
    **dict.fromkeys(("score", "time", "first", "season", "cause", "method"), words),
    **dict.fromkeys(("crisis", "placebo"), words),
    **dict.fromkeys(("drawn", "adjust", "no_confounder", "assignment_kept"), _yes_or_no),
    **dict.fromkeys(("before", "domains"), _pairs),
    "harm": _figures,
    "limits": _ranges,
    "first_visit": _date,
    "seed": lambda value: isinstance(value, int) and not isinstance(value, bool),
}


def _asked(found: Mapping[str, Any]) -> Asked:
    kinds: dict[str, Callable[[Any], bool]] = {one.name: words for one in fields(Asked)}
    return Asked(**checked(found, {**kinds, "names": _pairs, "made": _date}, "asked"))


def _known(found: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    strange = sorted(set(found) - set(allowed))
    if strange:
        raise ReviewError(
            "review_report.bad_key", keys=", ".join(strange), allowed=", ".join(allowed)
        )


def _names(given: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in _COMMAS.split(given or "") if part.strip())


def _number(name: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ReviewError("cli_review.bad_setting", part=f"--{name}", keys=value) from None


def _day(words: str) -> dt.date:
    try:
        return dt.date.fromisoformat(words)
    except ValueError:
        raise ReviewError("review_stats.no_date") from None
