"""Counts in words for people outside: none from which a few students could be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from visitkit.errors import ReviewError
from visitkit.review.result import Note
from visitkit.review.small_cells import FLOOR
from visitkit.text import say

SIDES = ("treated", "control")
#: Facts of sentences that count students, and sentences in which they count something else.
_COUNTING = frozenset({"number", "treated", "control", "pairs", "known", "rows", "students"})
_NOT_STUDENTS = frozenset(
    {
        "review.cells.under",
        "review_designs.few_points",
        "review_designs.few_scores",
        "review_designs.one_cluster",
        "review_designs.warn.cells_without_controls",
        "review_designs.warn.few_clusters",
        "review_designs.warn.short_series",
        "review_designs.warn.unbalanced",
        "review_stats.few_studies",
        "review_stats.too_few_clusters",
    }
)


def shown_count(number: int, lang: str | None = None) -> str:
    """Return a count, or that it is small.

    Examples
    --------
    >>> shown_count(12, "en"), shown_count(3, "en"), shown_count(0, "en")
    ('12', 'under 5', '0')
    """
    if 0 < number < FLOOR:
        return say("review.cells.under", lang, least=FLOOR)
    return str(number)


@dataclass(frozen=True, slots=True)
class Told:
    """A count as it may leave the room.

    Parameters
    ----------
    number
        As it is; ``None`` where it is hidden.
    few
        Hidden because it is of one to four.
    near
        A number that is shown and differs from the hidden one by so few.

    Examples
    --------
    >>> Told(12).words("en"), Told(None, few=True).words("en"), Told(None, near=100).words("en")
    ('12', 'under 5', 'about 100')
    """

    number: int | None
    few: bool = False
    near: int | None = None

    def words(self, lang: str | None = None) -> str:
        """Return the count in words."""
        if self.number is not None:
            return str(self.number)
        if self.few:
            return say("review.cells.under", lang, least=FLOOR)
        if self.near is not None:
            return say("review.cells.about", lang, number=self.near)
        return say("review.cells.hidden", lang)


def shown_steps(steps: Mapping[str, int], lang: str | None = None) -> dict[str, str]:
    """Return counts of steps such that no difference between two of them is small either.

    Parameters
    ----------
    steps
        Step to number, from the first step on.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> shown_steps({"assigned": 100, "measured": 97, "analysed": 60}, "en")
    {'assigned': '100', 'measured': 'about 100', 'analysed': '60'}
    """
    told: dict[str, str] = {}
    known: list[int] = []
    for step, number in steps.items():
        near = next((other for other in known if 0 < abs(number - other) < FLOOR), None)
        if near is not None and number >= FLOOR:
            # what stands there already: a number rounded would narrow down the hidden one
            told[step] = Told(None, near=near).words(lang)
            continue
        told[step] = shown_count(number, lang)
        known.append(number)
    return told


@dataclass(frozen=True, slots=True)
class Shown:
    """Counts that may leave the room.

    Parameters
    ----------
    counts
        ``"assessed"``, ``"crisis"``, and ``"assigned"``, ``"received"``, ``"measured"``,
        ``"analysed"``, ``"of"`` and ``"worse"`` of a side, the last four of an outcome.
    exact
        Whether all of them are told.
    """

    counts: Mapping[tuple[str, ...], Told]
    exact: bool

    def told(self, step: str, side: str = "", outcome: str = "") -> Told:
        """Return one of the counts.

        Raises
        ------
        ReviewError
            When the study has none of that outcome.
        """
        for name in ((step, side, outcome), (step, side), (step,)):
            if name in self.counts:
                return self.counts[name]
        raise ReviewError("study.no_such_outcome", outcome=outcome or step)

    def steps(
        self, side: str, outcome: str, *names: str, lang: str | None = None
    ) -> dict[str, str]:
        """Return steps of a side in words."""
        return {name: self.told(name, side, outcome).words(lang) for name in names}

    def hides(self, step: str, *outcomes: str) -> bool:
        """Tell whether a step of a side is hidden."""
        return any(self.told(step, side, one).number is None for side in SIDES for one in outcomes)

    def sentence(self, key: str, facts: Mapping[str, object], lang: str | None = None) -> str:
        """Return a sentence without a number from which a few students could be told."""
        return safe_sentence(key, facts, lang, exact=self.exact)

    def note(self, one: Note, lang: str | None = None) -> str:
        """Return a note as a sentence, safe in the same way."""
        return self.sentence(one.key, dict(one.facts), lang)


def safe_sentence(
    key: str, facts: Mapping[str, object], lang: str | None = None, *, exact: bool = True
) -> str:
    """Return a sentence in which no number of students is one to four.

    Parameters
    ----------
    key, facts
        Of the sentence.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    exact
        Whether larger numbers may be told: else they could give a hidden one away.

    Examples
    --------
    >>> key = "review_designs.warn.rows_left_out"
    >>> safe_sentence(key, {"number": 3}, "en")
    'Under 5 rows with a missing value were left out.'
    >>> safe_sentence(key, {"number": 30}, "en", exact=False)
    'Some rows with a missing value were left out.'
    """
    if key in _NOT_STUDENTS:
        return say(key, lang, **facts)
    safe = {
        name: _safe(value, lang, exact) if name in _COUNTING else value
        for name, value in facts.items()
    }
    said = say(key, lang, **safe)
    return said[:1].upper() + said[1:] if safe != dict(facts) else said


def _safe(value: object, lang: str | None, exact: bool) -> object:
    try:
        number = float(str(value))
    except ValueError:
        return value
    if 0 < number < FLOOR:
        return say("review.cells.under", lang, least=FLOOR)
    return value if exact or not number else say("review.cells.some", lang)
