"""A plan for some kinds of visits only: what was not chosen waits, what must be done never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit import plan, policy, sample, screen, text
from visitkit.calendar import Calendar
from visitkit.errors import PlanError
from visitkit.load import School
from visitkit.plan import Setting, Terms
from visitkit.plan.duties_owed import KINDS
from visitkit.plan.kinds import TO_CHOOSE, kinds_named, of_kinds
from visitkit.plan.wishes import PRESSING

DAY = "2026-11-02"


@pytest.fixture(scope="module")
def school() -> School:
    """A made-up school with duties of several kinds."""
    made = sample.make_school(seed=3, students=120)
    return School(made.tables, Calendar.from_frame(made.tables["calendar"]))


def asked(school: School, *kinds: str) -> tuple[Setting, dict[str, set[str]]]:
    """Return the problem, and each student's kinds of duty that the requests serve."""
    rules = policy.read_policy("recommended")
    figures = screen.indicators(school, as_of=DAY)
    risk = screen.RiskIndex.from_policy(rules).fit(figures).assess(figures)
    cases = screen.caseload(risk, screen.alerts(school, rules, as_of=DAY), rules)
    found = plan.problem_of(cases, school, rules, DAY, Terms(kinds=kinds))
    names = dict(zip(found.duties["duty"], found.duties["kind"], strict=True))
    served: dict[str, set[str]] = {}
    for one in found.problem.requests:
        kept = {names.get(part, "tier") for part in one.duty.split(";")}
        served.setdefault(one.student_id, set()).update(kept)
    return found, served


def test_only_the_chosen_kinds_are_asked_for_and_what_must_be_done(school: School) -> None:
    """New students alone: no other visit is asked for but those that cannot wait."""
    whole, everything = asked(school)
    some, chosen = asked(school, "new_student")
    assert "regular" in set().union(*everything.values())
    assert set().union(*chosen.values()) <= {"new_student", *PRESSING}
    assert "new_student" in set().union(*chosen.values())
    must = [
        {one.student_id for one in found.problem.requests if one.mandatory}
        for found in (whole, some)
    ]
    assert must[0] == must[1] != set()
    assert len(some.duties) == len(whole.duties)  # what is owed stays owed


@given(kinds=st.sets(st.sampled_from(TO_CHOOSE)), rows=st.lists(st.sampled_from(KINDS)))
def test_no_pressing_duty_is_ever_left_out(kinds: set[str], rows: list[str]) -> None:
    """Of each duty it is plain why it is in the plan or not; none chosen is all."""
    table = [{"kind": kind, "status": "owed"} for kind in rows]
    kept = [str(row["kind"]) for row in of_kinds(table, kinds)]
    wanted = {*kinds, *PRESSING} if kinds else set(KINDS)
    assert kept == [kind for kind in rows if kind in wanted]


def test_what_the_school_called_off_is_made_up() -> None:
    """Whatever was chosen."""
    row = {"kind": "regular", "status": "cancelled_school"}
    assert of_kinds([row], {"new_student"}) == [row]


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_kinds_by_their_names(lang: str) -> None:
    """Names of either language are known; another word is told with all that are."""
    for kind in TO_CHOOSE:
        assert kinds_named([text.say(f"duties.kind.{kind}", lang)]) == (kind,)
    for word in ("immediate", "party"):
        with pytest.raises(PlanError) as caught:
            kinds_named([word])
        assert all(kind in str(caught.value) for kind in TO_CHOOSE)
