"""Policies in words: what a key means, what a value says, where it comes from."""

from __future__ import annotations

from visitkit import tables, text
from visitkit.policy import schema
from visitkit.policy.schema import Entry

#: First word of a source to the sentence it is told in.
_SOURCES = {"practice": "policy.source.practice", "law": "policy.source.law"}


def key_words(key: str, lang: str | None = None) -> str:
    """Return what a key means.

    Examples
    --------
    >>> key_words("absence.contact_periods", "en")
    'parents are contacted within'
    >>> key_words("quota.head_teacher.per", "en")
    "head teacher's visits: counted over"
    """
    entry = schema.entry_for(key)
    if entry is None:
        return key
    if not entry.family:
        return _say(key, lang)
    record = record_words(entry.family, key[len(entry.family) + 1 : -len(entry.field) - 1], lang)
    return text.say("policy.form.record", lang, record=record, field=field_words(key, lang))


def full_words(key: str, lang: str | None = None) -> str:
    """Return what a key means when it stands alone: with the title of its section.

    Examples
    --------
    >>> full_words("watch.until", "en")
    'Watching over a student in danger: until'
    """
    if schema.record_of(key):
        return key_words(key, lang)
    section = section_words(key.rpartition(".")[0], lang)
    return text.say("policy.form.record", lang, record=section, field=key_words(key, lang))


def field_words(key: str, lang: str | None = None) -> str:
    """Return what a field of a record means, without the record.

    Examples
    --------
    >>> field_words("quota.head_teacher.per", "en")
    'counted over'
    """
    entry = schema.entry_for(key)
    return key if entry is None else _say(f"{entry.family}.each.{entry.field}", lang)


def record_words(family: str, name: str, lang: str | None = None) -> str:
    """Return the name of a record in words; a name the school gave is returned as it is.

    Examples
    --------
    >>> record_words("meeting", "parents", "en")
    "parents' meeting"
    """
    indicator = f"indicators.{name}.name"
    if family == "risk.indicators" and text.has(indicator):
        return text.say(indicator, lang)
    return _say(f"{family}.names.{name}", lang) or name


def section_words(section: str, lang: str | None = None) -> str:
    """Return the title of a section.

    Examples
    --------
    >>> section_words("absence", "en")
    'Absence without a reason'
    """
    return _say(f"{section}._", lang) or section


def _say(path: str, lang: str | None) -> str:
    for room in schema.KEY_ROOMS:
        if text.has(f"{room}.{path}"):
            return text.say(f"{room}.{path}", lang)
    return ""


def code_word(vocabularies: tuple[str, ...], code: str, lang: str | None = None) -> str:
    """Return the word for a code; the school's own words are returned as they are.

    Examples
    --------
    >>> code_word(("values.role", "policy.role"), "leading_group", "en")
    'leading group'
    """
    for name in vocabularies:
        if code in schema.vocabulary(name):
            room, _, list_name = name.partition(".")
            if room == "values":
                return tables.word(list_name, code, lang)
            return text.say(f"{schema.room_of_codes(list_name)}.{list_name}.{code}", lang)
    return code


def level_word(level: str, lang: str | None = None) -> str:
    """Return the word for ``scheme:level``; an unknown one is returned as it is.

    Examples
    --------
    >>> level_word("dropout:high", "en")
    'high'
    """
    key = f"level.{level.replace(':', '.')}"
    for room in schema.CODE_ROOMS:
        if text.has(f"{room}.{key}"):
            return text.say(f"{room}.{key}", lang)
    return level


def value_words(key: str, value: object, lang: str | None = None) -> str:
    """Return a value in words, with its unit.

    Examples
    --------
    >>> value_words("absence.report_days", 3, "en")
    '3 school days'
    >>> value_words("quota.head_teacher.share", 0.5, "en")
    '50%'
    """
    entry = schema.entry_for(key)
    if entry is None:
        return str(value)
    if not isinstance(value, list):
        return _one(entry, value, lang)
    if not value:
        return text.say("policy.form.empty", lang)
    if entry.type in {"integers", "numbers"} and not entry.zero:
        return _with_unit(entry, joined([f"{item:g}" for item in value], lang), False, lang)
    return joined([_one(entry, item, lang) for item in value], lang)


def joined(parts: list[str], lang: str | None = None) -> str:
    """Return words as an enumeration.

    Examples
    --------
    >>> joined(["home", "school"], "en")
    'home, school'
    """
    whole = parts[0] if parts else ""
    for part in parts[1:]:
        whole = text.say("policy.form.join", lang, one=whole, other=part)
    return whole


def _one(entry: Entry, value: object, lang: str | None) -> str:
    if isinstance(value, bool):
        return text.say("policy.form.yes" if value else "policy.form.no", lang)
    if isinstance(value, int | float):
        return _number(entry, value, lang)
    word = str(value)
    if entry.type in {"level", "levels"}:
        return level_word(word, lang)
    if entry.type == "month_day":
        return _month_day(word, lang)
    return code_word(entry.codes, word, lang)


def _number(entry: Entry, value: float, lang: str | None) -> str:
    if value == 0 and entry.zero:
        return text.say(f"policy.zero.{entry.zero}", lang)
    if entry.codes:
        return code_word(entry.codes, f"{value:g}", lang)
    shown = f"{value * 100:g}" if entry.unit == "share" else f"{value:g}"
    return _with_unit(entry, shown, value == 1, lang)


def _with_unit(entry: Entry, number: str, single: bool, lang: str | None) -> str:
    if not entry.unit:
        return number
    forms = text.find(f"policy.unit.{entry.unit}", lang)
    several = forms if isinstance(forms, list) else [forms]
    return str(several[0 if single else -1]).format(number=number)


def _month_day(value: str, lang: str | None) -> str:
    month, _, day = value.partition("-")
    if not day:
        return code_word(("policy.anchor",), value, lang)
    name = text.say(f"policy.month.{int(month)}", lang)
    return text.say("policy.form.month_day", lang, month=name, day=int(day))


def source_words(source: str, lang: str | None = None) -> str:
    """Return where a value comes from, in words.

    Examples
    --------
    >>> source_words("undecided", "en")
    'not in the source: to be decided by the school'
    """
    if source in {"undecided", "school"}:
        return text.say(f"policy.source.{source}", lang)
    kind, _, where = source.partition(": ")
    if kind in _SOURCES and where:
        return text.say(_SOURCES[kind], lang, where=where)
    return source
