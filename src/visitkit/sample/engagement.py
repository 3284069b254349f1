"""The hidden course of each student: engagement and distress, week by week.

Everything a school can see of a student follows from these two. Both drift as first-order
autoregressions (half of a departure is left after about 14 weeks), fall and rise with what strikes
the family, and recover; help that begins lifts engagement by up to :data:`LIFT`. The school helps
those it sees in trouble, so helped students look worse than others although help works: the
confounding that reviews of outcomes have to deal with.

The seasons of trouble follow published practice: dropping out is a slow turning away with
worsening attendance, conduct and marks (Balfanz, Herzog and Mac Iver 2007,
doi:10.1080/00461520701621079), most often in the leaving year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from visitkit.sample import journeys
from visitkit.sample.course import NOT_A_DAY, Course
from visitkit.sample.days import DAY, FIRST, NEW_YEAR, WEEKS, school_days
from visitkit.sample.draws import Days, Flags, Floats, Ints, happens, normal, stream, whole
from visitkit.sample.families import Family, Traits
from visitkit.sample.roll import Roll
from visitkit.sample.strikes import Strikes

#: How far help lifts engagement once it has taken hold.
LIFT = 0.5
_KEEP = 0.95
_DRIFT, _SWING = 0.60, 0.50
_FADE = 0.90
_CONFERENCE_WEEKS = 4
_NEED = 3.0
#: Log of the weekly chance to turn away for good, for an average student.
_LEAVE = -9.7
_LEAVE_BY_GRADE = {7: -0.8, 8: 0.0, 9: 1.0}
#: How far engagement slides once a child has turned away.
_DEEPEST = 1.6
_NEVER = 10_000
#: How much of chance is left in the course of planted stories.
_SWAY_IN_STORIES = 0.2
#: Nobody goes on to another school sooner than this after coming.
_SETTLED_DAYS = 21


@dataclass
class _State:
    """What the walk through the weeks remembers; every array has shape ``(N,)``."""

    drift: Floats
    swing: Floats
    blow: Floats
    upset: Floats
    lift: Floats
    slide: Floats
    helped_until: Ints
    leaves_in: Ints


def _press(size: int) -> tuple[Ints, Floats, Floats]:
    """Return planted falls of engagement and rises of distress, each of shape (weeks, 3)."""
    names = ("absent_three_days", "void_critical", "many_reasons")
    week = np.arange(WEEKS)
    fall = np.stack(
        [
            2.0 * (week >= 59),
            1.3 * (week >= 56),
            np.clip((week - 30) / 20, 0, 1) * 1.9,
        ],
        axis=1,
    )
    rise = np.stack([0.6 * (week >= 59), 2.0 * (week >= 56), 1.0 * (week >= 48)], axis=1)
    return journeys.of(size, *names), fall.astype(np.float64), rise.astype(np.float64)


def _base(family: Family, traits: Traits, grade: Ints) -> tuple[Floats, Floats]:
    liking = -0.45 * family.vulnerability + 0.30 * traits.ability + 0.40 * traits.grit
    worry = 0.25 * family.vulnerability + 0.55 * traits.mood
    liking = liking - 0.08 * (grade - 8)
    told = journeys.of(len(grade))
    # A story needs a child whose course is not bent by chance from the start.
    liking[told], worry[told] = np.clip(liking[told], -0.3, 0.3), np.clip(worry[told], -0.3, 0.3)
    return liking, worry


def _transfers(rng: np.random.Generator, roll: Roll, family: Family) -> Days:
    """Return the day of going to another school; not-a-time for those who stay."""
    size = roll.size
    going = happens(rng, np.where(family.migrant, 0.078, 0.018))
    going[journeys.of(size)] = False
    days = school_days()
    usual = np.array(["2026-03-02", "2026-09-01", "2026-09-01"], dtype="datetime64[D]")
    day = np.where(
        happens(rng, 0.6, size),
        usual[whole(rng, 0, 2, size)],
        days.dates[whole(rng, 20, len(days.dates) - 1, size)],
    )
    going &= day > roll.entered + _SETTLED_DAYS * DAY
    return np.where(going, day, NOT_A_DAY)


def _advance(state: _State, rng: np.random.Generator, hits: tuple[Ints, Floats, Floats]) -> None:
    """Move drift, swing, blows and lifts on by a week."""
    fresh = normal(rng, (2, len(state.drift)))
    spread = np.sqrt(1 - _KEEP**2)
    state.drift = _KEEP * state.drift + _DRIFT * spread * fresh[0]
    state.swing = _KEEP * state.swing + _SWING * spread * fresh[1]
    state.blow *= _FADE
    state.upset *= _FADE
    struck, blow, upset = hits
    np.add.at(state.blow, struck, blow)
    np.add.at(state.upset, struck, upset)


def _help(state: _State, need: Floats, week: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Begin help for those seen in need; return their places and the weeks help lasts."""
    seen = need + 0.7 * normal(rng, len(need)) > _NEED
    seen &= state.helped_until < week
    weeks = whole(rng, 8, 16, len(need))
    helped = np.flatnonzero(seen)
    state.helped_until[helped] = week + weeks[helped]
    return helped, weeks[helped]


def _turn_away(
    state: _State, engagement: Floats, chance: Floats, week: int, rng: np.random.Generator
) -> None:
    """Let some decide to leave; they are gone three to six weeks later."""
    deciding = happens(rng, np.asarray(np.exp(np.minimum(chance - 1.6 * engagement, -1.0))))
    deciding &= state.leaves_in == _NEVER
    delay = whole(rng, 3, 6, len(engagement))
    state.leaves_in = np.where(deciding, week + delay, state.leaves_in)


@dataclass(frozen=True)
class _Setting:
    """What does not change while we walk; arrays of shape ``(N,)`` unless said otherwise."""

    roll: Roll
    family: Family
    liking: Floats
    worry: Floats
    transferred: Days
    free: Flags
    sway: Floats
    told: Ints
    fall: Floats
    rise: Floats

    def there(self, day: np.datetime64) -> Flags:
        """Tell who is on roll and has no planted story."""
        gone = self.transferred <= day
        return np.asarray(self.free & (self.roll.entered <= day) & ~gone)


def _setting(seed: int, roll: Roll, family: Family, traits: Traits) -> _Setting:
    liking, worry = _base(family, traits, roll.grade)
    free = np.ones(roll.size, dtype=bool)
    free[journeys.of(roll.size)] = False
    transferred = _transfers(stream(seed, "transfers"), roll, family)
    sway = np.where(free, 1.0, _SWAY_IN_STORIES)
    return _Setting(roll, family, liking, worry, transferred, free, sway, *_press(roll.size))


def _start(rng: np.random.Generator, size: int) -> _State:
    drift, swing = normal(rng, (2, size))
    blow, upset, lift, slide = np.zeros((4, size))
    never = np.full(size, _NEVER)
    return _State(
        _DRIFT * drift, _SWING * swing, blow, upset, lift, slide, np.full(size, -1), never
    )


def _feel(state: _State, setting: _Setting, week: int) -> tuple[Floats, Floats]:
    """Return engagement and distress of a week."""
    lasting = week <= state.helped_until
    state.lift = np.where(lasting, state.lift + 0.25 * (LIFT - state.lift), 0.93 * state.lift)
    sliding = state.leaves_in < _NEVER
    state.slide = np.where(sliding, np.minimum(state.slide + 0.4, _DEEPEST), 0.0)
    now = setting.liking + setting.sway * state.drift - state.blow + state.lift - state.slide
    now[setting.told] -= setting.fall[week]
    low = setting.worry + setting.sway * state.swing + state.upset - 0.3 * now
    low[setting.told] += setting.rise[week]
    return now, low


def unfold(seed: int, roll: Roll, family: Family, traits: Traits, strikes: Strikes) -> Course:
    """Walk through the weeks and return the course of each student.

    Parameters
    ----------
    seed
        Seed of the school.
    roll, family, traits
        The students.
    strikes
        What strikes them.

    Examples
    --------
    >>> from visitkit.sample.families import bear_traits, raise_families
    >>> from visitkit.sample.roll import enrol, house
    >>> from visitkit.sample.strikes import strike
    >>> roll = enrol(1, 60)
    >>> family = raise_families(1, roll, house(1, roll))
    >>> course = unfold(1, roll, family, bear_traits(1, family), strike(1, roll, family))
    >>> course.engagement.shape
    (60, 73)
    """
    rng = stream(seed, "engagement")
    setting = _setting(seed, roll, family, traits)
    state = _start(rng, roll.size)
    engagement, distress = np.empty((2, roll.size, WEEKS))
    helps: list[tuple[Ints, Ints, Ints]] = []
    in_term = np.isin(np.arange(WEEKS), school_days().week)
    for week, hits in enumerate(_by_week(strikes)):
        _advance(state, rng, hits)
        now, low = _feel(state, setting, week)
        engagement[:, week], distress[:, week] = now, low
        day = FIRST + 7 * week * DAY
        there = setting.there(day)
        if in_term[week]:
            chance = np.where(there, _leave_chance(roll.grade, family, day), -np.inf)
            _turn_away(state, now, chance, week, rng)
        if in_term[week] and week % _CONFERENCE_WEEKS == 0:
            helped, weeks = _help(state, np.where(there, 0.6 * low - now, -np.inf), week, rng)
            helps.append((helped, np.full(len(helped), week), week + weeks))
    left_on, dropped = _leave(state.leaves_in, setting.transferred, stream(seed, "leaving"))
    who, start, end = (np.concatenate(part) for part in zip(*helps, strict=True))
    return Course(engagement, distress, left_on, dropped, who, start, end)


def _by_week(strikes: Strikes) -> list[tuple[Ints, Floats, Floats]]:
    blow, upset = strikes.of_kind("blow"), strikes.of_kind("upset")
    ordered = np.argsort(strikes.week, kind="stable")
    edges = np.searchsorted(strikes.week[ordered], np.arange(WEEKS + 1))
    parts = [ordered[edges[week] : edges[week + 1]] for week in range(WEEKS)]
    return [
        (strikes.student[part], blow[part].astype(np.float64), upset[part].astype(np.float64))
        for part in parts
    ]


def _leave_chance(grade: Ints, family: Family, day: np.datetime64) -> Floats:
    then = grade - (day < NEW_YEAR)
    by_grade = np.array([_LEAVE_BY_GRADE[max(7, g)] for g in range(10)])[then]
    return np.asarray(_LEAVE + by_grade + 0.4 * family.poor)


def _leave(leaves_in: Ints, transferred: Days, rng: np.random.Generator) -> tuple[Days, Flags]:
    """Return the day of leaving and whether it was dropping out."""
    days = school_days().dates
    wished = FIRST + 7 * np.minimum(leaves_in, WEEKS) + whole(rng, 0, 4, len(leaves_in))
    place = np.searchsorted(days, wished)
    dropped = (leaves_in < _NEVER) & (place < len(days))
    day = days[np.minimum(place, len(days) - 1)]
    dropped &= np.isnat(transferred) | (transferred > day)
    return np.where(dropped, day, transferred), np.asarray(dropped)
