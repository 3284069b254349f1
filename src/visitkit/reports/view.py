"""What a screening says, laid out for people: the one source of csv, workbook and page.

Nothing is scored here. Rows are picked, counted and worded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from visitkit import tables, text
from visitkit.load import School
from visitkit.reports.alerts_view import AlertRow, alert_rows, as_moment, days_late, records, word
from visitkit.screen.caseload import Caseload
from visitkit.screen.explain import words_by_kind

#: Reasons told beside a student; more would bury the first.
REASONS = 3

#: Parts of a policy that decide a screening.
_USED = ("risk", "absence", "trigger")


@dataclass(frozen=True, slots=True)
class Card:
    """One student as the report shows him or her.

    Parameters
    ----------
    student_id, class_id
        As in the school's own tables.
    name
        Empty unless names were asked for.
    tier
        Code of the support tier.
    index, coverage, stability
        0-100, 0-1 and 0-1; ``None`` where it was not worked out.
    dimensions
        Dimension to its score of 0-100; ``None`` where nothing is known.
    concerns, protects, unknown
        Sentences in the language of the report, the most important first.
    alerts
        What opened an alert, and what to do by when.
    rules
        Names of the rules that opened an alert.
    due
        Earliest deadline of these alerts.
    overdue
        The deadline lies before the day of the report.
    """

    student_id: str
    class_id: str
    name: str
    tier: str
    index: float | None
    coverage: float | None
    stability: float | None
    dimensions: Mapping[str, float | None]
    concerns: tuple[str, ...]
    protects: tuple[str, ...]
    unknown: tuple[str, ...]
    alerts: tuple[str, ...]
    rules: tuple[str, ...]
    due: dt.datetime | None
    overdue: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """The first reasons to look, alerts before figures."""
        return (*self.alerts, *self.concerns)[:REASONS]

    @property
    def missing(self) -> tuple[str, ...]:
        """Dimensions of which nothing is known."""
        return tuple(name for name, score in self.dimensions.items() if score is None)


@dataclass(frozen=True)
class Screening:
    """All that the files of a screening show.

    Parameters
    ----------
    cases
        The caseload itself, for the figures behind the words.
    school
        Where the students came from.
    lang
        ``"zh"`` or ``"en"``.
    names
        Whether students' names are shown.
    cards
        Every student once, in the order of the caseload.
    alerts
        Open alerts that ask for action, the earliest deadline first.
    good_news
        Alerts of good news, which raise nobody.
    """

    cases: Caseload
    school: School
    lang: str
    names: bool
    cards: tuple[Card, ...]
    alerts: tuple[AlertRow, ...]
    good_news: tuple[AlertRow, ...]

    def tier(self, code: str) -> tuple[Card, ...]:
        """Return the students of a tier in order."""
        return tuple(card for card in self.cards if card.tier == code)

    @property
    def known_share(self) -> dict[str, float]:
        """Share of students of whom something is known, for each dimension, 0-1."""
        table = self.cases.table
        return {
            name: float(table[name].notna().mean()) if len(table) else 0.0
            for name in tables.DIMENSIONS
        }

    @property
    def undecided(self) -> tuple[str, ...]:
        """Keys of the policy for which no source decides and the school must."""
        policy = self.cases.policy
        keys = (f"{part}.{key}" for part in _USED for key in policy.section(part))
        return tuple(key for key in keys if policy.source(key) in {"", "undecided"})

    @property
    def weights_undecided(self) -> bool:
        """Whether the weights are nobody's finding but a convention."""
        return any(key.startswith("risk.dimensions.") for key in self.undecided)


def view(cases: Caseload, school: School, lang: str | None = None, *, names: bool) -> Screening:
    """Word a caseload for people.

    Parameters
    ----------
    cases
        From :func:`visitkit.screen.caseload.caseload`.
    school
        For names, where they are asked for, and for what was left out.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    names
        Show students' names beside their numbers.
    """
    spoken = text.language(lang)
    known = _names(school) if names else {}
    classes = dict(zip(cases.table["student_id"], cases.table["class_id"], strict=True))
    rows = alert_rows(cases, spoken, classes, known)
    cards = tuple(_card(cases, row, known, spoken) for row in records(cases.table))
    return Screening(
        cases,
        school,
        spoken,
        names,
        cards,
        tuple(row for row in rows if not row.good),
        tuple(row for row in rows if row.good),
    )


def _names(school: School) -> dict[str, str]:
    students = school.table("students")
    named = students.dropna(subset=["name"])
    return dict(zip(named["student_id"].astype(str), named["name"].astype(str), strict=True))


def _card(cases: Caseload, row: Mapping[str, object], names: Mapping[str, str], lang: str) -> Card:
    student_id = str(row["student_id"])
    words = words_by_kind(cases, student_id, lang)
    due = as_moment(row["due"])
    return Card(
        student_id=student_id,
        class_id=str(row["class_id"]),
        name=names.get(student_id, ""),
        tier=str(row["tier"]),
        index=number(row["risk_index"]),
        coverage=number(row["coverage"]),
        stability=number(row["stability"]),
        dimensions={one: number(row[one]) for one in tables.DIMENSIONS},
        concerns=tuple(words["concern"]),
        protects=tuple(words["protects"]),
        unknown=tuple(words["unknown"]),
        alerts=tuple(words["alert"]),
        rules=tuple(
            word("alerts.rule", rule, lang) for rule in str(row["alerts"]).split(";") if rule
        ),
        due=due,
        overdue=days_late(due, cases.as_of) > 0,
    )


def number(value: object) -> float | None:
    """Return a number, or ``None`` for a missing one.

    Examples
    --------
    >>> number(float("nan")) is None, number(41.25)
    (True, 41.25)
    """
    return None if pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]
