"""Random walks through crises and bringing students back, beside models of the tests' own."""

# ruff: noqa: RUF012  # the tables of a model are only read

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pytest

Facts = dict[str, object]
Walk = Callable[..., None]


def day(at: dt.datetime, ahead: int = 0) -> str:
    return ((at + dt.timedelta(hours=8)).date() + dt.timedelta(days=ahead)).isoformat()


class Calm:
    """A critical answer; the talk confirms no danger; rest at home, then back with papers."""

    kind = "crisis"
    outcome, state_of_outcome = "home_rest", "at_home"
    facts_told: list[str] = ["screened"]
    danger = False
    roles = {
        "second_stage_talk": "counsellor", "clear": "counsellor", "level": "counsellor",
        "assess": "counsellor", "decide": "principal", "refer": "counsellor",
        "readmit": "counsellor", "interview": "counsellor", "close": "leading_group",
        "full_watch": "counsellor",
    }  # fmt: skip
    _on = {
        "level": "", "phone_counselling_room": "", "written_crisis_report": "",
        "report_leading_body": "", "report_outside": "", "act": "", "full_watch": "",
        "handover": "", "contact_parents": "", "assess": "assessed",
    }  # fmt: skip
    _first = {**_on, "second_stage_talk": "", "clear": "cleared"}

    @property
    def table(self) -> dict[str, dict[str, str]]:
        away = {**self._on, "refer": "", "readmit": "returned"}
        return {
            "start": {"signal": "signalled"},
            "signalled": {**self._first, "level": "levelled"},
            "levelled": self._first,
            "assessed": {
                **self._on, "assess": "", "decide": self.state_of_outcome, "refer": "",
                "close": "closed",
            },
            "at_school": {**self._on, "refer": "", "interview": ""},
            "at_home": away,
            "in_hospital": away,
            "returned": {**self._on, "interview": "", "close": "closed"},
            "cleared": {"report_outside": ""},
            "closed": {"report_outside": ""},
        }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.shifts_end: dt.datetime | None = None
        self.now: dt.datetime | None = None

    def fits(self, step: str) -> bool:
        watched = self.shifts_end is not None
        if step == "clear":
            return not self.danger
        if step == "close":
            talks = self.since("readmit").count("interview") if "readmit" in self.done else 6
            return not watched and talks >= 6
        return True

    def legal(self, at: dt.datetime) -> dict[str, str]:
        found = super().legal(at)
        if self.shifts_end is not None and at > self.shifts_end:
            self.late_handover = found.pop("handover", None)
        return found

    def facts(self, step: str, at: dt.datetime) -> Facts:
        begins = self.shifts_end or at
        half = begins + dt.timedelta(hours=12)
        ends = begins + dt.timedelta(hours=24)
        papers = ["medical_proof", "recovery_opinion", "family_agreement"]
        judges = ["counsellor", "leading_group"]
        return {
            "signal": {
                "signal": "critical_item", "suspected": not self.danger, "facts": self.facts_told,
                "ideation": self.danger,
            },
            "second_stage_talk": {"ideation": False, "content": "talked"},
            "clear": {"opinion": "no danger"},
            "level": {
                "level": "crisis-a:major" if self.danger else "crisis-a:larger",
                "facts": self.facts_told, "reason": "seen by the counsellor",
            },
            "phone_counselling_room": {"to": "T90"},
            "written_crisis_report": {"report": "what happened", "to": ["counsellor"]},
            "report_leading_body": {"to": ["leading_group"]},
            "report_outside": {"to": ["police"], "content": "told"},
            "act": {"act": "more_support"},
            "full_watch": {
                "watchers": ["T01", "T02"], "places": ["counselling room", "counselling room"],
                "starts": [begins.isoformat(), half.isoformat()],
                "ends": [half.isoformat(), ends.isoformat()],
            },
            "handover": {"to_whom": "mother", "signed": False},
            "contact_parents": {"content": "asked to come"},
            "assess": {"opinion": "written opinion"},
            "decide": {
                "outcome": self.outcome, "leave": True, "watcher": "T01", "agreement_signed": True,
            },
            "refer": {"to": "the city hospital", "family_agrees": True},
            "readmit": {
                "returned_on": day(at), "papers": papers, "judged_by": judges,
                "agreement_needed": False, "opinion": "recovered",
            },
            "interview": {"topics": ["study"], "content": "well", "danger_assessed": True},
            "close": {"together": judges, "opinion": "well again"},
        }[step]  # fmt: skip

    def take(self, step: str, at: dt.datetime, facts: Mapping[str, object]) -> None:
        super().take(step, at, facts)
        self.times = [*getattr(self, "times", []), (step, at)]
        if step == "full_watch":
            self.shifts_end = (self.shifts_end or at) + dt.timedelta(hours=24)
        elif step == "handover":
            self.shifts_end = None

    def since_time(self, step: str) -> set[str]:
        """Return what was done at or after the moment of the last of a step."""
        last = [at for one, at in self.times if one == step][-1]
        return {one for one, at in self.times if at >= last}

    def acts(self) -> set[str]:
        """Return the acts of the outcome: two for rest at home, both done by handing over."""
        if self.state != self.state_of_outcome or "handover" in self.since_time("decide"):
            return set()
        return {"guard_until_handover", "parents_collect"}

    def clocks(self) -> set[str]:
        on = self.running
        found = {
            "second_stage_talk": not self.danger
            and on(("signal",), ("second_stage_talk", "clear", "assess")),
            "phone_counselling_room": on(("signal",), ("phone_counselling_room",)),
            "level": on(("signal",), ("level", "clear", "assess")),
            "decide": on(("assess",), ("decide", "close")),
            "report_leading_body": self.danger and self.told_grave_since_report(),
            "watch_goes_on": self.watch_owed(),
        }
        if self.state in {"cleared", "closed"}:
            found = {}
        names = {name for name, running in found.items() if running}
        if on(("signal",), ("written_crisis_report",)):
            names.add("written_crisis_report")
        if self.state not in {"cleared", "closed"}:
            names |= {f"act:{one}" for one in self.acts()}
        if self.state == "returned":
            held = self.since("readmit").count("interview")
            names |= {f"interview:{n}" for n in range(held + 1, 7)}
        return names

    def told_grave_since_report(self) -> bool:
        return self.running(("signal", "level"), ("report_leading_body",))

    def watch_owed(self) -> bool:
        return self.shifts_end is not None


class Grave(Calm):
    """An attempt: hospital, then back with the agreement and the danger assessed in each talk."""

    outcome, state_of_outcome = "hospital", "in_hospital"
    facts_told = ["suicide_or_attempt"]
    danger = True

    def acts(self) -> set[str]:
        every = {
            "nearest_hospital_now", "protect_scene", "stop_spread", "help_investigation",
            "tell_staff_and_students", "support_those_affected", "safe_place_now",
        }  # fmt: skip
        answered = {
            "watch_group": "full_watch", "full_watch": "full_watch", "assess": "assess",
            "call_parents": "contact_parents", "written_opinion": "assess",
            "report_counselling_room": "phone_counselling_room",
        }  # fmt: skip
        every |= {act for act, step in answered.items() if step not in self.done}
        if self.state == self.state_of_outcome:
            since = self.since_time("decide")
            every |= {"notify_parents_now"} if "contact_parents" not in since else set()
            every |= {"psychiatric_care"} if "refer" not in since else set()
        if "readmit" in self.done:
            since = self.since_time("readmit")
            again = {"regular_talks": "interview", "assess": "assess", "close_watch": "full_watch"}
            every |= {act for act, step in again.items() if step not in since}
        return every


class AtSchool(Calm):
    """Staying at school under treatment, with a named watcher and an agreement."""

    outcome, state_of_outcome = "study_with_treatment", "at_school"

    def acts(self) -> set[str]:
        stays = self.state == "at_school" and "act" not in self.since_time("decide")
        return {"more_support"} if stays else set()

    def watch_owed(self) -> bool:
        decided = [at for one, at in self.times if one == "decide"]
        watched = [at for one, at in self.times if one == "full_watch"]
        ended = bool(decided and watched) and decided[-1] >= watched[-1]
        return self.shifts_end is not None and not ended


class Persuasion:
    kind = "persuasion"
    roles = {"refer_to_authority": "principal", "report_absence": "head_teacher"}
    _log = {
        "contact_parents": "", "report_absence": "", "written_report_to_authority": "",
        "keep_roll_place": "",
    }  # fmt: skip
    _still = {**_log, "round": "persuading", "back": "returned"}
    _far = {"joint_visit": "", "refer_to_authority": "lost"}
    table = {
        "start": {"open": "away"},
        "away": {**_still, "explain": "explained"},
        "persuading": {**_still, **_far, "explain": "explained"},
        "lost": {**_still, **_far},
        "returned": {
            **_log, "return_plan": "", "track": "", "away_again": "away", "settle": "settled",
        },
    }  # fmt: skip

    @property
    def rounds(self) -> int:
        return self.since("open", "away_again").count("round")

    def fits(self, step: str) -> bool:
        needs = {
            "round": self.rounds < 3,
            "joint_visit": self.rounds >= 2,
            "refer_to_authority": self.rounds >= 3,
            "settle": "track" in self.since("back"),
        }
        return needs.get(step, True)

    def facts(self, step: str, at: dt.datetime) -> Facts:
        seven: Facts = {
            "time": at.isoformat(), "place": "at home", "people": ["mother"],
            "talk": "about school",
            "parent_feedback": "will think", "promises": "a call", "signatures": ["mother"],
        }  # fmt: skip
        number = self.rounds + 1
        roles = ["principal", "vice_principal", "moral_office", "head_teacher"]
        partners = ["education_authority", "township", "police", "village", "justice"]
        return {
            "open": {"signal": "unexcused_absence", "since": day(at)},
            "away_again": {"signal": "unexcused_run", "since": day(at)},
            "contact_parents": {"reached": True, "content": "asked why"},
            "explain": {"reason": "was ill"},
            "report_absence": {"to": ["moral_office", "vice_principal", "principal"]},
            "round": {
                **seven, "number": number, "form": "home", "roles": roles[-max(1, number):],
                "partners": partners if number == 3 else [], "result": "not_yet",
                **({"roles": ["vice_principal", *roles[2:]]} if number == 2 else {}),
                **({"roles": roles} if number == 3 else {}),
            },
            "joint_visit": {**seven, "partners": ["village"]},
            "written_report_to_authority": {
                "to": ["education_authority", "township"], "report": "x", "roll_place_kept": True,
            },
            "keep_roll_place": {"roll_marked": True, "roll_place_kept": True},
            "refer_to_authority": {
                "state": "lost", "to": ["education_authority"], "report": "x",
                "roll_place_kept": True, "legal_notice": True,
            },
            "back": {"returned_on": day(at), "tracker": "T05"},
            "return_plan": {
                "catch_up": "maths", "counselling": "weekly", "one_to_one_tracking": "x",
            },
            "track": {"topics": ["study"], "content": "well"},
            "settle": {"outcome": "at school each day"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        begun = self.since("open", "away_again")
        away = self.state in {"away", "persuading", "lost"}
        found = {
            "contact_parents": self.running(
                ("open", "away_again"), ("contact_parents", "round", "back")
            ),
            "report_absence:moral_office": away and "report_absence" not in begun,
            f"round:{self.rounds + 1}": away and self.rounds < 3,
            "written_report_to_authority": away
            and self.rounds >= 2
            and "written_report_to_authority" not in begun,
            "refer_to_authority": self.state == "persuading" and self.rounds == 3,
            "keep_roll_place": away and self.rounds == 3 and "keep_roll_place" not in begun,
            "return_plan": self.running(("back",), ("return_plan", "away_again")),
            "track": self.running(("back", "track"), ("away_again",)),
        }
        ended = self.state in {"explained", "settled"}
        return {name for name, on in found.items() if on and not ended}


@pytest.mark.parametrize("model", [Calm, Grave, AtSchool])
def test_crises(walk: Walk, model: type) -> None:
    walk(model)


def test_bringing_back(walk: Walk) -> None:
    walk(Persuasion)
