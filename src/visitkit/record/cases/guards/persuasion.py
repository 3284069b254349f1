"""Rules of bringing a student back (dropout control 004, part 1, III(4) and part 4, III(3))."""

from __future__ import annotations

from visitkit.policy.persuasion import round_of, rounds
from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.ground import Ground, needs_all, refuse
from visitkit.record.cases.moments import day_of, moment_of, school_time
from visitkit.record.entry import Entry

#: Joint visits are for where persuasion has failed again and again (004, part 3, IV(1)3 L231).
_REPEATED = 2


def rounds_made(ground: Ground) -> list[Entry]:
    """Return the rounds since the student last went away, in order."""
    return ground.after(ground.last("open", "away_again"), "round")


def opened(ground: Ground, entry: Entry) -> None:
    """Require that a first day away lies not after the day on which it is told."""
    since = day_of(entry.facts["since"])
    if since is None or since > school_time(entry.at).date():
        raise refuse(ground, "cases.day_ahead", fact="since", found=str(entry.facts["since"]))


def round_left(ground: Ground) -> None:
    """There is a round that has not been made."""
    known = rounds(ground.policy)
    if not known:
        raise refuse(ground, "cases.no_rounds", policy=ground.policy.name)
    if len(rounds_made(ground)) >= len(known):
        raise refuse(ground, "cases.rounds_done", allowed=len(known))


def round_made(ground: Ground, entry: Entry) -> None:
    """Require that a round comes in turn, in a form and with the people the policy names.

    Whoever could not come is named with the reason; the record stays true and the round counts.
    """
    facts, number = entry.facts, len(rounds_made(ground)) + 1
    if facts["number"] != number:
        raise refuse(ground, "cases.round_order", found=facts["number"], allowed=number)
    step = round_of(ground.policy, number)
    if facts["form"] not in step.forms:
        raise refuse(
            ground,
            "cases.round_form",
            number=number,
            found=facts["form"],
            allowed=", ".join(step.forms),
        )
    absent = listed(facts, "absent")
    if absent and not facts.get("absent_reason"):
        raise refuse(ground, "cases.absent_reason", number=number)
    needs_all(ground, "roles", (*listed(facts, "roles"), *absent), step.roles)
    needs_all(ground, "partners", (*listed(facts, "partners"), *absent), step.partners)
    if not set(step.roles) <= set(absent) and not listed(facts, "roles"):
        raise refuse(ground, "cases.nobody", step=entry.step, fact="roles")
    held = moment_of(facts.get("time"))
    if held is not None and held > entry.at:
        raise refuse(
            ground, "cases.not_over", step=entry.step, fact="time", found=str(facts["time"])
        )


def failed_twice(ground: Ground) -> None:
    """Village and grid staff are asked along after rounds have failed again and again."""
    if len(rounds_made(ground)) < _REPEATED:
        raise refuse(
            ground, "cases.rounds_first", found=len(rounds_made(ground)), allowed=_REPEATED
        )


def all_rounds_made(ground: Ground) -> None:
    """Nobody is handed to the authority before every round has been made."""
    known, made = rounds(ground.policy), len(rounds_made(ground))
    if made < len(known):
        raise refuse(ground, "cases.rounds_first", found=made, allowed=len(known))


def place_kept(ground: Ground, entry: Entry) -> None:
    """Require that the place on the roll is kept through compulsory schooling (LB-14)."""
    if ground.policy["dropout.keep_roll_place"] and entry.facts["roll_place_kept"] is not True:
        raise refuse(ground, "cases.roll_place", step=entry.step)
    if entry.facts.get("roll_marked") is False:
        raise refuse(ground, "cases.must_hold", step=entry.step, fact="roll_marked")


def written_report(ground: Ground, entry: Entry) -> None:
    """Require that the report reaches everybody named and keeps the place on the roll."""
    needs_all(ground, "to", listed(entry.facts, "to"), ground.codes("dropout.written_report_to"))
    place_kept(ground, entry)


def referred(ground: Ground, entry: Entry) -> None:
    """Require that a student lost or refusing is handed on with the place on the roll kept."""
    needs_all(ground, "to", listed(entry.facts, "to"), ground.codes("persuasion.hopeless_to"))
    place_kept(ground, entry)


def came_back(ground: Ground, entry: Entry) -> None:
    """Require that a return lies between the first day away and the day of the entry."""
    back, since = day_of(entry.facts["returned_on"]), day_of(ground.state.facts.get("since"))
    if back is None or (since is not None and back < since):
        raise refuse(ground, "cases.back_before_away", found=str(entry.facts["returned_on"]))
    if back > school_time(entry.at).date():
        raise refuse(ground, "cases.day_ahead", fact="returned_on", found=back.isoformat())


def ready_to_settle(ground: Ground) -> None:
    """Somebody has kept in touch since the return, where the policy names a tracker."""
    tracked = ground.after(ground.last("back"), "track")
    if ground.policy["return.tracker"] and not tracked:
        raise refuse(ground, "cases.not_tracked")
