"""Plan an instance of made-up visits and recompute its cost without the planner.

Run ``python benchmarks/visits.py FILE --seconds S --seed K --out plan.json``. The instance files
(``class_0.json`` to ``class_2.json``, ``school_0.json``) describe their own units and rules. The
plan that is written has the sessions, crews and starts; cost and rules are then checked from the
file alone, in plain Python. ``--processes`` lets a school use several cores.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from joblib.externals.loky import get_reusable_executor

from visitkit.plan.effort import Progress
from visitkit.plan.outcome import VisitPlan
from visitkit.plan.problem import (
    Problem,
    Request,
    Rules,
    Session,
    Travel,
    Visitor,
    Visitors,
    Window,
)
from visitkit.plan.solve import plan_visits

FIRST_DAY = date(2026, 9, 7)


def minutes_between(a: list[float], b: list[float]) -> float:
    """Return the travel minutes the instance files lay down."""
    kilometres = math.dist(a, b)
    return 0.0 if kilometres == 0 else math.ceil(round(1.35 * kilometres / 20 * 60 + 3, 9))


def name(number: int, letter: str) -> str:
    return f"{letter}{number:04d}"


def read_problem(data: dict[str, Any]) -> Problem:
    """Return an instance as a problem."""
    points = {"school": data["school"]}
    points |= {name(f["family"], "F"): f["home"] for f in data["families"]}
    points |= {name(t["teacher"], "T"): t["home"] for t in data["teachers"] if t["role"] == "head"}
    places = np.array(list(points.values()), float)
    apart = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
    table = np.where(apart == 0, 0.0, np.ceil(np.round(1.35 * apart / 20 * 60 + 3, 9)))
    trip = Travel(tuple(points), {"bicycle": table}, "school")
    visitors = Visitors(tuple(read_visitor(t, data) for t in data["teachers"]), read_sessions(data))
    return Problem(
        read_requests(data),
        visitors,
        trip,
        Rules(mandatory_penalty=data["rules"]["mandatory_penalty"]),
    )


def read_sessions(data: dict[str, Any]) -> tuple[Session, ...]:
    slack = data["rules"]["session_end_slack_minutes"]
    return tuple(
        Session(
            name(s["session"], "S"),
            FIRST_DAY + timedelta(days=s["day"]),
            s["start"],
            s["end"],
            s["end"] + slack,
            s["week"],
            "weekend" if s["weekend"] else "weekday",
        )
        for s in data["sessions"]
    )


def read_visitor(teacher: dict[str, Any], data: dict[str, Any]) -> Visitor:
    head = teacher["role"] == "head"
    caps = data["rules"]["head_max_per_week" if head else "subject_max_per_week"]
    share = None if head else data["rules"]["visits_per_subject_teacher"]
    off = set(teacher["off_sessions"])
    return Visitor(
        name(teacher["teacher"], "T"),
        tuple(name(s["session"], "S") for s in data["sessions"] if s["session"] not in off),
        name(teacher["teacher"], "T") if head else "",
        tuple(caps.items()),
        share["min"] if share else 0,
        share["max"] if share else None,
    )


def read_requests(data: dict[str, Any]) -> tuple[Request, ...]:
    heads: dict[int, list[str]] = {}
    mates: dict[int, list[str]] = {}
    for teacher in data["teachers"]:
        table = heads if teacher["role"] == "head" else mates
        for class_ in teacher["classes"]:
            table.setdefault(class_, []).append(name(teacher["teacher"], "T"))
    return tuple(
        Request(
            name(f["family"], "F"),
            name(f["family"], "F"),
            name(f["family"], "F"),
            tuple(Window(name(w[0], "S"), w[1], w[2]) for w in f["windows"]),
            tuple(heads[f["class_"]]),
            tuple(mates.get(f["class_"], ())),
            service=data["visit_minutes"],
            prize=f["prize"],
            mandatory=f["mandatory"],
        )
        for f in data["families"]
    )


def written(plan: VisitPlan, data: dict[str, Any]) -> dict[str, Any]:
    """Return the plan in the format of the instance files."""
    class_of = {f["family"]: f["class_"] for f in data["families"]}
    routes = []
    for outing in plan.outings:
        visits = [{"family": int(v.request_id[1:]), "start": v.start} for v in outing.visits]
        routes.append(
            {
                "session": int(outing.session[1:]),
                "class_": class_of[visits[0]["family"]],
                "head": int(outing.lead[1:]),
                "partner": int(outing.partner[1:]) if outing.partner else None,
                "visits": visits,
            }
        )
    left = [int(item.request_id[1:]) for item in plan.unassigned]
    return {"cost": plan.cost, "bound": plan.bound, "routes": routes, "unvisited": left}


def recount(plan: dict[str, Any], data: dict[str, Any]) -> tuple[float, list[str]]:
    """Return the cost of a written plan and every rule it breaks, from the instance alone."""
    families = {f["family"]: f for f in data["families"]}
    teachers = {t["teacher"]: t for t in data["teachers"]}
    sessions = {s["session"]: s for s in data["sessions"]}
    broken, cost, seen = [], 0.0, []
    for route in plan["routes"]:
        session, head = sessions[route["session"]], teachers[route["head"]]
        mate = teachers[route["partner"]]
        if head["role"] != "head" or head["class_"] != route["class_"]:
            broken.append("head of another class")
        if mate["role"] == "head" or route["class_"] not in mate["classes"]:
            broken.append("partner does not teach the class")
        if session["session"] in (*head["off_sessions"], *mate["off_sessions"]):
            broken.append("off session")
        clock, at = float(session["start"]), data["school"]
        for visit in route["visits"]:
            family = families[visit["family"]]
            way = minutes_between(at, family["home"])
            if visit["start"] < clock + way - 1e-9:
                broken.append("not there yet")
            windows = [w for w in family["windows"] if w[0] == session["session"]]
            if not any(w[1] <= visit["start"] <= w[2] for w in windows):
                broken.append("outside the window")
            if family["class_"] != route["class_"]:
                broken.append("family of another class")
            cost, clock, at = cost + way, visit["start"] + data["visit_minutes"], family["home"]
            seen.append(visit["family"])
        way = minutes_between(at, head["home"])
        cost += way
        if clock + way > session["end"] + data["rules"]["session_end_slack_minutes"]:
            broken.append("home too late")
    if len(set(seen)) < len(seen) or set(seen) & set(plan["unvisited"]):
        broken.append("a family twice")
    for number in families.keys() - set(seen):
        family = families[number]
        cost += family["prize"] + data["rules"]["mandatory_penalty"] * family["mandatory"]
    return cost, broken + teacher_rules(plan, data)


def teacher_rules(plan: dict[str, Any], data: dict[str, Any]) -> list[str]:
    """Return the rules about teachers that a written plan breaks."""
    sessions = {s["session"]: s for s in data["sessions"]}
    broken = []
    for teacher in data["teachers"]:
        number, head = teacher["teacher"], teacher["role"] == "head"
        mine = [r for r in plan["routes"] if number in (r["head"], r["partner"])]
        at = [r["session"] for r in mine]
        if len(set(at)) < len(at):
            broken.append("booked twice")
        caps = data["rules"]["head_max_per_week" if head else "subject_max_per_week"]
        for week in {s["week"] for s in data["sessions"]}:
            for kind, cap in caps.items():
                weekend = kind == "weekend"
                held = [s for s in at if sessions[s]["week"] == week]
                if sum(sessions[s]["weekend"] == weekend for s in held) > cap:
                    broken.append("too many a week")
        share = data["rules"]["visits_per_subject_teacher"]
        if share and not head:
            visits = sum(len(r["visits"]) for r in mine)
            if not share["min"] <= visits <= share["max"]:
                broken.append("share of visits")
    return broken


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args(arguments)
    data = json.loads(options.file.read_text("utf-8"))
    problem = read_problem(data)
    begun = time.monotonic()

    def tell(now: Progress) -> None:
        print(
            f"{now.seconds:7.1f} s  cost {now.cost:9.1f}  bound {now.bound:9.1f}  "
            f"gap {now.gap:6.2%}  {now.stage}",
            flush=True,
        )

    with joblib.parallel_config(n_jobs=options.processes):
        plan = plan_visits(
            problem.requests,
            problem.visitors,
            problem.trip,
            seconds=options.seconds,
            seed=options.seed,
            rules=problem.rules,
            progress=tell,
        )
    wall = time.monotonic() - begun
    out = written(plan, data)
    if options.out is not None:
        options.out.write_text(json.dumps(out) + "\n", "utf-8")
    cost, broken = recount(out, data)
    get_reusable_executor().shutdown(wait=True)  # only then is the CPU time of the workers known
    own = resource.getrusage(resource.RUSAGE_SELF)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime
    print(
        f"cost {plan.cost:.1f} (recounted {cost:.1f})  bound {plan.bound:.1f}  gap {plan.gap:.2%}  "
        f"proved {plan.proved}  left out {len(out['unvisited'])}  "
        f"wall {wall:.1f} s  CPU {cpu:.1f} s"
    )
    for key, facts in plan.log:
        print("log:", key, dict(facts))
    if broken or abs(cost - plan.cost) > 1e-6:
        print("rules broken:", sorted(set(broken)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
