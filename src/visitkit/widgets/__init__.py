"""Thin views for notebooks on what the stages return; they compute nothing themselves."""

from visitkit.widgets.weights import WeightPanel, weight_panel

__all__ = ["WeightPanel", "weight_panel"]
