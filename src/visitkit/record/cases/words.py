"""What cases say to people; the words stand in ``text/*/cases*.toml``."""

from __future__ import annotations

from visitkit import text
from visitkit.policy import schema
from visitkit.policy.words import code_word, level_word
from visitkit.record.cases.machine import Field
from visitkit.record.entry import Owed

#: Vocabularies in which the word for a code behind an owed thing or a fact is looked for.
_CODES = (
    "values.role",
    "policy.role",
    "policy.crisis_step",
    "policy.file_block",
    "policy.signer",
    "policy.body_response",
    "policy.act",
)


def kind_text(kind: str, lang: str | None = None) -> str:
    """Return the name of a kind of case.

    Examples
    --------
    >>> kind_text("help_plan", "en")
    'one student, one plan'
    """
    return text.say(f"cases.kind.{kind}", lang)


def state_text(kind: str, state: str, lang: str | None = None) -> str:
    """Return a state in words.

    Examples
    --------
    >>> state_text("visit", "reported_out", "en")
    'on the way'
    """
    own = f"cases_steps.state.{kind}.{state}"
    return text.say(own if text.has(own) else f"cases_steps.state.any.{state}", lang)


def step_text(kind: str, step: str, lang: str | None = None) -> str:
    """Return what a step does.

    Examples
    --------
    >>> step_text("persuasion", "round", "en")
    'make a round of persuasion'
    """
    own = f"cases_steps.step.{kind}.{step}"
    return text.say(own if text.has(own) else f"cases_steps.step.any.{step}", lang)


def field_text(field: Field, lang: str | None = None) -> str:
    """Return the name of a fact; a word of the school's own is returned as it is.

    Examples
    --------
    >>> field_text(Field("planned_start", "moment"), "en")
    'planned to begin'
    """
    key = f"cases_fields.field.{field.name}"
    return text.say(key, lang) if text.has(key) else field.name


def code_text(field: Field, code: str, lang: str | None = None) -> str:
    """Return the word for a code of a fact.

    Examples
    --------
    >>> code_text(Field("form", "code", "values.visit_form"), "home", "en")
    'home visit'
    >>> code_text(Field("by", "code", choices=("family", "school")), "family", "en")
    'the family'
    """
    if field.type == "level":
        return level_word(code, lang)
    own = f"cases_fields.choice.{code}"
    if not field.of and text.has(own):
        return text.say(own, lang)
    return code_word((*_vocabularies(field.of), *_CODES), code, lang)


#: Lists of codes that are no vocabulary of their own: where their words stand.
_WORDS_OF = {
    "roles": ("values.role", "policy.role"),
    "roles_and_partners": ("values.role", "policy.role", "policy.partner"),
    "acts": ("policy.crisis_step",),
    "measures": ("policy.measure", "values.help_type"),
    "causes": ("policy.cause",),
    "channels": ("policy.intake", "policy.channel"),
}


def _vocabularies(of: str) -> tuple[str, ...]:
    kind, _, rest = of.partition(":")
    if kind == "key":
        entry = schema.entry_for(rest)
        return entry.codes if entry else ()
    return _WORDS_OF.get(kind, () if kind == "record" or not of else (of,))


def flag_text(flag: str, lang: str | None = None) -> str:
    """Return what stays true about a case.

    Examples
    --------
    >>> flag_text("past_attempt", "en")
    'there was an attempt in the past'
    """
    return text.say(f"cases.flag.{flag}", lang)


def form_text(form: str, lang: str | None = None) -> str:
    """Return the name of the document a step fills.

    Examples
    --------
    >>> form_text("watch_roster", "en")
    'watch roster'
    """
    return text.say(f"cases.form.{form}", lang)


def owed_text(row: Owed, lang: str | None = None) -> str:
    """Return what is owed.

    Parameters
    ----------
    row
        From :func:`visitkit.record.cases.owed`.

    Examples
    --------
    >>> import datetime as dt
    >>> at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    >>> owed_text(Owed("p-1", "persuasion", "S1", "round:2", "head_teacher", at, None, ""), "en")
    'round 2 of persuasion'
    """
    clock, _, code = row.what.partition(":")
    key = f"cases.clock.{row.kind}.{clock}"
    record = f"policy_care_keys.agent_parent.duty.names.{code}"
    if clock == "duty" and text.has(record):
        word = text.say(record, lang)
    elif text.has(f"cases_steps.step.{row.kind}.{code}"):
        word = step_text(row.kind, code, lang)
    else:
        word = code_word(_CODES, code, lang)
    return text.say(key, lang, code=word)
