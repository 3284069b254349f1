"""A calendar file a teacher: RFC 5545, readable by telephones and office programs.

A telephone shows the summary and the place of an event on its locked screen. So the summary holds
the mark of the visit and the class; the student's number stands in the description, and names
nowhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from visitkit import __version__
from visitkit.plan import Visit
from visitkit.reports.visits.given import Given, whole_minute
from visitkit.reports.visits.rows import Round, Stop

#: China keeps one time in the whole country, UTC+8, without summer time since 1992.
ZONE = "Asia/Shanghai"
OFFSET = dt.timedelta(hours=8)

#: Most octets of a line without its end (RFC 5545, section 3.1).
LONGEST = 75

_ZONE_LINES = (
    "BEGIN:VTIMEZONE",
    f"TZID:{ZONE}",
    "BEGIN:STANDARD",
    "DTSTART:19920101T000000",
    "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write_calendar(told: Round, teacher_id: str, path: Path) -> None:
    """Write the visits of a teacher; without visits a calendar that holds none."""
    path.write_bytes(as_calendar(told, teacher_id))


def as_calendar(told: Round, teacher_id: str) -> bytes:
    """Return the visits of a teacher as a calendar file."""
    stops = [stop for trip in told.of(teacher_id) for stop in trip.stops]
    title = told.given.say("visit_papers.ics.title", teacher=teacher_id)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//visitkit//visits {__version__}//{told.given.lang.upper()}",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(title)}",
        *_ZONE_LINES,
        *(line for stop in stops for line in _event(told, stop)),
        "END:VCALENDAR",
    ]
    return b"".join(fold(line) for line in lines)


def uid(visit: Visit) -> str:
    """Return the name of a visit that stays when it is moved to another day or teacher."""
    told = "\n".join((visit.student_id, visit.request_id, visit.duty))
    return f"{hashlib.sha256(told.encode()).hexdigest()[:32]}@visitkit"


def escaped(words: str) -> str:
    r"""Return text as a calendar file holds it (RFC 5545, section 3.3.11).

    Examples
    --------
    >>> print(escaped("A; B, C\\D\nE"))
    A\; B\, C\\D\nE
    """
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    for sign in ("\\", ";", ","):
        plain = plain.replace(sign, f"\\{sign}")
    return _CONTROL.sub("", plain.replace("\n", "\\n"))


def fold(line: str) -> bytes:
    r"""Return a line with its end, cut so that no part is longer than allowed nor cuts a sign.

    Examples
    --------
    >>> [len(part) for part in fold("X" * 100).split(b"\r\n")]
    [75, 26, 0]
    """
    parts: list[bytes] = []
    now = b""
    for sign in line:
        octets = sign.encode()
        if len(now) + len(octets) > LONGEST:
            parts.append(now)
            now = b" "
        now += octets
    return b"\r\n".join((*parts, now)) + b"\r\n"


def _event(told: Round, stop: Stop) -> Iterable[str]:
    known, visit = told.given, stop.visit
    others = known.say("visit_papers.comma").join(visit.crew)
    note = known.say("visit_papers.ics.note", student_id=visit.student_id, crew=others)
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(visit)}"
    yield f"DTSTAMP:{known.today:%Y%m%d}T000000Z"
    yield f"DTSTART;TZID={ZONE}:{_moment(visit.date, visit.start)}"
    yield f"DTEND;TZID={ZONE}:{_moment(visit.date, visit.end)}"
    yield f"SUMMARY:{escaped(_summary(known, stop))}"
    if visit.form == "home" and stop.child.address:
        yield f"LOCATION:{escaped(stop.child.address)}"
    yield f"DESCRIPTION:{escaped(note)}"
    # The family has not agreed yet when the plan is made.
    yield "STATUS:TENTATIVE"
    yield "CLASS:PRIVATE"
    yield "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _summary(known: Given, stop: Stop) -> str:
    form = known.form(stop.visit.form)
    words = known.say("visit_papers.ics.summary", form=form, mark=stop.mark)
    own = stop.child.class_id
    return f"{words} · {known.say('visit_papers.class', class_id=own)}" if own else words


def _moment(day: dt.date, minutes: float) -> str:
    at = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=whole_minute(minutes))
    return f"{at:%Y%m%dT%H%M%S}"
