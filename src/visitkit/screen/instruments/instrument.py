"""A questionnaire as read from its file: frozen, and asked by name for norms and codings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from visitkit.errors import ScreenError
from visitkit.screen.instruments.model import Careless, Critical, Missing, Norm, Options, Scale


@dataclass(frozen=True)
class Instrument:
    """A questionnaire, read from its file and never changed.

    Parameters
    ----------
    code, form
        Its code, and the code of the form in hand (another person answering, with its own
        default norm); equal where there is one form.
    n_items
        Number of items, numbered from 1.
    options
        The answers each item offers.
    default_coding
        The coding of files that declare none; empty where it must be declared.
    reverse
        Items that are turned round before adding.
    scales, counts, validity, total
        The figures made of the items; ``counts`` are figures beside the subscales.
    multiply
        What the total is multiplied by to make a standard score.
    critical
        Items read before everything else.
    missing, careless
        The rules for skipped items and for sheets that were not read.
    norms, default_norm
        Norms by name, and the one used unless another is named.
    measures
        ``flagged`` and ``critical``: the base rates of ``rates.toml`` to plan a screening day by.
    licence, text_may_ship
        What may be done with the text, one of :data:`LICENCES`.
    ages, answered_by, window_days, sources
        For whom, answered by whom, about how many days back (0: not said), where it comes from.
    """

    code: str
    form: str
    n_items: int
    options: tuple[Options, ...]
    default_coding: str
    reverse: frozenset[int]
    scales: tuple[Scale, ...]
    counts: tuple[Scale, ...]
    validity: tuple[Scale, ...]
    total: Scale
    multiply: Decimal
    critical: tuple[Critical, ...]
    missing: Missing
    careless: Careless
    norms: Mapping[str, Norm]
    default_norm: str
    measures: Mapping[str, str]
    licence: str
    text_may_ship: bool
    ages: tuple[int, int]
    answered_by: tuple[str, ...]
    window_days: int
    sources: tuple[str, ...]
    forms: Mapping[str, str] = field(default_factory=dict)
    unscored: frozenset[int] = frozenset()

    @property
    def codings(self) -> tuple[str, ...]:
        """Names of the codings its answers may come in."""
        return tuple(self.options[0].codes)

    @property
    def item_columns(self) -> list[str]:
        """Column names of its items: ``item_1`` and so on."""
        return [f"item_{number}" for number in range(1, self.n_items + 1)]

    def norm(self, name: str | None = None) -> Norm:
        """Return a norm by name, or the default one.

        Raises
        ------
        ScreenError
            When there is no norm of that name; the message lists those there are.
        """
        wanted = name or self.default_norm
        if wanted not in self.norms:
            raise ScreenError(
                "instruments.unknown_norm",
                instrument=self.form,
                norm=wanted,
                allowed=", ".join(self.norms),
            )
        return self.norms[wanted]

    def coding(self, name: str | None = None) -> str:
        """Return the coding of a file: the one declared, else the default.

        Raises
        ------
        ScreenError
            When the name is not known, or when none is declared and the answers could mean two
            things.
        """
        wanted = name or self.default_coding
        if wanted not in self.codings:
            raise ScreenError(
                "instruments.unknown_coding" if name else "instruments.coding_needed",
                instrument=self.form,
                coding=wanted,
                allowed=", ".join(self.codings),
            )
        return wanted

    def with_critical(self, starts_at: Mapping[int, int]) -> Instrument:
        """Return a copy in which some critical items count from another answer.

        Parameters
        ----------
        starts_at
            Item number to the answer from which it counts, for example ``{19: 3}``.

        Raises
        ------
        ScreenError
            When an item is not a critical one, or offers no such answer.
        """
        known = {critical.item: critical for critical in self.critical}
        for item, value in starts_at.items():
            highest = self.options_of(item).high if item in known else 0
            if item not in known or not self.options_of(item).low < value <= highest:
                raise ScreenError(
                    "instruments.critical_level",
                    instrument=self.form,
                    item=item,
                    value=value,
                    allowed=", ".join(map(str, known)),
                )
        changed = tuple(
            replace(critical, starts_at=starts_at.get(critical.item, critical.starts_at))
            for critical in self.critical
        )
        return replace(self, critical=changed)

    def options_of(self, item: int) -> Options:
        """Return the answers an item offers."""
        return next(group for group in self.options if item in group.items)
