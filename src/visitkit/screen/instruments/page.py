"""The table of questionnaires for ``docs/instruments.md``, made from the files themselves."""

from __future__ import annotations

from collections.abc import Iterator

from visitkit import text
from visitkit.screen.instruments.instrument import Instrument
from visitkit.screen.instruments.model import Norm
from visitkit.screen.instruments.read import names, read_instrument, title


def instrument_page(lang: str | None = None) -> str:
    """Return the page about all questionnaires: items, rules, norms, critical items, licences.

    Examples
    --------
    >>> instrument_page("en").splitlines()[0]
    '# Questionnaires'
    """
    lines = list(_lines([read_instrument(name) for name in names()], lang))
    return "\n".join(lines) + "\n"


def _say(key: str, lang: str | None, **facts: object) -> str:
    return text.say(f"instruments.page.{key}", lang, **facts)


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |"


def _table(key: str, width: int, lang: str | None) -> Iterator[str]:
    heads = text.find(f"instruments.page.{key}", lang)
    yield _row(*(heads if isinstance(heads, list) else []))
    yield _row(*["---"] * width)


def _lines(instruments: list[Instrument], lang: str | None) -> Iterator[str]:
    yield f"# {_say('title', lang)}"
    yield ""
    yield _say("intro", lang)
    yield ""
    yield from _table("overview", 7, lang)
    for each in instruments:
        yield _row(*_overview(each, lang))
    yield ""
    yield f"## {_say('norms_title', lang)}"
    yield ""
    yield from _table("norms", 5, lang)
    for each in instruments:
        for norm in each.norms.values():
            yield _row(*_norm(each, norm, lang))
    yield ""
    yield f"## {_say('critical_title', lang)}"
    yield ""
    yield _say("critical_intro", lang)
    yield ""
    yield from _table("critical", 5, lang)
    for each in instruments:
        for item in each.critical:
            level = text.say(f"instruments.level.{item.level}", lang)
            yield _row(each.code, item.item, item.starts_at, level, item.source)
    yield ""
    yield f"## {_say('sources_title', lang)}"
    yield ""
    for each in instruments:
        yield f"- {title(each.code, lang)}: {'; '.join(each.sources)}"


def _overview(each: Instrument, lang: str | None) -> tuple[object, ...]:
    rule = text.say(
        f"instruments.missing.{each.missing.rule}", lang, at_least=each.missing.at_least
    )
    ages = "-".join(str(age) for age in each.ages)
    codings = ", ".join(
        f"**{name}**" if name == each.default_coding else name for name in each.codings
    )
    licence = text.say(f"instruments.licence.{each.licence}", lang)
    forms = ", ".join((each.code, *each.forms))
    return title(each.code, lang), forms, each.n_items, codings, ages, rule, licence


def _norm(each: Instrument, norm: Norm, lang: str | None) -> tuple[object, ...]:
    words = text.find(f"instruments.norm.{each.code}", lang)
    worded = words[norm.name] if isinstance(words, dict) else norm.name
    name = f"**{norm.name}**" if norm.name == each.default_norm else norm.name
    signs = {"high": "≥", "low": "≤"}
    cutoffs: dict[str, list[str]] = {}
    for cutoff in norm.cutoffs:
        cutoffs.setdefault(f"{signs[cutoff.worse]} {cutoff.at:g}", []).append(cutoff.scale)
    told = "; ".join(f"{', '.join(scales)} {limit}" for limit, scales in cutoffs.items())
    return each.code, name, worded, told or "-", norm.source
