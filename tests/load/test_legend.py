"""What a school says of its own signs goes before what we take signs to mean."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from visitkit.load import FaultsError, read_school
from visitkit.load.entry import recognised
from visitkit.load.found import Laid
from visitkit.load.sheets import Sheet
from visitkit.load.signs import parse_signs
from visitkit.load.unreadable import UnreadableCellError

DATA = tomllib.loads((Path(__file__).parent / "data" / "legends.toml").read_text("utf-8"))
DAYS = ["student id", "1", "2", "3"]


def register(legend: list[str], sign: str, *, below: bool, name: str = "attendance") -> Laid:
    """Return a register of two students with its legend above or below."""
    rows: list[list[object]] = [DAYS, ["01", sign, None, None], ["02", None, None, sign]]
    rows = [*rows, [*legend]] if below else [[*legend], *rows]
    return recognised([Sheet.from_rows("2026-09.xlsx", name, rows)])


def statuses(laid: Laid) -> list[str]:
    """Return what the first cell of a register says; a question mark where it cannot be read."""
    if not laid.parts:
        return []
    try:
        return list(parse_signs(laid.parts[0].columns["status"][0]).codes)
    except UnreadableCellError as error:
        return ["?" if error.key == "sign_unlisted" else error.key]


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize(("legend", "sign", "meant"), DATA["cases"])
def test_legends_are_obeyed(legend: list[str], sign: str, meant: list[str], below: bool) -> None:
    """Above or below the rows, signs before or behind their words, in one cell or in several."""
    laid = register(legend, sign, below=below)
    assert laid.faults == []
    assert statuses(laid) == meant


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("legend", DATA["unclear"])
def test_an_unclear_legend_is_a_fault(legend: str, below: bool) -> None:
    """Nothing is read by our own signs when the school's cannot be understood."""
    laid = register([legend], "\u25b3", below=below)
    assert [(fault.key, fault.row) for fault in laid.faults] == [
        ("legend_unclear", 4 if below else 1)
    ]
    assert (laid.parts, laid.left_out["attendance"]) == ([], 2)


@pytest.mark.parametrize("name", ["attendance", "Sheet1"])
def test_a_register_in_letters_is_no_questionnaire(name: str) -> None:
    """Days 1 to 3 with letters are a register once a legend explains the letters."""
    laid = register([DATA["cases"][15][0][0]], "B", below=True, name=name)
    assert {part.table for part in laid.parts} == {"attendance"}
    assert [note.key for note in laid.notes] == ["legend_used"]


def test_the_legend_reaches_the_school(book: Callable[..., Path]) -> None:
    """The same sign in two sheets with two legends has two meanings; a fault shows the sign."""
    roll = [["student id", "sex"], ["01", "f"], ["02", "m"]]
    first, second = DATA["cases"][0][0], DATA["cases"][7][0]
    pages = {"2026-09": [DAYS, ["01", "\u25b3", None, "\u25cb"], first]}
    pages["2026-10"] = [DAYS, ["02", "\u25b3", None, "\u25cb"], second]
    school = read_school(book(students=roll, **pages))
    assert school.attendance["status"].tolist() == ["personal", "sick", "late", "early"]
    said = [note.sentence("en") for note in school.notes if note.key == "legend_used"]
    assert "\u25b3=late" in said[1]
    pages["2026-10"][1][2] = "\u2606"
    with pytest.raises(FaultsError) as caught:
        read_school(book(students=roll, **pages))
    assert [(f.key, f.value, f.column) for f in caught.value.faults] == [
        ("sign_unlisted", "\u2606", "C")
    ]


def test_a_list_of_absences_obeys_its_legend() -> None:
    """A list with a row an absence may have the legend of its signs as well."""
    rows = [["student id", "date", "status"], ["01", "2026-09-01", "\u25b3"], DATA["cases"][0][0]]
    laid = recognised([Sheet.from_rows("attendance.csv", "", rows)])
    assert parse_signs(laid.parts[0].columns["status"][0]).codes == ("personal",)


def test_days_with_all_present_are_covered(book: Callable[..., Path]) -> None:
    """A tick is no absence, yet it says that the register was kept on that day."""
    tick, sick = "\u221a", "\u25b3"
    roll = [["student id", "sex"], ["01", "f"], ["02", "m"]]
    header = ["student id", *map(str, range(1, 31))]
    pages = {
        "2026-09": [header, ["01", None, tick, sick]],
        "2026-10": [header, ["02", tick, *[None] * 18, tick]],
    }
    school = read_school(book(students=roll, **pages))
    assert dict(school.covers) == {"attendance": (dt.date(2026, 9, 2), dt.date(2026, 10, 20))}
    assert school.latest == dt.date(2026, 10, 20)
    assert school.calendar.first <= dt.date(2025, 9, 2)
    assert school.calendar.last >= dt.date(2027, 10, 20)
    with pytest.raises(TypeError):
        school.covers["attendance"] = (dt.date(2026, 9, 1), dt.date(2026, 9, 1))  # type: ignore[index]
