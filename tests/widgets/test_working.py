"""Long work: on a thread of its own, one at a time, stopped when asked, never a traceback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from visitkit.errors import PlanError
from visitkit.widgets.working import Stop, Working

SECRET = "Name of a person /home/path"


def until(seen: Callable[[], bool]) -> None:
    """Wait for another thread, or fail."""
    for _ in range(500):
        if seen():
            return
        threading.Event().wait(0.01)
    pytest.fail("the other thread did not come so far")


def test_progress_reaches_the_bar() -> None:
    bar, seen = Working("en"), []
    bar.observe(lambda change: seen.append((bar.step, bar.steps, change.new)), names="said")

    def job(progress: Callable[[int, int, str], None], _stopped: Stop) -> str:
        progress(1, 3, "one")
        progress(2, 3, "two")
        return "all"

    results: list[str] = []
    assert bar.run(job, results.append)
    bar.wait()
    assert seen == [(1, 3, "one"), (2, 3, "two")]
    assert results == ["all"]
    assert bar.state == "done"


def test_only_one_job_at_a_time() -> None:
    bar, go = Working("en"), threading.Event()
    assert bar.run(lambda _progress, _stopped: go.wait(5))
    assert not bar.run(lambda _progress, _stopped: None)
    go.set()
    bar.wait()
    assert bar.run(lambda _progress, _stopped: None)
    bar.wait()


def test_stop_is_told_at_once_and_keeps_the_result() -> None:
    bar, results = Working("en"), []
    bar.run(lambda _progress, stopped: stopped.wait(5) and "best so far", results.append)
    bar._message(bar, {"kind": "stop"}, [])
    assert bar.state in {"stopping", "stopped"}
    bar._message(bar, {"kind": "stop"}, [])
    bar.wait()
    assert (bar.state, results) == ("stopped", ["best so far"])
    bar._message(bar, {"kind": "stop"}, [])
    assert bar.state == "stopped"


def test_our_errors_are_sentences_in_the_language_of_the_view() -> None:
    bar, seen = Working("en"), []

    def job(_progress: object, _stopped: Stop) -> None:
        raise PlanError("plan.base_unknown")

    bar.run(job, failed=seen.append)
    bar.wait()
    assert bar.state == "failed"
    assert "school itself" in bar.failure
    assert isinstance(seen[0], PlanError)
    bar.lang = "zh"
    assert "\u8def\u7a0b\u8868" in bar.failure


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "error",
    [ValueError(SECRET), KeyError(SECRET), FileNotFoundError(2, SECRET, SECRET), MemoryError()],
)
def test_other_errors_hold_nothing(error: Exception, lang: str) -> None:
    bar = Working(lang)

    def job(_progress: object, _stopped: Stop) -> None:
        raise error

    bar.run(job)
    bar.wait()
    assert bar.state == "failed"
    assert len(bar.failure) > 20
    for word in ("Name", "/home", "Traceback", "line", type(error).__name__):
        assert word not in bar.failure


def test_an_error_of_the_caller_is_told_too() -> None:
    bar = Working("en")

    def done(_result: object) -> None:
        raise PlanError("plan.base_unknown")

    bar.run(lambda _progress, _stopped: 1, done)
    bar.wait()
    assert bar.state == "failed"


@pytest.mark.parametrize(
    "message",
    [None, "stop", 7, [], {}, {"kind": None}, {"kind": ["stop"]}, {"kind": "run"}, {"stop": 1}],
)
def test_hostile_messages_are_passed_over(message: object) -> None:
    bar, go = Working("en"), threading.Event()
    bar.run(lambda _progress, _stopped: go.wait(5))
    bar._message(bar, message, [])
    bar.set_state({"state": "done", "said": "<b>hello</b>", "steps": -1})
    assert (bar.state, bar.said, bar.steps) == ("running", "", 0)
    go.set()
    bar.wait()


def test_with_a_loop_everything_happens_in_its_thread() -> None:
    """As in a kernel: traits and callbacks belong to the thread that receives messages."""
    threads: list[str] = []

    async def page() -> Working:
        bar, ended = Working("en"), asyncio.Event()

        def note(_change: object = None) -> None:
            threads.append(threading.current_thread().name)

        def done(_result: object) -> None:
            note()
            ended.set()

        def job(progress: Callable[[int, int, str], None], _stopped: Stop) -> None:
            for number in range(1000):
                progress(number, 1000, str(number))

        bar.observe(note, names=["step", "state"])
        bar.run(job, done)
        await asyncio.wait_for(ended.wait(), 10)
        return bar

    bar = asyncio.run(page())
    assert set(threads) == {threading.main_thread().name}
    assert bar.said == "999"
    assert bar.state == "done"


def test_repr_tells_nothing() -> None:
    assert repr(Working("en")) == "Working()"
