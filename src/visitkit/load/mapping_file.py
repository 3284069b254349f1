"""Reading a mapping file: TOML into rules, every fault of it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from visitkit import tables
from visitkit.load.mapping_rules import (
    MANY,
    WAYS,
    Filter,
    Lookup,
    MappingFault,
    Part,
    Rule,
    Source,
    Target,
    looked_up,
    plain,
)

_ITEM = re.compile(r"item_[1-9]\d*")
_TOP = {"name": str, "about": str, "source": dict, "table": list}
_SOURCE = {"file": str, "sheet": str, "header_row": int, "required": bool, "add": dict}
_TABLE = {
    "to": str,
    "from": str,
    "where": dict,
    "unless": dict,
    "needs": list,
    "split": dict,
    "columns": dict,
    "unpivot": list,
}
_PART = {"columns": dict, "where": dict, "unless": dict, "needs": list}
_SPLIT = {"column": str, "at": str}
_CHANGES = {"values": dict, "other": str, "date": str, "optional": bool}
_LOOKUP = {"lookup": str, "match": str, "give": str, "where": dict, "many": str, "by": str}
_RULE = {
    "column": str,
    "constant": object,
    "join": list,
    "with": str,
    "first_of": list,
    "row_number": str,
    "key": object,
    **_LOOKUP,
    **_CHANGES,
}


class Reader:
    """Turns the tables of a TOML document into rules and collects what is wrong on the way.

    Parameters
    ----------
    file
        Name of the mapping file, for the faults.

    Attributes
    ----------
    faults : list of MappingFault
        What was found so far.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[MappingFault] = []
        self._sources: frozenset[str] = frozenset()

    def fault(self, key: str, place: str, value: object = "", **facts: object) -> None:
        """Note a fault at a place of the file."""
        found = {"place": place, **facts}
        self.faults.append(MappingFault(key, self.file, value=str(value), facts=found))

    def document(self, node: Mapping[str, Any]) -> tuple[dict[str, Source], tuple[Target, ...]]:
        """Read a whole document: its sources by name, and the tables to fill."""
        top = self._known(node, "", _TOP)
        for needed in ("source", "table"):
            if not top.get(needed):
                self.fault("missing_key", needed, needed=needed)
        listed: dict[str, Any] = top.get("source", {})
        self._sources = frozenset(listed)
        sources = {name: self._source(name, item) for name, item in listed.items()}
        targets = tuple(
            self._target(item, f"table[{number}]")
            for number, item in enumerate(top.get("table", []), start=1)
        )
        self._no_circle(sources)
        return sources, targets

    def _known(self, node: object, place: str, allowed: Mapping[str, type]) -> dict[str, Any]:
        """Return the entries of a TOML table that are known and of the right kind."""
        if not isinstance(node, Mapping):
            self.fault("wrong_kind", place, node, wanted="table")
            return {}
        kept: dict[str, Any] = {}
        for key, value in node.items():
            where = f"{place}.{key}" if place else key
            if key not in allowed:
                self.fault("unknown_key", where, key, allowed=", ".join(allowed))
            elif not isinstance(value, allowed[key]) or (
                allowed[key] is int and isinstance(value, bool)
            ):
                self.fault("wrong_kind", where, value, wanted=allowed[key].__name__)
            else:
                kept[key] = value
        return kept

    def _among(self, value: object, place: str, allowed: Any) -> None:
        if value not in allowed:
            self.fault("not_allowed", place, value, allowed=", ".join(allowed))

    def _need(self, node: Mapping[str, Any], place: str, *keys: str) -> None:
        for key in keys:
            if key not in node:
                self.fault("missing_key", place, needed=key)

    def _source(self, name: str, node: object) -> Source:
        place = f"source.{name}"
        found = self._known(node, place, _SOURCE)
        if "file" not in found and "sheet" not in found:
            self.fault("missing_key", place, needed="file")
        if found.get("header_row", 1) < 1:
            self.fault("not_allowed", f"{place}.header_row", found.pop("header_row"), allowed="1..")
        add = self._rules(found.pop("add", {}), f"{place}.add")
        return Source(name, add=add, **found)

    def _target(self, node: object, place: str) -> Target:
        found = self._known(node, place, _TABLE)
        self._need(found, place, "to", "from")
        to, source = found.get("to", ""), found.get("from", "")
        if "to" in found:
            self._among(to, f"{place}.to", tables.TABLES)
        if "from" in found:
            self._among(source, f"{place}.from", sorted(self._sources))
        common = self._part({key: found[key] for key in _PART if key in found}, place)
        parts = tuple(
            self._unpivoted(common, item, f"{place}.unpivot[{number}]")
            for number, item in enumerate(found.get("unpivot", []), start=1)
        )
        target = Target(to, source, parts or (common,), self._split(found, place))
        if to in tables.TABLES:
            self._check_columns(target, place)
        return target

    def _split(self, found: Mapping[str, Any], place: str) -> tuple[str, str] | None:
        if "split" not in found:
            return None
        split = self._known(found["split"], f"{place}.split", _SPLIT)
        self._need(split, f"{place}.split", "column", "at")
        return split.get("column", ""), split.get("at", "") or ","

    def _part(self, node: object, place: str) -> Part:
        found = self._known(node, place, _PART)
        return Part(
            self._rules(found.get("columns", {}), f"{place}.columns"),
            self._filter(found.get("where", {}), f"{place}.where"),
            self._filter(found.get("unless", {}), f"{place}.unless"),
            tuple(str(name) for name in found.get("needs", [])),
        )

    def _unpivoted(self, common: Part, node: object, place: str) -> Part:
        own = self._part(node, place)
        return Part(
            {**common.columns, **own.columns},
            {**common.where, **own.where},
            {**common.unless, **own.unless},
            common.needs + own.needs,
        )

    def _check_columns(self, target: Target, place: str) -> None:
        table = tables.TABLES[target.to]
        for part in target.parts:
            for name in [*part.columns, *part.needs]:
                if name not in table.names and not (table.items and _ITEM.fullmatch(name)):
                    self.fault("not_allowed", place, name, allowed=", ".join(table.names))
            for column in table.columns:
                if column.required and column.name not in part.columns:
                    self.fault("not_filled", place, column.name, table=table.name)

    def _filter(self, node: Mapping[str, Any], place: str) -> Filter:
        kept: dict[str, tuple[str, ...]] = {}
        for column, words in node.items():
            listed = words if isinstance(words, list) else [words]
            if any(isinstance(word, list | dict) for word in listed):
                self.fault("wrong_kind", f"{place}.{column}", words, wanted="str")
            kept[column] = tuple(plain(word) for word in listed)
        return kept

    def _rules(self, node: Mapping[str, Any], place: str) -> dict[str, Rule]:
        return {name: self.rule(item, f"{place}.{name}") for name, item in node.items()}

    def rule(self, node: object, place: str) -> Rule:
        """Read how a column is made; a text alone is a header of theirs."""
        if isinstance(node, str):
            return Rule("column", column=node)
        found = self._known(node, place, _RULE)
        ways = [way for way in WAYS if way in found]
        if len(ways) != 1:
            self.fault("one_way", place, ", ".join(ways), allowed=", ".join(WAYS))
            return Rule("constant")
        way = ways[0]
        return Rule(
            way,
            column=found.get("column", ""),
            constant=found.get("constant"),
            parts=tuple(
                self.rule(item, f"{place}.{way}[{number}]")
                for number, item in enumerate(found.get(way, []), start=1)
            )
            if way in {"join", "first_of"}
            else (),
            glue=found.get("with", " "),
            number=self._number(found, place),
            lookup=self._lookup(found, place) if way == "lookup" else None,
            **self._changes(found, place),
        )

    def _changes(self, found: Mapping[str, Any], place: str) -> dict[str, Any]:
        date = found.get("date", "")
        if date and "%" not in date:
            self.fault("bad_date", f"{place}.date", date)
        values = {plain(theirs): plain(ours) for theirs, ours in found.get("values", {}).items()}
        return {
            "values": {theirs.casefold(): ours for theirs, ours in values.items()},
            "other": found.get("other"),
            "date": date,
            "optional": found.get("optional", False),
        }

    def _number(self, found: Mapping[str, Any], place: str) -> str:
        number = str(found.get("row_number", ""))
        if "row_number" in found and not re.search(r"\d$", number):
            self.fault("bad_number", f"{place}.row_number", number)
            return "1"
        return number

    def _lookup(self, found: Mapping[str, Any], place: str) -> Lookup:
        self._need(found, place, "key", "match", "give")
        self._among(found["lookup"], f"{place}.lookup", sorted(self._sources))
        many = found.get("many", "one")
        self._among(many, f"{place}.many", MANY)
        if many == "latest":
            self._need(found, place, "by")
        return Lookup(
            found["lookup"],
            self.rule(found.get("key", ""), f"{place}.key"),
            found.get("match", ""),
            found.get("give", ""),
            self._filter(found.get("where", {}), f"{place}.where"),
            many,
            found.get("by", ""),
        )

    def _no_circle(self, sources: Mapping[str, Source]) -> None:
        """Refuse sources whose added columns look into each other without end."""
        looks = {
            name: {seen for rule in source.add.values() for seen in looked_up(rule)}
            for name, source in sources.items()
        }
        for name in sources:
            reached: set[str] = set()
            ahead = set(looks[name])
            while ahead:
                step = ahead.pop()
                reached.add(step)
                ahead |= looks.get(step, set()) - reached
            if name in reached:
                self.fault("circle", f"source.{name}.add", name)
