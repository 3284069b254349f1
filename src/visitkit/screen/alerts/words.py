"""What an alert says to people."""

from __future__ import annotations

import datetime as dt

from visitkit import tables, text
from visitkit.screen.alerts.absences import LONGEST_RUN
from visitkit.screen.alerts.rules import EVENT_RULES
from visitkit.text.counting import one_or_many

_VOCABULARY = {"serious_conduct": "behaviour_kind", **dict.fromkeys(EVENT_RULES, "event_kind")}


def fact_text(rule: str, fact: str, lang: str | None = None) -> str:
    """Return a fact as people say it: a number as it is, a code as its word.

    Examples
    --------
    >>> fact_text("unexcused_run", "3", "en"), fact_text("family_event", "moved", "en")
    ('3', 'family moved')
    >>> fact_text("unexcused_visit", "1.5;4", "en")
    '1.5 days on end (4 days in the last 60 school days)'
    """
    run, both, total = fact.partition(";")
    if both and rule == "unexcused_visit":
        days = {"run": days_words(run, lang), "total": days_words(total, lang)}
        return text.say("alerts.run_and_total", lang, window=LONGEST_RUN, **days)
    vocabulary = _VOCABULARY.get(rule)
    return tables.word(vocabulary, fact, lang) if vocabulary else fact


def days_words(days: str, lang: str | None = None) -> str:
    """Return a number of days with its noun.

    Examples
    --------
    >>> days_words("1", "en"), days_words("1.5", "en")
    ('1 day', '1.5 days')
    """
    return text.say(one_or_many("alerts.days", days), lang, number=days)


def why(rule: str, fact: str, opened: dt.date, lang: str | None = None) -> str:
    """Return the sentence that says why an alert is open.

    Examples
    --------
    >>> why("unexcused_run", "4", dt.date(2026, 10, 28), "en")
    'unexcused absence on 4 consecutive school days, reached the limit on 2026-10-28'
    """
    key = one_or_many(f"alerts.why.{rule}", fact)
    return text.say(key, lang, fact=fact_text(rule, fact, lang), date=opened.isoformat())
