"""The indicators: what each measures, from which table, over which days, and which way is worrying.

Their words stand in ``text/*/indicators.toml`` and their definitions in ``docs/indicators.md``; how
they are computed stands in :mod:`visitkit.screen.indicators`, and what a figure is worth in points
is a policy's.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measurable fact about a student.

    Parameters
    ----------
    name
        The column name in :class:`visitkit.screen.frames.Indicators`.
    dimension
        One of :data:`visitkit.tables.DIMENSIONS`.
    table
        The table it is computed from.
    unit
        ``percent`` (of school days or papers), ``point`` (percentage points), ``day``, ``count``,
        ``per100`` (per 100 school days), ``sd`` (standard deviations within class and exam),
        ``ratio``, ``step`` (ordered steps from 0), ``year``, ``hour``, ``minute``, ``week``.
    worse
        ``high`` or ``low``: the direction in which the figure is a reason to look.
    window
        School days looked back over; 0 means the latest fact, -1 all facts known.
    protective
        A good figure is told as something that protects.
    signed
        The figure is a difference, told with its sign.
    """

    name: str
    dimension: str
    table: str
    unit: str
    worse: str = "high"
    window: int = 0
    protective: bool = False
    signed: bool = False


CATALOG: tuple[Indicator, ...] = (
    Indicator("age_gap", "basic", "students", "year", signed=True),
    Indicator("weeks_since_entry", "basic", "students", "week", worse="low"),
    Indicator("contact_missing", "basic", "guardians", "step"),
    Indicator("leaving_signs", "basic", "events", "count", window=120),
    Indicator("group_facts", "basic", "groups", "count", window=-1),
    Indicator("canteen_change", "basic", "activity", "percent", "low", 20, signed=True),
    Indicator("mark_standing", "academic", "marks", "sd", "low", protective=True, signed=True),
    Indicator("mark_percentile", "academic", "marks", "percent", worse="low"),
    Indicator("mark_drop", "academic", "marks", "sd"),
    Indicator("subject_drop", "academic", "marks", "sd"),
    Indicator("subject_spread", "academic", "marks", "sd"),
    Indicator("core_failed", "academic", "marks", "count"),
    Indicator("subjects_failed", "academic", "marks", "percent"),
    Indicator("papers_missed", "academic", "marks", "percent", window=160),
    Indicator("homework_missing", "academic", "behaviour", "per100", window=40),
    Indicator("library_change", "academic", "activity", "percent", "low", 20, signed=True),
    Indicator("learning_change", "academic", "activity", "percent", "low", 20, signed=True),
    Indicator("absence_rate", "attendance", "attendance", "percent", window=40, protective=True),
    Indicator("unexcused_rate", "attendance", "attendance", "percent", window=40),
    Indicator("unexcused_run", "attendance", "attendance", "day", window=40),
    Indicator("absence_run", "attendance", "attendance", "day", window=40),
    Indicator("sick_rate", "attendance", "attendance", "percent", window=40),
    Indicator("leave_rate", "attendance", "attendance", "percent", window=40),
    Indicator("late_rate", "attendance", "attendance", "percent", window=40),
    Indicator("early_rate", "attendance", "attendance", "percent", window=40),
    Indicator("absence_trend", "attendance", "attendance", "point", window=20, signed=True),
    Indicator("incident_rate", "behaviour", "behaviour", "per100", window=60, protective=True),
    Indicator("incident_severity", "behaviour", "behaviour", "per100", window=60),
    Indicator("serious_incidents", "behaviour", "behaviour", "count", window=120),
    Indicator("incident_trend", "behaviour", "behaviour", "per100", window=40, signed=True),
    Indicator("truancy_rate", "behaviour", "behaviour", "per100", window=60),
    Indicator("peer_conflicts", "behaviour", "behaviour", "count", window=60),
    Indicator("good_conduct", "behaviour", "behaviour", "per100", "low", 120, protective=True),
    Indicator("phone_hours", "behaviour", "homelife", "hour"),
    Indicator("club_change", "behaviour", "activity", "percent", "low", 20, signed=True),
    Indicator("scale_ratio", "psychological", "surveys", "ratio"),
    Indicator("scale_change", "psychological", "surveys", "ratio", signed=True),
    Indicator("subscales_raised", "psychological", "surveys", "percent"),
    Indicator("survey_void", "psychological", "surveys", "step"),
    Indicator("withdrawn_signs", "psychological", "behaviour", "count", window=80),
    Indicator("bullied_signs", "psychological", "behaviour", "count", window=120),
    Indicator("sleep_hours", "psychological", "homelife", "hour", worse="low"),
    Indicator("counselling_talks", "psychological", "interventions", "count", window=120),
    Indicator("parents_away", "family", "guardians", "count"),
    Indicator("no_able_guardian", "family", "guardians", "step"),
    Indicator("guardian_schooling", "family", "guardians", "step", worse="low"),
    Indicator("family_economy", "family", "homelife", "step"),
    Indicator("family_climate", "family", "homelife", "step", protective=True),
    Indicator("education_view", "family", "homelife", "step", protective=True),
    Indicator("parent_minutes", "family", "homelife", "minute", "low", protective=True),
    Indicator("family_events", "family", "events", "count", window=120),
    Indicator("days_since_contact", "family", "visits", "day", window=-1),
    Indicator("home_visits", "family", "visits", "count", "low", 200, protective=True),
)

#: Indicators by name.
BY_NAME: dict[str, Indicator] = {indicator.name: indicator for indicator in CATALOG}
