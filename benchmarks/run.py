"""Run every benchmark with its usual settings, one after the other: ``make bench``.

Each says what it measured and on what; compare rows of one run, not runs of two machines.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

#: What a script is asked for beside its usual settings.
MORE = {"district.py": ("--dask",)}

#: Made-up visits that are planned where they are at hand, with the seconds for each.
ROUTING = HERE.parents[1] / "shared" / "data" / "routing"
INSTANCES = {"class_0": 20, "class_1": 20, "class_2": 20, "school_0": 100}


def _planned(name: str) -> bool:
    """Plan an instance; tell whether that failed."""
    file = ROUTING / f"{name}.json"
    if not file.is_file():
        print(f"== visits.py {name}: {file.name} is not at hand, left out")
        return False
    print(f"== visits.py {name}", flush=True)
    words = [sys.executable, str(HERE / "visits.py"), str(file), "--processes", "2"]
    done = subprocess.run([*words, "--seconds", str(INSTANCES[name])], check=False)
    return done.returncode != 0


def main() -> int:
    """Run the scripts beside this one; return 1 when one of them failed."""
    failed = []
    for script in sorted(HERE.glob("*.py")):
        if script.name in {Path(__file__).name, "visits.py"}:
            continue
        print(f"== {script.name}", flush=True)
        words = [sys.executable, str(script), *MORE.get(script.name, ())]
        if subprocess.run(words, check=False).returncode:
            failed.append(script.name)
    failed += [name for name in INSTANCES if _planned(name)]
    if failed:
        print("did not end well:", ", ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
