"""Reading a policy: a TOML file in which every value carries its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from visitkit.errors import PolicyError


@dataclass(frozen=True)
class Policy:
    """The rules of one school.

    Parameters
    ----------
    name
        Name of the profile or stem of the file.
    values
        Dotted key to value.
    sources
        Dotted key to where the value comes from.
    """

    name: str
    values: Mapping[str, object]
    sources: Mapping[str, str]

    def __getitem__(self, key: str) -> object:
        """Return a value; an unknown key is an error that names it."""
        if key not in self.values:
            raise PolicyError("policy.unknown_key", policy=self.name, key=key)
        return self.values[key]

    def __contains__(self, key: str) -> bool:
        """Tell whether a key is set."""
        return key in self.values

    def source(self, key: str) -> str:
        """Return where a value comes from."""
        return self.sources.get(key, "")

    def section(self, prefix: str) -> dict[str, object]:
        """Return the values below a prefix, keys relative to it."""
        start = f"{prefix}."
        return {key[len(start) :]: v for key, v in self.values.items() if key.startswith(start)}

    def with_values(self, changes: Mapping[str, object]) -> Policy:
        """Return a policy with some values changed by the school itself."""
        return replace(self, values={**self.values, **changes})


def read_policy(name: str | Path) -> Policy:
    """Read a shipped profile by name, or a file."""
    path = Path(name)
    shipped = files(__package__).joinpath("profiles", f"{name}.toml")
    content = path.read_text("utf-8") if path.is_file() else shipped.read_text("utf-8")
    raw = tomllib.loads(content)
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    extends = raw.pop("extends", [])
    for base in extends:
        parent = read_policy(base)
        values.update(parent.values)
        sources.update(parent.sources)
    _flatten(raw, "", values, sources)
    return Policy(path.stem, values, sources)


def _flatten(
    node: dict[str, object], prefix: str, values: dict[str, object], sources: dict[str, str]
) -> None:
    for key, item in node.items():
        if not isinstance(item, dict):
            continue
        if "value" in item:
            values[prefix + key] = item["value"]
            sources[prefix + key] = str(item.get("source", ""))
        else:
            _flatten(item, f"{prefix}{key}.", values, sources)
