"""How well the expert points find the students they are meant to find; nothing here is fitted.

Run ``python benchmarks/risk_index.py``. Two sources: the made-up sample school, whose truth is
known because the generator wrote it, and the public data of UCI 697 (folder ``VISITKIT_DATA``, else
``../shared/data`` beside the repository), with the hand-made card ``uci_card.toml``. The folds are
those of a fitted model's comparison: each is scored on its own test rows only.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import RepeatedStratifiedKFold

from visitkit.calendar import Calendar
from visitkit.load.school import School
from visitkit.policy import read_policy
from visitkit.sample import make_school
from visitkit.screen.evaluate import AtCapacity, at_capacity, auroc, average_precision
from visitkit.screen.index import RiskIndex
from visitkit.screen.indicators import indicators

HERE = Path(__file__).parent
SEED = 20240601

#: The day from which the generator's truth looks ahead.
AS_OF = "2026-11-02"


def data_folder() -> Path:
    """Return the folder with the public data."""
    beside = HERE.parent.parent / "shared" / "data"
    return Path(os.environ.get("VISITKIT_DATA", beside))


def show(found: AtCapacity) -> None:
    """Print what a list of one length finds."""
    print(f"  first {found.k} students")
    print(f"    precision {found.precision}")
    print(f"    recall    {found.recall}   highest possible {found.recall_cap:.3f}")
    print(f"    lift      {found.lift}")


def sample_school() -> None:
    """Print how the default index finds the sample school's known truth."""
    made = make_school(1)
    calendar = Calendar.from_frame(made.tables["calendar"])
    school = School(tables=made.tables, calendar=calendar)
    policy = read_policy("recommended")
    figures = indicators(school, as_of=AS_OF)
    risk = RiskIndex.from_policy(policy).fit(figures).assess(figures)
    truth = made.truth["at_risk"].reindex(risk.index).astype(int)
    enough = risk["state"] == "ok"
    print(f"Sample school, {len(risk)} students, {int(truth.sum())} with real trouble in truth")
    print(f"  not enough data: {int((~enough).sum())}")
    print(f"  AUROC             {auroc(truth, risk['risk_index'], seed=SEED)}")
    print(f"  average precision {average_precision(truth, risk['risk_index'], seed=SEED)}")
    for k in (int(policy["risk.capacity"]), len(risk) // 10):  # type: ignore[call-overload]
        show(at_capacity(truth, risk["risk_index"], k, SEED))


def uci() -> None:
    """Print how the hand-made card does on the folds on which fitted models were compared."""
    path = data_folder() / "uci_dropout" / "data.csv"
    if not path.is_file():
        print(f"UCI 697: left out, {path} is not there")
        return
    X = pd.read_csv(path)
    truth = (X.pop("Target") == "Dropout").to_numpy()
    index = RiskIndex.from_policy(read_policy(HERE / "uci_card.toml")).fit(X)
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=SEED)
    areas = [
        auroc(truth[test], index.transform(X.iloc[test]), resamples=0).value
        for _, test in folds.split(X, truth)
    ]
    low, high = np.quantile(areas, [0.025, 0.975])
    print(f"UCI 697 after semester 1, {len(X)} students, hand-made card, nothing fitted")
    print(
        f"  AUROC over {len(areas)} test folds {np.mean(areas):.4f}"
        f" (sd {np.std(areas, ddof=1):.4f}, middle 95 % {low:.4f} to {high:.4f})"
    )
    scores = index.transform(X).ravel()
    print(f"  AUROC, all students {auroc(truth, scores, seed=SEED)}")
    print(f"  average precision   {average_precision(truth, scores, seed=SEED)}")
    show(at_capacity(truth, scores, len(X) // 10, SEED))
    missing(index, X, truth)


def missing(index: RiskIndex, X: pd.DataFrame, truth: np.ndarray) -> None:
    """Print what 30 % hidden figures do, at random and where mostly bad figures are hidden."""
    points = index.assess(X).points.to_numpy()
    rng = np.random.default_rng(SEED)
    chance = rng.random(points.shape)
    worrying = points > 0
    # nine hidden worrying figures for each hidden good one, 30 % hidden in all where that can be
    rate = 0.3 * points.size / (worrying.sum() + (~worrying).sum() / 9)
    hidden = {
        "nothing hidden": np.zeros(points.shape, dtype=bool),
        "30 % at random": chance < 0.3,
        "mostly bad ones": chance < np.where(worrying, min(rate, 0.95), min(rate, 0.95) / 9),
    }
    names = list(index.card_.names)
    print("  AUROC when figures are hidden, by what an unknown dimension counts (0: as if good)")
    for how, mask in hidden.items():
        seen = X[names].astype(float).mask(mask)
        row = [f"    {how:16} {mask.mean():5.0%} hidden"]
        for neutral in (0.0, 10.0, 25.0, 50.0):
            scores = index.set_params(neutral=neutral).fit(seen).transform(seen).ravel()
            row.append(f"{neutral:g}: {auroc(truth, scores, resamples=0).value:.3f}")
        index.set_params(neutral=10.0)
        known = index.fit(seen).assess(seen)["coverage"]
        row.append(f"coverage alone: {auroc(truth, 1 - known, resamples=0).value:.3f}")
        print("  ".join(row))


if __name__ == "__main__":
    sample_school()
    uci()
