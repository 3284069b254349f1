"""Before a screening day: how many students to expect, and whether anyone is there to talk with."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from scipy.stats import binom

from visitkit import text
from visitkit.calendar import Calendar
from visitkit.errors import CalendarError, ScreenError
from visitkit.screen.instruments.instrument import Instrument

STAGES = ("junior", "senior")
#: Share of days on which the planned number is enough.
_ENOUGH = 0.95
_NOON = 12
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Expected:
    """What a screening day will bring.

    Parameters
    ----------
    students
        Number of students asked.
    hits, hits_high
        Students with a critical item answered: expected, and the number not exceeded on 95 % of
        days if the rate is right. 0 where the questionnaire has no critical item; None where no
        rate is known.
    flagged, flagged_high
        The same for sheets at the cut-off.
    sources
        Where the rates come from.
    """

    students: int
    hits: float | None
    hits_high: int | None
    flagged: float | None
    flagged_high: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScreeningDay:
    """The plan of a screening day.

    Parameters
    ----------
    starts
        When the sheets are handed out.
    slots
        Talks that can be held the same school day.
    staff
        Trained people who hold them.
    anonymous
        No names on the sheets.
    """

    starts: dt.datetime
    slots: int
    staff: int
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class DayWarning:
    """A reason to change the plan.

    Parameters
    ----------
    key
        Name of the sentence under ``instruments.capacity`` in ``text/``.
    stop
        True where the day must not go ahead like this.
    facts
        What fills the sentence.
    """

    key: str
    stop: bool = False
    facts: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: str | None = None) -> str:
        """Return the warning as a sentence."""
        return text.say(f"instruments.capacity.{self.key}", lang, **self.facts)


@cache
def _rates() -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads(files(__package__).joinpath("rates.toml").read_text("utf-8"))


def expected_hits(
    instrument: Instrument,
    students: int,
    rates: Mapping[str, float] | None = None,
    *,
    stage: str = "junior",
) -> Expected:
    """Return how many critical answers and flagged sheets a screening day will bring.

    Parameters
    ----------
    instrument
        The questionnaire.
    students
        Number of students asked.
    rates
        Your own rates, 0 to 1: ``critical`` and ``flagged``. Where one is left out, the median of
        published Chinese detection rates stands in (``rates.toml``, each with its source).
    stage
        ``"junior"`` or ``"senior"``: which published rates.

    Raises
    ------
    ScreenError
        When a rate is not between 0 and 1, has another name, or the stage is not known.

    Notes
    -----
    The published rate of suicidal ideation is mostly about the past year. An item about two weeks
    finds fewer: plan by it, do not judge by it.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> expected = expected_hits(read_instrument("PHQ-9"), 1000)
    >>> round(expected.hits), expected.hits_high
    (161, 180)
    """
    if stage not in STAGES:
        raise ScreenError("instruments.unknown_stage", stage=stage, allowed=", ".join(STAGES))
    own = dict(rates or {})
    for name, rate in own.items():
        if name not in {"critical", "flagged"} or not 0 <= rate <= 1:
            raise ScreenError("instruments.bad_rate", name=name, rate=rate)
    sources: list[str] = []
    found: dict[str, float | None] = {}
    for name in ("critical", "flagged"):
        published = _rates()[stage].get(instrument.measures.get(name, ""))
        if name not in own and published:
            sources.append(str(published["source"]))
            own[name] = float(str(published["rate"]))
        found[name] = own.get(name)
    if not any(critical.level == "hit" for critical in instrument.critical):
        found["critical"] = 0.0
    hits, flagged = (_expected(students, found[name]) for name in ("critical", "flagged"))
    return Expected(students, *hits, *flagged, tuple(sources))


def _expected(students: int, rate: float | None) -> tuple[float | None, int | None]:
    if rate is None:
        return None, None
    return students * rate, int(binom.ppf(_ENOUGH, students, rate))


def day_warnings(
    expected: Expected,
    day: ScreeningDay,
    calendar: Calendar | None = None,
) -> tuple[DayWarning, ...]:
    """Return the reasons to change a screening day, those that stop it first.

    Every critical answer needs a talk with a trained person the same school day. So a day without
    staff, or an afternoon before days off, must not go ahead when the sheet asks about suicide;
    anonymous sheets must not ask at all, for nobody could be found again.

    Parameters
    ----------
    expected
        From :func:`expected_hits`.
    day
        The plan.
    calendar
        The school's calendar; without it, Friday counts as the day before days off.

    Examples
    --------
    >>> from visitkit.screen.instruments import read_instrument
    >>> expected = expected_hits(read_instrument("PHQ-9"), 100, {"critical": 0.05})
    >>> friday = ScreeningDay(dt.datetime(2026, 10, 16, 14), slots=4, staff=1)
    >>> [(each.key, each.stop) for each in day_warnings(expected, friday)]
    [('before_days_off', True), ('slots_short', False)]
    """
    asks = expected.hits is None or expected.hits > 0
    found: list[DayWarning] = []
    if day.staff < 1:
        found.append(DayWarning("no_staff", stop=asks))
    if day.anonymous and asks:
        found.append(DayWarning("anonymous", stop=True))
    if _before_days_off(day.starts, calendar):
        found.append(DayWarning("before_days_off", stop=asks, facts={"day": day.starts.date()}))
    if expected.hits is None or expected.hits_high is None:
        found.append(DayWarning("rate_unknown", facts={"students": expected.students}))
    elif day.slots < expected.hits_high:
        key = "slots_short" if day.slots < expected.hits else "slots_tight"
        facts = {
            "slots": day.slots,
            "hits": round(expected.hits),
            "hits_high": expected.hits_high,
            "students": expected.students,
        }
        found.append(DayWarning(key, facts=facts))
    return tuple(sorted(found, key=lambda warning: not warning.stop))


def _before_days_off(starts: dt.datetime, calendar: Calendar | None) -> bool:
    if starts.hour < _NOON:
        return False
    if calendar is None:
        return starts.weekday() >= _FRIDAY
    tomorrow = starts.date() + dt.timedelta(days=1)
    try:
        return calendar.count_school_days(calendar.date(tomorrow), tomorrow) == 0
    except CalendarError:
        return starts.weekday() >= _FRIDAY
