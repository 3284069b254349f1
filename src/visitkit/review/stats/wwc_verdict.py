"""How far a study can be trusted, in the words of the What Works Clearinghouse."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.review.result import Note, note
from visitkit.review.stats.checks import one_of
from visitkit.review.stats.wwc_rules import RATINGS, Rule, rules, sheet, source

DESIGNS = ("randomised", "threshold", "chosen", "staggered", "interrupted")
#: Rules that a person must judge: no table can tell.
FOR_THE_READER = ("outcome_valid", "measured_alike", "joiners")
_IF_BASELINE = "with_reservations_if_baseline"


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What is known about a study; ``None`` where it is not known, which never counts as good.

    Parameters
    ----------
    design
        ``"randomised"``, ``"threshold"``, ``"chosen"``, ``"staggered"`` or ``"interrupted"``.
    attrition_low
        Against the boundary, see :func:`~visitkit.review.stats.attrition`.
    baseline_equivalent
        See :func:`~visitkit.review.stats.baseline_equivalence`; at the cutoff in a threshold study.
    no_confounder
        More than one class or school on each side, and nothing else that only one side had.
    assignment_kept
        Students were analysed on the side they were drawn for.
    record_frozen
        Score, cutoff and flags were frozen before the first visit.
    score_not_manipulated
        Nobody moved a score across the cutoff.
    adjusted_for_score, local_bandwidth
        The model has the score in it, and uses students near the cutoff only.
    first_stage_f
        Strength of the flag for being visited, where some were visited against it; ``None`` when
        everybody followed the flag.
    """

    design: str
    attrition_low: bool | None = None
    baseline_equivalent: bool | None = None
    no_confounder: bool | None = None
    assignment_kept: bool | None = None
    record_frozen: bool | None = None
    score_not_manipulated: bool | None = None
    adjusted_for_score: bool | None = None
    local_bandwidth: bool | None = None
    first_stage_f: float | None = None

    def __post_init__(self) -> None:
        one_of(self.design, DESIGNS, "design")


@dataclass(frozen=True, slots=True)
class RuleFound:
    """One rule and how the study stands to it.

    Parameters
    ----------
    rule
        The rule with its source.
    state
        ``"kept"``, ``"broken"`` or ``"unknown"``; unknown limits the rating as broken does.
    cap
        Best rating that this rule leaves.
    """

    rule: Rule
    state: str
    cap: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rating and what limits it.

    Parameters
    ----------
    rating
        ``"without_reservations"``, ``"with_reservations"`` or ``"does_not_meet"``.
    limits
        Name of the rule that limits it: a rule's ``id``, or ``"design"``; empty when nothing does.
    design
        As declared.
    found
        Every rule that was asked.
    for_the_reader
        Names of what no table can tell and a reader must judge.
    source
        Where the ratings are written.
    """

    rating: str
    limits: str
    design: str
    found: tuple[RuleFound, ...]
    for_the_reader: tuple[str, ...]
    source: str

    def notes(self) -> tuple[Note, ...]:
        """Return the verdict as sentences: the rating, what limits it, what is left to judge."""
        told = [note(f"review_stats.rating.{self.rating}")]
        if self.limits == "design":
            told.append(note(f"review_stats.ceiling.{self.design}"))
        elif self.limits:
            state = next(one.state for one in self.found if one.rule.id == self.limits)
            told.append(note(f"review_stats.rule.{self.limits}.{state}"))
        told += [note(f"review_stats.reader.{name}") for name in self.for_the_reader]
        return tuple(told)


def verdict(facts: StudyFacts) -> Verdict:
    """Rate a study and name the rule that limits it.

    Parameters
    ----------
    facts
        What is known; what is not known counts against the study.

    Notes
    -----
    Rules, ceilings and sources stand in ``wwc.toml``. A randomised or threshold study with high
    attrition is held to baseline equivalence as a chosen comparison is. For threshold studies this
    last step, and the rules marked ``confirmed = false``, were not seen in the printed handbook.

    Examples
    --------
    >>> found = verdict(StudyFacts("chosen", baseline_equivalent=True, no_confounder=True))
    >>> found.rating, found.limits
    ('with_reservations', 'design')
    """
    found = tuple(_ask(rule, facts) for rule in rules(facts.design) if _asked(rule, facts))
    ceiling = str(sheet()["ceiling"][facts.design])
    caps = [*((one.cap, one.rule.id) for one in found if one.state != "kept"), (ceiling, "design")]
    rating, limits = min(caps, key=lambda pair: RATINGS.index(pair[0]))
    if rating == RATINGS[-1]:
        limits = ""
    return Verdict(rating, limits, facts.design, found, FOR_THE_READER, source("rating"))


def _asked(rule: Rule, facts: StudyFacts) -> bool:
    return rule.when != "fuzzy" or facts.first_stage_f is not None


def _ask(rule: Rule, facts: StudyFacts) -> RuleFound:
    if rule.id == "first_stage_strong":
        least = float(sheet()["threshold"]["first_stage_f"])
        answer: bool | None = facts.first_stage_f is not None and facts.first_stage_f >= least
    else:
        answer = getattr(facts, rule.id)
    state = {True: "kept", False: "broken", None: "unknown"}[answer]
    if state == "kept":
        return RuleFound(rule, state, RATINGS[-1])
    return RuleFound(rule, state, _cap(rule, facts))


def _cap(rule: Rule, facts: StudyFacts) -> str:
    if rule.cap != _IF_BASELINE:
        return rule.cap
    return "with_reservations" if facts.baseline_equivalent else "does_not_meet"
