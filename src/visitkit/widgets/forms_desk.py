"""A form on the screen with buttons that save it as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets

from visitkit.widgets.forms import FormView
from visitkit.widgets.forms_files import paper_files
from visitkit.widgets.saving import Download


class FormDesk(ipywidgets.VBox):  # type: ignore[misc]
    """A form with buttons that save it as a Word or an Excel file.

    Parameters
    ----------
    view
        The form.
    """

    def __init__(self, view: FormView) -> None:
        self.view = view
        self.saves = [
            Download(self._maker(kind), f"widgets_forms.{kind}", lang=view.lang)
            for kind in ("docx", "xlsx")
        ]
        self._row = ipywidgets.HBox(self.saves)
        super().__init__([view, self._row])
        view.observe(self._follow, names=["lang", "can_print", "mode"])
        self._follow(None)

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def _maker(self, kind: str) -> Callable[[], Mapping[str, bytes]]:
        return lambda: paper_files(self.view.filled(), kind, self.view.lang)

    def _follow(self, _change: object) -> None:
        for one in self.saves:
            one.lang = self.view.lang
        here = self.view.can_print and self.view.mode != "empty"
        self._row.layout.display = "" if here else "none"
