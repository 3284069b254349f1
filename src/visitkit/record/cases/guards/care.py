"""Rules of risk reviews, files of left-behind children, help plans and worry about looks."""

from __future__ import annotations

import re

from visitkit import text
from visitkit.policy.policy import Policy
from visitkit.record.cases.folding import listed
from visitkit.record.cases.guards.ground import Ground, needs_all, refuse
from visitkit.record.cases.moments import day_of, school_time
from visitkit.record.entry import Entry


def rated(ground: Ground, entry: Entry) -> None:
    """Require that a tier other than the computed one has a reason."""
    if entry.facts["tier"] != ground.state.computed:
        _with_reason(ground, entry)


def reviewed(ground: Ground, entry: Entry) -> None:
    """Moral-education office and counsellor look together; another tier has a reason."""
    needs_all(ground, "together", listed(entry.facts, "together"), ground.codes("tier.reviewed_by"))
    if entry.facts["tier"] != ground.state.level:
        _with_reason(ground, entry)


def agreed(ground: Ground, entry: Entry) -> None:
    """People agree on a tier one of them gave, or the computed one.

    Where it differs from the computed one, it has a reason and a last day. A tier that asks for a
    plan is agreed by the whole panel, with the fields of the file (DR-07, DR-08).
    """
    facts, tier = entry.facts, str(entry.facts["tier"])
    last = (ground.last("rate"), ground.last("review"))
    given = {str(one.facts["tier"]) for one in last if one is not None}
    if tier not in given | {ground.state.computed}:
        raise refuse(
            ground,
            "cases.tier_nobody_gave",
            found=tier,
            allowed=", ".join(sorted(given | {ground.state.computed})),
        )
    needs_all(ground, "together", listed(facts, "together"), _signers(ground, tier))
    if tier != ground.state.computed:
        _with_reason(ground, entry)
        _with_end(ground, entry)
    elif facts.get("expires"):
        raise refuse(ground, "cases.no_end_needed")
    if tier in ground.codes("tier.plan_for"):
        for name in ground.codes("tier.file_fields"):
            if (
                name != "level"
                and name in {"factors", "responsible_teacher"}
                and not facts.get(name)
            ):
                raise refuse(ground, "cases.missing_fact_here", fact=name)


def _signers(ground: Ground, tier: str) -> tuple[str, ...]:
    if tier in ground.codes("tier.plan_for"):
        return ground.codes("tier.joint_panel")
    return (*ground.codes("tier.first_rating"), *ground.codes("tier.reviewed_by"))


def _with_reason(ground: Ground, entry: Entry) -> None:
    for name in ("reason_code", "reason"):
        if not entry.facts.get(name):
            raise refuse(
                ground, "cases.tier_needs_reason", fact=name, computed=ground.state.computed
            )


def _with_end(ground: Ground, entry: Entry) -> None:
    expires = day_of(entry.facts.get("expires"))
    if expires is None or expires <= school_time(entry.at).date():
        raise refuse(ground, "cases.tier_needs_end", found=str(entry.facts.get("expires")))


def filed(ground: Ground, entry: Entry) -> None:
    """Require that a file bears the definition that the policy uses."""
    used = str(ground.policy["left_behind.definition"])
    if entry.facts["definition"] != used:
        raise refuse(
            ground, "cases.other_definition", found=str(entry.facts["definition"]), allowed=used
        )


def block_written(ground: Ground, entry: Entry) -> None:
    """Require that the block on the mind is written under the key of psychological data."""
    if entry.facts["block"] == "mind":
        raise refuse(ground, "cases.own_step", found="mind", allowed="mind_block")


def duty_done(ground: Ground, entry: Entry) -> None:
    """Require that the agent parent keeps the log; whoever stands in says so."""
    if entry.actor != ground.state.facts.get("agent") and entry.facts.get("stand_in") is not True:
        raise refuse(ground, "cases.not_the_agent")


def danger_known(ground: Ground) -> None:
    """Require that a report outside answers a danger that was noted."""
    if ground.last("danger") is None:
        raise refuse(ground, "cases.no_danger")


def reported_outside(ground: Ground, entry: Entry) -> None:
    """Require that a danger the law names goes to whom the policy names."""
    needs_all(ground, "to", listed(entry.facts, "to"), ground.codes("mandatory.to"))


def drafted(ground: Ground, entry: Entry) -> None:
    """Require that a plan has a cause, measures and a goal worded as growth."""
    for name in ("causes", "types", "measures"):
        if not listed(entry.facts, name):
            raise refuse(ground, "cases.nobody", step=entry.step, fact=name)
    goal_grows(ground, entry)


def goal_grows(ground: Ground, entry: Entry) -> None:
    """Require that a goal says what grows, not what must stop or what a child is called."""
    found = deficit_word(str(entry.facts.get("goal", "")))
    if found:
        raise refuse(ground, "cases.goal_not_growth", found=found)


def deficit_word(goal: str) -> str:
    """Return the first word of a goal that tells what must stop or labels the child.

    Returns
    -------
    str
        Empty when there is none. Words stand in ``text/*/cases.toml`` under ``deficit_words``.

    Examples
    --------
    >>> deficit_word("reads aloud in class twice a week")
    ''
    >>> deficit_word("will stop being lazy")
    'stop'
    """
    for lang in text.LANGUAGES:
        words = text.find("cases.deficit_words", lang)
        for word in words if isinstance(words, list) else ():
            pattern = rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
            if re.search(pattern, goal.lower()):
                return str(word)
    return ""


def unsigned(policy: Policy, ground: Ground) -> tuple[str, ...]:
    """Return who has not yet signed the plan; a revision asks for no new signature."""
    signed_by = {str(one.facts["signer"]) for one in ground.steps("sign")}
    wanted = policy["help.signed_by"]
    names = [str(one) for one in wanted] if isinstance(wanted, list) else []
    return tuple(one for one in names if one not in signed_by)


def signature_wanted(ground: Ground) -> None:
    """Somebody has still to sign."""
    if not unsigned(ground.policy, ground):
        raise refuse(ground, "cases.all_signed")


def signed(ground: Ground, entry: Entry) -> None:
    """Each side signs once."""
    if entry.facts["signer"] not in unsigned(ground.policy, ground):
        raise refuse(ground, "cases.signed_already", found=str(entry.facts["signer"]))


def ready_to_begin(ground: Ground) -> None:
    """Require that a plan begins when both sides have signed (DH-08)."""
    left = unsigned(ground.policy, ground)
    if left:
        raise refuse(ground, "cases.not_signed", missing=", ".join(left))


def owner_or_checker(ground: Ground, entry: Entry) -> None:
    """Require that the owner monitors, or whom the policy names to check."""
    checker = entry.role in ground.codes("help.checked_by")
    if entry.actor != ground.state.facts.get("owner") and not checker:
        raise refuse(
            ground, "cases.not_the_owner", allowed=", ".join(ground.codes("help.checked_by"))
        )


def judged(ground: Ground, entry: Entry) -> None:
    """Usual concern goes with being well in every way; what does not is more than usual."""
    levels = ground.codes("body_image.levels")
    lacking = set(ground.codes("body_image.parents_wait_while")) - set(
        listed(entry.facts, "states")
    )
    if entry.facts["level"] == levels[0] and lacking:
        raise refuse(ground, "cases.more_than_usual", missing=", ".join(sorted(lacking)))


def scaled(ground: Ground, entry: Entry) -> None:
    """Require that the aim is one step up from the answer, never the top at once (BI-03)."""
    low, high = ground.number("body_image.scale_low"), ground.number("body_image.scale_high")
    answer = float(str(entry.facts["answer"]))
    if not low <= answer <= high:
        raise refuse(ground, "cases.off_the_line", found=answer, low=low, high=high)
    aim = min(answer + ground.number("body_image.target_step"), high)
    if entry.facts["aim"] != aim:
        raise refuse(ground, "cases.one_step_up", found=entry.facts["aim"], allowed=aim)


def referred(ground: Ground, entry: Entry) -> None:
    """Require that a doctor is for what is beyond the school, with the family's consent."""
    if entry.facts["family_agrees"] is not True:
        raise refuse(ground, "cases.must_hold", step=entry.step, fact="family_agrees")


def ready_to_close(ground: Ground) -> None:
    """Require that a worry ends when it is usual concern again and no danger is left open."""
    levels = ground.codes("body_image.levels")
    if ground.state.level != levels[0]:
        raise refuse(ground, "cases.judge_again", found=ground.state.level, allowed=levels[0])
    if "danger" in ground.state.flags and ground.last("crisis_opened") is None:
        raise refuse(ground, "cases.crisis_first")
