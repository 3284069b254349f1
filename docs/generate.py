"""Write the tables of docs/ that are made from the code: ``python docs/generate.py``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from visitkit.record.cases.page import page as cases_page
from visitkit.screen.indicators import page

HERE = Path(__file__).parent


def main() -> None:
    """Write docs/indicators.md, docs/cases.md and docs/instruments.md."""
    (HERE / "indicators.md").write_text(page(), encoding="utf-8")
    (HERE / "cases.md").write_text(cases_page(), encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-m", "visitkit.screen.instruments"],
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    (HERE / "instruments.md").write_text(made.stdout, encoding="utf-8")


if __name__ == "__main__":
    main()
