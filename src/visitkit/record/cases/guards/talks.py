"""Rules of meetings, of matters handed up, and of what the feedback box brings."""

from __future__ import annotations

from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.ground import Ground, needs_all, refuse
from visitkit.record.cases.moments import day_of, school_time
from visitkit.record.entry import Entry


def same_meeting(ground: Ground, entry: Entry) -> None:
    """Require that a row of meetings is of one kind."""
    former = ground.state.facts.get("meeting")
    if former not in (None, entry.facts["meeting"]):
        raise refuse(
            ground,
            "cases.other_meeting",
            found=str(entry.facts["meeting"]),
            allowed=str(former),
        )


def held(ground: Ground, entry: Entry) -> None:
    """Whoever chairs is there."""
    name = str(ground.state.facts["meeting"])
    chair = ground.policy.records("meeting").get(name, {}).get("chair")
    needs_all(ground, "roles", listed(entry.facts, "roles"), [str(chair)] if chair else [])


def minuted(ground: Ground, entry: Entry) -> None:
    """Minutes name what the policy asks for; each decision has an owner and a day (DE-12)."""
    facts = entry.facts
    name = str(ground.state.facts["meeting"])
    found = ground.policy.records("meeting").get(name, {}).get("needs")
    needs = [str(one) for one in found] if isinstance(found, list) else []
    missing = listed(facts, "needs_missing")
    if missing and not facts.get("missing_reason"):
        raise refuse(ground, "cases.needs_reason")
    given = (*listed(facts, "needs_met"), *missing, "minutes")
    needs_all(ground, "needs_met", given, needs)
    counts = {len(listed(facts, one)) for one in ("decisions", "owners")}
    days = len(listed(facts, "dues"))
    open_ended = days == 0 and not ground.policy["evaluation.fix_by_date"]
    if len(counts) != 1 or not (open_ended or days in counts):
        raise refuse(ground, "cases.decisions_uneven")
    for one in listed(facts, "dues"):
        _ahead(ground, entry, "dues", one)


def decisions(ground: Ground) -> dict[int, tuple[Entry, str, str | None]]:
    """Return the decisions not yet carried out: number to entry, owner and day.

    Numbers run on through all meetings of the row, so that one number means one decision.
    """
    left: dict[int, tuple[Entry, str, str | None]] = {}
    number = 0
    for one in ground.steps("minute"):
        dues = listed(one.facts, "dues")
        for place, owner in enumerate(listed(one.facts, "owners")):
            number += 1
            left[number] = (one, owner, dues[place] if dues else None)
    for one in ground.steps("decision_done"):
        left.pop(int(str(one.facts["number"])), None)
    return left


def decision_open(ground: Ground) -> None:
    """Something was decided that is not done yet."""
    if not decisions(ground):
        raise refuse(ground, "cases.nothing_decided")


def decision_done(ground: Ground, entry: Entry) -> None:
    """Only an open decision can be carried out."""
    still = decisions(ground)
    if entry.facts["number"] not in still:
        raise refuse(
            ground,
            "cases.no_such_decision",
            found=entry.facts["number"],
            allowed=", ".join(map(str, still)),
        )


def reported(ground: Ground, entry: Entry) -> None:
    """Require that a matter reaches the office that the policy names."""
    needs_all(ground, "to", listed(entry.facts, "to"), ground.codes("followup.escalate_to"))


def analysed(ground: Ground, entry: Entry) -> None:
    """Those the policy names look together, and each step has its day where it asks for one."""
    needs_all(ground, "together", listed(entry.facts, "together"), ground.codes("followup.panel"))
    dates = listed(entry.facts, "dates")
    if ground.policy["followup.plan_steps"] and len(dates) != len(listed(entry.facts, "steps")):
        raise refuse(ground, "cases.steps_undated")


def not_in_the_past(ground: Ground, entry: Entry) -> None:
    """Require that an answer is promised for a day to come."""
    promised = entry.facts.get("answer_by")
    if promised:
        _ahead(ground, entry, "answer_by", str(promised))


def ready_to_answer(ground: Ground) -> None:
    """Require that a telling of danger is taken up as a crisis before it is answered."""
    if "danger" in ground.state.flags and ground.last("crisis_opened") is None:
        raise refuse(ground, "cases.crisis_first")


def _ahead(ground: Ground, entry: Entry, fact: str, value: str) -> None:
    day = day_of(value)
    if day is None or day < school_time(entry.at).date():
        raise refuse(ground, "cases.day_behind", fact=fact, found=value)
