"""What the casebook's console lists, in words; nothing is worked out here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from visitkit import text
from visitkit.policy import Policy
from visitkit.policy.words import code_word, record_words
from visitkit.record import Entry, Owed, cases
from visitkit.record.cases.accepting import COMPUTED
from visitkit.record.cases.fields import FREE, all_roles
from visitkit.record.cases.moments import moment_of, school_time
from visitkit.record.forms import FORMS
from visitkit.record.forms import words as form_words
from visitkit.record.forms.sheets import SHEET
from visitkit.widgets.rows_state import Filter, Listing, Row

_ROOM = "app_casebook"
#: Families of duties whose records have names of their own.
DUTY_FAMILIES = ("quota", "agent_parent.duty", "persuasion.round")
_ROLES = ("values.role", "policy.role")


def _say(key: str, lang: str, **facts: object) -> str:
    return text.say(f"{_ROOM}.{key}", lang, **facts)


def first(words: str) -> str:
    """Return words with a capital first letter, as a cell begins.

    Examples
    --------
    >>> first("agree the time")
    'Agree the time'
    """
    return words[:1].upper() + words[1:]


def who(code: str, lang: str) -> str:
    """Return a role in words, or the number of a teacher as it is.

    Examples
    --------
    >>> who("head_teacher", "en"), who("T07", "en")
    ('head teacher', 'T07')
    """
    return code_word(_ROLES, code, lang) if code in all_roles() else code


def clock(moment: object) -> str:
    """Return a moment of the school's clock as people write it; nothing where there is none."""
    stamp = pd.to_datetime(str(moment), errors="coerce")
    return "" if pd.isna(stamp) else f"{stamp:%Y-%m-%d %H:%M}"


def due_listing(table: pd.DataFrame, lang: str) -> Listing:
    """Return what is owed as a list, in the order of the table: overdue first."""
    rows = tuple(_due_row(number, row, lang) for number, row in enumerate(table.to_dict("records")))
    people = [(str(code), who(str(code), lang)) for code in dict.fromkeys(table["by"])]
    return Listing(
        _say("due.caption", lang),
        tuple(_say(f"column.{name}", lang) for name in ("owed", "student", "by", "due", "case")),
        rows,
        (
            Filter("by", _say("column.by", lang), tuple(sorted(people, key=lambda one: one[1]))),
            _kinds(table["kind"], lang),
            Filter(
                "late",
                _say("column.late", lang),
                tuple((one, _say(f"late.{one}", lang)) for one in ("late", "waiting", "undecided")),
            ),
        ),
        _say("due.empty", lang),
        search=True,
    )


def _kinds(kinds: Iterable[object], lang: str) -> Filter:
    known = [str(one) for one in dict.fromkeys(kinds)]
    choices = tuple((one, cases.kind_text(one, lang)) for one in known)
    return Filter("kind", _say("column.kind", lang), choices)


def _due_row(number: int, row: Mapping[object, object], lang: str) -> Row:
    told = {str(name): value for name, value in row.items()}
    kind, by = str(told["kind"]), str(told["by"])
    student = told["student_id"] if isinstance(told["student_id"], str) else None
    moment = dt.datetime.now(dt.UTC)
    owed = Owed(str(told["case_id"]), kind, student, str(told["what"]), by, moment, None, "")
    late = "late" if bool(told["overdue"]) else "waiting"
    due = clock(told["due"])
    if not due:
        late, due = "undecided", _say("due.undecided", lang)
    elif late == "late":
        due = _say("due.overdue", lang, due=due)
    return Row(
        f"{owed.case_id} {number}",
        (
            first(cases.owed_text(owed, lang)),
            student or _say("nobody", lang),
            who(by, lang),
            due,
            first(cases.kind_text(kind, lang)),
        ),
        "late" if late == "late" else "",
        (("open", _say("act.open", lang)),),
        {"by": by, "kind": kind, "late": late},
    )


def cases_listing(table: pd.DataFrame, lang: str) -> Listing:
    """Return the cases as a list, the latest first."""
    ordered = table.sort_values("since", ascending=False, kind="stable")
    states = tuple((one, _say(f"going.{one}", lang)) for one in ("going", "ended"))
    return Listing(
        _say("cases.caption", lang),
        tuple(_say(f"column.{x}", lang) for x in ("case", "student", "state", "since", "flags")),
        tuple(_case_row(row, lang) for row in ordered.to_dict("records")),
        (
            _kinds(table["kind"], lang),
            Filter("going", _say("column.going", lang), states),
        ),
        _say("cases.empty", lang),
        search=True,
    )


def _case_row(row: Mapping[object, object], lang: str) -> Row:
    told = {str(name): value for name, value in row.items()}
    kind, student = str(told["kind"]), told["student_id"]
    flags = [one.strip() for one in str(told["flags"] or "").split(",") if one.strip()]
    comma = _say("comma", lang)
    return Row(
        str(told["case_id"]),
        (
            first(cases.kind_text(kind, lang)),
            student if isinstance(student, str) else _say("nobody", lang),
            cases.state_text(kind, str(told["state"]), lang),
            clock(told["since"]),
            comma.join(cases.flag_text(one, lang) for one in flags),
        ),
        actions=(("open", _say("act.open", lang)),),
        groups={"kind": kind, "going": "ended" if bool(told["closed"]) else "going"},
    )


def entries_listing(
    entries: Sequence[Entry], policy: Policy, lang: str, *, of_case: bool = True
) -> Listing:
    """Return the entries of a case or a student, the latest first."""
    corrected = {one.corrects for one in entries if one.corrects}
    names = ("at", "step", "told", "actor") if of_case else ("at", "case", "step", "told", "actor")
    return Listing(
        _say("entries.caption", lang),
        tuple(_say(f"column.{name}", lang) for name in names),
        tuple(
            _entry_row(one, policy, lang, of_case=of_case, old=one.entry_id in corrected)
            for one in reversed(entries)
        ),
        empty=_say("entries.empty", lang),
    )


def _entry_row(one: Entry, policy: Policy, lang: str, *, of_case: bool, old: bool) -> Row:
    step = one.step
    words = (
        _say("withdrawn", lang) if step == cases.WITHDRAW else cases.step_text(one.kind, step, lang)
    )
    if one.corrects and step != cases.WITHDRAW:
        words = _say("newer", lang, step=words)
    if old:
        words = _say("older", lang, step=words)
    cells = [clock(school_time(one.at)), first(words), facts_words(one, policy, lang)]
    cells.append(_by(one, lang))
    if not of_case:
        cells.insert(1, first(cases.kind_text(one.kind, lang)))
    acts = (("form", _say("act.form", lang)),) if SHEET in one.facts and not old else ()
    return Row(one.entry_id, tuple(cells), actions=acts)


def _by(entry: Entry, lang: str) -> str:
    if entry.actor == COMPUTED:
        return _say("by_computed", lang)
    return _say("by", lang, actor=who(entry.actor, lang), role=who(entry.role, lang))


def duty_words(duty: str, lang: str) -> str:
    """Return the rules that ask for a visit in words, each once.

    Examples
    --------
    >>> duty_words("quota.student@2025-09-01;tier.visit_days;quota.student@2026-09-01", "en")
    'contacts with each student, visit to keep in touch'
    """
    rules = [one.partition("@")[0] for one in duty.split(";")]
    return _say("comma", lang).join(dict.fromkeys(_rule_words(one, lang) for one in rules))


def _rule_words(rule: str, lang: str) -> str:
    for family in DUTY_FAMILIES:
        if rule.startswith(f"{family}."):
            return record_words(family, rule.removeprefix(f"{family}."), lang)
    head, _, name = rule.partition(".")
    if head == "immediate" and text.has(f"alerts.rule.{name}"):
        return text.say(f"alerts.rule.{name}", lang)
    kind = head if text.has(f"visit_papers.purpose.{head}") else "other"
    return text.say(f"visit_papers.purpose.{kind}", lang)


def facts_words(entry: Entry, policy: Policy, lang: str) -> str:
    """Return the facts of an entry in words; what stands on its form is left to the form.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> told = {"issue": "broken stairs", "to": ["moral_office"]}
    >>> new = Entry("x-1", "escalation", "report", "S1", at, "T1", "head_teacher", told)
    >>> facts_words(new, read_policy("recommended"), "en").splitlines()[0]
    'matter: broken stairs'
    """
    steps = cases.KINDS[entry.kind].steps
    own = cases.fields_of(steps[entry.step], policy) if entry.step in steps else ()
    known = {one.name: one for one in (*own, *FREE)}
    lines = []
    for name, value in entry.facts.items():
        if name == SHEET:
            continue
        field = known.get(name, cases.Field(name))
        label = cases.field_text(field, lang)
        lines.append(_say("fact", lang, label=label, value=_value(field, value, lang)))
    return "\n".join(lines)


def _value(field: cases.Field, value: object, lang: str) -> str:
    if isinstance(value, list | tuple):
        return _say("comma", lang).join(_value(field, one, lang) for one in value)
    if field.name == "duty":
        return duty_words(str(value), lang)
    if isinstance(value, bool):
        return form_words.yes_or_no(value, lang)
    if field.type in {"code", "codes", "level"}:
        return cases.code_text(field, str(value), lang)
    moment = moment_of(value) if field.type in {"moment", "moments"} else None
    return clock(school_time(moment)) if moment else str(value)


def offers_listing(offers: Sequence[cases.Offer], role: str, lang: str) -> Listing:
    """Return the steps that may come next; those of other roles without a button."""
    rows = []
    for one in offers:
        mine = role in one.roles
        form = cases.form_text(one.form, lang) if one.form else _say("no_form", lang)
        roles = _say("comma", lang).join(who(code, lang) for code in one.roles[:6])
        rows.append(
            Row(
                one.step,
                (first(cases.step_text(one.kind, one.step, lang)), form, "" if mine else roles),
                actions=(("fill", _say("act.fill", lang)),) if mine else (),
            )
        )
    return Listing(
        _say("offers.caption", lang),
        tuple(_say(f"column.{name}", lang) for name in ("step", "form", "only")),
        tuple(sorted(rows, key=lambda row: not row.actions)),
        empty=_say("offers.empty", lang),
    )


def forms_listing(lang: str) -> Listing:
    """Return every form of the casebook."""
    return Listing(
        _say("forms.caption", lang),
        tuple(_say(f"column.{name}", lang) for name in ("form", "about")),
        tuple(
            Row(
                name,
                (f"{form.number} {form_words.title(form, lang)}", form_words.purpose(form, lang)),
                actions=(("blank", _say("act.blank", lang)),),
            )
            for name, form in FORMS.items()
        ),
        search=True,
    )
