"""The policies that are shipped: whole, honest about their sources, readable by anyone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visitkit import text
from visitkit.policy import (
    Policy,
    PolicyFaultsError,
    as_toml,
    check,
    conflicts,
    diff,
    gaps,
    names,
    read_policy,
    schema,
    show,
)
from visitkit.policy.words import field_words, key_words, record_words, section_words, value_words
from visitkit.tables import DIMENSIONS

PROFILES = names()
EVERY_FILE = names(bases=True)
PAPER = re.compile(r"00[0-4] ")
LINES = re.compile(r" L\d+")
SNAKE = re.compile(r"\b[a-z]+_[a-z_]+\b")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
EXPERT = ("expert-points",)


@cache
def profile(name: str) -> Policy:
    """Read a profile once."""
    return read_policy(name)


def test_every_scheme_has_a_profile() -> None:
    """One profile for each paper or scheme, and one that can be adopted as it is."""
    assert set(PROFILES) == {
        "recommended",
        *(f"home-visit-{number}" for number in range(1, 6)),
        "home-school-contact",
        "junior-school-visits",
        "junior-school-annex",
        "junior-school-campaign",
        "contact-book",
        "crisis-plan-a",
        "crisis-plan-b",
        "body-image",
        "left-behind-care",
        "dropout-control",
        "dropout-data-driven",
        "dropout-home-school-society",
        "dropout-mechanism",
        "dropout-innovation",
    }


@pytest.mark.parametrize("name", EVERY_FILE)
def test_reads_cleanly(name: str) -> None:
    """No shipped file holds a fault."""
    assert [fault.sentence("en") for fault in check(name)] == []


@pytest.mark.parametrize("name", EVERY_FILE)
def test_every_value_has_a_source(name: str) -> None:
    """A paper with its lines, a public practice, a law, or openly undecided."""
    policy = profile(name)
    for key in policy.values:
        source = policy.source(key)
        assert source, key
        if policy.origins[key] not in EXPERT:
            known = source == "undecided" or source.startswith(("practice: ", "law: "))
            assert known or all(LINES.search(part) for part in source.split("; ")), (key, source)
            assert known or PAPER.match(source), (key, source)


@pytest.mark.parametrize("name", PROFILES)
def test_deleting_any_key_is_noticed(name: str) -> None:
    """Whatever key goes missing from a complete policy, the error names it."""
    values = dict(profile(name).values)
    for key in profile(name).values:
        entry = schema.entry_for(key)
        assert entry is not None
        if entry.optional or entry.family == "risk.indicators":
            continue
        taken = values.pop(key)
        assert key in schema.missing(values)
        values[key] = taken


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_deleted_line_is_named_in_the_error(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same through a file: the message holds the key, nothing is used."""
    policy = profile(data.draw(st.sampled_from(PROFILES)))
    needed = [key for key in policy.values if not key.startswith("risk.indicators.")]
    key = data.draw(st.sampled_from(needed))
    values = {other: value for other, value in policy.values.items() if other != key}
    path = tmp_path_factory.mktemp("policy") / "own.toml"
    path.write_text(as_toml(Policy("own", values, policy.sources)), encoding="utf-8")
    with pytest.raises(PolicyFaultsError) as caught:
        read_policy(path)
    assert [fault.key for fault in caught.value.faults] == [key]
    assert key in str(caught.value)


def misspelt(key: str, place: int) -> str:
    """Double one letter of the last part of a key."""
    head, _, last = key.rpartition(".")
    at = place % len(last)
    return f"{head}.{last[: at + 1]}{last[at]}{last[at + 1 :]}"


@settings(max_examples=100, deadline=None)
@given(
    key=st.sampled_from([key for key in schema.entries() if "*" not in key]),
    place=st.integers(0, 40),
)
def test_a_misspelt_key_suggests_the_right_one(key: str, place: int) -> None:
    """A doubled letter leads back to a key that is at least as near as the right one."""
    wrong = misspelt(key, place)
    suggested = schema.nearest(wrong)
    assert suggested == key or suggested.rpartition(".")[0] == key.rpartition(".")[0]


@pytest.mark.parametrize("name", EVERY_FILE)
def test_written_and_read_again(name: str, tmp_path: Path) -> None:
    """A policy saved as a file of its own holds the same values and sources."""
    policy = profile(name)
    path = tmp_path / "own.toml"
    part = "part = true\n" if name in EXPERT else ""
    path.write_text(part + as_toml(policy), encoding="utf-8")
    again = read_policy(path)
    assert dict(again.values) == dict(policy.values)
    assert {key: again.source(key) for key in again.values} == dict(policy.sources)


def test_a_changed_policy_can_be_kept(tmp_path: Path) -> None:
    """What a school changed on the screen survives in its own file, as its own decision."""
    changed = profile("recommended").with_values({"risk.dimensions.family": 2.5})
    path = tmp_path / "own.toml"
    path.write_text(as_toml(changed), encoding="utf-8")
    assert read_policy(path)["risk.dimensions.family"] == 2.5
    assert read_policy(path).source("risk.dimensions.family") == "school"


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("name", PROFILES)
def test_shown_in_words(name: str, lang: str) -> None:
    """No code of ours meets a person, whatever the language."""
    shown = show(profile(name), lang)
    assert [line for line in shown.splitlines() if SNAKE.search(line)] == []
    assert len(shown.splitlines()) > 100
    assert all(value_words(key, value, lang) for key, value in profile(name).values.items())


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_every_key_and_code_has_words(lang: str) -> None:
    """Each key, field, section and code is worded in both languages."""
    for pattern, entry in schema.entries().items():
        if entry.family:
            key = pattern.replace("*", "own-name")
            assert field_words(key, lang), pattern
            assert "own-name" in key_words(key, lang)
        else:
            key = pattern
            assert key_words(key, lang) not in {"", key}
        section = entry.family or key.rpartition(".")[0]
        assert section_words(section, lang) != section
        for code in schema.allowed_codes(entry.codes):
            worded = value_words(key, code, lang)
            assert worded
            assert lang == "en" or CHINESE.search(worded), (pattern, code)


def test_chinese_words_are_chinese() -> None:
    """No English sentence hides in the Chinese words of the keys."""
    for pattern, entry in schema.entries().items():
        words = field_words(pattern.replace("*", "x"), "zh") if entry.family else ""
        assert CHINESE.search(words or key_words(pattern, "zh"))


@pytest.mark.parametrize("name", EVERY_FILE)
def test_titles_and_records_have_words(name: str) -> None:
    """Profiles, their second readings and the records they ship are named in both languages."""
    policy = profile(name)
    for lang in text.LANGUAGES:
        assert text.say(f"policy.profile.{name}.title", lang)
        assert text.say(f"policy.profile.{name}.about", lang)
        for family in schema.families():
            for record in policy.records(family):
                own = [f"{room}.{family}.names.{record}" for room in schema.KEY_ROOMS]
                assert family == "risk.indicators" or any(map(text.has, own))
                assert record_words(family, record, lang)
        for option in policy.options:
            assert text.say(f"policy.option.{option}", lang)
        for key in ("crisis.levels", "crisis.tiers", "tier.levels", "body_image.levels"):
            shown = value_words(key, policy[key], lang) if key in policy else ""
            assert ":" not in shown.replace(": ", "")


def test_dimensions_are_those_of_the_tables() -> None:
    """The weights name the six dimensions of the tables, no more and no less."""
    weights = [key for key in schema.entries() if key.startswith("risk.dimensions.")]
    assert tuple(key.rpartition(".")[2] for key in weights) == DIMENSIONS
    assert schema.vocabulary("policy.dimension") == DIMENSIONS


@pytest.mark.parametrize(
    ("key", "value", "english"),
    [
        ("quota.own.share", 0.3, "30%"),
        ("crisis.phone_hours", 0, "at once"),
        ("crisis.written_hours", 24, "24 hours"),
        ("absence.contact_periods", 1, "1 class period"),
        ("assign.list_due", "06-26", "26 June"),
        ("assign.list_due", "none", "not set"),
        ("readmission.interviews", [7, 14], "days 7, 14"),
        ("tier.visit_days", [0, 20], "none, 20 school days"),
        ("left_behind.age_below", 16, "16 years"),
        ("trigger.conduct_severity", 3, "serious"),
        ("visit.checklist", ["purpose", "bring the form"], "the purpose is clear, bring the form"),
        ("crisis.levels", ["crisis-a:major", "own:red"], "major (plan A), own:red"),
        ("groups.represented", [], "none"),
    ],
)
def test_values_in_words(key: str, value: object, english: str) -> None:
    """Numbers carry their unit, 0 says what it means, own words stay as they are."""
    assert value_words(key, value, "en") == english


def test_every_vocabulary_is_used() -> None:
    """A list of codes that no key names is a leftover."""
    used = {name for entry in schema.entries().values() for name in entry.codes}
    used |= {"policy.anchor", "policy.level"}
    there = {f"policy.{name}" for room in schema.CODE_ROOMS for name in text.sheet(room, "en")}
    assert there == {name for name in used if name.startswith("policy.")}


def test_gaps_come_undecided_first() -> None:
    """What no paper gives is told before anything else, then choices between two readings."""
    found = [gap.why for gap in gaps(profile("junior-school-visits"))]
    order = {"undecided": 0, "partly": 1, "option": 2}
    assert found == sorted(found, key=order.__getitem__)
    assert {"undecided", "option"} <= set(found)
    keys = {gap.key for gap in gaps(profile("junior-school-visits"))}
    assert {"groups.special", "quota.subject_teacher.times", "head_teacher_yearly"} <= keys
    assert "quota.head_teacher.per" not in keys


def test_a_choice_made_is_no_gap() -> None:
    """After choosing, the second reading is no longer told."""
    chosen = profile("junior-school-visits").with_option("head_teacher_yearly")
    assert "head_teacher_yearly" not in {gap.key for gap in gaps(chosen)}


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_gaps_and_conflicts_in_words(lang: str) -> None:
    """Each gap and conflict reads as a sentence without our codes."""
    for name in PROFILES:
        for sentence in [gap.words(lang) for gap in gaps(profile(name))] + [
            conflict.words(lang) for conflict in conflicts(profile(name))
        ]:
            assert not SNAKE.search(sentence), sentence
            assert "{" not in sentence


def test_only_the_campaign_contradicts_itself() -> None:
    """No other shipped policy asks for two things that do not go together."""
    assert [name for name in PROFILES if conflicts(profile(name))] == ["junior-school-campaign"]


def test_a_difference_in_words() -> None:
    """The head teacher's visits: each semester in one reading, each school year in the other."""
    one = profile("junior-school-visits")
    lines = diff(one, one.with_option("head_teacher_yearly"), "en")
    assert len(lines) == 1
    before, after = lines[0].split(" \u2192 ")
    assert before.startswith("head teacher's visits: every student once (each semester)")
    assert after.startswith("every student once (each school year)")
    assert "L52" in before
    assert "L8" in after


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_differences_between_all_profiles(lang: str) -> None:
    """Any two profiles differ in words, a policy never differs from itself, order is mirrored."""
    base = profile("recommended")
    assert diff(base, base, lang) == []
    for name in PROFILES[1:]:
        lines = diff(base, profile(name), lang)
        assert lines
        assert len(lines) == len(diff(profile(name), base, lang))
        assert not [line for line in lines if SNAKE.search(line.split("http")[0])]


def test_a_new_record_is_told_once() -> None:
    """A meeting only one school holds is one line, not one for each field."""
    control, mechanism = profile("dropout-control"), profile("dropout-mechanism")
    lines = [line for line in diff(control, mechanism, "en") if line.startswith("special meeting")]
    assert len(lines) == 1
    assert "each quarter" in lines[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_undecided_is_told_first(lang: str) -> None:
    """A head teacher who reads only the top of the page sees what the school must decide."""
    policy = read_policy("recommended")
    told = [gap for gap in gaps(policy) if not gap.key.startswith("risk.indicators.")]
    lines = show(policy, lang).splitlines()
    assert lines[4 : 4 + len(told)] == [f"- {gap.words(lang)}" for gap in told]
    assert str(len(gaps(policy))) in lines[3]
    assert len(told) > 20
