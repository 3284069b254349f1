"""The panel of students and periods: figures checked by hand, and fed to the review as it is."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from visitkit import record, review
from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.load.school import School
from visitkit.record import Entry

TODAY = "2026-11-20"


def days_of() -> Calendar:
    """Return two terms with the October holiday and the winter between."""
    dates = pd.date_range("2026-09-01", "2027-07-09", freq="D", unit="us")
    days = pd.DataFrame({"date": dates, "kind": None, "week": pd.NA, "periods": 8})
    off = days["date"].between("2026-10-01", "2026-10-07") | days["date"].between(
        "2027-01-23", "2027-02-21"
    )
    days.loc[off, "kind"] = "holiday"
    days["term"] = ["autumn" if one < pd.Timestamp("2027-01-23") else "spring" for one in dates]
    days["school_day"] = pd.array([None] * len(days), dtype="boolean")
    days.loc[off, "school_day"] = False
    days["after_lessons_from"] = None
    return Calendar.from_frame(days)


DAYS = days_of()


def school_of(rows: list[tuple[str, str, str, float | None]], **roll: list[object]) -> School:
    """Return a school of the students named, with the absences given."""
    away = pd.DataFrame(rows, columns=["student_id", "date", "status", "periods"])
    students = pd.DataFrame({"student_id": list("ABCD"), "class_id": "701", **roll})
    return School.from_frames(calendar=DAYS, students=students, attendance=away)


ABSENT: list[tuple[str, str, str, float | None]] = [
    ("A", "2026-09-01", "sick", None),
    ("A", "2026-09-02", "unexcused", 6),
    ("A", "2026-09-02", "late", None),
    ("A", "2026-10-03", "sick", None),  # a holiday
    ("B", "2026-09-07", "personal", 8),
    ("B", "2026-09-07", "sick", 8),  # more than a day is a day
    ("C", "2026-11-19", "sick", None),
]


def visit(student: str, day: str, plan: str, form: str = "home", number: int = 1) -> list[Entry]:
    """Return a visit planned on one day and made on another."""
    case = f"v-{student}{number}"
    start = dt.datetime.fromisoformat(f"{day}T09:00:00+00:00")
    told: dict[str, object] = {
        "form": form, "planned_start": start.isoformat(), "visitors": ["T1", "T2"],
        "planned_end": (start + dt.timedelta(hours=1)).isoformat(),
    }  # fmt: skip
    made = {
        "form": form, "start": start.isoformat(), "visitors": ["T1"], "student_present": True,
        "end": (start + dt.timedelta(minutes=40)).isoformat(),
    }  # fmt: skip
    at = dt.datetime.fromisoformat(f"{plan}T01:00:00+00:00")
    after = start + dt.timedelta(hours=1)
    return [
        Entry(case, "visit", "plan", student, at, "T1", "head_teacher", told),
        Entry(case, "visit", "visit", student, after, "T1", "head_teacher", made),
    ]


@pytest.fixture
def panel(opened):
    """Return a maker of panels over a casebook with some visits."""
    stores = []

    def make(measure, by="week", *, school=None, entries=(), asked=None, **more):
        store = opened()
        stores.append(store)
        store.add_many(list(entries))
        asked = asked or record.Outcomes(as_of=TODAY)
        school = school or school_of(ABSENT)
        made = store.outcomes(
            measure, by, school=school, asked=asked, **{"deidentified": False, **more}
        )
        store.close()
        return made

    yield make
    for store in stores:
        store.close()


def of(table: pd.DataFrame, student: str, column: str) -> list[object]:
    return table.loc[table["student_id"] == student, column].tolist()


def test_weeks_by_hand(panel):
    """Shares of days, never more than one a day; a holiday is no absence and its week no period."""
    table = panel("absence_days")
    assert of(table, "A", "absence_days")[:2] == [1.75, 0.0]
    assert of(table, "B", "absence_days")[:2] == [0.0, 1.0]
    assert panel("unexcused_days").pipe(of, "A", "unexcused_days")[0] == 0.75
    assert panel("times_late").pipe(of, "A", "times_late")[:2] == [1.0, 0.0]
    dates = pd.to_datetime(["2026-09-01", "2026-09-07", "2026-09-14"]).tolist()
    assert of(table, "A", "date")[:3] == dates
    assert of(table, "A", "days")[:6] == [4, 5, 5, 5, 3, 2]  # 28 to 30 September; 8 and 9 October
    assert table["period"].max() == 12
    assert not table.duplicated(["student_id", "period"]).any()


def test_missing_is_never_zero(panel):
    """Off the roll, before a list was kept and long after its last row, there is no figure."""
    roll = {
        "entered_on": ["2026-09-14", None, None, None],
        "left_on": [None, "2026-09-18", None, None],
    }
    table = panel("absence_days", school=school_of(ABSENT[:-1], **roll))
    a, b = of(table, "A", "absence_days"), of(table, "B", "absence_days")
    assert np.isnan(a[:2]).all()
    assert a[2] == 0.0
    assert b[1] == 1.0
    assert np.isnan(b[3:]).all()
    assert of(table, "B", "days")[3:] == [0] * 9
    # The last row of all is of 3 October; ten quiet school days later nobody knows any more.
    d = of(table, "D", "absence_days")
    assert d[5] == 0.0
    assert np.isnan(d[-2:]).all()
    empty = panel("absence_days", school=school_of([]))
    assert empty["absence_days"].isna().all()
    assert (empty["days"] > 0).any()


def test_a_week_that_goes_on_is_no_week_yet(panel):
    """Only what is known of the days up to today counts, and the school days are told."""
    table = panel("absence_days", asked=record.Outcomes(as_of="2026-11-18"))
    assert of(table, "C", "absence_days")[-1] == 0.0
    assert of(table, "C", "days")[-1] == 3
    whole = panel("absence_days")
    assert of(whole, "C", "absence_days")[-1] == 1.0


def test_when_they_were_visited(panel):
    """From the week of the first visit on; telephone calls are no visit unless asked for."""
    entries = [
        *visit("A", "2026-09-16", "2026-09-08"),
        *visit("A", "2026-11-04", "2026-11-02", number=2),
        *visit("B", "2026-09-09", "2026-09-08", form="phone"),
    ]
    table = panel("absence_days", entries=entries)
    assert of(table, "A", "visits")[:4] == [0, 0, 1, 0]
    assert of(table, "A", "visited")[:4] == [0, 0, 1, 1]
    assert set(of(table, "A", "first")) == {3}
    assert set(of(table, "A", "first_visit")) == {pd.Timestamp("2026-09-14")}
    # Planned on Tuesday of the second week: the first week is what they were chosen by.
    assert of(table, "A", "screening")[:3] == [True, False, False]
    assert set(of(table, "B", "first")) == {0}
    assert pd.isna(of(table, "B", "first_visit")).all()
    asked = record.Outcomes(as_of=TODAY, forms=("home", "phone"))
    assert set(panel("absence_days", asked=asked).pipe(of, "B", "first")) == {2}
    early = record.Outcomes(as_of="2026-09-11")
    assert set(panel("absence_days", asked=early).pipe(of, "A", "first")) == {0}


def test_visited_before_the_time_looked_at_is_visited_all_along(panel):
    """Whoever was visited before the first period is not taken for one who never was."""
    entries = visit("A", "2026-09-16", "2026-09-08")
    asked = record.Outcomes(as_of=TODAY, since="2026-10-12")
    table = panel("absence_days", entries=entries, asked=asked)
    assert set(of(table, "A", "first")) == {1}
    assert set(of(table, "A", "visited")) == {1}


def test_months_terms_and_halves(panel):
    """The same days, cut otherwise; nothing is lost between the periods."""
    entries = visit("A", "2026-09-16", "2026-09-08")
    weeks = panel("absence_days", entries=entries)
    months, terms = panel("absence_days", "month"), panel("absence_days", "term")
    assert of(months, "A", "absence_days") == [1.75, 0.0, 0.0]
    assert of(terms, "B", "absence_days") == [1.0]
    for one in "ABCD":
        assert sum(of(weeks, one, "days")) == sum(of(months, one, "days"))
    asked = record.Outcomes(as_of=TODAY, split="2026-09-07")
    halves = panel("absence_days", "split", asked=asked)
    assert halves.loc[0, ["absence_days_before", "absence_days", "visited"]].tolist() == [
        1.75,
        0,
        1,
    ]
    assert halves["student_id"].tolist() == list("ABCD")
    assert halves["visited"].tolist() == [1, 0, 0, 0]


def test_scores_that_were_handed_in(panel):
    """The mean of a period; a period without a sheet has none."""
    scores = pd.DataFrame(
        {"student_id": ["A", "A", "B"], "date": ["2026-09-01", "2026-09-03", "2026-09-09"],
         "worry": [20, 10, 7]}
    )  # fmt: skip
    asked = record.Outcomes(as_of=TODAY, scores=scores)
    table = panel("worry", asked=asked)
    assert of(table, "A", "worry")[0] == 15.0
    assert np.isnan(of(table, "A", "worry")[1:]).all()
    assert of(table, "B", "worry")[1] == 7.0


def test_pseudonyms(opened):
    """Unless asked for, nobody is named; with a key two panels can be joined."""
    key = bytes(range(3, 35))
    with opened() as store:
        school = school_of(ABSENT)
        asked = record.Outcomes(as_of=TODAY)
        one = store.outcomes("absence_days", school=school, asked=asked, key=key)
        two = store.outcomes("sick_days", school=school, asked=asked, key=key)
        other = store.outcomes("sick_days", school=school, asked=asked)
    assert set(one["student_id"]) == set(two["student_id"])
    assert not set(one["student_id"]) & {*other["student_id"], *"ABCD"}
    assert "701" not in one.to_csv()
    assert sorted(one["absence_days"].dropna()) == sorted(
        [1.75, 1.0, 1.0] + [0.0] * (one["absence_days"].notna().sum() - 3)
    )


def test_the_order_of_rows_changes_nothing(panel):
    """Shuffled tables, the same panel."""
    school = school_of(ABSENT)
    mixed = School.from_frames(
        calendar=DAYS,
        students=school.table("students").sample(frac=1, random_state=2),
        attendance=school.table("attendance").sample(frac=1, random_state=3),
    )
    pd.testing.assert_frame_equal(
        panel("absence_days", school=school), panel("absence_days", school=mixed)
    )


@pytest.mark.parametrize(
    ("measure", "by", "asked", "key"),
    [
        ("happiness", "week", {}, "record.measure"),
        ("absence_days", "day", {}, "record.by"),
        ("absence_days", "split", {}, "record.split"),
        ("absence_days", "split", {"split": "2026-09-01"}, "record.split"),
        ("absence_days", "week", {"since": "2026-12-01"}, "record.no_period"),
        ("worry", "week", {"scores": pd.DataFrame({"student_id": []})}, "record.scores_column"),
    ],
)
def test_what_cannot_be_asked_for(panel, measure, by, asked, key):
    """A sentence, and what is allowed."""
    with pytest.raises(StoreError) as caught:
        panel(measure, by, asked=record.Outcomes(**{"as_of": TODAY, **asked}))
    assert caught.value.key == key
    assert str(caught.value)


@pytest.fixture(scope="module")
def big() -> tuple[School, list[Entry], int]:
    """A hundred and twenty students; forty visited in week 5, forty in week 8: two days fewer."""
    rng = np.random.default_rng(11)
    ids = [f"S{number:03d}" for number in range(120)]
    rows, entries = [], []
    mondays = pd.date_range("2026-09-07", "2026-11-16", freq="7D")
    for place, who in enumerate(ids):
        begun = (5, 8, 99)[place % 3]
        usual = rng.integers(3, 5)
        for week, monday in enumerate(mondays, 2):
            missed = usual + rng.integers(-1, 2) - (2 if week >= begun else 0)
            for day in rng.permutation(5)[: max(missed, 0)]:
                rows.append((who, (monday + pd.Timedelta(days=int(day))), "unexcused"))
        if begun < 99:
            monday = mondays[begun - 2]
            entries += visit(who, monday.strftime("%Y-%m-%d"), "2026-09-08")
    away = pd.DataFrame(rows, columns=["student_id", "date", "status"])
    roll = pd.DataFrame({"student_id": ids, "class_id": [f"7{n % 12:02d}" for n in range(120)]})
    return School.from_frames(calendar=DAYS, students=roll, attendance=away), entries, -2


def test_the_panel_goes_into_a_study_of_a_staggered_start(panel, big):
    """As it is; the planted two days are found (holiday weeks have fewer days to miss)."""
    school, entries, truth = big
    table = panel("absence_days", school=school, entries=entries, deidentified=True)
    study = review.Study(
        table, "absence_days", "staggered", unit="student_id", time="period", first="first",
        cluster="class_id",
    )  # fmt: skip
    found = study.estimate().row("absence_days").found.effect
    # The week of 8 October has two school days and the first of October none of these students',
    # so a little less could be missed there than was planted.
    assert truth - 0.3 < found.estimate < truth + 0.6


def test_the_halves_go_into_a_study_of_chosen_students(panel, big):
    """A row a student, with what was before as the baseline."""
    school, entries, _ = big
    asked = record.Outcomes(as_of=TODAY, split="2026-10-12", since="2026-09-07")
    table = panel("absence_days", "split", school=school, entries=entries, asked=asked)
    study = review.Study(
        table, "absence_days", "chosen", unit="student_id", treat="visited",
        baseline="absence_days_before", cluster="class_id", method="regression",
    )  # fmt: skip
    assert len(study.declared.table) == 120
    assert study.estimate().row("absence_days").found.effect.estimate < -1


def test_the_panel_goes_into_a_case_review(panel):
    """The week of the visit counts for neither side, the week of choice is no baseline."""
    mondays = pd.date_range("2026-09-07", "2026-11-16", freq="7D")
    rows = [
        ("A", str((monday + pd.Timedelta(days=day)).date()), "sick", None)
        for place, monday in enumerate(mondays)
        for day in range((4, 5, 4, 5, 2, 5, 1, 1, 0, 1, 0)[place])
        if not pd.Timestamp("2026-10-01")
        <= monday + pd.Timedelta(days=day)
        <= pd.Timestamp("2026-10-07")
    ]
    entries = visit("A", "2026-10-14", "2026-09-14")
    table = panel("sick_days", school=school_of(rows), entries=entries)
    mine = table[(table["student_id"] == "A") & table["sick_days"].notna()]
    found = review.CaseReview(score="sick_days", higher_is="worse").fit(mine)
    phases = found.points.set_index("date")["phase"]
    assert phases[pd.Timestamp("2026-09-07")] == "screening"
    assert phases[pd.Timestamp("2026-10-12")] == "visit_day"
    assert (phases == "screening").sum() == 1
    assert set(phases[phases.index > pd.Timestamp("2026-10-12")]) == {"after"}
    # 5, 4, 3 and 0 days before, 1, 1, 0, 1 and 0 after: 15 pairs better, 2 equal, of 20.
    assert found.nap.value == pytest.approx(16 / 20)
