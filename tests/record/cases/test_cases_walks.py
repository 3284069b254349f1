"""Random walks beside a model of the test's own: no illegal step taken, no clock missed."""

# ruff: noqa: RUF012  # the tables of a model are only read

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Facts = dict[str, object]
Walk = Callable[..., None]


def iso(at: dt.datetime) -> str:
    return at.isoformat()


def day(at: dt.datetime, ahead: int = 0) -> str:
    wall = at + dt.timedelta(hours=8)
    return (wall.date() + dt.timedelta(days=ahead)).isoformat()


class Visit:
    kind = "visit"
    roles = {"mind_note": "counsellor"}
    _going = {
        "report_before": "reported_out", "visit": "visited", "not_at_home": "not_at_home",
        "cancel": "cancelled", "mind_note": "", "report_after": "",
    }  # fmt: skip
    _after = {"photos": "", "hand_in": "", "report_after": ""}
    _home = {"appoint": "appointed", "make_up": "planned", "cancel": "cancelled", "mind_note": ""}
    table = {
        "start": {"plan": "planned"},
        "planned": {**_going, "appoint": "appointed", "decline": "declined"},
        "appointed": {**_going, "appoint": "", "decline": "declined"},
        "declined": {**_home, "report_after": ""},
        "reported_out": {k: v for k, v in _going.items() if k != "report_before"},
        "visited": {
            "report_after": "reported_back",
            "record": "recorded",
            "photos": "",
            "mind_note": "",
        },
        "not_at_home": {**_home, "report_after": ""},
        "reported_back": {"record": "recorded", "photos": "", "mind_note": "", "report_after": ""},
        "recorded": {
            **_after,
            "escalate": "",
            "review": "reviewed",
            "follow_up": "",
            "mind_note": "",
        },
        "reviewed": {**_after, "escalate": "", "follow_up": "followed_up", "mind_note": ""},
        "followed_up": _after,
        "cancelled": {"report_after": ""},
    }
    out = ("report_before", "visit", "not_at_home")

    def fits(self, step: str) -> bool:
        return step != "report_after" or self.running(self.out, ("report_after",))

    def facts(self, step: str, at: dt.datetime) -> Facts:
        hour = dt.timedelta(hours=1)
        plan: Facts = {
            "form": "home", "planned_start": iso(at + 20 * hour),
            "planned_end": iso(at + 21 * hour),
            "visitors": ["T01", "T02"],
        }  # fmt: skip
        return {
            "plan": plan,
            "make_up": plan,
            "appoint": {
                "agreed_start": iso(at + hour), "agreed_end": iso(at + 2 * hour),
                "with_whom": "mother",
            },
            "decline": {"by": "family", "reason": "harvest"},
            "cancel": {"by": "school", "reason": "storm"},
            "report_before": {
                "to": "grade_leader", "phone_reachable": True, "licensed_vehicle": True,
                "who": "one family", "where": "the village", "when": "now",
            },
            "visit": {
                "form": "home", "start": iso(at - hour), "end": iso(at), "visitors": ["T01"],
                "student_present": True,
            },
            "not_at_home": {"found": "the door was locked"},
            "report_after": {"to": "grade_leader", "all_well": True},
            "record": {
                "time": "evening", "content": "talked", "parent_feedback": "glad",
                "problem_solved": "none", "next_steps": "call", "focus": "study",
                "next_date": day(at, 14), "needs_school": True, "issues": ["no desk"],
            },
            "photos": {"photos": 1},
            "mind_note": {"content": "quiet"},
            "escalate": {"issue": "no desk", "to": "moral_office"},
            "review": {"analysis": "fine", "escalated": ["no desk"]},
            "hand_in": {"documents": ["visit_record"]},
            "follow_up": {"how": "phone", "content": "better"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        began = ("plan", "make_up")
        off = ("decline", "cancel", "not_at_home", "visit")
        found = {
            "appoint": self.running(began, ("appoint", "report_before", *off)),
            "report_before": self.running((*began, "appoint"), ("report_before", *off)),
            "visit": self.running((*began, "appoint"), off),
            "make_up": self.running(("decline", "not_at_home"), ("make_up", "appoint", "cancel")),
            "record": self.running(("visit",), ("record",)),
            "review": self.running(("record",), ("review",)),
            "follow_up": self.running(("record",), ("follow_up",)),
        }
        if self.state in {"followed_up", "cancelled"}:
            found = {}
        found["report_after"] = self.running(self.out, ("report_after",))
        found["escalate"] = self.running(("record",), ("escalate",))
        found["hand_in"] = self.running(("record",), ("hand_in",))
        return {name for name, on in found.items() if on}


class RiskReview:
    kind = "risk_review"
    roles = {"review": "counsellor", "mind_note": "counsellor", "end": "moral_office"}
    table = {
        "start": {"compute": "computed"},
        "computed": {"rate": "rated", "mind_note": ""},
        "rated": {"review": "reviewed", "send_back": "computed", "mind_note": ""},
        "reviewed": {"agree": "agreed", "send_back": "computed", "mind_note": ""},
        "agreed": {"compute": "computed", "plan_opened": "", "end": "ended", "mind_note": ""},
    }

    def facts(self, step: str, at: dt.datetime) -> Facts:
        why = {"reason_code": "seen_by_person", "reason": "talked with the family"}
        return {
            "compute": {"computed_tier": "dropout:medium", "risk_index": 55.0, "coverage": 0.9},
            "rate": {"tier": "dropout:high", **why},
            "review": {"tier": "dropout:high", "together": ["moral_office", "counsellor"]},
            "agree": {
                "tier": "dropout:high", **why, "expires": day(at, 30), "factors": ["away often"],
                "together": ["moral_office", "head_teacher", "counsellor"],
                "responsible_teacher": "T01",
            },
            "send_back": {"reason": "the attendance was wrong"},
            "plan_opened": {"plan": "help_plan-000001"},
            "mind_note": {"content": "quiet"},
            "end": {"reason": "has settled"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        first = {"computed": {"rate"}, "rated": {"review"}, "reviewed": {"agree"}}
        if self.state != "agreed":
            return first.get(self.state, set())
        planned = "plan_opened" in self.since("agree")
        return {"compute"} | (set() if planned else {"plan_opened"})


class LeftBehind:
    kind = "left_behind"
    roles = {"mind_block": "counsellor", "duty": "subject_teacher"}
    _any = {
        "block": "", "mind_block": "", "family_contact": "", "service": "", "danger": "",
        "check": "", "report_outside": "", "pair": "paired", "end": "ended",
    }  # fmt: skip
    table = {
        "start": {"open": "filed"},
        "filed": _any,
        "paired": {**_any, "unpair": "filed", "duty": ""},
        "ended": {"report_outside": ""},
    }

    def fits(self, step: str) -> bool:
        return step != "report_outside" or "danger" in self.done

    def facts(self, step: str, at: dt.datetime) -> Facts:
        return {
            "open": {"definition": "city_notice", "look_first": ["poor"]},
            "block": {"block": "life", "content": "lives with the grandmother"},
            "mind_block": {"content": "misses the mother"},
            "pair": {"agent": "T01", "agent_role": "subject_teacher", "pairing": "one_to_one"},
            "unpair": {"reason": "moved to another school"},
            "duty": {"duty": "talk", "content": "about home"},
            "family_contact": {"means": "video"},
            "service": {"service": "phone_room"},
            "danger": {"danger_outside": "alone_or_missing"},
            "report_outside": {"to": ["police"], "content": "lives alone"},
            "check": {"content": "all looked through", "changed": ["life"]},
            "end": {"reason": "parent_back"},
        }[step]  # fmt: skip

    def clocks(self) -> set[str]:
        report = {"report_outside"} if self.running(("danger",), ("report_outside",)) else set()
        if self.state == "ended":
            return report
        written = {"block": "life", "mind_block": "mind"}
        blocks = {"study", "mind", "life", "family", "guardian"}
        blocks -= {written[step] for step in self.done if step in written}
        if "check" in self.done and "block" not in self.since("check"):
            blocks.add("life")
        found = {f"block:{name}" for name in blocks} | {"check"} | report
        if self.state == "filed":
            return found | {"pair"}
        return found | {f"duty:{n}" for n in ("homework", "talk", "parents", "visit", "fifth")}


def test_visits(walk: Walk) -> None:
    walk(Visit)


def test_risk_reviews(walk: Walk) -> None:
    walk(RiskReview)


def test_left_behind_files(walk: Walk) -> None:
    walk(LeftBehind)
