"""A tier that a person changed on the screen, written into the casebook as a first rating."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visitkit import text
from visitkit.errors import StoreError
from visitkit.record import CaseStore, Entry
from visitkit.record.cases import from_caseload
from visitkit.record.numbering import new_case_id
from visitkit.screen import Caseload

KIND = "risk_review"
#: Kind of reason where the screen did not ask for one: a person knows the student.
_USUAL_REASON = "seen_by_person"


def note_override(
    store: CaseStore, told: Mapping[str, Any], caseload: Caseload | None
) -> list[Entry]:
    """Write down that a person put a student into another tier than the computed one.

    The computed tier stands beside it; the office and the counsellor still look at both, as the
    rules of the school say.

    Parameters
    ----------
    store
        An open casebook.
    told
        ``student_id``, ``tier``, ``reason_code``, ``reason`` and, where one was given, ``until``.
    caseload
        The caseload in which the tier was changed.

    Returns
    -------
    list of Entry
        What was written: the computed tier where no review of it goes on, and the rating.

    Raises
    ------
    StoreError
        When the student is not in the caseload, the tier is none, or the role may not rate.
    """
    student, now = str(told.get("student_id", "")), store.book.clock()
    row = _row(caseload, student)
    policy = store.book.rules.policy
    level = from_caseload({"student_id": student, "tier": told.get("tier")}, policy, now, 0)
    if level is None:
        raise StoreError("app_casebook.no_tier")
    table = store.cases(KIND, student)
    going = table[~table["closed"].astype(bool)].to_dict("records")
    case_id = str(going[-1]["case_id"]) if going else new_case_id(KIND, now)
    steps: list[Entry] = []
    if not going or going[-1]["state"] == "agreed":
        computed = from_caseload(row, policy, now, 0)
        if computed is None:
            raise StoreError("app_casebook.no_tier")
        who = (computed.actor, computed.role)
        steps.append(Entry(case_id, KIND, computed.step, student, now, *who, facts=computed.facts))
    facts: dict[str, object] = {"tier": level.facts["computed_tier"]}
    facts["reason_code"] = str(told.get("reason_code") or _USUAL_REASON)
    if told.get("reason"):
        facts["reason"] = str(told["reason"])
    if told.get("until"):
        facts["remark"] = text.say("app_casebook.until", until=told["until"])
    book = store.book
    steps.append(Entry(case_id, KIND, "rate", student, now, book.actor, book.role, facts=facts))
    return store.add_many(steps)


def _row(caseload: Caseload | None, student: str) -> dict[str, object]:
    if caseload is not None:
        table = caseload.table
        for row in table[table["student_id"] == student].to_dict("records"):
            return {str(name): value for name, value in row.items()}
    raise StoreError("app_casebook.not_listed")
