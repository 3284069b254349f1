"""A school's rules as data: thresholds, weights, quotas, triggers and deadlines with sources."""

from visitkit.policy.comparing import diff
from visitkit.policy.conflicts import Conflict, conflicts
from visitkit.policy.faults import PolicyFault, PolicyFaultsError
from visitkit.policy.gaps import Gap, gaps
from visitkit.policy.policy import Policy, check, read_policy
from visitkit.policy.reading import names
from visitkit.policy.showing import about, show, title
from visitkit.policy.writing import as_toml

__all__ = [
    "Conflict",
    "Gap",
    "Policy",
    "PolicyFault",
    "PolicyFaultsError",
    "about",
    "as_toml",
    "check",
    "conflicts",
    "diff",
    "gaps",
    "names",
    "read_policy",
    "show",
    "title",
]
