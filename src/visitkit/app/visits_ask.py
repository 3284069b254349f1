"""What a person asks of a plan, read from the controls and checked."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

import pandas as pd

from visitkit.app.visits_files import together
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan import Terms, Visit, base_place
from visitkit.plan.terms import USUAL_DAYS, USUAL_MODE, USUAL_SPACING
from visitkit.plan.travel import MODES

#: Bounds of the controls.
MOST_DAYS, MOST_SECONDS, MOST_SEED = 60, 600, 2**31 - 1
USUAL_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """What the controls say.

    Parameters
    ----------
    start
        First day of the plan.
    days, seconds, seed, spacing
        Days of the plan, seconds of the search, seed of the draws, least days between two visits
        to one family.
    mode
        Way of travel.
    base
        Where the school is, as it was written: ``latitude, longitude`` or nothing.
    daylight
        Visits end before sunset.
    only_chosen
        Only students put on the list by hand.
    far
        Zones too far away for a visit at home.
    kinds
        Kinds of duty the plan is made for; all where none is chosen.
    minutes
        Travel minutes of the school's own; ``None``: worked out from the places of the homes.
    earlier
        Visits of an earlier plan that stay as they are.
    """

    start: dt.date
    days: int = USUAL_DAYS
    seconds: int = USUAL_SECONDS
    seed: int = 0
    spacing: int = USUAL_SPACING
    mode: str = USUAL_MODE
    base: str = ""
    daylight: bool = False
    only_chosen: bool = False
    far: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    minutes: pd.DataFrame | None = field(default=None, repr=False)
    earlier: pd.DataFrame | None = field(default=None, repr=False)

    def terms(
        self, school: School, chosen: tuple[str, ...] = (), kept: tuple[Visit, ...] = ()
    ) -> Terms:
        """Return how to plan.

        Parameters
        ----------
        school
            Whose homes say which system of coordinates the place of the school is in.
        chosen
            Students put on the list by hand.
        kept
            Visits agreed with families, which stay as they are.

        Raises
        ------
        PlanError
            When a number is out of its bounds, the way of travel is not known, the place of the
            school cannot be read, or only chosen students are asked for and none is.
        """
        for name, value, least, most in (
            ("days", self.days, 1, MOST_DAYS),
            ("seconds", self.seconds, 1, MOST_SECONDS),
            ("seed", self.seed, 0, MOST_SEED),
            ("spacing", self.spacing, 1, MOST_DAYS),
        ):
            if not least <= value <= most:
                key = f"app_visits.wrong.{name}"
                raise PlanError(key, least=least, most=most)
        if self.mode not in MODES:
            raise PlanError("duties.mode_unknown", found=self.mode, names=", ".join(MODES))
        if self.only_chosen and not chosen:
            raise PlanError("app_visits.wrong.nobody_chosen")
        return Terms(
            days=self.days,
            mode=self.mode,
            base=base_place(school, degrees(self.base)),
            daylight=self.daylight,
            spacing=self.spacing,
            chosen=chosen,
            only_chosen=self.only_chosen,
            keep=together(kept, self.earlier),
            far=self.far,
            kinds=self.kinds,
            minutes=self.minutes,
        )


def degrees(written: str) -> tuple[float, float] | None:
    """Return latitude and longitude as a person writes them; ``None`` where nothing is written.

    Raises
    ------
    PlanError
        When they cannot be read.

    Examples
    --------
    >>> degrees("30.05, 104.11"), degrees(" ")
    ((30.05, 104.11), None)
    """
    plain = written.replace("\uff0c", ",").strip()
    if not plain:
        return None
    try:
        lat, lon = (float(part) for part in plain.split(","))
    except ValueError as error:
        raise PlanError("app_visits.wrong.base") from error
    if not (math.isfinite(lat) and abs(lat) <= 90 and math.isfinite(lon) and abs(lon) <= 180):
        raise PlanError("app_visits.wrong.base")
    return lat, lon
