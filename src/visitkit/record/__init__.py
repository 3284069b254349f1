"""The casebook: visits, cases, plans and psychological files that last and stay secret."""

from visitkit.record.alerted import take_alerts
from visitkit.record.archive import backup, rekey, restore
from visitkit.record.chain import Head
from visitkit.record.entry import Entry, Owed
from visitkit.record.faults import StoreWarning
from visitkit.record.keys import Key, Keys, new_key
from visitkit.record.looking import StudentFile
from visitkit.record.opening import new_store, open_store
from visitkit.record.outcomes import MEASURES, Outcomes
from visitkit.record.remembering import History
from visitkit.record.retention import expired, remove_expired
from visitkit.record.shares import join_key, split_key
from visitkit.record.sharing import Anonymity, Count, Shared, Sharing, share
from visitkit.record.store import CaseStore
from visitkit.record.verifying import Broken, Verdict
from visitkit.record.view import CasebookView

__all__ = [
    "MEASURES",
    "Anonymity",
    "Broken",
    "CaseStore",
    "CasebookView",
    "Count",
    "Entry",
    "Head",
    "History",
    "Key",
    "Keys",
    "Outcomes",
    "Owed",
    "Shared",
    "Sharing",
    "StoreWarning",
    "StudentFile",
    "Verdict",
    "backup",
    "expired",
    "join_key",
    "new_key",
    "new_store",
    "open_store",
    "rekey",
    "remove_expired",
    "restore",
    "share",
    "split_key",
    "take_alerts",
]
