"""Weights as a file that a policy can be built on, with who decided and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from visitkit.errors import ScreenError
from visitkit.screen.card import STEPS
from visitkit.screen.weights.judgements import MOST_RATIO, Judged
from visitkit.tables import DIMENSIONS


def policy_part(
    weights: Mapping[str, float] | Judged, *, base: str, decided_by: str, decided_on: dt.date
) -> str:
    """Return the text of a policy file in which the dimensions have these weights.

    Parameters
    ----------
    weights
        Dimension to weight, or what :func:`visitkit.screen.weights.judge` found.
    base
        The policy that the file builds on.
    decided_by
        The body that decided, for example ``leading group``; it becomes the source of each value.
    decided_on
        The day of the decision.

    Returns
    -------
    str
        TOML; :func:`visitkit.policy.read_policy` reads it.

    Raises
    ------
    ScreenError
        When a name is not a dimension, or the judgements contradict each other too much.

    Examples
    --------
    >>> import datetime as dt
    >>> text = policy_part(
    ...     {"attendance": 0.5, "academic": 0.25, "family": 0.25},
    ...     base="recommended", decided_by="leading group", decided_on=dt.date(2026, 9, 1),
    ... )
    >>> print(text.splitlines()[0])
    extends = ["recommended"]
    """
    how = ""
    if isinstance(weights, Judged):
        if not weights.usable:
            worst = weights.pairs.iloc[0]
            raise ScreenError(
                "weights.inconsistent",
                found=f"{weights.ratio:.2f}",
                most=f"{MOST_RATIO:.2f}",
                first=worst["first"],
                second=worst["second"],
            )
        how = f", {weights.judges} judges, consistency ratio {weights.ratio:.3f}"
        weights = weights.weights
    unknown = [name for name in weights if name not in DIMENSIONS]
    if unknown:
        raise ScreenError(
            "weights.not_dimensions", found=", ".join(unknown), allowed=", ".join(DIMENSIONS)
        )
    source = f"{decided_by}, {decided_on.isoformat()}{how}".replace("\\", "/").replace('"', "'")
    most = max(weights.values())
    lines = [f'extends = ["{base}"]', "", "[risk.dimensions]"]
    for name in DIMENSIONS:
        if name in weights:
            value = round(weights[name] / most * STEPS) / STEPS
            lines.append(f'{name} = {{ value = {value}, source = "{source}" }}')
    return "\n".join(lines) + "\n"
