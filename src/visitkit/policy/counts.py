"""What counts as a visit, quota by quota; pure functions of a policy."""

from __future__ import annotations

from collections.abc import Iterable

from visitkit.errors import PolicyError
from visitkit.policy.policy import Policy
from visitkit.policy.thresholds import equal_parts, students_needed


def quota(policy: Policy, name: str) -> dict[str, object]:
    """Return one rule on the number of visits.

    Raises
    ------
    PolicyError
        When the policy has no such rule; the message names those it has.
    """
    known = policy.records("quota")
    if name not in known:
        names = ", ".join(known) or "-"
        raise PolicyError(
            "policy.no_record", policy=policy.name, family="quota", name=name, names=names
        )
    return known[name]


def forms_of(policy: Policy, name: str = "", *, remote: bool = False) -> tuple[str, ...]:
    """Return the forms of contact that count.

    Parameters
    ----------
    policy
        The policy.
    name
        A rule on the number of visits; empty for visits in general.
    remote
        The family lives too far away for a home visit.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> forms_of(read_policy("junior-school-campaign"), "school")
    ('online',)
    """
    general = [str(form) for form in _listed(policy["visit.counts_as"])]
    forms = [str(form) for form in _listed(quota(policy, name)["forms"])] if name else general
    if "home" in forms:
        barred = _listed(policy["visit.no_substitute"])
        forms = [form for form in forms if form not in barred]
        if remote:
            forms += [str(form) for form in _listed(policy["visit.remote_forms"])]
    return tuple(dict.fromkeys(forms))


def counts_as(policy: Policy, name: str, form: str, *, remote: bool = False) -> bool:
    """Tell whether a contact of one form counts for a rule.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> counts_as(read_policy("home-visit-2"), "student", "electronic")
    True
    >>> counts_as(read_policy("home-visit-2"), "special", "electronic")
    False
    """
    return form in forms_of(policy, name, remote=remote)


def contacts_open(policy: Policy, name: str, forms: Iterable[str], *, remote: bool = False) -> int:
    """Return how many contacts a student is still owed in a period.

    Parameters
    ----------
    policy
        The policy.
    name
        A rule of the kind ``cover`` or ``extra``.
    forms
        The forms of the contacts made with the student in the period.
    remote
        The family lives too far away for a home visit.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> contacts_open(read_policy("home-visit-2"), "student", ["home"])
    1
    """
    owed = quota(policy, name).get("times", 0)
    counted = sum(counts_as(policy, name, form, remote=remote) for form in forms)
    return max(int(str(owed)) - counted, 0)


def students_owed(policy: Policy, name: str, students: int, visitors: int = 1) -> int:
    """Return how many students a rule asks for: of a class or school, or of one visitor.

    Parameters
    ----------
    policy
        The policy.
    name
        The rule.
    students
        Students in its scope; for ``remainder`` those not yet reached.
    visitors
        Teachers who share a remainder.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> students_owed(read_policy("junior-school-visits"), "head_teacher", 45)
    45
    >>> students_owed(read_policy("home-visit-4"), "head_teacher", 45)
    23
    >>> students_owed(read_policy("home-visit-4"), "subject_teacher", 22, visitors=6)
    4
    """
    rule = quota(policy, name)
    mode = str(rule["mode"])
    if mode == "cover":
        return students_needed(students, float(str(rule["share"])), str(rule["comparator"]))
    if mode in {"load", "load_range"}:
        above = 1 if rule.get("comparator") == "more_than" else 0
        return min(int(str(rule["min_students"])) + above, students)
    return equal_parts(students, visitors) if mode == "remainder" else 0


def in_scope_of_special(policy: Policy, codes: Iterable[str], key: str = "groups.special") -> bool:
    """Tell whether a student's groups are among those a policy calls special.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> in_scope_of_special(read_policy("home-visit-4"), ["only_child"])
    True
    >>> in_scope_of_special(read_policy("home-visit-5"), ["only_child"])
    False
    """
    return not set(_listed(policy[key])).isdisjoint(codes)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
