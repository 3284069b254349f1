"""The counts of a study as they may leave the room: no few students can be worked out from them.

All numbers of all outcomes are looked at together, for what one step hides another may give away:
97 measured of 100 assigned tell of three, and so do 97 and 100 of two outcomes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

from visitkit.outgoing.crossed import protected
from visitkit.review.result import Flags, Floats, Ints
from visitkit.review.shown_counts import SIDES, Shown, Told
from visitkit.review.small_cells import FLOOR
from visitkit.review.study.declare import Declared
from visitkit.review.study.effect import Found
from visitkit.review.study.flow import Units, flow, units_of
from visitkit.review.study.harm import changes

#: What is hidden first where a number must go to keep another: the last is what is needed most.
_DEAR = ("assessed", "measured", "worse", "of", "received", "analysed", "assigned", "crisis")


def shown(given: Declared, found: Sequence[Found]) -> Shown:
    """Return the counts of a study as they may leave the room.

    Parameters
    ----------
    given
        The declared study.
    found
        Its outcomes that have a figure.

    Notes
    -----
    Protected are all numbers told, and all differences of two of them (who was assigned and not
    measured, measured on one outcome and not on another ...), where they are of one to four
    students: whoever puts together all that is told must still think five values or more possible
    (:func:`visitkit.outgoing.crossed.protected`).
    """
    if given.assign == "series":
        return _periods(given, found)
    flags = dict(_flags(given, found))
    names = list(flags)
    groups, sizes = np.unique(np.column_stack(list(flags.values())), axis=0, return_counts=True)
    members = groups.T.astype(np.float64)
    counts = members @ sizes
    secret = _secrets(groups.T, sizes)
    few = (counts > 0) & (counts < FLOOR)
    dear = [*(_dear(name, found) for name in names), *[0.0] * len(secret)]
    hidden = protected(
        np.vstack([members, secret]),
        np.concatenate([counts, secret @ sizes]),
        np.concatenate([few, np.ones(len(secret), dtype=bool)]),
        dear=np.array(dear),
        known=0,
    )[: len(names)]
    # what the estimate counted itself, where that is not who is known to be complete
    hidden |= np.array([_differs(found, name, n) for name, n in zip(names, counts, strict=True)])
    known = {name: int(n) for name, n, hide in zip(names, counts, hidden, strict=True) if not hide}
    told = {name: _told(name, int(n), known) for name, n in zip(names, counts, strict=True)}
    return Shown(told, not hidden.any())


def _dear(name: tuple[str, ...], found: Sequence[Found]) -> float:
    """Return how much a number is needed; of two outcomes the first is told rather."""
    later = [one.outcome for one in found].index(name[2]) if len(name) > 2 else 0
    return _DEAR.index(name[0]) - later / (len(found) + 1)


def _flags(given: Declared, found: Sequence[Found]) -> Iterator[tuple[tuple[str, ...], Flags]]:
    """Yield for each number who is counted: a row a student, the lost and the crises last."""
    units = [(one, units_of(given, one.outcome)) for one in found]
    first = units[0][1]
    lost, crisis = first.lost, first.crisis

    def all_of(here: Flags, gone: tuple[bool, bool] = (False, False), ill: bool = False) -> Flags:
        tail = [np.full(n, yes) for n, yes in zip((*lost, crisis), (*gone, ill), strict=True)]
        return np.concatenate([here, *tail]).astype(bool)

    nobody = np.zeros(len(first.meant), dtype=bool)
    yield ("assessed",), all_of(~nobody, (True, True), True)
    yield ("crisis",), all_of(nobody, ill=True)
    for side, mine in zip(SIDES, (first.meant, ~first.meant), strict=True):
        yield ("assigned", side), all_of(mine, (side == "treated", side == "control"))
        yield ("received", side), all_of(mine & first.received)
        for one, unit in units:
            yield ("measured", side, one.outcome), all_of(mine & unit.measured)
            yield ("analysed", side, one.outcome), all_of(mine & _used(given, one, unit))
            if one.outcome in given.harm:
                known, worse = changes(given, one.outcome)
                yield ("of", side, one.outcome), all_of(mine & known)
                yield ("worse", side, one.outcome), all_of(mine & worse)


def _used(given: Declared, one: Found, unit: Units) -> Flags:
    """Tell whom the estimate used."""
    return unit.analysed if given.assign == "staggered" else one.analysed


def _differs(found: Sequence[Found], name: tuple[str, ...], count: float) -> bool:
    if name[0] != "analysed":
        return False
    one = next(one for one in found if one.outcome == name[2])
    return bool(getattr(one.effect.counts, name[1]) != count)


def _secrets(members: Flags, sizes: Ints) -> Floats:
    """Return who must not be told though nobody tells of them: few that two numbers differ by."""
    parts = [*np.eye(members.shape[1], dtype=bool)]
    parts += [one & ~other for one, other in permutations(members, 2)]
    kinds = np.unique(np.array(parts), axis=0)
    counts = kinds @ sizes
    few: Floats = kinds[(counts > 0) & (counts < FLOOR)].astype(np.float64)
    return few


def _told(name: tuple[str, ...], number: int, known: Mapping[tuple[str, ...], int]) -> Told:
    """Return a number, or what may be said of it: nothing that is not shown decides the words."""
    if name in known:
        return Told(number)
    if 0 < number < FLOOR:
        return Told(None, few=True)
    if name == ("assessed",):
        sides = [known.get(("assigned", side)) for side in SIDES]
        near = [sum(one for one in sides if one is not None)] if None not in sides else []
    else:
        near = [n for other, n in known.items() if other[1:2] == name[1:2]]
    close = [n for n in near if abs(n - number) < FLOOR]
    return Told(None, near=min(close, key=lambda n: abs(n - number)) if close else None)


def _periods(given: Declared, found: Sequence[Found]) -> Shown:
    """Return the counts of a series: periods are nobody."""
    told: dict[tuple[str, ...], Told] = {}
    for one in found:
        steps = flow(given, one.outcome)
        told["assessed",], told["crisis",] = Told(steps.assessed), Told(steps.crisis)
        for side in SIDES:
            for step, number in getattr(steps, side).items():
                told[step, side, one.outcome] = Told(number)
    return Shown(told, True)
