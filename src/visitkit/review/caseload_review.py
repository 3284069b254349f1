"""A caseload before and after: one small picture a student, and how many changed which way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review import case_words
from visitkit.review.case import CaseResult, CaseReview, review_student
from visitkit.review.estimates import share
from visitkit.review.measured import measured, measurements
from visitkit.review.reliable_change import CATEGORIES, direction, regression_to_mean
from visitkit.text import say

_TABLE = (
    "domain",
    "student_id",
    "first_visit",
    "n_before",
    "n_after",
    "before",
    "after",
    "change",
    "low",
    "high",
    "category",
    "reason",
    "conclusion",
)
_COUNTS = ("domain", "category", "students", "of", "share", "low", "high")


@dataclass(frozen=True)
class CaseloadResult:
    """What can be said of a caseload.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a domain and student: ``domain``, ``student_id``, ``first_visit``, ``n_before``,
        ``n_after``, ``before`` and ``after`` (scores), ``change`` with ``low`` and ``high``,
        ``category`` (missing when not known), ``reason`` (why not), ``conclusion``.
    counts : pandas.DataFrame
        A row a domain and category: ``students``, ``of`` (those whose change is known), ``share``
        with ``low`` and ``high`` (Wilson). The last category of each domain is ``not_known``, of
        all students there.
    cases
        The review of each student by domain, for the small pictures.
    warnings
        What the reader must know, a key of ``review.caseload`` with its facts each.
    """

    table: pd.DataFrame
    counts: pd.DataFrame
    cases: Mapping[str, tuple[CaseResult, ...]]
    warnings: tuple[tuple[str, Mapping[str, object]], ...]

    def words(self, lang: str | None = None) -> str:
        """Return the review in words, a sentence a line."""
        return "\n".join(_sentences(self, lang))


@dataclass(frozen=True, slots=True)
class CaseloadReview:
    """Review the students of a caseload, one domain beside the other.

    Parameters
    ----------
    asked
        What to review: one :class:`visitkit.review.case.CaseReview`, or several by domain.

    Examples
    --------
    >>> from visitkit.review.reliable_change import Norms, Reliability
    >>> scale = Reliability(0.85, Norms(10, 4, "manual of the scale, p. 12"))
    >>> days = ["2026-09-07", "2026-09-28", "2026-11-30"]
    >>> rows = [("01", day, mood) for day, mood in zip(days, [19, 18, 9])]
    >>> rows += [("02", day, mood) for day, mood in zip(days, [20, 15, 14])]
    >>> panel = pd.DataFrame(rows, columns=["student_id", "date", "mood"])
    >>> panel["first_visit"], panel["screening"] = "2026-10-05", panel["date"] == days[0]
    >>> asked = CaseReview(score="mood", higher_is="worse", reliability=scale)
    >>> found = CaseloadReview(asked).fit(panel)
    >>> found.counts[["category", "students", "of"]].values.tolist()[1:3]
    [['improved', 1, 2], ['unchanged', 1, 2]]
    """

    asked: CaseReview | Mapping[str, CaseReview]

    def fit(self, df: pd.DataFrame) -> CaseloadResult:
        """Return the review of a caseload.

        Parameters
        ----------
        df
            As :meth:`visitkit.review.case.CaseReview.fit` takes it, of any number of students,
            with the score of each domain.

        Raises
        ------
        ReviewError
            When the table is not what it should be, nobody was visited, or no student has a
            baseline but the score by which the students were chosen.
        """
        asked = {"": self.asked} if isinstance(self.asked, CaseReview) else dict(self.asked)
        if not asked:
            raise ReviewError("review.no_domain")
        parts = {name: _domain(one, df) for name, one in asked.items()}
        rows = [_row(name, case) for name, (cases, _) in parts.items() for case in cases]
        table = pd.DataFrame(rows, columns=list(_TABLE))
        counts = [row for name in parts for row in _counts(name, table)]
        return CaseloadResult(
            table,
            pd.DataFrame(counts, columns=list(_COUNTS)),
            {name: cases for name, (cases, _) in parts.items()},
            tuple(one for _, found in parts.values() for one in found),
        )


Warnings = list[tuple[str, Mapping[str, object]]]


def _domain(asked: CaseReview, df: pd.DataFrame) -> tuple[tuple[CaseResult, ...], Warnings]:
    direction(asked.higher_is)
    table = measurements(df, asked.score, asked.screening)
    visited = table[table["first_visit"].notna()]
    scored = visited.groupby("student_id")["value"].transform("count") > 0
    if not scored.any():
        raise ReviewError("review.nobody_visited", score=asked.score)
    cases = tuple(
        review_student(asked, measured(rows))
        for _, rows in visited[scored].groupby("student_id", sort=True)
    )
    _refuse_screening_as_baseline(asked, cases)
    warnings: Warnings = []
    without = [case for case in cases if case.conclusion == "no_second_baseline"]
    if without:
        facts = {"number": len(without), "of": len(cases), "score": asked.score}
        warnings.append(("without_baseline", facts))
    left = table["student_id"].nunique() - len(cases)
    if left:
        warnings.append(("left_out", {"number": left, "score": asked.score}))
    if asked.cutoff is None:
        warnings.append(("no_cutoff", {"score": asked.score}))
    return cases, warnings


def _refuse_screening_as_baseline(asked: CaseReview, cases: tuple[CaseResult, ...]) -> None:
    """Refuse where only the score the students were chosen by could serve as the baseline."""
    if any(case.conclusion != "no_second_baseline" for case in cases):
        return
    chosen = [case.points.loc[case.points["phase"] == "screening", "value"] for case in cases]
    known = [float(one.iloc[-1]) for one in chosen if len(one)]
    facts = {"score": asked.score, "number": len(cases)}
    if asked.reliability is None or not known:
        raise ReviewError("review.only_screening", **facts)
    mean = sum(known) / len(known)
    raise ReviewError(
        "review.only_screening_by",
        **facts,
        mean=case_words.number(mean),
        expected=case_words.number(regression_to_mean(mean, asked.reliability)),
    )


def _row(domain: str, case: CaseResult) -> dict[str, object]:
    change, n = case.change, case.phase_table["n"].tolist()
    facts: dict[str, object] = {
        "domain": domain,
        "student_id": case.student_id,
        "first_visit": pd.Timestamp(case.first_visit),
        "n_before": n[0],
        "n_after": n[1],
        "category": case.category,
        "reason": case.change_reason,
        "conclusion": case.conclusion,
    }
    for name in ("before", "after", "change", "low", "high"):
        facts[name] = getattr(change, name) if change else float("nan")
    return facts


def _counts(domain: str, table: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    rows = table[table["domain"] == domain]
    known = int(rows["category"].notna().sum())
    for category in (*CATEGORIES, "not_known"):
        unknown = category == "not_known"
        found = len(rows) - known if unknown else int((rows["category"] == category).sum())
        of = len(rows) if unknown else known
        part = share(found, of)
        yield domain, category, found, of, part.value, part.low, part.high


def _sentences(found: CaseloadResult, lang: str | None) -> Iterator[str]:
    for domain, rows in found.counts.groupby("domain", sort=False):
        if domain:
            yield say("review.caseload.domain", lang, domain=domain)
        for row in rows.to_dict("records"):
            yield _count(row, lang)
    for key, facts in found.warnings:
        yield say(f"review.caseload.{key}", lang, **facts)
    yield say("review.caseload.limits", lang)


def _count(row: Mapping[Any, Any], lang: str | None) -> str:
    category = say(f"review.category.{row['category']}", lang)
    facts = {"category": category, "students": row["students"], "of": row["of"]}
    if not row["of"]:
        return say("review.caseload.nobody", lang, category=category)
    low, high = round(100 * float(str(row["low"]))), round(100 * float(str(row["high"])))
    return say("review.caseload.count", lang, **facts, low=low, high=high)
