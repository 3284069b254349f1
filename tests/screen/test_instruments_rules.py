"""Skipped items, codings, careless sheets and critical items, one rule at a time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from visitkit.errors import ScreenError
from visitkit.screen.instruments import Instrument, read_instrument, score


def sheets(instrument: Instrument, *answers: dict[int, float], rest: float = 0) -> pd.DataFrame:
    """Return sheets that answer some items as given and the others alike."""
    table = pd.DataFrame(float(rest), index=range(len(answers)), columns=instrument.item_columns)
    for place, given in enumerate(answers):
        for item, value in given.items():
            table.loc[place, f"item_{item}"] = value
    return table.assign(student_id=[f"S{place}" for place in range(len(answers))])


def every_other(instrument: Instrument, low: float, high: float) -> pd.DataFrame:
    """Return a sheet whose answers take turns, so that it is not a straight line."""
    answers = {item: (low, high)[item % 2] for item in range(1, instrument.n_items + 1)}
    return sheets(instrument, answers)


def test_states_of_a_scale_that_must_be_complete() -> None:
    """Complete, decided by its bounds, or open: three different things."""
    mht = read_instrument("MHT")
    yes = dict.fromkeys(range(1, 65), 1.0)
    decided_no = {1: np.nan}
    decided_yes = {**yes, 65: 1.0, 66: np.nan}
    open_ = {**yes, 65: np.nan}
    scored = score(mht, sheets(mht, {}, decided_no, decided_yes, open_))
    assert scored["state"].tolist() == ["valid", "incomplete", "incomplete", "undetermined"]
    assert scored["flagged"].tolist() == [False, False, True, pd.NA]
    assert scored["total"].isna().tolist() == [False, True, True, True]
    assert scored["total_low"].tolist() == [0, 0, 65, 64]
    assert scored["total_high"].tolist() == [0, 1, 66, 65]


def test_lie_scale_with_skipped_items() -> None:
    """Six lies and one skipped lie item leave open whether the sheet can be read."""
    mht = read_instrument("MHT")
    lies = dict.fromkeys((82, 84, 86, 88, 90, 92), 1.0)
    scored = score(mht, sheets(mht, lies, {**lies, 94: np.nan}, {**lies, 94: 1.0}))
    assert scored["state"].tolist() == ["valid", "undetermined", "void"]


def test_a_void_sheet_has_no_flag_and_no_band() -> None:
    """Void is its own state, not "low"."""
    sds = read_instrument("SDS")
    scored = score(sds, sheets(sds, {}, rest=1))
    assert scored["state"].tolist() == ["void"]
    assert scored["band"].tolist() == [""]
    assert scored[["flagged", "flag_total"]].isna().all(axis=None)


def test_straight_line_needs_reversed_items_and_half_the_sheet() -> None:
    """All zeros is an honest PHQ-9; a few equal answers are no straight line."""
    phq, cesd = read_instrument("PHQ-9"), read_instrument("CES-D")
    assert score(phq, sheets(phq, {}))["state"].tolist() == ["valid"]
    few = dict.fromkeys(range(10, 21), np.nan)
    half = dict.fromkeys(range(11, 21), np.nan)
    scored = score(cesd, sheets(cesd, few, half))
    assert scored["straight"].tolist() == [False, True]


def test_long_run_is_told_but_does_not_void() -> None:
    """Ten equal answers in a row are told on a scale with reversed items."""
    sas = read_instrument("SAS")
    run = dict.fromkeys(range(1, 11), 2.0) | {item: 1.0 + item % 3 for item in range(11, 21)}
    scored = score(sas, sheets(sas, run))
    assert scored["longstring"].tolist() == [10]
    assert (scored["state"][0], scored["notes"][0]) == ("valid", "longstring")


def test_out_of_range_is_missing_never_a_figure() -> None:
    """A 7 on a scale of 0 to 3 is told and read as not answered; so is 1.5."""
    gad = read_instrument("GAD-7")
    scored = score(gad, sheets(gad, {2: 7, 3: 1.5}))
    assert scored["out_of_range"].tolist() == ["2;3"]
    assert (scored["total_low"][0], scored["total_high"][0]) == (0, 6)


def test_critical_item_out_of_range_means_ask() -> None:
    """A 4 to item 9 is no answer of the form: ask, and do not guess."""
    phq = read_instrument("PHQ-9")
    scored = score(phq, sheets(phq, {9: 4}))
    assert (scored["critical_hits"][0], scored["critical_missing"][0]) == ("", "9")


def test_missing_critical_item_means_ask() -> None:
    """Not answered is unknown, also where the total is prorated or the sheet is void."""
    phq, mht = read_instrument("PHQ-9"), read_instrument("MHT")
    scored = score(phq, sheets(phq, {9: np.nan}))
    assert (scored["state"][0], scored["critical_missing"][0]) == ("valid", "9")
    void = score(mht, sheets(mht, {85: np.nan}, rest=1))
    assert void[["state", "critical_hits", "critical_missing"]].to_numpy().tolist() == [
        ["void", "97", "85"]
    ]


def test_an_empty_sheet_is_asked_again() -> None:
    """A student who answered nothing is not a student without trouble."""
    phq = read_instrument("PHQ-9")
    scored = score(phq, sheets(phq, {}, rest=np.nan))
    assert scored[["state", "critical_missing"]].to_numpy().tolist() == [["undetermined", "9"]]
    assert scored["flagged"].isna().all()


def test_scl90_coding_must_be_declared() -> None:
    """Without a declared coding nothing is scored, whatever the answers look like."""
    scl = read_instrument("SCL-90")
    for lowest in (0, 1):
        with pytest.raises(ScreenError) as caught:
            score(scl, sheets(scl, {}, rest=lowest))
        assert caught.value.key == "instruments.coding_needed"
        assert caught.value.facts["allowed"] == "1-5, 0-4"


def test_a_sheet_that_contradicts_its_coding_is_not_scored() -> None:
    """A 0 under 1-5 leaves the sheet open, and what would count under 0-4 is asked."""
    scl = read_instrument("SCL-90")
    scored = score(scl, sheets(scl, {59: 1, 15: 3, 63: 0}, rest=0), coding="1-5")
    assert scored["state"].tolist() == ["undetermined"]
    assert "coding_doubt" in scored["notes"][0]
    assert scored["critical_hits"][0] == "15"
    assert scored["critical_missing"][0] == "59;63"
    assert scored[["total", "total_low", "total_high", "depression"]].isna().all(axis=None)


def test_option_numbers_can_be_declared() -> None:
    """Survey tools number the options from 1: 2 is then "no" in the MHT."""
    mht = read_instrument("MHT")
    scored = score(mht, sheets(mht, {85: 1}, rest=2), coding="1-2")
    assert (scored["total"][0], scored["critical_hits"][0]) == (1, "85")


def test_soft_signs_stand_apart() -> None:
    """The item on hope of the MSSMHS is told, but opens no alert."""
    scale = read_instrument("MSSMHS")
    scored = score(scale, sheets(scale, {14: 4}, {14: 3}, rest=1))
    assert scored["soft_hits"].tolist() == ["14", ""]
    assert scored["critical_hits"].tolist() == ["", ""]


def test_weaker_item_may_count_from_another_answer() -> None:
    """Item 19 of the SDS can be set to count from "often"; the original stays as it was."""
    sds = read_instrument("SDS")
    sheet = every_other(sds, 1, 2)
    assert score(sds, sheet)["critical_hits"].tolist() == ["19"]
    assert score(sds.with_critical({19: 3}), sheet)["critical_hits"].tolist() == [""]
    assert read_instrument("SDS").critical[0].starts_at == 2


@pytest.mark.parametrize("levels", [{18: 2}, {19: 1}, {19: 5}])
def test_critical_level_must_be_an_answer_of_a_critical_item(levels: dict[int, int]) -> None:
    """Neither another item nor the lowest answer can be made the level."""
    with pytest.raises(ScreenError) as caught:
        read_instrument("SDS").with_critical(levels)
    assert caught.value.key == "instruments.critical_level"


def test_unknown_norm_and_coding_list_the_known_ones() -> None:
    """The message says what there is to choose from."""
    phq = read_instrument("PHQ-9")
    with pytest.raises(ScreenError) as norm:
        score(phq, sheets(phq, {}), norm="moon")
    assert norm.value.facts["allowed"] == "ge10, yunnan-11, us-11"
    with pytest.raises(ScreenError) as coding:
        score(phq, sheets(phq, {}), coding="0-9")
    assert coding.value.facts["allowed"] == "0-3, 1-4"


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (lambda t: t[["student_id"]], "instruments.no_items"),
        (lambda t: t.assign(item_2="often"), "instruments.not_a_number"),
        (lambda t: pd.concat([t, t[["item_1"]]], axis=1), "instruments.item_twice"),
    ],
)
def test_tables_that_cannot_be_read(spoil: object, key: str) -> None:
    """No answers, text for codes, or a column twice is said, not guessed at."""
    gad = read_instrument("GAD-7")
    with pytest.raises(ScreenError) as caught:
        score(gad, spoil(sheets(gad, {})))  # type: ignore[operator]
    assert caught.value.key == key


def test_two_sheets_a_day_and_sheets_done_in_seconds_are_told() -> None:
    """Duplicates and sheets faster than two seconds an item are noted, not dropped."""
    gad = read_instrument("GAD-7")
    table = sheets(gad, {1: 1}, {}, {}).assign(seconds=[13.9, 14, np.nan])
    table["student_id"] = ["S1", "S2", "S2"]
    assert score(gad, table)["notes"].tolist() == ["fast", "duplicate", "duplicate"]


def test_answers_beyond_the_last_item_are_told() -> None:
    """A tenth answer beside a PHQ-9 may mean that another form was used."""
    phq = read_instrument("PHQ-9")
    table = sheets(phq, {}, {}).assign(item_10=[2, np.nan])
    assert score(phq, table)["notes"].tolist() == ["extra_answers", ""]


def test_numbers_written_as_text_are_numbers() -> None:
    """A column of "0", "1" and empty cells is read as it is meant."""
    gad = read_instrument("GAD-7")
    table = sheets(gad, {}, {}).assign(item_3=pd.Series(["2", None], dtype="str"))
    assert score(gad, table)["total_low"].tolist() == [2, 0]
