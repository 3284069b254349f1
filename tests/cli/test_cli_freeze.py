"""``visitkit screen --freeze``: the record of who was flagged, as a threshold study reads it."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from visitkit.cli.console import Console
from visitkit.cli.freezing import Freezing, frozen
from visitkit.cli.journey import Wish, screened
from visitkit.errors import VisitkitError
from visitkit.outgoing import write_once
from visitkit.review import freeze_record
from visitkit.screen.caseload import Caseload

Run = Callable[..., Any]

#: Long after any day on which this test runs: the record is dated by the machine's clock.
FIRST_VISIT = "2999-09-01"


@pytest.fixture(scope="module")
def cases(small: Path) -> Caseload:
    """The list of forty students as the command makes it."""
    asked = Wish(small, as_of="2027-01-15")
    return screened(asked, Console("en", io.StringIO(), io.StringIO()))[0]


def told(run: Run, small: Path, *more: object) -> Any:
    said = run("screen", small, "--as-of", "2027-01-15", "--out", "out", "--json", *more)
    assert said.err == ""
    return json.loads(said.out)["record"]


def test_frozen_and_read_back(run: Run, small: Path, tmp_path: Path) -> None:
    """Score, cutoff, flag, override and day go into the file; the study takes it and no other."""
    plain = told(run, small, "--freeze", "plain.csv", "--cutoff", "8")
    rows = pd.read_csv("plain.csv", dtype=str, keep_default_na=False)
    low = rows.loc[rows["flagged"] == "0", "student_id"].iloc[0]
    Path("turned.csv").write_text(f"student_id,reason\n{low},=asked for by the family\n")
    facts = told(run, small, "--freeze", "record.csv", "--cutoff", "8", "--overrides", "turned.csv")
    record = pd.read_csv("record.csv", dtype=str, keep_default_na=False)
    assert facts["hash"] == freeze_record(record).content_hash != plain["hash"]
    mine = record.set_index("student_id").loc[low]
    # text that a spreadsheet would run is frozen as the text it is written as
    assert (mine["override"], mine["reason"]) == ("1", "'=asked for by the family")
    assert (record["score"].astype(float) >= 8).eq(record["flagged"] == "1").all()
    assert facts["flagged"] == (record["flagged"] == "1").sum()
    listed = pd.read_csv(tmp_path / "out" / "caseload.csv").set_index("student_id")["risk_index"]
    assert np.allclose(record["score"].astype(float), listed[record["student_id"]])
    words = _study(record, tmp_path)
    said = run("review", *words, "--record", "record.csv", "--record-hash", facts["hash"])
    assert (said.code, said.err) == (0, "")
    assert (tmp_path / "report" / "effects.csv").exists()
    wrong = run("review", *words, "--record", "plain.csv", "--record-hash", facts["hash"])
    assert wrong.code == 2
    assert "not the one that was frozen" in wrong.err


def _study(record: pd.DataFrame, folder: Path) -> list[str]:
    rng = np.random.default_rng(1)
    on = (record["flagged"] == "1") ^ (record["override"] == "1")
    rows = pd.DataFrame({"student_id": record["student_id"], "visited": on.astype(int)})
    rows["missed"] = rng.normal(12, 2, len(rows)) - 4 * on
    rows.to_csv(folder / "study.csv", index=False)
    (folder / "study.toml").write_text("[study]\nbandwidth = 8.0\n")
    words = [str(folder / "study.csv"), "--design", "threshold", "--outcome", "missed"]
    words += ["--unit", "student_id", "--treat", "visited", "--first-visit", FIRST_VISIT]
    return [*words, "--settings", str(folder / "study.toml"), "--out", str(folder / "report")]


def test_by_places_and_in_words(run: Run, small: Path) -> None:
    """Without a cutoff as many are flagged as there are places, ties together; told in words."""
    said = run("screen", small, "--out", "out", "--capacity", "5", "--freeze", "record.csv")
    record = pd.read_csv("record.csv", dtype=str, keep_default_na=False)
    flagged = int((record["flagged"] == "1").sum())
    assert flagged >= 5
    assert f"Of {len(record)} students {flagged} stand at" in said.out
    assert freeze_record(record).content_hash in said.out
    assert ("more than there are places" in said.out) == (flagged > 5)


def test_never_overwritten(run: Run, small: Path) -> None:
    """A record that is there stays as it is, byte for byte, and nothing else is written."""
    told(run, small, "--freeze", "record.csv", "--cutoff", "8")
    before = Path("record.csv").read_bytes()
    said = run("screen", small, "--out", "other", "--freeze", "record.csv", "--cutoff", "9")
    assert said.code == 2
    assert "is there already" in said.err
    assert Path("record.csv").read_bytes() == before
    assert not Path("other").exists()


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--cutoff", "8"], "Without --freeze FILE"),
        (["--overrides", "turned.csv"], "Without --freeze FILE"),
        (["--freeze", "record.csv", "--cutoff", "high"], "a number of points"),
        (["--freeze", "record.csv", "--cutoff", "nan"], "a number of points"),
        (["--freeze", "record.csv", "--overrides", "silent.csv"], "lacks reason"),
        (["--freeze", "record.csv", "--overrides", "twice.csv"], "names 1 students twice"),
    ],
)
def test_refused_before_any_work(words: list[str], part: str, run: Run, small: Path) -> None:
    """A sentence, and no file at all."""
    Path("silent.csv").write_text("student_id\nS0001\n")
    Path("twice.csv").write_text("student_id,reason\nS0001,ill\nS0001,away\n")
    said = run("screen", small, "--out", "out", *words)
    assert said.code == 2
    assert part in said.err
    assert not Path("out").exists()
    assert not Path("record.csv").exists()


def test_no_record_no_files(run: Run, small: Path) -> None:
    """Where nothing can be frozen the list is not written either: whoever asked reads why."""
    said = run("screen", small, "--out", "out", "--freeze", "record.csv", "--cutoff", "99.5")
    assert said.code == 2
    assert "must flag some and not all" in said.err
    assert not Path("out").exists()
    assert not Path("record.csv").exists()


def test_who_is_in_no_row(cases: Caseload) -> None:
    """A crisis is visited whatever the score; who is too little known has no score."""
    ids = cases.table["student_id"].tolist()
    alerts = pd.DataFrame({"student_id": [ids[3], "S9999", ids[0]]})
    alerts["kind"] = ["crisis", "crisis", "contact"]
    table = pd.concat([cases.table, cases.table.tail(1).assign(student_id="S9999")])
    risk = cases.assessment.copy()
    risk.loc[ids[7], "state"] = "not_enough_data"
    here = replace(cases, alerts=alerts, table=table, assessment=risk)
    record = frozen(Freezing(Path("r.csv"), 8.0, {}), here, dt.date(2027, 2, 1))
    assert record.crisis == tuple(sorted([ids[3], "S9999"]))
    assert record.unscored == (ids[7],)
    assert set(record.table["student_id"]) == set(ids) - {ids[3], ids[7]}
    assert set(record.table["date"]) == {"2027-02-01"}


@pytest.mark.parametrize(
    ("turned", "key"),
    [({"X9": "ill"}, "override_unknown"), ({"S0001": ""}, "override_without_reason")],
)
def test_overrides_that_cannot_be(turned: dict[str, str], key: str, cases: Caseload) -> None:
    """An override names somebody of the record and says why."""
    with pytest.raises(VisitkitError) as caught:
        frozen(Freezing(Path("r.csv"), 8.0, turned), cases, dt.date(2027, 2, 1))
    assert caught.value.key == f"study.assignment.{key}"


def test_two_at_once(tmp_path: Path) -> None:
    """Whoever comes second is refused, even after having looked; nothing half-written stays."""
    target = tmp_path / "new" / "record.csv"

    def slow(path: Path) -> None:
        path.write_text("mine")
        target.write_text("theirs")

    with pytest.raises(VisitkitError) as caught:
        write_once(target, slow)
    assert caught.value.key == "outgoing.is_there"
    assert target.read_text() == "theirs"
    assert [path.name for path in target.parent.iterdir()] == ["record.csv"]

    def broken(path: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_once(tmp_path / "another" / "record.csv", broken)
    assert not (tmp_path / "another").exists()


@pytest.mark.skipif(os.name != "posix", reason="rights of files are kept otherwise there")
def test_read_by_its_owner_alone(tmp_path: Path) -> None:
    """What is frozen cannot be changed by a slip."""
    made = write_once(tmp_path / "record.csv", Path.touch)
    assert made.stat().st_mode & 0o777 == 0o400
