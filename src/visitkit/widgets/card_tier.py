"""A tier that a person sets beside the computed one, with grounds and a last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from visitkit.load.dates import parse_date
from visitkit.load.unreadable import UnreadableCellError
from visitkit.record.cases import KINDS
from visitkit.screen.tiers import TIERS

#: Kinds of reason that the casebook knows.
REASON_CODES: tuple[str, ...] = next(
    field.choices
    for field in KINDS["risk_review"].steps["rate"].fields
    if field.name == "reason_code"
)

#: Longest grounds in characters: a paragraph, not a file.
LONGEST = 500

#: Days after which a person must look again, at the latest.
MOST_DAYS = 366

#: Tiers a person can set: that too little is known is a fact, not a decision.
CHOICES = tuple(tier for tier in TIERS if tier != "unknown")


@dataclass(frozen=True, slots=True)
class Override:
    """What a person decided; the computed tier is kept beside it.

    Parameters
    ----------
    student_id
        Whom it is about.
    computed
        The tier that the rules gave on that day.
    tier
        The tier that the person set, one of :data:`CHOICES`.
    reason_code
        One of :data:`REASON_CODES`.
    reason
        The grounds.
    until
        Last day on which it holds.
    made_on
        The day on which it was set.
    """

    student_id: str
    computed: str
    tier: str
    reason_code: str
    reason: str
    until: dt.date
    made_on: dt.date | None = None

    def __repr__(self) -> str:
        """Return no student and no grounds."""
        return f"Override({self.computed} -> {self.tier}, until={self.until})"

    def told(self) -> dict[str, str]:
        """Return what the casebook writes down."""
        return {
            "student_id": self.student_id,
            "tier": self.tier,
            "reason_code": self.reason_code,
            "reason": self.reason,
            "until": self.until.isoformat(),
        }

    def holds(self, as_of: dt.date | None) -> bool:
        """Tell whether it still holds on a day."""
        return as_of is None or as_of <= self.until


def faults(content: Mapping[str, object], computed: str, as_of: dt.date | None) -> list[str]:
    """Return which parts of a decision are missing or not allowed, by the names of its fields.

    Examples
    --------
    >>> faults({"tier": "watch", "reason_code": "other", "reason": "seen", "until": "x"},
    ...        "routine", dt.date(2026, 11, 2))
    ['until']
    """
    wrong = []
    if content.get("tier") not in CHOICES or content.get("tier") == computed:
        wrong.append("tier")
    if content.get("reason_code") not in REASON_CODES:
        wrong.append("reason_code")
    reason = content.get("reason")
    if not isinstance(reason, str) or not 0 < len(reason.strip()) <= LONGEST:
        wrong.append("reason")
    until = _day(content.get("until"))
    if until is None or (
        as_of is not None and not as_of < until <= as_of + dt.timedelta(days=MOST_DAYS)
    ):
        wrong.append("until")
    return wrong


def override(
    content: Mapping[str, object], student_id: str, computed: str, as_of: dt.date | None
) -> Override:
    """Return a decision out of a message in which :func:`faults` found nothing."""
    until = _day(content["until"])
    if until is None:
        raise ValueError("until")
    return Override(
        student_id,
        computed,
        str(content["tier"]),
        str(content["reason_code"]),
        str(content["reason"]).strip(),
        until,
        as_of,
    )


def _day(value: object) -> dt.date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except UnreadableCellError:
        return None
