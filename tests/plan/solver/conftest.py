"""Small made-up schools that can be planned by hand or by trying everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

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

Builder = Callable[..., Problem]


def _request(rng: np.random.Generator, number: int, sessions: int, leads: int) -> Request:
    windows = []
    for s in range(sessions):
        if rng.random() < 0.7:
            first = int(rng.integers(990, 1080))
            windows.append(Window(f"s{s}", first, first + int(rng.integers(0, 60))))
            if rng.random() < 0.3:
                windows.append(Window(f"s{s}", first + 90, first + 100))
    lead = int(rng.integers(leads))
    both = rng.random() < 0.3
    mates = [f"p{k}" for k in range(3) if rng.random() < 0.7]
    return Request(
        f"r{number}",
        f"student{number - (number % 3 == 2)}",
        f"home{number}",
        tuple(windows),
        ("l0", "l1") if both else (f"l{lead}",),
        tuple(mates),
        alone=bool(rng.random() < 0.2),
        prize=float(rng.integers(20, 200)),
        mandatory=bool(rng.random() < 0.2),
        due=date(2026, 9, 8) if rng.random() < 0.2 else None,
        earlier=("p1",) if rng.random() < 0.3 else (),
    )


def _rules(rng: np.random.Generator) -> Rules:
    return Rules(
        mandatory_penalty=300.0,
        shortfall_penalty=50.0,
        balance_weight=float(rng.choice([0.0, 4.0])),
        continuity_bonus=float(rng.choice([0.0, 6.0])),
        spacing_days=int(rng.integers(1, 4)),
    )


@pytest.fixture(scope="session")
def small_school() -> Builder:
    """Return a function that makes a school of 2 leads and 3 companions from a seed."""

    def build(seed: int, families: int = 5, sessions: int = 2) -> Problem:
        rng = np.random.default_rng(seed)
        days = [date(2026, 9, 7) + timedelta(days=s) for s in range(sessions)]
        slots = tuple(Session(f"s{s}", day, 990, 1170, 1200) for s, day in enumerate(days))
        names = ("school", *(f"home{k}" for k in range(families)), "l0home", "l1home")
        spots = rng.random((len(names), 2)) * 3
        apart = np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2))
        table = np.round(apart * 8)
        people = []
        for name in ("l0", "l1", "p0", "p1", "p2"):
            free = tuple(s.id for s in slots if rng.random() < 0.85)
            home = f"{name}home" if name[0] == "l" else ""
            cap = (("weekday", int(rng.integers(1, 3))),) if rng.random() < 0.3 else ()
            least = int(rng.random() < 0.3)
            most = int(rng.integers(1, 4)) if rng.random() < 0.3 else None
            people.append(Visitor(name, free, home, cap, least, most))
        wanted = tuple(_request(rng, k, sessions, 2) for k in range(families))
        trip = Travel(names, {"walk": table}, "school")
        return Problem(wanted, Visitors(tuple(people), slots), trip, _rules(rng))

    return build


@pytest.fixture(scope="session")
def shared_school() -> Builder:
    """Return a function that makes six classes with five companions between them, from a seed."""

    def build(seed: int, families: int = 90, sessions: int = 8) -> Problem:
        rng = np.random.default_rng(seed)
        days = [date(2026, 9, 7) + timedelta(days=s) for s in range(sessions)]
        slots = tuple(Session(f"s{s}", day, 990, 1170, 1230) for s, day in enumerate(days))
        names = ("school", *(f"home{k}" for k in range(families)))
        spots = rng.random((len(names), 2)) * 3
        apart = np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2))
        trip = Travel(names, {"walk": np.ceil(apart * 8)}, "school")
        every = tuple(slot.id for slot in slots)
        people = [Visitor(f"l{k}", every) for k in range(6)]
        people += [Visitor(f"p{k}", every, most=20) for k in range(5)]
        wanted = []
        for k in range(families):
            free = tuple(Window(slot, 990, 1130) for slot in every if rng.random() < 0.4)
            prize = float(rng.integers(40, 200))
            lead = (f"l{k % 6}",)
            mates = tuple(f"p{(k % 6 + step) % 5}" for step in range(3))
            wanted.append(Request(f"r{k:02d}", f"s{k}", f"home{k}", free, lead, mates, prize=prize))
        return Problem(tuple(wanted), Visitors(tuple(people), slots), trip)

    return build
