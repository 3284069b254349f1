"""What is loaded when: nothing heavy before the first page, everything soon after."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading

import pytest
import traitlets

from visitkit.app import later
from visitkit.app.later import Loading, Of

HEAVY = ("statsmodels", "matplotlib", "sklearn", "scipy", "sqlalchemy", "sqlcipher3")


def loaded_by(source: str) -> set[str]:
    """Return which of the heavy packages a fresh Python has loaded after some lines."""
    told = (
        f"{source}\nimport json, sys\nprint(json.dumps([x for x in {HEAVY!r} if x in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_first_page_loads_nothing_that_others_need() -> None:
    """The page is made, worded and locked for nobody; then a console brings what it needs."""
    first = "from visitkit.app import open_app\napp = open_app(lang='zh')\n"
    assert (
        loaded_by(f"{first}app.topbar._message(None, {{'kind': 'speak', 'lang': 'en'}}, [])")
        == set()
    )
    assert loaded_by(f"{first}app.bar.page = 'casebook'") >= {"sqlalchemy", "sqlcipher3"}


def test_the_command_itself_loads_no_tables() -> None:
    """The server answers before anything of a school is read."""
    assert (
        "pandas"
        not in subprocess.run(
            [sys.executable, "-c", "import visitkit.cli.app, sys; print(*sys.modules)"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
    )


def test_modules_come_between_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come in their order in the thread of the loop; another thread waits for the last."""
    came: list[tuple[str, int]] = []
    monkeypatch.setattr(
        later, "import_module", lambda name: came.append((name, threading.get_ident()))
    )
    monkeypatch.setattr(later, "PAUSE", 0)

    async def page() -> int:
        loading = Loading(["a", "b", "c"])
        loading.begin()
        loading.begin()
        assert came == []
        waits = asyncio.get_running_loop().run_in_executor(None, loading.wait)
        await asyncio.wait_for(waits, 10)
        return len(came)

    assert asyncio.run(page()) == 3
    assert [name for name, _ in came] == ["a", "b", "c"]
    assert {thread for _, thread in came} == {threading.get_ident()}


def test_a_module_that_is_broken_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits goes on, and meets the error where it can be told."""

    def broken(_name: str) -> None:
        raise OSError

    monkeypatch.setattr(later, "import_module", broken)

    async def page() -> None:
        loading = Loading(["a", "b"])
        loading.begin()
        await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, loading.wait), 10)

    asyncio.run(page())


def test_a_value_is_of_its_class_or_none() -> None:
    """Anything else is refused, as where the class itself stands in the trait."""

    class Shelf(traitlets.HasTraits):
        day: Of[object] = Of("datetime.date")

    shelf = Shelf()
    assert shelf.day is None
    with pytest.raises(traitlets.TraitError):
        shelf.day = "2026-11-02"
