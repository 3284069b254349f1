"""Files that a person hands over for a plan: travel times of the school's own, an earlier plan."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import ipywidgets
import pandas as pd

from visitkit.app.uploads import plain_name
from visitkit.errors import PlanError
from visitkit.load.delimited import encoding_of
from visitkit.plan import Visit, visits_table
from visitkit.plan.matrices import read_minutes
from visitkit.widgets.upload import Upload

_ANSWER = ".json"


class VisitsFiles(ipywidgets.VBox):  # type: ignore[misc]
    """Three buttons that take a file each.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.

    Attributes
    ----------
    earlier : DataFrame or None
        Visits of an earlier plan that stay as they are.
    """

    def __init__(self, lang: str) -> None:
        self.earlier: pd.DataFrame | None = None
        self._travel: tuple[str, bytes] | None = None
        self._places: tuple[str, ...] = ()
        self.travel = Upload("app_visits.files.travel", (".csv", _ANSWER), self._minutes, lang)
        self.places = Upload("app_visits.files.places", (".txt",), self._named, lang)
        self.keep = Upload("app_visits.files.keep", (".csv",), self._kept, lang)
        self.places.layout.display = "none"
        super().__init__([self.travel, self.places, self.keep])

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def speak(self, lang: str) -> None:
        """Word the buttons in another language."""
        for one in (self.travel, self.places, self.keep):
            one.lang = lang

    def minutes(self) -> pd.DataFrame | None:
        """Return the travel times that were handed over; ``None`` where there are none.

        Raises
        ------
        PlanError
            When they cannot be understood, or the answer of a routing engine came without the
            names of its places.
        """
        if self._travel is None:
            return None
        name, data = self._travel
        if name.lower().endswith(_ANSWER) and not self._places:
            raise PlanError("app_visits.wrong.places", file=name)
        return minutes_of(name, data, self._places)

    def forget_earlier(self) -> None:
        """Put the earlier plan away: it is part of the one on the screen now."""
        self.earlier = None
        self.keep.forget()

    def _minutes(self, name: str, data: bytes) -> None:
        answer = name.lower().endswith(_ANSWER)
        if not answer:
            minutes_of(name, data)
        self._travel = (name, data)
        self.places.layout.display = "" if answer else "none"

    def _named(self, name: str, data: bytes) -> None:
        lines = _decoded(name, data).splitlines()
        self._places = tuple(line.strip() for line in lines if line.strip())

    def _kept(self, name: str, data: bytes) -> None:
        content = io.StringIO(_decoded(name, data))
        try:
            found = pd.read_csv(content, dtype=str, keep_default_na=False)
        except ValueError:
            # the cause may quote a row, so it goes no further
            raise PlanError("app_visits.wrong.keep", file=name) from None
        self.earlier = found


def minutes_of(name: str, data: bytes, places: tuple[str, ...] = ()) -> pd.DataFrame:
    r"""Return travel minutes out of a file that was handed over.

    Parameters
    ----------
    name, data
        Of the file.
    places
        For the answer of a routing engine: its places, in order.

    Raises
    ------
    PlanError
        When it cannot be understood; the message names the row.

    Examples
    --------
    >>> minutes_of("m.csv", b"origin,destination,minutes\nschool,S1,12")["minutes"].tolist()
    [12.0]
    """
    with tempfile.TemporaryDirectory(prefix="visitkit-") as folder:
        path = Path(folder) / plain_name(name)
        path.write_bytes(data)
        return read_minutes(path, places)


def together(agreed: tuple[Visit, ...], earlier: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the visits that stay: those agreed on the screen, and those of an earlier plan.

    A visit that was agreed on the screen stands as it is there.

    Parameters
    ----------
    agreed
        Visits marked as agreed.
    earlier
        An earlier plan as its file holds it.
    """
    if not agreed:
        return earlier
    here = visits_table(agreed)
    if earlier is None or earlier.empty:
        return here
    known = [name for name in ("student_id", "duty") if name in earlier.columns]
    if not known:
        return earlier
    mine = here[known].astype(str).agg("\n".join, axis=1)
    theirs = earlier[known].astype(str).agg("\n".join, axis=1)
    return pd.concat([here, earlier[~theirs.isin(set(mine))]], ignore_index=True)


def _decoded(name: str, data: bytes) -> str:
    encoding = encoding_of(data)
    if encoding is None:
        raise PlanError("duties.matrix_encoding", file=name)
    return data.decode(encoding)
