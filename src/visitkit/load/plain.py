"""One table as it stands in a file: no sheets to find, no columns to know."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pandas as pd

from visitkit.load.delimited import encoding_of


def plain_table(
    name: str, data: bytes, as_text: Sequence[str] | None = None
) -> pd.DataFrame | None:
    r"""Read a csv or xlsx table whose first row is its head.

    Parameters
    ----------
    name
        Of the file; its ending tells what it is.
    data
        Its bytes; csv in UTF-8, or in GB18030 as Chinese Excel writes it.
    as_text
        Columns that stay text, so that no leading zero is lost; all when not given, and then an
        empty cell is an empty text.

    Returns
    -------
    pandas.DataFrame or None
        ``None`` when it is no table. Why is not told: the cause may quote a row.

    Examples
    --------
    >>> plain_table("a.csv", b"student_id,score\n007,3\n")["student_id"].tolist()
    ['007']
    >>> plain_table("a.xlsx", b"no workbook") is None
    True
    """
    settings: Any = {"dtype": str, "keep_default_na": False}
    if as_text is not None:
        settings = {"dtype": dict.fromkeys(as_text, str)}
    try:
        if name.lower().endswith(".xlsx"):
            sheet: pd.DataFrame = pd.read_excel(io.BytesIO(data), engine="openpyxl", **settings)
            return sheet
        encoding = encoding_of(data)
        if encoding is None:
            return None
        rows: pd.DataFrame = pd.read_csv(io.BytesIO(data), encoding=encoding, **settings)
    except (ValueError, KeyError, zipfile.BadZipFile):
        return None
    return rows
