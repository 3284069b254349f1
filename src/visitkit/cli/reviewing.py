"""From the words of a command and a settings file to a declared study."""

from __future__ import annotations

import argparse
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.reports.review import Asked
from visitkit.review import Study

#: Settings a file may hold beside the question: what the options do not say.
_PARTS = ("study", "asked")


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
    settings = _settings(args.settings)
    details: Any = dict(settings.get("study", {}))
    if args.record is not None:
        details["record"] = ReadRecord(_table(args.record, text_only=True), args.record_hash or "")
    if args.first_visit is not None:
        details["first_visit"] = _day(args.first_visit)
    columns: Any = {"unit": args.unit or "", "treat": args.treat or "", "cluster": args.cluster}
    table = _table(args.path, unit=args.unit)
    baseline = _names(args.baseline)
    study = Study(table, _names(args.outcome), args.design, baseline=baseline, **columns, **details)
    return study, _asked(settings.get("asked", {}))


def _names(given: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (given or "").split(",") if part.strip())


def _settings(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ReviewError("cli_review.no_settings", path=path) from error
    _known(found, _PARTS)
    return found


def _known(found: Mapping[str, Any], allowed: tuple[str, ...]) -> None:
    strange = sorted(set(found) - set(allowed))
    if strange:
        raise ReviewError(
            "review_report.bad_key", keys=", ".join(strange), allowed=", ".join(allowed)
        )


def _asked(found: Mapping[str, Any]) -> Asked:
    _known(found, tuple(one.name for one in fields(Asked)))
    return Asked(**found)


def _day(words: str) -> dt.date:
    try:
        return dt.date.fromisoformat(words)
    except ValueError:
        raise ReviewError("review_stats.no_date") from None


def _table(path: str, *, unit: str | None = None, text_only: bool = False) -> pd.DataFrame:
    """Read a csv or xlsx table; student numbers stay text, so that no leading zero is lost."""
    settings: Any = {"dtype": {unit: str} if unit else None}
    if text_only:
        settings = {"dtype": str, "keep_default_na": False}
    try:
        if Path(path).suffix.lower() == ".xlsx":
            found: pd.DataFrame = pd.read_excel(path, **settings)
        else:
            found = pd.read_csv(path, encoding="utf-8-sig", **settings)
    except (ValueError, pd.errors.EmptyDataError, pd.errors.ParserError, IsADirectoryError):
        # the cause may quote a row, so it goes no further
        raise ReviewError("cli_review.no_table", path=path) from None
    return found
