"""How long planning may take, who is told of its progress and how it is stopped."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """How far planning is: seconds gone, cost of the best plan so far, bound and gap."""

    stage: str
    seconds: float
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """How far from the best possible the plan can be, as a share of its cost."""
        if not math.isfinite(self.cost) or self.cost <= self.bound:
            return 0.0 if math.isfinite(self.cost) else 1.0
        return (self.cost - self.bound) / max(abs(self.cost), 1e-9)


@dataclass(eq=False)
class Effort:
    """The time that is left, and the log of what was done.

    Parameters
    ----------
    seconds
        Wall-clock time from now on.
    progress
        Called with a :class:`Progress` whenever cost or bound get better.
    cancel
        Set it from another thread to keep the best plan so far.
    """

    seconds: float
    progress: Callable[[Progress], None] | None = None
    cancel: threading.Event | None = None
    log: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def left(self) -> float:
        """Return the seconds left, never below 0."""
        if self.cancel is not None and self.cancel.is_set():
            return 0.0
        return max(0.0, self.begun + self.seconds - time.monotonic())

    def share(self, part: float) -> Effort:
        """Return an effort that may use a part of the time that is left."""
        return Effort(self.left() * part, self.progress, self.cancel, self.log)

    def note(self, key: str, **facts: object) -> None:
        """Write a line of the log: a key of ``plan.log`` and its facts; the same line only once."""
        if (key, facts) not in self.log:
            self.log.append((key, facts))

    def tell(self, stage: str, cost: float, bound: float) -> None:
        """Tell the caller how far we are."""
        if self.progress is not None:
            gone = time.monotonic() - self.begun
            self.progress(Progress(stage, gone, cost, bound))
