"""How far the study can be trusted, and which rule limits it."""

from __future__ import annotations

from dataclasses import replace

from visitkit.errors import ReviewError
from visitkit.review.designs.threshold import ThresholdData, ThresholdEffect
from visitkit.review.designs.threshold.checks import density_check
from visitkit.review.stats import StudyFacts, Verdict, verdict
from visitkit.review.study.balance import balance
from visitkit.review.study.cutoff import cut
from visitkit.review.study.declare import Declared
from visitkit.review.study.estimate import estimate_one
from visitkit.review.study.flow import attrition_of, flow

#: Scores count as pushed over the cutoff when a window says so at this level, for all windows.
PUSHED = 0.05
_NAMES = {"series": "interrupted"}


def judge(given: Declared, outcome: str, boundary: str = "cautious") -> Verdict:
    """Rate one outcome of a study by the rules of the What Works Clearinghouse.

    Parameters
    ----------
    given, outcome
        The declared study and one of its outcomes.
    boundary
        Of attrition; ``"cautious"`` because visits may themselves change who stays at school.

    Notes
    -----
    What is not known counts against the study. Time to an event is rated by how students came to be
    treated: as a lottery when ``drawn``, else as a chosen comparison.
    """
    design = _NAMES.get(given.assign, given.assign)
    if given.assign == "time_to_event":
        design = "randomised" if given.drawn else "chosen"
    if design == "interrupted":
        return verdict(StudyFacts(design))
    facts = StudyFacts(
        design,
        attrition_low=attrition_of(given, outcome, boundary).low,
        baseline_equivalent=_alike(given, outcome),
        no_confounder=_alone(given, outcome),
        assignment_kept=given.assignment_kept,
    )
    return verdict(_threshold(given, outcome, facts) if design == "threshold" else facts)


def _alike(given: Declared, outcome: str) -> bool | None:
    try:
        return balance(given, outcome).met
    except ReviewError:
        return None  # nothing was measured before, or no interval: not known


def _alone(given: Declared, outcome: str) -> bool | None:
    """Tell whether nothing but the treatment was there on one side only."""
    if given.no_confounder is not None:
        return given.no_confounder
    clusters = flow(given, outcome).clusters
    return None if clusters is None else min(clusters) > 1


def _threshold(given: Declared, outcome: str, facts: StudyFacts) -> StudyFacts:
    found = estimate_one(given, outcome)
    second = found.material[1] if isinstance(found.material, tuple) else None
    local = second if isinstance(second, ThresholdEffect) else None
    return replace(
        facts,
        # without the date of the first visit nobody can tell whether the record came before it
        record_frozen=True if given.first_visit is not None else None,
        score_not_manipulated=not_pushed(cut(given, outcome)),
        adjusted_for_score=local is not None,
        local_bandwidth=True,
        first_stage_f=local.first_stage_f if local else None,
    )


def not_pushed(data: ThresholdData) -> bool:
    """Tell whether students fall on both sides of the cutoff as if nobody moved a score."""
    windows = density_check(data)
    return min(one.p for one in windows) * len(windows) >= PUSHED
