"""What is wrong in a school's tables, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from visitkit.widgets.shown import Shown
from visitkit.widgets.view import script, style


class FaultList(Shown):
    """Kinds of faults with their places; hidden until something is shown.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> FaultList("en").state
    {}
    """

    _esm = script("faults")
    _css = style("faults")
    room = "app_start.faults"

    state: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def show(self, state: Mapping[str, Any]) -> None:
        """Show what was found; nothing hides the list.

        Parameters
        ----------
        state
            ``kind`` (``"clean"`` or ``"faults"``), ``title``, ``summary``, ``notes`` and
            ``groups``, each group with ``problem``, ``allowed``, ``fix``, ``number``, ``places``
            and ``open``.
        """
        self.state = dict(state)
