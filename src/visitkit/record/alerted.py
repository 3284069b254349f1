"""From alerts to cases: a person chooses which alerts become cases, and none becomes two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from visitkit.errors import StoreError
from visitkit.record import cases
from visitkit.record.access import reader
from visitkit.record.book import writing
from visitkit.record.cases.moments import school_time
from visitkit.record.entry import Entry
from visitkit.record.numbering import new_case_id
from visitkit.record.store import CaseStore

COLUMNS = ("student_id", "rule", "opened", "kind", "case_id", "action")
#: What becomes of an alert: a case is opened; one goes on; one that began since has ended; the
#: alert asks for a call or a visit and opens none; the key or the right to see is wanting.
ACTIONS = ("opened", "goes_on", "ended", "no_case", "locked", "withheld")

_NEEDED = ("student_id", "rule", "opened")


def take_alerts(
    store: CaseStore,
    alerts: pd.DataFrame,
    *,
    at: dt.datetime | None = None,
    write: bool = True,
    purpose: str = "",
) -> pd.DataFrame:
    """Open the cases that alerts ask for; what has a case already stays as it is.

    A student has one open case of a kind: a second alert belongs to it. A case that ended opens
    again only for an alert that is younger than the case. Whoever may not see the cases of a kind
    opens none here: they could not tell whether there is one.

    Parameters
    ----------
    store
        Open to write.
    alerts
        The alerts somebody chose: rows of ``screen.alerts`` or of ``alerts.csv``, with
        ``student_id``, ``rule`` and ``opened``, and where known ``since`` and ``fact``.
    at
        When somebody learnt of it, aware: clocks in hours begin here. Now where there is none.
    write
        ``False`` tells what would be opened and writes no entry.
    purpose
        Why psychological cases that ended are looked at.

    Returns
    -------
    pandas.DataFrame
        A row an alert in its order: ``student_id``, ``rule``, ``opened``, ``kind`` and ``case_id``
        (missing where there is none) and ``action``, one of :data:`ACTIONS`.

    Raises
    ------
    StoreError
        ``record.alert_column`` or ``record.alert_day`` when the table is not one of alerts;
        ``cases.*`` when the role may not open a case. Nothing is then opened.

    Examples
    --------
    >>> import tempfile
    >>> from visitkit import record
    >>> keys = record.Keys("three quiet lanterns", "a river below the wall")
    >>> alert = {"student_id": "S1", "rule": "unexcused_run", "opened": "2026-11-06"}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     record.new_store(folder, keys, school="Made-up School")
    ...     with record.open_store(folder, keys, actor="T1", role="head_teacher") as store:
    ...         first = record.take_alerts(store, pd.DataFrame([alert]))
    ...         again = record.take_alerts(store, pd.DataFrame([alert]))
    >>> first["action"].item(), again["action"].item()
    ('opened', 'goes_on')
    """
    missing = [name for name in _NEEDED if name not in alerts]
    if missing:
        raise StoreError("record.alert_column", column=missing[0], allowed=", ".join(_NEEDED))
    taking = _Taking(store, (at or store.book.clock()).astimezone(dt.UTC), purpose)
    plain = alerts.astype("object").where(alerts.notna(), "").to_dict("records")
    rows = [
        taking.take({str(name): cell for name, cell in row.items()}, place)
        for place, row in enumerate(plain, start=1)
    ]
    entries = list(taking.new.values())
    if write:
        store.add_many(entries)
    else:
        store.rehearse(entries)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"opened": "datetime64[us]"})


class _Taking:
    """One run over a table: the cases there are, and those that it opens."""

    def __init__(self, store: CaseStore, at: dt.datetime, purpose: str) -> None:
        self.store, self.at, self.purpose = store, at, purpose
        self.new: dict[tuple[str, str], Entry] = {}
        self._there: dict[str, pd.DataFrame] = {}
        with writing(store.book):
            self._reader = reader(store.book)

    def take(self, row: Mapping[str, object], place: int) -> tuple[object, ...]:
        """Return what becomes of one alert."""
        student, rule, day = str(row["student_id"]), str(row["rule"]), _day(row["opened"], place)
        book = self.store.book
        who = cases.Who(book.actor, book.role)
        first = cases.from_alert({**row, "opened": day.isoformat()}, self.at, 0, who)
        told = (student, rule, pd.Timestamp(day))
        if first is None:
            return (*told, None, None, "no_case")
        if cases.secret(first.kind, first.step):
            if book.psych is None:
                return (*told, first.kind, None, "locked")
            if not self._reader.may(first.kind, student):
                return (*told, first.kind, None, "withheld")
        found = self._known(first, day)
        if found is None:
            case_id = new_case_id(first.kind, self.at)
            facts = {**first.facts, **self._past(first.kind, student)}
            self.new[first.kind, student] = replace(first, case_id=case_id, facts=facts)
            return (*told, first.kind, case_id, "opened")
        return (*told, first.kind, found.case_id, "ended" if found.ended else "goes_on")

    def _known(self, first: Entry, day: dt.date) -> _Known | None:
        """Return the case an alert belongs to already."""
        key = first.kind, str(first.student_id)
        if key in self.new:
            # A danger that must be reported outside is not lost behind another alert.
            held = self.new[key]
            self.new[key] = replace(held, facts={**_outside(first.facts), **held.facts})
            return _Known(held.case_id, ended=False)
        mine = self._cases(*key)
        going = mine.loc[~mine["closed"].astype(bool), "case_id"]
        if len(going):
            return _Known(str(going.iloc[-1]), ended=False)
        late = mine.loc[mine["since"].map(lambda moment: moment.date() >= day), "case_id"]
        for case_id in reversed(late.tolist()):
            begun = self.store.case(case_id, self.purpose)[0].at
            if school_time(begun).date() >= day:
                return _Known(str(case_id), ended=True)
        return None

    def _cases(self, kind: str, student: str) -> pd.DataFrame:
        if kind not in self._there:
            self._there[kind] = self.store.cases(kind)
        table = self._there[kind]
        return table[table["student_id"] == student]

    def _past(self, kind: str, student: str) -> dict[str, object]:
        """Return that an earlier crisis holds an attempt: a new one begins with it."""
        flags = self._cases(kind, student)["flags"].str.split(", ")
        known = kind == "crisis" and any("past_attempt" in one for one in flags)
        return {"past_attempt": True} if known else {}


@dataclass(frozen=True)
class _Known:
    """A case there is, and whether it has ended."""

    case_id: str
    ended: bool


def _outside(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: facts[name] for name in ("danger_outside",) if name in facts}


def _day(value: object, place: int) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value)[: len("2026-11-06")])
    except ValueError:
        raise StoreError("record.alert_day", row=place) from None
