"""What may come next in a case, for forms and widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record.cases import guards
from visitkit.record.cases.accepting import roles_of
from visitkit.record.cases.fields import allowed, fields_of
from visitkit.record.cases.folding import CaseState, corrected, fold
from visitkit.record.cases.guards import Ground
from visitkit.record.cases.kinds import KINDS
from visitkit.record.cases.machine import Field, Step
from visitkit.record.entry import Entry


@dataclass(frozen=True)
class Offer:
    """A step that may be taken now.

    Parameters
    ----------
    kind, step
        Which.
    fields
        Its facts under the policy.
    choices
        Fact to the codes it may have.
    roles
        Who may take it.
    form
        Document it fills; empty where there is none.
    secret
        It holds psychological data.
    """

    kind: str
    step: str
    fields: tuple[Field, ...]
    choices: dict[str, tuple[str, ...]]
    roles: tuple[str, ...]
    form: str
    secret: bool


def steps_now(entries: Sequence[Entry], policy: Policy) -> tuple[Offer, ...]:
    """Return the steps that may come next, each with the facts it asks for.

    Parameters
    ----------
    entries
        All entries of one case, at least one; for a case that has not begun see :func:`openings`.
    policy
        The rules of the school.

    Examples
    --------
    >>> import datetime as dt
    >>> from visitkit.policy import read_policy
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> told = {"issue": "broken stairs", "to": ["moral_office"]}
    >>> new = Entry("x-1", "escalation", "report", "S1", at, "T1", "head_teacher", told)
    >>> [one.step for one in steps_now([new], read_policy("recommended"))]
    ['take_up', 'pass_up']
    """
    holding = corrected(entries)
    if not holding:
        return ()
    ground = Ground(holding, fold(holding), policy)
    made = KINDS[ground.state.kind]
    return tuple(
        _offer(made.kind, step, policy)
        for step in made.legal(ground.state.state)
        if _is_ready(ground, step)
    )


def openings(kind: str, policy: Policy) -> tuple[Offer, ...]:
    """Return the steps that open a case of a kind.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> [one.step for one in openings("crisis", read_policy("recommended"))]
    ['signal']
    """
    first = CaseState(kind, "", None)
    return tuple(_offer(kind, step, policy) for step in KINDS[kind].legal(first.state))


def _is_ready(ground: Ground, step: Step) -> bool:
    try:
        guards.ready(ground, step.name)
    except StoreError:
        return False
    return True


def _offer(kind: str, step: Step, policy: Policy) -> Offer:
    fields = fields_of(step, policy)
    coded = [one for one in fields if one.type in {"code", "codes", "level"}]
    return Offer(
        kind,
        step.name,
        fields,
        {one.name: allowed(one, policy) for one in coded},
        roles_of(step, policy),
        step.form,
        step.secret,
    )
