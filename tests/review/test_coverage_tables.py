"""Coverage worked out by hand on a small school."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from visitkit import plan, text
from visitkit.calendar import Calendar
from visitkit.errors import ReviewError
from visitkit.load import School
from visitkit.policy import read_policy
from visitkit.review.bands import achievement_bands
from visitkit.review.coverage import Beside, Coverage, coverage
from visitkit.review.small_cells import without_small_cells
from visitkit.review.timeliness import called_off, timeliness

DAYS = Calendar.weekdays("2026-09-01", "2027-01-22")
TODAY = "2026-11-02"
RULES = read_policy("junior-school-visits")
STAFF = pd.DataFrame(
    {
        "teacher_id": ["H1", "A1", "C1"],
        "roles": ["head_teacher;subject_teacher", "subject_teacher", "counsellor"],
        "homeroom_class": ["701", None, None],
        "classes": ["701", "701", None],
    }
)


def school(size: int = 6) -> School:
    """Return class 701: S0 visited at home, S1 only telephoned, S2 both; S5 has left."""
    roll = pd.DataFrame({"student_id": [f"S{n}" for n in range(size)], "class_id": "701"})
    roll["grade"] = 7
    roll["left_on"] = [None] * (size - 1) + ["2026-10-01"]
    visits = pd.DataFrame(
        {
            "student_id": ["S0", "S1", "S2", "S2", "S3"],
            "date": ["2026-09-20", "2026-09-21", "2026-09-22", "2026-09-23", "2026-11-03"],
            "form": ["home", "phone", "phone", "home", "home"],
            "visitors": ["H1;A1", "H1", "H1", "H1", "A1"],
        }
    )
    groups = pd.DataFrame(
        {
            "student_id": ["S0", "S1", "S1", "S4"],
            "code": ["left_behind", "left_behind", "poor", "poor"],
            "since": ["2026-09-01"] * 3 + ["2026-11-03"],
        }
    )
    marks = pd.DataFrame(
        {
            "student_id": [f"S{n}" for n in range(3)],
            "date": "2026-10-20",
            "subject": "maths",
            "score": [40, 70, 90],
            "full_score": 100,
        }
    )
    frames = {"students": roll, "teachers": STAFF, "visits": visits}
    return School.from_frames(calendar=DAYS, groups=groups, marks=marks, **frames)


def made(beside: Beside | None = None, one: School | None = None) -> Coverage:
    """Return the coverage of the small school."""
    one = one or school()
    owed = plan.duties(one, RULES, TODAY)
    return coverage(owed, plan.coverage(owed), one, RULES, TODAY, beside)


def test_the_table_of_quotas_is_taken_as_it_is() -> None:
    owed = plan.duties(school(), RULES, TODAY)
    pd.testing.assert_frame_equal(made().quotas, plan.coverage(owed))


def test_groups_by_hand() -> None:
    """S0 and S1 are left behind, S1 is poor; S4 becomes so only tomorrow."""
    parts = made().parts
    rule = parts[(parts["rule"] == "quota.head_teacher") & (parts["level"] == "group")]
    found = rule.set_index("unit")[["students", "reached", "open"]].to_numpy().tolist()
    assert rule["unit"].tolist() == ["left_behind", "none", "poor"]
    assert [row[0] for row in found] == [2, 3, 1]
    owed = pd.DataFrame(plan.duties(school(), RULES, TODAY))
    owed = owed[owed["rule"] == "quota.head_teacher"].set_index("student_id")
    done = owed["fulfilled"] >= owed["occurrences"]
    assert [row[1] for row in found] == [
        int(done[["S0", "S1"]].sum()),
        int(done[["S2", "S3", "S4"]].sum()),
        int(done[["S1"]].sum()),
    ]
    assert (parts["share"] == parts["reached"] / parts["students"]).all()


def test_tiers_and_roles() -> None:
    tiers = pd.DataFrame({"student_id": ["S0", "S1", "S2"], "tier": ["priority", "watch", "watch"]})
    parts = made(Beside(tiers=tiers)).parts
    rule = parts[parts["rule"] == "quota.head_teacher"].set_index(["level", "unit"])
    assert rule.loc[("tier", "priority"), "students"] == 1
    assert rule.loc[("tier", "watch"), "students"] == 2
    assert rule.loc[("tier", "unknown"), "students"] == 2
    assert rule.xs("role", level="level")["students"].tolist() == [5]
    assert "tier" not in set(made().parts["level"])


def test_phone_only_by_hand() -> None:
    """Of three families contacted one was only telephoned; S3's visit is tomorrow."""
    rows = made().contacts.set_index("level")
    for level in ("class", "school"):
        assert rows.loc[level, ["students", "contacted", "phone_only"]].tolist() == [5, 3, 1]
        assert rows.loc[level, "share"] == pytest.approx(1 / 3)


def test_bands_by_hand() -> None:
    """Three marks make three bands; all three of them were visited, the other two have no mark."""
    rows = made().bands.set_index("band")
    assert rows.index.tolist() == ["weak", "medium", "strong", "unknown"]
    assert rows["students"].tolist() == [1, 1, 1, 2]
    assert rows["visited"].tolist() == [1, 1, 1, 0]
    assert rows["met"].tolist()[:3] == [True, True, True]
    assert pd.isna(rows.loc["unknown", "met"])


def test_a_band_nobody_visited_is_not_met() -> None:
    one = made(Beside(since="2026-09-22")).bands.set_index("band")
    assert one["met"].tolist()[:3] == [False, False, True]


def test_a_hard_paper_does_not_make_a_weak_student() -> None:
    """Each wrote one paper of her own; the places count, not the marks."""
    rows = [("1", "art", 30), ("2", "art", 20), ("3", "maths", 90), ("4", "maths", 95)]
    marks = pd.DataFrame(rows, columns=["student_id", "subject", "score"])
    marks = marks.assign(date=pd.Timestamp("2026-10-20"), full_score=100.0)
    roll = pd.DataFrame({"student_id": ["1", "2", "3", "4"], "grade": 7})
    found = achievement_bands(marks, roll, pd.Timestamp(TODAY), ["low", "high"])
    assert found.tolist() == ["high", "low", "low", "high"]
    old = marks.assign(date=pd.Timestamp("2025-10-20"))
    bands = achievement_bands(old, roll, pd.Timestamp(TODAY), ["low", "high"])
    assert set(bands) == {"unknown"}


def test_staff_is_totals_only() -> None:
    rows = made().staff.set_index("role")
    assert rows.loc["head_teacher", ["teachers", "taking_part", "visits"]].tolist() == [1, 1, 4]
    assert rows.loc["subject_teacher", ["teachers", "taking_part", "visits"]].tolist() == [2, 2, 5]
    assert rows.loc["counsellor", ["teachers", "taking_part", "visits"]].tolist() == [1, 0, 0]
    assert not any("H1" in str(cell) for cell in rows.to_numpy().ravel())


def test_who_still_waits() -> None:
    found = made()
    waiting = pd.DataFrame(plan.duties(school(), RULES, TODAY))
    waiting = set(waiting.loc[waiting["status"] == "owed", "student_id"])
    assert set(found.open["student_id"]) == waiting
    assert "S5" not in waiting
    assert (found.open["visits"] > 0).all()


LOG = pd.DataFrame(
    [
        # in time, reported both ways
        ("home", "10-20 16:00", "10-20 17:00", "10-21 09:00", "10-20 15:30", "10-20 17:10"),
        # record a minute late, set out before reporting, back without a word
        ("home", "10-22 16:00", "10-22 17:00", "10-23 17:01", "10-22 16:20", None),
        # never recorded; reported back after the grace of half an hour
        ("home", "10-26 16:00", "10-26 17:00", None, None, "10-26 17:31"),
        # yesterday evening: still within the day
        ("home", "11-02 18:00", "11-02 19:00", None, "11-02 17:00", "11-02 19:30"),
        # a call: no safety report is owed
        ("phone", "10-27 16:00", "10-27 16:10", "10-27 16:20", None, None),
        # no moment to count from; the record is dated after the day
        ("home", "10-28 16:00", None, "11-05 09:00", "10-28 16:00", None),
    ],
    columns=["form", "start", "end", "recorded_at", "reported_before", "reported_after"],
)
LOG = LOG.apply(lambda column: column if column.name == "form" else "2026-" + column).assign(
    student_id="S0"
)


def test_timeliness_by_hand() -> None:
    rows = timeliness(LOG, RULES, pd.Timestamp(TODAY)).set_index("matter")
    counts = ["owed", "in_time", "late", "missing", "running", "not_known"]
    assert rows.loc["record", counts].tolist() == [6, 2, 1, 1, 1, 1]
    assert rows.loc["record", "share"] == pytest.approx(2 / 4)
    assert rows.loc["report_before", counts].tolist() == [5, 3, 1, 1, 0, 0]
    assert rows.loc["report_after", counts].tolist() == [5, 2, 1, 1, 0, 1]
    assert rows.loc["record", "source"] == RULES.source("record.due_hours")


def test_what_was_recorded_later_is_not_known_yet() -> None:
    """The record of the evening of the day itself is made the next morning."""
    later = LOG.copy()
    later.loc[3, "recorded_at"] = "2026-11-03 08:00"
    rows = timeliness(later, RULES, pd.Timestamp(TODAY))
    assert rows.equals(timeliness(LOG, RULES, pd.Timestamp(TODAY)))
    then = timeliness(later, RULES, pd.Timestamp("2026-11-03")).set_index("matter")
    assert then.loc["record", ["in_time", "running"]].tolist() == [3, 0]


def test_the_hours_are_the_policys() -> None:
    wide = RULES.with_values({"record.due_hours": 48})
    rows = timeliness(LOG, wide, pd.Timestamp(TODAY)).set_index("matter")
    assert rows.loc["record", ["in_time", "late"]].tolist() == [3, 0]


@pytest.mark.parametrize(
    ("key", "log"),
    [
        ("columns_missing", LOG.drop(columns="end")),
        ("not_moments", LOG.assign(end="soon")),
        ("not_moments", LOG.assign(end=5)),
    ],
)
def test_a_bad_log_is_told(key: str, log: pd.DataFrame) -> None:
    with pytest.raises(ReviewError) as told:
        timeliness(log, RULES, pd.Timestamp(TODAY))
    assert told.value.key == f"review.{key}"


def test_who_called_off_and_what_came_of_it() -> None:
    """S0: two called off by the school, one visit after; S1: the family, and none after."""
    off = pd.DataFrame(
        {
            "student_id": ["S0", "S0", "S1", "S1"],
            "date": pd.to_datetime(["2026-09-10", "2026-09-12", "2026-09-25", "2026-09-26"]),
            "status": ["cancelled_school", "cancelled_school", "cancelled_family", "waived"],
        }
    )
    visits = school().tables["visits"]
    rows = called_off(off, visits).set_index("by")
    assert rows.loc["school"].tolist() == [2, 1, 1, 1]
    assert rows.loc["family"].tolist() == [1, 1, 0, 1]
    found = made(Beside(appointments=off)).called_off
    assert found is not None
    assert found.set_index("by").loc["school"].tolist() == [2, 1, 1, 1]


def test_small_rows_do_not_leave_the_room() -> None:
    found = made().to_leave(least=5)
    assert found.open.empty
    groups = found.parts[found.parts["level"] == "group"]
    assert groups["hidden"].all()
    assert groups[["students", "reached", "share"]].isna().all(axis=None)
    assert found.staff["hidden"].all()
    shown = found.contacts.set_index("level")
    assert shown.loc["school", "students"] == 5
    with pytest.raises(ReviewError) as told:
        made().to_leave(least=4)
    assert told.value.key == "review.cells_too_small"


def test_a_hidden_row_cannot_be_found_by_subtraction() -> None:
    """One small row alone takes the next smallest with it, within its own total."""
    rows = pd.DataFrame(
        {
            "rule": ["x", "x", "x", "y", "y", "y"],
            "students": [30, 12, 3, 30, 4, 2],
            "reached": [9, 8, 1, 7, 6, 5],
            "due": pd.Timestamp("2026-11-02"),
            "late": [True, False, True, False, True, False],
        }
    )
    found = without_small_cells(rows, "students", ["rule"])
    assert found["hidden"].tolist() == [False, True, True, False, True, True]
    hidden = found[found["hidden"]]
    assert hidden[["students", "reached", "due", "late"]].isna().all(axis=None)
    assert found["rule"].tolist() == rows["rule"].tolist()
    assert without_small_cells(rows.iloc[::-1], "students", ["rule"])["hidden"].sum() == 4


def test_the_order_of_rows_changes_nothing() -> None:
    one = school()
    owed = plan.duties(one, RULES, TODAY)
    mixed = School.from_frames(
        calendar=DAYS,
        **{
            name: table.sample(frac=1, random_state=3)
            for name, table in one.tables.items()
            if len(table) and name != "calendar"
        },
    )
    found = coverage(owed.sample(frac=1, random_state=2), plan.coverage(owed), mixed, RULES, TODAY)
    same = made()
    for name in ("parts", "contacts", "staff", "open"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(same, name))


def test_words_name_nobody() -> None:
    log = Beside(log=LOG, appointments=pd.DataFrame(columns=["student_id", "date", "status"]))
    for lang in text.LANGUAGES:
        for found in (made(), made(log), made(log).to_leave(least=5)):
            words = found.words(lang)
            assert words
            assert not re.search(r"\bS\d\b|nan|None|<NA>|quota\.", words), words


def test_a_missing_column_is_told() -> None:
    with pytest.raises(ReviewError, match="status"):
        coverage(pd.DataFrame({"student_id": []}), pd.DataFrame(), school(), RULES, TODAY)
    with pytest.raises(ReviewError, match="tier"):
        made(Beside(tiers=pd.DataFrame({"student_id": ["S0"]})))
