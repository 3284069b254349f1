"""Who is looked at first: support tiers and the order within them.

A tier is a queue for help, not a label on a child. An open alert raises whatever the index says;
the index can only add to the queue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from visitkit.errors import PolicyError
from visitkit.policy import Policy

#: Tiers in the order in which they are worked.
TIERS = ("priority", "watch", "unknown", "routine")

_CODE = {name: place for place, name in enumerate(TIERS)}

#: The index is told in hundredths.
_STEPS = 100 * 100

#: A due moment that is not known, after all that are.
NEVER = int(np.iinfo(np.int64).max)

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides a student's place; all arrays of shape (n_students,).

    Parameters
    ----------
    index
        0-100; NaN where a student has an alert but was never assessed.
    enough
        Enough is known for the index to be read.
    raised
        An alert that raises waits for an answer.
    met
        Alerts that raise are open, and a contact on record has answered each of them.
    urgency
        Of the most urgent kind among those that wait: 0 before 1 before 2 and so on.
    due
        Earliest due moment of those that wait, as int64; :data:`NEVER` where none does.
    lot
        From :func:`draw_lots`.
    """

    index: npt.NDArray[np.float64]
    enough: Flags
    raised: Flags
    met: Flags
    urgency: Ints
    due: Ints
    lot: Ints


def draw_lots(ids: Sequence[str], seed: int) -> Ints:
    """Return each student's lot, which breaks ties.

    The lot hangs on the seed and the student's own number only, so it is the same whoever else is
    on the list and however the list was sorted.

    Examples
    --------
    >>> draw_lots(["S01", "S02"], seed=0).tolist() == draw_lots(["S02", "S01"], 0).tolist()[::-1]
    True
    """
    digests = (hashlib.blake2b(f"{seed}:{one}".encode(), digest_size=8).digest() for one in ids)
    lots = [int.from_bytes(digest, "big") >> 1 for digest in digests]
    return np.array(lots, dtype=np.int64)


def read_cuts(policy: Policy) -> tuple[float, float]:
    """Return the two cut points of the index: watch from the first, priority from the second.

    Raises
    ------
    PolicyError
        When they are not two rising numbers from 0 to 100.
    """
    found = policy["risk.cuts"]
    match found:
        case [int() | float() as first, int() | float() as second] if 0 <= first < second <= 100:
            return float(first), float(second)
        case _:
            raise PolicyError("screen.bad_cuts", policy=policy.name, key="risk.cuts", found=found)


def read_capacity(policy: Policy, asked: int | None = None) -> int:
    """Return the weekly capacity: the one asked for, else the policy's.

    Raises
    ------
    PolicyError
        When it is not a whole number from 0 up.
    """
    found = policy["risk.capacity"] if asked is None else asked
    whole = isinstance(found, int | np.integer) and not isinstance(found, bool)
    if not whole or found < 0:  # type: ignore[operator]
        raise PolicyError(
            "screen.bad_capacity", policy=policy.name, key="risk.capacity", found=found
        )
    return int(found)  # type: ignore[call-overload,no-any-return]


def assign(
    standing: Standing, cuts: tuple[float, float], capacity: int
) -> tuple[npt.NDArray[np.str_], Ints]:
    """Return each student's tier and rank.

    Students with a raising alert that waits come first, by kind and then by due moment, and are
    ``priority`` however many they are. Places that are left go to the highest indexes from the
    second cut point up; whoever finds no place is ``watch``, as is everyone from the first cut
    point up and everyone whose alerts a contact has answered: somebody has been there, and a
    person has yet to say that the matter is closed. Students of whom too little is known are
    ``unknown`` and stand between ``watch`` and ``routine``, so that they are seen.

    Returns
    -------
    tiers : ndarray of str, shape (n_students,)
        One of :data:`TIERS`.
    ranks : ndarray of int, shape (n_students,)
        1 to n_students, each once.
    """
    codes, ranks = assign_codes(standing, cuts, capacity)
    return np.array(TIERS)[codes], ranks


def assign_codes(
    standing: Standing, cuts: tuple[float, float], capacity: int
) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Return each student's tier as its place in :data:`TIERS`, and rank, as :func:`assign` does.

    All that decides a place is put into one whole number a student, because one sort of whole
    numbers is many times faster than one of seven columns.
    """
    counted = standing.enough & ~standing.raised
    index = np.where(np.isnan(standing.index), -1.0, standing.index)
    lot = dense(standing.lot)
    falling = _falling(index)
    code = np.full(len(index), _CODE["routine"], dtype=np.uint8)
    code[counted & (index >= cuts[0])] = _CODE["watch"]
    code[~standing.enough] = _CODE["unknown"]
    code[standing.met] = _CODE["watch"]
    able = np.flatnonzero(counted & (index >= cuts[1]))
    places = max(capacity - int(standing.raised.sum()), 0)
    first = np.argsort(falling[able] * len(index) + lot[able], kind="stable")[:places]
    code[able[first]] = _CODE["priority"]
    code[standing.raised] = _CODE["priority"]
    turn = _turns(standing)
    key = (code.astype(np.int64) * (len(index) + 1) + turn) * 2 + ~standing.met
    key = (key * (int(falling.max(initial=0)) + 1) + falling) * len(index) + lot
    rank = np.empty(len(index), dtype=np.int64)
    rank[np.argsort(key, kind="stable")] = np.arange(1, len(index) + 1)
    return code, rank


def dense(lot: Ints) -> Ints:
    """Return lots as small whole numbers in the same order; small ones stay as they are.

    Examples
    --------
    >>> dense(np.array([900, 20, 7000])).tolist()
    [1, 0, 2]
    """
    if len(lot) == 0 or int(lot.max()) < len(lot):
        return lot
    small = np.empty(len(lot), dtype=np.int64)
    small[np.argsort(lot, kind="stable")] = np.arange(len(lot))
    return small


def _falling(index: npt.NDArray[np.float64]) -> Ints:
    """Return whole numbers in the order of falling index, equal where the index is."""
    whole = np.rint(index * 100)
    if np.array_equal(whole / 100, index):
        return (_STEPS - whole).astype(np.int64)
    return np.unique(-index, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _turns(standing: Standing) -> Ints:
    """Return the turn of those whose alert waits, by kind and deadline; the others come after."""
    raised = np.flatnonzero(standing.raised)
    turn = np.full(len(standing.raised), len(standing.raised), dtype=np.int64)
    if len(raised):
        wanted = np.column_stack([standing.urgency[raised], standing.due[raised]])
        turn[raised] = np.unique(wanted, axis=0, return_inverse=True)[1].reshape(-1)
    return turn
