"""visitkit: screen students, plan home visits, review what helped.

The stages are verbs and are loaded when first used, so that importing the package costs next to
nothing: ``load``, ``screen`` and ``plan``.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"

_STAGES = (
    "calendar",
    "figures",
    "load",
    "plan",
    "policy",
    "record",
    "reports",
    "review",
    "sample",
    "screen",
    "tables",
    "text",
)

__all__ = ["__version__", *_STAGES]


def __getattr__(name: str) -> ModuleType:
    """Import a stage on first access."""
    if name in _STAGES:
        return import_module(f"{__name__}.{name}")
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    """Names a reader may want."""
    return sorted(__all__)
