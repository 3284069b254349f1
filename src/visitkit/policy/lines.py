"""Where in a TOML text each key stands, so that an error can name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property


def key_lines(content: str) -> dict[str, int]:
    r"""Return the line, from 1, on which each dotted key of a TOML text begins.

    Parameters
    ----------
    content
        A text that ``tomllib`` reads without error.

    Examples
    --------
    >>> key_lines('[a]\nb = { value = 1 }\n')["a.b"]
    2
    """
    found: dict[str, int] = {}
    prefix = ""
    for line, statement, tree in _statements(content):
        is_header = statement.lstrip().startswith("[")
        paths = list(_paths(tree, ""))
        start = "" if is_header or not prefix else f"{prefix}."
        for path in paths:
            found.setdefault(start + path, line)
        if is_header and paths:
            prefix = paths[-1]
    return found


def _statements(content: str) -> Iterator[tuple[int, str, dict[str, object]]]:
    """Cut a text into headers and assignments, each with its first line and what it says."""
    held, first = "", 1
    for number, line in enumerate(content.split("\n"), start=1):
        if not held and not line.split("#")[0].strip():
            continue
        if not held:
            first = number
        held += f"{line}\n"
        try:
            tree = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue  # a list may go on over several lines
        yield first, held, tree
        held = ""


def _paths(node: Mapping[str, object], prefix: str) -> Iterator[str]:
    for name, item in node.items():
        yield prefix + name
        below = item[0] if isinstance(item, list) and item else item
        if isinstance(below, dict):
            yield from _paths(below, f"{prefix}{name}.")


@dataclass(frozen=True)
class Lines:
    """The lines of a file, looked up only when a fault asks: most files have none.

    Parameters
    ----------
    content
        The text of the file.
    prefix
        Table below which keys are looked up.
    """

    content: str = ""
    prefix: str = ""

    @cached_property
    def _known(self) -> dict[str, int]:
        return key_lines(self.content)

    def of(self, key: str) -> int:
        r"""Return the line of a key; 0 when it is not in the file.

        Examples
        --------
        >>> Lines("[a]\nb = 1\n").of("a.b")
        2
        """
        return self._known.get(f"{self.prefix}{key}", 0)


def line_of_syntax_error(error: tomllib.TOMLDecodeError, content: str) -> int:
    """Return the line a TOML syntax error stands on; the last line when it is the end."""
    stated = re.search(r"at line (\d+)", str(error))
    return int(stated[1]) if stated else max(len(content.splitlines()), 1)
