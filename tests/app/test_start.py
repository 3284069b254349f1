"""The first page: tables in, faults in plain words, rules and day, a screened school."""

from __future__ import annotations

import csv
import io
import os
import stat
import time
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit import load, sample, text
from visitkit.app import uploads as handing
from visitkit.app.screening import ScreeningConsole
from visitkit.app.session import Session
from visitkit.app.start import SAMPLE_DAY, StartPage
from visitkit.app.start_state import SHOWN, Reading, faults_csv, grouped, read
from visitkit.app.uploads import MOST_FILES, Uploads
from visitkit.errors import TableError
from visitkit.load import Fault
from visitkit.policy import as_toml

NAME = "students.csv"
GOOD = "student id,name,sex,grade\n01,Ann,girl,7\n02,Bob,boy,7\n"
BAD = GOOD + "03,Cid,neither,7\n03,Dee,girl,7\n04,=1+1,neither,7\n"


def page(session: Session | None = None) -> StartPage:
    """Return a start page that heard nothing yet."""
    return StartPage(Session("en") if session is None else session)


def hand_over(start: StartPage, content: str, name: str = NAME) -> None:
    """Send a file as the browser does, in pieces of ten bytes."""
    data = content.encode()
    say = start.sources._message
    say(None, {"kind": "begin", "files": [{"name": name, "size": len(data)}]}, [])
    for at in range(0, len(data), 10):
        say(None, {"kind": "piece", "file": 0, "from": at}, [memoryview(data[at : at + 10])])
    start.working.wait(60)


def wait_marked(start: StartPage) -> None:
    """Wait until the copies are marked."""
    start.marking.wait(60)


def test_sample_to_a_screened_school() -> None:
    """Two presses: open the sample, begin; the page then turns."""
    turned = []
    session = Session("en")
    start = StartPage(session, lambda: turned.append(True))
    start.sources._message(None, {"kind": "sample"}, [])
    start.working.wait(120)
    assert session.school is None
    assert start.choices.shown
    assert start.choices.day == SAMPLE_DAY.isoformat()
    start.choices._message(None, {"kind": "go", "rules": "recommended", "day": "2026-11-02"}, [])
    start.working.wait(120)
    assert turned == [True]
    assert (session.as_of, session.rules.name) == (SAMPLE_DAY, "recommended")
    assert session.cases is not None
    assert session.cases is session.start
    assert len(session.cases) == 1066


def test_faults_wait_for_the_person() -> None:
    """A workbook with faults opens only without its faulty rows, and only when asked."""
    session = Session("en")
    start = page(session)
    hand_over(start, BAD)
    wait_marked(start)
    assert start.faults.state["kind"] == "faults"
    assert not start.choices.shown
    start.choices._message(None, {"kind": "go", "rules": "recommended", "day": "2026-11-02"}, [])
    assert session.school is None
    parts = list(start.children)
    assert parts.index(start.saves) < parts.index(start.warning) < parts.index(start.without)
    start.without.click()
    assert start.choices.shown
    start.choices._message(
        None, {"kind": "go", "rules": "recommended", "day": start.choices.day}, []
    )
    start.working.wait(60)
    assert session.school is not None
    assert {"01", "02"} <= set(session.school.students["student_id"])
    assert session.school.faults


def test_marked_copy_and_list_can_be_taken_along() -> None:
    """The copy is marked from the person's own file, which is gone by then."""
    start = page()
    hand_over(start, BAD)
    wait_marked(start)
    ((name, content),) = start._copies.items()
    assert name.startswith("students")
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    rows = list(csv.reader(io.StringIO(start._listed()["faults.csv"].decode("utf-8-sig"))))
    assert start.reading is not None
    assert len(rows) == 1 + len(start.reading.faults)


@pytest.mark.parametrize("content", [GOOD, BAD, "nothing,of\nuse,here\n"])
def test_nothing_handed_over_is_left(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clean, faulty or useless: the private copy is removed once it has been read."""
    monkeypatch.setattr(handing.tempfile, "tempdir", str(tmp_path))
    start = page()
    hand_over(start, content)
    wait_marked(start)
    assert list(tmp_path.iterdir()) == []


def test_only_this_person_can_read_what_was_handed_over() -> None:
    """Folder 0700, file 0600."""
    uploads = Uploads()
    uploads.begin([(NAME, 2)])
    uploads.take(0, 0, b"ab")
    if os.name == "posix":
        assert stat.S_IMODE(uploads.folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((uploads.folder / NAME).stat().st_mode) == 0o600
    uploads.clear()


def test_what_a_killed_program_left_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Old folders go, fresh ones of another program stay."""
    monkeypatch.setattr(handing.tempfile, "tempdir", str(tmp_path))
    old, fresh = tmp_path / "visitkit-handed-a", tmp_path / "visitkit-handed-b"
    old.mkdir()
    fresh.mkdir()
    past = time.time() - 86_400
    os.utime(old, (past, past))
    handing.sweep()
    assert [path.name for path in tmp_path.iterdir()] == [fresh.name]


@pytest.mark.parametrize(
    ("files", "key"),
    [
        ([("school.exe", 1)], "kind"),
        ([("~$school.xlsx", 1)], "kind"),
        ([("a/students.csv", 1), ("b/STUDENTS.csv", 1)], "twice"),
        ([("students.csv", 10**12)], "large"),
        ([(f"{number}.csv", 1) for number in range(MOST_FILES + 1)], "many"),
    ],
)
def test_what_is_not_taken(files: list[tuple[str, int]], key: str) -> None:
    """Each with its sentence, before a byte has come."""
    with pytest.raises(TableError) as caught:
        Uploads().begin(files)
    assert caught.value.key == f"app_start.wrong.{key}"


@pytest.mark.parametrize("piece", [(0, 1, b"a"), (1, 0, b"a"), (0, 0, b"abcd"), (0, 0, b"")])
def test_a_broken_upload_leaves_nothing(piece: tuple[int, int, bytes]) -> None:
    """A piece out of turn, too long or empty: nothing is kept."""
    uploads = Uploads()
    uploads.begin([(NAME, 3)])
    folder = uploads.folder
    with pytest.raises(TableError):
        uploads.take(*piece)
    assert not folder.exists()


@given(st.text(max_size=30))
def test_no_name_leaves_the_folder(name: str) -> None:
    """Whatever a browser calls a file, it lands in the private folder or is refused."""
    uploads = Uploads()
    try:
        uploads.begin([(name + ".csv", 1)])
        uploads.take(0, 0, b"a")
    except (TableError, OSError, ValueError):
        return
    found = list(uploads.folder.rglob("*"))
    uploads.clear()
    assert len(found) == 1
    assert found[0].parent.parent == Path(handing.tempfile.gettempdir())


@pytest.mark.parametrize(
    "content",
    [
        None,
        "text",
        {},
        {"kind": "speak", "lang": "fr"},
        {"kind": "folder", "path": 3},
        {"kind": "folder", "path": "x" * 9999},
        {"kind": "begin", "files": "a"},
        {"kind": "begin", "files": [{"name": 3, "size": 1}]},
        {"kind": "begin", "files": [{"name": "a.csv", "size": True}]},
        {"kind": "piece", "file": "0", "from": 0},
    ],
)
def test_odd_messages_do_nothing(content: object) -> None:
    """A browser that sends anything else is not answered."""
    start = page()
    before = start.sources.get_state()
    start.sources._message(None, content, [b"abc"])
    assert start.sources.get_state() == before
    assert not start.working.busy


def test_a_missing_folder_is_told_in_the_persons_language() -> None:
    """And re-worded when the language changes."""
    session = Session("en")
    start = page(session)
    start.sources._message(None, {"kind": "folder", "path": "/no/such/school"}, [])
    start.working.wait(30)
    english = start.sources.said
    assert start.sources.wrong
    assert "/no/such/school" in english
    session.lang = "zh"
    assert start.sources.said != english


def fault(key: str, row: int, value: str = "x") -> Fault:
    """A fault of a column."""
    return Fault(key, "a.csv", row=row, column="C", value=value, table="marks", field="date")


@given(st.lists(st.sampled_from(["date_unknown", "duplicate_key"]), max_size=120))
def test_groups_count_every_fault(keys: list[str]) -> None:
    """Counts add up to all; every kind shows a place; no more than fifty are shown."""
    faults = [Fault(key, "a.csv", row=at + 2, column="C") for at, key in enumerate(keys)]
    known = [one for one in faults if _worded(one)]
    groups = grouped(known, "en")
    assert sum(int(str(group["number"])) for group in groups) == len(known)
    told = [len(group["places"]) for group in groups]  # type: ignore[arg-type]
    assert all(told)
    assert sum(told) <= max(SHOWN, len(groups))


def _worded(one: Fault) -> bool:
    try:
        one.words("en")
    except KeyError:
        return False
    return True


def test_the_list_of_faults_runs_no_formula() -> None:
    """A cell that a spreadsheet would run is text in the list."""
    rows = faults_csv([fault("date_unknown", 2, "=1+1")], "en").decode("utf-8-sig").splitlines()
    assert "'=1+1" in rows[1]


def test_a_school_without_students_is_not_offered() -> None:
    """Its faults are shown and a marked copy, and no way on."""
    start = page(Session("en"))
    hand_over(start, "student id,name\n,Ann\n")
    wait_marked(start)
    assert start.saves in start.children
    assert start.without not in start.children
    assert start.faults.state["title"] == text.say("app_start.found.unusable_title", "en")


def test_a_school_that_is_open_can_be_screened_again() -> None:
    """After the screen was locked the rules and the day are offered as they stood."""
    school = load.School.from_frames(students=_roll())
    session = Session("en", school=school, as_of=school.latest)
    start = page(session)
    assert start.choices.shown
    assert start.choices.day == school.latest.isoformat()
    assert start.reading == Reading(school)


def _roll() -> object:
    import pandas as pd

    return pd.DataFrame({"student_id": ["01", "02"]})


def test_the_sample_is_clean() -> None:
    """A newcomer's first school has no fault."""
    assert read(sample.sample_folder()).faults == ()


def test_rules_saved_from_the_screen_open_again() -> None:
    """A weight is changed and saved; opened on the first page it is in force in the screening."""
    session = Session("en")
    start = page(session)
    hand_over(start, GOOD)
    changed = session.rules.with_values({"risk.dimensions.family": 2.5})
    start.rules_file.take("ours.toml", as_toml(changed).encode())
    assert not start.rules_file.wrong, start.rules_file.said
    assert (start.choices.rule, start.choices.rules[0][0]) == ("ours", "ours")
    start.choices._message(None, {"kind": "go", "rules": "ours", "day": start.choices.day}, [])
    start.working.wait(60)
    assert session.rules["risk.dimensions.family"] == 2.5
    assert session.start is not None
    assert session.start.policy.name == "ours"
    screening = ScreeningConsole(session)
    assert screening.choices.rule == "ours"
    assert {"ours", "recommended"} <= {name for name, *_ in screening.choices.rules}


def test_faults_of_rules_are_told_with_their_line() -> None:
    """Nothing of a faulty file is taken, and the rules stay as they were."""
    start = page()
    hand_over(start, GOOD)
    before = start.choices.rules
    for content, told in (
        (b"extends = [", "line 1"),
        (
            b'extends = ["recommended"]\n[absence]\nreport_days = {value = "x", source = "school"}',
            "line 3",
        ),
        (b"\xff\xfe", "UTF-8"),
    ):
        start.rules_file.take("ours.toml", content)
        assert start.rules_file.wrong
        assert told in start.rules_file.said
    assert start.choices.rules == before
    assert start.session.own == ()


def test_own_rules_never_hide_shipped_ones() -> None:
    """A file that is called as a profile is gets a name of its own."""
    start = page()
    hand_over(start, GOOD)
    start.rules_file.take("recommended.toml", b'extends = ["recommended"]')
    names = [name for name, *_ in start.choices.rules]
    assert len(names) == len(set(names))
    assert names[0] == "recommended-school"
