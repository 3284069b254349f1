"""Where a policy contradicts itself; told to the school, never settled in silence."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from visitkit import text
from visitkit.policy.policy import Policy
from visitkit.policy.words import record_words, value_words


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two clauses of one policy that do not go together.

    Parameters
    ----------
    kind
        ``barred_form`` (a rule counts what another clause refuses in place of a home visit) or
        ``two_modes`` (the same teachers are asked for two kinds of visit).
    quotas
        The rules concerned.
    forms
        For each rule, the forms in question.
    """

    kind: str
    quotas: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]

    def words(self, lang: str | None = None) -> str:
        """Return the conflict as a sentence."""
        names = [record_words("quota", name, lang) for name in self.quotas]
        forms = [
            value_words(f"quota.{name}.forms", list(one), lang)
            for name, one in zip(self.quotas, self.forms, strict=True)
        ]
        if self.kind == "barred_form":
            return text.say("policy.conflict.barred_form", lang, quota=names[0], forms=forms[0])
        return text.say(
            "policy.conflict.two_modes",
            lang,
            one=names[0],
            other=names[1],
            forms_one=forms[0],
            forms_other=forms[1],
        )


def conflicts(policy: Policy) -> tuple[Conflict, ...]:
    """Return where the rules on visits contradict each other.

    Examples
    --------
    >>> from visitkit.policy import read_policy
    >>> [one.kind for one in conflicts(read_policy("junior-school-campaign"))]
    ['barred_form', 'two_modes']
    >>> conflicts(read_policy("home-visit-2"))
    ()
    """
    rules = policy.records("quota")
    barred = policy["visit.no_substitute"]
    refused = set(barred) if isinstance(barred, list) else set()
    found = []
    for name, rule in rules.items():
        inside = tuple(form for form in _texts(rule["forms"]) if form in refused)
        if inside:
            found.append(Conflict("barred_form", (name,), (inside,)))
    for one, other in combinations(rules, 2):
        same = set(_texts(rules[one]["by"])) & set(_texts(rules[other]["by"]))
        forms_one, forms_other = _texts(rules[one]["forms"]), _texts(rules[other]["forms"])
        if same and not set(forms_one) & set(forms_other):
            found.append(Conflict("two_modes", (one, other), (forms_one, forms_other)))
    return tuple(found)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
