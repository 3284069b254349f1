"""Whether a step may be taken now: order, person, time, facts, and the rules of its kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from visitkit.calendar import Calendar
from visitkit.errors import StoreError, VisitkitError
from visitkit.policy import Policy
from visitkit.record.cases import guards
from visitkit.record.cases.fields import all_roles, check_facts, codes
from visitkit.record.cases.folding import CaseState, corrected, fold, kept_flags
from visitkit.record.cases.guards import Ground
from visitkit.record.cases.kinds import KINDS
from visitkit.record.cases.machine import START, WITHDRAW, Machine, Step
from visitkit.record.cases.naming import worded
from visitkit.record.entry import Entry

#: Who the program is when it takes a step itself.
COMPUTED = "computed"
#: Not staff, for steps that any member of staff may take: a student, parents, people from outside.
_NOT_STAFF = ("mind_delegate", "parent_council", "panel")
#: Who acts for a group: the principal leads it and a vice-principal runs its work (papers 003,
#: part 3, II L205-209 and 004, part 1, II L19-27).
_STANDS_FOR = {"leading_group": ("principal", "vice_principal"), "panel": ("counsellor",)}


@dataclass(frozen=True)
class _Rules:
    policy: Policy
    calendar: Calendar


def accept(entries: Sequence[Entry], entry: Entry, policy: Policy, calendar: Calendar) -> None:
    """Refuse a step that must not be taken; return nothing when it may be.

    A step that some steps came after may still be written down where the machine says ``late``
    (a report, a log), in its true place in time, as long as all that came after stays legal. A
    correction names the entry it takes the place of and is of the same step; ``withdraw`` takes
    an entry back. Neither may make a later step illegal.

    Parameters
    ----------
    entries
        The entries of the case so far, in the order in which they were written down.
    entry
        The new one.
    policy, calendar
        The rules and the days of the school.

    Raises
    ------
    StoreError
        ``cases.*``: where, what was found, what is allowed, what to do.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> told = {"issue": "broken stairs", "to": ["moral_office"]}
    >>> new = Entry("x-1", "escalation", "report", "S1", at, "T1", "head_teacher", told)
    >>> accept([], new, read_policy("recommended"), Calendar.weekdays("2026-09-01", "2027-01-31"))
    """
    try:
        _accept(entries, entry, _Rules(policy, calendar))
    except StoreError as error:
        raise StoreError(error.key, **worded(entry.kind, error.facts)) from None


def _accept(entries: Sequence[Entry], entry: Entry, rules: _Rules) -> None:
    made = _kind(entry)
    _same_case(entries, entry, made)
    holding = corrected(entries)
    if entry.corrects is not None:
        _accept_correction(entries, holding, entry, rules)
        return
    if entry.step == WITHDRAW:
        raise StoreError("cases.withdraw_names_nothing", case=entry.case_id)
    before = tuple(one for one in holding if one.at <= entry.at)
    _check_step(before, entry, rules)
    if len(before) == len(holding):
        return
    if not made.steps[entry.step].late:
        raise StoreError(
            "cases.time_backwards",
            case=entry.case_id,
            step=entry.step,
            found=entry.at.isoformat(),
            last=holding[-1].at.isoformat(),
        )
    _check_rest(holding, corrected([*entries, entry]), entry, rules)


def _kind(entry: Entry) -> Machine:
    if entry.kind not in KINDS:
        raise StoreError("cases.unknown_kind", found=entry.kind, allowed=", ".join(KINDS))
    return KINDS[entry.kind]


def _same_case(entries: Sequence[Entry], entry: Entry, made: Machine) -> None:
    if entry.at.tzinfo is None or entry.at.utcoffset() != dt.timedelta(0):
        raise StoreError("cases.not_utc", case=entry.case_id, found=entry.at.isoformat())
    if made.student and not entry.student_id:
        raise StoreError("cases.no_student", case=entry.case_id, kind=entry.kind)
    if entry.step != WITHDRAW and entry.step not in made.steps:
        raise StoreError(
            "cases.unknown_step",
            case=entry.case_id,
            found=entry.step,
            allowed=", ".join(made.steps),
        )
    for one in entries[:1]:
        for name in ("case_id", "kind", "student_id"):
            if getattr(one, name) != getattr(entry, name):
                raise StoreError("cases.other_case", case=one.case_id, what=name)


def _check_step(before: Sequence[Entry], entry: Entry, rules: _Rules) -> None:
    """Check a step after the entries that came before it."""
    made = KINDS[entry.kind]
    ground = Ground(tuple(before), _state_after(before, entry), rules.policy, rules.calendar)
    step = made.steps[entry.step]
    if before and step.states == (START,):
        raise StoreError("cases.begun_already", case=entry.case_id, step=entry.step)
    if step not in made.legal(ground.state.state):
        if before == () and START not in step.states:
            raise StoreError(
                "cases.not_begun",
                case=entry.case_id,
                step=entry.step,
                allowed=", ".join(one.name for one in made.legal(START)),
            )
        raise StoreError(
            "cases.not_now",
            case=entry.case_id,
            step=entry.step,
            found=ground.state.state,
            allowed=", ".join(one.name for one in made.legal(ground.state.state)) or "-",
        )
    _check_role(step, entry, rules.policy)
    check_facts(step, entry.facts, rules.policy)
    guards.ready(ground, step.name)
    guards.check(ground, entry)


def _state_after(before: Sequence[Entry], entry: Entry) -> CaseState:
    return fold(before) if before else CaseState(entry.kind, entry.case_id, entry.student_id)


def roles_of(step: Step, policy: Policy) -> tuple[str, ...]:
    """Return the roles that may take a step under a policy.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> roles_of(KINDS["risk_review"].steps["rate"], read_policy("recommended"))
    ('head_teacher',)
    """
    named: list[str] = []
    for one in step.roles:
        named += codes(policy, one[4:]) if one.startswith("key:") else [one]
    found: list[str] = []
    for role in dict.fromkeys(named):
        everybody = [one for one in all_roles() if one not in _NOT_STAFF]
        found += everybody if role in {"any_staff", "visitor"} else [role]
        found += _STANDS_FOR.get(role, ())
    return tuple(dict.fromkeys(found))


def _check_role(step: Step, entry: Entry, policy: Policy) -> None:
    if COMPUTED in (entry.actor, entry.role):
        if step.computed and entry.actor == entry.role:
            return
        raise StoreError("cases.not_by_program", case=entry.case_id, step=step.name)
    if not entry.actor.strip():
        raise StoreError("cases.no_actor", case=entry.case_id, step=step.name)
    allowed = roles_of(step, policy)
    if entry.role not in allowed:
        raise StoreError(
            "cases.wrong_role",
            case=entry.case_id,
            step=step.name,
            found=entry.role if entry.role in all_roles() else "?",
            allowed=", ".join(allowed),
        )


def _accept_correction(
    entries: Sequence[Entry], holding: Sequence[Entry], entry: Entry, rules: _Rules
) -> None:
    old = next((one for one in holding if one.entry_id and one.entry_id == entry.corrects), None)
    if old is None:
        raise StoreError("cases.corrects_nothing", case=entry.case_id, found=str(entry.corrects))
    if entry.step not in (old.step, WITHDRAW):
        raise StoreError(
            "cases.corrects_other_step", case=entry.case_id, found=entry.step, allowed=old.step
        )
    _keeps_flags(entries, entry, rules.policy)
    after = corrected([*entries, entry])
    if entry.step == WITHDRAW:
        _check_withdrawal(old, entry, rules.policy)
    else:
        check_facts(KINDS[entry.kind].steps[entry.step], entry.facts, rules.policy)
    _check_rest(holding, after, entry, rules)
    if entry.step != WITHDRAW:
        place = next(number for number, one in enumerate(after) if one is entry)
        _check_step(after[:place], entry, rules)


def _check_withdrawal(old: Entry, entry: Entry, policy: Policy) -> None:
    _check_role(KINDS[entry.kind].steps[old.step], entry, policy)
    if set(entry.facts) != {"reason"} or not str(entry.facts["reason"]).strip():
        raise StoreError("cases.withdraw_needs_reason", case=entry.case_id, step=old.step)


def _keeps_flags(entries: Sequence[Entry], entry: Entry, policy: Policy) -> None:
    """Refuse a correction that takes a kept flag away, except by the leading group."""
    before, after = corrected(entries), corrected([*entries, entry])
    kept = set(kept_flags(KINDS[entry.kind]))
    lost = kept & set(fold(before).flags) - set(fold(after).flags if after else ())
    group = {"leading_group", *_STANDS_FOR["leading_group"]}
    if lost and entry.role not in group | set(codes(policy, "crisis.tier.1.roles")):
        raise StoreError("cases.flag_kept", case=entry.case_id, allowed=", ".join(sorted(group)))


def _check_rest(
    holding: Sequence[Entry], after: Sequence[Entry], entry: Entry, rules: _Rules
) -> None:
    """Refuse when a step that was legal before is not legal any more."""
    legal = {id(one) for place, one in enumerate(holding) if _fits(holding[:place], one, rules)}
    for place, one in enumerate(after):
        if id(one) in legal and one is not entry and not _fits(after[:place], one, rules):
            raise StoreError(
                "cases.breaks_later",
                case=entry.case_id,
                step=one.step,
                found=one.at.isoformat(),
            )


def _fits(before: Sequence[Entry], one: Entry, rules: _Rules) -> bool:
    try:
        _check_step(tuple(before), one, rules)
    except VisitkitError:
        return False
    return True
