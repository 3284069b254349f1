"""Whom a list serves less well: found and missed by group, with small groups kept out of sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from visitkit.errors import ScreenError
from visitkit.outgoing import FLOOR, LEAST, without_small_cells
from visitkit.screen.validate.joining import by_student
from visitkit.screen.validate.out_of_fold import OutOfFold

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RESAMPLES = 300

#: Figures of a group: ``selection`` (share on the list), ``tpr`` (share found of those with the
#: outcome), ``fpr`` (share listed of those without), ``fdr`` (share of its listed without) and
#: ``calibration`` (mean promised less found share; above 0 too much was promised).
FIGURES = ("selection", "tpr", "fpr", "fdr", "calibration")

#: Figures behind which stands another number than all students of the group.
_BEHIND = {"tpr": "events", "fpr": "others", "fdr": "selected"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an audit is made.

    Parameters
    ----------
    capacity
        Length of the list.
    least
        Figures of fewer students than this are not told; not below :data:`FLOOR`.
    seed, resamples
        Of the bootstrap, in which the list is drawn up anew from each resample; ties by lot.
    """

    capacity: int
    least: int = LEAST
    seed: int = 0
    resamples: int = RESAMPLES


@dataclass(frozen=True, slots=True)
class SubgroupAudit:
    """Figures by group.

    Parameters
    ----------
    table : pandas.DataFrame
        ``attribute``, ``group``, ``n`` (missing where not told), ``told`` (the group is large
        enough), and for each of :data:`FIGURES` its value with ``_low`` and ``_high``, missing
        where too few students stand behind it.
    gaps : pandas.DataFrame
        ``attribute``, ``figure``, ``most``, ``least`` (groups), ``gap`` with ``low`` and ``high``,
        ``noise`` (the interval of these two groups' difference holds 0).
    wanted
        How it was made.
    n, events
        All students.
    """

    table: pd.DataFrame
    gaps: pd.DataFrame
    wanted: Wanted
    n: int
    events: int


def subgroups(
    found: OutOfFold, members: pd.DataFrame | pd.Series[Any], wanted: Wanted
) -> SubgroupAudit:
    """Return how a list serves each group.

    Parameters
    ----------
    found
        Held-out scores; the first division counts.
    members : DataFrame or Series
        By ``student_id``: a column an attribute (sex, left behind, boarding ...), each cell the
        group; missing where it is not known, which is a group of its own.
    wanted
        Capacity, smallest cell, bootstrap.

    Raises
    ------
    ScreenError
        When the table is not by student, the list is longer than there are students or empty, or
        smaller cells than the floor are asked for.

    Notes
    -----
    A figure is told only where at least ``least`` students stand behind it: for the share found,
    those with the outcome. Where a number held back could be worked out from the others of its
    attribute, or nearly so, the next smallest is held back as well
    (:func:`visitkit.outgoing.without_small_cells`). The groups are compared at the
    same list, as it is used. The figures can not all be equal when the groups differ in how often
    the outcome occurs: Chouldechova 2017, doi:10.1089/big.2016.0047; Kleinberg et al. 2017,
    arXiv:1609.05807.

    Examples
    --------
    >>> from visitkit.screen.validate.out_of_fold import OutOfFold
    >>> ids = [f"S{n:03d}" for n in range(80)]
    >>> rows = {"student_id": ids, "repeat": 0, "fold": 0, "outcome": [1, 0] * 40}
    >>> scores = pd.DataFrame(rows).assign(score=np.arange(80) / 80)
    >>> sex = pd.Series(["f"] * 40 + ["m"] * 40, index=ids, name="sex")
    >>> made = subgroups(OutOfFold(scores, True, "fresh"), sex, Wanted(20, resamples=10))
    >>> made.table[["group", "n", "selection"]].values.tolist()
    [['f', 40, 0.0], ['m', 40, 0.5]]
    """
    rows = found.first
    _check(wanted, len(rows))
    table = members.to_frame() if isinstance(members, pd.Series) else members
    groups = {
        str(name): by_student(table[name], str(name)).reindex(rows.index) for name in table.columns
    }
    told: list[dict[str, object]] = []
    gaps: list[dict[str, object]] = []
    truth, score = rows["outcome"].to_numpy().astype(bool), rows["score"].to_numpy()
    chance = score if found.probabilities else np.full(len(score), np.nan)
    draws = _Draws(truth, score, chance, wanted)
    for attribute, group in groups.items():
        names = group.astype("object").where(group.notna(), "").astype(str).to_numpy()
        kinds = sorted(set(names))
        values = draws.figures([names == kind for kind in kinds])
        sizes = [_sizes(truth, draws.listed, names == kind) for kind in kinds]
        open_ones = _told(sizes, wanted.least)
        for place, kind in enumerate(kinds):
            told.append(_line(attribute, kind, sizes[place]["n"], values[place], open_ones[place]))
        gaps += _gaps(attribute, told[-len(kinds) :], values)
    columns = ["attribute", "figure", "most", "least", "gap", "low", "high", "noise"]
    made = pd.DataFrame(told).astype({"n": "Int64"})
    return SubgroupAudit(
        made, pd.DataFrame(gaps, columns=columns), wanted, len(rows), int(truth.sum())
    )


def _check(wanted: Wanted, n: int) -> None:
    if not 1 <= wanted.capacity <= n:
        raise ScreenError("screen.bad_k", found=wanted.capacity, high=n)
    if wanted.least < FLOOR:
        raise ScreenError("audit.below_floor", found=wanted.least, floor=FLOOR)


@dataclass(frozen=True, slots=True)
class _Draws:
    """The list as it is and as resamples would have drawn it up."""

    truth: Flags
    score: Floats
    chance: Floats
    wanted: Wanted

    @property
    def listed(self) -> Flags:
        rng = np.random.default_rng(self.wanted.seed)
        return _list(self.score, self.wanted.capacity, rng)

    def figures(self, masks: list[Flags]) -> list[Floats]:
        """Return for each group an array (1 + resamples, figures), the first row as it is."""
        rng = np.random.default_rng(self.wanted.seed)
        n = len(self.truth)
        out = [np.empty((self.wanted.resamples + 1, len(FIGURES))) for _ in masks]
        for draw in range(self.wanted.resamples + 1):
            rows = rng.integers(0, n, n) if draw else np.arange(n)
            listed = _list(self.score[rows], self.wanted.capacity, rng) if draw else self.listed
            for place, mask in enumerate(masks):
                inside = mask[rows]
                out[place][draw] = _figures(
                    self.truth[rows][inside], listed[inside], self.chance[rows][inside]
                )
        return out


def _list(score: Floats, capacity: int, rng: np.random.Generator) -> Flags:
    chosen = np.zeros(len(score), dtype=bool)
    chosen[np.lexsort((rng.random(len(score)), -score))[:capacity]] = True
    return chosen


def _figures(truth: Flags, listed: Flags, chance: Floats) -> tuple[float, ...]:
    return (
        _share(listed),
        _share(listed[truth]),
        _share(listed[~truth]),
        _share(~truth[listed]),
        float(chance.mean() - truth.mean()) if len(truth) else np.nan,
    )


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else np.nan


def _sizes(truth: Flags, listed: Flags, inside: Flags) -> dict[str, int]:
    return {
        "n": int(inside.sum()),
        "events": int(truth[inside].sum()),
        "others": int((~truth[inside]).sum()),
        "selected": int(listed[inside].sum()),
    }


def _told(sizes: list[dict[str, int]], least: int) -> list[dict[str, bool]]:
    """Tell which numbers of each group may be told: none could be worked out from the others.

    What stands behind a figure is one of several numbers with a known total, as ``n`` itself is.
    """
    counts = pd.DataFrame(sizes)
    hidden = {
        name: without_small_cells(counts[[name]], name, [], least=least)["hidden"]
        for name in counts.columns
    }
    told = ~pd.DataFrame(hidden)
    told = told.mul(told["n"], axis=0) & (counts >= least)
    return [{str(name): bool(one) for name, one in row.items()} for row in told.to_dict("records")]


def _line(
    attribute: str, group: str, n: int, values: Floats, told: dict[str, bool]
) -> dict[str, object]:
    line: dict[str, object] = {"attribute": attribute, "group": group}
    line |= {"n": n if told["n"] else None, "told": told["n"]}
    for place, name in enumerate(FIGURES):
        seen = told[_BEHIND.get(name, "n")] and bool(np.isfinite(values[0, place]))
        low, high = _ends(values[1:, place]) if seen else (np.nan, np.nan)
        line[name] = float(values[0, place]) if seen else np.nan
        line[f"{name}_low"], line[f"{name}_high"] = low, high
    return line


def _ends(drawn: Floats) -> tuple[float, float]:
    if np.isfinite(drawn).sum() < 2:
        return np.nan, np.nan
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _gaps(
    attribute: str, lines: list[dict[str, object]], values: list[Floats]
) -> list[dict[str, object]]:
    """Return for each figure the two groups that lie farthest apart."""
    rows = []
    for place, name in enumerate(FIGURES):
        seen = [n for n, line in enumerate(lines) if np.isfinite(float(str(line[name])))]
        if len(seen) < 2:
            continue
        most = max(seen, key=lambda n: values[n][0, place])
        least = min(seen, key=lambda n: values[n][0, place])
        apart = values[most][:, place] - values[least][:, place]
        low, high = _ends(apart[1:])
        row = {"attribute": attribute, "figure": name}
        row |= {"most": str(lines[most]["group"]), "least": str(lines[least]["group"])}
        rows.append(
            {
                **row,
                "gap": float(apart[0]),
                "low": low,
                "high": high,
                "noise": low <= 0 or np.isnan(low),
            }
        )
    return rows
