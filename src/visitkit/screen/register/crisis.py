"""Duties of a crisis: reports by level, watching over a student, the second talk, classmates.

Sources: crisis plan 003, part 2, IV and V (L109-185), and part 3, IV (L225-243). A critical answer
of a questionnaire is a signal and no level: until a trained person has talked with the student the
same school day it is called suspected.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from visitkit.screen.register.case import Case
from visitkit.screen.register.duty import Duty
from visitkit.screen.register.levels import GRAVE
from visitkit.screen.register.scene import Scene, at_once, each

#: Steps of a list of the policy that have a clock of their own; the others are due at once.
WRITTEN = ("written_opinion",)
SAME_DAY = ("assess", "consult_psychiatry", "act_on_opinion")
#: Steps that watch over a student: not where the policy bars it.
WATCHING = ("watch_group", "full_watch", "safe_place_now", "close_watch", "protect_both_now")
#: Steps that a contact with the parents answers.
CALLS = ("call_parents", "notify_parents_now")


def crisis_duties(case: Case) -> Iterator[Duty]:
    """Yield the duties that levels and facts of a crisis open."""
    for row in each(case.levels):
        yield from _reports(case, row.student_id, row.level, f"{row.rule}:{row.fact}", row.date)
    for student, opened in case.grave.items():
        yield from _grave(case, student, opened)
    yield from _ideation(case)
    yield from _second_stage(case)
    yield from _by_told(case, "harm_others", "crisis.harm_others")
    yield from exposed(case)


def _reports(case: Case, student: str, level: str, why: str, date: pd.Timestamp) -> Iterator[Duty]:
    scene, opened = case.scene, date.date()
    phone, written = (
        scene.due(opened, "crisis.phone_hours"),
        scene.due(opened, "crisis.written_hours"),
    )
    chain = (
        *((role, scene.begins(opened)) for role in scene.codes("crisis.network")),
        ("counsellor", phone),
        *((role, written) for role in scene.codes("crisis.group")),
    )
    rule = f"crisis.{level.partition(':')[2]}"
    tier = "crisis.tier.2.roles"
    who = scene.codes(tier if tier in scene.policy else "crisis.network")
    for what, due, key in (
        ("phone_counselling_room", phone, "crisis.phone_hours"),
        ("written_crisis_report", written, "crisis.written_hours"),
    ):
        yield Duty(
            student,
            rule,
            why,
            "crisis_report",
            what,
            opened,
            due,
            who,
            scene.policy.source(key),
            priority="now",
            chain=chain,
            level=level,
            done=case.said(student, "reported", opened, "crisis"),
        )


def _grave(case: Case, student: str, opened: dt.date) -> Iterator[Duty]:
    scene = case.scene
    now = scene.due(opened, "crisis.major_hours")
    chain = tuple(
        (role, now) for role in (*scene.codes("crisis.network"), *scene.codes("crisis.group"))
    )
    mine = case.crisis[(case.crisis["student_id"] == student) & case.crisis["fact"].isin(GRAVE)]
    why = f"grave:{mine.sort_values('date')['kind'].iloc[0]}"
    yield Duty(
        student,
        "crisis.grave",
        why,
        "crisis_report",
        "report_leading_body",
        opened,
        now,
        ("any_staff",),
        scene.policy.source("crisis.major_hours"),
        priority="now",
        chain=chain,
        level=_top(case, student),
        done=case.said(student, "reported", opened, "crisis"),
    )
    yield from _steps(case, (student, "crisis.grave", why), opened, "crisis.attempt")


def _top(case: Case, student: str) -> str:
    mine = case.levels[case.levels["student_id"] == student]
    return str(mine["level"].iloc[-1]) if len(mine) else ""


def _steps(case: Case, about: tuple[str, str, str], opened: dt.date, key: str) -> Iterator[Duty]:
    """Yield a duty for each step of a list of the policy."""
    scene, (student, rule, why) = case.scene, about
    cleared = case.said(student, "cleared", opened)
    for what in scene.codes(key):
        yield Duty(
            student,
            rule,
            why,
            key.rpartition(".")[2],
            what,
            opened,
            _due(scene, what, opened),
            ("counsellor", "head_teacher"),
            scene.policy.source(key),
            priority="now",
            chain=_chain(scene, opened),
            answers=("call",) if what in CALLS else (),
            barred=scene.codes("watch.barred_places") if what in WATCHING else (),
            done=cleared,
        )


def _chain(scene: Scene, opened: dt.date) -> tuple[tuple[str, dt.datetime], ...]:
    roles = (*scene.codes("crisis.network"), "counsellor", *scene.codes("crisis.group"))
    return tuple((role, scene.due(opened, "crisis.phone_hours")) for role in dict.fromkeys(roles))


def _due(scene: Scene, what: str, opened: dt.date) -> dt.datetime:
    if what in WRITTEN:
        return scene.due(opened, "crisis.written_hours")
    return scene.same_school_day(opened) if what in SAME_DAY else at_once(scene, opened)


def _ideation(case: Case) -> Iterator[Duty]:
    """Yield the steps of watching over a student who spoke or showed a wish to die.

    Words and signs a person noticed, and what a trained person confirmed, start them at once; a
    critical answer alone starts the second talk instead.
    """
    kinds = ("despair_words", "self_harm_sign", "self_harm_serious")
    noted = case.crisis[case.crisis["kind"].isin(kinds)]
    noted = noted[noted["fact"] != "strong_reaction"]
    for row in each(noted.drop_duplicates(["student_id", "date"])):
        about = (row.student_id, "crisis.ideation", f"suspected:{row.kind}")
        yield from _steps(case, about, row.date.date(), "crisis.ideation")
    for row in each(_told(case, "ideation")):
        about = (row.student_id, "crisis.ideation", "confirmed:ideation")
        yield from _steps(case, about, row.date.date(), "crisis.ideation")


def _told(case: Case, fact: str) -> pd.DataFrame:
    """Return a fact that people told in a crisis that goes on, by student and day."""
    return case.crisis[(case.crisis["kind"] == "told") & (case.crisis["fact"] == fact)]


def _second_stage(case: Case) -> Iterator[Duty]:
    scene = case.scene
    rows = case.alerts[case.alerts["rule"] == "critical_item"]
    for row in each(rows):
        opened = row.opened.date()
        if case.ended.crisis(row.student_id, opened):
            continue
        yield Duty(
            row.student_id,
            "crisis.second_stage",
            f"suspected:critical:{row.fact}",
            "second_stage",
            "second_stage_talk",
            opened,
            scene.same_school_day(opened),
            scene.codes("screening.second_look_by"),
            scene.policy.source("crisis.written_hours"),
            priority="now",
            chain=_chain(scene, opened),
            answers=("talk",),
            done=case.said(row.student_id, "cleared", opened),
        )


def _by_told(case: Case, fact: str, key: str) -> Iterator[Duty]:
    for row in each(_told(case, fact)):
        about = (row.student_id, f"crisis.{fact}", f"confirmed:{fact}")
        yield from _steps(case, about, row.date.date(), key)


def exposed(case: Case) -> Iterator[Duty]:
    """Yield a duty of support for each student who may be shaken by another's crisis.

    The same class is known. Who shares a dormitory is not: where both board, boarders of the
    same grade and sex are listed as "ask". The row never says whose crisis it was.
    """
    scene = case.scene
    kinds = scene.codes("crisis.exposure")
    rows = scene.students
    for student, opened in case.grave.items():
        one = rows.loc[student]
        near = pd.Series("", index=rows.index)
        if "dormitory" in kinds and one["boarding"] is not pd.NA and bool(one["boarding"]):
            same = rows["boarding"].fillna(value=False).astype(bool) & (
                rows["grade"] == one["grade"]
            )
            near[same.fillna(value=False) & (rows["sex"] == one["sex"])] = "dormitory"
        if "class" in kinds and not pd.isna(one["class_id"]):
            near[(rows["class_id"] == one["class_id"]).fillna(value=False)] = "class"
        for other, kind in near[near != ""].drop(student, errors="ignore").items():
            yield _support(scene, str(other), str(kind), opened)


def _support(scene: Scene, student: str, kind: str, opened: dt.date) -> Duty:
    due = scene.due(opened, "crisis.written_hours") if kind == "class" else None
    return Duty(
        student,
        "crisis.exposed",
        f"exposed:{kind}",
        "aftermath",
        "support_those_affected" if kind == "class" else "ask_same_dormitory",
        opened,
        due,
        ("head_teacher", "counsellor"),
        scene.policy.source("crisis.exposure"),
        priority="soon",
        chain=_chain(scene, opened),
        answers=("talk",),
    )
