"""An open casebook: its two shelves, who works with it, and the rules of the school."""

from __future__ import annotations

import datetime as dt
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pandas as pd
import sqlalchemy as sa

from visitkit import text
from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record import models
from visitkit.record.chain import canonical, read_json
from visitkit.record.faults import StoreWarning
from visitkit.record.ink import Ink
from visitkit.record.shelf import Shelf

#: How far clocks may differ: a machine's clock may lag behind the last entry by so much before
#: somebody is told, and an entry may be dated so far after it.
CLOCK_SLACK = dt.timedelta(minutes=2)
_STEP = dt.timedelta(microseconds=1)


def utc_now() -> dt.datetime:
    """Return the machine's clock, in UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Rules:
    """What the school has laid down.

    Parameters
    ----------
    policy, calendar
        Its rules and its days.
    """

    policy: Policy
    calendar: Calendar


@dataclass
class Book:
    """Everything the functions of this room need of an open casebook.

    Parameters
    ----------
    people, psych
        The two shelves; ``psych`` is ``None`` when it was opened without its key.
    actor, role
        Who works with it, and in which role of the policy.
    clock
        Returns the moment now, in UTC.
    rules
        The rules of the school.
    close
        What to do when it is closed.
    mend
        What to do when a write failed that may have reached one of the files.
    """

    people: Shelf
    psych: Shelf | None
    actor: str
    role: str
    clock: Callable[[], dt.datetime] = utc_now
    rules: Rules = field(init=False, repr=False)
    close: ExitStack = field(default_factory=ExitStack, repr=False)
    mend: Callable[[Book], object] = field(default=lambda _: None, repr=False)
    is_open: bool = True
    clock_told: bool = False

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        """The shelves that are open, the one that is committed first in front."""
        return (self.people,) if self.psych is None else (self.psych, self.people)


@dataclass
class Writing:
    """A write that is going on.

    Parameters
    ----------
    inks
        What will be written, by shelf.
    moment
        When: never before the last row of either shelf.
    machine
        What the machine's clock says.
    clock_back
        It lies behind the last row by more than :data:`CLOCK_SLACK`, so it is wrong.
    """

    inks: dict[str, Ink]
    moment: dt.datetime
    machine: dt.datetime
    clock_back: bool = False

    def next_moment(self) -> dt.datetime:
        """Return a moment later than all others, so that entries of both shelves have an order."""
        self.moment += _STEP
        return self.moment


@contextmanager
def writing(book: Book) -> Iterator[Writing]:
    """Write to the shelves, whole or not at all.

    SQLite commits each file for itself. So what touches both has a batch number: the people file
    is committed last and names it, and entries of the other file with a batch that was never named
    do not count (:mod:`visitkit.record.healing`).

    Raises
    ------
    StoreError
        ``record.closed``, or what the database says; nothing has then been written.
    """
    if not book.is_open:
        raise StoreError("record.closed")
    begun = False
    try:
        with ExitStack() as stack:
            # Entered in reverse, so that the people shelf is left, and committed, last.
            for shelf in reversed(book.shelves):
                stack.enter_context(shelf.begin())
            now = _begin(book)
            begun = True
            yield now
            for ink in now.inks.values():
                ink.flush()
    except BaseException:
        if begun:
            _mend_or_close(book)
        raise


def _begin(book: Book) -> Writing:
    machine = book.clock()
    lasts = {shelf.name: shelf.last() for shelf in book.shelves}
    latest = max((last.at for last in lasts.values() if last.at), default=None)
    moment = machine if latest is None or machine > latest else latest + _STEP
    inks = {
        shelf.name: Ink(shelf, lasts[shelf.name], (book.actor, book.role), machine)
        for shelf in book.shelves
    }
    clock_back = latest is not None and machine < latest - CLOCK_SLACK
    now = Writing(inks, moment, machine, clock_back)
    if clock_back and not book.clock_told:
        book.clock_told = True
        inks["people"].audit(now.next_moment(), "clock_back")
        warnings.warn(text.say("record.clock_back"), StoreWarning, stacklevel=4)
    return now


def _mend_or_close(book: Book) -> None:
    try:
        book.mend(book)
    except BaseException:
        # The next opening mends it; until then nothing may be read that does not count.
        book.is_open = False
        book.close.close()
        raise


def keep_rules(book: Book, rules: Rules, now: Writing) -> None:
    """Write down the rules of the school."""
    policy, calendar = rules.policy, rules.calendar
    ink = now.inks["people"]
    ink.setting(now.next_moment(), "policy", _policy_text(policy))
    days = calendar.days.assign(date=calendar.days["date"].dt.strftime("%Y-%m-%d"))
    kept = {
        "days": json.loads(days.to_json(orient="split", index=False)),
        "source": calendar.source,
        "assumed": calendar.assumed,
    }
    ink.setting(now.next_moment(), "calendar", canonical(kept))


def _policy_text(policy: Policy) -> str:
    parts = (policy.name, dict(policy.values), dict(policy.sources), dict(policy.origins))
    return canonical([*parts, {key: dict(one) for key, one in policy.options.items()}])


def read_setting(book: Book, key: str) -> str | None:
    """Return the latest value of a setting."""
    wanted = sa.select(models.setting.c.value).where(models.setting.c.key == key)
    with book.people.begin() as people:
        found = people.execute(wanted.order_by(models.setting.c.seq.desc()).limit(1)).scalar()
    return None if found is None else str(found)


def read_rules(book: Book) -> Rules:
    """Return the rules that were written down last."""
    policy, calendar = read_setting(book, "policy"), read_setting(book, "calendar")
    if policy is None or calendar is None:
        raise StoreError("record.unfinished", file=book.people.file)
    name, values, sources, origins, raw = read_json(policy, book.people.file)
    options = {key: {k: (v[0], v[1]) for k, v in one.items()} for key, one in raw.items()}
    kept = read_json(calendar, book.people.file)
    days = pd.DataFrame(kept["days"]["data"], columns=kept["days"]["columns"])
    days["date"] = pd.to_datetime(days["date"])
    read = Calendar.from_frame(days, kept["source"])
    return Rules(
        Policy(name, values, sources, options, origins),
        Calendar(read.days, read.source, kept["assumed"]),
    )
