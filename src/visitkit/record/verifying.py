"""Whether the casebook is whole: pages, chain, each row and its witness, heads kept outside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from visitkit import text
from visitkit.errors import StoreError
from visitkit.record.book import Book, writing
from visitkit.record.chain import GENESIS, Head, link_of
from visitkit.record.faults import told
from visitkit.record.ink import content_digest, entry_digest, row_digest
from visitkit.record.models import (
    abandoned,
    audit,
    batch,
    consent,
    content,
    entry,
    removal,
    setting,
)
from visitkit.record.shelf import PEOPLE, PSYCH, Shelf

Row = Mapping[str, object]
#: Tables whose every row has a witness in the chain.
_WITNESSED = {"add": entry, "correct": entry, "set": setting, "consent": consent, "remove": removal}


@dataclass(frozen=True)
class Broken:
    """Something that is not as it was written.

    Parameters
    ----------
    file
        ``"people"`` or ``"psych"``.
    seq
        Number of the audit row it was written with; 0 for the file as a whole.
    what
        Which fault, a key under ``record.broken``.
    """

    file: str
    seq: int
    what: str

    def sentence(self) -> str:
        """Return the fault as one line for people."""
        return text.say(f"record.broken.{self.what}", file=f"{self.file}.db", seq=self.seq)


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole casebook found.

    Parameters
    ----------
    broken
        Faults in order, the first broken row of each file in front.
    rows
        Audit rows checked, by file.
    unchecked
        Files that were not open.
    """

    broken: tuple[Broken, ...]
    rows: Mapping[str, int]
    unchecked: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing is broken in what was checked."""
        return not self.broken

    def sentence(self) -> str:
        """Return the result as lines for people."""
        lines = [one.sentence() for one in self.broken[:20]]
        if not lines:
            rows = ", ".join(f"{name}.db {number}" for name, number in self.rows.items())
            lines = [text.say("record.whole", rows=rows)]
        lines += [text.say("record.unchecked", file=f"{one}.db") for one in self.unchecked]
        return "\n".join(lines)


def verify(book: Book, anchors: Sequence[Head | str]) -> Verdict:
    """Check every page, row and link, and the heads that were kept outside.

    Raises
    ------
    StoreError
        ``record.head_unreadable`` when an anchor is not a printed head.
    """
    heads = [Head.parse(one) if isinstance(one, str) else one for one in anchors]
    broken: list[Broken] = []
    rows: dict[str, int] = {}
    for shelf in reversed(book.shelves):
        wanted = [getattr(head, shelf.name) for head in heads]
        try:
            pages = _pages(shelf)
            with shelf.begin():
                rows[shelf.name] = shelf.last().seq
                broken += sorted([*pages, *_faults(shelf, wanted)], key=lambda one: one.seq)
        except StoreError:
            broken.append(Broken(shelf.name, 0, "unreadable"))
    if book.psych is not None and not any(one.what == "unreadable" for one in broken):
        broken += _torn(book)
    unchecked = () if book.psych is not None else (PSYCH,)
    return Verdict(tuple(broken), rows, unchecked)


def _pages(shelf: Shelf) -> list[Broken]:
    """Check the seal of each page (HMAC) and the structure of the file."""
    if shelf.connection.dialect.name != "sqlite":
        return []
    found: list[str] = []
    with told(shelf.file):
        raw = shelf.connection.connection.cursor()
        found += [str(row[0]) for row in raw.execute("PRAGMA cipher_integrity_check")]
        checked = [str(row[0]) for row in raw.execute("PRAGMA quick_check")]
        raw.close()
    found += [] if checked == ["ok"] else checked
    return [Broken(shelf.name, 0, "pages")] if found else []


def _faults(shelf: Shelf, anchors: Sequence[tuple[int, str] | None]) -> Iterator[Broken]:
    """Yield what is wrong with the rows of a shelf."""
    links: dict[int, str] = {0: GENESIS}
    witnesses: dict[str, dict[int, str]] = {}
    previous, expected = GENESIS, 1
    found = shelf.connection.execute(sa.select(audit).order_by(audit.c.seq)).mappings()
    for row in map(dict, found):
        if row["seq"] != expected:
            yield Broken(shelf.name, expected, "gap")
        elif row["previous"] != previous or row["link"] != link_of(row):
            yield Broken(shelf.name, row["seq"], "link")
        previous, expected = row["link"], row["seq"] + 1
        links[row["seq"]] = row["link"]
        if row["digest"]:
            table = _WITNESSED.get(row["action"], setting).name
            witnesses.setdefault(table, {})[row["seq"]] = row["digest"]
    for anchor in anchors:
        if anchor is not None and links.get(anchor[0]) != anchor[1]:
            yield Broken(shelf.name, anchor[0], "anchor")
    for name, digests in _digests(shelf).items():
        yield from _compare(shelf.name, witnesses.get(name, {}), digests)
    for seq in _orphans(shelf) - witnesses.get("entry", {}).keys():
        yield Broken(shelf.name, seq, "unwitnessed")


def _compare(file: str, told_by: Mapping[int, str], found: Mapping[int, str]) -> Iterator[Broken]:
    for seq in sorted(told_by.keys() | found.keys()):
        if seq not in found:
            yield Broken(file, seq, "gone")
        elif seq not in told_by:
            yield Broken(file, seq, "unwitnessed")
        elif told_by[seq] != found[seq]:
            yield Broken(file, seq, "altered")


def _digests(shelf: Shelf) -> dict[str, dict[int, str]]:
    """Return the hash of each row as it stands now, by table and number."""
    read = shelf.connection.execute
    hashes = {row["seq"]: content_digest(dict(row)) for row in read(sa.select(content)).mappings()}
    taken = read(sa.select(removal.c.entry_seq, removal.c.content_digest))
    removed = {row[0]: row[1] for row in taken}
    entries = {
        row["seq"]: entry_digest(dict(row), hashes.get(row["seq"]) or removed.get(row["seq"], ""))
        for row in read(sa.select(entry)).mappings()
    }
    told_now = {"entry": entries}
    for table in (setting, consent, removal):
        rows = read(sa.select(table)).mappings()
        told_now[table.name] = {row["seq"]: row_digest(dict(row)) for row in rows}
    return told_now


def _orphans(shelf: Shelf) -> set[int]:
    """Return the numbers of contents without an entry."""
    known = sa.select(entry.c.seq)
    wanted = sa.select(content.c.seq).where(content.c.seq.not_in(known))
    return set(shelf.connection.execute(wanted).scalars())


def _torn(book: Book) -> Iterator[Broken]:
    """Yield entries of a write that touched both files and was never completed in one of them."""
    shelves = {shelf.name: shelf for shelf in book.shelves}
    with shelves[PSYCH].begin() as psych, shelves[PEOPLE].begin() as people:
        named = set(people.execute(sa.select(batch.c.batch)).scalars())
        marked = set(psych.execute(sa.select(abandoned.c.batch)).scalars())
        for connection, name in ((psych, PSYCH), (people, PEOPLE)):
            batches = sa.select(entry.c.seq, entry.c.batch).where(entry.c.batch.is_not(None))
            for seq, number in connection.execute(batches.order_by(entry.c.seq)):
                if number not in named | marked:
                    yield Broken(name, seq, "torn")


def head_of(book: Book) -> Head:
    """Return the ends of both chains."""
    with writing(book):
        ends = {shelf.name: shelf.last() for shelf in book.shelves}
    people, psych = ends[PEOPLE], ends.get(PSYCH)
    return Head((people.seq, people.link), None if psych is None else (psych.seq, psych.link))
