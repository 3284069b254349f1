"""The download button: files made when asked, one or a zip, nothing said that a person must not."""

from __future__ import annotations

import io
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest

from visitkit.errors import PlanError
from visitkit.widgets.saving import Download, Files, as_one, written


class Sent:
    """What goes to the browser."""

    def __init__(self, button: Download) -> None:
        self.found: list[tuple[dict[str, Any], list[bytes]]] = []
        self.ended = threading.Event()
        button.send = self.note  # type: ignore[method-assign]

    def note(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.found.append((content, buffers or []))
        self.ended.set()

    def wait(self) -> tuple[dict[str, Any], list[bytes]]:
        assert self.ended.wait(5)
        return self.found[0]


def ask(button: Download, **more: object) -> None:
    button._message(button, {"kind": "ask", "who": "me", **more}, [])


def test_one_file_is_saved_as_it_is() -> None:
    button = Download(lambda: {"plan.csv": b"1,2"}, lang="en")
    sent = Sent(button)
    ask(button)
    assert sent.wait() == ({"kind": "file", "who": "me", "name": "plan.csv"}, [b"1,2"])


def test_several_files_are_one_zip() -> None:
    files = {"plan.csv": b"1,2", "map.html": b"<p>", "ics/t1.ics": b"3"}
    button = Download(lambda: files, name="visits.zip", lang="en")
    sent = Sent(button)
    ask(button)
    content, (data,) = sent.wait()
    assert content["name"] == "visits.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files
    assert as_one(files, "visits.zip")[1] == data


def test_a_failure_is_a_sentence() -> None:
    def make() -> Files:
        raise PlanError("plan.base_unknown")

    button = Download(make, lang="en")
    sent = Sent(button)
    ask(button)
    assert sent.wait()[0]["kind"] == "failed"
    assert "school itself" in button.failure
    button.lang = "zh"
    assert "school" not in button.failure


@pytest.mark.parametrize(
    "message",
    [None, "ask", {"kind": "ask"}, {"kind": "ask", "who": 7}, {"kind": "ask", "who": "x" * 999}],
)
def test_hostile_messages_make_nothing(message: object) -> None:
    made: list[int] = []
    button = Download(lambda: made.append(1) or {}, lang="en")  # type: ignore[func-returns-value]
    button._message(button, message, [])
    button.enabled = False
    ask(button)
    assert made == []
    button.set_state({"enabled": True, "label": "x"})
    assert button.enabled is False


def test_asking_twice_makes_once() -> None:
    go, made = threading.Event(), []

    def make() -> Files:
        made.append(1)
        go.wait(5)
        return {"a.txt": b""}

    button = Download(make, lang="en")
    sent = Sent(button)
    ask(button)
    ask(button)
    go.set()
    sent.wait()
    assert made == [1]


def test_label_follows_the_language() -> None:
    button = Download(dict, lang="en")
    assert button.label == "Download"
    button.lang = "zh"
    assert button.label == "\u4e0b\u8f7d"


def test_written_leaves_nothing_behind() -> None:
    places: list[Path] = []

    def write(folder: Path) -> None:
        places.append(folder)
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "deep").mkdir()
        (folder / "deep" / "a.txt").write_bytes(b"1")

    assert written(write) == {"deep/a.txt": b"1"}
    assert not places[0].exists()
