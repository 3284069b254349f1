"""``python -m visitkit`` is ``visitkit``."""

import sys

from visitkit.cli import main

if __name__ == "__main__":
    sys.exit(main())
