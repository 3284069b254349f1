"""Files appear together or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from visitkit.errors import VisitkitError
from visitkit.reports import write_alone, write_together


def write(text: str):  # type: ignore[no-untyped-def]
    """Return a writer of a text."""
    return lambda path: path.write_text(text, "utf-8") and None


def fail(error: BaseException):  # type: ignore[no-untyped-def]
    """Return a writer that writes a half and then fails."""

    def half(path: Path) -> None:
        path.write_text("half", "utf-8")
        raise error

    return half


def held(folder: Path) -> dict[str, str]:
    """Return everything in a folder, hidden files too."""
    return {path.name: path.read_text("utf-8") for path in folder.iterdir()}


def test_all_files_appear(tmp_path: Path) -> None:
    """Both are there, in order, with nothing beside them."""
    made = write_together(tmp_path / "new" / "deep", {"b": write("1"), "a": write("2")})
    assert [path.name for path in made] == ["b", "a"]
    assert held(tmp_path / "new" / "deep") == {"b": "1", "a": "2"}


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyboardInterrupt(), OSError(errno.ENOSPC, "full"), MemoryError()]
)
def test_a_failing_writer_leaves_nothing(tmp_path: Path, error: BaseException) -> None:
    """What stood there stays as it was, and no part of the new files is seen."""
    (tmp_path / "a").write_text("old", "utf-8")
    with pytest.raises((type(error), VisitkitError)):
        write_together(tmp_path, {"a": write("new"), "b": fail(error)})
    assert held(tmp_path) == {"a": "old"}


def test_a_folder_made_for_nothing_goes_again(tmp_path: Path) -> None:
    """When writing fails, the folders made for it go too."""
    with pytest.raises(ValueError, match="x"):
        write_together(tmp_path / "new" / "deep", {"a": fail(ValueError("x"))})
    assert held(tmp_path) == {}


def test_a_file_that_cannot_be_replaced_brings_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second file is open elsewhere: the first is again what it was."""
    (tmp_path / "a").write_text("old a", "utf-8")
    (tmp_path / "b").write_text("old b", "utf-8")
    replace = os.replace

    def refuse(source: str | Path, target: str | Path) -> None:
        if Path(target).name == "b" and "old" not in Path(source).name:
            raise PermissionError(errno.EACCES, "open elsewhere", str(source), None, str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(VisitkitError) as caught:
        write_together(tmp_path, {"a": write("new a"), "b": write("new b")})
    assert caught.value.key == "report.not_allowed"
    assert caught.value.facts["name"] == "b"
    assert held(tmp_path) == {"a": "old a", "b": "old b"}


def test_full_disk_is_a_sentence(tmp_path: Path) -> None:
    """A full disk is told as such."""
    with pytest.raises(VisitkitError) as caught:
        write_alone(tmp_path / "a", fail(OSError(errno.ENOSPC, "No space left on device")))
    assert caught.value.key == "report.disk_full"


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """A file where the folder should be is told as such and stays."""
    (tmp_path / "out").write_text("mine", "utf-8")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(VisitkitError) as caught:
            write_together(folder, {"a": write("1")})
        assert caught.value.key == "report.folder_is_file"
    assert held(tmp_path) == {"out": "mine"}


def test_name_taken_by_a_folder(tmp_path: Path) -> None:
    """A folder with the name of a file is told as such; nothing else is written."""
    (tmp_path / "b").mkdir()
    with pytest.raises(VisitkitError) as caught:
        write_together(tmp_path, {"a": write("1"), "b": write("2")})
    assert caught.value.key == "report.name_is_folder"
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no owner-only bits")
def test_only_the_owner_may_read(tmp_path: Path) -> None:
    """What is written about students is not open to others on the machine."""
    path = write_alone(tmp_path / "a", write("1"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
