"""Entries, facts and people of the casebook as lines at a terminal, and as JSON for programs."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from visitkit import load, tables
from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import take
from visitkit.load import School
from visitkit.policy import Policy
from visitkit.record import Entry, cases
from visitkit.record.cases.moments import moment_of, school_time

#: Facts every step may hold; their words stand beside those of the steps.
_MINUTES = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Names:
    """Names of people by their number; empty unless somebody asked for them.

    Parameters
    ----------
    known
        Number of a student or teacher to name.
    """

    known: Mapping[str, str] = field(default_factory=dict, repr=False)

    def of(self, number: object) -> str:
        """Return a number, and the name beside it where it may be shown."""
        told = "" if number is None or number is pd.NA else str(number)
        name = self.known.get(told, "")
        return plain(f"{told} {name}" if name else told)


def take_names(parser: Parser) -> None:
    """Add the arguments that show names beside numbers."""
    take(parser, "--tables", said="tables", metavar="PATH")
    take(parser, "--names", said="names", action="store_true")


def tables_at(path: str) -> School:
    """Return the tables of the school, read leniently: a faulty row hides nobody's case."""
    return load.read_school(Path(path), lenient=True)


def read_tables(path: str | None) -> School | None:
    """Return the tables of the school; ``None`` where none were named."""
    return None if path is None else tables_at(path)


def names_of(names: bool, school: School | None) -> Names:
    """Return the names that were asked for.

    Raises
    ------
    UsageError
        When names are to be shown and no tables were given to take them from.
    """
    if not names:
        return Names()
    if school is None:
        raise UsageError("cli_record.wrong.names_need_tables")
    found: dict[str, str] = {}
    for table, number in (("students", "student_id"), ("teachers", "teacher_id")):
        frame = school.tables[table]
        if {number, "name"} <= set(frame.columns):
            named = frame.dropna(subset=["name"])
            found |= dict(zip(named[number].astype(str), named["name"].astype(str), strict=True))
    return Names(found)


def plain(words: str) -> str:
    r"""Return a text without signs that a terminal would obey.

    Examples
    --------
    >>> plain("a\x1b[2Jb\nc")
    'a[2Jb c'
    """
    kept = (sign if sign not in "\n\r\t" else " " for sign in words)
    return "".join(sign for sign in kept if unicodedata.category(sign) not in {"Cc", "Cf"})


def role_words(role: str, lang: str) -> str:
    """Return a role in words."""
    return cases.code_text(cases.Field("role", "code", of="roles"), role, lang)


def fact_lines(entry: Entry, policy: Policy, lang: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the value of each fact, in the order of the step."""
    known = {one.name: one for one in _fields(entry, policy)}
    order = [*(name for name in known if name in entry.facts), *entry.facts]
    for name in dict.fromkeys(order):
        one = known.get(name, cases.Field(name))
        yield plain(cases.field_text(one, lang)), plain(_value(one, entry.facts[name], lang))


def _fields(entry: Entry, policy: Policy) -> Sequence[cases.Field]:
    step = cases.KINDS[entry.kind].steps.get(entry.step)
    return () if step is None else cases.fields_of(step, policy)


def _value(one: cases.Field, value: object, lang: str) -> str:
    if isinstance(value, bool):
        return tables.word("flag", "yes" if value else "no", lang)
    if isinstance(value, list | tuple):
        return "; ".join(_value(one, part, lang) for part in value)
    if one.type in {"code", "codes", "level"}:
        return cases.code_text(one, str(value), lang)
    moment = moment_of(value) if one.type in {"moment", "moments"} else None
    return clock(moment) if moment else str(value)


def clock(moment: Any) -> str:
    """Return a moment as the school's clock shows it; empty where there is none."""
    if moment is None or pd.isna(moment):
        return ""
    wall = school_time(moment) if moment.tzinfo else moment
    return str(wall.strftime(_MINUTES))


def entry_head(entry: Entry, names: Names, lang: str) -> str:
    """Return the first line of an entry: number, when, what, by whom."""
    step = (
        cases.step_text(entry.kind, entry.step, lang) if entry.step != cases.WITHDRAW else ""
    ) or entry.step
    by = f"{names.of(entry.actor)} ({role_words(entry.role, lang)})"
    return "  ".join(part for part in (entry.entry_id, clock(entry.at), step, by) if part)


def tell_entries(
    entries: Sequence[Entry], policy: Policy, names: Names, console: Console, *, case: bool = False
) -> None:
    """Print entries with their facts; one that was corrected says so."""
    replaced = {one.corrects for one in entries if one.corrects}
    for one in entries:
        head = entry_head(one, names, console.lang)
        if case:
            head = f"{one.case_id}  {head}"
        if one.entry_id in replaced:
            console.print(head + "  " + console.words("cli_record.replaced"), "quiet")
            continue
        console.print(head, "strong")
        if one.corrects:
            console.say("cli_record.corrects", entry=one.corrects)
        for name, value in fact_lines(one, policy, console.lang):
            console.print(f"    {name}: {value}")


def entry_json(entry: Entry) -> dict[str, object]:
    """Return an entry as a program reads it; moments in UTC."""
    told: dict[str, object] = {
        name: getattr(entry, name)
        for name in ("entry_id", "case_id", "kind", "step", "student_id", "actor", "role")
    }
    told["at"] = entry.at.isoformat()
    told["recorded_at"] = entry.recorded_at.isoformat() if entry.recorded_at else None
    told["corrects"] = entry.corrects
    told["facts"] = dict(entry.facts)
    return told


def frame_json(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as a program reads them; moments by the school's clock."""
    rows: list[dict[str, object]] = json.loads(
        frame.to_json(orient="records", force_ascii=False, date_format="iso", default_handler=str)
    )
    return rows


def print_json(console: Console, told: object) -> None:
    """Print what a program asked for."""
    console.print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
