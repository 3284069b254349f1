"""A school's rules as data: thresholds, weights, quotas, triggers and deadlines with sources."""

from visitkit.policy.policy import Policy, read_policy

__all__ = ["Policy", "read_policy"]
