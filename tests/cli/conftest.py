"""A small made-up school in files, and a terminal to talk to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from visitkit.cli import main
from visitkit.sample import make_school, write_school

#: Enough for figures, alerts and gaps; the other files would only take time to read.
KEPT = ("students.xlsx", "attendance.csv", "events and help.xlsx", "survey autumn 2026.xlsx")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty students in four of the files a school would keep, with English headers."""
    folder = tmp_path_factory.mktemp("small")
    for path in write_school(make_school(3, 40, lang="en"), folder):
        if path.name not in KEPT:
            path.unlink()
    return folder


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """Run a command in English, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISITKIT_LANG", "en")
    monkeypatch.delenv("VISITKIT_DEBUG", raising=False)

    def command(*words: object) -> Said:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return command
