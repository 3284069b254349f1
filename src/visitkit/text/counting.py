"""One or many: which of two sentences fits a count."""

from __future__ import annotations

from visitkit import text

#: A count of one as it may be written.
_ONE = {"1", "+1", "-1"}


def one_or_many(key: str, number: object) -> str:
    """Return the key of the sentence that fits a count.

    Parameters
    ----------
    key
        Of the sentence for many; that for one has ``_one`` at its end, where there is one.
    number
        The count as it is written in the sentence.

    Examples
    --------
    >>> one_or_many("alerts.days", 1), one_or_many("alerts.days", "1.5")
    ('alerts.days_one', 'alerts.days')
    """
    single = f"{key}_one"
    return single if str(number) in _ONE and text.has(single) else key
