"""An outcome that the help cannot have changed: if it changed, something else is at work."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit.review.result import Effect, Note, note


@dataclass(frozen=True, slots=True)
class Placebo:
    """What a placebo outcome says about the study.

    Parameters
    ----------
    effect
        Estimated on the placebo outcome in the same way as on the real one.
    passed
        Whether its interval holds 0.
    share
        Largest placebo effect that the interval allows, as a share of the real estimate: a pass
        says little where it is near or above 1.
    note
        The finding as a sentence.
    """

    effect: Effect
    passed: bool
    share: float
    note: Note


def placebo(real: Effect, effect: Effect) -> Placebo:
    """Hold a placebo effect beside the real one.

    Parameters
    ----------
    real
        Effect on the outcome of interest.
    effect
        Effect on an outcome in the same unit (or both standardised) that the help cannot change:
        absence in the year before, marks in a course that had ended.

    Examples
    --------
    >>> from visitkit.review.result import Counts, wald
    >>> one = wald(-2.0, 0.5, Counts(50, 50), "review_stats.method.regression")
    >>> two = wald(0.2, 0.5, Counts(50, 50), "review_stats.method.regression")
    >>> found = placebo(one, two)
    >>> found.passed, round(found.share, 2)
    (True, 0.59)
    """
    low, high = effect.ci
    passed = low <= 0 <= high
    largest = max(abs(low), abs(high))
    share = largest / abs(real.estimate) if real.estimate else float("inf")
    weak = passed and share >= 1
    key = "placebo_weak" if weak else "placebo_passed" if passed else "placebo_failed"
    return Placebo(effect, passed, share, note(f"review_stats.{key}", share=f"{share:.2f}"))
