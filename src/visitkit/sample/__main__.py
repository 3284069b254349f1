"""``python -m visitkit.sample``: make the files of the sample school again."""

from __future__ import annotations

import argparse
from pathlib import Path

from visitkit import text
from visitkit.sample import make_school, write_school


def main(arguments: list[str] | None = None) -> int:
    """Write a made-up school to a folder, by default to ``data/sample`` where we stand."""
    parser = argparse.ArgumentParser(prog="python -m visitkit.sample", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data", "sample"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--students", type=int, default=1080)
    parser.add_argument("--lang", choices=text.LANGUAGES, default="zh")
    asked = parser.parse_args(arguments)
    school = make_school(asked.seed, asked.students, lang=asked.lang)
    written = write_school(school, asked.folder)
    print(text.say("sample.written", number=len(written), folder=asked.folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
