"""The only way out: nobody found again, nothing unknown, all of it logged, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit import outgoing, record, tables, text
from visitkit.errors import StoreError, VisitkitError
from visitkit.record.sharing.definitions import TABLES
from visitkit.record.sharing.masking import Masking, mask
from visitkit.record.sharing.pseudonyms import Pseudonyms

OUT = {"purpose": "a study of visits", "recipient": "the university"}
KEY = bytes(range(7, 39))
#: Made-up; the telephone number and the identity number cannot exist.
PLANTED = ("\u5218\u82e5\u6717", "19900001234", "110101202913310018", "9 Willow Lane", "S0001")


@pytest.fixture
def roll() -> pd.DataFrame:
    """A roll with everything on it that names somebody."""
    rows = 40
    return pd.DataFrame(
        {
            "student_id": [f"S{number:04d}" for number in range(rows)],
            "name": PLANTED[0],
            "id_number": PLANTED[2],
            "sex": ["female", "male"] * (rows // 2),
            "birth_date": pd.Timestamp("2013-05-02"),
            "grade": [7] * 36 + [8] * 4,
            "class_id": [f"70{number % 3}" for number in range(rows)],
            "address": PLANTED[3],
            "zone": f"behind {PLANTED[3]}",
            "lat": 30.0,
            "entered_on": pd.Timestamp("2025-09-01"),
        }
    )


@pytest.fixture
def made_visits() -> pd.DataFrame:
    """Visits with words in every place where there can be some."""
    days = ["2026-09-10", "2026-09-24", "2026-10-08"]
    return pd.DataFrame(
        {
            "student_id": ["S0001", "S0001", "S0002"],
            "date": pd.to_datetime(days),
            "form": ["home", PLANTED[0], "phone"],
            "duty": ["quota.student", f"see {PLANTED[0]}", None],
            "visitors": ["T01;T02", "T01", "T02"],
            "topics": [f"school_life;{PLANTED[0]}", None, "feelings"],
            "focus": PLANTED[0],
            "feedback": "=HYPERLINK(1)",
            "photos": [1, 2, None],
        }
    )


def bytes_of(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8-sig") for path in sorted(folder.iterdir()))


def test_nobody_is_found_in_the_files(opened, roll, made_visits, tmp_path):
    """No name, telephone, number, address or free word is in a byte that leaves."""
    with opened() as store:
        left = record.share(
            store, {"students": roll, "visits": made_visits}, tmp_path / "out", key=KEY, **OUT
        )
        content = bytes_of(tmp_path / "out")
    for one in PLANTED:
        assert one not in content
    assert "Willow" not in content
    assert "T01" not in content
    assert "701" not in content
    assert list(left.tables["students"]) == ["student_id", "sex", "grade", "class_id", "entered_on"]
    reasons = left.dropped["students"]
    assert reasons["id_number"] == "secret"
    assert reasons["name"] == reasons["birth_date"] == reasons["lat"] == "direct"
    assert reasons["zone"] == "free_text"
    shown = left.tables["visits"].sort_values("photos")
    assert shown["form"].tolist()[0] == "home"
    assert pd.isna(shown["form"].tolist()[1])  # a word outside the vocabulary is somebody's own
    assert set(shown["topics"].dropna()) == {"school_life", "feelings"}
    for lang in text.LANGUAGES:
        assert left.text(lang)


def test_the_same_key_gives_the_same_pseudonyms(roll):
    """Another key, and a key that nobody keeps, give others; none repeats itself."""

    def ids(key):
        return mask("students", roll, Masking(Pseudonyms(key)))[0]["student_id"].tolist()

    assert ids(KEY) == ids(KEY)
    assert ids("three quiet lanterns") == ids("three quiet lanterns")
    assert len({*ids(KEY), *ids(bytes(32)), *ids(None), *ids(None)}) == 4 * len(roll)
    assert ids(KEY) == sorted(ids(KEY))  # the order of the class list is not the order here
    plain = record.Key(KEY)
    assert ids(plain) == ids(KEY)
    assert "07" not in repr(Pseudonyms(KEY))


def test_a_short_key_is_refused(roll):
    """A key that can be guessed is none."""
    with pytest.raises(StoreError) as caught:
        Pseudonyms("short")
    assert caught.value.key == "record.key_short"


@given(
    st.lists(st.sampled_from(["S1", "S2", "S3"]), min_size=1, max_size=12),
    st.binary(min_size=32, max_size=32),
)
def test_times_between_days_stay(who, key):
    """All days of a student move by the same whole weeks, and never by none."""
    days = pd.Series(pd.date_range("2026-09-01", periods=len(who), freq="D", unit="us"))
    table = pd.DataFrame({"student_id": who, "date": days, "form": "home"})
    moved = Pseudonyms(key)
    shown, _ = mask("visits", table, Masking(moved))
    for one in set(who):
        mine = shown.loc[shown["student_id"] == moved.of("student", one), "date"]
        gone = set(mine.sort_values().to_numpy() - days[table["student_id"] == one].to_numpy())
        assert len(gone) == 1
        weeks = next(iter(gone)) / np.timedelta64(7, "D")
        assert weeks == moved.weeks(one) == int(weeks) != 0
        assert abs(weeks) <= 26


def test_days_can_be_told_by_the_month(made_visits):
    """Coarsened, all days of a month are one."""
    shown, _ = mask("visits", made_visits, Masking(Pseudonyms(KEY), dates="month"))
    assert set(shown["date"].dt.day) == {1}
    assert set(shown["date"].dt.month) == {9, 10}
    kept, _ = mask("visits", made_visits, Masking(Pseudonyms(KEY), dates="as_they_are"))
    assert sorted(kept["date"]) == sorted(made_visits["date"])


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"nickname": "x"}, "record.share_column"),
        ({"Wang Xiaoming": 1}, "record.share_column"),
    ],
)
def test_a_column_nobody_described_is_refused(opened, roll, tmp_path, change, key):
    """What nobody has thought about does not leave; a header that may be a name is not repeated."""
    with opened() as store:
        for how in (None, record.Sharing(deidentified=False)):
            with pytest.raises(StoreError) as caught:
                record.share(
                    store, {"students": roll.assign(**change)}, tmp_path / "out", how=how, **OUT
                )
            assert caught.value.key == key
            assert "Xiaoming" not in str(caught.value)
        with pytest.raises(StoreError) as caught:
            record.share(store, {"gossip": roll}, tmp_path / "out", **OUT)
        assert caught.value.key == "record.share_table"
        assert store.audit("export").empty
    assert not (tmp_path / "out").exists()


def test_every_described_column_is_handled():
    """No column of any table leaves as it is, but numbers, codes of a vocabulary and days."""
    told = PLANTED[0]
    kinds = {"date": pd.Timestamp("2026-09-01"), "number": 1.5, "integer": 3, "flag": True}
    for name, table in TABLES.items():
        columns = [one for one in table.columns if one.name not in ("measure", "before")]
        row = {one.name: kinds.get(one.kind, told) for one in columns}
        shown, dropped = mask(name, pd.DataFrame([row]), Masking(Pseudonyms(KEY)))
        assert told not in shown.to_csv()
        assert set(shown) | set(dropped) == set(row)
        for one in columns:
            if one.sensitivity == "secret" or one.kind in ("text", "times"):
                assert one.name in dropped
            if one.sensitivity == "restricted":
                assert one.name in dropped


def test_restricted_columns_leave_only_when_named(opened, tmp_path):
    """Which special group a student belongs to stays here unless somebody says otherwise."""
    groups = pd.DataFrame({"student_id": ["S0001"], "code": tables.codes("group")[0]})
    how = record.Sharing(also=("groups.code",))
    with opened() as store:
        plain = record.share(store, {"groups": groups}, tmp_path / "a", **OUT)
        named = record.share(store, {"groups": groups}, tmp_path / "b", how=how, **OUT)
    assert plain.dropped["groups"] == {"code": "restricted"}
    assert named.tables["groups"]["code"].tolist() == [tables.codes("group")[0]]


def test_a_text_among_numbers_is_refused(opened, made_visits, tmp_path):
    """A note in a column of numbers might say anything."""
    made_visits["photos"] = ["two, ask " + PLANTED[0], 1, 2]
    with opened() as store, pytest.raises(StoreError) as caught:
        record.share(store, {"visits": made_visits}, tmp_path / "out", **OUT)
    assert caught.value.key == "record.share_number"
    assert PLANTED[0] not in str(caught.value)


def test_it_is_logged_before_a_byte_is_written(opened, roll, tmp_path, monkeypatch):
    """Purpose, recipient and number of students are in the trail when the first file is made."""
    seen = []
    with opened() as store:

        def look(self, *args, **kwargs):
            seen.append(store.audit("export")["detail"].iloc[-1])
            return real(self, *args, **kwargs)

        real = Path.open
        monkeypatch.setattr(Path, "open", look)
        record.share(store, {"students": roll}, tmp_path / "out", **OUT)
    assert seen
    assert seen[0]["purpose"] == OUT["purpose"]
    assert seen[0]["recipient"] == OUT["recipient"]
    assert seen[0]["students"] == 40


@pytest.mark.parametrize("lacking", ["purpose", "recipient"])
def test_without_purpose_or_recipient_nothing_leaves(opened, roll, tmp_path, lacking):
    """Nobody hands something out for nothing, or to nobody."""
    with opened() as store, pytest.raises(StoreError) as caught:
        record.share(store, {"students": roll}, tmp_path / "out", **(OUT | {lacking: " "}))
    assert caught.value.key == "record.purpose_needed"
    assert not (tmp_path / "out").exists()


def test_whole_or_not_at_all(opened, roll, made_visits, tmp_path, monkeypatch):
    """When the second file cannot be put in place the first is taken back; the trail says so."""
    place = tmp_path / "out"
    place.mkdir()
    (place / "students.csv").write_text("before")
    real, calls = os.replace, []

    def refuse(source, target):
        calls.append(target)
        if str(target).endswith("visits.csv"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with opened() as store:
        with pytest.raises(VisitkitError) as caught:
            record.share(store, {"students": roll, "visits": made_visits}, place, **OUT)
        assert caught.value.key == "report.disk_full"
        assert len(store.audit("export_failed")) == 1
    assert [path.name for path in place.iterdir()] == ["students.csv"]
    assert (place / "students.csv").read_text() == "before"


def test_formulas_are_guarded_where_text_may_leave(opened, made_visits, tmp_path):
    """Handed out with names, a note that a spreadsheet would run is written as text."""
    how = record.Sharing(deidentified=False)
    with opened() as store:
        left = record.share(store, {"visits": made_visits}, tmp_path / "out", how=how, **OUT)
        assert "deidentified" not in store.audit("export")["subject"].iloc[0]
    with (tmp_path / "out" / "visits.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["feedback"] for row in rows} == {"'=HYPERLINK(1)"}
    assert rows[0]["focus"] == PLANTED[0]
    assert left.anonymity is None
    assert "name people" in left.text("en")
    told = json.loads((tmp_path / "out" / "share.json").read_text("utf-8"))
    assert told["deidentified"] is False


def test_secret_columns_never_leave(opened, roll, tmp_path):
    """Not even with names."""
    how = record.Sharing(deidentified=False)
    with opened() as store:
        left = record.share(store, {"students": roll}, tmp_path / "out", how=how, **OUT)
    assert left.dropped["students"] == {"id_number": "secret"}
    assert PLANTED[2] not in bytes_of(tmp_path / "out")


def test_how_many_look_alike(opened, roll, tmp_path):
    """Two girls of class 0 in grade 8 make the smallest group; grade and class alone make it so."""
    with opened() as store:
        left = record.share(store, {"students": roll}, tmp_path / "out", **OUT)
    told = left.tables["students"].groupby(["sex", "grade", "class_id"]).size()
    assert left.anonymity.k == told.min() == 1
    assert left.anonymity.people == 40
    assert left.anonymity.below == told[told < 10].sum()
    least = left.tables["students"].groupby(
        [one.partition(".")[2] for one in left.anonymity.columns]
    )
    assert least.size().min() == 1
    for name in left.anonymity.columns:
        fewer = [one.partition(".")[2] for one in left.anonymity.columns if one != name]
        assert left.tables["students"].groupby(fewer).size().min() > 1


def test_tables_that_can_be_joined_are_looked_at_together(opened, tmp_path):
    """Nobody is alone in either table, but everybody is in both."""
    roll = pd.DataFrame({"student_id": list("abcd"), "sex": ["female", "female", "male", "male"]})
    homes = pd.DataFrame({"student_id": list("abcd"), "away": [True, False, True, False]})
    with opened() as store:
        left = record.share(store, {"students": roll, "guardians": homes}, tmp_path / "o", **OUT)
    assert left.anonymity.k == 1
    assert left.anonymity.columns == ("students.sex", "guardians.away")


def test_a_group_too_small_can_be_refused(opened, roll, tmp_path):
    """Asked for five who look alike, nothing leaves and nothing is logged as having left."""
    with opened() as store:
        with pytest.raises(StoreError) as caught:
            record.share(
                store,
                {"students": roll},
                tmp_path / "out",
                how=record.Sharing(least_group=5),
                **OUT,
            )
        assert caught.value.key == "record.share_alike"
        assert "students.grade" in str(caught.value)
        assert store.audit("export").empty


def test_counts_hide_what_is_small(opened, roll, tmp_path):
    """Numbers of people with all totals; the tables themselves stay here."""
    how = record.Sharing(rows=False, counts={"grades": record.Count("students", ("grade", "sex"))})
    with opened() as store:
        left = record.share(store, {"students": roll}, tmp_path / "out", how=how, **OUT)
    assert [path.name for path in left.files] == ["grades.csv", "share.json"]
    shown = left.tables["grades"]
    assert (shown["people"].dropna() >= outgoing.LEAST).all()
    assert left.hidden == shown["hidden"].sum() > 2
    assert left.anonymity is None
    assert "name people" not in left.text("en")
    assert str(left.hidden) in left.text("en")


@pytest.mark.parametrize(
    ("how", "key"),
    [
        (record.Sharing(least=4), "outgoing.too_small"),
        (record.Sharing(dates="guessed"), "record.share_dates"),
        (record.Sharing(counts={"x": record.Count("students", ("name",))}), "record.share_count"),
        (record.Sharing(counts={"x": record.Count("visits", ("form",))}), "record.share_count"),
    ],
)
def test_what_cannot_be_asked_for(opened, roll, tmp_path, how, key):
    """Told in a sentence, before anything leaves."""
    with opened() as store, pytest.raises(VisitkitError) as caught:
        record.share(store, {"students": roll}, tmp_path / "out", how=how, **OUT)
    assert caught.value.key == key
    assert re.search(r"\w", str(caught.value))
    assert not (tmp_path / "out").exists()


def test_what_the_store_hands_out_is_described(opened, made, tmp_path):
    """Cases and what is owed leave with other numbers, and without what tells of the mind."""
    with opened() as store:
        store.add_many([made.matter(1), made.signalled(2), made.planned(3)])
        given_out = {"cases": store.cases(), "due": store.due("2026-12-01")}
        left = record.share(store, given_out, tmp_path / "out", **OUT)
    content = bytes_of(tmp_path / "out")
    assert "S1" not in content
    assert "c-2" not in content
    assert set(left.dropped["cases"]) == {"level", "flags"}
    assert left.tables["cases"]["kind"].notna().all()
    assert left.tables["due"]["what"].notna().all()
