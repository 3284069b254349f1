"""Faults of a policy file: each with its place, what was found, what is allowed, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default

from visitkit import text
from visitkit.errors import ManyFaultsError, PolicyError


@dataclass(frozen=True, slots=True)
class PolicyFault:
    """One fault of a policy.

    Parameters
    ----------
    kind
        Name of the fault in ``text/*/policy.toml`` under ``fault``: it has ``problem``,
        ``allowed`` and ``fix``.
    file
        File name or name of the profile.
    line
        Line in the file, from 1; 0 when the fault has no line, such as a key that is not there.
    key
        Dotted key; empty when the fault is of the whole file.
    found
        What stands there, as it would be written in the file; empty when nothing does.
    facts
        What fills the sentences beside ``file``, ``line``, ``key`` and ``found``.
    """

    kind: str
    file: str
    line: int = 0
    key: str = ""
    found: str = ""
    facts: Mapping[str, object] = default(default_factory=dict)

    def words(self, lang: str | None = None) -> dict[str, object]:
        """Return the fault in words: file, line, key, found, problem, allowed, fix."""
        facts = {**self.facts, "file": self.file, "key": self.key, "found": self.found}
        facts["allowed_values"] = _allowed_values(self.facts, lang)
        worded = {
            part: text.say(f"policy.fault.{self.kind}.{part}", lang, **facts)
            for part in ("problem", "allowed", "fix")
        }
        return {
            "file": self.file,
            "line": self.line,
            "key": self.key,
            "found": self.found,
            **worded,
        }

    @property
    def allowed(self) -> str:
        """What is allowed, in the machine's language."""
        return str(self.words()["allowed"])

    @property
    def fix(self) -> str:
        """What to do, in the machine's language."""
        return str(self.words()["fix"])

    def sentence(self, lang: str | None = None) -> str:
        """Return the fault as one line for people."""
        key = "policy.fault_line" if self.line else "policy.fault_line_of_file"
        return text.say(key, lang, **self.words(lang))


def _allowed_values(facts: Mapping[str, object], lang: str | None) -> str:
    """Put the values allowed into words: a type, a range, a list of codes."""
    if "type" not in facts:
        return ""
    shown = {"codes": "", "low": "", "high": "", **facts}
    return text.say(f"policy.allowed.{facts['type']}", lang, **shown)


class PolicyFaultsError(ManyFaultsError, PolicyError):
    """A policy holds faults; all of them are in ``faults``.

    Parameters
    ----------
    name
        The policy that was asked for.
    faults
        Every fault of its files.
    """

    faults: tuple[PolicyFault, ...]

    def __init__(self, name: str, faults: tuple[PolicyFault, ...]) -> None:
        super().__init__("policy.faults", "policy.more_faults", faults, policy=name)
