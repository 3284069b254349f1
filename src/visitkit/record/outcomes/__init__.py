"""What happened to students by week, month or term, beside when they were first visited."""

from visitkit.record.outcomes.measures import MEASURES
from visitkit.record.outcomes.panel import Outcomes, outcomes, with_pseudonyms

__all__ = ["MEASURES", "Outcomes", "outcomes", "with_pseudonyms"]
