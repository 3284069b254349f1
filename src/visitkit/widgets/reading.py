"""Sentences, tables and pictures one under the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from visitkit.widgets.shown import Shown
from visitkit.widgets.view import script, style


@dataclass(frozen=True)
class Image:
    """A picture as an address that holds it whole, and the same in words."""

    address: str = field(repr=False)
    alternative: str


@dataclass(frozen=True)
class Table:
    """A table in words: its caption, headers, rows, and a note under it."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part under a heading of its own.

    Parameters
    ----------
    heading
        Empty for none.
    sentences
        Each a paragraph.
    tables, images
        What stands under them.
    tone
        ``"strong"`` for what comes first, ``"warning"`` for what must not be overlooked; empty
        elsewhere.
    """

    heading: str = ""
    sentences: tuple[str, ...] = field(default=(), repr=False)
    tables: tuple[Table, ...] = ()
    images: tuple[Image, ...] = ()
    tone: str = ""


class PageView(Shown):
    """Sections to read; they travel in a message and are no trait.

    Examples
    --------
    >>> page = PageView("en")
    >>> page.show((Section("What was found", ("Nothing yet.",)),))
    >>> page.sections[0].heading
    'What was found'
    """

    _esm = script("reading")
    _css = style("reading")
    room = "widgets_reading"

    def __init__(self, lang: str | None = None) -> None:
        self.sections: tuple[Section, ...] = ()
        super().__init__(lang)

    def show(self, sections: tuple[Section, ...], *, focus: bool = False) -> None:
        """Show other sections, and go there where ``focus`` says so."""
        self.sections = sections
        self._put(focus=focus)

    def heard(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        """Return what is done about each kind of message."""
        return {"ready": lambda _content: self._put()}

    def _put(self, *, focus: bool = False) -> None:
        told = [_told(one) for one in self.sections]
        self.send({"kind": "sections", "sections": told, "focus": focus})


def _told(one: Section) -> dict[str, object]:
    return {
        "heading": one.heading,
        "sentences": list(one.sentences),
        "tone": one.tone,
        "tables": [
            {
                "caption": table.caption,
                "headers": list(table.headers),
                "rows": [list(row) for row in table.rows],
                "note": table.note,
            }
            for table in one.tables
        ],
        "images": [{"src": each.address, "alt": each.alternative} for each in one.images],
    }
