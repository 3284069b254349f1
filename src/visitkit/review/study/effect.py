"""What a study found: one row an outcome, each number with its interval and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from visitkit.errors import ReviewError
from visitkit.review.result import Effect, Flags, Note, note
from visitkit.review.stats import EffectSize, WildTest, improvement_index


@dataclass(frozen=True, slots=True)
class Seen:
    """The smallest effect that the study could see, known before the effect is.

    Parameters
    ----------
    outcome
        Its column.
    value
        Found with probability ``power`` were it true, in the unit of the estimate.
    in_sd
        The same in standard deviations of the outcome; ``None`` where the estimate has none.
    basis
        ``"planned"``: from numbers of students and classes; ``"error"``: from the standard error
        of the estimate (Bloom 1995, doi:10.1177/0193841X9501900504). Neither reads the effect.
    power, level
        Probability; confidence of the interval.
    """

    outcome: str
    value: float
    in_sd: float | None
    basis: str
    power: float
    level: float


@dataclass(frozen=True, slots=True)
class Found:
    """What one design found for one outcome.

    Parameters
    ----------
    outcome
        Its column.
    effect
        In the unit of the outcome; for time to an event the logarithm of the hazard ratio.
    size
        In standard deviations; ``None`` where the design has none.
    analysed : ndarray of bool, shape (n_rows,)
        Rows of the declared table behind the number.
    wild
        Wild cluster bootstrap beside it, with few clusters.
    material
        What the design returned whole, for checks and pictures.
    """

    outcome: str
    effect: Effect
    size: EffectSize | None
    analysed: Flags
    wild: WildTest | None = None
    material: object = None


@dataclass(frozen=True, slots=True)
class Means:
    """The level of both sides, in the unit of the outcome.

    Parameters
    ----------
    treated, control
        Plain means of the students who were analysed (of the periods after and before, for a
        series); shares where the outcome is yes or no.
    adjusted_treated, adjusted_control
        As the analysis compares them, so that their difference is the effect: at the average of
        what was known before; for chosen students the treated and others made like them; at the
        cutoff of a score; for a series what was fitted and what was to be expected. ``None`` where
        nothing is adjusted.
    """

    treated: float
    control: float
    adjusted_treated: float | None
    adjusted_control: float | None


@dataclass(frozen=True, slots=True)
class Harm:
    """How many came out clearly worse than they were before, whatever the mean says.

    Parameters
    ----------
    by
        Change from which a student counts as clearly worse; below 0 where low is bad.
    treated, control
        Students who are clearly worse.
    of_treated, of_control
        Students with both measures.
    """

    by: float
    treated: int
    control: int
    of_treated: int
    of_control: int


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One outcome.

    Parameters
    ----------
    found
        The effect and its size.
    seen
        The smallest effect that could have been seen.
    domain, q, of
        Benjamini and Hochberg's q among the ``of`` outcomes of its domain.
    wrong
        The naive change from before to after among the treated: what would have been wrong.
        ``None`` when no measure from before was declared.
    means
        Plain and adjusted means of both sides; ``None`` where there are none to tell.
    harm
        Students who came out clearly worse; ``None`` when ``harm`` was not declared.
    """

    found: Found
    seen: Seen
    domain: str
    q: float
    of: int
    wrong: Effect | None
    means: Means | None = None
    harm: Harm | None = None

    @property
    def improvement(self) -> tuple[float, float, float] | None:
        """Improvement index with its interval, in percentile points; of the size of the effect."""
        size = self.found.size
        if size is None:
            return None
        low, high = (improvement_index(end) for end in size.ci)
        return improvement_index(size.value), low, high


@dataclass(frozen=True, slots=True)
class Refusal:
    """An outcome for which no figure is given.

    Parameters
    ----------
    outcome
        Its column.
    why
        The reason as a sentence.
    """

    outcome: str
    why: Note


def refusal(outcome: str, error: ReviewError) -> Refusal:
    """Turn an error into a refusal that stands in the table.

    Examples
    --------
    >>> refusal("mood", ReviewError("review_designs.all_missing")).outcome
    'mood'
    """
    return Refusal(outcome, note(error.key, **error.facts))


@dataclass(frozen=True, slots=True)
class EffectTable:
    """All outcomes of a study.

    Parameters
    ----------
    rows
        In the order declared.
    refused
        Outcomes without a figure, and why.
    """

    rows: tuple[EffectRow, ...]
    refused: tuple[Refusal, ...]

    def row(self, outcome: str) -> EffectRow:
        """Return one outcome.

        Raises
        ------
        ReviewError
            When it was not declared or was refused.
        """
        for one in self.rows:
            if one.found.outcome == outcome:
                return one
        raise ReviewError("study.no_such_outcome", outcome=outcome)

    def frame(self) -> pd.DataFrame:
        """Return a table, one row an outcome.

        Returns
        -------
        DataFrame
            Index ``outcome``; ``n_treated``, ``n_control``, ``clusters_treated``,
            ``clusters_control``, then what could be seen (``mdes`` and ``mdes_sd``) **before** what
            was found: ``mean_treated``, ``mean_control``, ``adjusted_treated``,
            ``adjusted_control``, ``b``, ``se``, ``df``, ``low``, ``high``, ``p``, ``q``, ``g``,
            ``g_low``, ``g_high``, ``improvement``, ``improvement_low``, ``improvement_high``; last
            the naive ``wrong``, ``wrong_low``, ``wrong_high``. ``<NA>`` where a design has none.
        """
        cells = [_cells(row) for row in self.rows]
        index = pd.Index([row.found.outcome for row in self.rows], name="outcome")
        table = pd.DataFrame(cells, index=index, columns=list(_CELLS))
        kinds = {
            name: "Int64" if name.startswith(("n_", "clusters_")) else "Float64" for name in _CELLS
        }
        return table.astype(kinds)

    def _repr_html_(self) -> str:
        """Return the table for a notebook."""
        html: str = self.frame().to_html(border=0, na_rep="", float_format="{:.3g}".format)
        return html


_CELLS = (
    *("n_treated", "n_control", "clusters_treated", "clusters_control", "mdes", "mdes_sd"),
    *("mean_treated", "mean_control", "adjusted_treated", "adjusted_control"),
    *("b", "se", "df", "low", "high", "p", "q", "g", "g_low", "g_high"),
    *("improvement", "improvement_low", "improvement_high", "wrong", "wrong_low", "wrong_high"),
)


def _cells(row: EffectRow) -> dict[str, float | int | None]:
    effect, size, counts = row.found.effect, row.found.size, row.found.effect.counts
    better = row.improvement or (None, None, None)
    means = row.means
    return {
        "n_treated": counts.treated,
        "n_control": counts.control,
        "clusters_treated": counts.clusters_treated,
        "clusters_control": counts.clusters_control,
        "mdes": row.seen.value,
        "mdes_sd": row.seen.in_sd,
        "mean_treated": means.treated if means else None,
        "mean_control": means.control if means else None,
        "adjusted_treated": means.adjusted_treated if means else None,
        "adjusted_control": means.adjusted_control if means else None,
        "b": effect.estimate,
        "se": effect.se,
        "df": effect.df,
        "low": effect.ci[0],
        "high": effect.ci[1],
        "p": effect.p,
        "q": row.q,
        "g": size.value if size else None,
        "g_low": size.ci[0] if size else None,
        "g_high": size.ci[1] if size else None,
        "improvement": better[0],
        "improvement_low": better[1],
        "improvement_high": better[2],
        "wrong": row.wrong.estimate if row.wrong else None,
        "wrong_low": row.wrong.ci[0] if row.wrong else None,
        "wrong_high": row.wrong.ci[1] if row.wrong else None,
    }
