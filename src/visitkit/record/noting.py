"""Writing entries down: accepted by the rules of their kind, in the file they belong to."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from visitkit.errors import StoreError
from visitkit.record import cases
from visitkit.record.access import need_psych
from visitkit.record.book import CLOCK_SLACK, Book, Writing, writing
from visitkit.record.cases.moments import school_time
from visitkit.record.chain import canonical
from visitkit.record.entry import Entry
from visitkit.record.models import entry as table
from visitkit.record.owing import refresh
from visitkit.record.reading import Found, find, of_cases
from visitkit.record.shelf import LETTERS, PEOPLE, PSYCH


def note(book: Book, entries: Sequence[Entry]) -> list[Entry]:
    """Write entries down, all or none; what they owe is derived in the same transaction.

    Raises
    ------
    StoreError
        ``cases.*`` when a step is not legal; ``record.psych_closed`` when it is psychological and
        that file was opened without its key; ``record.given_number`` when an entry has a number
        already; ``record.future`` when it is dated after the clock by more than
        :data:`visitkit.record.book.CLOCK_SLACK`.
    """
    if any(one.entry_id or one.recorded_at for one in entries):
        raise StoreError("record.given_number")
    with writing(book) as now:
        _happened(entries, now)
        so_far = of_cases(book, (one.case_id for one in entries))
        prepared = [(one, _accepted(book, so_far, one)) for one in entries]
        shelves = {secret for _, secret in prepared}
        batch = secrets.token_hex(8) if len(shelves) > 1 else None
        if batch is not None:
            now.inks[PEOPLE].batch(batch)
        taken: list[Entry] = []
        for one, secret in prepared:
            at = now.next_moment()
            ink = now.inks[PSYCH if secret else PEOPLE]
            taken.append(replace(one, entry_id=ink.entry(one, at, batch), recorded_at=at))
        _number(so_far, prepared, taken)
        refresh(book, so_far)
    return taken


def rehearse(book: Book, entries: Sequence[Entry]) -> None:
    """Refuse what :func:`note` would refuse, and write nothing down.

    Raises
    ------
    StoreError
        As :func:`note`.
    """
    if any(one.entry_id or one.recorded_at for one in entries):
        raise StoreError("record.given_number")
    with writing(book) as now:
        _happened(entries, now)
        so_far = of_cases(book, (one.case_id for one in entries))
        for one in entries:
            _accepted(book, so_far, one)


def _happened(entries: Sequence[Entry], now: Writing) -> None:
    """Refuse what has not happened yet; a clock that is known to be wrong refuses nobody."""
    if now.clock_back:
        return
    for one in entries:
        ahead = one.at - now.machine if one.at.tzinfo else CLOCK_SLACK
        if ahead > CLOCK_SLACK:
            minute = dt.timedelta(minutes=1)
            raise StoreError(
                "record.future",
                found=school_time(one.at).isoformat(" ", "minutes"),
                minutes=ahead // minute,
                slack=CLOCK_SLACK // minute,
            )


def _accepted(book: Book, so_far: dict[str, list[Found]], one: Entry) -> bool:
    """Accept an entry after those before it; return whether it is psychological."""
    canonical(dict(one.facts))
    before = so_far[one.case_id]
    rules = book.rules
    cases.accept([found.entry for found in before], one, rules.policy, rules.calendar)
    secret = _is_secret(before, one)
    if secret:
        need_psych(book)
    before.append(Found(one, secret))
    return secret


def _is_secret(before: Iterable[Found], one: Entry) -> bool:
    """Tell in which file an entry belongs: a correction stays where the corrected entry is."""
    if one.corrects is not None:
        return any(found.secret for found in before if found.entry.entry_id == one.corrects)
    return cases.secret(one.kind, one.step)


def _number(
    so_far: Mapping[str, list[Found]], prepared: Sequence[tuple[Entry, bool]], taken: list[Entry]
) -> None:
    """Put the numbered entries in the place of those that had none yet."""
    numbered = {id(one): done for (one, _), done in zip(prepared, taken, strict=True)}
    for found in so_far.values():
        found[:] = [replace(one, entry=numbered.get(id(one.entry), one.entry)) for one in found]


def correction(
    book: Book, entry_id: str, facts: Mapping[str, object] | None, reason: str, role: str
) -> Entry:
    """Return the entry that takes the place of another one, or takes it back.

    Parameters
    ----------
    entry_id
        The number the store gave it.
    facts
        All facts as they should have been; ``None`` takes the entry back.
    reason
        Why, in words.
    role
        In which role; that of whoever works with the casebook where it is empty.

    Raises
    ------
    StoreError
        ``record.no_entry`` when there is no such entry, or it cannot be reached without a key.
    """
    if not reason.strip():
        raise StoreError("record.reason_needed")
    old = one_entry(book, entry_id)
    told: dict[str, object] = {"reason": reason}
    if facts is not None:
        told = {**facts, "correction_reason": reason}
    return replace(
        old,
        step=cases.WITHDRAW if facts is None else old.step,
        facts=told,
        actor=book.actor,
        role=role or book.role,
        corrects=entry_id,
        entry_id="",
        recorded_at=None,
    )


def one_entry(book: Book, entry_id: str) -> Entry:
    """Return an entry by its number.

    Raises
    ------
    StoreError
        ``record.no_entry``.
    """
    letter, number = entry_id[:1], entry_id[1:]
    if letter == LETTERS[PSYCH]:
        need_psych(book)
    if letter in LETTERS.values() and number.isdigit():
        with writing(book):
            for found in find(book, table.c.seq == int(number)):
                if found.entry.entry_id == entry_id:
                    return found.entry
    raise StoreError("record.no_entry", found=entry_id if entry_id.isalnum() else "?")
