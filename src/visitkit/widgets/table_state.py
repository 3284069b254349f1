"""What the table of students shows: columns that stay, and the bytes that each move sends."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from visitkit import text
from visitkit.load import School
from visitkit.outgoing.formulas import guard
from visitkit.reports.alerts_view import as_moment, written
from visitkit.screen import Caseload, reason_words
from visitkit.screen.ranking import Ranking
from visitkit.screen.tiers import TIERS

#: Stands for a missing index and a missing stability in the bytes.
NO_INDEX, NO_SHARE = 0xFFFF, 0xFF


@dataclass(frozen=True, slots=True)
class Columns:
    """What no weight changes, a place a student; sent once.

    Parameters
    ----------
    ids, classes
        As in the school's own tables.
    grades
        1 to 12, ``None`` where it is not on record.
    names
        Empty unless names were asked for.
    alerts
        How many rules opened an alert.
    due
        The earliest deadline as written; empty where none runs.
    """

    ids: tuple[str, ...]
    classes: tuple[str, ...]
    grades: tuple[int | None, ...]
    names: tuple[str, ...]
    alerts: tuple[int, ...]
    due: tuple[str, ...]

    def __repr__(self) -> str:
        """Return the size only."""
        return f"Columns({len(self.ids)} students)"

    def __len__(self) -> int:
        """Return the number of students."""
        return len(self.ids)

    def sent(self) -> dict[str, object]:
        """Return the columns as a message holds them."""
        return {
            "ids": self.ids,
            "classes": self.classes,
            "grades": self.grades,
            "names": self.names,
            "alerts": self.alerts,
            "due": self.due,
        }


def columns(cases: Caseload, school: School | None = None, *, names: bool = False) -> Columns:
    """Return what the table shows of each student and no weight changes.

    Parameters
    ----------
    cases
        The caseload; the order of its students is kept as long as it is shown.
    school
        Gives grades, and names where they are asked for.
    names
        Show names beside numbers.
    """
    table = cases.table
    ids = tuple(table["student_id"].astype(str).to_list())
    known = _of_students(school, ids)
    return Columns(
        ids,
        tuple(table["class_id"].astype(str).to_list()),
        tuple(None if pd.isna(one) else int(one) for one in known["grade"]),
        tuple("" if pd.isna(one) else str(one) for one in known["name"]) if names else (),
        tuple(len([code for code in str(one).split(";") if code]) for one in table["alerts"]),
        tuple(written(as_moment(one)) for one in table["due"]),
    )


def _of_students(school: School | None, ids: Sequence[str]) -> pd.DataFrame:
    wanted = ["grade", "name"]
    if school is None:
        return pd.DataFrame(index=list(ids), columns=wanted)
    students = school.table("students").drop_duplicates("student_id")
    by_student = students.set_axis(students["student_id"].astype(str), axis=0)
    return by_student.reindex(index=list(ids), columns=wanted)


def rank_bytes(ranking: Ranking, ids: Sequence[str]) -> list[bytes]:
    """Return the order of students as bytes, joined by student: what each move sends.

    Parameters
    ----------
    ranking
        The order.
    ids
        The students as the table has them; each must be in ``ranking``.

    Returns
    -------
    list of bytes
        Ranks as 32-bit, the index in hundredths as 16-bit (:data:`NO_INDEX` where it may not be
        read) and tiers as 8-bit whole numbers, little-endian: 7 bytes a student.
    """
    place = slice(None) if ranking.ids is ids or ranking.ids == ids else _places(ranking.ids, ids)
    tier = ranking.tier[place]
    shown = ~np.isnan(ranking.index[place]) & (tier != TIERS.index("unknown"))
    hundredths = np.rint(np.where(shown, ranking.index[place], 0.0) * 100)
    index = np.where(shown, hundredths, NO_INDEX).astype("<u2")
    return [ranking.rank[place].astype("<u4").tobytes(), index.tobytes(), tier.tobytes()]


def share_bytes(cases: Caseload, ids: Sequence[str]) -> bytes:
    """Return how steady each place is, in whole percent, :data:`NO_SHARE` where it is not known."""
    table = cases.table
    share = table["stability"].to_numpy(dtype=np.float64)
    share = share[_places(table["student_id"].astype(str).to_list(), ids)]
    whole = np.floor(np.where(np.isnan(share), 0.0, share) * 100 + 0.5)
    return np.where(np.isnan(share), NO_SHARE, whole).astype("<u1").tobytes()


def _places(have: Sequence[str], want: Sequence[str]) -> list[int]:
    place = {one: number for number, one in enumerate(have)}
    return [place[one] for one in want]


def first_reasons(cases: Caseload, ids: Sequence[str], lang: str) -> list[str]:
    """Return the first reason of each student in words; empty where there is none."""
    return [next(iter(reason_words(cases, one, lang)), "") for one in ids]


def as_csv(
    shown: Columns,
    rows: Sequence[int],
    cases: Caseload,
    lang: str,
    decided: Mapping[str, str],
) -> bytes:
    """Return the rows that are shown, in their order, as csv that a spreadsheet never runs.

    Parameters
    ----------
    shown
        The columns of the table; names are written only where the table shows them.
    rows
        Places in ``shown``, in the order of the screen.
    cases
        The caseload as it stands under the weights.
    lang
        Language of the header, tiers and reasons.
    decided
        Student to the tier that a person set.
    """
    named = ["name"] if shown.names else []
    wanted = ["rank", "student_id", *named, "grade", "class_id", "tier", "decided"]
    wanted += ["risk_index", "alerts", "due", "stability", "reason"]
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(text.say(f"widgets_table.column.{name}", lang) for name in wanted)
    for row in rows:
        cells = _cells(shown, row, cases, lang, decided)
        writer.writerow(guard(cells[name]) for name in wanted)
    # The mark at the beginning tells Excel that this is UTF-8 and not the machine's own encoding.
    return file.getvalue().encode("utf-8-sig")


def _cells(
    shown: Columns, row: int, cases: Caseload, lang: str, decided: Mapping[str, str]
) -> dict[str, object]:
    student = shown.ids[row]
    found = cases.student(student)
    human = decided.get(student, "")
    grade = shown.grades[row]
    unknown = found["tier"] == "unknown" or pd.isna(found["risk_index"])
    return {
        "rank": int(found["rank"]),
        "student_id": student,
        "name": shown.names[row] if shown.names else "",
        "grade": "" if grade is None else text.say(f"values.grade.{grade}", lang),
        "class_id": shown.classes[row],
        "tier": text.say(f"screen.tier.{found['tier']}", lang),
        "decided": text.say(f"screen.tier.{human}", lang) if human else "",
        "risk_index": "" if unknown else round(float(found["risk_index"]), 2),
        "alerts": shown.alerts[row],
        "due": shown.due[row],
        "stability": "" if pd.isna(found["stability"]) else f"{found['stability']:.0%}",
        "reason": first_reasons(cases, [student], lang)[0],
    }
