"""What the casebook remembers on a day, for screening, planning and review."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pandas as pd
import sqlalchemy as sa

from visitkit import tables
from visitkit.load.school import School
from visitkit.record.access import log, shown
from visitkit.record.book import Book, writing
from visitkit.record.cases.folding import corrected
from visitkit.record.cases.moments import school_time
from visitkit.record.models import entry
from visitkit.record.owing import AsOf, moment_of
from visitkit.record.reading import by_case, find
from visitkit.record.remembering import contacts, followed
from visitkit.record.remembering.matters import matters
from visitkit.record.remembering.told import told

#: Kinds of case that anything is remembered of; the others are not read at all.
KINDS = ("visit", "persuasion", "crisis", "left_behind", "help_plan", "body_image")


@dataclass(frozen=True, eq=False)
class History(Mapping[str, pd.DataFrame]):
    """What the casebook remembers on a day.

    As a mapping it holds the tables ``visits`` and ``interventions`` with columns as in
    :mod:`visitkit.tables`, so it goes as it is into ``screen.indicators(school, day, history)`` and
    ``screen.alerts(school, policy, day, history)``.

    Parameters
    ----------
    as_of
        The day.
    tables
        ``visits``: contacts made with families, and ``interventions``: help given.
    told
        ``student_id``, ``fact``, ``date``, ``about``, ``case_id``: for
        ``screen.register(told=...)``.
    matters
        ``student_id``, ``rule``, ``since``, ``known``, ``ended``, ``case_id``: which alerts cases
        answer for and when people ended them, for ``screen.alerts(matters=...)`` and
        ``screen.register(matters=...)``.
    duties
        ``visits``, ``talks``, ``appointments``, ``persuasion``, ``returns``: for
        ``plan.duties(history=...)``.
    log
        Visits with when each was recorded and reported, for ``review.Beside(log=...)``.
    withheld
        Psychological entries of these kinds that the reader may not read and that are missing
        here; ``None`` when that file was opened without its key and nobody can tell.
    """

    as_of: dt.date
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    told: pd.DataFrame = field(repr=False)
    matters: pd.DataFrame = field(repr=False)
    duties: Mapping[str, pd.DataFrame] = field(repr=False)
    log: pd.DataFrame = field(repr=False)
    withheld: int | None

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table by the name it has in a school."""
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the tables."""
        return iter(self.tables)

    def __len__(self) -> int:
        """Return how many tables there are."""
        return len(self.tables)

    def beside(self, school: School) -> School:
        """Return a school whose tables also hold what the casebook remembers.

        For what reads contacts and help from the school itself, such as ``screen.register`` and
        ``review.coverage``. A contact that the school's table holds already (same student, day and
        form), or a help (same student, day and type), is not there twice.
        """
        held = {name: _added(school.table(name), extra, name) for name, extra in self.items()}
        return replace(school, tables={**school.tables, **held})


def _added(table: pd.DataFrame, extra: pd.DataFrame, name: str) -> pd.DataFrame:
    columns = tables.TABLES[name].columns
    same = [one.name for one in columns if one.required]
    there = pd.MultiIndex.from_frame(table[same].astype({same[0]: "str"}))
    new = ~pd.MultiIndex.from_frame(extra[same]).isin(there)
    if not new.any():
        return table
    return pd.concat([table, extra.loc[new, table.columns]], ignore_index=True).astype(table.dtypes)


def history(book: Book, as_of: AsOf) -> History:
    """Return what the casebook remembers on a day; see :class:`History`."""
    until, _ = moment_of(as_of)
    with writing(book) as now:
        asked = sa.and_(entry.c.at <= until, entry.c.kind.in_(KINDS))
        allowed, withheld = shown(book, find(book, asked))
        secret = sum(one.secret for one in allowed)
        log(book, now, "history", "", entries=secret, withheld=withheld)
    held = (corrected([one.entry for one in found]) for found in by_case(allowed).values())
    cases = [holding for holding in held if holding and holding[0].student_id]
    made = contacts.visits(cases)
    return History(
        school_time(until).date(),
        MappingProxyType({"visits": made, "interventions": contacts.interventions(cases)}),
        told(cases),
        matters(cases),
        MappingProxyType(
            {
                "visits": made,
                "talks": contacts.talks(cases),
                "appointments": followed.appointments(cases),
                "persuasion": followed.persuasion(cases),
                "returns": followed.returns(cases),
            }
        ),
        followed.visit_log(cases),
        None if book.psych is None else withheld,
    )
