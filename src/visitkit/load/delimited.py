"""Text tables to sheets: byte order mark, then strict UTF-8, then GB18030; nothing is guessed.

Guessing encodings from few names fails: short Chinese lists pass for Korean. A file that is none
of these is an error which says how to save it anew.
"""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from visitkit.errors import TableError
from visitkit.load.grid import Cells
from visitkit.load.sheets import Sheet

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (b",", b"\t", b";")
_CHUNK = 1 << 20
# Characters that mean nothing: other encodings read as GB18030 are full of them.
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def encoding_of(data: bytes) -> str | None:
    r"""Return the encoding of a text, or ``None`` when it is none of those accepted.

    Examples
    --------
    >>> encoding_of("\u5b66\u53f7".encode("gb18030")), encoding_of(b"\xff\xfe1\x00")
    ('gb18030', 'utf-16')
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name if _undecodable(data, name) is None else None
    return next((name for name in ("utf-8", "gb18030") if _undecodable(data, name) is None), None)


def _undecodable(data: bytes, encoding: str) -> int | None:
    """Return where decoding stops, or ``None`` when all is well; a text with NUL is no text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, max(len(data), 1), _CHUNK):
        piece = data[start : start + _CHUNK]
        try:
            plain = decoder.decode(piece, final=start + _CHUNK >= len(data))
        except UnicodeDecodeError as error:
            return start + error.start
        if "\0" in plain or (encoding == "gb18030" and _PRIVATE.search(plain)):
            return start
    return None


def read_text_table(path: Path) -> Sheet:
    """Return a csv or tsv file as a sheet; every cell is text.

    Commas, tabs and semicolons separate cells, whichever the first lines use most.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    TableError
        When the encoding is not accepted or a quotation mark is never closed.
    """
    data = path.read_bytes()
    encoding = encoding_of(data)
    if encoding is None:
        stop = max(_undecodable(data, name) or 0 for name in ("utf-8", "gb18030"))
        raise TableError("load.csv_encoding", path=str(path), row=data[:stop].count(b"\n") + 1)
    if encoding != "gb18030":
        # Both are ASCII where it matters, so lines and delimiters can be counted in bytes.
        data = data.decode(encoding).encode() if encoding != "utf-8" else data
        encoding = "utf-8"
    delimiter, width = _shape(data)
    if not width:
        return Sheet(path.name, "", ())
    frame = _parsed(path, data, delimiter, width, encoding)
    columns = tuple(_cells(frame[place]) for place in frame.columns)
    return Sheet(path.name, "", _without_empty_tail(columns))


def _parsed(path: Path, data: bytes, delimiter: str, width: int, encoding: str) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.BytesIO(data),
            sep=delimiter,
            header=None,
            names=list(range(width)),
            dtype="category",
            encoding=encoding,
            skip_blank_lines=False,
            na_filter=False,
            index_col=False,
        )
    except pd.errors.ParserError as error:
        wider = re.search(r"saw (\d+)", str(error))
        if wider:
            # A line break inside quotes hid some of a row's delimiters from the count.
            return _parsed(path, data, delimiter, int(wider[1]), encoding)
        found = re.search(r"row (\d+)", str(error))
        row = int(found[1]) + 1 if found else 1
        raise TableError("load.csv_quotes", path=str(path), row=row) from error


def _shape(data: bytes) -> tuple[str, int]:
    """Return the delimiter and the greatest number of cells in a line."""
    head = data.split(b"\n", 50)[:50]
    counts = {sign: sum(line.count(sign) for line in head) for sign in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda sign: counts[sign])
    if not data.strip():
        return ",", 0
    return delimiter.decode(), 1 + max(line.count(delimiter) for line in io.BytesIO(data))


def _cells(column: pd.Series) -> Cells:
    words = [None if not str(word).strip() else str(word) for word in column.cat.categories]
    return Cells(np.asarray(column.cat.codes, dtype=np.int32), tuple(words))


def _without_empty_tail(columns: tuple[Cells, ...]) -> tuple[Cells, ...]:
    width = len(columns)
    while width and not columns[width - 1].filled().any():
        width -= 1
    return columns[:width]
