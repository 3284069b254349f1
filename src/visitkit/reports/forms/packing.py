"""Packed documents whose bytes depend on their content alone."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

#: The day every form says its file was made on: the day of the form itself stands on the form.
MADE_ON = dt.datetime(2026, 9, 1)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMPED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_UNIX = 3


def timeless(packed: bytes) -> bytes:
    """Pack a document again without the moment it was made at.

    Parameters
    ----------
    packed
        An xlsx or docx file.

    Examples
    --------
    >>> stream = io.BytesIO()
    >>> with zipfile.ZipFile(stream, "w") as made:
    ...     made.writestr("a.txt", "a")
    >>> timeless(stream.getvalue()) == timeless(timeless(stream.getvalue()))
    True
    """
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                stamp = f"{MADE_ON:%Y-%m-%dT%H:%M:%SZ}".encode("ascii")
                content = _STAMPED.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = _UNIX
            new.writestr(member, content)
    return stream.getvalue()
