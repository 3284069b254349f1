"""The files of the sample school: as a school would have them, and the same bytes each time."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pandas as pd
import pytest

from visitkit import text
from visitkit.errors import TableError, VisitkitError
from visitkit.sample import SampleSchool, make_school, sample_folder, write, write_school
from visitkit.sample.__main__ import main
from visitkit.sample.packing import workbook
from visitkit.sample.sheets import Sheet

MOST_BYTES = 4_000_000


@pytest.fixture(scope="module")
def written(school: SampleSchool, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample school written anew."""
    return write_school(school, tmp_path_factory.mktemp("sample"))


def named(key: str, lang: str = "zh") -> str:
    """Return the name of a file without its ending."""
    return text.say(f"sample.files.{key}", lang)


def parts(path: Path) -> dict[str, str]:
    """Return what a workbook packs, in canonical form.

    How hard zlib packs differs between its builds, and whether lxml is installed decides about
    blanks inside tags.
    """
    with zipfile.ZipFile(path) as packed:
        return {name: canonicalize(packed.read(name).decode()) for name in packed.namelist()}


def test_the_folder_holds_what_the_generator_makes(written: list[Path]) -> None:
    """Making the files again gives what is in the repository."""
    kept = {path.name: path for path in sample_folder().iterdir()}
    assert sorted(kept) == [path.name for path in written]
    for path in written:
        if path.suffix == ".xlsx":
            assert parts(path) == parts(kept[path.name]), path.name
        else:
            assert path.read_bytes() == kept[path.name].read_bytes(), path.name


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """No file holds the moment at which it was made."""
    school = make_school(students=40)
    first = write_school(school, tmp_path / "first")
    second = write_school(school, tmp_path / "second")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_workbook_does_not_tell_the_time(tmp_path: Path) -> None:
    """Neither the members nor the properties of a workbook hold today's date."""
    target = tmp_path / "book.xlsx"
    target.write_bytes(workbook([Sheet("a", ("x",), ([1],))]))
    with zipfile.ZipFile(target) as packed:
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = packed.read("docProps/core.xml").decode()
    assert core.count("2027-01-22T00:00:00Z") == 2


def test_files_are_small() -> None:
    """The sample stays light enough to ship."""
    assert sum(path.stat().st_size for path in sample_folder().iterdir()) < MOST_BYTES


def test_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the file that was there stays and nothing else is left."""
    kept = tmp_path / f"{named('activity')}.csv"
    kept.write_text("before")

    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("visitkit.outgoing.together.os.replace", refuse)
    with pytest.raises(VisitkitError) as caught:
        write_school(make_school(students=30), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
    assert kept.read_text() == "before"
    assert caught.value.key == "report.not_written"


def test_encodings_differ_as_they_do_in_schools(written: list[Path]) -> None:
    """Attendance is UTF-8 with a mark at the start, visits are GB18030."""
    by_name = {path.stem: path.read_bytes() for path in written}
    assert by_name[named("attendance")].startswith(b"\xef\xbb\xbf")
    visits = by_name[named("visits")]
    with pytest.raises(UnicodeDecodeError):
        visits.decode("utf-8")
    assert visits.decode("gb18030").startswith(text.find("tables.visits.student_id", "zh")[0])


def test_no_question_is_printed(written: list[Path]) -> None:
    """The questionnaire's own words are not ours to print: questions have numbers only."""
    path = next(path for path in written if path.stem == named("survey_2026"))
    headers = pd.read_excel(path, engine="calamine", nrows=0).columns
    questions = [text.say("sample.files.item", "zh", number=n) for n in range(1, 101)]
    assert headers[-100:].tolist() == questions
    assert len(headers) == 104


def test_the_last_month_is_a_register_only(written: list[Path], school: SampleSchool) -> None:
    """January 2027 stands in the register and not in the long list, so no day counts twice."""
    by_name = {path.stem: path for path in written}
    header = text.find("tables.attendance.date", "zh")[0]
    listed = pd.read_csv(by_name[named("attendance")], encoding="utf-8-sig")[header]
    assert listed.max() < "2027-01-01"
    grid = pd.read_excel(by_name[named("register")], engine="calamine", header=1)
    signs = grid.iloc[:, 3:].melt()["value"].dropna()
    assert set(signs) == set(text.find("sample.files.sign", "zh").values())
    assert len(signs) == (school.tables["attendance"]["date"] >= "2027-01-01").sum()


def test_marks_stand_in_a_sheet_an_exam(written: list[Path]) -> None:
    """Each sheet has its exam and day on top, full scores beside subjects, absence in words."""
    path = next(path for path in written if path.stem == named("marks"))
    sheets = pd.read_excel(path, engine="calamine", header=None, sheet_name=None)
    assert len(sheets) == 6
    exam = next(frame for name, frame in sheets.items() if "2026" in name)
    assert exam.iloc[0, 0] == text.say("sample.exam.midterm", "zh", term=exam.iloc[0, 0][:9])
    assert exam.iloc[1, 0].endswith("2026-04-28")
    assert exam.iloc[2, 3].endswith("(120)")
    assert text.find("values.mark_status.absent", "zh")[0] in set(exam.iloc[3:, 3])


def test_english_files_have_english_names(tmp_path: Path) -> None:
    """The same school can be written with English headers and words."""
    school = make_school(students=30, lang="en")
    found = write_school(school, tmp_path)
    assert all(path.name.isascii() for path in found)
    headers = pd.read_csv(tmp_path / "visits.csv", encoding="gb18030", nrows=0).columns
    assert all(header.isascii() for header in headers)


def test_a_missing_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the sample's files the error names the folder looked for."""
    monkeypatch.setattr(write, "_REPOSITORY", tmp_path)
    with pytest.raises(TableError, match="data"):
        sample_folder()


def test_the_command_writes_a_school(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``python -m visitkit.sample FOLDER`` writes the files and says how many."""
    assert main([str(tmp_path), "--students", "30", "--seed", "3", "--lang", "en"]) == 0
    assert "12" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == 12
