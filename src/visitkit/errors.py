"""Errors as data: a key and facts, worded for people in :mod:`visitkit.text`.

An error never holds a name, a phone number or an identity number among its facts, because errors
end in logs.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

_wording: list[Callable[[str, dict[str, object]], str]] = []


def set_wording(word: Callable[[str, dict[str, object]], str]) -> None:
    """Let :mod:`visitkit.text` lend its words to errors, which it must not be imported by.

    Parameters
    ----------
    word
        Takes a key and facts and returns the sentence in the reader's language.
    """
    _wording[:] = [word]


class VisitkitError(Exception):
    """Something a person can mend.

    Parameters
    ----------
    key
        Name of the sentence in ``text/``, for example ``"load.file_missing"``.
    **facts
        What fills the sentence: where, what was found, what is allowed.

    Examples
    --------
    >>> error = VisitkitError("load.file_missing", path="school.xlsx")
    >>> error.key, error.facts
    ('load.file_missing', {'path': 'school.xlsx'})
    """

    def __init__(self, key: str, /, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts

    def __str__(self) -> str:
        """Return the sentence when words are loaded, else the key and the facts."""
        if _wording:
            return _wording[0](self.key, self.facts)
        return f"{self.key} {self.facts}"


class Sayable(Protocol):
    """A fault that can be told as one line."""

    def sentence(self) -> str:
        """Return the fault as one line for people."""
        ...


class ManyFaultsError(VisitkitError):
    """Faults found together, told together: the count, the first of them, how many more.

    Parameters
    ----------
    key
        Name of the sentence with the count.
    more
        Name of the sentence that says how many more there are.
    faults
        All of them; also in ``.faults``.
    **facts
        What fills the first sentence beside ``number``.
    """

    #: Faults told in the error itself; the commands list them all.
    SHOWN = 20

    def __init__(self, key: str, more: str, faults: Sequence[Sayable], /, **facts: object) -> None:
        super().__init__(key, **facts, number=len(faults))
        self.more = more
        self.faults = tuple(faults)

    def __str__(self) -> str:
        """Return the count and the first faults as lines."""
        lines = [super().__str__(), *(fault.sentence() for fault in self.faults[: self.SHOWN])]
        rest = len(self.faults) - self.SHOWN
        if rest > 0:
            lines.append(str(VisitkitError(self.more, number=rest)))
        return "\n".join(lines)


class TableError(VisitkitError):
    """A file or table cannot be used as it is."""


class CalendarError(VisitkitError):
    """A date lies outside the school calendar, or the calendar contradicts itself."""


class PolicyError(VisitkitError):
    """A policy holds a value that is not allowed, or lacks one that is needed."""


class ScreenError(VisitkitError):
    """Screening was asked for something it cannot give."""


class PlanError(VisitkitError):
    """A visit plan cannot be made from what was given."""


class StoreError(VisitkitError):
    """The casebook refuses an operation."""


class ReviewError(VisitkitError):
    """An evaluation would not be honest with what was given."""
