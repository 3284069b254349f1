"""One student and a caseload: what is said, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import text
from visitkit.errors import ReviewError
from visitkit.review.case import CaseReview
from visitkit.review.caseload_review import CaseloadReview
from visitkit.review.reliable_change import CATEGORIES, Norms, Reliability

SCALE = Reliability(0.85, Norms(8, 4, "made-up manual, p. 3"))
MOOD = CaseReview(score="mood", higher_is="worse", reliability=SCALE, cutoff=12)
VISIT = pd.Timestamp("2026-10-05")


def weeks(start: str, number: int) -> list[pd.Timestamp]:
    """Return so many Mondays."""
    return list(pd.date_range(start, periods=number, freq="7D"))


def panel(before: list[float], after: list[float], student: str = "S1") -> pd.DataFrame:
    """Return a student chosen by a score of 25, then measured weekly."""
    first = VISIT - pd.Timedelta(weeks=len(before))
    rows = [(first - pd.Timedelta(weeks=1), 25.0, True)]
    rows += [(first + pd.Timedelta(weeks=n), one, False) for n, one in enumerate(before)]
    rows += [(VISIT + pd.Timedelta(weeks=n + 1), one, False) for n, one in enumerate(after)]
    table = pd.DataFrame(rows, columns=["date", "mood", "screening"])
    return table.assign(student_id=student, first_visit=VISIT)


def test_the_score_a_student_was_chosen_by_is_never_the_baseline() -> None:
    """25, then 18 17 18 before and 9 8 9 after: from 18 to 9, never from 25."""
    found = MOOD.fit(panel([18, 17, 18], [9, 8, 9]))
    assert (found.change.before, found.change.after, found.change.change) == (18, 9, -9)
    assert found.category == "recovered"
    assert found.nap.n == (3, 3)
    assert found.conclusion == "better"
    assert found.phase_table["n"].tolist() == [3, 3]
    assert found.phase_table["median"].tolist() == [18, 9]
    far = MOOD.fit(panel([18, 17, 18], [9, 8, 9]).replace({"mood": {25.0: 90.0}}))
    assert far.table().equals(found.table())


def test_what_lies_before_the_choice_does_not_count() -> None:
    more = pd.DataFrame({"date": weeks("2026-06-01", 4), "mood": [1.0, 2, 3, 4]})
    more = more.assign(screening=False, student_id="S1", first_visit=VISIT)
    found = MOOD.fit(pd.concat([more, panel([18, 17, 18], [9, 8, 9])]))
    assert found.nap.n == (3, 3)
    assert (found.points["phase"] == "earlier").sum() == 4


def test_without_a_second_baseline_nothing_is_counted() -> None:
    """The expected fall of a score of 25 is said: (1 - .85) (25 - 8) = 2.55 points."""
    found = MOOD.fit(panel([], [9, 8, 9]))
    assert (found.change, found.category, found.nap.value) == (None, None, None)
    assert found.conclusion == "no_second_baseline"
    assert found.change_reason == "only_screening"
    assert "-2.55" in found.words("en")
    assert "-2.55" in found.words("zh")
    bare = CaseReview(score="mood", higher_is="worse").fit(panel([], [9, 8, 9]))
    assert "falls_back" in [one.key for one in bare.remarks]


def test_a_trend_that_was_there_before_gives_no_conclusion() -> None:
    """20 18 16 14 was falling by two a week; 13 12 11 10 is slower than that, not better."""
    found = MOOD.fit(panel([20, 18, 16, 14], [13, 12, 11, 10]))
    assert found.tau.value == 1
    assert found.estimates["tau_bc"].value < 0
    assert found.conclusion == "trend_disagrees"
    assert found.estimates["theil_sen_slope"].value == pytest.approx(2 / 7)
    assert text.say("review.conclusion.trend_disagrees", "en") in found.words("en")
    # The line from the first point before to the last of all: 20 to 20 - 2 * 8.
    assert found.trend_line["value"].tolist() == pytest.approx([20, 4])


def test_the_direction_turns_the_conclusion() -> None:
    rows = panel([9, 8, 9, 8, 9], [18, 17, 18, 17, 18])
    assert MOOD.fit(rows).conclusion == "worse"
    assert CaseReview(score="mood", higher_is="better").fit(rows).conclusion == "better"


@pytest.mark.parametrize(
    ("before", "after", "conclusion", "reason"),
    [
        ([18, 17, 18], [], "nothing_after", "nothing_after"),
        ([18, 17], [9, 8, 9], "too_few_points", ""),
        ([9, 9, 9], [9, 9, 9], "constant", ""),
        ([14, 9, 14], [15, 10, 13], "unclear", ""),
        ([18, 17, 18], [np.nan, np.nan, np.nan], "nothing_after", "nothing_after"),
    ],
)
def test_what_cannot_be_told_is_said(
    before: list[float], after: list[float], conclusion: str, reason: str
) -> None:
    found = MOOD.fit(panel(before, after))
    assert found.conclusion == conclusion
    assert found.change_reason == reason


def test_every_number_has_its_interval_or_a_reason() -> None:
    """Over good and poor series, in both languages."""
    series = [([18, 17, 18], [9, 8, 9]), ([], [9]), ([9], [9]), ([5, 5, 5], [5, 5, 5]), ([7], [])]
    for before, after in series:
        found = MOOD.fit(panel(before, after))
        for one in found.estimates.values():
            assert (one.whole() is not None) == (one.reason == ""), one
            assert not one.reason or text.has(f"review.reason.{one.reason}")
        for lang in text.LANGUAGES:
            assert "nan" not in found.words(lang).lower()
            assert "None" not in found.words(lang)


def test_no_reliability_no_reliable_change() -> None:
    found = CaseReview(score="mood", higher_is="worse").fit(panel([18, 17, 18], [9, 8, 9]))
    assert (found.change, found.change_reason) == (None, "no_reliability")
    assert found.nap.value == 1


def test_the_day_of_the_visit_counts_for_neither_side() -> None:
    day = pd.DataFrame({"date": [VISIT], "mood": [3.0], "screening": False})
    rows = pd.concat(
        [panel([18, 17, 18], [9, 8, 9]), day.assign(student_id="S1", first_visit=VISIT)]
    )
    found = MOOD.fit(rows)
    assert found.nap.n == (3, 3)
    assert "visit_day" in [one.key for one in found.remarks]


def test_points_that_follow_each_other_are_told() -> None:
    found = MOOD.fit(panel([20, 19, 15, 14], [13, 12, 8, 7]))
    assert "follow_on" in [one.key for one in found.remarks]
    assert "few_points" in [one.key for one in found.remarks]


def test_saying_nobody_was_chosen_is_an_act_and_is_told() -> None:
    rows = panel([18, 17, 18], [9, 8, 9]).drop(columns="screening")
    with pytest.raises(ReviewError, match="screening"):
        MOOD.fit(rows)
    found = CaseReview(score="mood", higher_is="worse", screening=None).fit(rows)
    assert found.nap.n == (4, 3)
    assert found.remarks[0].key == "not_chosen_by_score"


def bad_panels() -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield tables that must be told of in a sentence."""
    good = panel([18, 17, 18], [9, 8, 9])
    yield "columns_missing", good.drop(columns="mood")
    yield "columns_missing", good.drop(columns="first_visit")
    yield "measured_twice", pd.concat([good, good.iloc[[2]]])
    yield "two_first_visits", good.assign(first_visit=[VISIT] * 6 + [VISIT + pd.Timedelta(days=1)])
    yield "no_first_visit", good.assign(first_visit=pd.NaT)
    yield "no_scores", good.assign(mood=np.nan)
    yield "not_numbers", good.assign(mood=["much"] + [1] * 6)
    yield "not_numbers", good.assign(mood=[np.inf] + [1] * 6)
    yield "not_days", good.assign(date=range(7))
    yield "not_days", good.assign(date=["soon"] * 7)
    yield "date_missing", good.assign(date=[pd.NaT, *good["date"][1:]])
    yield "not_marks", good.assign(screening=["yes"] + [""] * 6)
    yield "student_missing", good.assign(student_id=[None] + ["S1"] * 6)
    yield "not_one_student", good.assign(student_id=["S1"] * 3 + ["S2"] * 4)


@pytest.mark.parametrize(("key", "rows"), list(bad_panels()))
def test_a_bad_table_is_told_in_a_sentence(key: str, rows: pd.DataFrame) -> None:
    with pytest.raises(ReviewError) as told:
        MOOD.fit(rows)
    assert told.value.key == f"review.{key}"
    assert str(told.value) == text.say(told.value.key, None, **told.value.facts)


SCORES = st.lists(st.integers(0, 30).map(float), min_size=3, max_size=6)


@settings(max_examples=12, deadline=None)
@given(before=SCORES, after=SCORES, seed=st.integers(0, 99), shift=st.integers(-40, 40))
def test_neither_order_nor_shift_nor_direction_changes_a_thing(
    before: list[float], after: list[float], seed: int, shift: int
) -> None:
    """Rows in any order; all scores moved; all scores turned with their meaning."""
    rows, plain = (
        panel(before, after),
        CaseReview(score="mood", higher_is="worse", reliability=SCALE),
    )
    found = plain.fit(rows)
    mixed = plain.fit(rows.sample(frac=1, random_state=seed))
    assert mixed.table().equals(found.table())
    moved = plain.fit(rows.assign(mood=rows["mood"] + shift))
    turned = CaseReview(score="mood", higher_is="better", reliability=SCALE).fit(
        rows.assign(mood=-rows["mood"])
    )
    for other in (moved, turned):
        assert (other.category, other.conclusion) == (found.category, found.conclusion)
        for name, one in found.estimates.items():
            assert other.estimates[name].value == pytest.approx(one.value, abs=1e-9)


def caseload() -> pd.DataFrame:
    """Return four students, one of each kind, and one without a second baseline."""
    moves = {"S1": 8.0, "S2": 13.0, "S3": 17.0, "S4": 26.0}
    rows = [panel([18, 17, 18], [end, end, end], name) for name, end in moves.items()]
    return pd.concat([*rows, panel([], [9, 8, 9], "S5")])


def test_counts_of_a_caseload_by_hand() -> None:
    found = CaseloadReview(MOOD).fit(caseload())
    counts = found.counts.set_index("category")
    assert counts.loc[list(CATEGORIES), "students"].tolist() == [1, 1, 1, 1]
    assert counts.loc[list(CATEGORIES), "of"].tolist() == [4] * 4
    assert counts.loc["not_known", ["students", "of"]].tolist() == [1, 5]
    assert found.table.set_index("student_id").loc["S5", "reason"] == "only_screening"
    assert [key for key, _ in found.warnings] == ["without_baseline"]
    assert [case.student_id for case in found.cases[""]] == ["S1", "S2", "S3", "S4", "S5"]
    assert "1 of 4" in found.words("en")


def test_domains_stand_beside_each_other() -> None:
    rows = caseload().assign(days=lambda table: table["mood"] / 2)
    absence = CaseReview(score="days", higher_is="worse")
    found = CaseloadReview({"mood": MOOD, "absence": absence}).fit(rows)
    assert list(dict.fromkeys(found.counts["domain"])) == ["mood", "absence"]
    unknown = found.counts[found.counts["domain"] == "absence"].set_index("category")
    assert unknown.loc["not_known", "students"] == 5
    assert unknown["share"].isna().sum() == 4
    assert "no_cutoff" in [key for key, _ in found.warnings]


def test_a_caseload_with_the_screening_score_as_its_baseline_is_refused() -> None:
    rows = pd.concat([panel([], [9, 8, 9], f"S{n}") for n in range(3)])
    with pytest.raises(ReviewError) as told:
        CaseloadReview(MOOD).fit(rows)
    assert told.value.key == "review.only_screening_by"
    assert told.value.facts["expected"] == "-2.55"
    with pytest.raises(ReviewError) as told:
        CaseloadReview(CaseReview(score="mood", higher_is="worse")).fit(rows)
    assert told.value.key == "review.only_screening"


def test_whoever_was_not_visited_is_left_out_and_told() -> None:
    rest = panel([18], [9], "S9").assign(first_visit=pd.NaT)
    found = CaseloadReview(MOOD).fit(pd.concat([caseload(), rest]))
    assert "S9" not in set(found.table["student_id"])
    assert dict(found.warnings)["left_out"]["number"] == 1
    with pytest.raises(ReviewError) as told:
        CaseloadReview(MOOD).fit(rest)
    assert told.value.key == "review.nobody_visited"
    with pytest.raises(ReviewError):
        CaseloadReview({}).fit(rest)


def test_no_effect_is_seen_where_there_is_none() -> None:
    """Students chosen for a high score, nothing done: from the second baseline nothing moves."""
    rng = np.random.default_rng(7)
    true = rng.normal(10, 4, 500)
    seen = true[:, None] + rng.normal(0, 3, (500, 3))
    chosen = np.flatnonzero(seen[:, 0] > 14)
    days = ["2026-09-07", "2026-09-28", "2026-11-30"]
    rows = [
        (f"{one:04}", day, seen[one, place]) for one in chosen for place, day in enumerate(days)
    ]
    table = pd.DataFrame(rows, columns=["student_id", "date", "mood"])
    table = table.assign(first_visit=VISIT, screening=table["date"] == days[0])
    change = CaseloadReview(MOOD).fit(table).table["change"]
    naive = (seen[chosen, 2] - seen[chosen, 0]).mean()
    assert naive < -2  # what a comparison with the screening score would have claimed
    # Three standard errors of a mean of differences with standard deviation 3 * sqrt(2).
    assert abs(change.mean()) < 3 * 3 * np.sqrt(2 / len(chosen))


def test_no_word_of_significance_for_the_counsellor() -> None:
    """No sentence of the counsellor's review speaks of p-values or significance."""
    barred = re.compile(
        r"\bp[- ]?(value|\s*[<=])|significan|\u663e\u8457|p\s*\u503c", re.IGNORECASE
    )
    for lang in text.LANGUAGES:
        for room in ("review", "figures"):
            assert not barred.search(str(text.sheet(room, lang)))
        for words in (
            MOOD.fit(panel([18, 17, 18], [9, 8, 9])).words(lang),
            CaseloadReview(MOOD).fit(caseload()).words(lang),
        ):
            assert words
            assert not barred.search(words)
            assert all(one != two for one, two in pairwise(words.splitlines()))
