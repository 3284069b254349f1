"""FasterRisk beside our card on the same five folds, in an environment of its own.

FasterRisk 0.1.10 asks for pandas 1.5.2 and NumPy 1, so it cannot live beside visitkit. Make it a
home of its own (Python 3.9) and name its interpreter::

    python3.9 -m venv fr && fr/bin/pip install fasterrisk==0.1.10
    python benchmarks/fasterrisk_folds.py fr/bin/python

Both see the same yes-or-no terms: those that our card cuts from the training rows of each fold.
Times are CPU seconds of the search alone.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from learned import divided, read, stages
from visitkit.screen.learn.points_fit import choose
from visitkit.screen.learn.stumps import make_stumps
from visitkit.screen.validate import corrected_t

TERMS, POINTS = 10, 5

#: What runs in the other environment: terms and outcomes in, points and seconds out.
THEIRS = """
import sys, time
import numpy as np
from fasterrisk.fasterrisk import RiskScoreOptimizer
given = np.load(sys.argv[1])
met, y = given["met"], np.where(given["y"] > 0, 1.0, -1.0)
started = time.process_time()
terms, most = int(sys.argv[3]), int(sys.argv[4])
search = RiskScoreOptimizer(X=met, y=y, k=terms, lb=-most, ub=most)
search.optimize()
scale, offset, points = search.get_models(model_index=0)
np.savez(sys.argv[2], points=points, seconds=time.process_time() - started)
"""


def theirs(python: str, met: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Return FasterRisk's points of each term, and its CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.npz", Path(folder) / "made.npz"
        np.savez(given, met=met, y=y)
        words = [python, "-c", THEIRS, str(given), str(made), str(TERMS), str(POINTS)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        found = np.load(made)
        return found["points"], float(found["seconds"])


def main() -> None:
    """Print a row for each set of features."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?", help="interpreter of the home of FasterRisk")
    parser.add_argument("--folds", type=int, default=5)
    asked = parser.parse_args()
    if asked.python is None:
        print("FasterRisk: no interpreter was named, left out")
        return
    table, y = read()
    print(f"{TERMS} terms, points from -{POINTS} to {POINTS}, {asked.folds} folds")
    for name, X in stages(table).items():
        areas, seconds = [], []
        for known, held in divided(y)[: asked.folds]:
            stumps, met = make_stumps(X.to_numpy()[known], {})
            cuts = np.array([stump.cut for stump in stumps])
            places = [stump.column for stump in stumps]
            other = (X.to_numpy()[held][:, places] >= cuts).astype(float)
            started = time.process_time()
            bounds = np.array([[stump.least, stump.most] for stump in stumps])
            ours = choose(met, y[known].astype(float), bounds, TERMS, POINTS)
            spent = time.process_time() - started
            points, slow = theirs(asked.python, met, y[known])
            areas.append(
                (
                    roc_auc_score(y[held], other[:, ours.terms] @ ours.points),
                    roc_auc_score(y[held], other @ points),
                )
            )
            seconds.append((spent, slow))
        area, spent_by = np.mean(areas, axis=0), np.mean(seconds, axis=0)
        made = corrected_t(*np.array(areas).T, 1 / 4)
        word = "may be noise" if made.noise else "more than noise"
        print(
            f"{name}: ours {area[0]:.4f} in {spent_by[0]:.2f} s, FasterRisk {area[1]:.4f} in"
            f" {spent_by[1]:.1f} s (ratio {spent_by[1] / spent_by[0]:.0f});"
            f" difference {made.value:+.4f}, p {made.p:.2f}: {word}",
            flush=True,
        )


if __name__ == "__main__":
    main()
