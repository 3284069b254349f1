"""Thin views for notebooks on what the stages return; they compute nothing themselves.

What a view needs is loaded when it is first used: a page with a button needs no statistics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from visitkit.widgets.weights import WeightPanel, weight_panel

__all__ = ["WeightPanel", "weight_panel"]


def __getattr__(name: str) -> Any:
    """Import on first access."""
    if name in __all__:
        from visitkit.widgets import weights

        return getattr(weights, name)
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """Names a reader may want."""
    return sorted(__all__)
