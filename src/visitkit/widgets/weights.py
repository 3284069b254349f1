"""Six sliders over a caseload: move one and the list is ranked again."""

from __future__ import annotations

from html import escape

import ipywidgets
import pandas as pd

from visitkit import tables, text
from visitkit.errors import VisitkitError
from visitkit.screen import Caseload, moved, reason_words, rerank

_HIGHEST = 5.0
_STEP = 0.25
_ORDER = ("routine", "watch", "priority")


class WeightPanel(ipywidgets.VBox):  # type: ignore[misc]
    """Sliders for the weights, a sentence on who moved, and the head of the list.

    Parameters
    ----------
    cases
        The caseload under the policy's weights.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    rows
        How many students to show.

    Attributes
    ----------
    cases : Caseload
        The caseload as it stands under the sliders.
    sliders : dict of str to FloatSlider
        A slider a dimension.
    """

    def __init__(self, cases: Caseload, lang: str | None = None, rows: int = 10) -> None:
        self.start = cases
        self.cases = cases
        self._lang = text.language(lang)
        self._rows = rows
        self.sliders = {name: self._slider(name) for name in tables.DIMENSIONS}
        self._said = ipywidgets.HTML()
        self._list = ipywidgets.HTML()
        reset = ipywidgets.Button(description=self._say("reset"), layout={"width": "auto"})
        reset.on_click(self._reset)
        title = ipywidgets.HTML(f"<b>{escape(self._say('weights'))}</b>")
        super().__init__([title, *self.sliders.values(), reset, self._said, self._list])
        self._show()

    def __repr__(self) -> str:
        """Return a line without students: a saved notebook keeps it."""
        return f"WeightPanel({len(self.sliders)} sliders)"

    @property
    def weights(self) -> dict[str, float]:
        """The weights on the sliders."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def _slider(self, name: str) -> ipywidgets.FloatSlider:
        word = text.say(f"indicators.dimension.{name}", self._lang)
        slider = ipywidgets.FloatSlider(
            value=self._policy_weight(name),
            min=0.0,
            max=_HIGHEST,
            step=_STEP,
            description=word,
            tooltip=self._say("weight_hint", dimension=word),
            style={"description_width": "8em"},
        )
        slider.observe(self._rank, names="value")
        return slider

    def _policy_weight(self, name: str) -> float:
        return float(str(self.start.policy[f"risk.dimensions.{name}"]))

    def _reset(self, _button: object) -> None:
        with self.hold_trait_notifications():
            for name, slider in self.sliders.items():
                slider.value = self._policy_weight(name)

    def _rank(self, _change: object) -> None:
        try:
            self.cases = rerank(self.start, self.weights)
        except VisitkitError:
            self._said.value = escape(self._say("no_weight"))
            return
        self._show()

    def _show(self) -> None:
        self._said.value = escape(moved_words(self.start, self.cases, self._lang))
        self._list.value = head_html(self.cases, self._lang, self._rows)

    def _say(self, key: str, **facts: object) -> str:
        return text.say(f"widgets.{key}", self._lang, **facts)


def weight_panel(cases: Caseload, lang: str | None = None, rows: int = 10) -> WeightPanel:
    """Return six sliders that rank a caseload again when one is moved.

    Parameters
    ----------
    cases
        What :func:`visitkit.screen.caseload` returned.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.
    rows
        How many students to show.
    """
    return WeightPanel(cases, lang, rows)


def moved_words(before: Caseload, after: Caseload, lang: str | None = None) -> str:
    """Return one sentence: how many students moved up or down a tier."""
    changes = moved(before, after)
    if before.table["student_id"].tolist() == after.table["student_id"].tolist() and changes.empty:
        return text.say("widgets.unchanged", lang)
    known = changes[changes["tier_before"].isin(_ORDER) & changes["tier_after"].isin(_ORDER)]
    steps = known["tier_after"].map(_ORDER.index) - known["tier_before"].map(_ORDER.index)
    return text.say("widgets.moved", lang, up=int((steps > 0).sum()), down=int((steps < 0).sum()))


def head_html(cases: Caseload, lang: str | None = None, rows: int = 10) -> str:
    """Return the first students as an HTML table; every cell is escaped.

    Students are shown by number, never by name, because notebooks are passed on.
    """
    head = cases.table.head(rows)
    columns = ("rank", "student", "tier", "index", "stability", "reason")
    cells = "".join(
        f'<th scope="col" style="text-align:left">{escape(text.say(f"widgets.{name}", lang))}</th>'
        for name in columns
    )
    body = "".join(_row(cases, row, lang) for _, row in head.iterrows())
    caption = text.say("widgets.head", lang, shown=len(head), number=len(cases))
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _row(cases: Caseload, row: pd.Series, lang: str | None) -> str:
    student = str(row["student_id"])
    steady = "" if pd.isna(row["stability"]) else f"{row['stability']:.0%}"
    index = "" if row["tier"] == "unknown" else f"{row['risk_index']:.1f}"
    shown = (
        str(row["rank"]),
        student,
        text.say(f"screen.tier.{row['tier']}", lang),
        index,
        steady,
        next((reason for reason in reason_words(cases, student, lang) if reason), ""),
    )
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in shown) + "</tr>"
