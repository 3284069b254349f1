"""The made-up school is plausible: shares, seasons, missing data, and how hard sorting is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from visitkit.sample import SampleSchool, make_school
from visitkit.sample.surveys import CRITICAL, LIE, VOID_FROM

TODAY = pd.Timestamp("2026-11-02")
TERM = pd.Timestamp("2026-09-01")

#: Shares a township middle school may have; wide, because they are choices and not estimates.
SHARES = {
    "left_behind": (0.06, 0.25),
    "single_parent": (0.05, 0.15),
    "poor": (0.05, 0.20),
    "migrant_child": (0.02, 0.12),
    "disabled": (0.003, 0.025),
    "orphan": (0.0, 0.01),
}


def counted(school: SampleSchool, table: str, rows: pd.Series | None = None) -> pd.Series:
    """Return the number of a student's rows of a table, 0 where there is none."""
    frame = school.tables[table]
    frame = frame if rows is None else frame[rows]
    found = frame.groupby("student_id").size()
    return found.reindex(school.truth.index, fill_value=0)


def lately(school: SampleSchool, table: str) -> pd.Series:
    """Tell which rows of a table lie in this term before today."""
    dates = school.tables[table]["date"]
    return (dates >= TERM) & (dates < TODAY)


def mht(school: SampleSchool) -> pd.DataFrame:
    """Return the MHT sheets of autumn 2026."""
    frame = school.tables["surveys"]
    return frame[frame["administration"] == "2026-autumn"].set_index("student_id")


@pytest.mark.parametrize(("code", "share"), SHARES.items())
def test_groups_are_as_common_as_they_may_be(
    large: SampleSchool, code: str, share: tuple[float, float]
) -> None:
    """A special group on file is neither absent nor everywhere."""
    groups = large.tables["groups"]
    found = groups.loc[groups["code"] == code, "student_id"].nunique() / len(large.truth)
    assert share[0] <= found <= share[1]


def test_groups_on_file_are_not_the_truth(large: SampleSchool) -> None:
    """The register misses some left-behind children and names some who are not."""
    groups = large.tables["groups"]
    named = large.truth.index.isin(groups.loc[groups["code"] == "left_behind", "student_id"])
    truly = large.truth["left_behind"]
    assert 0.6 < named[truly].mean() < 0.95
    assert 0 < named[~truly].mean() < 0.05


def test_groups_overlap(large: SampleSchool) -> None:
    """Some students are in several groups at once."""
    groups = large.tables["groups"]
    social = groups[groups["code"].isin(["left_behind", "single_parent", "poor"])]
    assert social.groupby("student_id").size().max() >= 3


def test_trouble_and_dropping_out_are_rare(large: SampleSchool) -> None:
    """About 6 to 10 % are in real trouble ahead; about 1 % drop out over the whole time."""
    assert 0.06 <= large.truth["at_risk"].mean() <= 0.10
    assert 0.004 <= large.truth["dropped_out"].mean() <= 0.016


def test_leavers_stay_away_before_they_go(large: SampleSchool) -> None:
    """In the month before dropping out students miss school without leave far more than others."""
    dropped = large.truth[large.truth["dropped_out"]]
    attendance = large.tables["attendance"]
    unexcused = attendance[attendance["status"] == "unexcused"]
    joined = unexcused.merge(
        dropped["dropped_on"].rename("gone").reset_index(), on="student_id", how="left"
    )
    month = pd.Timedelta(days=28)
    before = (joined["date"] >= joined["gone"] - month) & (joined["date"] < joined["gone"])
    rate = before.sum() / len(dropped) / 28
    usual = len(unexcused) / len(large.truth) / 510
    assert rate > 8 * usual


def test_sickness_has_a_winter(large: SampleSchool) -> None:
    """More students are sick in mid-December than in October."""
    sick = large.tables["attendance"].query("status == 'sick'")["date"]
    winter = sick.between("2025-12-08", "2025-12-19").sum() / 10
    autumn = sick.between("2025-10-13", "2025-10-24").sum() / 10
    assert winter > 1.5 * autumn


def test_the_way_to_school_makes_late(large: SampleSchool) -> None:
    """Day students from far villages come late more often than those from the town."""
    roll = large.tables["students"].set_index("student_id")
    late = counted(large, "attendance", large.tables["attendance"]["status"] == "late")
    days = roll[~roll["boarding"].astype(bool) & roll["lat"].notna()]
    away = np.hypot(days["lat"] - 39.2, (days["lon"] - 83.2) * 0.775) * 111
    assert late[days.index[away > 5]].mean() > 1.2 * late[days.index[away < 2]].mean()


def test_teachers_differ_in_what_they_write(large: SampleSchool) -> None:
    """Notes differ between classes far more than chance alone would let them."""
    roll = large.tables["students"].set_index("student_id")
    notes = np.log(counted(large, "behaviour").groupby(roll["class_id"]).sum())
    # With some 400 notes a class, chance and the students themselves give about .08.
    assert notes.groupby(notes.index.str[0]).std().min() > 0.3


def test_both_good_and_bad_acts_are_written(large: SampleSchool) -> None:
    """Good acts make up between a third and two thirds of the notes."""
    kinds = large.tables["behaviour"]["kind"]
    assert 1 / 3 < kinds.isin(["praise", "service", "progress", "award"]).mean() < 2 / 3


def test_trouble_is_missing_more_often(large: SampleSchool) -> None:
    """Questionnaires and parents' forms are missing more often for students in trouble."""
    truth = large.truth[large.truth["on_roll"]]
    forms = large.tables["homelife"].query("observer == 'parent' and date >= '2026-09-01'")
    for answered in (mht(large).index, pd.Index(forms["student_id"])):
        missing = ~truth.index.isin(answered)
        in_trouble = missing[truth["at_risk"]].mean()
        assert in_trouble > 1.8 * missing[~truth["at_risk"]].mean()
        assert in_trouble < 0.6


def test_questionnaires_look_like_questionnaires(large: SampleSchool) -> None:
    """Yes-rates, void sheets, critical items and empty items are in the range of published use."""
    sheets = mht(large)
    content = [f"item_{n}" for n in range(1, 101) if n not in LIE]
    total = sheets[content].sum(axis=1)
    lies = sheets[[f"item_{n}" for n in LIE]].sum(axis=1)
    critical = (sheets[[f"item_{n}" for n in CRITICAL]] == 1).any(axis=1)
    assert 22 < total.mean() < 38
    assert 0.005 < (total >= 65).mean() < 0.06
    assert 0.02 < (lies >= VOID_FROM).mean() < 0.08
    assert 0.03 < critical.mean() < 0.12
    assert 0.005 < sheets.isna()[content].any(axis=1).mean() < 0.05
    answers = sheets[[f"item_{n}" for n in range(1, 101)]]
    straight = answers.max(axis=1) == answers.min(axis=1)
    assert 0.003 < straight.mean() < 0.04


def test_critical_answers_follow_distress(large: SampleSchool) -> None:
    """Critical items are affirmed several times as often in the upper half of distress."""
    sheets = mht(large)
    critical = (sheets[[f"item_{n}" for n in CRITICAL]] == 1).any(axis=1)
    distress = large.truth["distress"].loc[sheets.index]
    high = distress > distress.median()
    assert critical[high].mean() > 2.5 * critical[~high].mean()


def test_counselled_students_answer_more(large: SampleSchool) -> None:
    """The nine questions on mood are asked of those in counselling only, and score higher there."""
    surveys = large.tables["surveys"]
    asked = surveys[surveys["administration"] == "counselling"]
    counselled = large.tables["interventions"].query("type == 'counselling'")["student_id"]
    assert set(asked["student_id"]) <= set(counselled)
    items = asked[[f"item_{n}" for n in range(1, 10)]]
    assert items.isin([0, 1, 2, 3]).all(axis=None)
    assert items.sum(axis=1).mean() > 7
    assert asked["item_10"].isna().all()


def test_help_goes_to_those_in_trouble(large: SampleSchool) -> None:
    """Helped students are less engaged than others, although help works."""
    truth = large.truth
    assert truth.loc[truth["helped"], "engagement"].mean() < truth["engagement"].mean() - 0.5
    contacts = counted(large, "visits", lately(large, "visits"))
    assert contacts[truth["at_risk"]].mean() > 1.3 * contacts[~truth["at_risk"]].mean()


def test_help_lifts_engagement() -> None:
    """With the same draws, the help a student gets raises engagement by half a unit in time."""
    from visitkit.sample import engagement
    from visitkit.sample.lives import live

    lives = live(7, 2000)
    old, engagement.LIFT = engagement.LIFT, 0.0
    try:
        without = live(7, 2000)
    finally:
        engagement.LIFT = old
    long = lives.course.help_until - lives.course.help_from >= 12
    who, week = lives.course.helped[long], lives.course.help_from[long] + 12
    inside = week < lives.course.engagement.shape[1]
    gain = (lives.course.engagement - without.course.engagement)[who[inside], week[inside]]
    # After 12 weeks 1 - 0.75^13 = 0.976 of the lift is reached; those helped before have it all.
    assert 0.45 < np.median(gain) <= 0.5


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("attendance", "status == 'unexcused'"),
        ("attendance", "status == 'late'"),
        ("attendance", "status == 'sick'"),
        ("behaviour", "severity > 0"),
        ("events", "kind not in ['progress', 'award']"),
    ],
)
def test_no_single_sign_sorts_alone(large: SampleSchool, table: str, rows: str) -> None:
    """Each sign says something about trouble ahead, and none of them enough."""
    frame = large.tables[table]
    chosen = lately(large, table) & frame.index.isin(frame.query(rows).index)
    on_roll = large.truth["on_roll"]
    score = counted(large, table, chosen)[on_roll]
    # The standard error of the area is about .017 with 400 students in trouble among 5,000.
    assert 0.48 < roc_auc_score(large.truth.loc[on_roll, "at_risk"], score) < 0.80


def test_the_questionnaire_sorts_somewhat(large: SampleSchool) -> None:
    """The questionnaire's total is a fair sign, far from a verdict."""
    sheets = mht(large)
    content = [f"item_{n}" for n in range(1, 101) if n not in LIE]
    area = roc_auc_score(large.truth["at_risk"].loc[sheets.index], sheets[content].sum(axis=1))
    assert 0.60 < area < 0.82


def test_signs_together_sort_well_but_not_perfectly(large: SampleSchool) -> None:
    """A plain sum of signs reaches the area of a good published index, not more."""
    on_roll = large.truth["on_roll"]
    attendance, behaviour = large.tables["attendance"], large.tables["behaviour"]
    signs = pd.DataFrame(
        {
            "away": counted(
                large,
                "attendance",
                lately(large, "attendance") & (attendance["status"] == "unexcused"),
            ),
            "late": counted(
                large, "attendance", lately(large, "attendance") & (attendance["status"] == "late")
            ),
            "acts": counted(
                large, "behaviour", lately(large, "behaviour") & (behaviour["severity"] > 0)
            ),
            "mht": mht(large)[[f"item_{n}" for n in range(1, 81)]].sum(axis=1),
        }
    ).loc[large.truth.index]
    signs["marks"] = -_standing(large)
    filled = ((signs - signs.mean()) / signs.std()).clip(-2, 3).fillna(0)[on_roll]
    area = roc_auc_score(large.truth.loc[on_roll, "at_risk"], filled.sum(axis=1))
    assert 0.75 < area < 0.93


def _standing(school: SampleSchool) -> pd.Series:
    """Return the mean standing of each student within grade, exam and subject before today."""
    marks = school.tables["marks"]
    marks = marks[marks["date"] < TODAY]
    grade = school.tables["students"].set_index("student_id")["grade"]
    share = marks["score"] / marks["full_score"]
    group = [grade.loc[marks["student_id"]].to_numpy(), marks["date"], marks["subject"]]
    z = (share - share.groupby(group).transform("mean")) / share.groupby(group).transform("std")
    return z.groupby(marks["student_id"]).mean().reindex(school.truth.index)


def test_marks_follow_ability_over_time(large: SampleSchool) -> None:
    """A student's standing in one exam goes with the standing in the next one."""
    marks = large.tables["marks"]
    maths = marks[(marks["subject"] == "maths") & marks["score"].notna()]
    wide = maths.pivot_table(index="student_id", columns="date", values="score")
    correlation = wide.iloc[:, 0].corr(wide.iloc[:, 1])
    assert 0.6 < correlation < 0.92


def test_full_scores_and_subjects_follow_the_grade(school: SampleSchool) -> None:
    """Chinese, maths and English have 120 marks; physics starts in grade 8, chemistry in 9."""
    marks = school.tables["marks"]
    full = marks.groupby("subject")["full_score"].agg(["min", "max"])
    assert (full.loc[["chinese", "maths", "english"]] == 120).all(axis=None)
    assert (full.drop(["chinese", "maths", "english"]) == 100).all(axis=None)
    autumn = marks[marks["date"] == "2026-11-05"]
    grade = school.tables["students"].set_index("student_id")["grade"]
    taught = autumn.assign(grade=grade.loc[autumn["student_id"]].to_numpy())
    by_subject = taught.groupby("subject")["grade"].unique().map(sorted).to_dict()
    assert by_subject["physics"] == [8, 9]
    assert by_subject["chemistry"] == [9]
    assert by_subject["biology"] == [7, 8]
    assert "pe" not in by_subject


def test_two_exams_a_term(school: SampleSchool) -> None:
    """Six exams stand in the marks, and their names tell the term and which it was."""
    exams = school.tables["marks"].groupby("date")["exam"].unique()
    assert exams.map(len).tolist() == [1] * 6
    assert len({names[0] for names in exams}) == 6


def test_makes_the_same_mix_for_other_seeds() -> None:
    """Shares do not hang on one lucky seed."""
    shares = [make_school(seed, 1500).truth["at_risk"].mean() for seed in (11, 12, 13)]
    # Three standard errors of a share of .08 among 1,500 are .021.
    assert all(0.055 < share < 0.105 for share in shares)
