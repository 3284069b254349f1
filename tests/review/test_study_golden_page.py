"""docs/golden.md holds source, printed value and ours; every row is computed anew.

``python tests/review/test_study_golden_page.py`` writes the page.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from visitkit.review import (
    Norms,
    Reliability,
    ird,
    nap,
    pand,
    pem,
    pnd,
    reliable_change,
    stats,
    tau,
    tau_bc,
    tau_u,
)
from visitkit.review.single_case_trend import TAU_U, kendall, tau_phase
from visitkit.review.stats.power import Explained

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "golden.md"
HEAD = """# Published figures and ours

Each figure is printed by its source and computed here by the same call that a researcher makes; the
test `tests/review/test_study_golden_page.py` computes every row again and compares digit by digit.
`python tests/review/test_study_golden_page.py` writes this page. Rows that need a published set are
skipped where the set is not at hand.

| figure | source | printed | ours |
|---|---|---|---|
"""
A, B = [20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]
BOB = [2, 3, 5, 3], [4, 5, 5, 7, 6]
FALLING = [33, 25, 17, 25, 14, 13, 15], [15, 16, 16, 5, 7, 9, 6, 5, 3, 3, 8, 11, 7]
LINE = [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]


@dataclass(frozen=True)
class Row:
    """One figure: what, from where, as printed, and how we find it."""

    figure: str
    source: str
    printed: str
    ours: Callable[[], float]

    def digits(self) -> str:
        """Return our figure with as many decimals as the source prints."""
        return f"{self.ours():.{len(self.printed.partition('.')[2])}f}"


def published() -> ModuleType:
    """Return the studies of the published sets."""
    path = Path(__file__).with_name("test_study_golden.py")
    spec = importlib.util.spec_from_file_location("published_studies", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules["published_studies"] = made
    spec.loader.exec_module(made)
    return made


STUDIES = published()


def study(name: str, reach: Callable[[Any], float], *args: Any, **more: Any) -> Callable[[], float]:
    """Return a call that estimates a published study and reaches into what it found."""

    def ours() -> float:
        return float(reach(getattr(STUDIES, name)(*args, **more).estimate().rows[0].found))

    return ours


def event(at: int) -> Callable[[Any], float]:
    return lambda found: next(
        point.effect.estimate for point in found.material.since.points if point.at == at
    )


def cell(cohort: int, period: int) -> Callable[[Any], float]:
    return lambda found: next(
        one.effect.estimate
        for one in found.material.cells.cells
        if (one.cohort, one.period) == (cohort, period)
    )


def term(name: str) -> Callable[[Any], float]:
    return lambda found: found.material.hazard.coefficients.loc[name, "estimate"]


def balance(name: str) -> Callable[[Any], float]:
    return lambda found: found.material.balance.loc[name, "after"]


def effect(found: Any) -> float:
    return float(found.effect.estimate)


def error(found: Any) -> float:
    return float(found.effect.se)


def couples(column: str) -> Callable[[], float]:
    return lambda: float(STUDIES.evaluation("jt1991_das.csv")[column].mean())


def value(find: Callable[..., Any], *series: Any, **more: Any) -> Callable[[], float]:
    return lambda: float(find(*series, **more).value)


BETTER = {"higher_is": "better"}
SCALE = Reliability(0.80, Norms(60, 7.5, "Jacobson & Truax 1991, table 1"))
MIXTAPE = "nsw_mixtape; Cunningham, Causal Inference: The Mixtape"
MATCHIT = "lalonde; R MatchIt, printed summary"
DID = "mpdta; README of R did"
RD = "rdrobust_senate; rdrobust 2.1.1"
COX = "rossi; documentation of lifelines"
SCED = "tests of R SingleCaseES"
SCAN = "documentation of R scan"
WWC = "tests of R baselinr"
POWER = "PowerUpR, mdes.cra2"

ROWS = [
    Row("effect of the programme, 1978 earnings", MIXTAPE, "1794", study("nsw", effect)),
    Row("the same, HC1 error", "statsmodels 0.15.0", "670.82", study("nsw", error)),
    Row(
        "adjusted by regression",
        "lalonde; Dehejia and Wahba set, statsmodels 0.15.0",
        "1548.244",
        study("lalonde", effect, "regression"),
    ),
    Row(
        "370 matched, plain", MATCHIT, "894.367", study("lalonde", effect, "matched", adjust=False)
    ),
    Row("370 matched, adjusted", MATCHIT, "1121.18", study("lalonde", effect, "matched")),
    *(
        Row(
            f"difference after matching, {name}",
            MATCHIT,
            told,
            study("lalonde", balance(name), "matched"),
        )
        for name, told in (
            ("distance", "0.9739"),
            ("age", "0.0718"),
            ("educ", "-0.1290"),
            ("married", "-0.0552"),
            ("nodegree", "0.1546"),
            ("re74", "-0.0505"),
            ("re75", "-0.0257"),
        )
    ),
    Row("by cohort, overall", DID, "-0.0310", study("minimum_wage", effect)),
    Row(
        "event study, overall",
        DID,
        "-0.0772",
        study("minimum_wage", lambda found: found.material.since.overall.estimate),
    ),
    Row(
        "test of trends before, p",
        DID,
        "0.16812",
        study("minimum_wage", lambda found: found.material.cells.pre_test.p),
    ),
    *(
        Row(f"event study, {at} after", DID, told, study("minimum_wage", event(at)))
        for at, told in enumerate(("-0.0199", "-0.0510", "-0.1373", "-0.1008"))
    ),
    *(
        Row(f"cohort {cohort} in {year}", DID, told, study("minimum_wage", cell(cohort, year)))
        for cohort, figures in (
            (2004, ("-0.0105", "-0.0704", "-0.1373", "-0.1008")),
            (2006, ("0.0065", "-0.0028", "-0.0046", "-0.0412")),
            (2007, ("0.0305", "-0.0027", "-0.0311", "-0.0261")),
        )
        for year, told in zip((2004, 2005, 2006, 2007), figures, strict=True)
    ),
    Row(
        "at the cutoff",
        RD,
        "7.414",
        study("senate", lambda one: one.material[1].conventional.estimate),
    ),
    Row(
        "the same, error", RD, "1.459", study("senate", lambda one: one.material[1].conventional.se)
    ),
    Row("robust interval, low", RD, "4.094", study("senate", lambda one: one.effect.ci[0])),
    Row("robust interval, high", RD, "10.919", study("senate", lambda one: one.effect.ci[1])),
    Row("bandwidth h", RD, "17.754", study("senate", lambda one: one.material[1].h)),
    Row("bandwidth b", RD, "28.028", study("senate", lambda one: one.material[1].b)),
    *(
        Row(f"coefficient of {name}", COX, told, study("rossi", term(name)))
        for name, told in (
            ("treated", "-0.379"),
            ("age", "-0.057"),
            ("race", "0.314"),
            ("wexp", "-0.150"),
            ("mar", "-0.434"),
            ("paro", "-0.085"),
            ("prio", "0.091"),
        )
    ),
    Row(
        "log likelihood",
        "rossi; lifelines 0.30.3",
        "-658.7477",
        study("rossi", lambda one: one.material.hazard.log_likelihood),
    ),
    Row(
        "reliable change",
        "Jacobson and Truax 1991, worked example",
        "3.16",
        lambda: reliable_change(32.5, 47.5, SCALE, **BETTER).rci,
    ),
    Row("30 couples before", "Jacobson and Truax 1991, table 2", "81.58", couples("pre")),
    Row("30 couples after", "Jacobson and Truax 1991, table 2", "98.05", couples("post")),
    Row("PND (5/7)", SCED, f"{5 / 7:.6f}", value(pnd, A, B, **BETTER)),
    Row("PEM", SCED, "1.000000", value(pem, A, B, **BETTER)),
    Row("PAND (1 - 2/13)", SCED, f"{11 / 13:.6f}", value(pand, A, B, **BETTER)),
    Row("IRD (6/7 - 1/6)", SCED, f"{6 / 7 - 1 / 6:.6f}", value(ird, A, B, **BETTER)),
    Row("NAP (38.5/42)", SCED, f"{38.5 / 42:.6f}", value(nap, A, B, **BETTER)),
    Row("Tau (35/42)", SCED, f"{35 / 42:.6f}", value(tau, A, B, **BETTER)),
    Row("Tau-U of a straight line", SCED, "0.60", value(tau_u, *LINE, TAU_U[0], **BETTER)),
    Row("Tau-BC of a straight line", SCED, "0.00", value(tau_bc, *LINE, **BETTER)),
    Row("Bob, A v B", SCAN, "0.80", value(tau, *BOB, **BETTER)),
    *(
        Row(f"Bob, {name}", SCAN, told, value(tau_u, *BOB, name, **BETTER))
        for name, told in zip(TAU_U, ("0.65", "0.77", "0.56"), strict=True)
    ),
    Row("corrected tau, before", SCAN, "-0.68", value(kendall, FALLING[0])),
    Row("corrected tau, uncorrected", SCAN, "-0.57", value(tau_phase, *FALLING, **BETTER)),
    Row("corrected tau, corrected", SCAN, "0.70", value(tau_bc, *FALLING, **BETTER)),
    Row("Hedges' g of two threes", WWC, "0.80", lambda: stats.hedges_g([5, 6, 7], [4, 5, 6]).value),
    Row("Cox index of 2/3 and 1/3", WWC, "0.8401784", lambda: stats.cox_index(2, 3, 1, 3).value),
    Row("improvement index of .1861", "STAR; hand", "7.4", lambda: stats.improvement_index(0.1861)),
    Row(
        "robustness value, darfur",
        "README of PySensemakr",
        "0.139",
        lambda: stats.robustness_value(4.18445, 783).value,
    ),
    Row(
        "the same at 5 %",
        "README of PySensemakr",
        "0.076",
        lambda: stats.robustness_value(4.18445, 783).value_alpha,
    ),
    Row(
        "partial R2, darfur",
        "README of PySensemakr",
        "0.022",
        lambda: stats.robustness_value(4.18445, 783).partial_r2,
    ),
    Row(
        "E-value of 3.9",
        "VanderWeele and Ding 2017",
        "7.26",
        lambda: stats.e_value(3.9, 1.8, 8.7).value,
    ),
    Row(
        "its limit, 1.8",
        "VanderWeele and Ding 2017",
        "3.0",
        lambda: stats.e_value(3.9, 1.8, 8.7).limit,
    ),
    Row(
        "20 classes of 40, .2",
        POWER,
        "0.6215",
        lambda: stats.mdes(stats.clusters(20, 40, 0.2)).value,
    ),
    Row(
        "the same with R2 .5",
        POWER,
        "0.4410",
        lambda: stats.mdes(stats.clusters(20, 40, 0.2, explained=Explained(0.5, 0.5, 1))).value,
    ),
    Row(
        "classes forgotten: p",
        "formula of WWC 4.1, worked beforehand",
        "0.222",
        lambda: stats.cluster_correct(0.30, 200, 200, 16, icc=0.20).p,
    ),
    *(
        Row(
            f"attrition allowed at {100 * lost:.0f} %, {kind}",
            "WWC 4.1, table II.1 by baselinr",
            told,
            lambda lost=lost, kind=kind: 100 * (stats.largest_differential(lost, kind) or 0.0),
        )
        for lost, kind, told in (
            (0.0, "cautious", "5.7"),
            (0.1, "cautious", "6.3"),
            (0.3, "cautious", "4.1"),
            (0.5, "cautious", "1.0"),
            (0.1, "optimistic", "10.9"),
            (0.5, "optimistic", "3.7"),
        )
    ),
]


def line(row: Row) -> str:
    return f"| {row.figure} | {row.source} | {row.printed} | {row.digits()} |"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.figure}, {row.source.split(';')[0]}")
def test_to_the_printed_digit(row: Row) -> None:
    """Ours, rounded as the source rounds, is what the source prints."""
    assert row.digits() == row.printed


def test_page_is_fresh() -> None:
    """Every row stands on the page, and no other."""
    told = [one for one in PAGE.read_text("utf-8").splitlines() if one.startswith("| ")][1:]
    wanted = [f"| {row.figure} | {row.source} | {row.printed} | {row.printed} |" for row in ROWS]
    assert told == wanted


def write() -> None:
    """Write the page."""
    table = pd.Series(ROWS).map(line)
    PAGE.write_text(HEAD + "\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()
