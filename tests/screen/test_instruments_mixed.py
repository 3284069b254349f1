"""A surveys table with sheets of many questionnaires."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from visitkit.errors import ScreenError
from visitkit.load.school import empty_table
from visitkit.screen.instruments import names, read_instrument, score, score_table
from visitkit.screen.instruments.mixed import COLUMNS


def surveys(*sheets: tuple[str, str, dict[int, float], float, int]) -> pd.DataFrame:
    """Return a surveys table: student, questionnaire, answers, all other answers, items."""
    rows = []
    for student, instrument, answers, rest, number in sheets:
        items = {f"item_{n}": answers.get(n, rest) for n in range(1, number + 1)}
        rows.append({"student_id": student, "instrument": instrument, **items})
    table = pd.DataFrame(rows)
    table.insert(1, "date", pd.Timestamp("2026-10-12"))
    table.insert(3, "administration", "autumn")
    return table


def test_each_sheet_by_its_own_rules() -> None:
    """Six questionnaires in one table, in their order, each with its own figures."""
    table = surveys(
        ("S3", "phq9", {9: 1}, 0, 9),
        ("S1", "MHT", dict.fromkeys(range(1, 16), 1), 0, 100),
        ("S2", "horoscope", {}, 3, 12),
        ("S1", "sds", {}, 2, 20),
        ("S4", "SCARED", {}, 1, 41),
        ("S4", "SCL-90", {59: 2, 15: 1}, 1, 90),
    )
    scored = score_table(table)
    assert list(scored.columns) == list(COLUMNS)
    assert scored["student_id"].tolist() == ["S3", "S1", "S2", "S1", "S4", "S4"]
    assert scored["instrument"].tolist() == ["PHQ-9", "MHT", "horoscope", "SDS", "SCARED", "SCL-90"]
    assert scored["state"].tolist() == [
        "valid", "valid", "unknown", "void", "valid", "undetermined",
    ]  # fmt: skip
    assert scored["critical_hits"].tolist() == ["9", "", "", "19", "", "59"]
    assert scored["critical_missing"].tolist() == ["", "", "", "", "", "15;63"]
    assert scored["ratio"].round(4).tolist()[:2] == [0.1, round(15 / 65, 4)]
    assert scored["ratio"].isna().tolist() == [False, False, True, True, False, True]
    assert scored["subscales_raised"].tolist()[1] == 12.5  # one of eight
    assert scored["notes"].tolist()[5] == "coding_needed"


def test_types_are_the_promised_ones() -> None:
    """Full or empty, the table has the same columns and types."""
    empty = score_table(empty_table("surveys"))
    full = score_table(surveys(("S1", "GAD-7", {}, 1, 7)))
    assert len(empty) == 0
    assert {name: str(kind) for name, kind in empty.dtypes.items()} == COLUMNS
    assert {name: str(kind) for name, kind in full.dtypes.items()} == COLUMNS


def test_index_and_order_are_kept() -> None:
    """The result lines up with what was handed in, also where an index repeats."""
    table = surveys(("S2", "GAD-7", {}, 1, 7), ("S1", "PHQ-9", {}, 1, 9), ("S3", "GAD-7", {}, 2, 7))
    table.index = [7, 7, 3]
    scored = score_table(table)
    assert scored.index.tolist() == [7, 7, 3]
    assert scored["total"].tolist() == [7, 9, 14]


def test_rows_may_stand_in_any_order() -> None:
    """Shuffling the table changes no sheet's result."""
    rng = np.random.default_rng(3)
    table = surveys(
        *[
            (f"S{n}", code, dict(enumerate(rng.integers(0, 3, 100), 1)), 0, 100)
            for n, code in enumerate(names())
        ]
    )
    order = rng.permutation(len(table))
    pd.testing.assert_frame_equal(score_table(table.iloc[order]).sort_index(), score_table(table))


def test_the_same_as_scoring_alone() -> None:
    """A sheet in a mixed table gets the total it gets alone."""
    rng = np.random.default_rng(5)
    answers = dict(enumerate(rng.integers(0, 3, 41).astype(float), 1))
    table = surveys(("S1", "SCARED", answers, 0, 41), ("S2", "MHT", {}, 1, 100))
    alone = score(read_instrument("SCARED"), table.iloc[[0]], norm="original-25")
    mixed = score_table(table, norm={"scared": "original-25"})
    assert mixed["total"][0] == alone["total"][0]
    flags = [name for name in alone if name.startswith("flag_") and name != "flag_total"]
    raised = alone[flags].astype(float).to_numpy().mean() * 100
    assert mixed["subscales_raised"][0] == raised


def test_choices_by_any_name() -> None:
    """Norms, codings and levels may be named as people write the questionnaire."""
    table = surveys(
        ("S1", "SCL-90", {59: 1}, 0, 90),
        ("S2", "SDS", {19: 2, 1: 3}, 1, 20),
        ("S3", "SDQ-P", {3: 2, 8: 2, 13: 2, 16: 1}, 0, 25),
    )
    scored = score_table(
        table,
        norm={"SDQ parent": "provinces-2013-parent"},
        coding={"scl90": "0-4"},
        critical={"SDS": {19: 3}},
    )
    assert scored["critical_hits"].tolist() == ["59", "", ""]
    assert scored["norm"].tolist() == ["cn-adult", "cn-53", "provinces-2013-parent"]
    assert scored["flagged"].tolist()[2] is False


@pytest.mark.parametrize(
    "choices",
    [
        {"norm": {"horoscope": "moon"}},
        {"norm": {"MHT": "moon"}},
        {"coding": {"MHT": "9-0"}},
        {"critical": {"MHT": {1: 1}}},
    ],
)
def test_a_wrong_choice_is_an_error(choices: dict[str, dict[str, object]]) -> None:
    """A sheet is never an error, but a rule that cannot be followed is."""
    with pytest.raises(ScreenError):
        score_table(surveys(("S1", "MHT", {}, 0, 100)), **choices)  # type: ignore[arg-type]


def test_undeclared_coding_is_read_for_hits_in_every_way() -> None:
    """5 counts in every coding, 2 does, 1 counts in one of them, 0 in none, empty is unknown."""
    table = surveys(*[("S1", "SCL-90", {59: value}, 2, 90) for value in (5, 2, 1, 0, np.nan)])
    scored = score_table(table)
    assert [("59" in hits.split(";")) for hits in scored["critical_hits"]] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert [("59" in asks.split(";")) for asks in scored["critical_missing"]] == [
        False, False, True, False, True,
    ]  # fmt: skip
    assert scored[["total", "total_low", "ratio"]].isna().all(axis=None)


def test_ratio_of_a_sheet_with_gaps() -> None:
    """Decided by its bounds, the ratio is the bound nearest the cut-off; open, it is missing."""
    gaps = {1: np.nan, 2: np.nan, 3: np.nan}
    table = surveys(
        ("S1", "GAD-7", gaps, 3, 7), ("S2", "GAD-7", gaps, 0, 7), ("S3", "GAD-7", gaps, 1, 7)
    )
    scored = score_table(table)
    assert scored["state"].tolist() == ["incomplete", "incomplete", "undetermined"]
    assert scored["ratio"].tolist()[:2] == [1.2, 0.9]
    assert scored["ratio"].isna().tolist()[2]
    assert ((scored["ratio"] >= 1) == scored["flagged"]).tolist()[:2] == [True, True]


def test_void_sheets_have_no_figures() -> None:
    """Void is not "low": no total, no ratio, no flag, but the hits are there."""
    scored = score_table(surveys(("S1", "MHT", {}, 1, 100)))
    assert scored["critical_hits"].tolist() == ["85;97"]
    figures = ["total", "total_low", "total_high", "ratio", "subscales_raised", "flagged"]
    assert scored[figures].isna().all(axis=None)


def test_missing_questionnaire_name_is_unknown() -> None:
    """An empty name is not an error either."""
    table = surveys(("S1", "GAD-7", {}, 1, 7), ("S2", "GAD-7", {}, 1, 7))
    table.loc[1, "instrument"] = None
    assert score_table(table)["state"].tolist() == ["valid", "unknown"]


def test_a_table_without_item_columns() -> None:
    """Sheets that were entered without answers are asked again, not refused."""
    scored = score_table(surveys(("S1", "PHQ-9", {}, 0, 0)))
    assert scored[["state", "critical_missing"]].to_numpy().tolist() == [["undetermined", "9"]]


def test_the_worst_subscale_where_the_total_has_no_cutoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """A norm that flags subscales only gives the ratio of the worst of them."""
    from dataclasses import replace

    from visitkit.screen.instruments import mixed

    scared = read_instrument("SCARED")
    norm = scared.norm("original-25")
    cutoffs = tuple(cutoff for cutoff in norm.cutoffs if cutoff.scale != "total")
    flags = tuple(cutoff.scale for cutoff in cutoffs)
    subscales_only = replace(norm, cutoffs=cutoffs, flags=flags)
    changed = replace(scared, norms={"cn-23": subscales_only})
    monkeypatch.setattr(mixed, "read_instrument", lambda _: changed)
    table = surveys(
        ("S1", "SCARED", {2: 2, 11: 2, 17: 2}, 0, 41),
        ("S2", "SCARED", {2: np.nan}, 0, 41),
        ("S3", "SCARED", {2: 2, 11: 2, 17: 2, **dict.fromkeys((4, 8, 13), np.nan)}, 0, 41),
        ("S4", "SCARED", dict.fromkeys((4, 8, 13), np.nan), 0, 41),
    )
    scored = score_table(table)
    assert scored["ratio"].tolist()[0] == 2  # 6 of school avoidance over its 3
    assert scored["subscales_raised"].tolist()[0] == 20
    assert scored["flagged"].tolist() == [True, False, True, pd.NA]
    assert scored["ratio"].tolist()[1] == pytest.approx(2 / 3)  # the skipped item may be a 2
    assert scored["ratio"].tolist()[2] == 2  # one open subscale hides no flagged one
    assert scored["ratio"].isna().tolist()[3]
    assert scored["subscales_raised"].isna().tolist() == [False, False, True, True]
