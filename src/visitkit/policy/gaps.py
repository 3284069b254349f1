"""What a school should decide: what no paper gives, what is half sourced, what is said twice."""

from __future__ import annotations

from dataclasses import dataclass

from visitkit import text
from visitkit.policy import schema
from visitkit.policy.policy import UNDECIDED, Policy
from visitkit.policy.words import full_words, value_words


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the school should decide.

    Parameters
    ----------
    key
        Dotted key, or the name of a second reading.
    why
        ``undecided`` (no paper gives it), ``partly`` (only a part has a source) or ``option``
        (the paper says two things).
    value
        The value that stands in.
    source
        Where it comes from.
    """

    key: str
    why: str
    value: object = None
    source: str = ""

    def words(self, lang: str | None = None) -> str:
        """Return the gap as a sentence."""
        if self.why == "option":
            return text.say("policy.gap.option", lang, option=option_words(self.key, lang))
        return text.say(
            f"policy.gap.{self.why}",
            lang,
            key=full_words(self.key, lang),
            value=value_words(self.key, self.value, lang),
            source=self.source,
        )


def option_words(option: str, lang: str | None = None) -> str:
    """Return a second reading in words; one the school wrote is called by its name."""
    key = f"policy.option.{option}"
    return text.say(key, lang) if text.has(key) else option


def gaps(policy: Policy) -> tuple[Gap, ...]:
    """Return what the school should decide: undecided values, half-sourced ones, then choices.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> gaps(read_policy("recommended"))[0].why
    'undecided'
    """
    order = {pattern: place for place, pattern in enumerate(schema.entries())}
    known = sorted(policy.values, key=lambda key: _place(key, order))
    open_keys = [
        Gap(key, "undecided", policy[key], UNDECIDED)
        for key in known
        if policy.source(key) == UNDECIDED
    ]
    partly = [
        Gap(key, "partly", policy[key], policy.source(key))
        for key in known
        if UNDECIDED in policy.source(key) and policy.source(key) != UNDECIDED
    ]
    choices = [
        Gap(option, "option")
        for option, leaves in policy.options.items()
        if any(policy[key] != leaf[0] for key, leaf in leaves.items())
    ]
    return (*open_keys, *partly, *choices)


def _place(key: str, order: dict[str, int]) -> tuple[bool, int]:
    """Return where a gap is told: in the order of the schema, the many points of figures last."""
    entry = schema.entry_for(key)
    return key.startswith("risk."), -1 if entry is None else order[entry.pattern]
