"""The house: imports point down, rooms stay small, names in ARCHITECTURE.md exist."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "visitkit"
FILES = sorted(SOURCE.rglob("*.py"))
STAGES = {"screen", "plan", "record", "review"}
LEVELS = (
    {"errors"},
    {"text"},
    {"tables"},
    {"outgoing"},
    {"calendar"},
    {"policy"},
    {"sample"},
    {"load"},
    STAGES,
    {"figures"},
    {"reports"},
    {"widgets"},
    {"app"},
    {"cli"},
)
LEVEL = {room: height for height, rooms in enumerate(LEVELS) for room in rooms}
LONGEST_FILE = 400
USUAL_FILE = 300
LONGEST_USUAL_FUNCTION = 40
MOST_PUBLIC_METHODS = 12
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "util", "helper"}


def room_of(path: Path) -> str:
    """Return the top-level room a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(tree: ast.Module) -> set[str]:
    """Return the rooms of visitkit that a module imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == "visitkit" and len(part) > 1}


def code_lines(node: ast.AST, source: list[str]) -> int:
    """Count the lines of a function that hold code: no docstring, comment or blank line."""
    first = node.body[0]  # type: ignore[attr-defined]
    start, end = node.lineno, node.end_lineno  # type: ignore[attr-defined]
    skipped: set[int] = set()
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        skipped = set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return sum(
        1
        for number in range(start, end + 1)
        if number not in skipped
        and source[number - 1].strip()
        and not source[number - 1].strip().startswith("#")
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down(path: Path) -> None:
    """A room imports only rooms below it, and no stage imports another stage."""
    room = room_of(path)
    if room in {"__init__", "__main__"}:
        pytest.skip("the front door opens every room")
    allowed = {name for name, height in LEVEL.items() if height < LEVEL[room]} | {room}
    found = imported_rooms(ast.parse(path.read_text("utf-8")))
    assert found & LEVEL.keys() <= allowed


def test_every_room_has_a_level() -> None:
    """A new room must be given its place in the order."""
    rooms = {room_of(path) for path in FILES} - {"__init__", "__main__"}
    assert rooms <= LEVEL.keys()


def test_importing_the_package_is_cheap() -> None:
    """The package itself loads neither pandas nor scikit-learn."""
    code = "import sys, visitkit; print(sorted({'pandas','numpy','sklearn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_files_are_small() -> None:
    """No file is over 400 lines and 95 % are under 300."""
    sizes = sorted(len(path.read_text("utf-8").splitlines()) for path in FILES)
    assert sizes[-1] <= LONGEST_FILE
    assert sizes[int(len(sizes) * 0.95) - 1] < USUAL_FILE


def test_functions_are_short() -> None:
    """95 % of functions have at most 40 lines of code and the median is about 10."""
    lengths: list[int] = []
    for path in FILES:
        content = path.read_text("utf-8")
        lines = content.splitlines()
        tree = ast.parse(content)
        lengths += [
            code_lines(node, lines)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
    lengths.sort()
    assert lengths[int(len(lengths) * 0.95) - 1] <= LONGEST_USUAL_FUNCTION
    assert statistics.median(lengths) <= 14  # "about 10"


def test_classes_are_narrow() -> None:
    """No class has more than 12 public methods."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                public = [
                    item.name
                    for item in node.body
                    if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")
                ]
                assert len(public) <= MOST_PUBLIC_METHODS, (path, node.name)


def test_no_grab_bags() -> None:
    """No module is named for the lack of a better place."""
    assert not {path.stem for path in FILES} & FORBIDDEN_NAMES


def test_architecture_names_exist() -> None:
    """Each path in backticks in ARCHITECTURE.md exists, and each room is mentioned."""
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    paths = {name for name in re.findall(r"`([\w./-]+)`", page) if "/" in name or "." in name}
    folders = r"(src|tests|notebooks|data|docs|benchmarks)/"
    named = {name for name in paths if re.match(folders, name)}
    assert named
    missing = [name for name in sorted(named) if not (ROOT / name).exists()]
    assert missing == []
    rooms = {room_of(path) for path in FILES} - {"__init__", "__main__"}
    assert [room for room in sorted(rooms) if f"src/visitkit/{room}" not in page] == []
