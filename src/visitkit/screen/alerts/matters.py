"""Single matters: events, and what other tables say that is the same as an event."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import pandas as pd

from visitkit.screen.indicators.assemble import Ground, facts
from visitkit.screen.indicators.behaviour import CONCERNING, USUAL_SEVERITY
from visitkit.screen.indicators.reading import read_yes

#: Observed behaviour that says the same as a kind of event.
SAME_AS = {"self_harm_sign": "despair_words", "bullied": "bullying"}

#: Group facts and fields of homelife that say the same as a kind of event.
VIOLENCE = "domestic_violence"

COLUMNS = ["student", "date", "day", "kind"]


def matters(base: Ground[Any]) -> pd.DataFrame:
    """Gather what happened to or around each student.

    A sign of self-harm among behaviour says the same as words of despair, being bullied the same
    as reported bullying, and violence noted at home or in the register the same as the event: it
    must not matter into which sheet somebody wrote it.

    Parameters
    ----------
    base
        From :func:`visitkit.screen.indicators.ground`, over pandas.

    Returns
    -------
    pandas.DataFrame
        ``student`` (number), ``date``, ``day`` (number of the school day), ``kind`` (of
        ``event_kind``).
    """
    events = _native(facts(base, "events", ["kind"]))
    seen = _native(facts(base, "behaviour", ["kind"]))
    seen = seen.assign(kind=seen["kind"].map(SAME_AS)).dropna(subset=["kind"])
    home = _native(facts(base, "homelife", ["field", "value"]))
    home = home[home["field"] == "violence"]
    home = home[home["value"].map(lambda cell: read_yes(str(cell))).astype(bool)]
    groups = _native(facts(base, "groups", ["code"], date="since"))
    groups = groups[groups["code"] == VIOLENCE]
    parts = [events, seen, home.assign(kind=VIOLENCE), groups.assign(kind=VIOLENCE)]
    return pd.concat([part[COLUMNS] for part in parts if len(part)] or [events[COLUMNS]])


def conduct(base: Ground[Any], severity: float) -> pd.DataFrame:
    """Return conduct of at least a severity, ``kind`` of ``behaviour_kind``.

    Conduct of another kind counts here, unlike in the figures: somebody thought it that severe.
    """
    seen = _native(facts(base, "behaviour", ["kind", "severity"]))
    severe = seen["severity"].astype("Float64").fillna(USUAL_SEVERITY) >= severity
    return seen.loc[severe & seen["kind"].isin([*CONCERNING, "other"]), COLUMNS]


def episodes(rows: pd.DataFrame, by: str, apart: int) -> pd.DataFrame:
    """Gather facts of one kind that lie close together into one matter.

    Parameters
    ----------
    rows
        With ``student``, ``date``, ``day`` and the column ``by``.
    by
        What tells one kind from another.
    apart
        School days between two facts that make them two matters; 0 makes each day its own.

    Returns
    -------
    pandas.DataFrame
        A row a matter: ``student``, ``fact`` (the kind), ``opened`` (first date) and ``latest``
        (number of the school day of its latest fact).
    """
    keys = ["student", by]
    rows = rows.assign(day=rows["day"].fillna(-1)).sort_values([*keys, "date"])
    rows = rows.drop_duplicates([*keys, "date"])
    first = ~rows.duplicated(keys)
    begins = first | (rows.groupby(keys)["day"].diff() > apart)
    begins = begins | (rows["day"].notna() if apart == 0 else False)
    matter = begins.groupby([rows[key] for key in keys]).cumsum()
    found = rows.groupby([*keys, matter.rename("matter")], as_index=False).agg(
        opened=("date", "min"), latest=("day", "max")
    )
    return found.rename(columns={by: "fact"}).drop(columns="matter")


def _native(frame: nw.DataFrame[Any]) -> pd.DataFrame:
    native: pd.DataFrame = frame.to_native()
    return native
