"""What came before and after each type of help, in words; no student is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from visitkit.tables import word
from visitkit.text import say

if TYPE_CHECKING:
    from visitkit.review.help_review import HelpResult


def sentences(found: HelpResult, lang: str | None) -> Iterator[str]:
    """Yield the totals, a sentence at a time."""
    for name, rows in found.types.groupby("type", sort=False):
        first = rows.iloc[0]
        kind = word("help_type", str(name), lang)
        facts = {one: int(first[one]) for one in ("periods", "ended", "assessed")}
        yield say("review.help.type", lang, type=kind, **facts)
        for row in rows.to_dict("records"):
            if row["of"]:
                yield _count(row, lang)
    for row in found.doses.to_dict("records"):
        yield _dose(row, lang)
    if len(found.to_assess):
        yield say("review.help.to_assess", lang, number=len(found.to_assess))
    yield say("review.help.limits", lang)


def _count(row: Mapping[Any, Any], lang: str | None) -> str:
    return say(
        "review.caseload.count",
        lang,
        category=say(f"review.category.{row['category']}", lang),
        students=row["students"],
        of=row["of"],
        low=round(100 * float(str(row["low"]))),
        high=round(100 * float(str(row["high"]))),
    )


def _dose(row: Mapping[Any, Any], lang: str | None) -> str:
    kind = word("help_type", str(row["type"]), lang)
    if not row["known"]:
        return say("review.help.no_dose", lang, type=kind, number=row["periods"])
    times = {name: round(float(str(row[name]))) for name in ("planned", "delivered")}
    return say("review.help.dose", lang, type=kind, known=row["known"], of=row["periods"], **times)
