"""The rules of the What Works Clearinghouse, read from data with their sources."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: Ratings from worst to best.
RATINGS = ("does_not_meet", "with_reservations", "without_reservations")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    id
        Names the fact it asks for and its sentence in ``review_stats.rule``.
    designs
        Designs that it applies to.
    cap
        Rating when it fails.
    source
        Where it is written.
    confirmed
        Whether the rule was seen in the text of that source.
    when
        State in which it is asked at all; empty for always.
    """

    id: str
    designs: tuple[str, ...]
    cap: str
    source: str
    confirmed: bool
    when: str = ""


@cache
def sheet() -> dict[str, Any]:
    """Return the whole sheet of rules and figures."""
    text = files(__package__).joinpath("wwc.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def source(part: str) -> str:
    """Return where the rules of one part are written.

    Examples
    --------
    >>> source("threshold").startswith("WWC (2015)")
    True
    """
    return str(sheet()["source"][part])


@cache
def rules(design: str) -> tuple[Rule, ...]:
    """Return the rules that a design must keep, in the order in which they are told.

    Examples
    --------
    >>> [rule.id for rule in rules("chosen")]
    ['baseline_equivalent', 'no_confounder']
    """
    found = []
    for row in sheet()["rule"]:
        if design in row["designs"]:
            told = row | {"designs": tuple(row["designs"]), "source": source(row["source"])}
            found.append(Rule(**told))
    return tuple(found)
