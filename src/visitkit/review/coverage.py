"""What was owed and what was done: by rule, class, role, group, tier and band, with denominators.

How far each rule is met, class by class, is counted where duties are worked out; that table is
taken as it is. Here stands what goes beyond it. These are counts of everybody, not samples, so
they have no intervals.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from visitkit.calendar import DateLike, as_date
from visitkit.load.school import School
from visitkit.policy import Policy
from visitkit.policy.counts import forms_of
from visitkit.review import coverage_tables as made
from visitkit.review.coverage_words import sentences
from visitkit.review.measured import days
from visitkit.review.small_cells import LEAST, without_small_cells
from visitkit.review.timeliness import called_off, timeliness


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside duties and the school; each part may be missing.

    Parameters
    ----------
    tiers : pandas.DataFrame
        ``student_id`` and ``tier``, from the caseload.
    appointments : pandas.DataFrame
        ``student_id``, ``date``, ``status``, from the casebook.
    log : pandas.DataFrame
        Visits with their records and reports, see :func:`visitkit.review.timeliness.timeliness`.
    since
        First day of the contacts counted; the earliest day a duty opens when not given.
    """

    tiers: pd.DataFrame | None = None
    appointments: pd.DataFrame | None = None
    log: pd.DataFrame | None = None
    since: DateLike | None = None


@dataclass(frozen=True)
class Coverage:
    """What was owed and what was done.

    Parameters
    ----------
    quotas : pandas.DataFrame
        How far each rule has been reached, by class, grade and school, as it was handed in.
    parts : pandas.DataFrame
        A row a rule and unit of the levels ``role`` (who must go; ``anybody`` where the rule names
        none), ``group`` and ``tier``: ``students``, ``reached``, ``share``, ``visits_owed``,
        ``visits_made``, ``open`` and ``overdue`` (students). A student in two groups is in both.
    contacts : pandas.DataFrame
        ``level`` (``class`` or ``school``), ``unit``, ``students``, ``contacted``, ``phone_only``
        (of those contacted) and their ``share``.
    bands : pandas.DataFrame
        ``band``, ``students``, ``visited`` (a contact of a form that counts), ``share``,
        ``asked_for`` (the policy names the band), ``met`` (somebody of it was visited).
    staff : pandas.DataFrame
        Totals only: ``role``, ``teachers``, ``taking_part``, ``share``, ``visits``.
    timeliness, called_off : pandas.DataFrame or None
        See :mod:`visitkit.review.timeliness`; ``None`` when the casebook was not handed in.
    open : pandas.DataFrame
        Who still waits: ``student_id``, ``class_id``, ``rules``, ``visits`` (still to make),
        ``due`` (the earliest), ``overdue``, ``last_contact``. Never leaves the room.
    since, as_of : pandas.Timestamp
        First and last day of the contacts counted.
    """

    quotas: pd.DataFrame
    parts: pd.DataFrame
    contacts: pd.DataFrame
    bands: pd.DataFrame
    staff: pd.DataFrame
    timeliness: pd.DataFrame | None
    called_off: pd.DataFrame | None
    open: pd.DataFrame
    since: pd.Timestamp
    as_of: pd.Timestamp

    def words(self, lang: str | None = None) -> str:
        """Return the totals in words, a sentence a line; no student is named."""
        return "\n".join(sentences(self, lang))

    def to_leave(self, *, least: int = LEAST) -> Coverage:
        """Return what may leave the room: small rows without numbers, nobody in the list.

        Raises
        ------
        ReviewError
            When ``least`` is below :data:`visitkit.review.small_cells.FLOOR`.
        """
        return replace(
            self,
            quotas=without_small_cells(
                self.quotas, "students", ["rule", "kind", "level"], least=least
            ),
            parts=without_small_cells(self.parts, "students", ["rule", "level"], least=least),
            contacts=without_small_cells(self.contacts, "students", ["level"], least=least),
            bands=without_small_cells(self.bands, "students", [], least=least),
            staff=without_small_cells(self.staff, "teachers", [], least=least),
            open=self.open.iloc[:0],
        )


def coverage(
    duties: pd.DataFrame,
    quotas: pd.DataFrame,
    school: School,
    policy: Policy,
    as_of: DateLike,
    beside: Beside | None = None,
) -> Coverage:
    """Return what was owed and what was done.

    Parameters
    ----------
    duties
        Visits owed, from the planning stage.
    quotas
        How far each rule has been reached, from the planning stage.
    school
        Students, groups, teachers, marks and visits.
    policy
        ``visit.*``, ``record.due_hours`` and ``safety.*``.
    as_of
        The day on which we stand. Contacts after it are not counted.
    beside
        Tiers, appointments, and the log of the casebook.

    Raises
    ------
    ReviewError
        When a table lacks a column.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> made = pd.DataFrame({"student_id": ["1"], "date": ["2026-10-09"], "form": ["phone"]})
    >>> roll = pd.DataFrame({"student_id": ["1", "2"], "class_id": "701"})
    >>> school = School.from_frames(students=roll, visits=made)
    >>> rules = read_policy("home-school-contact")
    >>> owed = pd.DataFrame({"student_id": ["1", "2"], "class_id": "701", "rule": "quota.student",
    ...     "roles": "", "occurrences": 1, "fulfilled": [1, 0], "status": ["fulfilled", "owed"],
    ...     "opens": pd.Timestamp("2026-09-01"), "due": pd.Timestamp("2027-01-22"),
    ...     "overdue": False, "last_contact": pd.NaT})
    >>> found = coverage(owed, pd.DataFrame(), school, rules, "2026-11-02")
    >>> found.open["student_id"].tolist()
    ['2']
    >>> found.contacts[["level", "contacted", "phone_only"]].values.tolist()
    [['class', 1, 1], ['school', 1, 1]]
    """
    beside = beside or Beside()
    today = pd.Timestamp(as_date(as_of))
    table = pd.DataFrame(duties)
    made.need(table, (*made.DUTY_COLUMNS, "opens"))
    since = table["opens"].min() if beside.since is None else pd.Timestamp(as_date(beside.since))
    since = min(since, today) if pd.notna(since) else today
    visits = school.tables["visits"]
    visits = visits[visits["date"].between(since, today)]
    counting = visits[visits["form"].isin(forms_of(policy))]
    roll = made.on_roll(school, today)
    return Coverage(
        quotas=pd.DataFrame(quotas),
        parts=made.parts(table, school, today, beside.tiers),
        contacts=made.contacts(roll, visits, policy),
        bands=made.bands(roll, school.tables["marks"], counting, policy, today),
        staff=made.staff(school.tables["teachers"], counting),
        timeliness=None if beside.log is None else timeliness(beside.log, policy, today),
        called_off=_called_off(beside.appointments, counting, since, today),
        open=made.still_open(table),
        since=since,
        as_of=today,
    )


def _called_off(
    appointments: pd.DataFrame | None,
    visits: pd.DataFrame,
    since: pd.Timestamp,
    today: pd.Timestamp,
) -> pd.DataFrame | None:
    if appointments is None:
        return None
    made.need(appointments, ("student_id", "date", "status"))
    table = appointments.assign(
        student_id=appointments["student_id"].astype("str"),
        date=days(appointments["date"], "date"),
    )
    return called_off(table[table["date"].between(since, today)], visits)
