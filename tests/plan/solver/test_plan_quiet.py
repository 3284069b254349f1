"""Nothing but what we print reaches the standard output, whatever the solver does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from visitkit.plan.quiet import STRAY, without_stray_lines

#: Prints as HiGHS does, through C, with a line of ours before, between and after.
PRINTING = """
import ctypes
from visitkit.plan.quiet import without_stray_lines
c = ctypes.CDLL(None)
print("before")
c.puts(b"other library, before")
with without_stray_lines():
    c.puts(b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();")
    print("between")
    c.puts(b"other library, between")
print("after")
"""

#: Leaves a thread behind that prints when nobody waits for it any more.
LEFT_BEHIND = """
import ctypes, threading
from visitkit.plan.part import _abandonable
c = ctypes.CDLL(None)
stop, printed = threading.Event(), threading.Event()
def work():
    stop.set()
    c.puts(b"HighsMipSolverData::transformNewIntegerFeasibleSolution tmpSolver.run();")
    printed.set()
    threading.Event().wait()
print(_abandonable(work, stop).values)
printed.wait()
print("done")
"""

needs_c = pytest.mark.skipif(sys.platform == "win32", reason="the test prints through libc")


def printed(code: str) -> list[str]:
    """Return the lines that a program of its own prints to a pipe."""
    # Buffered, as where nobody asked for anything else.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, check=True, env=variables)
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


@needs_c
def test_stray_lines_are_dropped_and_others_kept() -> None:
    """The solver's line is gone; all others are there, in order."""
    lines = printed(PRINTING)
    assert sorted(lines) == [
        "after",
        "before",
        "between",
        "other library, before",
        "other library, between",
    ]
    assert lines.index("before") < lines.index("between") < lines.index("after")


@needs_c
def test_a_solver_left_behind_prints_to_nowhere() -> None:
    """After a cancel the result is printed, and what the solver prints then is dropped."""
    assert printed(LEFT_BEHIND) == ["None", "done"]


def test_output_is_given_back_after_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    """An error inside, and one block inside another, leave the standard output as it was."""

    def fail() -> None:
        with without_stray_lines(), without_stray_lines():
            print("inside", flush=True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    print("outside", flush=True)
    assert capfd.readouterr().out == "inside\noutside\n"


def test_many_threads(capfd: pytest.CaptureFixture[str]) -> None:
    """Threads come and go; only stray lines are lost."""

    def work(number: int) -> None:
        for _ in range(20):
            with without_stray_lines():
                os.write(1, STRAY + b"x\nthread %d\n" % number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = capfd.readouterr().out.splitlines()
    assert sorted(lines) == sorted(f"thread {n}" for n in range(4) for _ in range(20))
