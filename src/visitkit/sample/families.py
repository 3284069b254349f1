"""Families: who is there, what they have, what they think of school; and what children bring.

Shares are plausible for a township middle school in a region people leave for work (about one
rural child in four with both parents away); they are no estimate of any real place. How family
facts load on ``vulnerability`` follows the six dimensions and special groups of the dropout-control
plans the toolkit serves; sizes are our choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.sample import journeys
from visitkit.sample.draws import Flags, Floats, Ints, happens, normal, pick, stream
from visitkit.sample.roll import Homes, Roll

#: Mean and standard deviation of the raw vulnerability, so that no student's figure depends on
#: who else is on the roll.
_CENTRE, _WIDTH = 0.29, 0.93
SCHOOLING = ("none", "primary", "junior", "senior", "college")


@dataclass(frozen=True)
class Family:
    """True circumstances of each student; every array has shape ``(N,)``.

    Parameters
    ----------
    both_away, one_away
        Parents who work far away.
    separated, orphan
        Parents living apart; no parent alive.
    hardship
        How short of money, standard normal or so.
    poor, registered
        In financial difficulty; registered as a poor household.
    migrant, disabled, intellectual, ill, only_child
        Further circumstances.
    schooling
        Guardian's schooling, place in :data:`SCHOOLING`.
    view
        Guardian's view of schooling, standard normal or so, high is favourable.
    able
        The guardian at home is able to look after the child.
    vulnerability
        All of this in one figure, mean 0 and standard deviation 1.
    """

    both_away: Flags
    one_away: Flags
    separated: Flags
    orphan: Flags
    hardship: Floats
    poor: Flags
    registered: Flags
    migrant: Flags
    disabled: Flags
    intellectual: Flags
    ill: Flags
    only_child: Flags
    schooling: Ints
    view: Floats
    able: Flags
    vulnerability: Floats

    @property
    def left_behind(self) -> Flags:
        """Both parents away, or one away and the other not able."""
        return np.asarray(self.both_away | (self.one_away & ~self.able))


@dataclass(frozen=True)
class Traits:
    """What a child brings; every array has shape ``(N,)``, standard normal or so.

    Parameters
    ----------
    ability, grit, mood, conduct, frail, candour
        Learning, liking for school, tendency to worry, restlessness, falling ill easily, and how
        far the child answers as is expected rather than as it is.
    """

    ability: Floats
    grit: Floats
    mood: Floats
    conduct: Floats
    frail: Floats
    candour: Floats


def raise_families(seed: int, roll: Roll, homes: Homes) -> Family:
    """Return the families of a roll.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, homes
        The students and where they live.

    Examples
    --------
    >>> from visitkit.sample.roll import enrol, house
    >>> roll = enrol(1, 60)
    >>> family = raise_families(1, roll, house(1, roll))
    >>> bool((family.both_away & family.one_away).any())
    False
    """
    rng = stream(seed, "families")
    size = roll.size
    away = pick(rng, [0.70, 0.13, 0.17], size)
    away = np.where(homes.rural | happens(rng, 0.35, size), away, 0)
    orphan = happens(rng, 0.004, size)
    separated = happens(rng, 0.12, size) & ~orphan
    schooling = pick(rng, [0.05, 0.24, 0.45, 0.19, 0.07], size)
    view = 0.35 * (schooling - 2) + 0.94 * normal(rng, size)
    hardship = 0.35 * homes.rural - 0.3 * (schooling - 2) + 0.9 * normal(rng, size)
    told = journeys.of(size, *journeys.AWAY)
    away[told] = 2
    orphan[told] = separated[told] = False
    grandparents = (away == 2) | orphan
    able = happens(rng, np.where(grandparents, 0.80, np.where(away == 1, 0.95, 0.985)))
    able[told] = [False, True, True]
    schooling[told] = np.clip(schooling[told], 1, 3)
    raw = (
        0.5 * hardship
        + 0.45 * (away == 2)
        + 0.2 * (away == 1)
        + 0.5 * separated
        + 0.8 * orphan
        + 0.5 * ~able
        - 0.45 * view
        + 0.55 * normal(rng, size)
    )
    return Family(
        both_away=(away == 2) & ~orphan,
        one_away=(away == 1) & ~orphan,
        separated=separated,
        orphan=orphan,
        hardship=hardship,
        poor=hardship > 1.25,
        registered=(hardship > 1.1) & homes.rural & happens(rng, 0.45, size),
        migrant=happens(rng, np.where(homes.rural, 0.03, 0.16)),
        disabled=happens(rng, 0.011, size),
        intellectual=happens(rng, 0.006, size),
        ill=happens(rng, 0.02, size),
        only_child=happens(rng, 0.22, size),
        schooling=schooling,
        view=view,
        able=able,
        vulnerability=(raw - _CENTRE) / _WIDTH,
    )


def bear_traits(seed: int, family: Family) -> Traits:
    """Return the traits of children of these families.

    Parameters
    ----------
    seed
        Seed of the school.
    family
        Their families; schooling at home goes with ability.

    Examples
    --------
    >>> from visitkit.sample.roll import enrol, house
    >>> roll = enrol(1, 60)
    >>> bear_traits(1, raise_families(1, roll, house(1, roll))).ability.shape
    (60,)
    """
    rng = stream(seed, "traits")
    size = len(family.view)
    drawn = normal(rng, (6, size))
    told = journeys.of(size)
    # A story stands out only on a child who is otherwise like most.
    drawn[:, told] = np.clip(drawn[:, told], -0.3, 0.5)
    ability = 0.3 * (family.schooling - 2) + 0.92 * drawn[0] - 1.5 * family.intellectual
    ability[told] = np.clip(ability[told], -0.2, 0.7)
    return Traits(
        ability=ability,
        grit=drawn[1],
        mood=drawn[2],
        conduct=drawn[3],
        frail=drawn[4] + 1.5 * family.ill,
        candour=drawn[5],
    )
