"""Coverage in words, for the meeting of the school: totals only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from visitkit.policy import schema
from visitkit.policy.words import code_word, key_words, record_words, section_words
from visitkit.text import say

if TYPE_CHECKING:
    from visitkit.review.coverage import Coverage


def sentences(found: Coverage, lang: str | None) -> Iterator[str]:
    """Yield the totals, a sentence at a time."""
    yield say(
        "review.coverage.period", lang, since=str(found.since.date()), until=str(found.as_of.date())
    )
    yield from _quotas(found.quotas, lang)
    yield from _contacts(found.contacts, lang)
    yield from _bands(found.bands, lang)
    yield from _timeliness(found.timeliness, lang)
    yield from _called_off(found.called_off, lang)
    if len(found.open):
        late = int(found.open["overdue"].sum())
        yield say("review.coverage.open", lang, number=len(found.open), overdue=late)


def rule_name(rule: str, lang: str | None) -> str:
    """Return the name of a rule as people say it, or its key where it has none."""
    family, _, name = rule.rpartition(".")
    told = record_words(family, name, lang)
    if family == "quota":
        return told
    if family in schema.families():
        section = section_words(family, lang)
        return say("review.coverage.of_section", lang, section=section, name=told)
    return key_words(rule, lang)


def _quotas(quotas: pd.DataFrame, lang: str | None) -> Iterator[str]:
    if quotas.empty:
        return
    for row in quotas[quotas["level"] == "school"].to_dict("records"):
        if pd.isna(row["students"]):
            yield say("review.coverage.hidden", lang, rule=rule_name(str(row["rule"]), lang))
            continue
        met = row["met"]
        state = "not_asked" if pd.isna(met) else "met" if met else "not_met"
        yield say(
            "review.coverage.quota",
            lang,
            rule=rule_name(str(row["rule"]), lang),
            reached=row["reached"],
            students=row["students"],
            made=row["visits_made"],
            owed=row["visits_owed"],
            state=say(f"review.coverage.{state}", lang),
        )


def _contacts(contacts: pd.DataFrame, lang: str | None) -> Iterator[str]:
    for row in contacts[contacts["level"] == "school"].to_dict("records"):
        if pd.notna(row["contacted"]) and row["contacted"]:
            facts = {name: row[name] for name in ("students", "contacted", "phone_only")}
            yield say("review.coverage.phone_only", lang, **facts)


def _bands(bands: pd.DataFrame, lang: str | None) -> Iterator[str]:
    for row in bands.to_dict("records"):
        if pd.notna(row["students"]) and row["students"]:
            code = str(row["band"])
            unknown = say("review.coverage.band_unknown", lang)
            name = code_word(("policy.band",), code, lang) if row["asked_for"] else unknown
            facts = {"visited": row["visited"], "students": row["students"]}
            yield say("review.coverage.of_band", lang, band=name, **facts)


def _timeliness(table: pd.DataFrame | None, lang: str | None) -> Iterator[str]:
    if table is None:
        yield say("review.coverage.no_log", lang)
        return
    for row in table.to_dict("records"):
        names = ("owed", "in_time", "late", "missing", "running", "not_known")
        facts = {name: row[name] for name in names}
        matter = say(f"review.coverage.matter.{row['matter']}", lang)
        yield say("review.coverage.in_time", lang, matter=matter, **facts)


def _called_off(table: pd.DataFrame | None, lang: str | None) -> Iterator[str]:
    for row in [] if table is None else table.to_dict("records"):
        by = say(f"review.coverage.by.{row['by']}", lang)
        facts = {name: row[name] for name in ("appointments", "made_up", "open")}
        yield say("review.coverage.called_off", lang, by=by, **facts)
