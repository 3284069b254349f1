"""What a counsellor reads after scoring, and what a school plans before asking."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.calendar import Calendar
from visitkit.errors import ScreenError
from visitkit.screen.instruments import (
    DayWarning,
    ScreeningDay,
    day_warnings,
    expected_hits,
    hits_before_scores,
    read_instrument,
    score,
    score_report,
)

MONDAY = dt.datetime(2026, 10, 12, 9)
FRIDAY = dt.datetime(2026, 10, 16, 14)


def scored_phq(hit: int = 3, high: int = 3) -> pd.DataFrame:
    """Return six scored PHQ-9 sheets, one of each kind."""
    phq = read_instrument("PHQ-9")
    table = pd.DataFrame(0.0, index=range(6), columns=phq.item_columns)
    table.insert(0, "student_id", ["S6", "S5", "S4", "S3", "S2", "S1"])
    table.loc[1, phq.item_columns[:8]] = high  # flagged
    table.loc[2, "item_9"] = np.nan  # ask
    table.loc[3, "item_9"] = hit
    table.loc[4, phq.item_columns[:6]] = np.nan  # undetermined
    table.loc[5, "item_9"] = 1
    return score(phq, table)


def test_hits_come_before_scores() -> None:
    """Hits, then unknown, then open, then flagged, then all others; by number inside a group."""
    ordered = hits_before_scores(scored_phq())
    assert ordered["student_id"].tolist() == ["S1", "S3", "S4", "S2", "S5", "S6"]


def test_order_does_not_follow_the_file() -> None:
    """The same sheets in another order are printed alike."""
    scored = scored_phq()
    again = hits_before_scores(scored.iloc[::-1])
    assert again["student_id"].tolist() == hits_before_scores(scored)["student_id"].tolist()


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_report_says_whom_to_talk_with_first(lang: str) -> None:
    """The students with a hit are the first named, then those to ask, then the open ones."""
    lines = score_report(scored_phq(), read_instrument("PHQ-9"), lang).splitlines()
    named = [[f"S{n}" for n in range(1, 7) if f"S{n}" in line] for line in lines]
    assert [students for students in named if students] == [["S1", "S3"], ["S4"], ["S2"]]
    assert named[1] == ["S1", "S3"]
    assert lines[-1] == text.say("instruments.report.meaning", lang)


def test_report_prints_no_answer_and_no_score() -> None:
    """Other answers that mean the same for what is done print the very same report."""
    phq = read_instrument("PHQ-9")
    reports = {
        score_report(scored_phq(hit, high), phq, "en") for hit in (1, 2, 3) for high in (2, 3)
    }
    assert len(reports) == 1


def test_a_student_is_told_once() -> None:
    """A hit in one critical item and a gap in another is a talk today, not also a question."""
    mht = read_instrument("MHT")
    table = pd.DataFrame({"student_id": ["S1"], **dict.fromkeys(mht.item_columns, 0.0)})
    report = score_report(score(mht, table.assign(item_85=1, item_97=np.nan)), mht, "en")
    assert text.say("instruments.report.hits", "en", number=1, students="S1") in report
    assert text.say("instruments.report.ask", "en", number=0, students="nobody") in report


def test_every_hit_is_named_however_many() -> None:
    """Sixty students with a hit are sixty names; the open sheets may be summed up."""
    phq = read_instrument("PHQ-9")
    table = pd.DataFrame(0.0, index=range(120), columns=phq.item_columns)
    table["student_id"] = [f"N{place:03d}" for place in range(120)]
    table.loc[:59, "item_9"] = 1
    table.loc[60:, phq.item_columns[:6]] = np.nan
    report = score_report(score(phq, table), phq, "en")
    hits, rest = report.splitlines()[1], report.splitlines()[2:]
    assert hits.count("N0") == 60
    assert any("and 10 more" in line for line in rest)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_report_of_a_questionnaire_that_does_not_ask(lang: str) -> None:
    """A low GAD-7 says nothing about suicide, and the report says so."""
    gad = read_instrument("GAD-7")
    table = pd.DataFrame({"student_id": ["S1"], **dict.fromkeys(gad.item_columns, 0)})
    report = score_report(score(gad, table), gad, lang)
    assert text.say("instruments.report.no_critical", lang) in report


def test_report_of_soft_signs_void_sheets_and_no_cutoff() -> None:
    """Each of the rarer lines appears when there is something to tell, and only then."""
    scale, mht, line = (read_instrument(n) for n in ("MSSMHS", "MHT", "SCALING-1-10"))
    soft = pd.DataFrame({"student_id": ["S1"], **dict.fromkeys(scale.item_columns, 1)})
    report = score_report(score(scale, soft.assign(item_14=5)), scale, "en")
    assert text.say("instruments.report.soft", "en", number=1, students="S1") in report
    void = pd.DataFrame({"student_id": ["S2"], **dict.fromkeys(mht.item_columns, 1)})
    report = score_report(score(mht, void), mht, "en")
    assert text.say("instruments.report.void", "en", number=1, students="S2") in report
    asked = score(line, pd.DataFrame({"student_id": ["S3"], "item_1": [4]}))
    assert "cut-off" not in score_report(asked, line, "en")
    assert asked["state"].tolist() == ["valid"]


@pytest.mark.parametrize(("stage", "hits", "flagged"), [("junior", 161, 258), ("senior", 159, 301)])
def test_expected_hits_follow_the_published_rates(stage: str, hits: int, flagged: int) -> None:
    """A thousand students: about 160 past-year answers, as the Chinese studies found."""
    expected = expected_hits(read_instrument("PHQ-9"), 1000, stage=stage)
    assert (round(expected.hits or 0), round(expected.flagged or 0)) == (hits, flagged)
    assert (expected.hits_high or 0) > hits
    assert len(expected.sources) == 2


def test_own_rates_come_first() -> None:
    """A school's own experience replaces the published rate, and needs no source."""
    expected = expected_hits(read_instrument("PHQ-9"), 200, {"critical": 0.05, "flagged": 0.1})
    assert (expected.hits, expected.flagged, expected.sources) == (10, 20, ())
    assert expected.hits_high == 15  # binomial(200, 0.05): 95 % of days have at most 15


def test_no_critical_item_no_hits_and_no_rate_no_guess() -> None:
    """The GAD-7 brings no hits; for the MHT no rate is known and none is made up."""
    assert expected_hits(read_instrument("GAD-7"), 100).hits == 0
    mht = expected_hits(read_instrument("MHT"), 100)
    assert mht.hits is None
    assert [w.key for w in day_warnings(mht, ScreeningDay(MONDAY, 50, 2))] == ["rate_unknown"]


@pytest.mark.parametrize(
    ("rates", "stage"), [({"critical": 1.5}, "junior"), ({"luck": 0.1}, "junior"), ({}, "moon")]
)
def test_rates_that_cannot_be_used(rates: dict[str, float], stage: str) -> None:
    """A share above 1, another name or another stage is refused."""
    with pytest.raises(ScreenError):
        expected_hits(read_instrument("PHQ-9"), 10, rates, stage=stage)


def warned(day: ScreeningDay, name: str = "PHQ-9", calendar: Calendar | None = None) -> list[str]:
    """Return the keys of the warnings for 100 students, a star where they stop the day."""
    expected = expected_hits(read_instrument(name), 100, {"critical": 0.05})
    return [w.key + "*" * w.stop for w in day_warnings(expected, day, calendar)]


def test_warnings_of_a_screening_day() -> None:
    """Too few talks, an afternoon before days off, nobody there, no names."""
    assert warned(ScreeningDay(MONDAY, 10, 2)) == []
    assert warned(ScreeningDay(MONDAY, 6, 2)) == ["slots_tight"]
    assert warned(ScreeningDay(MONDAY, 4, 2)) == ["slots_short"]
    assert warned(ScreeningDay(FRIDAY, 10, 2)) == ["before_days_off*"]
    assert warned(ScreeningDay(FRIDAY.replace(hour=9), 10, 2)) == []
    assert warned(ScreeningDay(MONDAY, 10, 0)) == ["no_staff*"]
    assert warned(ScreeningDay(MONDAY, 10, 2, anonymous=True)) == ["anonymous*"]


def test_a_sheet_that_does_not_ask_may_be_anonymous() -> None:
    """Without a critical item nothing stops the day."""
    assert warned(ScreeningDay(FRIDAY, 0, 0, anonymous=True), "GAD-7") == [
        "no_staff",
        "before_days_off",
    ]


def test_the_school_calendar_knows_the_days_off() -> None:
    """The afternoon before a holiday counts like a Friday; a swapped Saturday does not."""
    days = pd.date_range("2026-10-01", "2026-10-31", freq="D")
    table = pd.DataFrame({"date": days, "kind": None})
    table.loc[table["date"] == "2026-10-13", "kind"] = "holiday"
    table.loc[table["date"] == "2026-10-17", "kind"] = "makeup"
    calendar = Calendar.from_frame(table)
    assert warned(ScreeningDay(MONDAY.replace(hour=14), 10, 2), calendar=calendar) == [
        "before_days_off*"
    ]
    assert warned(ScreeningDay(FRIDAY, 10, 2), calendar=calendar) == []
    beyond = ScreeningDay(dt.datetime(2027, 1, 8, 14), 10, 2)  # a Friday the calendar lacks
    assert warned(beyond, calendar=calendar) == ["before_days_off*"]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_warning_has_words(lang: str) -> None:
    """Each warning fills its sentence in both languages."""
    day = ScreeningDay(FRIDAY, 0, 0, anonymous=True)
    expected = [
        expected_hits(read_instrument("PHQ-9"), 100),
        expected_hits(read_instrument("MHT"), 100),
    ]
    told = [warning for each in expected for warning in day_warnings(each, day)]
    told.append(
        DayWarning("slots_tight", facts={"slots": 1, "hits_high": 2, "students": 9, "hits": 1})
    )
    assert {warning.key for warning in told} == set(
        text.sheet("instruments", lang)["capacity"]  # type: ignore[call-overload]
    )
    assert all(warning.text(lang) for warning in told)
