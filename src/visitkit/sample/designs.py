"""A made-up study of each design, its true effect known: for practice before real students."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit.errors import TableError
from visitkit.sample.draws import Floats, happens, normal, order, stream

_STUDENTS, _CLASS = 480, 20
#: Planted, by design: lessons missed; per cent of days missed in a series; for the time to an end
#: the logarithm of the ratio of rates.
EFFECTS = {
    "randomised": -3.0,
    "threshold": -3.0,
    "chosen": -3.0,
    "staggered": -3.0,
    "series": -2.0,
    "time_to_event": -0.6,
}


@dataclass(frozen=True, slots=True)
class MadeStudy:
    """A made-up study.

    Parameters
    ----------
    table : pandas.DataFrame
        As a researcher would have it.
    outcome
        Columns of the outcomes; the planted effect is on the first.
    settings
        What else has to be declared. A threshold study also needs the record that its ``score``
        column is frozen into, cut at 60.
    effect
        The truth, see :data:`EFFECTS`.
    """

    table: pd.DataFrame
    outcome: tuple[str, ...]
    settings: Mapping[str, object]
    effect: float


def made_study(assign: str, seed: int = 0, effect: float | None = None) -> MadeStudy:
    """Make a study of one design.

    Parameters
    ----------
    assign
        ``"randomised"``, ``"threshold"``, ``"chosen"``, ``"staggered"``, ``"series"`` or
        ``"time_to_event"``.
    seed
        0 or more; the same seed gives the same study on every machine.
    effect
        The truth; the usual one of :data:`EFFECTS` when not given.

    Raises
    ------
    TableError
        When there is no such design.

    Examples
    --------
    >>> made = made_study("randomised", seed=1)
    >>> made.effect, made.outcome, len(made.table)
    (-3.0, ('lessons_missed', 'worry'), 480)
    """
    if assign not in _MAKERS:
        raise TableError("sample.no_design", found=assign, allowed=", ".join(_MAKERS))
    rng = stream(seed, assign)
    return _MAKERS[assign](rng, EFFECTS[assign] if effect is None else float(effect))


def _students(rng: np.random.Generator) -> pd.DataFrame:
    before = 12 + 4 * normal(rng, _STUDENTS)
    return pd.DataFrame(
        {
            "student_id": [f"T{place:03d}" for place in range(1, _STUDENTS + 1)],
            "class_id": [f"K{place // _CLASS + 1:02d}" for place in range(_STUDENTS)],
            "missed_before": before,
            "distance_km": 5 * rng.random(_STUDENTS),
        }
    )


def _outcomes(rng: np.random.Generator, rows: pd.DataFrame, effect: float) -> pd.DataFrame:
    count = len(rows)
    near = rows["missed_before"] + 0.5 * rows["distance_km"]
    lost = happens(rng, 0.03, count)
    missed = near + effect * rows["visited"] + 2 * normal(rng, count)
    worry = 20 + 4 * normal(rng, count)
    return rows.assign(
        lessons_missed=np.where(lost, np.nan, missed), worry=np.where(lost, np.nan, worry)
    )


_SIDES = {"unit": "student_id", "treat": "visited", "no_confounder": True}
_KNOWN = ("missed_before", "distance_km")


def _randomised(rng: np.random.Generator, effect: float) -> MadeStudy:
    rows = _students(rng)
    rows["visited"] = order(rng, _STUDENTS) % 2
    settings = {**_SIDES, "baseline": _KNOWN, "before": {"lessons_missed": "missed_before"}}
    settings["assignment_kept"] = True
    table = _outcomes(rng, rows, effect)
    return MadeStudy(table, ("lessons_missed", "worry"), settings, effect)


def _threshold(rng: np.random.Generator, effect: float) -> MadeStudy:
    rows = _students(rng)
    rows["score"] = 100 * rng.random(_STUDENTS)
    rows["visited"] = (rows["score"] >= 60).astype(int)
    table = _outcomes(rng, rows, effect)
    table["lessons_missed"] += rows["score"] / 20
    return MadeStudy(
        table, ("lessons_missed", "worry"), {**_SIDES, "baseline": ("missed_before",)}, effect
    )


def _chosen(rng: np.random.Generator, effect: float) -> MadeStudy:
    rows = _students(rng)
    pull = 0.15 * (rows["missed_before"] - 12) + 0.2 * (rows["distance_km"] - 2.5) - 0.6
    rows["visited"] = happens(rng, _chance(pull.to_numpy())).astype(int)
    settings = {**_SIDES, "baseline": _KNOWN, "before": {"lessons_missed": "missed_before"}}
    return MadeStudy(_outcomes(rng, rows, effect), ("lessons_missed", "worry"), settings, effect)


def _chance(pull: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-pull))
    return chance


def _staggered(rng: np.random.Generator, effect: float) -> MadeStudy:
    rows, months = _students(rng), np.arange(1, 9)
    first = np.array([0, 4, 6])[order(rng, _STUDENTS) % 3]
    table = rows.loc[np.repeat(rows.index, len(months)), ["student_id", "class_id"]]
    month = np.tile(months, _STUDENTS)
    start = np.repeat(first, len(months))
    on = (start > 0) & (month >= start)
    own = np.repeat(rows["missed_before"].to_numpy() / 4, len(months))
    y = own + 0.3 * month + effect * on + normal(rng, len(table))
    table = table.assign(month=month, first_month=start, lessons_missed=y)
    settings: dict[str, object] = {"unit": "student_id", "time": "month", "first": "first_month"}
    settings["no_confounder"] = True
    return MadeStudy(table.reset_index(drop=True), ("lessons_missed",), settings, effect)


def _series(rng: np.random.Generator, effect: float) -> MadeStudy:
    week, noise = np.arange(1, 61), 0.5 * normal(rng, 60)
    for place in range(1, 60):
        noise[place] += 0.3 * noise[place - 1]
    share = 6 + 0.02 * week + effect * (week >= 31) + noise
    table = pd.DataFrame({"week": week, "days_missed": share})
    return MadeStudy(table, ("days_missed",), {"time": "week", "start": 31}, effect)


def _time_to_event(rng: np.random.Generator, effect: float) -> MadeStudy:
    rows = _students(rng)
    rows["visited"] = order(rng, _STUDENTS) % 2
    leaving = -np.log(1 - rng.random(_STUDENTS)) * 60 / np.exp(effect * rows["visited"])
    moving = -np.log(1 - rng.random(_STUDENTS)) * 200
    ends = np.column_stack([np.full(_STUDENTS, 40.0), leaving, moving])
    rows["weeks"] = np.ceil(ends.min(axis=1)).clip(1, 40)
    rows["how_ended"] = np.where(rows["weeks"] >= 40, 0, ends.argmin(axis=1))
    settings = {**_SIDES, "cause": "how_ended", "horizon": 36, "drawn": True}
    settings["baseline"] = ("missed_before",)
    return MadeStudy(rows, ("weeks",), settings, effect)


_MAKERS: dict[str, Callable[[np.random.Generator, float], MadeStudy]] = {
    "randomised": _randomised,
    "threshold": _threshold,
    "chosen": _chosen,
    "staggered": _staggered,
    "series": _series,
    "time_to_event": _time_to_event,
}
