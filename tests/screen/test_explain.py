"""The explanation: dated figures, what is unknown, what protects, and never a name or a verdict."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit import text
from visitkit.errors import ScreenError
from visitkit.policy import Policy, read_policy
from visitkit.screen.caseload import Caseload, caseload
from visitkit.screen.catalog import BY_NAME, CATALOG
from visitkit.screen.explain import explain, reason_words, words_by_kind
from visitkit.screen.frames import Indicators
from visitkit.screen.index import RiskIndex
from visitkit.screen.wording import date_words, figure_words, moment_words, number_words
from visitkit.tables import word

TODAY = dt.date(2026, 11, 2)
NAMES = [indicator.name for indicator in CATALOG]
POLICY = read_policy("expert-points")
#: A student with nothing that earns a point.
FINE = dict.fromkeys(NAMES, 0.0) | {
    "weeks_since_entry": 60.0,
    "mark_standing": 0.6,
    "mark_percentile": 70.0,
    "sleep_hours": 8.5,
    "parent_minutes": 60.0,
    "good_conduct": 2.5,
}


ALERT = {
    "student_id": "S1",
    "rule": "own_rule_of_this_school",
    "kind": "now",
    "opened": pd.Timestamp("2026-10-31"),
    "due": pd.Timestamp("2026-11-03 08:30"),
    "action": "",
    "fact": "",
    "answered": pd.NaT,
}


def cases_of(students: dict[str, dict[str, float | None]], *alerts: dict[str, object]) -> Caseload:
    """Screen students who are fine but for the figures given."""
    rows = [[(FINE | figures)[name] for name in NAMES] for figures in students.values()]
    index = pd.Index(list(students), name="student_id")
    X = Indicators(np.array(rows, dtype=float), index=index, columns=NAMES)
    X.as_of = TODAY
    X.class_id = pd.Series("7-1", index=index)
    X.dates = pd.DataFrame(np.datetime64("2026-10-30"), index=index, columns=NAMES)
    risk = RiskIndex.from_policy(POLICY).fit(X).assess(X)
    columns = list(ALERT)
    return caseload(risk, pd.DataFrame(list(alerts), columns=columns, dtype=object), POLICY)


CASES = cases_of(
    {
        "S1": {"absence_rate": 12.499999, "core_failed": 2.0, "late_rate": 7.5, "mark_drop": 0.6},
        "S2": {},
        "S3": {},
        "S4": dict.fromkeys(NAMES, None) | {"absence_rate": 21.0},
    },
    ALERT,
)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_three_dated_reasons_alerts_first(lang: str) -> None:
    """The alert stands first, then the figures with class median, date and points."""
    lines = explain(CASES, "S1", lang).splitlines()
    assert lines[2].startswith("1. ")
    assert "own_rule_of_this_school" in lines[2].lower()
    told = "\n".join(lines)
    assert "12.5%" in told
    assert "12.49" not in told
    day = date_words(dt.date(2026, 10, 30), lang, TODAY)
    facts = {"figure": "12.5", "median": "6.2", "window": 40, "date": day}
    median = text.say("indicators.absence_rate.figure", lang, **facts)
    assert median.lower() in told.lower()
    assert len([line for line in lines if re.match(r"\d\. ", line)]) == 4


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_last_line_says_what_it_is_not(lang: str) -> None:
    """A reason to look: no diagnosis, no probability, for every student."""
    for student in ("S1", "S2", "S4"):
        assert explain(CASES, student, lang).endswith(text.say("screen.explain.closing", lang))


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_what_protects_is_told(lang: str) -> None:
    """A student who is fine is told by what protects, not by an empty list."""
    told = explain(CASES, "S2", lang)
    assert text.say("screen.explain.nothing", lang) in told
    assert text.say("screen.explain.protects", lang) in told
    words = words_by_kind(CASES, "S2", lang)
    assert words["concern"] == []
    assert words["alert"] == []
    none = text.say("indicators.absence_rate.none", lang, window=40)
    assert none.lower() in [one.lower() for one in words["protects"]]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_too_little_known_is_neither_high_nor_low(lang: str) -> None:
    """The index is not told; how to learn more is."""
    told = explain(CASES, "S4", lang)
    index = number_words(CASES.student("S4")["risk_index"])
    assert index not in told.splitlines()[0]
    assert text.say("screen.explain.lower", lang) not in told
    assert text.say("indicators.leaving_signs.unknown", lang) in told
    assert text.say("screen.tier.unknown", lang) in told


def test_what_would_lower_it_is_true() -> None:
    """The index told for a better figure is the index of a student with that figure."""
    told = explain(CASES, "S1", "en")
    pattern = r"Absence below 5%: from ([\d.]+) to ([\d.]+)"
    now, then = re.search(pattern, told).groups()
    assert now == number_words(CASES.student("S1")["risk_index"])
    better = cases_of({"S1": {"core_failed": 2.0, "late_rate": 7.5, "mark_drop": 0.6}})
    assert then == number_words(better.student("S1")["risk_index"])


def test_nothing_is_promised_that_would_not_lower_it() -> None:
    """In a dimension that is full anyway, one better figure is not offered as help."""
    full = {"absence_rate": 25.0, "unexcused_rate": 25.0, "late_rate": 30.0, "early_rate": 30.0}
    told = explain(cases_of({"S1": full}), "S1", "en")
    assert "Late below" not in told
    changes = re.findall(r"from ([\d.]+) to ([\d.]+)", told)
    assert all(float(then) < float(now) for now, then in changes)


def test_reasons_for_the_csv() -> None:
    """At most three sentences, the alert first, the same students' words in both languages."""
    for lang in text.LANGUAGES:
        words = reason_words(CASES, "S1", lang)
        assert len(words) == 3
        assert "own_rule_of_this_school" in words[0].lower()
        assert reason_words(CASES, "S2", lang) == []
        assert all("\n" not in one for one in words)


def test_alerts_are_told_in_order_of_due() -> None:
    """The alert that is due first is told first; good news is told among what protects."""
    later = ALERT | {"rule": "later", "due": pd.Timestamp("2026-11-09")}
    good = ALERT | {"rule": "good", "kind": "good", "due": pd.NaT}
    cases = cases_of({"S1": {}}, later, good, ALERT)
    words = words_by_kind(cases, "S1", "en")
    assert [one.split(":")[0] for one in words["alert"]] == ["Own_rule_of_this_school", "Later"]
    assert words["protects"][0].startswith("Good")


RUN = ALERT | {"rule": "unexcused_run", "action": "verify_and_report", "fact": "3"}


@pytest.mark.parametrize(
    ("changes", "clock"),
    [
        ({}, "by 3 November, 08:30"),
        ({"due": pd.Timestamp("2026-10-31")}, "was due by 31 October"),
        ({"answered": pd.Timestamp("2026-11-01")}, "a contact was made on 1 November"),
        ({"due": pd.NaT}, "chain"),
    ],
)
def test_an_alert_is_told_with_fact_action_and_clock(
    changes: dict[str, object], clock: str
) -> None:
    """Rule, fact, action and how the deadline stands are told in words."""
    (told,) = words_by_kind(cases_of({"S1": {}}, RUN | changes), "S1", "en")["alert"]
    assert told.startswith(text.say("alerts.rule.unexcused_run", "en"))
    assert "3 consecutive school days" in told
    assert text.say("alerts.action.verify_and_report", "en") in told
    assert clock in told


def test_a_fact_that_is_a_code_is_told_as_its_word() -> None:
    """No code reaches a reader."""
    event = RUN | {"rule": "family_event", "fact": "bereavement"}
    (told,) = words_by_kind(cases_of({"S1": {}}, event), "S1", "en")["alert"]
    assert "bereavement" not in told
    assert word("event_kind", "bereavement", "en") in told


def test_one_rule_is_one_reason_in_the_csv() -> None:
    """Several alerts of one rule leave room for other reasons; the explanation has them all."""
    rows = [RUN | {"due": pd.Timestamp(f"2026-11-0{day}")} for day in (5, 4, 6)]
    cases = cases_of({"S1": {"absence_rate": 12.5}}, *rows, RUN | {"rule": "leaving_talk"})
    words = reason_words(cases, "S1", "en")
    assert [one.split(":")[0] for one in words[:2]] == [
        text.say("alerts.rule.leaving_talk", "en"),
        text.say("alerts.rule.unexcused_run", "en"),
    ]
    assert "4 November" in words[1]
    assert words[2].startswith("Absent 12.5%")
    assert len(words_by_kind(cases, "S1", "en")["alert"]) == 4


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_indicator_can_be_told(lang: str) -> None:
    """Each figure, good side and gap of the catalogue reads as a sentence without a gap in it."""
    for indicator in CATALOG:
        for figure in (0.0, 1.0, 1.7):
            reason = {
                "indicator": indicator.name,
                "unit": indicator.unit,
                "figure": figure,
                "class_median": np.nan,
                "date": pd.NaT,
            }
            for part in ("figure", "good"):
                sentence = figure_words(reason, lang, TODAY, part)
                assert sentence
                assert "nan" not in sentence.lower().replace("finan", "")
                assert "nat" not in sentence.lower().split()
                assert "{" not in sentence


def test_steps_are_told_in_words() -> None:
    """An ordered step is told as its word, not as a number."""
    cases = cases_of({"S1": {"family_climate": 2.0}, "S2": {}, "S3": {}})
    steps = text.find("indicators.family_climate.steps", "en")
    assert isinstance(steps, list)
    (concern,) = words_by_kind(cases, "S1", "en")["concern"]
    assert str(steps[2]) in concern
    assert str(steps[0]) in concern
    assert f"{steps[1]}" in explain(cases, "S1", "en")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12.499999, "12.5"),
        (10.0, "10"),
        (0.05, "0.1"),
        (2.25, "2.3"),
        (-0.96, "-1"),
        (-0.001, "0"),
        (1e-12, "0"),
        (120.0, "120"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: float, words: str) -> None:
    """Rounded half up on the decimal digits, without needless zeros."""
    assert number_words(value) == words


def test_dates_are_told_in_the_reader_s_language() -> None:
    """This year without the year, another year with it, an hour when there is one."""
    day = dt.date(2026, 10, 30)
    assert date_words(day, "en", TODAY) == "30 October"
    assert date_words(day, "en", dt.date(2027, 1, 2)) == "30 October 2026"
    assert re.fullmatch(r"10\D30\D", date_words(day, "zh", TODAY))
    assert moment_words(pd.Timestamp("2026-11-03 08:30"), "en", TODAY) == "3 November, 08:30"
    assert moment_words(pd.Timestamp("2026-11-03"), "en", TODAY) == "3 November"
    assert moment_words(pd.NaT, "en", TODAY) == text.say("screen.explain.no_date", "en")


def test_a_column_of_the_school_s_own_is_called_by_its_name() -> None:
    """An indicator without words is told by its column and figure."""
    values = {
        "risk.indicators.Debtor.bands": [1, 2, 3],
        "risk.indicators.Debtor.dimension": "family",
        "risk.indicators.Debtor.worse": "high",
        "risk.cuts": [15, 30],
        "risk.capacity": 5,
    }
    policy = Policy("own", values, {})
    X = pd.DataFrame({"Debtor": [3.0]}, index=pd.Index(["S1"], name="student_id"))
    cases = caseload(RiskIndex.from_policy(policy).fit(X).assess(X), CASES.alerts.head(0), policy)
    assert reason_words(cases, "S1", "en") == [
        "Debtor: 3 (class median not known, date not on record); points: 3"
    ]


def test_an_unknown_student_is_refused() -> None:
    """Nobody is explained in another student's place."""
    for call in (explain, reason_words):
        with pytest.raises(ScreenError):
            call(CASES, "S9", "en")


def test_zero_weight_is_no_reason() -> None:
    """What earns no points is never told as a concern."""
    cases = cases_of({"S1": {"group_facts": 5.0, "parents_away": 2.0, "guardian_schooling": 0.0}})
    assert words_by_kind(cases, "S1", "en")["concern"] == []
    assert BY_NAME["group_facts"].name not in set(
        cases.reasons.loc[cases.reasons["kind"] != "protects", "indicator"]
    )


@pytest.mark.parametrize("tell", [explain, reason_words, words_by_kind])
def test_a_language_without_words_is_refused(tell: Any) -> None:
    """French is not silently answered in English; the sentence names the languages."""
    with pytest.raises(ScreenError) as refused:
        tell(CASES, "S1", "fr")
    assert refused.value.key == "screen.unknown_language"
    assert refused.value.facts["allowed"] == ", ".join(text.LANGUAGES)
    assert tell(CASES, "S1", "zh-CN") == tell(CASES, "S1", "zh")


def test_a_number_is_no_student_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number instead of text is told to be written in quotation marks."""
    monkeypatch.setitem(CASES.__dict__, "_places", {"007": 0})
    with pytest.raises(ScreenError) as refused:
        explain(CASES, 7)  # type: ignore[arg-type]
    assert refused.value.key == "screen.student_not_text"
    assert refused.value.facts == {"student": 7, "known": "007"}
