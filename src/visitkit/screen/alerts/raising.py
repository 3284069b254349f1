"""All open alerts of a school on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.screen.alerts import absences
from visitkit.screen.alerts.clock import due
from visitkit.screen.alerts.closing import Matters, matters_known
from visitkit.screen.alerts.matters import conduct, episodes, matters
from visitkit.screen.alerts.rules import BY_CODE, EVENT_RULES, RUN_RULES, Rule, lookback
from visitkit.screen.day import DayLike, read_day
from visitkit.screen.indicators.assemble import Ground, facts, gathered, ground, scored_sheets
from visitkit.screen.indicators.marks import marks
from visitkit.screen.indicators.moment import LATEST_DAYS, Moment
from visitkit.screen.indicators.standing import standings

#: Columns of the table of alerts with their types.
COLUMNS = {
    "student_id": "str",
    "rule": "str",
    "kind": "str",
    "opened": "datetime64[us]",
    "due": "datetime64[us]",
    "action": "str",
    "owner": "str",
    "source": "str",
    "fact": "str",
    "answered": "datetime64[us]",
    "overdue": "bool",
    "since": "datetime64[us]",
}

#: Kinds that ask for a visit of a form in ``trigger.visit_forms``.
VISIT_KINDS = ("visit", "good")

#: Kinds that ask for a talk with the student, and the help that is one.
TALK_KINDS = ("crisis", "ask")
TALKS = ("counselling", "medical_referral")

Found = Iterator[tuple[Rule, pd.DataFrame]]


def alerts(
    school: School,
    policy: Policy,
    as_of: DayLike,
    history: Mapping[str, pd.DataFrame] | None = None,
    *,
    scored: pd.DataFrame | None = None,
    matters: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return what must be acted on, whatever any figure or index says.

    A rule only ever raises. Facts of ``as_of`` itself are known; rows dated after it change
    nothing. One alert stands for one matter: a run of absence is one, and so are facts of one
    kind that lie close together, except that words of despair, reports to the police and
    questionnaire sheets are each their own.

    Parameters
    ----------
    school
        From :func:`visitkit.load.read_school`.
    policy
        Thresholds, deadlines and their sources.
    as_of
        The day on which we stand, within the calendar of the school.
    history, scored
        As for :func:`visitkit.screen.indicators.indicators`.
    matters
        What people have taken up and ended, from the casebook (``record.History``):
        ``student_id``, ``rule``, ``since``, ``known``, ``ended``. An alert stays as long as its
        case goes on, and is no longer told when people have ended it; see
        :mod:`visitkit.screen.alerts.closing`.

    Returns
    -------
    pandas.DataFrame
        ``student_id`` (of those on roll), ``rule``, ``kind``, ``opened`` (date of the fact that
        opened it), ``due`` (moment), ``action``, ``owner`` (role), ``source`` (of the rule in the
        policy), ``fact`` (short: days, for whole days of absence those of the run and of the last
        60 school days as ``1.5;4``, standard deviations, or a code), ``answered`` (date of the
        first contact on record since that can be the answer: a visit for a visit, any contact
        for a call, counselling for a talk; missing for reports), ``overdue`` (not answered, and
        the day of ``due`` lies before ``as_of``), ``since`` (first day of the matter: of a run of
        absence its first school day, else as ``opened``); in order of student, due, opened and
        rule. An
        answered alert is still told: whether it is closed is for a person to say, in the
        casebook.

    Raises
    ------
    visitkit.errors.CalendarError
        When ``as_of`` is no day of the school's calendar.
    visitkit.errors.PolicyError
        When the policy lacks a value a rule needs.
    visitkit.errors.ScreenError
        When the matters lack a column.
    """
    moment = Moment(read_day(as_of, school.calendar), school.calendar)
    held = gathered(school, history or {})
    held["surveys"] = scored_sheets(held["surveys"], moment) if scored is None else scored
    base = ground({name: nw.from_native(frame) for name, frame in held.items()}, moment)
    taken_up = matters_known(base, matters)
    found = _found(base, policy)
    open_ones = [_opened(base, policy, rule, rows, taken_up) for rule, rows in found]
    table = pd.concat(open_ones, ignore_index=True)
    table = table[~taken_up.closed(table)]
    names = pd.Series(base.here.to_native().set_index("student")["student_id"])
    table = table[table["student"].isin(names.index)]
    table = table.assign(student_id=table["student"].map(names))
    table = table.drop_duplicates(["student_id", "rule", "opened", "fact"])
    table = table.assign(answered=_answered(base, policy, table))
    table["overdue"] = (table["due"] < pd.Timestamp(moment.as_of)) & table["answered"].isna()
    order = ["student_id", "due", "opened", "rule", "fact"]
    return table.sort_values(order)[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _found(base: Ground[Any], policy: Policy) -> Found:
    """Yield each rule with ``student``, ``fact``, ``opened`` and ``latest`` of what it found."""
    yield from _absence(base, policy)
    happened = matters(base)
    for code in EVENT_RULES:
        rule = BY_CODE[code]
        wanted = happened[happened["kind"].isin(_kinds(policy, rule))]
        yield rule, episodes(wanted, "kind", rule.apart)
    rule = BY_CODE["serious_conduct"]
    severe = conduct(base, _number(policy, rule.key))
    yield rule, episodes(severe, "kind", rule.apart)
    rule = BY_CODE["mark_drop"]
    yield rule, _falls(base, _number(policy, rule.key), lookback(rule, policy))
    yield from _sheets(base)


def _absence(base: Ground[Any], policy: Policy) -> Found:
    rule = BY_CODE["unexcused_absence"]
    yield rule, absences.missed_lessons(base, max(lookback(rule, policy), absences.LONGEST_RUN))
    days = absences.missed_days(base)
    for code, (reason, inclusive) in RUN_RULES.items():
        rule = BY_CODE[code]
        need = _number(policy, rule.key)
        if need > 0:  # zero days means: never
            need += 0 if not inclusive or policy[inclusive] else 1
            yield rule, absences.runs_reaching(days, reason, need, whole=False)
    rule = BY_CODE["unexcused_visit"]
    found = absences.runs_reaching(days, "unexcused", _number(policy, rule.key), whole=True)
    yield rule, absences.with_total(found, days, "unexcused")


def _falls(base: Ground[Any], threshold: float, school_days: int) -> pd.DataFrame:
    empty = pd.DataFrame({"student": [], "fact": [], "opened": [], "latest": []})
    recent = facts(base, "marks", [], since=base.moment.since(school_days))
    if recent.to_native().empty:
        return empty
    columns = ["exam", "subject", "score", "full_score", "status"]
    rows = facts(base, "marks", columns, since=base.moment.days_ago(LATEST_DAYS))
    figures = marks(standings(rows, base.everyone), base.here)
    days = base.days.select("date", "day").rename({"date": "mark_drop_date", "day": "latest"})
    fallen = figures.filter(nw.col("mark_drop") >= threshold - 1e-9)
    found = fallen.join(days, on="mark_drop_date", how="left").to_native()
    return pd.DataFrame(
        {
            "student": found["student"],
            "fact": found["mark_drop"].map("{:.1f}".format),
            "opened": found["mark_drop_date"],
            "latest": found["latest"],
        }
    )


def _sheets(base: Ground[Any]) -> Found:
    """Yield critical answers, and critical questions left open, of any sheet, void ones too."""
    columns = ["instrument", "critical_hits", "critical_missing"]
    sheets = facts(base, "surveys", columns).to_native()
    for code, column in (("critical_item", "critical_hits"), ("critical_missing", columns[-1])):
        items = sheets[column].astype("str").fillna("")
        told = sheets[items != ""]
        yield (
            BY_CODE[code],
            pd.DataFrame(
                {
                    "student": told["student"],
                    "fact": items[items != ""].str.split(";").str.len().astype("str"),
                    "opened": told["date"],
                    "latest": told["day"],
                }
            ),
        )


def _opened(
    base: Ground[Any], policy: Policy, rule: Rule, found: pd.DataFrame, taken_up: Matters
) -> pd.DataFrame:
    days_open = lookback(rule, policy)
    still = found["latest"].fillna(-1) >= base.moment.today - days_open
    still |= taken_up.going_on(rule.code, found, days_open)
    first = found["since"] if "since" in found else found["opened"]
    table = found.assign(since=first).loc[still, ["student", "opened", "fact", "since"]]
    days: dict[pd.Timestamp, dt.datetime] = {
        day: due(day.date(), rule.clock, policy, base.moment.calendar)
        for day in table["opened"].unique()
    }
    return table.assign(
        rule=rule.code,
        kind=rule.kind,
        action=rule.action,
        owner=_owner(rule, policy),
        source=policy.source(rule.key),
        due=table["opened"].map(days).astype("datetime64[us]"),
        opened=table["opened"].astype("datetime64[us]"),
        since=table["since"].astype("datetime64[us]"),
        fact=table["fact"].astype("str"),
    )


def _answered(base: Ground[Any], policy: Policy, table: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    table = table.reset_index(names="alert")[["alert", "student", "opened", "kind"]]
    met = table.merge(_contacts(base, _codes(policy, "trigger.visit_forms")), on="student")
    at_home = met["kind"].isin(VISIT_KINDS) & (met["contact"] == "visit")
    called = (met["kind"] == "contact") & (met["contact"] != "talk")
    talked = met["kind"].isin(TALK_KINDS) & (met["contact"] == "talk")
    met = met[(met["date"] >= met["opened"]) & (at_home | called | talked)]
    first: pd.Series[pd.Timestamp] = met.groupby("alert")["date"].min()
    return first.reindex(table["alert"]).astype("datetime64[us]")


def _contacts(base: Ground[Any], visit_forms: list[str]) -> pd.DataFrame:
    """Return contacts made: ``visit`` (of a form that counts as one), ``call``, ``talk``."""
    made = facts(base, "visits", ["form"]).to_native()
    made["contact"] = made["form"].isin(visit_forms).map({True: "visit", False: "call"})
    talks = facts(base, "interventions", ["type"], date="start").to_native()
    talks = talks[talks["type"].isin(TALKS)].assign(contact="talk")
    columns = ["student", "date", "contact"]
    contacts: pd.DataFrame = pd.concat([made[columns].astype({"contact": "str"}), talks[columns]])
    return contacts


def _owner(rule: Rule, policy: Policy) -> str:
    if rule.kind in VISIT_KINDS:
        return str(policy["trigger.visit_owner"])
    if rule.code == "unexcused_run":
        return _codes(policy, "absence.report_chain")[0]
    return rule.owner


def _kinds(policy: Policy, rule: Rule) -> list[str]:
    """Return the kinds of event that open a rule."""
    holds = policy[rule.key]
    if isinstance(holds, bool):
        return [rule.code] if holds else []
    return _codes(policy, rule.key)


def _number(policy: Policy, key: str) -> float:
    return float(str(policy[key]))


def _codes(policy: Policy, key: str) -> list[str]:
    found = policy[key]
    return [str(code) for code in found] if isinstance(found, list | tuple) else [str(found)]
