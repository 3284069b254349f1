"""Alerts: what must be acted on whatever any figure says, with its deadline and its source."""

from visitkit.screen.alerts.raising import COLUMNS, alerts
from visitkit.screen.alerts.rules import RULES, Rule, lookback
from visitkit.screen.alerts.words import fact_text, why

__all__ = ["COLUMNS", "RULES", "Rule", "alerts", "fact_text", "lookback", "why"]
