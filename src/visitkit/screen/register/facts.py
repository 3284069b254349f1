"""What is known that a crisis rule may ask for: dated facts, each from one row of one table.

Which fact a kind of row makes stands in :data:`MEANS`. One row makes one fact and one target: a
single matter never counts twice. Where a kind could mean two facts, the first that a rule of the
policy asks for is taken.

Tables cannot tell an attempt, a diagnosis by an expert or what a second talk found. People tell
those with the table ``told``; the casebook keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from visitkit.errors import ScreenError
from visitkit.policy import Policy
from visitkit.screen.alerts import RULES, lookback
from visitkit.screen.register.scene import Scene

#: Facts that only people can tell, beside those a policy's rules ask for.
TOLD = ("ideation", "cleared", "harm_others", "returned", "reported")

#: Severity of a noted sign of self-harm from which it is held for an attempt until a trained
#: person says otherwise: the highest of :data:`values.severity`.
GRAVE_SEVERITY = 3

COLUMNS = {
    "student_id": "str",
    "fact": "str",
    "target": "str",
    "kind": "str",
    "date": "datetime64[us]",
}


@dataclass(frozen=True, slots=True)
class Means:
    """What one kind of row says.

    Parameters
    ----------
    facts
        Codes of ``crisis.rule.*.all``, the best first; the first that the policy asks for holds.
    target
        Code of ``crisis.targets``; empty where it makes none.
    alert
        The alert rule whose time on the register holds here as well.
    """

    facts: tuple[str, ...]
    target: str
    alert: str


_BLOW = Means(("life_event",), "life_event", "family_event")
_MOOD = Means(("abnormal_signs",), "mood_or_behaviour", "student_event")

#: Table and kind to what it says.
MEANS: dict[tuple[str, str], Means] = {
    **{
        ("events", kind): _BLOW
        for kind in (
            "bereavement",
            "parents_separated",
            "domestic_violence",
            "student_injury",
            "disaster",
            "bullying",
        )
    },
    ("behaviour", "bullied"): _BLOW,
    ("events", "parent_accident"): Means(
        ("parents_in_crisis", "life_event"), "parents_in_crisis", "family_event"
    ),
    ("events", "family_income_loss"): Means(
        ("parents_in_crisis", "study_money_or_adaptation"), "parents_in_crisis", "family_event"
    ),
    ("events", "family_conflict"): Means(
        ("parents_in_crisis", "relationship_trouble"), "parents_in_crisis", "family_event"
    ),
    ("events", "guardian_change"): Means(("study_money_or_adaptation",), "", "family_event"),
    ("events", "moved"): Means(("study_money_or_adaptation",), "", "family_event"),
    ("events", "student_illness"): Means(
        ("severe_physical_illness",), "severe_physical_illness", "student_event"
    ),
    ("events", "peer_crisis"): Means(("shaken_by_peer_crisis",), "peer_crisis", "student_event"),
    ("events", "despair_words"): Means(("abnormal_signs",), "suicide_tendency", "despair_words"),
    ("behaviour", "self_harm_sign"): Means(
        ("abnormal_signs",), "suicide_tendency", "despair_words"
    ),
    ("behaviour", "self_harm_serious"): Means(
        ("suicide_or_attempt",), "suicide_tendency", "despair_words"
    ),
    ("behaviour", "withdrawn"): _MOOD,
    ("behaviour", "conflict_peer"): Means(("relationship_trouble",), "", "student_event"),
    ("alerts", "serious_conduct"): _MOOD,
    ("alerts", "mark_drop"): Means(("study_money_or_adaptation",), "", "mark_drop"),
    ("surveys", "flagged"): Means(("screened",), "screened", "critical_item"),
    ("surveys", "critical"): Means(("screened",), "suicide_tendency", "critical_item"),
}

#: Kinds that show a strong reaction when they follow a heavy life event.
REACTIONS = ("despair_words", "self_harm_sign", "self_harm_serious", "withdrawn", "serious_conduct")

#: What a told fact counts for among the targets.
TOLD_TARGETS = {
    "suicide_or_attempt": "suicide_tendency",
    "ideation": "suicide_tendency",
    "acute_psychosis": "severe_mental_illness",
    "severe_illness_diagnosed": "severe_mental_illness",
    "severe_physical_illness": "severe_physical_illness",
    "life_event": "life_event",
    "screened": "screened",
    "shaken_by_peer_crisis": "peer_crisis",
    "parents_in_crisis": "parents_in_crisis",
    "abnormal_signs": "mood_or_behaviour",
    "strong_reaction": "mood_or_behaviour",
}

_RULE_FACTS = ("harm_under_way", "relationship_trouble", "study_money_or_adaptation")

#: Instruments whose bands are a counsellor's own and not a finding of a screening.
NOT_A_SCREENING = ("BODY-IMAGE", "SCALING-1-10")


def crisis_facts(
    scene: Scene, alerts: pd.DataFrame, sheets: pd.DataFrame, told: pd.DataFrame
) -> pd.DataFrame:
    """Gather the facts about each student that a crisis rule may ask for.

    Parameters
    ----------
    scene
        The day and the school.
    alerts
        From :func:`visitkit.screen.alerts.alerts`.
    sheets
        Scored questionnaires.
    told
        What people told: ``student_id``, ``fact``, ``date``.

    Returns
    -------
    pandas.DataFrame
        Columns as in :data:`COLUMNS`, a row a matter, in order.
    """
    told = told[~told["fact"].isin(["cleared", "returned", "reported"])]
    told = told.assign(kind="told", target=told["fact"].map(TOLD_TARGETS).fillna(""))
    found = pd.concat([*_noted(scene, alerts), *_screened(scene, sheets)], ignore_index=True)
    parts = [_meant(scene.policy, found), told[list(COLUMNS)]]
    facts = pd.concat([part.astype(COLUMNS) for part in parts], ignore_index=True)
    facts = _recent(scene, facts)
    facts = pd.concat([facts, _reactions(facts)], ignore_index=True)
    return facts.drop_duplicates().sort_values(list(COLUMNS)).reset_index(drop=True)


def _noted(scene: Scene, alerts: pd.DataFrame) -> list[pd.DataFrame]:
    events = scene.rows("events").assign(table="events")
    acts = scene.rows("behaviour").assign(table="behaviour")
    grave = (acts["kind"] == "self_harm_sign") & (acts["severity"].fillna(0) >= GRAVE_SEVERITY)
    acts["kind"] = acts["kind"].mask(grave, "self_harm_serious")
    opened = alerts.assign(table="alerts", kind=alerts["rule"], date=alerts["opened"])
    columns = ["student_id", "table", "kind", "date"]
    return [part.loc[part["kind"].notna(), columns] for part in (events, acts, opened)]


def _screened(scene: Scene, sheets: pd.DataFrame) -> list[pd.DataFrame]:
    known = sheets[sheets["student_id"].isin(scene.students.index) & (sheets["date"] < scene.end)]
    critical = known[known["critical_hits"].fillna("") != ""]
    asked = known[~known["instrument"].isin(NOT_A_SCREENING)]
    flagged = asked[asked["flagged"].fillna(value=False).astype(bool)]
    return [
        part[["student_id", "date"]].assign(table="surveys", kind=kind)
        for kind, part in (("critical", critical), ("flagged", flagged))
    ]


def _meant(policy: Policy, found: pd.DataFrame) -> pd.DataFrame:
    keys = pd.Series(list(zip(found["table"], found["kind"], strict=True)), index=found.index)
    held = found[keys.isin(list(MEANS)).astype(bool)]
    keys = keys[held.index]
    asked = asked_for(policy)
    fact = {
        key: next((one for one in means.facts if one in asked), means.facts[-1])
        for key, means in MEANS.items()
    }
    target = {key: means.target for key, means in MEANS.items()}
    return held.assign(fact=keys.map(fact), target=keys.map(target))[list(COLUMNS)]


def asked_for(policy: Policy) -> frozenset[str]:
    """Return the facts that some crisis rule of a policy asks for."""
    rules = policy.records("crisis.rule").values()
    return frozenset(str(one) for rule in rules for one in _listed(rule["all"]))


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _reactions(facts: pd.DataFrame) -> pd.DataFrame:
    """Return strong reactions: signs on or after the day of a heavy event that is still recent."""
    blow = facts[facts["fact"] == "life_event"]
    first = blow.groupby("student_id")["date"].min().rename("since").reset_index()
    signs = facts[facts["kind"].isin(REACTIONS)].merge(first, on="student_id")
    found = signs[signs["date"] >= signs["since"]].assign(fact="strong_reaction", target="")
    found = found[list(COLUMNS)]
    return found.astype(COLUMNS)


def _recent(scene: Scene, facts: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is older than the alert it belongs to stays open; told facts stay."""
    by_kind = {kind: means.alert for (_, kind), means in MEANS.items()}
    rules = {rule.code: rule for rule in RULES}
    since = {
        kind: scene.since(lookback(rules[code], scene.policy)) for kind, code in by_kind.items()
    }
    oldest = facts["kind"].map(since).astype("datetime64[us]")
    return facts[oldest.isna() | (facts["date"] >= oldest)].reset_index(drop=True)


def told_facts(scene: Scene, told: pd.DataFrame | None) -> pd.DataFrame:
    """Return what people told, of students on roll and known by now.

    The columns ``about`` and ``case_id`` may be missing: a report then answers for any alert, and
    whether a fact belongs to a crisis that has ended is told by its day.

    Raises
    ------
    visitkit.errors.ScreenError
        When a column is missing or a fact is none that can be told.
    """
    columns = ["student_id", "fact", "date"]
    if told is None:
        told = pd.DataFrame({name: [] for name in columns})
    for name in columns:
        if name not in told:
            raise ScreenError("register.told_column", column=name, allowed=", ".join(columns))
    allowed = {*TOLD, *TOLD_TARGETS, *asked_for(scene.policy), *_RULE_FACTS}
    allowed |= set(scene.codes("body_image.parents_wait_while"))
    allowed -= {"several_targets"}
    strange = sorted(set(told["fact"].astype("str")) - allowed)
    if strange:
        raise ScreenError(
            "register.told_fact", found=strange[0], allowed=", ".join(sorted(allowed))
        )
    about = told["about"].fillna("") if "about" in told else ""
    case = told["case_id"].fillna("") if "case_id" in told else ""
    rows = told[columns].astype({"date": "datetime64[us]"}).assign(about=about, case_id=case)
    known = (rows["date"] < scene.end) & rows["student_id"].isin(scene.students.index)
    return rows[known].sort_values([*columns, "about", "case_id"]).reset_index(drop=True)
