"""Random walks through help plans, worry about looks, meetings, matters and the feedback box."""

# ruff: noqa: RUF012  # the tables of a model are only read

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Facts = dict[str, object]
Walk = Callable[..., None]


def day(at: dt.datetime, ahead: int = 0) -> str:
    return ((at + dt.timedelta(hours=8)).date() + dt.timedelta(days=ahead)).isoformat()


class HelpPlan:
    kind = "help_plan"
    roles = {"mind_note": "counsellor", "drop": "moral_office"}
    table = {
        "start": {"draft": "drafted"},
        "drafted": {
            "revise": "", "sign": "", "begin": "running", "drop": "dropped", "mind_note": "",
        },
        "running": {
            "revise": "", "deliver": "", "mind_note": "", "meet": "", "monitor": "",
            "end": "ended", "drop": "dropped",
        },
    }  # fmt: skip

    def fits(self, step: str) -> bool:
        signed = self.done.count("sign")
        return {"sign": signed < 2, "begin": signed == 2}.get(step, True)

    def facts(self, step: str, at: dt.datetime) -> Facts:
        return {
            "draft": {
                "causes": ["study"], "types": ["study"], "measures": ["tutoring"], "weeks": 8,
                "goal": "reads aloud twice a week", "owner": "T01", "start": day(at),
                "meeting_per": "month", "monitor_per": "week", "before": "reads little",
                "time_points": [day(at, 300)],
            },
            "revise": {"reason": "a new helper", "measures": ["tutoring", "interest"]},
            "sign": {"signer": ("school", "parents")[min(self.done.count("sign"), 1)]},
            "begin": {},
            "deliver": {"measure": "tutoring", "delivered": True, "minutes": 40},
            "mind_note": {"content": "more at ease"},
            "meet": {"present": ["owner", "mother"], "content": "talked"},
            "monitor": {"doing": "better", "goes_as_planned": True},
            "end": {
                "after": "reads more", "goal_reached": "partly", "learned": "short sessions",
                "next": "no_more_help",
            },
            "drop": {"reason": "moved away"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        if self.state == "running":
            return {"meet", "monitor", "end", "time_point:1"}
        if self.state != "drafted":
            return set()
        left = ("school", "parents")[self.done.count("sign") :]
        return {"begin", "time_point:1"} | {f"sign:{one}" for one in left}


class BodyImage:
    kind = "body_image"
    roles = {
        "judge": "counsellor", "scale": "counsellor", "assess": "counsellor",
        "refer": "counsellor", "close": "counsellor",
    }  # fmt: skip
    _log = {"scale": "", "crisis_opened": ""}
    _on = {**_log, "judge": "", "assess": "", "tell_parents": "", "care": ""}
    table = {
        "start": {"open": "noticed"},
        "noticed": {**_log, "judge": "judged"},
        "judged": {**_on, "refer": "referred"},
        "referred": _on,
    }

    def facts(self, step: str, at: dt.datetime) -> Facts:
        return {
            "open": {"content": "eats little and hides"},
            "judge": {"level": "body-image:distress", "states": ["mood_stable"], "opinion": "x"},
            "scale": {"answer": 4, "aim": 5, "task": "a walk with a friend"},
            "assess": {"opinion": "near the limit", "crisis": True},
            "crisis_opened": {"crisis_case": "crisis-000004"},
            "tell_parents": {"content": "told with the student"},
            "refer": {"to": "the city hospital", "family_agrees": True},
            "close": {"opinion": "well"},
            "care": {"content": "talked", "measures": ["stop_teasing"], "next_date": day(at, 7)},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        if "judge" not in self.done:
            return {"judge"} | ({"scale"} & set(self.done))
        since = self.since("judge")
        answered = {
            "respond:follow_actively": {"care", "scale"},
            "respond:assess": {"assess"},
            "respond:tell_parents": {"tell_parents"},
        }
        found = {name for name, steps in answered.items() if not steps & set(since)}
        found |= {"care"} if "care" in self.done else set()
        on = self.running(("assess",), ("crisis_opened",))
        return found | {"scale"} | ({"crisis_opened"} if on else set())


class Meeting:
    kind = "meeting"
    student = None
    _done = {"decision_done": ""}
    table = {
        "start": {"call": "called"},
        "called": {"call_off": "minuted", "hold": "held", **_done},
        "held": {"minute": "minuted", **_done},
        "minuted": {"call": "called", "end": "ended", **_done},
    }

    @property
    def left(self) -> list[int]:
        decided = range(1, 2 * self.done.count("minute") + 1)
        kept = {facts["number"] for step, facts in self.seen if step == "decision_done"}
        return [number for number in decided if number not in kept]

    def fits(self, step: str) -> bool:
        return step != "decision_done" or bool(self.left)

    def facts(self, step: str, at: dt.datetime) -> Facts:
        return {
            "call": {
                "meeting": "case_conference", "planned": at.isoformat(), "chair": "T01",
            },
            "call_off": {"reason": "storm"},
            "hold": {"roles": ["head_teacher", "subject_teacher"], "present": ["T01", "T02"]},
            "minute": {
                "minutes": "x", "needs_met": ["class_teachers"], "decisions": ["a", "b"],
                "owners": ["T02", "T03"], "dues": [day(at), day(at, 7)],
            },
            "decision_done": {"number": (self.left or [1])[0], "content": "done"},
            "end": {"reason": "the class has left"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        by_state = {"called": {"hold"}, "held": {"minute"}, "minuted": {"call"}}
        return {f"decision:{number}" for number in self.left} | by_state.get(self.state, set())


class Escalation:
    kind = "escalation"
    roles = dict.fromkeys(("take_up", "analyse", "pass_up", "settle"), "moral_office")
    table = {
        "start": {"report": "reported"},
        "reported": {"take_up": "taken_up", "pass_up": ""},
        "taken_up": {"analyse": "", "pass_up": "reported", "settle": "planned"},
        "planned": {"analyse": "", "pass_up": "reported", "settle": ""},
    }

    def facts(self, step: str, at: dt.datetime) -> Facts:
        return {
            "report": {"issue": "no desk", "to": ["moral_office"]},
            "take_up": {"owner": "T07", "answer_by": day(at, 5)},
            "analyse": {
                "together": ["moral_office", "counsellor", "head_teacher", "subject_teacher"],
                "steps": ["find a desk", "look again"], "dates": [day(at, 2), day(at, 9)],
            },
            "pass_up": {"to": ["leading_group"], "reason": "needs money"},
            "settle": {
                "state": "planned", "answer": "next week", "family_told": True,
                "next_date": day(at, 9),
            },
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        found = {
            "take_up": self.running(("report", "pass_up"), ("take_up",)),
            "settle": self.running(("take_up",), ("settle", "pass_up")),
            "plan_step:1": self.running(("analyse",), ("settle", "pass_up")),
            "plan_step:2": self.running(("analyse",), ("settle", "pass_up")),
            "settle_again": self.state == "planned",
        }
        return {name for name, on in found.items() if on}


class Complaint:
    kind = "complaint"
    roles = {"assign": "moral_office", "reopen": "moral_office"}
    table = {
        "start": {"receive": "received"},
        "received": {"assign": "assigned", "crisis_opened": ""},
        "assigned": {"assign": "", "crisis_opened": "", "answer": "answered"},
        "answered": {"reopen": "received", "crisis_opened": ""},
    }

    def fits(self, step: str) -> bool:
        return step != "answer" or "crisis_opened" in self.done

    def facts(self, step: str, at: dt.datetime) -> Facts:
        return {
            "receive": {
                "channel": "feedback_box", "content": "x", "anonymous": True, "danger": True,
            },
            "assign": {"owner": "T09", "answer_by": day(at, 3)},
            "crisis_opened": {"crisis_case": "crisis-000002"},
            "answer": {"answer": "thank you", "told": "in_public"},
            "reopen": {"reason": "not settled"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        found = {
            "assign": self.running(("receive", "reopen"), ("assign",)),
            "answer": self.running(("assign",), ("answer",)),
            "crisis_opened": self.running(("receive",), ("crisis_opened",)),
        }
        return {name for name, on in found.items() if on}


def test_help_plans(walk: Walk) -> None:
    walk(HelpPlan)


def test_worry_about_looks(walk: Walk) -> None:
    walk(BodyImage)


def test_meetings(walk: Walk) -> None:
    walk(Meeting)


def test_matters_for_the_school(walk: Walk) -> None:
    walk(Escalation)


def test_feedback_box(walk: Walk) -> None:
    walk(Complaint)
