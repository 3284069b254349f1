"""How many sheets each norm of each questionnaire flags, on the same made-up answers.

The answers follow one hidden figure a student (a graded response model), with 2 % straight lines
and 0.2 % skipped items; lie items are answered by chance and critical ones are rarer. The level of
the rates is made up; what differs between the norms of one questionnaire on the very same answers
is not: it is the price of choosing a cut-off.

    python benchmarks/detection_rates.py [students] [seed]
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

from visitkit.screen.instruments import Instrument, names, read_instrument, score

STRAIGHT = 0.02
SKIPPED = 0.002
#: How much an item tells of the hidden figure, and how rare its second and its last answer are.
SLOPE, FIRST, LAST = 1.4, 0.8, 3.2
#: How much rarer critical answers are, and the share of yes to lie items.
RARER, LIES = 2.5, 0.3


def made_up(instrument: Instrument, students: int, seed: int) -> pd.DataFrame:
    """Return made-up sheets of one questionnaire, the same for the same seed."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(students, 1))
    straight = rng.random(students) < STRAIGHT
    lie = {number for scale in instrument.validity for number in scale.items}
    critical = {each.item for each in instrument.critical}
    table: dict[str, object] = {"student_id": [f"N{place:06d}" for place in range(students)]}
    for item, column in enumerate(instrument.item_columns, 1):
        group = instrument.options_of(item)
        codes = np.array(group.codes[instrument.default_coding or instrument.codings[0]])
        steps = np.linspace(FIRST, LAST, len(codes) - 1) + RARER * (item in critical)
        reached = hidden * SLOPE + rng.logistic(size=(students, 1)) > steps
        place = (rng.random(students) < LIES) if item in lie else reached.sum(axis=1)
        place = place.astype(int)
        if item in instrument.reverse:
            place = len(codes) - 1 - place
        answers = np.where(straight, codes[-1], codes[place])
        table[column] = np.where(rng.random(students) < SKIPPED, np.nan, answers)
    return pd.DataFrame(table)


def rates(instrument: Instrument, sheets: pd.DataFrame, norm: str) -> list[str]:
    coding = instrument.default_coding or instrument.codings[0]
    scored = score(instrument, sheets, norm=norm, coding=coding)
    told = scored["flagged"].notna()
    share = scored.loc[told, "flagged"].mean() if told.any() else float("nan")
    state = scored["state"].value_counts(normalize=True)
    return [
        f"{share:.1%}" if told.any() else "-",
        f"{state.get('void', 0):.1%}",
        f"{state.get('undetermined', 0):.1%}",
        f"{(scored['critical_hits'] != '').mean():.1%}" if instrument.critical else "-",
    ]


def main(students: int = 20_000, seed: int = 20261012) -> None:
    print("| questionnaire | norm | flagged of those that can be told | void | open | critical |")
    print("| --- | --- | --- | --- | --- | --- |")
    start = time.perf_counter()
    scored = 0
    for name in names():
        instrument = read_instrument(name)
        sheets = made_up(instrument, students, seed)
        for norm in instrument.norms:
            print(f"| {name} | {norm} | {' | '.join(rates(instrument, sheets, norm))} |")
            scored += students
    print(f"\n{scored} sheets made and scored in {time.perf_counter() - start:.1f} s, seed {seed}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
