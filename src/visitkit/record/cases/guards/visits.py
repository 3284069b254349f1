"""Rules of a visit."""

from __future__ import annotations

from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.ground import Ground, refuse
from visitkit.record.cases.moments import moment_of
from visitkit.record.entry import Entry


def planned(ground: Ground, entry: Entry) -> None:
    """Require that a visit ends after it begins, and somebody goes."""
    _in_order(ground, entry, "planned_start", "planned_end")
    _somebody(ground, entry, "visitors")


def appointed(ground: Ground, entry: Entry) -> None:
    """Require that an appointment ends after it begins."""
    _in_order(ground, entry, "agreed_start", "agreed_end")


def visited(ground: Ground, entry: Entry) -> None:
    """Require that a visit lies before its entry, with the reason where it was not at home."""
    _in_order(ground, entry, "start", "end")
    _somebody(ground, entry, "visitors")
    end = moment_of(entry.facts["end"])
    if end is not None and end > entry.at:
        raise refuse(
            ground, "cases.not_over", step=entry.step, found=str(entry.facts["end"]), fact="end"
        )
    needs_reason = ground.policy["visit.exception_reason"] and entry.facts["form"] in ground.codes(
        "visit.exception_forms"
    )
    stands_in = ground.state.facts.get("form") not in (None, entry.facts["form"])
    if needs_reason and stands_in and not entry.facts.get("exception_reason"):
        raise refuse(ground, "cases.form_needs_reason", found=str(entry.facts["form"]))


def report_before(ground: Ground, entry: Entry) -> None:
    """Whoever goes can be called, and rides in no unlicensed vehicle."""
    for fact, key in (
        ("phone_reachable", "safety.phone_reachable"),
        ("licensed_vehicle", "safety.unlicensed_barred"),
    ):
        if ground.policy[key] and entry.facts.get(fact) is not True:
            raise refuse(ground, "cases.must_hold", step=entry.step, fact=fact)


def somebody_out(ground: Ground) -> None:
    """Whoever tells that all are back had gone out."""
    out = ground.last("report_before", "visit", "not_at_home")
    if out is None or ground.after(out, "report_after"):
        raise refuse(ground, "cases.nobody_out")


def recorded(ground: Ground, entry: Entry) -> None:
    """Whoever visited writes the record, where the policy says so."""
    visitors = listed(ground.state.facts, "visitors")
    if ground.policy["record.owner"] == "visitor" and entry.actor not in visitors:
        raise refuse(ground, "cases.not_the_visitor", step=entry.step)


def reviewed(ground: Ground, entry: Entry) -> None:
    """Each question the record raised is solved, planned or handed on, and only once."""
    told = [one for name in ("solved", "planned", "escalated") for one in listed(entry.facts, name)]
    for issue in ground.state.issues:
        if told.count(issue) != 1:
            raise refuse(
                ground, "cases.issue_not_answered", number=ground.state.issues.index(issue) + 1
            )


def _in_order(ground: Ground, entry: Entry, first: str, last: str) -> None:
    start, end = moment_of(entry.facts[first]), moment_of(entry.facts[last])
    if start is None or end is None or end <= start:
        raise refuse(ground, "cases.ends_before", step=entry.step, first=first, last=last)


def _somebody(ground: Ground, entry: Entry, fact: str) -> None:
    if not listed(entry.facts, fact):
        raise refuse(ground, "cases.nobody", step=entry.step, fact=fact)
