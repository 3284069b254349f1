"""What must hold for any school: order, the future, the roll, engines, remembered facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from visitkit.errors import CalendarError
from visitkit.load.school import School
from visitkit.screen import instruments
from visitkit.screen.catalog import CATALOG
from visitkit.screen.frames import Indicators
from visitkit.screen.indicators import Moment, families, ground, indicators
from visitkit.screen.indicators.reading import read_values

AS_OF = "2026-12-10"
NAMES = [indicator.name for indicator in CATALOG]
Build = Callable[..., School]
FEW = settings(
    max_examples=4,
    deadline=None,  # a whole school is computed twice
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def equal(one: Indicators, other: Indicators) -> None:
    """Compare figures, dates and classes to the last digit."""
    assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), check_exact=True)
    assert one.dates is not None
    assert other.dates is not None
    assert_frame_equal(one.dates, other.dates)
    assert one.class_id is not None
    assert one.class_id.equals(other.class_id)


@pytest.fixture(scope="module", name="expected")
def _expected(full_school: School) -> Indicators:
    return indicators(full_school, AS_OF)


def test_the_frame_is_as_documented(full_school: School, expected: Indicators) -> None:
    """Every indicator once in order, numbers only, the day and the classes beside them."""
    assert list(expected.columns) == NAMES
    assert (expected.dtypes == "float64").all()
    assert expected.index.name == "student_id"
    assert expected.index.is_monotonic_increasing
    assert expected.as_of == dt.date(2026, 12, 10)
    assert expected.dates is not None
    assert expected.dates.shape == expected.shape
    assert (expected.dates.dtypes == "datetime64[us]").all()
    classes = full_school.students.set_index("student_id")["class_id"]
    assert expected.class_id is not None
    assert expected.class_id.equals(classes.reindex(expected.index))


def test_the_made_school_reaches_every_family(expected: Indicators) -> None:
    """Each figure but those of streams nobody keeps is known and differs."""
    unused = ["learning_change", "club_change"]
    varied = expected.drop(columns=unused).nunique()
    assert varied[varied < 2].index.tolist() == []
    assert expected[unused].isna().all(axis=None)


@FEW
@given(seed=st.integers(0, 2**32 - 1))
def test_shuffling_rows_changes_nobody(
    full_school: School, expected: Indicators, seed: int
) -> None:
    """The order of rows in any table changes no figure in its last digit."""
    draw = np.random.default_rng(seed)
    shuffled = {
        name: frame.iloc[draw.permutation(len(frame))] for name, frame in full_school.tables.items()
    }
    equal(indicators(replace(full_school, tables=shuffled), AS_OF), expected)


@FEW
@given(day=st.dates(dt.date(2026, 9, 1), dt.date(2027, 1, 28)))
def test_rows_of_the_future_change_nothing(full_school: School, day: dt.date) -> None:
    """Cutting off everything dated after the day gives the same figures."""
    known = {
        name: frame[~(frame[date] > pd.Timestamp(day))]
        for name, frame in full_school.tables.items()
        for date in [next((c for c in ("date", "start", "since") if c in frame), None)]
        if date is not None
    }
    cut = replace(full_school, tables={**full_school.tables, **known})
    equal(indicators(cut, day), indicators(full_school, day))


def test_the_day_itself_is_known(school_of: Build) -> None:
    """A fact of the day counts on that day and not the day before."""
    rows = [{"student_id": "A", "date": "2026-10-30", "kind": "moved"}]
    rows.append({"student_id": "A", "date": "2026-10-01", "kind": "other"})
    school = school_of(events=rows)
    assert indicators(school, "2026-10-30").loc["A", "family_events"] == 1
    assert indicators(school, "2026-10-29").loc["A", "family_events"] == 0


def test_exactly_the_students_on_roll(school_of: Build) -> None:
    """Entered by the day, not left before it, or not known."""
    students = [
        {"student_id": "1"},
        {"student_id": "2", "entered_on": "2026-12-10"},
        {"student_id": "3", "entered_on": "2026-12-11"},
        {"student_id": "4", "left_on": "2026-12-10"},
        {"student_id": "5", "left_on": "2026-12-09"},
        {"student_id": "6", "entered_on": "2026-09-01", "left_on": "2027-01-01"},
    ]
    found = indicators(school_of(students=students), AS_OF)
    assert found.index.tolist() == ["1", "2", "4", "6"]


def test_a_student_gone_changes_no_other_but_by_the_group(full_school: School) -> None:
    """Leaving a student out of the roll changes only what is measured within the class."""
    students = full_school.students
    gone = students["student_id"] == "001"
    left = students.assign(left_on=students["left_on"].mask(gone, pd.Timestamp("2026-12-01")))
    school = replace(full_school, tables={**full_school.tables, "students": left})
    found, before = indicators(school, AS_OF), indicators(full_school, AS_OF)
    assert "001" in before.index
    assert_frame_equal(pd.DataFrame(found), pd.DataFrame(before.drop("001")), check_exact=True)


def test_leading_zeros_and_strangers(school_of: Build) -> None:
    """Rows of a number that is on no roll are nobody's; 007 is not 7."""
    students = [{"student_id": "007"}, {"student_id": "7"}]
    rows = [
        {"student_id": one, "date": "2026-12-01", "status": "sick"} for one in ("007", "9", "9")
    ]
    found = indicators(school_of(students=students, attendance=rows), AS_OF)
    assert found.loc["007", "sick_rate"] > 0
    assert found.loc["7", "sick_rate"] == 0


def test_an_empty_school_has_no_figures(school_of: Build) -> None:
    """Only the roll: nobody has a figure that would need a table."""
    found = indicators(school_of(students=[{"student_id": "A"}]), AS_OF)
    assert found.isna().all(axis=None)
    assert found.dates is not None
    assert found.dates.isna().all(axis=None)


def test_a_day_outside_the_calendar_is_an_error(full_school: School) -> None:
    """The calendar must cover the day on which we stand."""
    with pytest.raises(CalendarError) as error:
        indicators(full_school, "2028-01-01")
    assert error.value.key == "calendar.outside"


def test_remembered_facts_are_added_once(school_of: Build) -> None:
    """What the casebook remembers is added; what the school holds too is not counted twice."""
    visit = {"student_id": "A", "date": "2026-12-01", "form": "home"}
    school = school_of(visits=[visit])
    more = [visit, {**visit, "date": "2026-12-03"}, {**visit, "date": "2026-12-20"}]
    memory = {"visits": pd.DataFrame(more).assign(date=lambda f: pd.to_datetime(f["date"]))}
    found = indicators(school, AS_OF, memory)
    assert found.loc["A", "home_visits"] == 2
    assert found.loc["A", "days_since_contact"] == 7
    bare = school_of(students=[{"student_id": "A"}])
    assert indicators(bare, AS_OF, memory).loc["A", "home_visits"] == 2


def as_polars(frame: pd.DataFrame) -> pl.DataFrame:
    """Turn a table into polars with missing cells as null and dates to the microsecond."""
    columns: dict[str, pl.Series] = {}
    for name, column in frame.items():
        cells = [None if pd.isna(cell) else cell for cell in column.astype(object)]
        kinds: dict[str, Any] = {"M": pl.Datetime("us"), "f": pl.Float64, "i": pl.Int64}
        kind = kinds.get(column.dtype.kind, pl.Boolean if column.dtype == "boolean" else pl.String)
        if column.dtype.kind == "M":
            cells = [None if cell is None else cell.to_pydatetime() for cell in cells]
        columns[str(name)] = pl.Series(str(name), cells, dtype=kind)
    return pl.DataFrame(columns)


def computed(frames: dict[str, Any], school: School) -> pd.DataFrame:
    """Run the families on frames of any engine and put the figures side by side."""
    moment = Moment(school.calendar.date(AS_OF), school.calendar)
    base = ground({name: nw.from_native(frame) for name, frame in frames.items()}, moment)
    parts = [base.here.select("student", "student_id"), *families(base)]
    eager = [part.collect() if isinstance(part, nw.LazyFrame) else part for part in parts]
    tables = [pd.DataFrame(part.to_dict(as_series=False)).set_index("student") for part in eager]
    wide = pd.concat(tables, axis=1).set_index("student_id").sort_index()
    return wide.reindex(columns=NAMES).astype("float64")


@pytest.mark.parametrize("lazy", [False, True])
def test_polars_gives_the_same_figures(
    full_school: School, expected: Indicators, lazy: bool
) -> None:
    """The same functions over polars, at once and put off, agree with pandas."""
    held = {name: full_school.table(name) for name in full_school.tables if name != "calendar"}
    held["homelife"] = read_values(held["homelife"])
    held["surveys"] = instruments.score_table(held["surveys"])
    frames = {name: as_polars(frame) for name, frame in held.items()}
    found = computed({n: f.lazy() for n, f in frames.items()} if lazy else frames, full_school)
    # Engines add up in different orders: 1e-9 is far above rounding and far below any band.
    assert_frame_equal(found, pd.DataFrame(expected), check_names=False, rtol=0, atol=1e-9)
