"""The learned model beside the list, as csv."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from visitkit.reports.csv_files import write_table
from visitkit.reports.together import write_alone


def write_learned(chances: pd.DataFrame, path: str | Path) -> Path:
    """Write place, student number, tier, index and learned probability; no names.

    Parameters
    ----------
    chances
        ``rank``, ``student_id``, ``tier``, ``risk_index``, ``learned``.
    path
        The csv file, written whole or not at all.
    """
    table = chances.assign(learned=chances["learned"].round(4))
    return write_alone(path, lambda target: write_table(table, target))
