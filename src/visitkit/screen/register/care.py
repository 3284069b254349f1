"""Duties outside a crisis level: reports to the police, worry about looks, talks after a return.

Sources: left-behind care 003, part 5, III.4 (L293); body-image case 003, part 4 (L257-273); crisis
plan 003, part 2, V(5) (L181-185).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd

from visitkit.policy.deadlines import interview_days
from visitkit.policy.levels import parents_told
from visitkit.screen.register.case import Case
from visitkit.screen.register.duty import Duty
from visitkit.screen.register.scene import Scene, at_once, each

#: Kinds of event to what must be reported (``mandatory.triggers``).
MANDATORY = {
    "alone": "alone_or_missing",
    "missing": "alone_or_missing",
    "domestic_violence": "domestic_violence",
}


def mandatory_duties(case: Case) -> Iterator[Duty]:
    """Yield the reports that must go to the police at once, beyond the alerts on events.

    A child whose every guardian is noted as unable, or whom the register calls without guardian,
    is reported; how a child came to be hurt is asked first.
    """
    scene = case.scene
    triggers = scene.codes("mandatory.triggers")
    if "guardian_unable_or_neglecting" in triggers:
        for student, opened in _unguarded(scene):
            why = "guardian_unable_or_neglecting"
            yield _police(case, student, opened, why, "call_police")
    if "accident_or_unlawful_harm" in triggers:
        hurt = case.facts[case.facts["kind"] == "student_injury"]
        for row in each(hurt.drop_duplicates(["student_id", "date"])):
            why = "accident_or_unlawful_harm"
            yield _police(case, row.student_id, row.date.date(), why, "ask_how_it_happened")


def _unguarded(scene: Scene) -> Iterator[tuple[str, dt.date]]:
    codes = scene.school.table("groups")
    codes = codes[(codes["code"] == "no_guardian") & codes["student_id"].isin(scene.students.index)]
    until = codes["until"].isna() | (codes["until"] >= pd.Timestamp(scene.as_of))
    since = codes["since"].isna() | (codes["since"] < scene.end)
    # A fact without a day became known at the latest today.
    days = codes[until & since].assign(
        since=lambda rows: rows["since"].fillna(pd.Timestamp(scene.as_of))
    )
    found = {str(k): day.date() for k, day in days.groupby("student_id")["since"].min().items()}
    homes = scene.school.table("guardians")
    unable = homes["able"].eq(other=False).fillna(value=False).groupby(homes["student_id"]).all()
    for student in unable[unable].index.intersection(scene.students.index):
        found.setdefault(str(student), scene.as_of)
    yield from sorted(found.items())


def _police(case: Case, student: str, opened: dt.date, why: str, what: str) -> Duty:
    scene = case.scene
    now = scene.due(opened, "mandatory.hours")
    return Duty(
        student,
        "mandatory",
        f"mandatory:{why}",
        "mandatory",
        what,
        opened,
        now,
        ("head_teacher",),
        scene.policy.source("mandatory.triggers"),
        priority="now",
        chain=(("head_teacher", now), ("principal", now)),
        partners=scene.codes("mandatory.to"),
        done=case.said(student, "reported", opened, "mandatory"),
    )


def incident_duties(case: Case) -> Iterator[Duty]:
    """Yield what sudden illness or an accident asks for at once (HC-05, HC-06)."""
    scene = case.scene
    kinds = {"student_illness": "incident.illness", "student_injury": "incident.accident"}
    rows = case.alerts[case.alerts["fact"].isin(list(kinds))]
    for row in each(rows.drop_duplicates(["student_id", "opened", "fact"])):
        opened, key = row.opened.date(), kinds[row.fact]
        for what in scene.codes(key):
            yield Duty(
                row.student_id,
                key,
                f"incident:{row.fact}",
                "incident",
                what,
                opened,
                at_once(scene, opened),
                ("head_teacher",),
                scene.policy.source(key),
                priority="now",
                answers=("call",) if what == "contact_parents" else (),
            )


def body_image_duties(case: Case) -> Iterator[Duty]:
    """Yield what a counsellor's latest judgement of worry about looks asks for (BI-01 to BI-04)."""
    scene = case.scene
    for row in each(_latest(case, "BODY-IMAGE")):
        if pd.isna(row.total):
            continue
        place, opened = int(row.total) - 1, row.date.date()
        level = scene.codes("body_image.levels")[place]
        for what, who in _body_steps(case, row.student_id, place):
            yield Duty(
                row.student_id,
                f"body_image.{level.partition(':')[2]}",
                f"body_image:{level}",
                "body_image",
                what,
                opened,
                None,
                who,
                scene.policy.source(
                    "body_image.responses" if place == 0 else "body_image.assessed_by"
                ),
                priority=("later", "soon", "now")[min(place, 2)],
                answers=("call",) if what == "tell_parents" else ("talk",),
                level=level,
            )


def _body_steps(case: Case, student: str, place: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    scene = case.scene
    yield scene.codes("body_image.responses")[place], ("counsellor",)
    if place == 1:
        yield "assess", scene.codes("body_image.assessed_by")
    states = [
        one for one in scene.codes("body_image.parents_wait_while") if case.told_days(student, one)
    ]
    if place >= 1 and parents_told(scene.policy, states):
        yield "tell_parents", ("head_teacher", "counsellor")


def scaling_duties(case: Case) -> Iterator[Duty]:
    """Yield the next step on the line from 1 to 10: one point up, never 10 (BI-03)."""
    scene = case.scene
    for row in each(_latest(case, "SCALING-1-10")):
        if pd.isna(row.total):
            continue
        aim = min(
            row.total + scene.number("body_image.target_step"),
            scene.number("body_image.scale_high"),
        )
        yield Duty(
            row.student_id,
            "body_image.scale",
            f"scale:{row.total:g}>{aim:g}",
            "scaling",
            "ask_what_would_raise_it",
            row.date.date(),
            None,
            ("counsellor",),
            scene.policy.source("body_image.target_step"),
            priority="later",
            answers=("talk",),
        )


def _latest(case: Case, instrument: str) -> pd.DataFrame:
    here = case.sheets["student_id"].isin(case.scene.students.index)
    rows = case.sheets[here & (case.sheets["instrument"] == instrument)]
    rows = rows[rows["date"] < case.scene.end].sort_values(["student_id", "date", "administration"])
    return rows.drop_duplicates("student_id", keep="last")


def return_duties(case: Case) -> Iterator[Duty]:
    """Yield the talks after a return that people told (RA-01 to RA-03).

    The k-th talk of counselling on record since the return answers the k-th that is owed. Where
    the policy sets no days, one row asks for them. They end with the crisis.
    """
    scene = case.scene
    returned = case.told[case.told["fact"] == "returned"]
    over = pd.Series(case.ended.told(returned), index=returned.index, dtype="bool")
    for row in each(returned[~over]):
        back = row.date.date()
        days = interview_days(scene.policy, back)
        talks = scene.rows("interventions", "start")
        mine = talks[(talks["student_id"] == row.student_id) & (talks["type"] == "counselling")]
        held = sorted(day.date() for day in mine["date"] if day.date() >= back)
        attempt = [
            day for day in case.told_days(row.student_id, "suicide_or_attempt") if day <= back
        ]
        for number, day in enumerate(days or (None,)):
            done = held[number] if number < len(held) else None
            yield Duty(
                row.student_id,
                "readmission",
                f"returned:{number + 1}" if day else "returned:",
                "return_talk",
                "talk_and_assess" if attempt else "return_talk",
                back,
                scene.school_days_on(day, 0) if day else None,
                scene.codes("readmission.interview_by"),
                scene.policy.source("readmission.interviews"),
                priority="now" if attempt else "soon",
                done=(done, "interventions:counselling") if done and day else None,
            )
