"""Rules of a crisis (crisis plan 003, part 2, IV to VI, L109-195)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from visitkit.policy.levels import crisis_level, rank, watch_allowed
from visitkit.policy.words import code_word
from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.ground import Ground, needs_all, refuse
from visitkit.record.cases.moments import moment_of
from visitkit.record.entry import Entry

#: One shift: who, from, to, where.
Shift = tuple[str, dt.datetime, dt.datetime, str]
_GRAVE = ("suicide_or_attempt", "harm_under_way")


def known_facts(ground: Ground, entry: Entry | None = None) -> set[str]:
    """Return every crisis fact told so far, that of a new entry included."""
    told = [*ground.entries, *([entry] if entry else [])]
    return {one for each in told for one in listed(each.facts, "facts")}


def levelled(ground: Ground, entry: Entry) -> None:
    """Require that a level is not below the rules, and goes down only after an assessment.

    One above the rules, or where no rule is met, says why.
    """
    level, policy = str(entry.facts["level"]), ground.policy
    made = crisis_level(policy, known_facts(ground, entry))
    if made is not None and rank(policy, level) < rank(policy, made):
        raise refuse(ground, "cases.level_too_low", found=level, allowed=made)
    if level != made and not entry.facts.get("reason"):
        raise refuse(ground, "cases.level_needs_reason", found=level, allowed=made or "-")
    given = ground.last("level", "assess")
    former = ground.state.level
    lower = former in ground.codes("crisis.levels") and rank(policy, level) < rank(policy, former)
    if lower and (given is None or given.step != "assess"):
        raise refuse(ground, "cases.level_goes_down", found=level, allowed=former)


def acted(ground: Ground, entry: Entry) -> None:
    """Assessment, opinion and watch have steps of their own, with all that belongs to them."""
    own = {
        "assess": "assess",
        "consult_psychiatry": "",
        "written_opinion": "assess",
        "full_watch": "full_watch",
        "close_watch": "",
        "regular_talks": "interview",
        "act_on_opinion": "decide",
    }
    step = own.get(str(entry.facts["act"]), "")
    if step:
        raise refuse(ground, "cases.own_step", found=str(entry.facts["act"]), allowed=step)


def shifts_of(entry: Entry) -> list[Shift]:
    """Return the shifts of a roster in order of their beginning."""
    facts = entry.facts
    rows = zip(
        listed(facts, "watchers"),
        map(moment_of, listed(facts, "starts")),
        map(moment_of, listed(facts, "ends")),
        listed(facts, "places"),
        strict=True,
    )
    found = [(w, start, end, place) for w, start, end, place in rows if start and end]
    return sorted(found, key=lambda one: (one[1], one[2]))


def roster(ground: Ground) -> list[Shift]:
    """Return all shifts of a case since the student was last handed over."""
    later = ground.after(ground.last("handover"), "full_watch")
    return [shift for one in later for shift in shifts_of(one)]


def watched(ground: Ground, entry: Entry) -> None:
    """Nobody is watched where the policy forbids it, and never unwatched or twice at once.

    A roster begins where the last one ends, without gap or overlap, where the policy asks for the
    whole day; a shorter watch a day only may not overlap (CR-14, CR-22).
    """
    lengths = {len(listed(entry.facts, name)) for name in ("watchers", "starts", "ends", "places")}
    if len(lengths) != 1:
        raise refuse(ground, "cases.shifts_uneven")
    for place in listed(entry.facts, "places"):
        if not watch_allowed(ground.policy, place.strip().lower()) or _called(ground, place):
            raise refuse(
                ground,
                "cases.place_barred",
                allowed=", ".join(ground.codes("watch.barred_places")),
            )
    new, former = shifts_of(entry), roster(ground)
    for watcher, start, end, _ in new:
        if end <= start or not watcher.strip():
            raise refuse(ground, "cases.shift_backwards", found=start.isoformat())
    _no_gap(ground, new)
    if former:
        _follow(ground, max(one[2] for one in former), new)
    else:
        _begin(ground, entry, new)


def _called(ground: Ground, place: str) -> bool:
    """Tell whether a place bears the word for a barred one, in either language."""
    barred = ground.codes("watch.barred_places")
    words = [
        code_word(("policy.place",), code, lang).lower() for code in barred for lang in ("zh", "en")
    ]
    return any(word in place.lower() for word in words)


def _begin(ground: Ground, entry: Entry, new: Sequence[Shift]) -> None:
    """Cover the first hours from the moment the roster is made."""
    if new[0][1] > entry.at:
        raise refuse(ground, "cases.watch_begins_late", found=new[0][1].isoformat())
    hours = sum((end - max(start, new[0][1]) for _, start, end, _ in new), dt.timedelta())
    if hours < dt.timedelta(hours=ground.number("watch.hours")):
        raise refuse(
            ground, "cases.watch_too_short", found=hours, allowed=ground.number("watch.hours")
        )


def _follow(ground: Ground, ended: dt.datetime, new: Sequence[Shift]) -> None:
    start = new[0][1]
    whole = ground.number("watch.hours") >= 24
    if start < ended or (whole and start > ended):
        key = "cases.watch_overlaps" if start < ended else "cases.watch_gap"
        raise refuse(ground, key, found=start.isoformat(), allowed=ended.isoformat())


def _no_gap(ground: Ground, new: Sequence[Shift]) -> None:
    whole = ground.number("watch.hours") >= 24
    for one, following in pairwise(new):
        if following[1] < one[2]:
            raise refuse(
                ground,
                "cases.watch_overlaps",
                found=following[1].isoformat(),
                allowed=one[2].isoformat(),
            )
        if whole and following[1] > one[2]:
            raise refuse(
                ground,
                "cases.watch_gap",
                found=following[1].isoformat(),
                allowed=one[2].isoformat(),
            )


def handed_over(ground: Ground, entry: Entry) -> None:
    """Require that a student who is watched is handed over while somebody is still watching."""
    shifts = roster(ground)
    if "watched" not in ground.state.flags or not shifts:
        return
    ended = max(one[2] for one in shifts)
    if entry.at > ended and ground.number("watch.hours") >= 24:
        raise refuse(
            ground, "cases.watch_ran_out", found=entry.at.isoformat(), allowed=ended.isoformat()
        )


def reported_up(ground: Ground, entry: Entry) -> None:
    """Require that what is grave reaches the group that leads."""
    told, group = listed(entry.facts, "to"), ground.codes("crisis.group")
    leads = {*group, "leading_group", "principal"}
    if not leads.intersection(told):
        raise refuse(ground, "cases.list_lacks", fact="to", missing=", ".join(group))


def reported_outside(ground: Ground, entry: Entry) -> None:
    """Require that a danger the law names goes to whom the policy names."""
    needs_all(ground, "to", listed(entry.facts, "to"), ground.codes("mandatory.to"))


def decided(ground: Ground, entry: Entry) -> None:
    """Require what the policy allows after thoughts of dying or an attempt, and an agreement."""
    outcome = str(entry.facts["outcome"])
    told = _since_return(ground)
    for fact, key in (
        ("suicide_or_attempt", "crisis.attempt_outcomes"),
        ("ideation", "crisis.ideation_outcomes"),
    ):
        allowed = ground.codes(key)
        if fact in told:
            if allowed and outcome not in allowed:
                raise refuse(
                    ground, "cases.outcome_not_allowed", found=outcome, allowed=", ".join(allowed)
                )
            break
    wants = "family_agreement" in ground.codes("crisis.study_with_treatment")
    if outcome == "study_with_treatment" and wants and entry.facts["agreement_signed"] is not True:
        raise refuse(ground, "cases.must_hold", step=entry.step, fact="agreement_signed")


def _since_return(ground: Ground) -> set[str]:
    """Return what was told of danger since the case began or the student came back."""
    later = ground.after(ground.last("readmit"), *(one.step for one in ground.entries))
    facts = {one for each in later for one in listed(each.facts, "facts")}
    ideation = any(one.facts.get("ideation") is True for one in later)
    return facts | ({"ideation"} if ideation else set())


def readmitted(ground: Ground, entry: Entry) -> None:
    """Coming back needs the papers and those who judge; after an attempt the agreement too."""
    papers = listed(entry.facts, "papers")
    needed = [*ground.codes("readmission.documents")]
    attempt = "past_attempt" in ground.state.flags
    if attempt and "family_agreement" in ground.codes("readmission.attempt_needs"):
        needed.append("family_agreement")
    if entry.facts["agreement_needed"]:
        needed += ground.codes("readmission.if_needed")
    needs_all(ground, "papers", papers, needed)
    judges = listed(entry.facts, "judged_by")
    needs_all(ground, "judged_by", judges, ground.codes("readmission.judged_by"))


def interviewed(ground: Ground, entry: Entry) -> None:
    """After an attempt the danger is looked at again in each talk (RA-03)."""
    attempt = "past_attempt" in ground.state.flags
    wants = "assess" in ground.codes("readmission.attempt_needs")
    if attempt and wants and entry.facts.get("danger_assessed") is not True:
        raise refuse(ground, "cases.must_hold", step=entry.step, fact="danger_assessed")


def ready_to_clear(ground: Ground) -> None:
    """Require that a talk can find no danger only where nobody has told of one."""
    attempt = {"past_attempt", "ideation", "harm_others"} & set(ground.state.flags)
    if attempt or known_facts(ground).intersection(_GRAVE):
        raise refuse(ground, "cases.assess_first")


def ready_to_close(ground: Ground) -> None:
    """Require that a case ends when the talks are held and nobody watches any more.

    Where the school has set no days for the talks, one at least; after a return only.
    """
    if "watched" in ground.state.flags:
        raise refuse(ground, "cases.still_watched")
    back = ground.last("readmit")
    if back is None:
        return
    held = ground.after(back, "interview")
    days = ground.policy["readmission.interviews"]
    owed = max(len(days) if isinstance(days, list) else 0, 1)
    if len(held) < owed:
        raise refuse(ground, "cases.talks_left", found=len(held), allowed=owed)


def closed(ground: Ground, entry: Entry) -> None:
    """Those who judged the return, or assessed, agree that the case ends."""
    together = listed(entry.facts, "together")
    needs_all(ground, "together", together, ground.codes("readmission.judged_by"))
