"""One policy file as it stands: its leaves, its bases, its second readings, its faults."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from visitkit.errors import PolicyError
from visitkit.policy.checking import written
from visitkit.policy.faults import PolicyFault
from visitkit.policy.lines import Lines, line_of_syntax_error

#: Shipped files that are only read as bases of others.
BASES = ("defaults",)
#: Shipped files that hold a part of a policy and need not be complete.
PARTS = ("expert-points",)

_LEAF = ("value", "source")
_PROFILES = files(__package__).joinpath("profiles")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy file was found.

    Parameters
    ----------
    name
        Name of the profile or stem of the file.
    label
        What faults call it.
    identity
        The same for the same file, however it was named.
    folder
        Where the names of its bases start; ``None`` for a shipped profile.
    """

    name: str
    label: str
    identity: str
    folder: Path | None = None


@dataclass(frozen=True)
class PolicyFile:
    """One file, read but not yet joined with its bases.

    Parameters
    ----------
    place
        Where it was found.
    content
        Its text.
    values, sources
        Dotted key to value and to source, of this file alone.
    extends, choose
        Names of its bases and of the second readings it chooses.
    options
        Name of a second reading to its keys, each with value and source.
    part
        True when it need not be complete.
    faults
        What is wrong with its form.
    """

    place: Place
    content: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    extends: tuple[str, ...] = ()
    choose: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, tuple[object, str]]] = field(default_factory=dict)
    part: bool = False
    faults: tuple[PolicyFault, ...] = ()

    def lines(self, prefix: str = "") -> Lines:
        """Return where its keys stand, looked up below a prefix."""
        return Lines(self.content, prefix)


def names(*, bases: bool = False) -> tuple[str, ...]:
    """Return the names of the policies that come with the package, ``recommended`` first.

    Parameters
    ----------
    bases
        Also name the files that others build on, which are not meant to be adopted alone.

    Examples
    --------
    >>> names()[0]
    'recommended'
    """
    stems = sorted(
        Path(item.name).stem for item in _PROFILES.iterdir() if item.name[-5:] == ".toml"
    )
    shown = [stem for stem in stems if bases or stem not in (*BASES, *PARTS)]
    return tuple(sorted(shown, key=lambda stem: stem != "recommended"))


def find(name: str | Path, folder: Path | None = None) -> tuple[Place, bytes]:
    """Return place and bytes of a profile or file.

    Parameters
    ----------
    name
        Name of a shipped profile, or path of a file.
    folder
        Where a relative path starts, the working folder by default.

    Raises
    ------
    PolicyError
        When there is neither; the message names the profiles.
    """
    if str(name) in names(bases=True):
        shipped = _PROFILES.joinpath(f"{name}.toml")
        return Place(str(name), f"{name}.toml", f"shipped:{name}"), shipped.read_bytes()
    path = Path(name) if folder is None else folder / Path(name)
    if path.is_file():
        place = Place(path.stem, path.name, str(path.resolve()), path.resolve().parent)
        return place, path.read_bytes()
    close = difflib.get_close_matches(str(name), names(), n=1, cutoff=0.5)
    key = "policy.misspelt_profile" if close else "policy.no_profile"
    raise PolicyError(key, policy=str(name), nearest="".join(close), names=", ".join(names()))


def read_file(name: str | Path, folder: Path | None = None) -> PolicyFile:
    """Read one file; what is wrong with its form stands in its faults.

    Raises
    ------
    PolicyError
        When there is no such profile or file.
    """
    place, raw = find(name, folder)
    return _shipped(place) if place.folder is None else _from_bytes(place, raw)


@cache
def _shipped(place: Place) -> PolicyFile:
    """Read a file of the package once: it does not change while the program runs."""
    return _from_bytes(place, find(place.name)[1])


def _from_bytes(place: Place, raw: bytes) -> PolicyFile:
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return PolicyFile(place, faults=(PolicyFault("not_utf8", place.label, line),))
    try:
        tree = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        line = line_of_syntax_error(error, content)
        found = content.splitlines()[line - 1].strip() if content.strip() else ""
        facts: dict[str, object] = {"detail": str(error)}
        fault = PolicyFault("not_toml", place.label, line, "", found, facts)
        return PolicyFile(place, content, faults=(fault,))
    return _from_tree(place, content, tree)


def _from_tree(place: Place, content: str, tree: dict[str, object]) -> PolicyFile:
    label = place.label
    lines = Lines(content)
    faults: list[PolicyFault] = []
    heads = {
        key: _texts(tree.pop(key, []), key, label, lines, faults) for key in ("extends", "choose")
    }
    part = tree.pop("part", False)
    if not isinstance(part, bool):
        flag: dict[str, object] = {"type": "flag"}
        faults.append(
            PolicyFault("wrong_type", label, lines.of("part"), "part", written(part), flag)
        )
    readings = tree.pop("option", {})
    leaves = dict(_leaves(tree, "", label, lines, faults))
    options: dict[str, dict[str, tuple[object, str]]] = {}
    for option, node in readings.items() if isinstance(readings, dict) else ():
        start = f"option.{option}."
        found = _leaves(node if isinstance(node, dict) else {}, start, label, lines, faults)
        options[option] = {key.removeprefix(start): leaf for key, leaf in found}
    return PolicyFile(
        place,
        content,
        {key: leaf[0] for key, leaf in leaves.items()},
        {key: leaf[1] for key, leaf in leaves.items()},
        heads["extends"],
        heads["choose"],
        options,
        part is True,
        tuple(faults),
    )


def _texts(
    value: object, key: str, file: str, lines: Lines, faults: list[PolicyFault]
) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    faults.append(PolicyFault("not_names", file, lines.of(key), key, written(value)))
    return ()


def _leaves(
    node: Mapping[str, object],
    prefix: str,
    file: str,
    lines: Lines,
    faults: list[PolicyFault],
) -> Iterator[tuple[str, tuple[object, str]]]:
    """Yield key, value and source of every leaf; note what is not a leaf and not a section."""
    for name, item in node.items():
        key = prefix + name
        found: list[tuple[str, str, dict[str, object]]] = []
        if not isinstance(item, dict):
            found.append(("not_a_leaf", written(item), {}))
        elif "value" in item and not isinstance(item["value"], dict):
            source = item.get("source")
            if not isinstance(source, str) or not source.strip():
                found.append(("no_source", written(item["value"]), {}))
            else:
                found += [("extra_field", x, {"extra": x}) for x in item if x not in _LEAF]
            yield key, (item["value"], source if isinstance(source, str) else "")
        elif isinstance(item.get("source"), str):
            found.append(("no_value", written(item["source"]), {}))
        else:
            yield from _leaves(item, f"{key}.", file, lines, faults)
        faults += [
            PolicyFault(kind, file, lines.of(key), key, at, more) for kind, at, more in found
        ]
