"""What the register says to people."""

from __future__ import annotations

import datetime as dt

from visitkit import tables, text
from visitkit.screen.alerts import RULES
from visitkit.screen.alerts import why as alert_why

_ALERTS = frozenset(rule.code for rule in RULES)


def what_text(what: str, step: str = "", lang: str | None = None) -> str:
    """Return what to do: words of the register, of the alerts, or of a policy's steps.

    Parameters
    ----------
    what
        The cell of the register.
    step
        Its step: what an alert asks for and a step of the policy may bear the same code.

    Examples
    --------
    >>> what_text("written_crisis_report", "crisis_report", "en")
    'write the report on the crisis and hand it to the counselling room'
    >>> what_text("full_watch", "ideation", "en")
    'watch round the clock'
    """
    steps = ("policy_crisis.crisis_step", "policy_crisis.body_response")
    rooms = ("register.what", *steps, "policy_visits.incident_step")
    alert = ("alerts.action",)
    for room in alert if step == "alert" else (*rooms, *alert):
        if text.has(f"{room}.{what}"):
            return text.say(f"{room}.{what}", lang)
    return what  # a school may add steps in its own words


def step_text(step: str, lang: str | None = None) -> str:
    """Return the stage of work a duty belongs to.

    Examples
    --------
    >>> step_text("persuasion", "en")
    'bringing back to school'
    """
    return text.say(f"register.step.{step}", lang)


def state_text(state: str, lang: str | None = None) -> str:
    """Return the state of a duty in words.

    Examples
    --------
    >>> state_text("ask", "en")
    'no time limit is set: the school decides'
    """
    return text.say(f"register.state.{state}", lang)


def why_text(why: str, opened: dt.date, lang: str | None = None) -> str:
    """Return the sentence that says why a duty is there.

    Parameters
    ----------
    why
        The cell of the register: ``code:value``.
    opened
        Day of the fact.

    Examples
    --------
    >>> why_text("persuasion:2", dt.date(2026, 11, 3), "en")
    'still away on 2026-11-03: round 2'
    >>> why_text("life_event:strong_reaction", dt.date(2026, 11, 3), "en")
    'strong feelings or behaviour, known since 2026-11-03'
    """
    code, _, value = why.partition(":")
    if code in _ALERTS:
        return alert_why(code, value, opened, lang)
    known = text.has(f"register.why.{code}")
    key = f"register.why.{code}" if known else "register.why.rule"
    return text.say(key, lang, fact=_fact(value, lang), date=opened.isoformat())


def _fact(value: str, lang: str | None = None) -> str:
    kind, _, rest = value.partition(":")
    for room in ("register.fact", "policy_crisis.crisis_fact", "policy_crisis.mandatory"):
        if text.has(f"{room}.{kind}"):
            return text.say(f"{room}.{kind}", lang)
    for vocabulary in ("event_kind", "behaviour_kind"):
        if kind in tables.codes(vocabulary):
            return tables.word(vocabulary, kind, lang)
    return rest or kind
