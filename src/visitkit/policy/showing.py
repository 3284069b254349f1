"""A policy told in words: all of it, what is still open, and how two policies differ."""

from __future__ import annotations

from collections.abc import Iterator

from visitkit import text
from visitkit.policy import schema
from visitkit.policy.gaps import gaps
from visitkit.policy.policy import Policy
from visitkit.policy.words import (
    joined,
    key_words,
    record_words,
    section_words,
    source_words,
    value_words,
)

#: Keys of the points of single figures: too many to be told one by one before the rest.
_FIGURES = "risk.indicators."


def title(name: str, lang: str | None = None) -> str:
    """Return the title of a profile; a school's own file is called by its name.

    Examples
    --------
    >>> title("dropout-control", "en")
    'Dropout control'
    """
    key = f"policy.profile.{name}.title"
    return text.say(key, lang) if text.has(key) else name


def about(name: str, lang: str | None = None) -> str:
    """Return what a profile is, in a sentence; empty for a school's own file.

    Examples
    --------
    >>> about("contact-book", "en")
    'Scored by parents, never blank; families who do not take part are visited.'
    """
    key = f"policy.profile.{name}.about"
    return text.say(key, lang) if text.has(key) else ""


def show(policy: Policy, lang: str | None = None) -> str:
    """Return a whole policy in words: what the school should decide first, then every section.

    Parameters
    ----------
    policy
        The policy.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> print(show(read_policy("contact-book"), "en").splitlines()[0])
    Contact book
    """
    lines = [title(policy.name, lang), *filter(None, [about(policy.name, lang)])]
    lines += open_questions(policy, lang)
    for section, keys in _sections(policy):
        lines += ["", section_words(section, lang)]
        if section == "quota":
            lines += [_sourced(policy, name, lang) for name in policy.records(section)]
        else:
            lines += [_line(policy, key, lang) for key in keys]
    return "\n".join(lines)


def open_questions(policy: Policy, lang: str | None = None) -> list[str]:
    """Return a heading and a line for each value without a full source, or nothing at all.

    The many bands and weights of single figures make one line; they stand in their section.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> open_questions(read_policy("recommended"), "en")[1][:28]
    'To be decided by the school:'
    """
    found = gaps(policy)
    if not found:
        return []
    figures = [gap for gap in found if gap.key.startswith(_FIGURES)]
    lines = ["", text.say("policy.form.gaps", lang, number=len(found))]
    lines += ["- " + gap.words(lang) for gap in found if not gap.key.startswith(_FIGURES)]
    if figures:
        lines.append("- " + text.say("policy.form.gap_figures", lang, number=len(figures)))
    return lines


def _sections(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    """Yield the sections in the order of the schema, each with the keys that are set."""
    found: dict[str, list[str]] = {}
    for key in policy.values:
        entry = schema.entry_for(key)
        section = "" if entry is None else entry.family or entry.pattern.rpartition(".")[0]
        found.setdefault(section, []).append(key)
    order = dict.fromkeys(
        entry.family or entry.pattern.rpartition(".")[0] for entry in schema.entries().values()
    )
    for section in order:
        if section in found:
            yield section, found[section]


def _line(policy: Policy, key: str, lang: str | None) -> str:
    return "- " + text.say(
        "policy.form.line", lang, key=key_words(key, lang), value=told(policy, key, lang)
    )


def told(policy: Policy, key: str, lang: str | None = None) -> str:
    """Return a value and its source in words."""
    return text.say(
        "policy.form.value_from",
        lang,
        value=value_words(key, policy[key], lang),
        source=source_words(policy.source(key), lang),
    )


def _sourced(policy: Policy, name: str, lang: str | None) -> str:
    return "- " + text.say(
        "policy.form.line",
        lang,
        key=record_words("quota", name, lang),
        value=quota_told(policy, name, lang),
    )


def quota_told(policy: Policy, name: str, lang: str | None = None) -> str:
    """Return a rule on the number of visits and its sources in words."""
    keys = [key for key in policy.values if schema.record_of(key) == f"quota.{name}"]
    sources = dict.fromkeys(source_words(policy.source(key), lang) for key in keys)
    return text.say(
        "policy.form.value_from",
        lang,
        value=quota_words(policy, name, lang),
        source=joined(list(sources), lang),
    )


def quota_words(policy: Policy, name: str, lang: str | None = None) -> str:
    """Return one rule on the number of visits as a sentence.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> quota_words(read_policy("junior-school-annex"), "subject_teacher", "en")[:46]
    'each visitor sees 4 to 6 students (each semest'
    """
    rule = policy.records("quota")[name]
    told = {
        one: value_words(f"quota.{name}.{one}", value, lang)
        for one, value in rule.items()
        if one != "by"
    }
    by = rule["by"]
    told["by"] = (
        value_words(f"quota.{name}.by", by, lang) if by else text.say("policy.form.anyone", lang)
    )
    told["period"] = told.get("per", "")
    told["low"] = told.get("min_students", "")
    told["least"] = str(rule.get("min_students", rule.get("times", "")))
    told["most"] = str(rule.get("max_students", rule.get("max_times", "")))
    kind = str(rule["mode"])
    if kind == "cover":
        kind = "cover_all" if rule["share"] == 1 else "cover_share"
    return text.say(f"policy.quota.{kind}", lang, **told)
