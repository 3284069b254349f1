"""The words of a form: titles, labels, codes, and to whom it may be shown."""

from __future__ import annotations

from functools import cache

from visitkit import tables, text
from visitkit.load.spelling import word_key
from visitkit.load.vocabulary import words as spellings
from visitkit.policy import schema
from visitkit.policy.words import code_word, level_word, record_words
from visitkit.record.forms.definition import Field, Form

_ROLES = ("values.role", "policy.role")


def title(form: Form, lang: str | None = None) -> str:
    """Return the title of a form.

    Examples
    --------
    >>> from visitkit.record.forms import FORMS
    >>> title(FORMS["watch_roster"], "en")
    'Watch roster'
    """
    return text.say(f"forms_{form.area}.{form.name}.title", lang)


def purpose(form: Form, lang: str | None = None) -> str:
    """Return what a form is for and how it is filled, in one or two sentences."""
    return text.say(f"forms_{form.area}.{form.name}.purpose", lang)


def shown(form: Form, lang: str | None = None) -> str:
    """Return to whom a filled form may be shown; it stands at the foot of every page."""
    return text.say(f"forms.shown.{form.audience}", lang)


def section_title(form: Form, section: str, lang: str | None = None) -> str:
    """Return the heading of a section."""
    return text.say(_first(form, f"section.{section}", "section", section), lang)


def label(form: Form, field: str, lang: str | None = None) -> str:
    """Return the label of a field or of a column, given as ``table.column``.

    The form's own word comes first, then that of its area, that of all forms, and that of the
    casebook.

    Examples
    --------
    >>> from visitkit.record.forms import FORMS
    >>> label(FORMS["persuasion_record"], "promises", "en")
    'Promises'
    """
    bare = field.rpartition(".")[2]
    found = text.say(_first(form, f"field.{field.replace('.', '_')}", "field", bare), lang)
    return found[:1].upper() + found[1:]


def _first(form: Form, own: str, family: str, name: str) -> str:
    room = f"forms_{form.area}"
    for key in (f"{room}.{form.name}.{own}", f"{room}.{family}.{name}", f"forms.{family}.{name}"):
        if text.has(key):
            return key
    return f"cases_fields.{family}.{name}"


@cache
def codes(field: Field) -> tuple[str, ...]:
    """Return the codes that a field knows.

    Examples
    --------
    >>> codes(Field("hukou", "choice", of="values.hukou"))
    ('rural', 'urban')
    """
    kind, _, rest = field.of.partition(":")
    if kind == "level":
        room = next(one for one in schema.CODE_ROOMS if text.has(f"{one}.level.{rest}"))
        found = text.find(f"{room}.level.{rest}", "en")
        return tuple(f"{rest}:{code}" for code in found) if isinstance(found, dict) else ()
    if kind == "record":
        room = next(one for one in schema.KEY_ROOMS if text.has(f"{one}.{rest}.names"))
        found = text.find(f"{room}.{rest}.names", "en")
        return tuple(found) if isinstance(found, dict) else ()
    if kind == "roles":
        return schema.allowed_codes(_ROLES)
    if kind == "partners_and_roles":
        return schema.allowed_codes((*_ROLES, "policy.partner"))
    return schema.vocabulary(field.of) if field.of else field.choices


def code_of(field: Field, code: str, lang: str | None = None) -> str:
    """Return the word for a code; a school's own word is returned as it is.

    Examples
    --------
    >>> code_of(Field("hukou", "choice", of="values.hukou"), "rural", "en")
    'rural'
    """
    kind, _, rest = field.of.partition(":")
    if code not in codes(field):
        return code
    if kind == "level":
        return level_word(code, lang)
    if kind == "record":
        return record_words(rest, code, lang)
    if kind in {"roles", "partners_and_roles"}:
        return code_word((*_ROLES, "policy.partner"), code, lang)
    if field.of:
        return code_word((field.of,), code, lang)
    key = f"forms.choice.{code}"
    return text.say(key if text.has(key) else f"cases_fields.choice.{code}", lang)


@cache
def index(field: Field) -> dict[str, str]:
    """Return every spelling of the words of a field to its code, in both languages."""
    found: dict[str, str] = {}
    for code in codes(field):
        for lang in text.LANGUAGES:
            found.setdefault(word_key(code_of(field, code, lang)), code)
    for code in codes(field):
        found.setdefault(word_key(code), code)
    if field.of.startswith("values."):
        for spelling, code in spellings(field.of.removeprefix("values.")).items():
            found.setdefault(spelling, code)
    return found


def yes_or_no(value: bool, lang: str | None = None) -> str:
    """Return the word for a truth value.

    Examples
    --------
    >>> yes_or_no(True, "en")
    'yes'
    """
    return tables.word("flag", "yes" if value else "no", lang)
