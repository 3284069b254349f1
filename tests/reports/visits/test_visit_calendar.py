"""Calendar files: lines cut as RFC 5545 asks, stable names, nothing private on a locked screen."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.reports.visits.calendar_file import as_calendar, escaped, fold, uid
from visitkit.reports.visits.rows import Round


def unfolded(raw: bytes) -> list[str]:
    """Return the lines of a calendar as they were before they were cut."""
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_folding(line: str) -> None:
    """No part is longer than 75 octets, none cuts a sign, and all together say the same."""
    raw = fold(line)
    parts = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(part) <= 75 for part in parts)
    assert [part.decode() for part in parts]
    assert all(part.startswith(b" ") for part in parts[1:])
    assert parts[0].decode() + "".join(part.decode()[1:] for part in parts[1:]) == line


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=80))
def test_escaping_is_undone_by_a_reader(words: str) -> None:
    """What RFC 5545, section 3.3.11 says of a reader gives the text back; no bare line end."""
    line = escaped(words)
    assert "\n" not in line
    assert "\r" not in line
    signs = {"n": "\n", "N": "\n"}
    back = re.sub(r"\\(.)", lambda found: signs.get(found[1], found[1]), line)
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    assert back == re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", plain)


def test_a_teachers_calendar_by_hand(told: Round) -> None:
    """The second visit of Monday's crew: times, zone, what a telephone shows."""
    lines = unfolded(as_calendar(told, "T1"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    second = lines[[i for i, line in enumerate(lines) if line == "BEGIN:VEVENT"][1] :]
    assert second[2] == "DTSTAMP:20261102T000000Z"
    assert second[3] == "DTSTART;TZID=Asia/Shanghai:20261102T173000"
    assert second[4] == "DTEND;TZID=Asia/Shanghai:20261102T181000"
    assert second[5] == "SUMMARY:home visit A2 · class 7(1)"
    assert second[6] == "LOCATION:2 Elm Road"
    assert "LOCATION:1 Elm Road\\; left\\, rear" in lines
    assert lines.count("BEGIN:VTIMEZONE") == 1


def test_the_locked_screen_is_neutral(told: Round) -> None:
    """Summary and place hold no student number and no reason."""
    for teacher in told.teachers:
        for line in unfolded(as_calendar(told, teacher)):
            if line.startswith("SUMMARY"):
                assert re.fullmatch(r"SUMMARY:home visit [A-Z]+\d+ · class 7\(1\)", line)


def test_a_moved_visit_keeps_its_name(told: Round) -> None:
    """A calendar that has the visit already moves it; another visit has another name."""
    first, second = told.stops[0].visit, told.stops[1].visit
    moved = replace(first, date=first.date + dt.timedelta(days=1), start=900.0, lead="T9")
    assert uid(moved) == uid(first)
    assert len({uid(first), uid(second), uid(replace(first, request_id="S01/2"))}) == 3


def test_every_visitor_has_every_visit(told: Round) -> None:
    """Lead and companion both have the visit in their calendar."""
    found = {who: as_calendar(told, who).count(b"BEGIN:VEVENT") for who in told.teachers}
    assert found == {"T1": 2, "T2": 3, "T3": 1, "T4": 1}
