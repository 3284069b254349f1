"""Simulated schools whose true effect is known, each design through ``Study``.

For each design, schools without and with a true effect: bias, coverage of the 95 % interval, false
positives, refusals, and the naive change from before to after beside it. Naive figures are those of
the treated, who stood high when they were chosen.

    nice python benchmarks/truth.py --schools 1000 --jobs 2
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy import stats

from visitkit.errors import ReviewError
from visitkit.review import Study
from visitkit.screen.assignment import Basis, freeze_assignment

PUPILS, PLACES = 1500, 200
DAY, FIRST = dt.date(2026, 9, 1), dt.date(2026, 9, 8)
#: What changes for everybody between before and after, help or no help.
SEASON = -2.0


@dataclass(frozen=True)
class School:
    """One study of a simulated school and the naive gaps of its treated."""

    study: Study
    naive: np.ndarray


def pupils(rng: np.random.Generator, count: int = PUPILS) -> pd.DataFrame:
    """Return pupils with a skewed hidden risk and a score of it with a reliability of 0.7."""
    risk = 100 * rng.beta(2, 4, count)
    noise = risk.std() * np.sqrt(0.3 / 0.7)
    return pd.DataFrame(
        {
            "id": [f"S{place:05d}" for place in range(count)],
            "risk": risk,
            "score": risk + rng.normal(0, noise, count),
            "later": risk + SEASON + rng.normal(0, noise, count),
            "class": np.arange(count) // 50,
        }
    )


def _threshold(rng: np.random.Generator, effect: float, overrides: float) -> School:
    rows = pupils(rng)
    score = rows.set_index("id")["score"]
    turned = rows["id"][rng.random(len(rows)) < overrides * (rows["risk"] / rows["risk"].mean())]
    against = dict.fromkeys(turned, "made up")
    record = freeze_assignment(score, Basis("made-up", DAY), capacity=PLACES, overrides=against)
    flag = record.table.set_index("student_id").loc[rows["id"]]
    rows["visited"] = (flag["flagged"] ^ flag["override"]).to_numpy()
    rows["y"] = rows["later"] + effect * rows["visited"]
    study = Study(
        rows, "y", "threshold", unit="id", treat="visited", record=record, first_visit=FIRST
    )
    return _school(study, rows)


def _school(study: Study, rows: pd.DataFrame) -> School:
    on = rows["visited"] == 1
    return School(study, (rows["y"] - rows["score"])[on].to_numpy())


def sharp(rng: np.random.Generator, effect: float) -> School:
    return _threshold(rng, effect, 0.0)


def fuzzy(rng: np.random.Generator, effect: float) -> School:
    return _threshold(rng, effect, 0.06)


def lottery(rng: np.random.Generator, effect: float) -> School:
    """Twice as many pupils flagged as can be visited: a lottery among them."""
    rows = pupils(rng).nlargest(2 * PLACES, "score")
    rows["visited"] = rng.permutation(np.arange(len(rows)) % 2)
    rows["y"] = rows["later"] + effect * rows["visited"]
    study = Study(rows, "y", "randomised", unit="id", treat="visited", baseline="score")
    return _school(study, rows)


def classes(rng: np.random.Generator, effect: float) -> School:
    """Twelve of twenty-four classes drawn; the six highest scores of each class are studied."""
    rows = pupils(rng, 24 * 50)
    drawn = rng.permutation(24) < 12
    rows["visited"] = drawn[rows["class"]].astype(int)
    own = rng.normal(0, 4, 24)[rows["class"]]
    rows["y"] = rows["later"] + own + effect * rows["visited"]
    rows = rows.sort_values("score").groupby("class").tail(6)
    study = Study(
        rows, "y", "randomised", unit="id", treat="visited", baseline="score", cluster="class"
    )
    return _school(study, rows)


def chosen(rng: np.random.Generator, effect: float) -> School:
    """Teachers choose by two things that were measured and that go with the outcome."""
    rows = pupils(rng, 1000)
    rows["home"] = rng.normal(0, 1, len(rows))
    wish = (rows["score"] - rows["score"].mean()) / rows["score"].std() + 0.5 * rows["home"]
    rows["visited"] = (rng.random(len(rows)) < 1 / (1 + np.exp(1.5 - 0.8 * wish))).astype(int)
    rows["y"] = 0.7 * rows["score"] + 3 * rows["home"] + SEASON + rng.normal(0, 10, len(rows))
    rows["y"] += effect * rows["visited"]
    known = ["score", "home"]
    study = Study(rows, "y", "chosen", unit="id", treat="visited", baseline=known)
    return _school(study, rows)


def staggered(rng: np.random.Generator, effect: float) -> School:
    """Eight terms; three cohorts begin in terms 3, 5 and 7; help grows with time."""
    count, terms = 300, np.arange(1, 9)
    first = rng.choice([0, 3, 5, 7], count, p=[0.4, 0.2, 0.2, 0.2])
    own = rng.normal(0, 5, count)
    y = own[:, None] + SEASON / 2 * terms + rng.normal(0, 5, (count, len(terms)))
    on = (first[:, None] > 0) & (terms >= first[:, None])
    y = y + effect * on
    rows = pd.DataFrame(
        {
            "id": np.repeat(np.arange(count), len(terms)),
            "term": np.tile(terms, count),
            "first": np.repeat(first, len(terms)),
            "y": y.ravel(),
        }
    )
    study = Study(rows, "y", "staggered", unit="id", time="term", first="first")
    begun = first > 0
    late = (y * on).sum(axis=1)[begun] / on.sum(axis=1)[begun]
    early = (y * ~on).sum(axis=1)[begun] / (~on).sum(axis=1)[begun]
    return School(study, late - early)


def series(rng: np.random.Generator, effect: float) -> School:
    """Eighty weeks that resemble their neighbours and fall by themselves."""
    weeks, noise = np.arange(80), rng.normal(0, 3, 180)
    for week in range(1, 180):
        noise[week] += 0.4 * noise[week - 1]
    y = 40 - 0.1 * weeks + noise[100:] + effect * (weeks >= 40)
    rows = pd.DataFrame({"week": weeks, "y": y})
    study = Study(rows, "y", "series", time="week", start=40)
    return School(study, y[40:] - y[:40])


def dropout(rng: np.random.Generator, effect: float) -> School:
    """Draw lots; dropping out competes with moving away; the log ratio is a tenth of the effect."""
    count = 800
    rows = pd.DataFrame({"id": np.arange(count), "visited": rng.permutation(count) % 2})
    rows["risk"] = rng.normal(0, 1, count)
    pull = 0.5 * rows["risk"] + effect / 10 * rows["visited"]
    ends = rng.exponential(60 * np.exp(-pull)), rng.exponential(150, count)
    rows["weeks"] = np.minimum(np.minimum(*ends), 40.0)
    rows["end"] = np.select([rows["weeks"] == ends[0], rows["weeks"] == ends[1]], [1, 2], 0)
    more = {"cause": "end", "horizon": 39.0, "drawn": True}
    study = Study(
        rows, "weeks", "time_to_event", unit="id", treat="visited", baseline="risk", **more
    )
    return School(study, np.empty(0))


DESIGNS: dict[str, tuple[Callable[[np.random.Generator, float], School], float]] = {
    "lottery among pupils": (lottery, 1.0),
    "lottery among classes": (classes, 1.0),
    "threshold, sharp": (sharp, 1.0),
    "threshold, fuzzy": (fuzzy, 1.0),
    "chosen, weighted": (chosen, 1.0),
    "staggered start": (staggered, 1.0),
    "interrupted series": (series, 1.0),
    "time to dropout (log ratio)": (dropout, 0.1),
}


def once(name: str, effect: float, seed: int) -> tuple[float, ...]:
    """Return estimate, inside, different from 0; then the same of the naive figure."""
    make, scale = DESIGNS[name]
    school = make(np.random.default_rng([seed, list(DESIGNS).index(name)]), effect)
    truth, gap = effect * scale, school.naive
    naive = (np.nan, np.nan)
    if len(gap):
        naive = float(gap.mean()), float(stats.ttest_1samp(gap, 0).pvalue < 0.05)
    try:
        found = school.study.estimate().rows[0].found.effect
    except ReviewError:
        return (np.nan, np.nan, np.nan, *naive)
    inside = found.ci[0] <= truth <= found.ci[1]
    return (found.estimate - truth, float(inside), float(found.p < 0.05), *naive)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--schools", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--effect", type=float, default=-5.0)
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of names of designs")
    asked = parser.parse_args()
    head = (
        "design",
        "truth",
        "schools",
        "bias",
        "cover",
        "p<.05",
        "refused",
        "naive",
        "naive p<.05",
    )
    print(("{:<28}" + "{:>12}" * 8).format(*head))
    for name in [one for one in DESIGNS if one.startswith(tuple(asked.only))]:
        for effect in (0.0, asked.effect):
            start = time.perf_counter()
            runs = Parallel(n_jobs=asked.jobs, batch_size=25)(
                delayed(once)(name, effect, seed) for seed in range(asked.schools)
            )
            table = np.array(list(runs), dtype=float)
            known = table[~np.isnan(table[:, 0])]
            bias, cover, seen = known[:, :3].mean(axis=0)
            naive, wrong = table[:, 3].mean(), table[:, 4].mean()
            told = (name, effect * DESIGNS[name][1], len(known), bias)
            row = "{:<28}{:>12.2f}{:>12}{:>12.3f}".format(*told)
            refused = len(table) - len(known)
            row += f"{cover:>12.1%}{seen:>12.1%}{refused:>12}{naive:>12.2f}{wrong:>12.1%}"
            print(f"{row}   {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
