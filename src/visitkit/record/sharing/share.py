"""The only way out of the casebook: logged first, then written whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from visitkit import text
from visitkit.errors import StoreError
from visitkit.outgoing import LEAST, check_folder, check_least, cross, guard, write_together
from visitkit.record.book import writing
from visitkit.record.keys import Key
from visitkit.record.sharing.anonymity import PERSON, Anonymity, anonymity
from visitkit.record.sharing.definitions import column_of
from visitkit.record.sharing.masking import DATES, Masking, mask
from visitkit.record.sharing.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from visitkit.record.store import CaseStore

#: What was done to the tables, beside them.
LIST = "share.json"
#: Columns people can be counted by at once.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Count:
    """Numbers of people to be shared, with all their totals.

    Parameters
    ----------
    table
        The table whose people are counted.
    by
        Its columns to count by, at most three.
    """

    table: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What may leave, and how.

    Parameters
    ----------
    deidentified
        Nobody in it shall be found again. Otherwise names and free text leave, secret columns
        never do.
    dates
        ``"shifted"``: all days of a student by the same number of whole weeks, between 1 and 26
        back or on, so that times between them stay; ``"month"``: the first day of the month;
        ``"as_they_are"``. The days of a panel are those of its periods and stay.
    also
        Restricted columns that leave nevertheless, as ``table.column``, for example
        ``"groups.code"``.
    measures
        Names of the columns of a panel that hold a measure.
    counts
        File name (without ending) to the numbers of people to share.
    rows
        Share the tables themselves; else only the counts of them.
    least
        Smallest number of people shown in counts: 5 or more.
    least_group
        Refuse when fewer people than this look alike.
    """

    deidentified: bool = True
    dates: str = "shifted"
    also: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    counts: Mapping[str, Count] = field(default_factory=dict)
    rows: bool = True
    least: int = LEAST
    least_group: int = 1


@dataclass(frozen=True)
class Shared:
    """What has left.

    Parameters
    ----------
    files
        The files, ``share.json`` last.
    tables
        File name without ending to the table as it left.
    anonymity
        How many people look alike; ``None`` where it was not de-identified.
    dropped
        Table to the columns that did not leave, each with the reason.
    hidden
        Numbers of people that were hidden in counts.
    named
        Rows with the names of people have left.
    """

    files: tuple[Path, ...]
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    anonymity: Anonymity | None
    dropped: Mapping[str, Mapping[str, str]]
    hidden: int
    named: bool = False

    def text(self, lang: str | None = None) -> str:
        """Return what has left, and what of it could still be recognised, as lines for people."""
        lines = [text.say("record.shared.files", lang, number=len(self.files))]
        found = self.anonymity
        if self.named:
            lines.append(text.say("record.shared.identified", lang))
        if found is not None and found.k is not None:
            told = {"k": found.k, "people": found.people, "below": found.below}
            made_by = ", ".join(found.columns)
            lines.append(text.say("record.shared.alike", lang, **told, columns=made_by))
        for name, columns in self.dropped.items():
            for reason in dict.fromkeys(columns.values()):
                left = ", ".join(one for one, why in columns.items() if why == reason)
                key = f"record.shared.dropped.{reason}"
                lines.append(text.say(key, lang, table=name, columns=left))
        if self.hidden:
            lines.append(text.say("record.shared.hidden", lang, number=self.hidden))
        return "\n".join(lines)


def share(
    store: CaseStore,
    tables: Mapping[str, pd.DataFrame],
    to: str | Path,
    *,
    purpose: str,
    recipient: str,
    key: Key | str | bytes | None = None,
    how: Sharing | None = None,
) -> Shared:
    """Hand tables out of the school: the only way out.

    The audit trail holds purpose, recipient and what leaves before the first byte is written;
    where it cannot be written, nothing leaves.

    Parameters
    ----------
    store
        The open casebook, which logs it.
    tables
        Tables by name: ``cases`` and ``due`` of the store, ``panel`` of its outcomes, and the
        tables of a school. A column that is described neither in :mod:`visitkit.tables` nor in
        :mod:`visitkit.record.sharing.definitions` is refused.
    to
        Folder for ``<name>.csv`` of each table and count, and ``share.json``.
    purpose, recipient
        What for and to whom.
    key
        Of the pseudonyms, held apart from what is shared: the same key gives the same pseudonyms.
        Without one they are made with a key that nobody keeps.
    how
        What may leave; de-identified and with days shifted unless told otherwise.

    Returns
    -------
    Shared
        Files, tables as they left, and how many people look alike.

    Raises
    ------
    StoreError
        ``record.purpose_needed``; ``record.share_table``; ``record.share_column``;
        ``record.share_number``; ``record.share_dates``; ``record.share_alike`` when fewer people
        look alike than asked for; ``record.share_count``. Nothing has then left.
    VisitkitError
        ``outgoing.too_small``; ``report.*`` when the folder cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> from visitkit import record
    >>> keys = record.Keys("three quiet lanterns", "a river below the wall")
    >>> roll = pd.DataFrame({"student_id": ["S1"], "name": ["A Name"], "sex": ["f"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     record.new_store(folder, keys, school="Made-up School")
    ...     with record.open_store(folder, keys, actor="T1", role="counsellor") as store:
    ...         left = record.share(store, {"students": roll}, f"{folder}/out",
    ...                             purpose="a study", recipient="the university")
    >>> left.tables["students"].columns.tolist(), left.anonymity.k
    (['student_id', 'sex'], 1)
    """
    how = how or Sharing()
    check_least(how.least)
    if how.dates not in DATES:
        raise StoreError("record.share_dates", allowed=", ".join(DATES))
    masked, dropped = _masked(tables, how, key)
    counts = {name: _counted(masked, one, how) for name, one in how.counts.items()}
    alike = None
    if how.deidentified and how.rows:
        alike = anonymity(masked, how.least, dates=how.dates != "shifted")
    if alike is not None and alike.k is not None and alike.k < how.least_group:
        columns = ", ".join(alike.columns)
        facts = {"k": alike.k, "asked": how.least_group, "columns": columns}
        raise StoreError("record.share_alike", **facts)
    leaving = {**(masked if how.rows else {}), **{name: one for name, (one, _) in counts.items()}}
    hidden = sum(number for _, number in counts.values())
    told = _told(leaving, dropped, alike, how)
    check_folder(to)
    people = {one for table in masked.values() if PERSON in table for one in table[PERSON]}
    what = ("deidentified: " if how.deidentified else "") + ", ".join(leaving)
    store.log_export(what, purpose=purpose, recipient=recipient, students=len(people))
    files = _write(store, Path(to), leaving, told)
    left = MappingProxyType(leaving), alike, MappingProxyType(dropped), hidden
    return Shared(tuple(files), *left, named=how.rows and not how.deidentified)


def _masked(
    tables: Mapping[str, pd.DataFrame], how: Sharing, key: Key | str | bytes | None
) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    masking = Masking(Pseudonyms(key), how.dates, how.also, how.measures)
    found = {
        name: mask(name, table, masking) if how.deidentified else _named(name, table, how)
        for name, table in tables.items()
    }
    return {name: one for name, (one, _) in found.items()}, {
        n: left for n, (_, left) in found.items()
    }


def _named(name: str, table: pd.DataFrame, how: Sharing) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a table with names, without its secret columns."""
    columns = [column_of(name, str(one), how.measures) for one in table.columns]
    dropped = {one.name: "secret" for one in columns if one.sensitivity == "secret"}
    return table.drop(columns=list(dropped)), dropped


def _counted(
    masked: Mapping[str, pd.DataFrame], one: Count, how: Sharing
) -> tuple[pd.DataFrame, int]:
    table = masked.get(one.table, pd.DataFrame())
    if not 1 <= len(one.by) <= _MOST or not {PERSON, *one.by} <= set(table.columns):
        raise StoreError("record.share_count", table=one.table if table.size else "?")
    found = cross(table, one.by, least=how.least)
    return found.table, found.hidden


def _told(
    leaving: Mapping[str, pd.DataFrame],
    dropped: Mapping[str, Mapping[str, str]],
    alike: Anonymity | None,
    how: Sharing,
) -> dict[str, Any]:
    """Return what ``share.json`` says of the files beside it."""
    return {
        "deidentified": how.deidentified,
        "dates": how.dates if how.deidentified else "as_they_are",
        "least": how.least,
        "tables": {name: [str(one) for one in table.columns] for name, table in leaving.items()},
        "dropped": {name: dict(left) for name, left in dropped.items()},
        "k": None if alike is None else alike.k,
        "k_columns": [] if alike is None else list(alike.columns),
    }


def _write(
    store: CaseStore, to: Path, leaving: Mapping[str, pd.DataFrame], told: Mapping[str, Any]
) -> list[Path]:
    writers: dict[str, Callable[[Path], None]] = {
        f"{name}.csv": _csv_writer(table) for name, table in leaving.items()
    }
    writers[LIST] = _json_writer(told)
    try:
        return write_together(to, writers)
    except BaseException:
        with writing(store.book) as now:
            now.inks["people"].audit(now.next_moment(), "export_failed", ", ".join(leaving))
        raise


def _csv_writer(table: pd.DataFrame) -> Callable[[Path], None]:
    days = {
        name: table[name].dt.strftime("%Y-%m-%d")
        for name in table.columns
        if table[name].dtype.kind == "M"
    }
    plain = table.assign(**days).astype("object").where(table.notna(), None)

    def write(path: Path) -> None:
        # The mark at the beginning lets Excel read the signs of any language rightly.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([guard(str(name)) for name in plain.columns])
            writer.writerows([guard(cell) for cell in row] for row in plain.to_numpy())

    return write


def _json_writer(told: Mapping[str, Any]) -> Callable[[Path], None]:
    content = json.dumps(told, indent=1, ensure_ascii=False, sort_keys=True)
    return lambda path: _put(path, content)


def _put(path: Path, content: str) -> None:
    path.write_text(content + "\n", encoding="utf-8")
