"""Handing tables out of the casebook: pseudonyms, days moved, small numbers hidden, all logged."""

from visitkit.record.sharing.anonymity import Anonymity
from visitkit.record.sharing.pseudonyms import Pseudonyms
from visitkit.record.sharing.share import Count, Shared, Sharing, share

__all__ = ["Anonymity", "Count", "Pseudonyms", "Shared", "Sharing", "share"]
