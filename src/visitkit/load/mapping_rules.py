"""What a mapping file says, once read: sources, ways to make a column, tables to fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from visitkit import text
from visitkit.load.faults import Fault

#: The ways to make a column; a rule uses exactly one of them.
WAYS = ("column", "constant", "join", "first_of", "row_number", "lookup")
#: What to take when several rows of the other source answer a lookup.
MANY = ("one", "first", "latest", "join")

#: Column name to the words a row must hold there (or must not).
Filter = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Lookup:
    """Where to look for a value in another source.

    Parameters
    ----------
    source
        Name of the other source.
    key
        The rule whose value is looked for.
    match
        Column of the other source that holds it.
    give
        Column of the other source to take.
    where
        Only rows of the other source that hold these words.
    many
        One of :data:`MANY`: ``one`` (different answers are a fault), ``first`` in the file,
        ``latest`` (largest ``by``), ``join`` (all, joined by ``;``).
    by
        Column of the other source that ``latest`` compares.
    """

    source: str
    key: Rule
    match: str
    give: str
    where: Filter = field(default_factory=dict)
    many: str = "one"
    by: str = ""


@dataclass(frozen=True)
class Rule:
    """How a column is made.

    Parameters
    ----------
    way
        One of :data:`WAYS`.
    column
        Their header, for ``column``.
    constant
        The value, for ``constant``.
    parts
        Rules to combine, for ``join`` and ``first_of``.
    glue
        What stands between the parts of ``join``.
    number
        The first number, for ``row_number``, for example ``U00001``.
    lookup
        Where to look, for ``lookup``.
    values
        Their word (without regard to case) to ours; others are kept, or become ``other``.
    other
        What a word outside ``values`` becomes; ``None`` keeps it.
    date
        Format of a date as :func:`datetime.datetime.strptime` reads it; empty for none.
    optional
        The column may be missing from the file.
    """

    way: str
    column: str = ""
    constant: object = None
    parts: tuple[Rule, ...] = ()
    glue: str = " "
    number: str = ""
    lookup: Lookup | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    other: str | None = None
    date: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Source:
    """Files or sheets of one kind.

    Parameters
    ----------
    name
        The mapping's own name for it.
    file, sheet
        Patterns with ``*`` and ``?``, without regard to case; a csv has no sheet name.
    header_row
        Row of the headers as Excel shows it, from 1.
    required
        It is a fault when no file matches.
    add
        Columns made before anything else uses the source.
    """

    name: str
    file: str = "*"
    sheet: str = "*"
    header_row: int = 1
    required: bool = True
    add: Mapping[str, Rule] = field(default_factory=dict)

    def matches(self, file: str, sheet: str) -> bool:
        """Tell whether a sheet belongs to this source.

        Examples
        --------
        >>> Source("marks", file="results*.csv").matches("Results_2026.CSV", "")
        True
        """
        return fnmatchcase(file.lower(), self.file.lower()) and fnmatchcase(
            sheet.lower(), self.sheet.lower()
        )


@dataclass(frozen=True)
class Part:
    """Rows made out of a source: which rows, and the columns that differ from the others."""

    columns: Mapping[str, Rule]
    where: Filter = field(default_factory=dict)
    unless: Filter = field(default_factory=dict)
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A table of :mod:`visitkit.tables` and the rows that fill it.

    Parameters
    ----------
    to, source
        Our table and the source.
    parts
        A row of the source gives a row for each part; one part unless ``unpivot`` is used.
    split
        A column holding several values and the sign between them: a row a value.
    """

    to: str
    source: str
    parts: tuple[Part, ...]
    split: tuple[str, str] | None = None


@dataclass(frozen=True)
class MappingFault(Fault):
    """A fault of a mapping file, or of files that do not fit it; words in ``text/*/mapping.toml``.

    ``sheet`` and ``row`` are empty for a fault of the mapping file itself; its ``facts`` hold the
    ``place`` in the file, written as in TOML, for example ``table[1].columns.sex``.
    """

    def words(self, lang: str | None = None) -> dict[str, object]:
        """Return the fault in words: file, sheet, row, column, value, problem, allowed, fix."""
        facts = {**self.facts, "value": self.value}
        worded = {
            part: text.say(f"mapping.fault.{self.key}.{part}", lang, **facts)
            for part in ("problem", "allowed", "fix")
        }
        where = {"file": self.file, "sheet": self.sheet, "row": self.row, "column": self.column}
        return {**where, "value": self.value, **worded}

    def sentence(self, lang: str | None = None) -> str:
        """Return the fault as one line for people."""
        place = str(self.facts.get("place", "")) or f"{self.column}{self.row or ''}"
        return text.say("mapping.line", lang, place=place, **self.words(lang))


def looked_up(rule: Rule) -> set[str]:
    """Return the sources a rule looks into.

    Examples
    --------
    >>> looked_up(Rule("lookup", lookup=Lookup("classes", Rule("column", "c"), "id", "title")))
    {'classes'}
    """
    inner = [*rule.parts, *([rule.lookup.key] if rule.lookup else [])]
    own = {rule.lookup.source} if rule.lookup else set()
    return own.union(*(looked_up(part) for part in inner))


def plain(value: object) -> str:
    """Return a value as the text to compare it by: trimmed, whole numbers without a point.

    Examples
    --------
    >>> plain(" a "), plain(2.0), plain(True), plain(None)
    ('a', '2', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
