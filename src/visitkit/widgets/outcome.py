"""One study: what could be seen, and then what was found."""

from __future__ import annotations

from visitkit.reports.review import Asked
from visitkit.review import Study
from visitkit.widgets.outcome_state import after_estimate, before_estimate
from visitkit.widgets.reading import PageView, Section


class OutcomePanel(PageView):
    """A study to read.

    First only its design and the smallest effect it could see; the estimate with its interval,
    its limits, who is missing and the pictures come when they are asked for.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> from visitkit.sample.designs import made_study
    >>> made = made_study("randomised", seed=1)
    >>> study = Study(made.table, made.outcome, "randomised", **made.settings)
    >>> panel = OutcomePanel("en")
    >>> panel.declare(study)
    >>> len(panel.sections), panel.estimated
    (2, False)
    """

    def __init__(self, lang: str | None = None) -> None:
        self.study: Study | None = None
        self.estimated = False
        self._asked = Asked()
        super().__init__(lang)

    def declare(self, study: Study, asked: Asked | None = None) -> None:
        """Show a declared study before it is estimated."""
        self.study, self._asked, self.estimated = study, asked or Asked(), False
        self.show(before_estimate(study, self._asked, self.lang))

    def estimate(self) -> None:
        """Show the estimate, with everything that limits it.

        Raises
        ------
        ReviewError
            When no outcome allows a figure.
        """
        if self.study is not None:
            self.put(after_estimate(self.study, self._asked, self.lang))

    def put(self, sections: tuple[Section, ...]) -> None:
        """Show an estimate that was made elsewhere, as by a worker."""
        self.estimated = True
        self.show(sections)

    def clear(self) -> None:
        """Show nothing."""
        self.study, self.estimated = None, False
        self.show(())

    def _speak(self, change: object) -> None:
        super()._speak(change)
        if self.study is None:
            return
        if self.estimated:
            self.estimate()
        else:
            self.declare(self.study, self._asked)
