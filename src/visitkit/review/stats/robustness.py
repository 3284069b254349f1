"""How much a hidden reason would have to explain: robustness values and bounds.

Cinelli and Hazlett 2020, doi:10.1111/rssb.12348.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from visitkit.errors import ReviewError
from visitkit.review.result import LEVEL, quantile
from visitkit.review.stats.checks import at_least, positive, within


@dataclass(frozen=True, slots=True)
class Robustness:
    """How robust a regression estimate is against something left out.

    Parameters
    ----------
    value
        Share of what is left of treatment **and** outcome that a hidden reason must explain to
        bring the estimate to 0.
    value_alpha
        The same, to make the interval hold 0.
    partial_r2
        Share of the outcome's remaining variance that the treatment explains.
    t, df
        What it was worked out from.
    alpha
        Of the interval.
    """

    value: float
    value_alpha: float
    partial_r2: float
    t: float
    df: float
    alpha: float


@dataclass(frozen=True, slots=True)
class HiddenBound:
    """The estimate, were there a hidden reason some times as strong as a measured one.

    Parameters
    ----------
    times
        How many times as strong.
    r2_treatment, r2_outcome
        Shares that it would explain.
    estimate, se, ci, t
        What would be left.
    df
        Of the original model; the hidden reason costs one.
    """

    times: float
    r2_treatment: float
    r2_outcome: float
    estimate: float
    se: float
    ci: tuple[float, float]
    t: float
    df: float


def robustness_value(t: float, df: float, *, q: float = 1.0, alpha: float = 0.05) -> Robustness:
    """Return the robustness value of a regression coefficient.

    Parameters
    ----------
    t, df
        Its t statistic and the model's residual degrees of freedom.
    q
        Share of the estimate that is to be explained away.
    alpha
        Of the test that is to fail.

    Examples
    --------
    >>> found = robustness_value(4.18445, 783)
    >>> round(found.value, 4), round(found.value_alpha, 4), round(found.partial_r2, 4)
    (0.1388, 0.0763, 0.0219)
    """
    at_least(df, 2, "df")
    if not math.isfinite(t):
        raise ReviewError("review_stats.missing", name="t", number=1)
    share = positive(q, "q") * abs(t) / math.sqrt(df)
    critical = quantile(1 - within(alpha, 0, 1, "alpha") / 2, df - 1) / math.sqrt(df - 1)
    return Robustness(_root(share), _root_alpha(share, critical), partial_r2(t, df), t, df, alpha)


def partial_r2(t: float, df: float) -> float:
    """Return the share of remaining variance that one coefficient explains, ``t²/(t²+df)``.

    Examples
    --------
    >>> partial_r2(2.0, 12)
    0.25
    """
    return t * t / (t * t + at_least(df, 1, "df"))


def _root(f: float) -> float:
    return 0.5 * (math.sqrt(f**4 + 4 * f * f) - f * f)


def _root_alpha(share: float, critical: float) -> float:
    excess = share - critical
    if excess <= 0:
        return 0.0
    # When the treatment is hardly explained, the outcome side binds first (their section 4.2).
    if critical > 0 and share > 1 / critical:
        return (share * share - critical * critical) / (1 + share * share)
    return _root(excess)


def hidden_bound(
    estimate: float,
    se: float,
    df: float,
    *,
    treatment_r2: float,
    outcome_r2: float,
    times: float = 1.0,
    level: float = LEVEL,
) -> HiddenBound:
    """Bound the estimate by a hidden reason ``times`` as strong as a measured covariate.

    Parameters
    ----------
    estimate, se, df
        Of the treatment in the regression of the outcome.
    treatment_r2
        Partial R2 of the covariate in the regression of the **treatment** on the covariates.
    outcome_r2
        Partial R2 of the covariate in the regression of the **outcome**.
    times
        How many times as strong the hidden reason is, for both.

    Raises
    ------
    ReviewError
        When a hidden reason so strong cannot be: it would explain more than there is.

    Examples
    --------
    >>> found = hidden_bound(0.09731582, 0.02325654, 783, treatment_r2=0.0090811,
    ...                      outcome_r2=0.1090464)
    >>> round(found.estimate, 4), round(found.se, 4)
    (0.0752, 0.0219)
    """
    within(treatment_r2, 0, 1, "treatment_r2")
    within(outcome_r2, 0, 1, "outcome_r2")
    with_treatment, with_outcome = _strengths(treatment_r2, outcome_r2, positive(times, "times"))
    bias_factor = with_outcome * with_treatment / (1 - with_treatment)
    bias = math.sqrt(bias_factor) * positive(se, "se") * math.sqrt(df)
    left = math.copysign(1.0, estimate) * (abs(estimate) - bias)
    spread = se * math.sqrt((1 - with_outcome) / (1 - with_treatment) * df / (df - 1))
    half = quantile(0.5 + level / 2, df) * spread
    ends = (left - half, left + half)
    return HiddenBound(times, with_treatment, with_outcome, left, spread, ends, left / spread, df)


def _strengths(treatment_r2: float, outcome_r2: float, times: float) -> tuple[float, float]:
    if treatment_r2 >= 1 or outcome_r2 >= 1:
        raise ReviewError("review_stats.hidden_too_strong", times=times)
    with_treatment = times * treatment_r2 / (1 - treatment_r2)
    room = 1 - times * treatment_r2
    if with_treatment >= 1 or room <= 0:
        raise ReviewError("review_stats.hidden_too_strong", times=times)
    # Their appendix B: what the covariate shares with the treatment once the hidden reason is in.
    crossed = times * treatment_r2**2 / (room * (1 - treatment_r2))
    if crossed >= 1:
        raise ReviewError("review_stats.hidden_too_strong", times=times)
    pull = (math.sqrt(times) + math.sqrt(crossed)) / math.sqrt(1 - crossed)
    with_outcome = pull**2 * outcome_r2 / (1 - outcome_r2)
    if with_outcome > 1:
        raise ReviewError("review_stats.hidden_too_strong", times=times)
    return with_treatment, with_outcome
