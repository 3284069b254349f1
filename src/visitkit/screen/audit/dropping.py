"""What it costs to leave a figure out, and whom that serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from visitkit.errors import ScreenError
from visitkit.screen.audit.subgroups import SubgroupAudit, Wanted, subgroups
from visitkit.screen.validate.compare import Comparison, compare
from visitkit.screen.validate.out_of_fold import Folds, OutOfFold, out_of_fold_scores


@dataclass(frozen=True, slots=True)
class Dropping:
    """A model with and without some figures, on the same students and folds.

    Parameters
    ----------
    columns
        What was left out.
    cost
        Area under the curve with them less that without, and whether it is noise.
    found_with, found_without
        By attribute: how far apart the groups lie in the share found (``tpr``), as the rows of
        :attr:`visitkit.screen.audit.subgroups.SubgroupAudit.gaps`.
    audit_with, audit_without
        All figures by group.
    """

    columns: tuple[str, ...]
    cost: Comparison
    audit_with: SubgroupAudit
    audit_without: SubgroupAudit

    @property
    def found_with(self) -> pd.DataFrame:
        """Gaps in the share found, with the figures."""
        return _found(self.audit_with)

    @property
    def found_without(self) -> pd.DataFrame:
        """Gaps in the share found, without them."""
        return _found(self.audit_without)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a model is judged on.

    Parameters
    ----------
    X, y
        Figures and outcomes by ``student_id``.
    groups
        Classes that stay together, where wanted.
    folds
        How students are divided.
    """

    X: pd.DataFrame
    y: pd.Series[Any]
    groups: pd.Series[Any] | None = None
    folds: Folds | None = None

    def scores(self, model: Any, without: Sequence[str] = ()) -> OutOfFold:
        """Return held-out scores of a model that is not shown some columns."""
        figures = pd.DataFrame(self.X).drop(columns=list(without))
        return out_of_fold_scores(model, figures, self.y, groups=self.groups, folds=self.folds)


def cost_of_dropping(
    model: Any,
    judged: Judged,
    columns: Sequence[str],
    members: pd.DataFrame | pd.Series[Any],
    wanted: Wanted,
) -> Dropping:
    """Return what leaving figures out costs in finding students, and changes between groups.

    Parameters
    ----------
    model
        An estimator; it is taught anew with and without the columns.
    judged
        Students, outcomes, folds.
    columns
        Figures to leave out.
    members, wanted
        As for :func:`visitkit.screen.audit.subgroups.subgroups`.

    Raises
    ------
    ScreenError
        When a column is not there, or none is left.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> ids = pd.Index([f"S{n:03d}" for n in range(120)], name="student_id")
    >>> X = pd.DataFrame({"absent": np.arange(120.0), "sex": [0.0, 1.0] * 60}, index=ids)
    >>> y = pd.Series((np.arange(120) > 80).astype(int), index=ids)
    >>> sex = X["sex"].map({0.0: "f", 1.0: "m"})
    >>> made = cost_of_dropping(
    ...     LogisticRegression(), Judged(X, y), ["sex"], sex, Wanted(30, resamples=10)
    ... )
    >>> made.cost.verdict
    'noise'
    """
    unknown = [name for name in columns if name not in judged.X.columns]
    if unknown:
        allowed = ", ".join(str(name) for name in judged.X.columns)
        raise ScreenError("audit.no_column", missing=", ".join(unknown), allowed=allowed)
    if len(set(judged.X.columns) - {*columns, "class_id", "student_id"}) == 0:
        raise ScreenError("audit.nothing_left", number=len(columns))
    full, less = judged.scores(model), judged.scores(model, columns)
    return Dropping(
        tuple(columns),
        compare(full, less),
        subgroups(full, members, wanted),
        subgroups(less, members, wanted),
    )


def _found(audit: SubgroupAudit) -> pd.DataFrame:
    return audit.gaps[audit.gaps["figure"] == "tpr"].set_index("attribute")
