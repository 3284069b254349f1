"""The tables of a school: the one place that knows columns, types, units, keys and sensitivity.

The words people use for sheets, headers and values stand in ``text/*/tables.toml`` and
``text/*/values.toml``; this module holds the codes they lead to.
"""

from dataclasses import dataclass, field
from functools import cache

from visitkit import text

#: How carefully a column is handled. ``secret`` columns are checked and then dropped.
SENSITIVITY = ("open", "personal", "restricted", "secret")


#: pandas types of the kinds of column in a loaded table.
DTYPES = {
    "id": "str",
    "text": "str",
    "time": "str",
    "code": "str",
    "codes": "str",
    "ids": "str",
    "times": "str",
    "number": "float64",
    "integer": "Int64",
    "flag": "boolean",
    "date": "datetime64[us]",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name
        The name used in code.
    kind
        ``id`` (text, leading zeros kept), ``text``, ``date``, ``time`` (HH:MM), ``number``,
        ``integer``, ``flag``, ``code`` (a word of a vocabulary), ``codes`` (several, joined by
        ``;``), ``ids`` (several, joined by ``;``) or ``times`` (weekday and time windows).
    required
        A row without it is a fault.
    vocabulary
        For ``code``, ``codes`` and ``grade``-like integers: the list in ``text/*/values.toml``.
    open_vocabulary
        A word outside the vocabulary is kept as it is instead of being a fault.
    low, high
        Smallest and largest value allowed.
    unit
        Unit of a number, as a word in ``text/*/values.toml`` under ``unit``.
    sensitivity
        One of :data:`SENSITIVITY`.
    """

    name: str
    kind: str = "text"
    required: bool = False
    vocabulary: str = ""
    open_vocabulary: bool = False
    low: float | None = None
    high: float | None = None
    unit: str = ""
    sensitivity: str = "open"


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order and the columns that make a row unique."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    #: Columns ``item_1`` .. ``item_n`` may follow.
    items: bool = False
    by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index the columns by name."""
        self.by_name.update({column.name: column for column in self.columns})

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return tuple(column.name for column in self.columns)


def _personal(name: str, kind: str = "text", **more: object) -> Column:
    return Column(name, kind, sensitivity="personal", **more)  # type: ignore[arg-type]


def _restricted(name: str, kind: str = "text", **more: object) -> Column:
    return Column(name, kind, sensitivity="restricted", **more)  # type: ignore[arg-type]


def _code(name: str, vocabulary: str, **more: object) -> Column:
    return Column(name, "code", vocabulary=vocabulary, **more)  # type: ignore[arg-type]


def _codes(name: str, vocabulary: str, **more: object) -> Column:
    return Column(name, "codes", vocabulary=vocabulary, **more)  # type: ignore[arg-type]


_STUDENT = Column("student_id", "id", required=True, sensitivity="personal")

_LAT = {"low": -90, "high": 90, "unit": "degree"}
_LON = {"low": -180, "high": 180, "unit": "degree"}

STUDENTS = Table(
    "students",
    (
        _STUDENT,
        _personal("name"),
        Column("id_number", "id", sensitivity="secret"),
        _code("sex", "sex"),
        _personal("birth_date", "date"),
        Column("grade", "integer", vocabulary="grade", low=1, high=12),
        Column("class_id", "id"),
        Column("boarding", "flag"),
        _code("hukou", "hukou"),
        _personal("address"),
        _personal("lat", "number", **_LAT),
        _personal("lon", "number", **_LON),
        _code("coord_system", "coord_system"),
        Column("zone"),
        Column("entered_on", "date"),
        Column("left_on", "date"),
        _restricted("left_how", "code", vocabulary="leaving", open_vocabulary=True),
    ),
    key=("student_id",),
)

GROUPS = Table(
    "groups",
    (
        _STUDENT,
        _restricted("code", "code", vocabulary="group", required=True),
        Column("since", "date"),
        Column("until", "date"),
        Column("source"),
        Column("definition"),
    ),
    key=("student_id", "code", "since"),
)

GUARDIANS = Table(
    "guardians",
    (
        _STUDENT,
        _code("relation", "relation"),
        _personal("name"),
        _personal("phone", "id"),
        Column("away", "flag"),
        Column("able", "flag"),
        _code("schooling", "schooling"),
        Column("available", "times"),
        Column("language"),
    ),
    key=("student_id", "relation", "name"),
)

TEACHERS = Table(
    "teachers",
    (
        Column("teacher_id", "id", required=True),
        _personal("name"),
        _code("sex", "sex"),
        _codes("roles", "role"),
        Column("homeroom_class", "id"),
        Column("classes", "ids"),
        _codes("subjects", "subject", open_vocabulary=True),
        Column("available", "times"),
        _personal("home_lat", "number", **_LAT),
        _personal("home_lon", "number", **_LON),
        Column("languages"),
        Column("max_visits", "integer", low=0, high=500, unit="visit"),
        Column("trained_on", "date"),
    ),
    key=("teacher_id",),
)

ATTENDANCE = Table(
    "attendance",
    (
        _STUDENT,
        Column("date", "date", required=True),
        _code("status", "attendance_status", required=True),
        Column("periods", "number", low=0, high=20, unit="period"),
        Column("note"),
    ),
    key=("student_id", "date", "status"),
)

MARKS = Table(
    "marks",
    (
        _STUDENT,
        Column("date", "date", required=True),
        Column("exam"),
        _code("subject", "subject", required=True, open_vocabulary=True),
        Column("score", "number", low=0, high=1000, unit="mark"),
        Column("full_score", "number", low=1, high=1000, unit="mark"),
        _code("status", "mark_status"),
    ),
    key=("student_id", "date", "exam", "subject"),
)

BEHAVIOUR = Table(
    "behaviour",
    (
        _STUDENT,
        Column("date", "date", required=True),
        _code("kind", "behaviour_kind", required=True),
        Column("severity", "integer", vocabulary="severity", low=0, high=3),
        _restricted("note"),
    ),
)

HOMELIFE = Table(
    "homelife",
    (
        _STUDENT,
        Column("date", "date", required=True),
        _code("field", "homelife_field", required=True),
        _restricted("value", required=True),
        _code("observer", "observer"),
    ),
    key=("student_id", "date", "field", "observer"),
)

SURVEYS = Table(
    "surveys",
    (
        _STUDENT,
        Column("date", "date", required=True),
        Column("instrument", "id", required=True),
        Column("administration", "id"),
    ),
    key=("student_id", "date", "instrument", "administration"),
    items=True,
)

ACTIVITY = Table(
    "activity",
    (
        _STUDENT,
        Column("date", "date", required=True),
        _code("stream", "stream", required=True),
        Column("amount", "number", required=True),
    ),
)

EVENTS = Table(
    "events",
    (
        _STUDENT,
        Column("date", "date", required=True),
        _restricted("kind", "code", vocabulary="event_kind", required=True),
        _restricted("detail"),
    ),
)

VISITS = Table(
    "visits",
    (
        _STUDENT,
        Column("date", "date", required=True),
        Column("start", "time"),
        Column("end", "time"),
        _code("form", "visit_form", required=True),
        Column("duty", "id"),
        Column("visitors", "ids"),
        Column("student_present", "flag"),
        _codes("topics", "topic", open_vocabulary=True),
        _restricted("focus"),
        _restricted("feedback"),
        _restricted("next_step"),
        Column("photos", "integer", low=0, high=999, unit="photo"),
    ),
)

INTERVENTIONS = Table(
    "interventions",
    (
        _STUDENT,
        Column("start", "date", required=True),
        Column("end", "date"),
        _code("type", "help_type", required=True),
        Column("owner", "id"),
        Column("dose"),
        _restricted("goal"),
    ),
)

CALENDAR = Table(
    "calendar",
    (
        Column("date", "date", required=True),
        _code("kind", "day_kind"),
        Column("term"),
        Column("week", "integer", low=0, high=60, unit="week"),
        Column("school_day", "flag"),
        Column("periods", "integer", low=0, high=20, unit="period"),
        Column("after_lessons_from", "time"),
    ),
    key=("date",),
)

#: Every table by name, in the order of the empty workbook.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        STUDENTS,
        GROUPS,
        GUARDIANS,
        TEACHERS,
        ATTENDANCE,
        MARKS,
        BEHAVIOUR,
        HOMELIFE,
        SURVEYS,
        ACTIVITY,
        EVENTS,
        VISITS,
        INTERVENTIONS,
        CALENDAR,
    )
}

DIMENSIONS = ("basic", "academic", "attendance", "behaviour", "psychological", "family")


@cache
def codes(vocabulary: str) -> tuple[str, ...]:
    """Return the codes of a vocabulary in the order of ``text/en/values.toml``.

    Examples
    --------
    >>> codes("attendance_status")
    ('sick', 'personal', 'unexcused', 'late', 'early')
    """
    words = text.find(f"values.{vocabulary}", "en")
    if not isinstance(words, dict):
        raise KeyError(vocabulary)
    return tuple(words)


def word(vocabulary: str, code: str, lang: str | None = None) -> str:
    """Return the word people use for a code; a code without one is returned as it is.

    Examples
    --------
    >>> word("attendance_status", "unexcused", "en")
    'unexcused'
    """
    found = text.find(f"values.{vocabulary}", lang)
    if not isinstance(found, dict) or code not in found:
        return code
    words = found[code]
    return str(words[0] if isinstance(words, list) else words)


def header(table: str, column: str, lang: str | None = None) -> str:
    """Return the header people use for a column.

    Examples
    --------
    >>> header("students", "class_id", "en")
    'class'
    """
    return text.say(f"tables.{table}.{column}", lang)
