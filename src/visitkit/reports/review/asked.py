"""What a person says about a study that no table knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """The head of the report, in the words of those who ask.

    Parameters
    ----------
    question
        As a sentence.
    help
        What was done for the treated.
    when, who
        Term; schools, grades.
    registered
        Where and when the study was declared beforehand; empty when nobody says.
    names
        Column to the word for it; a column without one keeps its name.
    made
        Day of the report; today when not given.
    """

    question: str = ""
    help: str = ""
    when: str = ""
    who: str = ""
    registered: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    made: dt.date | None = None

    def name(self, column: str) -> str:
        """Return the word for a column."""
        return self.names.get(column, column)
