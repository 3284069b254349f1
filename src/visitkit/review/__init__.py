"""What helped: reviews of one student, a caseload, a school and a study.

For the counsellor: :class:`CaseReview`, :class:`CaseloadReview`, :class:`GoalAttainment`,
:func:`coverage`, :func:`help_review`. For the researcher: :class:`Study`, its estimators in
``designs`` and the tools before and after a study (power, lottery, records) in ``stats``.
"""

from visitkit.review import designs, stats
from visitkit.review.case import CaseResult, CaseReview
from visitkit.review.caseload_review import CaseloadResult, CaseloadReview
from visitkit.review.coverage import Beside, Coverage, coverage
from visitkit.review.estimates import Estimate
from visitkit.review.feedback import ethics_file
from visitkit.review.goals import GoalAttainment, GoalResult
from visitkit.review.help_review import HelpResult, help_review
from visitkit.review.reliable_change import (
    Norms,
    Reliability,
    ReliableChange,
    reliable_change,
)
from visitkit.review.single_case import ird, nap, pand, pem, pnd, tau
from visitkit.review.single_case_trend import tau_bc, tau_u
from visitkit.review.stats import (
    AssignmentRecord,
    before_study,
    draw_lottery,
    draw_order,
    freeze_record,
    pool_studies,
    read_record,
)
from visitkit.review.study import (
    Check,
    Design,
    EffectRow,
    EffectTable,
    Seen,
    Study,
    StudyFlow,
)

__all__ = [
    "AssignmentRecord",
    "Beside",
    "CaseResult",
    "CaseReview",
    "CaseloadResult",
    "CaseloadReview",
    "Check",
    "Coverage",
    "Design",
    "EffectRow",
    "EffectTable",
    "Estimate",
    "GoalAttainment",
    "GoalResult",
    "HelpResult",
    "Norms",
    "Reliability",
    "ReliableChange",
    "Seen",
    "Study",
    "StudyFlow",
    "before_study",
    "coverage",
    "designs",
    "draw_lottery",
    "draw_order",
    "ethics_file",
    "freeze_record",
    "help_review",
    "ird",
    "nap",
    "pand",
    "pem",
    "pnd",
    "pool_studies",
    "read_record",
    "reliable_change",
    "stats",
    "tau",
    "tau_bc",
    "tau_u",
]
