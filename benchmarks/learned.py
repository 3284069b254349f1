"""Learned models on the public data of UCI 697, on the folds on which peers were compared.

Run ``python benchmarks/learned.py``; ``--quick`` scores 3 folds. The folds are
``RepeatedStratifiedKFold(5 x 2, seed 20240601)``; each model is fitted on the training rows of a
fold and scored on its test rows only. Peers that are installed (``pip install optbinning
interpret-core``) are fitted in the same run on the first five of these folds, in which each student
is judged once; FasterRisk needs an environment of its own, see ``fasterrisk_folds.py``. Times are
CPU seconds of one process; read them as ratios to the plain regression of the same run, and set
``OPENBLAS_NUM_THREADS=1`` so that no thread waits for another. The data lie in the folder
``VISITKIT_DATA``, else ``../shared/data`` beside the repository.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from visitkit.policy import read_policy
from visitkit.screen.index import RiskIndex
from visitkit.screen.learn import (
    Blend,
    Boosting,
    CalibratedLogistic,
    Forest,
    Hybrid,
    IntegerCard,
)
from visitkit.screen.validate import corrected_t

HERE = Path(__file__).parent
SEED = 20240601
CODES = (
    "Marital status",
    "Application mode",
    "Course",
    "Previous qualification",
    "Nacionality",
    "Mother's qualification",
    "Father's qualification",
    "Mother's occupation",
    "Father's occupation",
)
#: What each model must reach, by the features it sees.
MUST = {
    ("blend", "enrolment"): 0.829,
    ("blend", "semester 1"): 0.908,
    ("blend", "full"): 0.927,
    ("card 10", "semester 1"): 0.879,
    ("card 20", "semester 1"): 0.8945,
}
Maker = Callable[[], object]
Folds = list[tuple[np.ndarray, np.ndarray]]


def read() -> tuple[pd.DataFrame, np.ndarray]:
    """Return figures and outcome (1: dropped out)."""
    beside = HERE.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("VISITKIT_DATA", beside))
    table = pd.read_csv(folder / "uci_dropout" / "data.csv").rename(columns=str.strip)
    return table, (table.pop("Target") == "Dropout").to_numpy(dtype=int)


def stages(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what is known at enrolment, after the first semester, and after the second."""
    first = [name for name in table if "1st sem" in name]
    second = [name for name in table if "2nd sem" in name]
    wide = pd.get_dummies(table, columns=list(CODES), dtype=float).astype(float)
    return {
        "enrolment": wide.drop(columns=first + second),
        "semester 1": wide.drop(columns=second),
        "full": wide,
    }


def models() -> dict[str, Maker]:
    """Return our models and the plain regression beside them."""
    return {
        "plain regression": lambda: make_pipeline(
            StandardScaler(), LogisticRegression(max_iter=2000)
        ),
        "card 10": IntegerCard,
        "card 15": lambda: IntegerCard(terms=15),
        "card 20": lambda: IntegerCard(terms=20),
        "logistic": CalibratedLogistic,
        "boosting": Boosting,
        "forest": Forest,
        "blend": Blend,
    }


def peers() -> dict[str, Maker]:
    """Return the peers that are installed here."""
    found: dict[str, Maker] = {}
    try:
        from interpret.glassbox import ExplainableBoostingClassifier

        found["InterpretML EBM"] = lambda: ExplainableBoostingClassifier(
            outer_bags=8, interactions=10, n_jobs=1
        )
    except ImportError:
        print("InterpretML is not installed: left out")
    try:
        from optbinning import BinningProcess, Scorecard
    except ImportError:
        print("optbinning is not installed: left out")
        return found

    class Points:
        """optbinning's scorecard with scikit-learn's names."""

        def fit(self, X: pd.DataFrame, y: np.ndarray) -> Points:
            process = BinningProcess(list(X.columns))
            self.card = Scorecard(process, LogisticRegression(max_iter=2000)).fit(X, y)
            return self

        def predict_proba(self, X: pd.DataFrame) -> np.ndarray:
            return self.card.predict_proba(X)

    found["optbinning"] = Points
    return found


def calibration_error(y: np.ndarray, chance: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    gaps = [
        abs(y[place == at].mean() - chance[place == at].mean()) * (place == at).mean()
        for at in range(bins)
        if (place == at).any()
    ]
    return float(sum(gaps))


def compare(
    X: pd.DataFrame,
    y: np.ndarray,
    folds: Folds,
    peer_folds: int,
    name: str,
    wanted: list[str],
) -> None:
    """Print the table of one set of features."""
    print(f"\n{name}: {X.shape[1]} columns, {len(folds)} folds; peers on the first {peer_folds}")
    print("| model | folds | AUROC (sd) | AUPRC | Brier | ECE fold / pooled | CPU, ratio | must |")
    print("|---|---|---|---|---|---|---|---|")
    areas: dict[str, np.ndarray] = {}
    plain = float("nan")
    theirs = peers()
    for label, make in {**models(), **theirs}.items():
        if wanted and label not in wanted:
            continue
        used = folds[:peer_folds] if label in theirs else folds
        scores, pooled, seconds = judged(make, X, y, used)
        areas[label] = scores[:, 0]
        plain = seconds if label == "plain regression" else plain
        mean, spread = scores.mean(axis=0), scores[:, 0].std(ddof=1)
        whole = calibration_error(y, pooled) if len(used) >= 5 else float("nan")
        must = MUST.get((label, name))
        said = "" if must is None else f"{must} {'reached' if mean[0] >= must else 'missed'}"
        print(
            f"| {label} | {len(used)} | {mean[0]:.4f} ({spread:.3f}) | {mean[1]:.4f}"
            f" | {mean[2]:.4f} | {mean[3]:.3f} / {whole:.3f}"
            f" | {seconds:.2f} s, {seconds / plain:.1f} | {said} |",
            flush=True,
        )
    paired(areas)


def judged(
    make: Maker, X: pd.DataFrame, y: np.ndarray, folds: Folds
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return area, AUPRC, Brier and ECE by fold, held-out chances, and mean CPU seconds a fit."""
    rows, seconds, pooled = [], [], np.zeros(len(y))
    for known, held in folds:
        started = time.process_time()
        model = make().fit(X.iloc[known], y[known])  # type: ignore[attr-defined]
        seconds.append(time.process_time() - started)
        chance = np.asarray(model.predict_proba(X.iloc[held]))[:, 1]
        pooled[held] = chance
        rows.append(
            (
                roc_auc_score(y[held], chance),
                average_precision_score(y[held], chance),
                brier_score_loss(y[held], chance),
                calibration_error(y[held], chance),
            )
        )
    return np.array(rows), pooled, float(np.mean(seconds))


def paired(areas: dict[str, np.ndarray]) -> None:
    """Say which differences from the blend are noise, on the folds that both were scored on."""
    for label, area in areas.items():
        if label == "blend" or "blend" not in areas or len(area) < 3:
            continue
        made = corrected_t(areas["blend"][: len(area)], area, 1 / 4)
        word = "may be noise" if made.noise else "more than noise"
        print(f"  blend - {label}: {made.value:+.4f}, p {made.p:.3f}, {len(area)} folds: {word}")


def few_events(X: pd.DataFrame, y: np.ndarray, seeds: int) -> None:
    """Print what few events do at 3 % prevalence, with the hand-made card as the expert."""
    expert = RiskIndex.from_policy(read_policy(HERE / "uci_card.toml"))
    print("\nFew events at 3 % prevalence, semester 1; mean AUROC on a fixed test half")
    for events in (15, 30, 60):
        found: dict[str, list[float]] = {"hand": [], "hybrid": [], "logistic": []}
        for seed in range(seeds):
            rng = np.random.default_rng(SEED + seed)
            order = rng.permutation(len(y))
            held, pool = order[: len(y) // 2], order[len(y) // 2 :]
            others = round(events / 0.03) - events
            yes, no = pool[y[pool] == 1], pool[y[pool] == 0]
            # with 60 events more students without are asked for than there are: drawn again
            rows = np.r_[rng.choice(yes, events, False), rng.choice(no, others, others > len(no))]
            hand = expert.fit(X).transform(X.iloc[held]).ravel()
            found["hand"].append(roc_auc_score(y[held], hand))
            hybrid = Hybrid(expert=expert).fit(X.iloc[rows], y[rows])
            odds = hybrid.decision_function(X.iloc[held])
            found["hybrid"].append(roc_auc_score(y[held], odds))
            free = CalibratedLogistic(min_events=0).fit(X.iloc[rows], y[rows])
            odds = free.decision_function(X.iloc[held])
            found["logistic"].append(roc_auc_score(y[held], odds))
        hand = np.array(found["hand"])
        means = "  ".join(
            f"{label} {np.mean(area):.4f} (over hand {np.mean(area - hand):+.4f},"
            f" error {np.std(area - hand, ddof=1) / np.sqrt(seeds):.4f})"
            for label, area in found.items()
        )
        print(f"  {events} events: {means}", flush=True)


def missing(X: pd.DataFrame, y: np.ndarray, folds: Folds) -> None:
    """Print what hidden facts do: at random or mostly bad ones, in new students only or in all."""
    facts = np.array([name.rsplit("_", 1)[0] if "_" in name else name for name in X.columns])
    print("\n30 % of facts hidden, semester 1; must reach .83 at random and mostly bad")
    for label, make in (("card 10", IntegerCard), ("logistic", CalibratedLogistic)):
        found: dict[str, list[float]] = {}
        for known, held in folds:
            model = make().fit(X.iloc[known], y[known])
            for how in ("at random", "mostly bad"):
                hidden = hide(model, X, facts, how)
                test = X.iloc[held].mask(hidden[held])
                odds = model.decision_function(test)
                found.setdefault(f"{how}, new students", []).append(roc_auc_score(y[held], odds))
                again = make().fit(X.iloc[known].mask(hidden[known]), y[known])
                odds = again.decision_function(test)
                found.setdefault(f"{how}, all students", []).append(roc_auc_score(y[held], odds))
        print(f"  {label}: " + "; ".join(f"{how} {np.mean(a):.3f}" for how, a in found.items()))


def hide(model: object, X: pd.DataFrame, facts: np.ndarray, how: str) -> np.ndarray:
    """Return which cells are hidden; the columns of one fact are hidden together."""
    rng = np.random.default_rng(SEED)
    parts = model.contributions(X)[list(X.columns)].T.groupby(facts, sort=True).sum().T
    worrying = (parts > parts.mean(axis=0)).to_numpy()
    chance = rng.random(worrying.shape)
    rate = min(0.95, 0.3 * worrying.size / (worrying.sum() + (~worrying).sum() / 9))
    limit = 0.3 if how == "at random" else np.where(worrying, rate, rate / 9)
    cells = pd.DataFrame(chance < limit, columns=parts.columns)
    return cells[list(facts)].to_numpy()


def divided(y: np.ndarray) -> Folds:
    """Return the ten folds."""
    kind = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=SEED)
    return list(kind.split(y[:, None], y))


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--parts", default="few,missing,enrolment,semester 1,full")
    parser.add_argument("--models", default="", help="only these, parted by commas")
    parser.add_argument("--folds", type=int, default=10, help="only the first of the ten")
    parser.add_argument("--peer-folds", type=int, default=5)
    asked = parser.parse_args()
    wanted = [one for one in asked.models.split(",") if one]
    parts = asked.parts.split(",")
    number = 3 if asked.quick else asked.folds
    table, y = read()
    sets, folds = stages(table), divided(y)[:number]
    if "few" in parts:
        few_events(sets["semester 1"], y, 2 if asked.quick else 8)
    if "missing" in parts:
        missing(sets["semester 1"], y, folds[: 2 if asked.quick else 5])
    for name in [part for part in parts if part in sets]:
        compare(sets[name], y, folds, min(asked.peer_folds, number), name, wanted)


if __name__ == "__main__":
    main()
