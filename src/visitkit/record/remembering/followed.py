"""What became of visits and rounds: called off, too late, failed, returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from visitkit.record.cases.folding import fold
from visitkit.record.cases.moments import day_of, school_time
from visitkit.record.entry import Entry
from visitkit.record.remembering.contacts import Cases
from visitkit.record.remembering.rows import Row, day, frame, steps, wall

_DAY = "datetime64[us]"
APPOINTMENTS = {"student_id": "str", "date": _DAY, "status": "str", "duty": "str"}
PERSUASION = {"student_id": "str", "date": _DAY, "round": "int64", "outcome": "str"}
RETURNS = {"student_id": "str", "date": _DAY}
LOG = {
    "student_id": "str",
    "form": "str",
    "start": _DAY,
    "end": _DAY,
    "recorded_at": _DAY,
    "reported_before": _DAY,
    "reported_after": _DAY,
}


def appointments(cases: Cases) -> pd.DataFrame:
    """Return appointments called off: ``student_id``, ``date``, ``status``, ``duty``.

    ``status`` is ``cancelled_school`` or ``cancelled_family``; the date is the day it was called
    off. A family that put the visit off counts as having called it off.
    """
    rows: list[Row] = []
    for holding in cases:
        if holding[0].kind == "visit":
            duty = next((one.facts.get("duty") for one in steps(holding, "plan")), None)
            for one in steps(holding, "cancel", "decline"):
                by = str(one.facts.get("by", "family"))
                row: Row = {"student_id": one.student_id, "date": day(one), "duty": duty}
                rows.append({**row, "status": f"cancelled_{by}"})
    return frame(rows, APPOINTMENTS, ["student_id", "date", "status"])


def persuasion(cases: Cases) -> pd.DataFrame:
    """Return rounds of persuasion: ``student_id``, ``date``, ``round``, ``outcome``.

    A round failed unless the student came back before the next one; what the school reported as
    lost or refused is told of the last round. Rounds of a case that has ended, or from before the
    student went away again, are over: they stand for nothing that is owed now.
    """
    going_on = [one for one in cases if one[0].kind == "persuasion" and not fold(one).closed]
    rows = [row for holding in going_on for row in _rounds(_since_away(holding))]
    return frame(rows, PERSUASION, ["student_id", "date", "round"])


def _since_away(holding: Sequence[Entry]) -> Sequence[Entry]:
    places = [place for place, one in enumerate(holding) if one.step in ("open", "away_again")]
    return holding[places[-1] :] if places else holding


def _rounds(holding: Sequence[Entry]) -> Iterator[Row]:
    told = list(steps(holding, "round", "back", "refer_to_authority"))
    for place, one in enumerate(told):
        if one.step == "round":
            outcome = "failed"
            for later in told[place + 1 :]:
                if later.step == "round":
                    break
                if later.step == "refer_to_authority":
                    outcome = str(later.facts["state"])
                else:
                    outcome = "returned"
                    break
            row: Row = {"student_id": one.student_id, "date": day(one)}
            yield {**row, "round": one.facts["number"], "outcome": outcome}


def returns(cases: Cases) -> pd.DataFrame:
    """Return days of coming back to school after illness or a crisis: ``student_id``, ``date``."""
    rows: list[Row] = [
        {"student_id": one.student_id, "date": day_of(one.facts["returned_on"]) or day(one)}
        for holding in cases
        if holding[0].kind == "crisis"
        for one in steps(holding, "readmit")
    ]
    return frame(rows, RETURNS, ["student_id", "date"])


def visit_log(cases: Cases) -> pd.DataFrame:
    """Return the visits made with when each was recorded and reported, on the school's clock.

    Columns ``student_id``, ``form``, ``start``, ``end``, ``recorded_at``, ``reported_before``,
    ``reported_after``; a moment is missing where it was not done.
    """
    rows = [row for holding in cases if holding[0].kind == "visit" for row in _logged(holding)]
    return frame(rows, LOG, ["student_id", "start", "form"])


def _logged(holding: Sequence[Entry]) -> Iterator[Row]:
    for one in steps(holding, "visit"):
        out = [other for other in steps(holding, "report_before") if other.at <= one.at]
        back = [other for other in steps(holding, "report_after") if other.at >= one.at]
        record = [other for other in steps(holding, "record") if other.at >= one.at]
        yield {
            "student_id": one.student_id,
            "form": one.facts["form"],
            "start": wall(one.facts["start"]),
            "end": wall(one.facts["end"]),
            "recorded_at": school_time(record[0].at) if record else None,
            "reported_before": school_time(out[-1].at) if out else None,
            "reported_after": school_time(back[0].at) if back else None,
        }
