"""What a rule of a case looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from visitkit.calendar import Calendar
from visitkit.errors import StoreError
from visitkit.policy import Policy
from visitkit.record.cases.fields import codes
from visitkit.record.cases.folding import CaseState
from visitkit.record.entry import Entry


@dataclass(frozen=True)
class Ground:
    """A case before a step.

    Parameters
    ----------
    entries
        The entries that hold, in order of time.
    state
        Where the case stands after them.
    policy, calendar
        The rules and the days of the school; no calendar where only the next steps are asked for.
    """

    entries: tuple[Entry, ...]
    state: CaseState
    policy: Policy
    calendar: Calendar | None = None

    def steps(self, *names: str) -> Iterator[Entry]:
        """Yield the entries of some steps, in order."""
        return (one for one in self.entries if one.step in names)

    def last(self, *names: str) -> Entry | None:
        """Return the latest entry of some steps."""
        return next((one for one in reversed(self.entries) if one.step in names), None)

    def after(self, anchor: Entry | None, *names: str) -> list[Entry]:
        """Return the entries of some steps that follow an entry; all of them where it is none."""
        places = [place for place, one in enumerate(self.entries) if one is anchor]
        first = places[0] + 1 if places else 0
        return [one for one in self.entries[first:] if one.step in names]

    def codes(self, key: str) -> tuple[str, ...]:
        """Return a list of the policy."""
        return codes(self.policy, key)

    def number(self, key: str) -> float:
        """Return a number of the policy."""
        return float(str(self.policy[key]))


def refuse(ground: Ground, key: str, **facts: object) -> StoreError:
    """Return the error of a rule, with the case."""
    return StoreError(key, case=ground.state.case_id, **facts)


def needs_all(ground: Ground, fact: str, given: Collection[str], needed: Collection[str]) -> None:
    """Refuse when somebody or something the policy names is missing from a list.

    Raises
    ------
    StoreError
        ``cases.list_lacks``.
    """
    missing = [one for one in needed if one not in given]
    if missing:
        raise refuse(ground, "cases.list_lacks", fact=fact, missing=", ".join(missing))
