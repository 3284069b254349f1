"""Alerts of the screening that ask for a case: opened by a person, one by one, each once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets
import pandas as pd

from visitkit import record, text
from visitkit.app.session import Session
from visitkit.errors import VisitkitError
from visitkit.record import cases
from visitkit.reports.alerts_view import fact_words, word
from visitkit.widgets.reading import PageView, Section
from visitkit.widgets.rows import RowsView
from visitkit.widgets.rows_state import Filter, Listing, Row
from visitkit.widgets.sentences import error_words

_ROOM = "app_casebook"
#: What can be done about an alert, by what became of it; the rest is handed to somebody else.
_ACTS = {"opened": "take", "goes_on": "open"}
_SHOWN = ("opened", "goes_on", "locked", "withheld")


class AlertsDesk(ipywidgets.VBox):  # type: ignore[misc]
    """Alerts that ask for a case, and the cases that have one already.

    Parameters
    ----------
    session
        Its ``cases`` hold the alerts of the last screening; its ``store`` is written to.
    changed
        Called after a case was opened.
    open_case
        Puts a case on the desk.
    """

    def __init__(
        self, session: Session, changed: Callable[[], None], open_case: Callable[[str], object]
    ) -> None:
        self.session, self._changed, self._open_case = session, changed, open_case
        self._alerts = pd.DataFrame()
        self._told = pd.DataFrame()
        self.said = PageView(session.lang)
        self.rows = RowsView(self._act, session.lang)
        super().__init__([self.said, self.rows])
        session.watch("cases", call=self.show)
        self.show()

    def __repr__(self) -> str:
        """Return no student: a saved notebook keeps this line."""
        return f"{type(self).__name__}()"

    def show(self) -> None:
        """Show what the last screening found, as the casebook stands."""
        for one in (self.said, self.rows):
            one.lang = self.session.lang
        found, store = self.session.cases, self.session.store
        self._told = self._alerts = pd.DataFrame()
        if found is not None and store is not None and len(found.alerts):
            try:
                told = record.take_alerts(
                    store, found.alerts, write=False, purpose=self._say("alerts.purpose")
                )
            except VisitkitError as error:
                self._refused(error)
                return
            self._told, self._alerts = _urgent_first(told, found.alerts)
        self.layout.display = "" if len(self._told) else "none"
        if self._told.empty:
            self.said.show(())
            self.rows.show(Listing("", ()))
            return
        self.said.show((Section("", (self._say("alerts.about"),)),))
        self.rows.show(self._listing())

    def _listing(self) -> Listing:
        lang = self.session.lang
        both = zip(self._told.to_dict("records"), self._alerts.to_dict("records"), strict=True)
        rows = tuple(
            self._row(number, {**alert, **told}) for number, (told, alert) in enumerate(both)
        )
        kinds = tuple(
            (str(one), cases.kind_text(str(one), lang)) for one in self._told["kind"].unique()
        )
        return Listing(
            self._say("alerts.title"),
            tuple(
                self._say(f"alerts.column.{one}") for one in ("student", "matter", "day", "stand")
            ),
            rows,
            (Filter("kind", self._say("column.kind"), kinds),),
            search=True,
        )

    def _row(self, number: int, told: Mapping[object, object]) -> Row:
        lang, rule, action = self.session.lang, str(told["rule"]), str(told["action"])
        fact = fact_words(rule, {str(name): cell for name, cell in told.items()}, lang)
        matter = word("alerts.rule", rule, lang)
        kind = cases.kind_text(str(told["kind"]), lang)
        act = _ACTS.get(action)
        return Row(
            str(number),
            (
                str(told["student_id"]),
                self._say("alerts.found", matter=matter, fact=fact) if fact else matter,
                f"{pd.Timestamp(str(told['opened'])):%Y-%m-%d}",
                self._say(f"alerts.stand.{action}", kind=kind),
            ),
            "late" if action in ("locked", "withheld") else "",
            ((act, self._say(f"alerts.act.{act}")),) if act else (),
            {"kind": str(told["kind"])},
        )

    def _act(self, key: str, action: str) -> None:
        store, place = self.session.store, int(key)
        if store is None or place >= len(self._told):
            return
        case_id = self._told["case_id"].iloc[place]
        if action == "take":
            chosen = self._alerts.iloc[[place]]
            try:
                told = record.take_alerts(store, chosen, purpose=self._say("alerts.purpose"))
            except VisitkitError as error:
                self._refused(error)
                return
            case_id = told["case_id"].iloc[0]
            self._changed()
        if isinstance(case_id, str):
            self._open_case(case_id)

    def _refused(self, error: VisitkitError) -> None:
        words = error_words(error, self.session.lang)
        self.said.show((Section("", (words,), tone="warning"),))

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"{_ROOM}.{key}", self.session.lang, **facts)


def _urgent_first(told: pd.DataFrame, alerts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what asks for a case, with its alerts: a crisis before all else, then by deadline."""
    both = told.assign(calm=told["kind"] != "crisis", due=alerts["due"].to_numpy())
    both = both[both["action"].isin(_SHOWN)]
    order = both.sort_values(["calm", "due", "opened", "student_id"], kind="stable").index
    return told.loc[order].reset_index(drop=True), alerts.iloc[order].reset_index(drop=True)
