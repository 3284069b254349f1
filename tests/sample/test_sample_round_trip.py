"""What is written is read back: no fault, and the same tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from visitkit import load, tables
from visitkit.sample import SampleSchool, make_school, sample_folder, write_school


def ordered(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a table in an order that does not depend on the files."""
    columns = list(tables.TABLES[table].columns)
    key = [column.name for column in columns if column.name in frame]
    return frame.sort_values(key, kind="stable").reset_index(drop=True)


def assert_same(read: load.School, made: SampleSchool) -> None:
    """Every table read equals the table made, whatever the order of rows."""
    for name, frame in made.tables.items():
        pd.testing.assert_frame_equal(
            ordered(read.tables[name], name), ordered(frame, name), obj=name
        )


def test_the_sample_folder_is_the_sample_school(school: SampleSchool) -> None:
    """The files of the repository read without a fault and give the tables of seed 1."""
    read = load.read_school(sample_folder())
    assert read.faults == ()
    assert dict(read.left_out) == {}
    assert not read.calendar.assumed
    assert_same(read, school)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("seed", [2, 9])
def test_other_schools_read_back(seed: int, lang: str, tmp_path: Path) -> None:
    """Other seeds, in both languages, read back as they were made."""
    made = make_school(seed, 150, lang=lang)
    write_school(made, tmp_path)
    assert_same(load.read_school(tmp_path), made)


def test_no_row_stands_twice(school: SampleSchool) -> None:
    """A row exactly like another would be taken for a slip of the pen."""
    for name, frame in school.tables.items():
        assert not frame.duplicated().any(), name
