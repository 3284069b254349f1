"""Checking a questionnaire's file: a fault names the file, the key, what was found, what may be.

A key list copied wrongly leaves items that nobody scores; so each item must be used, or be named
as unused on purpose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NoReturn

from visitkit import text
from visitkit.errors import ScreenError
from visitkit.screen.instruments.model import LEVELS, LICENCES, MISSING_RULES, ROUNDINGS

Raw = Mapping[str, Any]

#: Columns of a scored table that no scale may be named after.
RESERVED = frozenset(
    re.findall(
        r"\w+",
        "student_id date instrument administration state flagged total total_low total_high band "
        "answered longstring straight out_of_range critical_hits critical_missing soft_hits notes "
        "norm coding ratio subscales_raised each items seconds",
    )
)
_HOW = ("sum", "mean", "count")
_NEEDED: dict[str, type] = {
    "code": str,
    "items": int,
    "ages": list,
    "answered_by": list,
    "window_days": int,
    "licence": str,
    "text_may_ship": bool,
    "sources": list,
    "coding": dict,
    "options": list,
    "missing": dict,
    "total": dict,
    "norms": dict,
}
_MAY: dict[str, type] = {
    "reverse": list,
    "careless": dict,
    "scale": list,
    "count": list,
    "validity": list,
    "critical": list,
    "unscored": list,
    "measures": dict,
    "forms": dict,
}
#: Keys of the tables inside a file; a misspelt one would silently change a score.
_INSIDE = {
    "coding": ("default",),
    "options": ("items", "low", "codes"),
    "missing": ("rule", "at_least", "source"),
    "careless": ("straight", "longstring", "source"),
    "scale": ("name", "items", "how"),
    "count": ("name", "items"),
    "validity": ("name", "items", "void_from", "source"),
    "critical": ("item", "from", "level", "source"),
    "unscored": ("items", "source"),
    "measures": ("flagged", "critical"),
    "total": ("how", "items", "of", "multiply"),
}
_IN_A_NORM = ("source", "flags", "at_least", "at_most", "rounding", "bands")


class InstrumentError(ScreenError):
    """A questionnaire's file cannot be used as it is."""


class Checker:
    """Checks one file; every method ends with an :class:`InstrumentError` or with nothing.

    Parameters
    ----------
    file
        Name of the file, for the message.
    raw
        Its content.
    """

    def __init__(self, file: str, raw: Raw) -> None:
        self.file = file
        self.raw = raw

    def fail(self, key: str, found: object, allowed: object) -> NoReturn:
        """Refuse a value."""
        listed = ", ".join(map(str, allowed)) if isinstance(allowed, list | tuple) else allowed
        raise InstrumentError(
            "instruments.bad_value", file=self.file, key=key, found=found, allowed=listed
        )

    def check(self) -> None:
        """Check the whole file.

        Raises
        ------
        InstrumentError
            At the first fault.
        """
        self._keys()
        try:
            self._content()
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            self.fail(str(error), type(error).__name__, text.say("instruments.like_shipped"))

    def _content(self) -> None:
        self._one_of("licence", self.raw["licence"], LICENCES)
        if self.raw["items"] < 1:
            self.fail("items", self.raw["items"], ">= 1")
        self._options()
        self._scales()
        self._rules()
        self._critical()
        self._norms()
        self._every_item_is_used()

    def _one_of(self, key: str, found: object, allowed: tuple[str, ...]) -> None:
        if found not in allowed:
            self.fail(key, found, allowed)

    def _keys(self) -> None:
        known = _NEEDED | _MAY
        for key, value in self.raw.items():
            if key not in known:
                self.fail(key, key, sorted(known))
            if not isinstance(value, known[key]) or (known[key] is int and isinstance(value, bool)):
                self.fail(key, type(value).__name__, known[key].__name__)
        for key in _NEEDED:
            if key not in self.raw:
                self.fail(key, text.say("instruments.nothing"), _NEEDED[key].__name__)
        for key, allowed in _INSIDE.items():
            found = self.raw.get(key, [])
            for table in found if isinstance(found, list) else [found]:
                for inner in table:
                    self._one_of(key, inner, allowed)
        for name, norm in self.raw["norms"].items():
            for inner in norm if name != "default" else ():
                self._one_of(f"norms.{name}", inner, _IN_A_NORM)

    def _items(self, key: str, found: object) -> list[int]:
        number = self.raw["items"]
        if found == "all":
            return list(range(1, number + 1))
        if not isinstance(found, list) or not found:
            self.fail(key, found, f"[1, ..., {number}]")
        outside = [item for item in found if type(item) is not int or not 1 <= item <= number]
        twice = [item for item, times in Counter(found).items() if times > 1]
        if outside or twice:
            self.fail(key, (outside or twice)[0], f"1-{number}, {text.say('instruments.once')}")
        return found

    def _options(self) -> None:
        groups = self.raw["options"]
        codings = list(groups[0]["codes"]) if groups else []
        covered: list[int] = []
        for place, group in enumerate(groups):
            key = f"options[{place}]"
            covered += self._items(f"{key}.items", group.get("items", "all"))
            if list(group["codes"]) != codings:
                self.fail(f"{key}.codes", list(group["codes"]), codings)
            lengths = {len(codes) for codes in group["codes"].values()}
            if len(lengths) != 1 or min(lengths) < 2:
                self.fail(f"{key}.codes", sorted(lengths), text.say("instruments.equal_lengths"))
        if sorted(covered) != list(range(1, self.raw["items"] + 1)):
            self.fail("options.items", len(covered), f"1-{self.raw['items']}")
        self._one_of("coding.default", self.raw["coding"].get("default"), (*codings, ""))

    def _scales(self) -> None:
        named: list[str] = []
        for kind in ("scale", "count", "validity"):
            for place, scale in enumerate(self.raw.get(kind, [])):
                key = f"{kind}[{place}]"
                name = str(scale.get("name", ""))
                if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in {*RESERVED, *named}:
                    self.fail(f"{key}.name", name, text.say("instruments.fresh_name"))
                named.append(name)
                self._items(f"{key}.items", scale.get("items"))
                self._one_of(f"{key}.how", scale.get("how", "sum"), _HOW)
                if kind == "validity" and not isinstance(scale.get("void_from"), int | float):
                    self.fail(f"{key}.void_from", scale.get("void_from"), ">= 0")
        total = self.raw["total"]
        self._one_of("total.how", total.get("how", "sum"), _HOW)
        if ("of" in total) == ("items" in total):
            self.fail("total", sorted(total), "items | of")
        if "items" in total:
            self._items("total.items", total["items"])
        for part in total.get("of", []):
            self._one_of("total.of", part, tuple(named))

    def _rules(self) -> None:
        missing, careless = self.raw["missing"], self.raw.get("careless", {})
        self._one_of("missing.rule", missing.get("rule"), MISSING_RULES)
        at_least = missing.get("at_least", 0)
        if missing["rule"] == "prorate" and not 1 <= at_least <= self.raw["items"]:
            self.fail("missing.at_least", at_least, f"1-{self.raw['items']}")
        self._one_of("careless.straight", careless.get("straight", "none"), ("void", "none"))
        if "reverse" in self.raw:
            self._items("reverse", self.raw["reverse"])
        elif careless.get("straight") == "void":
            self.fail("careless.straight", "void", text.say("instruments.needs_reverse"))

    def _critical(self) -> None:
        groups = self.raw["options"]
        for place, critical in enumerate(self.raw.get("critical", [])):
            key = f"critical[{place}]"
            self._items(f"{key}.item", [critical.get("item")])
            self._one_of(f"{key}.level", critical.get("level", "hit"), LEVELS)
            group = next(
                group
                for group in groups
                if critical["item"] in self._items(key, group.get("items", "all"))
            )
            low = group["low"]
            high = low + len(next(iter(group["codes"].values()))) - 1
            found = critical.get("from")
            if type(found) is not int or not low < found <= high:
                self.fail(f"{key}.from", found, f"{low + 1}-{high}")

    def _norms(self) -> None:
        norms = {name: norm for name, norm in self.raw["norms"].items() if name != "default"}
        self._one_of("norms.default", self.raw["norms"].get("default"), tuple(norms))
        for form, norm in self.raw.get("forms", {}).items():
            self._one_of(f"forms.{form}", norm, tuple(norms))
        scales = tuple(s["name"] for kind in ("scale", "count") for s in self.raw.get(kind, []))
        allowed = ("total", "each", *scales)
        for name, norm in norms.items():
            key = f"norms.{name}"
            self._one_of(f"{key}.rounding", norm.get("rounding", "none"), ROUNDINGS)
            if not norm.get("source"):
                self.fail(f"{key}.source", text.say("instruments.nothing"), "DOI | URL | ...")
            limits = {**norm.get("at_least", {}), **norm.get("at_most", {})}
            for scale, limit in limits.items():
                self._one_of(key, scale, allowed)
                if not isinstance(limit, int | float):
                    self.fail(f"{key}.{scale}", limit, "0.0")
            for scale in norm.get("flags", []):
                self._one_of(f"{key}.flags", scale, tuple(limits))
            steps = list(norm.get("bands", {}).values())
            if steps != sorted(set(steps)):
                self.fail(f"{key}.bands", steps, text.say("instruments.rising"))

    def _every_item_is_used(self) -> None:
        used = Counter[int]()
        for kind in ("scale", "validity", "unscored"):
            for scale in self.raw.get(kind, []):
                used.update(self._items(kind, scale["items"]))
        twice = [item for item, times in used.items() if times > 1]
        if twice:
            self.fail("scale.items", min(twice), text.say("instruments.once"))
        whole = set(used) | {critical["item"] for critical in self.raw.get("critical", [])}
        if not self.raw.get("scale") and "items" in self.raw["total"]:
            whole |= set(self._items("total.items", self.raw["total"]["items"]))
        forgotten = sorted(set(range(1, self.raw["items"] + 1)) - whole)
        if forgotten:
            raise InstrumentError(
                "instruments.item_unused", file=self.file, items=", ".join(map(str, forgotten))
            )
