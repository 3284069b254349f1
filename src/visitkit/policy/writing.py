"""A policy back to TOML, so that a school can keep what it has changed."""

from __future__ import annotations

import re

from visitkit.policy import schema
from visitkit.policy.checking import written
from visitkit.policy.policy import Policy

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(policy: Policy) -> str:
    """Return a policy as the text of a file that stands alone, each value with its source.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> print(as_toml(read_policy("expert-points")).splitlines()[1])
    [risk]
    """
    tables: dict[tuple[str, ...], list[str]] = {}
    for key, value in policy.values.items():
        path, name = _path(key)
        leaf = f"value = {written(value)}, source = {written(policy.source(key))}"
        tables.setdefault(path, []).append(f"{_quoted(name)} = {{ {leaf} }}")
    lines: list[str] = []
    for path, leaves in sorted(tables.items(), key=lambda pair: len(pair[0])):
        lines += ["", f"[{'.'.join(map(_quoted, path))}]", *leaves]
    return "\n".join(lines) + "\n"


def _path(key: str) -> tuple[tuple[str, ...], str]:
    """Split a key into table and name; the name of a record may hold a dot."""
    entry = schema.entry_for(key)
    head, _, name = key.rpartition(".")
    if entry is None or not entry.family:
        return tuple(head.split(".")), name
    return (*entry.family.split("."), head[len(entry.family) + 1 :]), name


def _quoted(name: str) -> str:
    return name if _BARE.fullmatch(name) else written(name)
