"""What stands on a form for people: headings, labels, values or room to write, tables, the foot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from visitkit import text
from visitkit.load.typed import width
from visitkit.record.forms import FilledForm
from visitkit.record.forms import words as say
from visitkit.record.forms.definition import Field, Form, Section
from visitkit.record.forms.values import written

#: An empty box to tick; every Chinese font has it.
BOX = "\u25a1"
_GAP = "\u3000"
#: Most words to choose from that are printed with boxes.
MOST_BOXES = 18
#: A value up to this wide shares its line with another field.
_HALF = 26
#: Empty rows left where a table of a filled form has none.
_ROOM = 3
_SHORT = {"id", "person", "date", "time", "moment", "number", "integer", "flag", "choice", "text"}


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its value, or with room to write.

    Parameters
    ----------
    label
        With an asterisk where the field is required.
    value
        In words; empty where there is none.
    boxes
        Words to tick, where there is no value.
    room
        Lines of room where there is no value.
    signature
        It is a place to sign.
    """

    label: str
    value: str = ""
    boxes: tuple[str, ...] = ()
    room: int = 1
    signature: str = ""

    @property
    def words(self) -> str:
        """The value, or what is printed in its place."""
        return self.value or self.signature or _GAP.join(f"{BOX} {word}" for word in self.boxes)

    @property
    def short(self) -> bool:
        """Whether it takes half a line."""
        narrow = width(self.words) <= _HALF and "\n" not in self.value
        return self.room == 1 and narrow and width(self.label) <= _HALF - 2


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a form: its headers and rows in words, with the share of the width of each."""

    label: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]


#: A line across, two halves, or a table.
Block = tuple[Line] | tuple[Line, Line] | Grid


@dataclass(frozen=True, slots=True)
class Part:
    """A section in words."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A form in words of one language."""

    number: str
    title: str
    purpose: str
    shown: str
    note: str
    wide: bool
    parts: tuple[Part, ...]


def page(filled: FilledForm, lang: str) -> Page:
    """Return what stands on a form.

    Examples
    --------
    >>> from visitkit.record.forms import blank
    >>> page(blank("watch_roster"), "en").parts[0].title
    'Basics'
    """
    form = filled.definition
    return Page(
        number=text.say("forms.number", lang, number=form.number),
        title=say.title(form, lang),
        purpose=say.purpose(form, lang),
        shown=say.shown(form, lang),
        note=text.say("forms.required_mark", lang),
        wide=form.wide,
        parts=tuple(_part(filled, one, lang) for one in form.sections),
    )


def _part(filled: FilledForm, section: Section, lang: str) -> Part:
    form = filled.definition
    return Part(say.section_title(form, section.name, lang), tuple(_blocks(filled, section, lang)))


def _blocks(filled: FilledForm, section: Section, lang: str) -> Iterator[Block]:
    waiting: Line | None = None
    for one in section.fields:
        if one.kind == "table":
            if waiting:
                yield (waiting,)
            waiting = None
            yield _grid(filled, one, lang)
            continue
        line = _line(filled.definition, one, filled.content.get(one.name), lang)
        if waiting and line.short:
            yield (waiting, line)
            waiting = None
            continue
        if waiting:
            yield (waiting,)
            waiting = None
        if line.short:
            waiting = line
        else:
            yield (line,)
    if waiting:
        yield (waiting,)


def _line(form: Form, one: Field, value: object, lang: str) -> Line:
    mark = "*" if one.required else ""
    label = say.label(form, one.name, lang) + mark
    room = {"long": 3, "list": max(one.rows, 2), "signature": 2}.get(one.kind, 1)
    if value is not None:
        # a signature that was typed in is not signed by hand yet
        return Line(label, written(one, value, lang), room=1 if one.kind in _SHORT else 2)
    if one.kind == "signature" or (one.kind == "list" and one.item == "signature"):
        sign = text.say("forms.sign_here", lang)
        lines = max(one.rows, 1)
        return Line(label, signature="\n".join([sign] * lines), room=lines + 1)
    return Line(label, boxes=_boxes(one, lang), room=room)


def _boxes(one: Field, lang: str) -> tuple[str, ...]:
    if one.kind == "flag":
        return (say.yes_or_no(True, lang), say.yes_or_no(False, lang))
    known = say.codes(one) if one.coded else ()
    if not 0 < len(known) <= MOST_BOXES:
        return ()
    return tuple(say.code_of(one, code, lang) for code in known)


def _grid(filled: FilledForm, one: Field, lang: str) -> Grid:
    form = filled.definition
    found = filled.content.get(one.name)
    held: tuple[Mapping[str, object], ...] = found if isinstance(found, tuple) else ()
    rows = [
        tuple(written(column, row.get(column.name), lang) for column in one.columns) for row in held
    ]
    if not rows:
        rows = [("",) * len(one.columns)] * (one.rows if filled.empty else min(one.rows, _ROOM))
    headers = tuple(
        say.label(form, f"{one.name}.{column.name}", lang) + ("*" if column.required else "")
        for column in one.columns
    )
    weights = [_weight(column, header) for column, header in zip(one.columns, headers, strict=True)]
    shares = tuple(weight / sum(weights) for weight in weights)
    return Grid(caption(form, one, lang), headers, tuple(rows), shares)


def caption(form: Form, one: Field, lang: str) -> str:
    """Return what stands above a table; nothing where the heading of its section says it."""
    heading = next(part.name for part in form.sections if one in part.fields)
    words = say.label(form, one.name, lang)
    if words == say.section_title(form, heading, lang):
        return ""
    return words + ("*" if one.required else "")


#: Widths that values of a kind take, in narrow signs.
_WEIGHTS = {
    "date": 11,
    "time": 7,
    "moment": 11,
    "flag": 6,
    "id": 10,
    "person": 8,
    "integer": 7,
    "number": 8,
    "choice": 10,
    "choices": 13,
    "signature": 12,
}


def _weight(column: Field, header: str) -> float:
    return max(_WEIGHTS.get(column.kind, 18), min(width(header), 24) / 2)
