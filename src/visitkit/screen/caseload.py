"""The caseload: every student once, ranked, with a support tier and the reasons for it."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from visitkit import text
from visitkit.errors import ScreenError
from visitkit.policy import Policy
from visitkit.screen import tiers
from visitkit.screen.frames import Assessment
from visitkit.screen.points import Floats
from visitkit.screen.reasons import reasons
from visitkit.screen.stability import plausible_weights, stability
from visitkit.screen.waiting import earliest, joined, moments, open_alerts, urgency, waiting_and_met
from visitkit.tables import DIMENSIONS

#: The kind of alert that is good news: it is told and may be visited, but raises nobody.
GOOD_NEWS = "good"


@dataclass(frozen=True, repr=False, eq=False)
class Caseload:
    """Every student once, in the order in which to look at them.

    Parameters
    ----------
    table : pandas.DataFrame
        A row a student, in order of ``rank``: ``student_id``, ``class_id``, ``tier``
        (``priority``, ``watch``, ``unknown`` or ``routine``), ``risk_index`` (0-100),
        ``coverage`` (0-1), the six dimension scores (0-100, missing where nothing is known),
        ``alerts`` (rule codes joined by ``;``, empty when none), ``due`` (earliest due moment of
        the alerts that no contact has answered yet, or NaT), ``stability`` (0-1, missing where too
        little is known), ``rank`` (1..n).
    reasons : pandas.DataFrame
        Long: ``student_id``, ``kind`` (``alert``, ``concern``, ``protects`` or ``unknown``),
        ``order`` (1 is told first, within the kind), ``indicator`` (for an alert: the rule),
        ``figure``, ``unit``, ``date``, ``class_median``, ``points`` (0-3).
    assessment : Assessment
        The index of each student, with its points, contributions and figures.
    alerts : pandas.DataFrame
        The open alerts as given.
    policy : Policy
        The rules that were applied.
    capacity : int
        How many students can be looked at first this week.
    seed : int
        Breaks ties, together with the student's number; recorded so that the order can be repeated.
    as_of : datetime.date or None
        The day on which we stand.
    """

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "student_id",
        "class_id",
        "tier",
        "risk_index",
        "coverage",
        *DIMENSIONS,
        "alerts",
        "due",
        "stability",
        "rank",
    )

    table: pd.DataFrame
    reasons: pd.DataFrame
    assessment: Assessment
    alerts: pd.DataFrame
    policy: Policy
    capacity: int
    seed: int
    as_of: dt.date | None

    def __len__(self) -> int:
        """Return the number of students."""
        return len(self.table)

    def __repr__(self) -> str:
        """Return sizes only: a caseload never prints its students by accident."""
        sizes = ", ".join(f"{tier}={number}" for tier, number in self.sizes.items())
        return f"Caseload({sizes}, capacity={self.capacity}, seed={self.seed}, as_of={self.as_of})"

    def _repr_html_(self) -> str:
        """Return the head of the list for a notebook: student numbers, no names."""
        return _as_html(self)

    @property
    def sizes(self) -> dict[str, int]:
        """Number of students in each tier."""
        counted = self.table["tier"].value_counts()
        return {tier: int(counted.get(tier, 0)) for tier in tiers.TIERS}

    def student(self, student_id: str) -> pd.Series[Any]:
        """Return the row of a student.

        Raises
        ------
        ScreenError
            When the student is not on the list. Another number is suggested only when it is the
            same one written differently; a near miss would be another child.
        """
        return self.table.iloc[self._place(student_id)]

    def reasons_for(self, student_id: str) -> list[dict[str, Any]]:
        """Return the reasons of a student, in the order of telling, as rows of ``reasons``."""
        self._place(student_id)
        rows = self._reason_rows.get(student_id, ())
        return [dict(zip(self._reason_cells, row, strict=True)) for row in self._cells(rows)]

    def alerts_for(self, student_id: str) -> list[dict[str, Any]]:
        """Return the open alerts of a student: waiting before answered, good news last."""
        self._place(student_id)
        return self._told.get(student_id, [])

    @cached_property
    def _places(self) -> dict[str, int]:
        return {str(one): place for place, one in enumerate(self.table["student_id"])}

    @cached_property
    def _reason_rows(self) -> Mapping[str, Any]:
        rows = self.reasons.groupby("student_id", sort=False).indices
        return {str(student): places for student, places in rows.items()}

    @cached_property
    def _reason_cells(self) -> dict[str, Any]:
        # plain arrays: thousands of students are told one by one, and frames are slow at that
        return {str(name): self.reasons[name].to_numpy() for name in self.reasons.columns}

    def _cells(self, rows: Iterable[int]) -> Iterable[tuple[Any, ...]]:
        return zip(*(cells[list(rows)] for cells in self._reason_cells.values()), strict=True)

    @cached_property
    def _told(self) -> Mapping[str, list[dict[str, Any]]]:
        told: dict[str, list[dict[str, Any]]] = {}
        rows = open_alerts(self.alerts).to_dict("records")
        for row in sorted(rows, key=lambda row: row["kind"] == GOOD_NEWS):
            facts = {str(name): value for name, value in row.items()}
            told.setdefault(str(row["student_id"]), []).append(facts)
        return told

    def _place(self, student_id: object) -> int:
        if isinstance(student_id, str) and student_id in self._places:
            return self._places[student_id]
        same = [one for one in self._places if _plain(one) == _plain(str(student_id))]
        if len(same) == 1:
            told = "student_written" if isinstance(student_id, str) else "student_not_text"
            key = f"screen.{told}"
            raise ScreenError(key, student=student_id, known=same[0])
        raise ScreenError("screen.student_unknown", student=student_id, number=len(self))


def caseload(
    risk: Assessment,
    alerts: pd.DataFrame,
    policy: Policy,
    capacity: int | None = None,
    seed: int = 0,
) -> Caseload:
    """Rank all students: open alerts first, then the index, within what can be done in a week.

    Parameters
    ----------
    risk
        From :meth:`visitkit.screen.index.RiskIndex.assess`.
    alerts
        Open alerts: ``student_id``, ``rule``, ``opened``, ``due``, ``kind`` and, where it is known,
        ``answered``. Any that waits, but those of kind ``good``, puts a student in tier
        ``priority``, whatever the index; one that a contact has answered keeps the student in
        ``watch`` at least, until a person closes it.
    policy
        Gives ``risk.cuts`` and ``risk.capacity``.
    capacity
        How many students can be looked at first this week; by default the policy's.
    seed
        Breaks ties between equal students.

    Returns
    -------
    Caseload

    Raises
    ------
    PolicyError
        When cut points or capacity are not allowed.
    ScreenError
        When a student occurs twice, or the alerts lack a column.

    Notes
    -----
    A student with an alert who is missing from ``risk`` is put on the list all the same, with
    coverage 0: an alert is never lost.
    """
    cuts, places = tiers.read_cuts(policy), tiers.read_capacity(policy, capacity)
    told = open_alerts(alerts)
    raising = told[told["kind"] != GOOD_NEWS]
    table = _students(risk, told)
    ids = table["student_id"].to_list()
    table["due"] = earliest(told, ids)
    table["alerts"] = joined(told, ids)
    raised, met = waiting_and_met(raising, ids)
    standing = tiers.Standing(
        index=table["risk_index"].to_numpy(),
        enough=table.pop("enough").to_numpy(),
        raised=raised,
        met=met,
        urgency=urgency(raising, ids),
        due=moments(raising, ids),
        lot=tiers.draw_lots(ids, seed),
    )
    table["tier"], table["rank"] = tiers.assign(standing, cuts, places)
    table["stability"] = _stability(risk, table, standing, places, seed)
    table = table.sort_values("rank").reset_index(drop=True)[list(Caseload.COLUMNS)]
    as_of = risk.figures.as_of if risk.figures is not None else None
    why = reasons(risk, raising)
    return Caseload(table, why, risk, alerts, policy, places, seed, as_of)


def _students(risk: Assessment, alerts: pd.DataFrame) -> pd.DataFrame:
    ids = [str(one) for one in risk.index.to_list()]
    if len(set(ids)) != len(ids):
        twice = pd.Index(ids)
        raise ScreenError("screen.student_twice", student=twice[twice.duplicated()][0])
    table = pd.DataFrame(risk)[[*DIMENSIONS, "risk_index", "coverage"]].set_axis(ids, axis=0)
    table["enough"] = (risk["state"] == "ok").to_numpy()
    table["class_id"] = _classes(risk)
    known = set(ids)
    new = [one for one in dict.fromkeys(alerts["student_id"]) if one not in known]
    if new:
        table = table.reindex([*ids, *new])
        filled = {"coverage": 0.0, "enough": False, "class_id": ""}
        table = table.fillna(filled).astype({"enough": bool})
    return table.rename_axis("student_id").reset_index()


def _classes(risk: Assessment) -> list[str]:
    classes = risk.figures.class_id if risk.figures is not None else None
    if classes is None:
        return [""] * len(risk)
    return ["" if pd.isna(one) else str(one) for one in classes.reindex(risk.index).to_list()]


def _stability(
    risk: Assessment,
    table: pd.DataFrame,
    standing: tiers.Standing,
    capacity: int,
    seed: int,
) -> Floats:
    card = risk.model.card_
    weights = [card.weights[name] for name in DIMENSIONS]
    scores = table[list(DIMENSIONS)].fillna(card.neutral).to_numpy()
    competing = standing.enough & ~standing.raised
    places = max(capacity - int(standing.raised.sum()), 0)
    order = np.lexsort((standing.lot, -standing.index))
    first = np.zeros(len(table), dtype=bool)
    first[order[competing[order]][:places]] = True
    drawn = plausible_weights(weights, seed=seed)
    share = stability(scores, drawn, first, competing, standing.lot)
    share[standing.raised] = 1.0
    return share


def _plain(student_id: str) -> str:
    return "".join(str(student_id).split()).casefold().lstrip("0")


def _as_html(cases: Caseload) -> str:
    counts = ", ".join(
        f"{text.say(f'screen.tier.{tier}')} {number}" for tier, number in cases.sizes.items()
    )
    title = text.say("screen.caseload_title", number=len(cases), capacity=cases.capacity)
    columns = ["rank", "student_id", "class_id", "tier", "risk_index", "coverage", "stability"]
    head = cases.table[columns].head(max(cases.capacity, 10)).copy()
    head["tier"] = [text.say(f"screen.tier.{tier}") for tier in head["tier"]]
    for share in ("coverage", "stability"):
        head[share] = ["" if pd.isna(one) else f"{one:.0%}" for one in head[share]]
    head.columns = pd.Index([text.say(f"screen.column.{name}") for name in columns])
    body = head.to_html(index=False, border=0, na_rep="", float_format="{:.1f}".format)
    return f"<p>{html.escape(title)} {html.escape(counts)}</p>{body}"
