"""The error of learning: a sentence for people that scikit-learn understands too."""

from visitkit.errors import ScreenError


class LearnError(ScreenError, ValueError):
    """A model cannot be learned, or used, from what was given.

    It is a ``ValueError`` as well, because scikit-learn's searches and checks expect one.
    """
