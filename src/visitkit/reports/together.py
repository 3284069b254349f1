"""Several files that appear together or not at all: :mod:`visitkit.outgoing.together`."""

from visitkit.outgoing.together import Writer, check_folder, write_alone, write_together

__all__ = ["Writer", "check_folder", "write_alone", "write_together"]
