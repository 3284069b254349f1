"""Print the page about all questionnaires: ``python -m visitkit.screen.instruments``."""

import sys

from visitkit.screen.instruments.page import instrument_page

if __name__ == "__main__":
    sys.stdout.write(instrument_page("en"))
