"""A short run of ``benchmarks/crash.py``: a writer is killed, and nothing acknowledged is lost."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

CRASH = Path(__file__).parents[3] / "benchmarks" / "crash.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="killing a writer needs a system with fork")
def test_a_killed_writer_loses_nothing(tmp_path):
    """Eight kills at random moments: none lost, none corrupt, none half-written."""
    if not CRASH.exists():
        pytest.skip("benchmarks/crash.py is not part of this installation")
    found = importlib.util.spec_from_file_location("crash", CRASH)
    assert found is not None
    assert found.loader is not None
    crash = importlib.util.module_from_spec(found)
    sys.modules["crash"] = crash
    found.loader.exec_module(crash)
    total = crash.kill_many(8, 1, tmp_path)
    assert total["said"] > 0
    assert (total["lost"], total["corrupt"], total["half"]) == (0, 0, 0)
