"""How a screening came about: rules, dates, versions, and what nobody has decided yet."""

from __future__ import annotations

import datetime as dt

from visitkit import __version__, text
from visitkit.policy import title
from visitkit.policy.words import key_words, value_words
from visitkit.reports.view import Screening

#: Parts of a policy that stand in the points table with their values.
_IN_TABLE = ("risk.indicators.", "risk.dimensions.", "risk.caps.")


def undecided(screening: Screening) -> list[tuple[str, str]]:
    """Return in words what no source decides, with the values that stand in.

    Weights and bands stand in the points table already and are left out here.
    """
    policy, lang = screening.cases.policy, screening.lang
    keys = [key for key in screening.undecided if not key.startswith(_IN_TABLE)]
    return [(key_words(key, lang), value_words(key, policy[key], lang)) for key in keys]


def rules(screening: Screening) -> str:
    """Return the rules by the name people know, and the one the machine knows."""
    name = screening.cases.policy.name
    told = title(name, screening.lang)
    return told if told.casefold() == name else f"{told} ({name})"


def made(screening: Screening) -> list[tuple[str, str]]:
    """Return the facts by which the screening can be repeated."""
    cases, lang = screening.cases, screening.lang
    calendar = "calendar_assumed" if screening.school.calendar.assumed else "calendar_given"
    facts = {
        "as_of": cases.as_of or text.say("report.unknown", lang),
        "policy": rules(screening),
        "capacity": text.say("report.about.capacity_value", lang, number=cases.capacity),
        "seed": cases.seed,
        "students": len(cases),
        "calendar": text.say(f"report.about.{calendar}", lang),
        "version": f"visitkit {__version__}",
        "made": dt.date.today(),
    }
    return [(text.say(f"report.about.{key}", lang), str(fact)) for key, fact in facts.items()]
