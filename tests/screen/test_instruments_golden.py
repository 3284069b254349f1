"""Scores worked by hand, and the published scoring mistakes that must not come back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from visitkit.screen.instruments import Instrument, read_instrument, score


def same(instrument: Instrument, value: float) -> pd.DataFrame:
    """Return one sheet with the same answer throughout."""
    return pd.DataFrame({"student_id": ["S1"], **dict.fromkeys(instrument.item_columns, value)})


def one(instrument: Instrument, sheet: pd.DataFrame, **choices: str) -> pd.Series:
    """Return the scores of the only sheet."""
    return score(instrument, sheet, **choices).iloc[0]


@pytest.mark.parametrize(
    ("value", "total", "subscales"),
    [(0, 10, (0, 2, 4, 4, 0)), (1, 20, (5, 5, 5, 5, 5)), (2, 30, (10, 8, 6, 6, 10))],
)
def test_sdq_straight_lines(value: int, total: int, subscales: tuple[int, ...]) -> None:
    """All 0, all 1 and all 2 give totals 10, 20 and 30: five items are reversed."""
    sdq = read_instrument("SDQ")
    row = one(sdq, same(sdq, value))
    assert row["total"] == total
    assert tuple(row[[scale.name for scale in sdq.scales]]) == subscales
    assert row["state"] == "void"


@pytest.mark.parametrize("value", [1, 2, 3, 4])
def test_sds_straight_line_is_void_not_flagged(value: int) -> None:
    """Any straight line gives 62.5, above the cut-off; the careless check comes first."""
    sds = read_instrument("SDS")
    row = one(sds, same(sds, value), norm="cn-53-exact")
    assert (row["total"], row["state"]) == (62.5, "void")
    assert pd.isna(row["flagged"])
    assert row["critical_hits"] == ("" if value == 1 else "19")


@pytest.mark.parametrize(
    ("norm", "total", "flagged"),
    [
        ("cn-53-exact", 52.5, False),
        ("cn-53", 52, False),
        ("cn-53-half-up", 53, True),
        ("cn-50", 52, True),
        ("cn-50-half-up", 53, True),
    ],
)
def test_sds_raw_42_under_each_rounding(norm: str, total: float, flagged: bool) -> None:
    """Raw 42 is 52.5: the rounding and the cut-off decide, so both have a name."""
    sds = read_instrument("SDS")
    sheet = same(sds, 1)
    turned = [f"item_{item}" for item in sorted(sds.reverse)]
    sheet[turned] = 4
    sheet[turned[:5]] = 1  # 10 plain at 1, 5 turned to 1 and 5 turned to 4: 35
    sheet[["item_1", "item_3", "item_4"]] = [4, 4, 2]  # and 7 more: 42
    row = one(sds, sheet, norm=norm)
    assert (row["total"], bool(row["flagged"])) == (total, flagged)


@pytest.mark.parametrize(("value", "total"), [(1, 43.75), (2, 56.25), (3, 68.75), (4, 81.25)])
def test_sas_straight_lines(value: int, total: float) -> None:
    """Five of twenty items are reversed, so straight lines differ."""
    sas = read_instrument("SAS")
    assert one(sas, same(sas, value), norm="cn-50-exact")["total"] == total


@pytest.mark.parametrize(("value", "total"), [(0, 12), (3, 48)])
@pytest.mark.parametrize("name", ["CES-D", "CES-DC"])
def test_cesd_straight_lines(name: str, value: int, total: int) -> None:
    """Four good feelings are reversed: nothing at all is 12, everything is 48."""
    scale = read_instrument(name)
    assert one(scale, same(scale, value))["total"] == total


def test_mht_all_yes() -> None:
    """The sheet is void by its lie scale, and both critical items still open an alert."""
    mht = read_instrument("MHT")
    row = one(mht, same(mht, 1))
    assert (row["total"], row["state"], row["critical_hits"]) == (90, "void", "85;97")
    assert "lie" in row["notes"].split(";")


def test_phq9_only_the_last_item() -> None:
    """A total of 1 is the lowest band, and an alert all the same."""
    phq = read_instrument("PHQ-9")
    sheet = same(phq, 0)
    sheet["item_9"] = 1
    row = one(phq, sheet)
    assert (row["total"], row["band"], row["critical_hits"]) == (1, "minimal", "9")
    assert not row["flagged"]


@pytest.mark.parametrize(("item", "hit"), [("item_12", "12"), ("item_13", "13")])
def test_phqa_asks_three_times(item: str, hit: str) -> None:
    """The two further questions about suicide open an alert and stay out of the total."""
    phqa = read_instrument("PHQ-A")
    sheet = same(phqa, 0)
    sheet[item] = 1
    row = one(phqa, sheet)
    assert (row["total"], row["critical_hits"]) == (0, hit)


def test_phqa_past_year_and_difficulty_stay_out_of_the_total() -> None:
    """Questions 10 and 11 are read by the interviewer, not added."""
    phqa = read_instrument("PHQ-A")
    sheet = same(phqa, 0)
    sheet[["item_10", "item_11"]] = [1, 3]
    assert one(phqa, sheet)["total"] == 0


@pytest.mark.parametrize(
    ("item", "value", "expected"), [(15, 2, "15"), (59, 2, "59"), (63, 5, "63"), (59, 1, "")]
)
def test_scl90_reads_death_thoughts(item: int, value: int, expected: str) -> None:
    """Items 15, 59 and 63 count from "a little", which is 2 when coded 1 to 5."""
    scl = read_instrument("SCL-90")
    sheet = same(scl, 1)
    sheet[f"item_{item}"] = value
    assert one(scl, sheet, coding="1-5")["critical_hits"] == expected


def test_scl90_both_codings_say_the_same() -> None:
    """Coded 0 to 4 or 1 to 5, the same sheet gets the same figures, flags and hits."""
    scl = read_instrument("SCL-90")
    low = pd.DataFrame(
        np.random.default_rng(0).integers(0, 5, (40, 90)), columns=scl.item_columns
    ).assign(student_id=[f"S{n}" for n in range(40)])
    high = low.copy()
    high[scl.item_columns] += 1
    of_low, of_high = score(scl, low, coding="0-4"), score(scl, high, coding="1-5")
    same_columns = of_low.columns.difference(["coding"])
    pd.testing.assert_frame_equal(of_low[same_columns], of_high[same_columns])


@pytest.mark.parametrize(
    ("answers", "flagged"),
    [
        ({}, False),
        (dict.fromkeys(range(1, 45), 2), True),  # 44 items marked, total 134
        ({11: 3, 24: 3, 63: 2, 67: 2, 74: 1, 81: 1}, True),  # hostility has mean 2
        (dict.fromkeys((1, 2, 3, 5, 6, 7, 8, 11, 13, 19), 5), False),  # total 130, 10 marked
    ],
)
def test_scl90_flags_by_total_or_positives_or_factor(
    answers: dict[int, int], flagged: bool
) -> None:
    """The Chinese adult norm flags a sheet by any of three figures."""
    scl = read_instrument("SCL-90")
    sheet = same(scl, 1)
    for item, value in answers.items():
        sheet[f"item_{item}"] = value
    assert bool(one(scl, sheet, coding="1-5")["flagged"]) is flagged


def test_mssmhs_mean_of_two_is_reached_exactly() -> None:
    """Six answers that add up to 12 are a mean of 2 and flagged; 11 are not."""
    scale = read_instrument("MSSMHS")
    sheet = pd.concat([same(scale, 1), same(scale, 1)], ignore_index=True)
    depression = [f"item_{item}" for item in (5, 13, 14, 16, 44, 57)]
    sheet.loc[0, depression[:5]] = 2
    sheet.loc[1, depression] = 2
    scored = score(scale, sheet)
    assert scored["depression"].tolist() == [11 / 6, 2]
    assert scored["flag_depression"].tolist() == [False, True]


@pytest.mark.parametrize(
    ("norm", "band"),
    [
        ("uk-parent", "raised"),
        ("shanghai-2008-parent", "raised"),
        ("provinces-2013-parent", "borderline"),
    ],
)
def test_sdq_17_depends_on_the_norm(norm: str, band: str) -> None:
    """A parent's total of 17 is raised by two norms and borderline by the eight provinces."""
    sdq = read_instrument("SDQ")
    sheet = same(sdq, 0)
    sheet[["item_3", "item_8", "item_13"]] = 2  # 10 + 6
    sheet["item_16"] = 1  # and 1
    row = one(sdq, sheet, norm=norm)
    assert (row["total"], row["band"]) == (17, band)


def test_kindness_counts_the_other_way() -> None:
    """The prosocial subscale is flagged at 4 and below; a gap between 4 and 5 leaves it open."""
    sdq = read_instrument("SDQ")
    sheet = pd.concat([same(sdq, 1.0)] * 4, ignore_index=True)
    kind = [f"item_{item}" for item in (1, 4, 9, 17, 20)]
    sheet.loc[0, kind] = [1, 1, 1, 1, 0]
    sheet.loc[1, kind] = [1, 1, 1, 1, 1]
    sheet.loc[2, kind] = [0, 0, np.nan, np.nan, np.nan]
    sheet.loc[3, kind] = [0, 1, np.nan, np.nan, np.nan]
    sheet["item_3"] = 0
    scored = score(sdq, sheet)
    assert scored["prosocial"].tolist()[:2] == [4, 5]
    assert scored["flag_prosocial"].tolist() == [True, False, pd.NA, pd.NA]


def test_mht_decades_are_not_its_subscales() -> None:
    """Scoring items 1-10, 11-20 ... as the subscales misjudges about one sheet in five.

    The yes rate of each made-up student is drawn evenly from 0 to 60 %.
    """
    mht = read_instrument("MHT")
    rng = np.random.default_rng(20261012)
    yes = rng.random((20_000, 100)) < rng.uniform(0, 0.6, (20_000, 1))
    sheets = pd.DataFrame(yes.astype(float), columns=mht.item_columns)
    scored = score(mht, sheets.assign(student_id=sheets.index.astype(str)))
    flags = [f"flag_{scale.name}" for scale in mht.scales]
    figures = scored[[scale.name for scale in mht.scales]]
    right = (figures >= 8).any(axis=1)
    decades = [yes[:, 10 * n : 10 * n + 10].sum(axis=1) >= 8 for n in range(8)]
    wrong = np.any(decades, axis=0)
    disagree = (right != wrong).mean()
    # One standard error of a share near 0.19 of 20,000 is 0.003; the limits are three of them.
    assert 0.18 < disagree < 0.20
    assert (right & ~wrong).mean() > 0.9 * disagree  # nearly all of it is students missed
    readable = scored["state"] == "valid"
    assert (scored.loc[readable, flags].any(axis=1) == right[readable]).all()


def test_sdq_two_missing_are_prorated_and_three_are_not() -> None:
    """A subscale needs three of its five items; the limit is not one off."""
    sdq = read_instrument("SDQ")
    sheet = pd.concat([same(sdq, 0)] * 2, ignore_index=True)
    sheet["item_24"] = 1
    sheet[["item_13", "item_16"]] = 1
    sheet = sheet.astype(dict.fromkeys(sdq.item_columns, float))
    sheet.loc[0, ["item_3", "item_8"]] = np.nan
    sheet.loc[1, ["item_3", "item_8", "item_13"]] = np.nan
    scored = score(sdq, sheet)
    assert scored["emotional"].tolist()[0] == 5
    assert scored["total"].tolist()[0] == 15
    assert scored[["emotional", "total"]].iloc[1].isna().all()


def test_sdq_prorating_rounds_half_up() -> None:
    """Answers 1, 1, 0, 0 and one missing have a mean of 0.5, times five 2.5, which is 3."""
    sdq = read_instrument("SDQ")
    sheet = same(sdq, 0).astype(dict.fromkeys(sdq.item_columns, float))
    sheet[["item_3", "item_8"]] = 1
    sheet["item_24"] = np.nan
    assert one(sdq, sheet)["emotional"] == 3


def test_skipped_items_are_not_zeros() -> None:
    """Nine items at 3 with two skipped are prorated to 27, not added to 21."""
    phq = read_instrument("PHQ-9")
    sheet = same(phq, 3).astype(dict.fromkeys(phq.item_columns, float))
    sheet[["item_1", "item_2"]] = np.nan
    row = one(phq, sheet)
    assert (row["total"], row["total_low"], row["total_high"]) == (27, 21, 27)
    assert "prorated" in row["notes"]
