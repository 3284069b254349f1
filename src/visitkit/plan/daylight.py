"""When the sun sets, for schools that keep visits to daylight."""

from __future__ import annotations

import datetime as dt
import math

#: Hours that clocks in China are ahead of universal time, in every province.
CLOCK_HOURS = 8.0

#: The sun's centre lies so many degrees from the zenith when its edge sets, refraction included.
_ZENITH = 90.833


def sunset(day: dt.date, lat: float, lon: float, clock_hours: float = CLOCK_HOURS) -> int | None:
    """Return the minute after midnight at which the sun sets.

    Parameters
    ----------
    day
        The date.
    lat, lon
        The place in degrees, WGS-84; a few hundred metres change nothing.
    clock_hours
        Hours that local clocks are ahead of universal time.

    Returns
    -------
    int or None
        Whole minutes, rounded down. ``None`` where the sun does not set or does not rise, or where
        the place is not known.

    Notes
    -----
    "General Solar Position Calculations", NOAA Global Monitoring Division (equation of time and
    declination by Spencer's series, zenith 90.833 degrees). Good to about two minutes between 60
    degrees south and north. Hills set the sun earlier.

    Examples
    --------
    >>> minute = sunset(dt.date(2026, 6, 21), 39.9, 116.4)
    >>> f"{minute // 60}:{minute % 60:02d}"
    '19:45'
    """
    if math.isnan(lat) or math.isnan(lon):
        return None
    year = 366 if (day.year % 4 == 0 and day.year % 100) or day.year % 400 == 0 else 365
    turn = 2 * math.pi / year * (day.timetuple().tm_yday - 1 + 6 / 24)
    cos, sin = math.cos, math.sin
    equation = 229.18 * (
        0.000075
        + 0.001868 * cos(turn)
        - 0.032077 * sin(turn)
        - 0.014615 * cos(2 * turn)
        - 0.040849 * sin(2 * turn)
    )
    tilt = (
        0.006918
        - 0.399912 * cos(turn)
        + 0.070257 * sin(turn)
        - 0.006758 * cos(2 * turn)
        + 0.000907 * sin(2 * turn)
        - 0.002697 * cos(3 * turn)
        + 0.00148 * sin(3 * turn)
    )
    angle = math.radians(lat)
    share = cos(math.radians(_ZENITH)) / (cos(angle) * cos(tilt)) - math.tan(angle) * math.tan(tilt)
    if not -1 <= share <= 1:
        return None
    universal = 720 - 4 * (lon - math.degrees(math.acos(share))) - equation
    return math.floor(universal + 60 * clock_hours)
