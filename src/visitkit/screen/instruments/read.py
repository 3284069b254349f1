"""From a file to an :class:`Instrument`, and from what people write to its code."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from visitkit import text
from visitkit.errors import ScreenError
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.model import (
    Careless,
    Critical,
    Cutoff,
    Missing,
    Norm,
    Options,
    Scale,
)
from visitkit.screen.instruments.schema import Checker, InstrumentError, Raw


@cache
def names() -> tuple[str, ...]:
    """Return the codes of the questionnaires that come with the toolkit.

    Examples
    --------
    >>> "PHQ-9" in names()
    True
    """
    folder = files(__package__).joinpath("data")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir()))


def _plain(written: str) -> str:
    folded = unicodedata.normalize("NFKC", written).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


@cache
def _codes_by_name() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for code in names():
        for form in (code, *_shipped(code).forms):
            for alias in (form, *_aliases(form)):
                found.setdefault(_plain(alias), (code, form))
    return found


def _aliases(form: str) -> list[str]:
    """Return what people call a questionnaire, in files and elsewhere."""
    found: list[str] = []
    for lang in text.LANGUAGES:
        for key in ("instruments.name", "values.instrument"):
            known = text.find(key, lang)
            found += known.get(form, []) if isinstance(known, dict) else []
    return found


def resolve(written: str) -> tuple[str, str] | None:
    """Return the code and the form of a questionnaire from what people write, or None.

    Capitals, spaces, hyphens and full-width signs make no difference.

    Examples
    --------
    >>> resolve("phq 9")
    ('PHQ-9', 'PHQ-9')
    >>> resolve("SDQ parent")
    ('SDQ', 'SDQ-P')
    >>> resolve("horoscope") is None
    True
    """
    return _codes_by_name().get(_plain(str(written)))


def title(form: str, lang: str | None = None) -> str:
    """Return the name people use for a questionnaire; a form without one is returned as it is."""
    known = text.find("instruments.name", lang)
    words = known.get(form) if isinstance(known, dict) else None
    return str(words[0]) if words else form


def read_instrument(name: str | Path) -> Instrument:
    """Read a questionnaire that comes with the toolkit by name, or a file of your own.

    Parameters
    ----------
    name
        A code or what people call it, for example ``"MHT"`` or ``"SDQ parent"``; or the path of a
        ``.toml`` file laid out like those in ``data/``.

    Raises
    ------
    ScreenError
        When no questionnaire has that name; the message lists those there are.
    InstrumentError
        When the file holds a value that is not allowed.

    Examples
    --------
    >>> read_instrument("PHQ-9").critical[0].item
    9
    """
    if isinstance(name, Path) or str(name).endswith(".toml"):
        return read_file(Path(name))
    known = resolve(name)
    if known is None:
        raise ScreenError(
            "instruments.unknown_instrument", instrument=name, allowed=", ".join(names())
        )
    code, form = known
    instrument = _shipped(code)
    if form == code:
        return instrument
    return replace(instrument, form=form, default_norm=instrument.forms[form])


@cache
def _shipped(code: str) -> Instrument:
    content = files(__package__).joinpath("data", f"{code}.toml").read_text("utf-8")
    return build(f"{code}.toml", tomllib.loads(content))


def read_file(path: Path) -> Instrument:
    """Read a questionnaire from a file of your own.

    Raises
    ------
    InstrumentError
        When the file is missing, is not TOML, or holds a value that is not allowed.
    """
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InstrumentError("instruments.not_readable", file=path.name, found=error) from error
    return build(path.name, raw)


def build(file: str, raw: Raw) -> Instrument:
    """Check the content of a file and make an :class:`Instrument` of it.

    Raises
    ------
    InstrumentError
        At the first fault, with file, key, what was found and what is allowed.
    """
    Checker(file, raw).check()
    number = int(raw["items"])
    scales = tuple(_scale(scale, number) for scale in raw.get("scale", []))
    norms = {n: _norm(n, norm, scales) for n, norm in raw["norms"].items() if n != "default"}
    careless = raw.get("careless", {})
    total = raw["total"]
    return Instrument(
        code=raw["code"],
        form=raw["code"],
        n_items=number,
        options=tuple(_options(group, number) for group in raw["options"]),
        default_coding=raw["coding"]["default"],
        reverse=frozenset(raw.get("reverse", [])),
        scales=scales,
        counts=tuple(_scale({"how": "count", **scale}, number) for scale in raw.get("count", [])),
        validity=tuple(_scale(scale, number) for scale in raw.get("validity", [])),
        total=_scale({"name": "total", **total}, number),
        multiply=Decimal(total.get("multiply", "1")),
        critical=tuple(_critical(item) for item in raw.get("critical", [])),
        missing=Missing(**raw["missing"]),
        careless=Careless(**careless),
        norms=MappingProxyType(norms),
        default_norm=raw["norms"]["default"],
        measures=MappingProxyType(dict(raw.get("measures", {}))),
        licence=raw["licence"],
        text_may_ship=raw["text_may_ship"],
        ages=(raw["ages"][0], raw["ages"][1]),
        answered_by=tuple(raw["answered_by"]),
        window_days=raw["window_days"],
        sources=tuple(raw["sources"]),
        forms=MappingProxyType(dict(raw.get("forms", {}))),
        unscored=frozenset(item for group in raw.get("unscored", []) for item in group["items"]),
    )


def _numbers(found: Any, number: int) -> tuple[int, ...]:
    return tuple(range(1, number + 1)) if found == "all" else tuple(found)


def _options(group: Raw, number: int) -> Options:
    codes = {name: tuple(map(float, values)) for name, values in group["codes"].items()}
    return Options(
        _numbers(group.get("items", "all"), number), group["low"], MappingProxyType(codes)
    )


def _scale(scale: Raw, number: int) -> Scale:
    return Scale(
        scale["name"],
        _numbers(scale.get("items", []), number),
        scale.get("how", "sum"),
        tuple(scale.get("of", [])),
        scale.get("void_from"),
    )


def _critical(item: Raw) -> Critical:
    return Critical(item["item"], item["from"], item.get("level", "hit"), item.get("source", ""))


def _norm(name: str, norm: Raw, scales: Iterable[Scale]) -> Norm:
    subscales = [scale.name for scale in scales]
    cutoffs: list[Cutoff] = []
    for key, worse in (("at_least", "high"), ("at_most", "low")):
        for scale, at in norm.get(key, {}).items():
            for each in subscales if scale == "each" else [scale]:
                cutoffs.append(Cutoff(each, float(at), worse))
    flags = norm.get("flags", ["total"] if "total" in norm.get("at_least", {}) else [])
    spread = [each for flag in flags for each in (subscales if flag == "each" else [flag])]
    return Norm(
        name,
        norm["source"],
        tuple(cutoffs),
        tuple(spread),
        norm.get("rounding", "none"),
        tuple((band, float(low)) for band, low in norm.get("bands", {}).items()),
    )
