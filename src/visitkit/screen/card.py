"""The points card: which figures count, in which bands, with which weights.

A card is what a policy says about points once it has been checked; :mod:`visitkit.screen.points`
does the sums.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visitkit.errors import PolicyError
from visitkit.policy import Policy
from visitkit.screen.catalog import BY_NAME
from visitkit.tables import DIMENSIONS

#: Points of the worst band.
MOST_POINTS = 3

#: Weights and caps are kept to a thousandth, so that sums are exact whole numbers.
STEPS = 1000

#: Weighted points that fill a dimension where nobody says otherwise: two figures in the worst band.
USUAL_CAP = 6.0

_LARGEST_WEIGHT = 100.0

_ORDERED = {"high": "screen.bands_high", "low": "screen.bands_low"}

Cuts = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator on the card.

    Parameters
    ----------
    name
        Column name of the figure.
    dimension
        One of :data:`visitkit.tables.DIMENSIONS`.
    worse
        ``high`` or ``low``.
    cuts
        Three figures in the worrying direction; reaching the first gives one point, the second
        two, the third three. Empty while they are still to be learned.
    weight
        Multiplies the points; a multiple of 0.001. With 0 the points are shown but do not count.
    """

    name: str
    dimension: str
    worse: str
    cuts: Cuts
    weight: float


@dataclass(frozen=True)
class Card:
    """A checked points card.

    Parameters
    ----------
    lines
        The indicators in order of dimension, then as listed.
    weights
        Dimension to weight, multiples of 0.001; 0 for a dimension without any line that counts.
    caps
        Dimension to the weighted points that fill it.
    neutral
        What an unknown dimension counts, 0-100; an unknown figure counts its share of it.
    """

    lines: tuple[Line, ...]
    weights: Mapping[str, float]
    caps: Mapping[str, float]
    neutral: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the indicators in order."""
        return tuple(line.name for line in self.lines)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions that count, in the usual order."""
        return tuple(name for name in DIMENSIONS if self.weights.get(name, 0) > 0)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person set, before it is checked.

    Parameters
    ----------
    bands
        Indicator to three cut points.
    weights
        Dimension or indicator to weight; 1 where nothing is said.
    caps
        Dimension to the weighted points that fill it.
    extra
        Indicators outside the catalogue: name to ``{"dimension": ..., "worse": ...}``.
    neutral
        0-100.
    min_coverage
        0-1.
    policy
        Whose settings these are, for error messages.
    """

    bands: Mapping[str, Sequence[float]]
    weights: Mapping[str, float]
    caps: Mapping[str, float]
    extra: Mapping[str, Mapping[str, str]]
    neutral: float
    min_coverage: float
    policy: str = "RiskIndex"


def read_settings(policy: Policy, neutral: float, min_coverage: float) -> Settings:
    """Read the ``risk`` section of a policy; the two numbers stand in where it is silent.

    Raises
    ------
    PolicyError
        When the section lists no indicator, or holds a word that is not understood.
    """
    bands: dict[str, Sequence[float]] = {}
    weights: dict[str, float] = {}
    extra: dict[str, dict[str, str]] = {}
    section = policy.section("risk.indicators")
    if not section:
        raise PolicyError("screen.no_indicators", policy=policy.name, key="risk.indicators")
    for key, value in section.items():
        name, _, part = key.rpartition(".")
        match part:
            case "bands":
                bands[name] = value  # type: ignore[assignment]
            case "weight":
                weights[name] = value  # type: ignore[assignment]
            case "dimension" | "worse":
                extra.setdefault(name, {})[part] = str(value)
            case _:
                raise PolicyError(
                    "screen.unknown_setting",
                    policy=policy.name,
                    key=f"risk.indicators.{key}",
                    found=part,
                    allowed="bands, weight, dimension, worse",
                )
    weights.update(policy.section("risk.dimensions"))  # type: ignore[arg-type]
    own = policy.section("risk")
    return Settings(
        bands,
        weights,
        policy.section("risk.caps"),  # type: ignore[arg-type]
        extra,
        own.get("neutral", neutral),  # type: ignore[arg-type]
        own.get("min_coverage", min_coverage),  # type: ignore[arg-type]
        policy.name,
    )


def make_card(settings: Settings, names: Sequence[str] | None = None) -> Card:
    """Check settings and return the card.

    Parameters
    ----------
    settings
        What a person set.
    names
        The indicators to list; by default all that the settings mention. A listed one without
        bands gets a line with empty ``cuts``, to be learned.

    Raises
    ------
    PolicyError
        Naming policy, key, what was found and what is allowed.
    """
    named = names if names is not None else _mentioned(settings)
    lines = [_line(settings, name, strict=names is None) for name in named]
    lines.sort(key=lambda line: DIMENSIONS.index(line.dimension))
    counted = {line.dimension for line in lines if line.weight > 0}
    weights = {
        dimension: _number(settings, f"risk.dimensions.{dimension}", settings.weights, dimension)
        if dimension in counted
        else 0.0
        for dimension in DIMENSIONS
    }
    if not any(weights.values()):
        raise PolicyError(
            "screen.no_weight", policy=settings.policy, key="risk.dimensions", found=0
        )
    _check_range(settings, "risk.neutral", settings.neutral, 100)
    _check_range(settings, "risk.min_coverage", settings.min_coverage, 1)
    for name in settings.caps:
        _check_dimension(settings, "risk.caps", name)
    caps = {dimension: _cap(settings, dimension, lines) for dimension in DIMENSIONS}
    return Card(tuple(lines), weights, caps, round(float(settings.neutral), 2))


def _mentioned(settings: Settings) -> list[str]:
    own = [name for name in settings.weights if name not in DIMENSIONS]
    return list(dict.fromkeys([*settings.bands, *own, *settings.extra]))


def _line(settings: Settings, name: str, *, strict: bool) -> Line:
    key = f"risk.indicators.{name}"
    given = settings.extra.get(name, {})
    known = BY_NAME.get(name)
    if known is None and "dimension" not in given and strict:
        allowed = ", ".join(BY_NAME)
        raise PolicyError(
            "screen.unknown_indicator", policy=settings.policy, key=key, found=name, allowed=allowed
        )
    dimension = given.get("dimension", known.dimension if known else DIMENSIONS[0])
    _check_dimension(settings, f"{key}.dimension", dimension)
    worse = given.get("worse", known.worse if known else "high")
    allowed = known.worse if known else "high, low"
    if worse not in allowed.split(", "):
        raise PolicyError(
            "screen.unknown_setting",
            policy=settings.policy,
            key=f"{key}.worse",
            found=worse,
            allowed=allowed,
        )
    cuts: Cuts = ()
    if name in settings.bands:
        cuts = _cuts(settings, f"{key}.bands", settings.bands[name], worse)
    weight = _number(settings, f"{key}.weight", settings.weights, name)
    return Line(name, dimension, worse, cuts, weight)


def _cuts(settings: Settings, key: str, found: object, worse: str) -> Cuts:
    facts = {"policy": settings.policy, "key": key, "found": found}
    values = list(found) if isinstance(found, Sequence) and not isinstance(found, str) else []
    if len(values) != MOST_POINTS or not all(_finite(value) for value in values):
        raise PolicyError("screen.bands_not_three", **facts)
    cuts = tuple(float(value) for value in values)
    signed = cuts if worse == "high" else tuple(-cut for cut in cuts)
    if not signed[0] < signed[1] < signed[2]:
        raise PolicyError(_ORDERED[worse], **facts)
    return cuts


def _finite(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value)  # type: ignore[arg-type]


def _number(settings: Settings, key: str, values: Mapping[str, float], name: str) -> float:
    value = values.get(name, 1.0)
    if not _finite(value) or not 0 <= value <= _LARGEST_WEIGHT:
        raise PolicyError(
            "screen.bad_number",
            policy=settings.policy,
            key=key,
            found=value,
            low=0,
            high=_LARGEST_WEIGHT,
        )
    return round(value * STEPS) / STEPS


def _cap(settings: Settings, dimension: str, lines: Sequence[Line]) -> float:
    if dimension in settings.caps:
        cap = _number(settings, f"risk.caps.{dimension}", settings.caps, dimension)
        if cap == 0:
            raise PolicyError(
                "screen.cap_zero", policy=settings.policy, key=f"risk.caps.{dimension}", found=cap
            )
        return cap
    total = sum(line.weight for line in lines if line.dimension == dimension)
    return max(USUAL_CAP, round(total * MOST_POINTS / 2 * STEPS) / STEPS)


def _check_dimension(settings: Settings, key: str, name: str) -> None:
    if name not in DIMENSIONS:
        raise PolicyError(
            "screen.policy_dimension",
            policy=settings.policy,
            key=key,
            found=name,
            allowed=", ".join(DIMENSIONS),
        )


def _check_range(settings: Settings, key: str, value: object, high: float) -> None:
    if not _finite(value) or not 0 <= value <= high:  # type: ignore[operator]
        raise PolicyError(
            "screen.bad_number", policy=settings.policy, key=key, found=value, low=0, high=high
        )
