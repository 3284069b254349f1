"""Which teachers stand behind a role, such as the head teacher of this class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from visitkit.load.school import School

#: Roles of a policy that several roles of the table of teachers make up.
BODIES: Mapping[str, tuple[str, ...]] = {
    "leading_group": ("principal", "vice_principal", "moral_office"),
    "working_group": ("moral_office", "counsellor"),
    "office_head": ("moral_office",),
    "panel": ("counsellor",),
}
#: Roles of a policy that any teacher may fill.
ANYONE = ("visitor", "any_staff", "party_staff")

Ids = tuple[str, ...]


@dataclass(frozen=True)
class Staff:
    """Teachers by what they do.

    Parameters
    ----------
    heads
        Class to its head teacher; two where two share it.
    teams
        Class to those who teach it, the head teacher included.
    roles
        Role to its holders.
    classes
        Teacher to classes taught or led.
    everyone
        All teachers.
    """

    heads: Mapping[str, Ids]
    teams: Mapping[str, Ids]
    roles: Mapping[str, Ids]
    classes: Mapping[str, Ids]
    everyone: Ids

    def team(self, class_id: str) -> Ids:
        """Return the teachers of a class, head teacher first."""
        heads = self.heads.get(class_id, ())
        return heads + tuple(one for one in self.teams.get(class_id, ()) if one not in heads)

    def subject(self, class_id: str) -> Ids:
        """Return the teachers of a class without its head teacher."""
        return tuple(one for one in self.team(class_id) if one not in self.heads.get(class_id, ()))

    def holders(self, role: str, class_id: str) -> Ids:
        """Return those who fill a role for a class.

        A grade leader is the one who teaches in the grade where that is known. A role that nobody
        of the table fills has no holders; that is told, never guessed.
        """
        if role == "head_teacher":
            return self.heads.get(class_id, ())
        if role == "subject_teacher":
            return self.subject(class_id)
        if role in ANYONE:
            return self.everyone
        if role in BODIES:
            found = {one for part in BODIES[role] for one in self.roles.get(part, ())}
            return tuple(sorted(found))
        holders = self.roles.get(role, ())
        if role == "grade_leader":
            near = tuple(one for one in holders if class_id in self.classes.get(one, ()))
            return near or holders
        return holders

    def any_of(self, roles: Iterable[str], class_id: str) -> Ids:
        """Return the holders of any of some roles, in order of the roles, each once."""
        found = [one for role in roles for one in self.holders(role, class_id)]
        return tuple(dict.fromkeys(found))


def staff_of(school: School) -> Staff:
    """Read the teachers of a school.

    Examples
    --------
    >>> import pandas as pd
    >>> teachers = pd.DataFrame(
    ...     {"teacher_id": ["T1", "T2"], "homeroom_class": ["701", None], "classes": ["701", "701"]}
    ... )
    >>> students = pd.DataFrame({"student_id": ["1"], "class_id": ["701"]})
    >>> staff_of(School.from_frames(students=students, teachers=teachers)).team("701")
    ('T1', 'T2')
    """
    heads: dict[str, set[str]] = {}
    teams: dict[str, set[str]] = {}
    roles: dict[str, set[str]] = {}
    classes: dict[str, Ids] = {}
    rows = school.teachers[["teacher_id", "roles", "homeroom_class", "classes"]].astype("object")
    for teacher, held, home, taught in rows.itertuples(index=False, name=None):
        own = set(_parts(home))
        for name in own:
            heads.setdefault(name, set()).add(str(teacher))
        for name in own | set(_parts(taught)):
            teams.setdefault(name, set()).add(str(teacher))
        for role in _parts(held):
            roles.setdefault(role, set()).add(str(teacher))
        classes[str(teacher)] = tuple(sorted(own | set(_parts(taught))))
    everyone = tuple(sorted(classes))
    return Staff(_sorted(heads), _sorted(teams), _sorted(roles), classes, everyone)


def _parts(cell: object) -> list[str]:
    if not isinstance(cell, str):
        return []
    return [part.strip() for part in cell.split(";") if part.strip()]


def _sorted(found: Mapping[str, set[str]]) -> dict[str, Ids]:
    return {name: tuple(sorted(ids)) for name, ids in sorted(found.items())}
