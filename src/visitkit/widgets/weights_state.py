"""What the weight panel shows: settings, who moved, and a policy to keep."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from visitkit import tables, text
from visitkit.policy import Policy, as_toml
from visitkit.screen import Caseload
from visitkit.screen.ranking import Ranking, shifted
from visitkit.screen.tiers import read_cuts
from visitkit.text.counting import one_or_many

#: A slider ends here; a policy may go beyond.
HIGHEST = 5.0

#: Students told by number; more would bury the sentence.
TOLD = 40


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person can set.

    Parameters
    ----------
    weights
        Dimension to weight.
    cuts
        Watch from the first, priority from the second, 0-100.
    capacity
        Places a week.
    """

    weights: Mapping[str, float]
    cuts: tuple[float, float]
    capacity: int

    def sent(self) -> dict[str, object]:
        """Return the settings as a message holds them."""
        return {
            "weights": dict(self.weights),
            "cuts": list(self.cuts),
            "capacity": self.capacity,
        }


def of_caseload(cases: Caseload) -> Settings:
    """Return the settings under which a caseload was made."""
    found = cases.policy
    weights = {
        name: float(str(found[f"risk.dimensions.{name}"]))
        if f"risk.dimensions.{name}" in found
        else 1.0
        for name in tables.DIMENSIONS
    }
    return Settings(weights, read_cuts(found), cases.capacity)


def from_message(content: Mapping[str, object]) -> Settings | None:
    """Return settings out of a message; ``None`` where they are not whole or not numbers.

    Whether they are allowed is for the stage to say.
    """
    weights, cuts, capacity = (content.get(name) for name in ("weights", "cuts", "capacity"))
    if not isinstance(weights, dict) or set(weights) != set(tables.DIMENSIONS):
        return None
    if not isinstance(cuts, list) or len(cuts) != 2:
        return None
    if type(capacity) is not int or not all(_number(one) for one in (*weights.values(), *cuts)):
        return None
    told = {name: float(weights[name]) for name in tables.DIMENSIONS}
    return Settings(told, (float(cuts[0]), float(cuts[1])), capacity)


def _number(value: object) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(value) and abs(value) < 1e6  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Moves:
    """Who moved, in words.

    Parameters
    ----------
    sentence
        How many moved up and down.
    up, down
        Their numbers, at most :data:`TOLD`.
    more_up, more_down
        How many there are beyond.
    """

    sentence: str
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    more_up: int = 0
    more_down: int = 0

    def __repr__(self) -> str:
        """Return the sentence only."""
        return f"Moves({self.sentence!r})"


def moves(before: Ranking, now: Ranking, lang: str | None = None) -> Moves:
    """Tell who moved a tier since the policy's own weights.

    Parameters
    ----------
    before
        The order under the policy.
    now
        The order under the sliders.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    """
    up, down = shifted(before, now)
    if not up and not down:
        return Moves(text.say(f"widgets_weights.{_unmoved(before, now)}", lang))
    parts = [
        text.say(one_or_many(f"widgets_weights.moved_{way}", len(who)), lang, **{way: len(who)})
        for way, who in (("up", up), ("down", down))
        if who
    ]
    joined = text.say("widgets_weights.and", lang).join(parts)
    sentence = text.say("widgets_weights.moved", lang, parts=joined)
    beyond = (max(len(who) - TOLD, 0) for who in (up, down))
    return Moves(sentence, up[:TOLD], down[:TOLD], *beyond)


def _unmoved(before: Ranking, now: Ranking) -> str:
    same = before.ids == now.ids and np.array_equal(before.rank, now.rank)
    return "unchanged" if same else "same_tiers"


def own_policy(start: Caseload, settings: Settings) -> Policy:
    """Return the policy with what differs under the sliders as the school's own decision."""
    old = of_caseload(start)
    changes: dict[str, object] = {
        f"risk.dimensions.{name}": weight
        for name, weight in settings.weights.items()
        if weight != old.weights[name]
    }
    if settings.cuts != old.cuts:
        changes["risk.cuts"] = list(settings.cuts)
    if settings.capacity != start.policy["risk.capacity"]:
        changes["risk.capacity"] = settings.capacity
    return start.policy.with_values(changes)


def policy_file(start: Caseload, settings: Settings) -> bytes:
    """Return that policy as a file that stands alone."""
    return as_toml(own_policy(start, settings)).encode("utf-8")
