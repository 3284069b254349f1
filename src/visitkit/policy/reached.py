"""Whether a rule on the number of visits is met, and by how many students or visits it is not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from visitkit.policy.counts import counts_as, quota, students_owed
from visitkit.policy.policy import Policy
from visitkit.policy.thresholds import share_met


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a rule is met in a period.

    Parameters
    ----------
    needed
        Students who must be reached.
    reached
        Students who have been.
    met
        Whether the rule is met.
    open
        Ids of the students not reached, in order.
    """

    needed: int
    reached: int
    met: bool
    open: tuple[str, ...]


def reached(
    policy: Policy,
    name: str,
    contacts: Mapping[str, Sequence[str]],
    *,
    remote: Collection[str] = (),
    visitors: int = 1,
) -> Reached:
    """Tell how far a rule on the number of visits is met.

    Parameters
    ----------
    policy
        The policy.
    name
        The rule: one of ``policy.records("quota")``.
    contacts
        Student to the forms of the contacts made in the period, for every student in the scope
        of the rule (of the school, class, department or teacher it is counted over).
    remote
        Students who live too far away for a home visit.
    visitors
        Teachers who share the students, where the rule shares them.

    Returns
    -------
    Reached
        A student is reached when the contacts of a form that counts are as many as the rule asks
        for; a rule on the form alone asks for one with each student.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> made = {"1": ["home"], "2": ["phone"], "3": []}
    >>> reached(read_policy("junior-school-annex"), "head_teacher", made)
    Reached(needed=2, reached=1, met=False, open=('2', '3'))
    """
    rule = quota(policy, name)
    times = max(int(str(rule.get("times", 1))), 1)
    done = {
        student
        for student, forms in contacts.items()
        if sum(counts_as(policy, name, form, remote=student in remote) for form in forms) >= times
    }
    total, mode = len(contacts), str(rule["mode"])
    needed = total if mode in {"form", "extra"} else students_owed(policy, name, total, visitors)
    met = len(done) >= needed
    if mode == "cover":
        met = share_met(len(done), total, float(str(rule["share"])), str(rule["comparator"]))
    return Reached(needed, len(done), met, tuple(sorted(contacts.keys() - done)))


def phone_only(contacts: Mapping[str, Sequence[str]]) -> float | None:
    """Return the share of students, of those contacted, who were only telephoned (VF-12).

    Source: paper 001, II.1 L17, which calls contact by telephone alone a habit to correct.

    Examples
    --------
    >>> phone_only({"1": ["phone"], "2": ["phone", "home"], "3": []})
    0.5
    """
    made = [forms for forms in contacts.values() if forms]
    return sum(set(forms) == {"phone"} for forms in made) / len(made) if made else None
