"""What families said of visits, added up for each teacher (002, annex, VI 2 L116; RC-14).

The paper puts feedback forms into a teacher's file on conduct, where they count in appraisal. A
form goes straight from the family to the school; a teacher's file must not let anybody find out
which family said what. So it holds totals only, and none where few families answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from visitkit.calendar import DateLike, as_date
from visitkit.errors import ReviewError
from visitkit.outgoing import FLOOR
from visitkit.policy import Policy

#: Questions answered with yes or no, and those with a word of which this one is best.
FLAGS = ("told_before", "strengths_first", "listened", "nothing_asked")
BEST = {"friendly": "very", "useful": "very"}
COLUMNS = (
    "teacher_id",
    "answers",
    *(f"{name}_share" for name in (*BEST, *FLAGS)),
    "complaints",
    "hidden",
)
_RULE = "record.ethics_file"


def ethics_file(
    forms: Iterable[Mapping[str, object]],
    policy: Policy,
    since: DateLike,
    as_of: DateLike,
    *,
    least: int = FLOOR,
) -> pd.DataFrame:
    """Return what families said of the visits of each teacher, in totals.

    Parameters
    ----------
    forms
        Feedback forms as :func:`visitkit.record.forms.read_form` reads them: ``visited_on``,
        ``visitors`` and the answers. A visit by two teachers counts for both.
    policy
        ``record.ethics_file`` says whether a school keeps such a file at all.
    since, as_of
        First and last day of the visits counted.
    least
        Fewest answers told: 5 or more. With fewer, the teacher's row has no number but that.

    Returns
    -------
    pandas.DataFrame
        A row a teacher: ``teacher_id``, ``answers``; of those who answered a question the share
        with yes, or with the best word: ``friendly_share``, ``useful_share``,
        ``told_before_share``, ``strengths_first_share``, ``listened_share``,
        ``nothing_asked_share`` (missing where nobody answered it); ``complaints`` (forms with
        one); ``hidden`` (too few answers). No student, no family and no word they wrote.

    Raises
    ------
    ReviewError
        ``review.no_ethics_file`` when the policy does not ask for it; ``review.cells_too_small``.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> said = {"visited_on": "2026-11-06", "visitors": ("T1",), "friendly": "very"}
    >>> rules = read_policy("junior-school-annex")
    >>> file = ethics_file([said] * 6, rules, "2026-09-01", "2027-01-22")
    >>> file[["teacher_id", "answers", "friendly_share"]].values.tolist()
    [['T1', 6, 1.0]]
    """
    if _RULE not in policy or policy[_RULE] is not True:
        raise ReviewError("review.no_ethics_file", policy=policy.name)
    if least < FLOOR:
        raise ReviewError("review.cells_too_small", least=least, floor=FLOOR)
    first, last = as_date(since).isoformat(), as_date(as_of).isoformat()
    found: dict[str, list[Mapping[str, object]]] = {}
    for one in forms:
        if first <= str(one.get("visited_on", "")) <= last:
            for teacher in _visitors(one):
                found.setdefault(teacher, []).append(one)
    rows = [_row(teacher, said, least) for teacher, said in sorted(found.items())]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _visitors(form: Mapping[str, object]) -> set[str]:
    value = form.get("visitors")
    return {str(one) for one in value} if isinstance(value, list | tuple) else set()


def _row(teacher: str, said: list[Mapping[str, object]], least: int) -> tuple[object, ...]:
    if len(said) < least:
        nothing = [float("nan")] * (len(BEST) + len(FLAGS))
        return (teacher, pd.NA, *nothing, pd.NA, True)
    words = [_share(said, name, word) for name, word in BEST.items()]
    flags = [_share(said, name, True) for name in FLAGS]
    complaints = sum(bool(one.get("complaint")) for one in said)
    return (teacher, len(said), *words, *flags, complaints, False)


def _share(said: list[Mapping[str, object]], name: str, wanted: object) -> float:
    answers = [one[name] for one in said if one.get(name) is not None]
    return sum(one == wanted for one in answers) / len(answers) if answers else float("nan")
