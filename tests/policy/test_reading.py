"""Reading a policy: every fault at once, each with file, line, key, what is allowed, what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitkit.errors import PolicyError
from visitkit.policy import PolicyFault, PolicyFaultsError, as_toml, check, names, read_policy
from visitkit.policy.lines import key_lines

HEAD = 'extends = ["recommended"]\n'


def write(folder: Path, content: str, name: str = "own.toml") -> Path:
    """Write a policy file of a school and return its path."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def only_fault(folder: Path, content: str) -> PolicyFault:
    """Return the one fault of a file that builds on the recommended policy."""
    faults = check(write(folder, HEAD + content))
    assert len(faults) == 1, [fault.sentence("en") for fault in faults]
    return faults[0]


@pytest.mark.parametrize(
    ("line", "kind", "key", "said"),
    [
        ("absence.report_days = 3", "not_a_leaf", "absence.report_days", "source"),
        ("absence.report_days = { value = 3 }", "no_source", "absence.report_days", "source"),
        (
            'absence.report_days = { value = 3, source = " " }',
            "no_source",
            "absence.report_days",
            "source",
        ),
        (
            'absence.report_days = { vale = 3, source = "school" }',
            "no_value",
            "absence.report_days",
            "value",
        ),
        (
            'absence.report_days = { value = 3, source = "school", note = "x" }',
            "extra_field",
            "absence.report_days",
            "note",
        ),
        (
            'absence.raport_days = { value = 3, source = "school" }',
            "misspelt_key",
            "absence.raport_days",
            "absence.report_days",
        ),
        (
            'quota.student.shar = { value = 1.0, source = "school" }',
            "misspelt_key",
            "quota.student.shar",
            "quota.student.share",
        ),
        (
            'weather.forecast = { value = 3, source = "school" }',
            "unknown_key",
            "weather.forecast",
            "weather.forecast",
        ),
        (
            'absence.report_days = { value = "3", source = "school" }',
            "wrong_type",
            "absence.report_days",
            "whole number",
        ),
        (
            'absence.report_days = { value = true, source = "school" }',
            "wrong_type",
            "absence.report_days",
            "whole number",
        ),
        (
            'absence.report_days = { value = 3.5, source = "school" }',
            "wrong_type",
            "absence.report_days",
            "whole number",
        ),
        (
            'absence.report_days = { value = 0, source = "school" }',
            "out_of_range",
            "absence.report_days",
            "1 to 60",
        ),
        (
            'risk.min_coverage = { value = nan, source = "school" }',
            "out_of_range",
            "risk.min_coverage",
            "0 to 1",
        ),
        (
            'absence.report_inclusive = { value = "yes", source = "school" }',
            "wrong_type",
            "absence.report_inclusive",
            "true or false",
        ),
        (
            'absence.report_chain = { value = ["head_teecher"], source = "school" }',
            "misspelt_code",
            "absence.report_chain",
            "head_teacher",
        ),
        (
            'groups.special = { value = ["rich"], source = "school" }',
            "unknown_code",
            "groups.special",
            "left_behind",
        ),
        (
            'groups.special = { value = "poor", source = "school" }',
            "wrong_type",
            "groups.special",
            "list",
        ),
        (
            'groups.special = { value = [], source = "school" }',
            "empty_list",
            "groups.special",
            "at least one",
        ),
        (
            'groups.special = { value = ["poor", "poor"], source = "school" }',
            "listed_twice",
            "groups.special",
            "once",
        ),
        (
            'risk.cuts = { value = [70, 40], source = "school" }',
            "not_ascending",
            "risk.cuts",
            "small to large",
        ),
        (
            'assign.list_due = { value = "02-30", source = "school" }',
            "wrong_form",
            "assign.list_due",
            "09-01",
        ),
        (
            'route.latest_end = { value = "24:10", source = "school" }',
            "wrong_form",
            "route.latest_end",
            "20:00",
        ),
        (
            'crisis.levels = { value = ["1", "2"], source = "school" }',
            "wrong_form",
            "crisis.levels",
            "crisis-a:major",
        ),
        (
            'route.group_min = { value = 5, source = "school" }',
            "too_large",
            "route.group_min",
            "route.group_max",
        ),
        (
            'quota.special.min_students = { value = 5, source = "school" }',
            "surplus_field",
            "quota.special.min_students",
            "cover",
        ),
        (
            'meeting.tea.times = { value = 5, source = "school" }\n'
            'meeting.tea.per = { value = "week", source = "school" }\n'
            "meeting.tea.needs = { value = [], source = 'school' }",
            "missing_field",
            "meeting.tea.chair",
            "meeting.tea",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else None,
)
def test_each_fault_is_named(tmp_path: Path, line: str, kind: str, key: str, said: str) -> None:
    """One mistake makes one fault, on its line, with what is allowed and what to do."""
    fault = only_fault(tmp_path, line)
    assert (fault.kind, fault.file, fault.key) == (kind, "own.toml", key)
    assert fault.line == 2
    told = fault.sentence("en")
    assert said in told
    assert "own.toml" in told
    assert fault.allowed
    assert fault.fix
    assert "{" not in fault.sentence("zh").replace("{ value", "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_way_to_write_it_can_be_copied(tmp_path: Path, lang: str) -> None:
    """What the message offers for a value without a source reads cleanly when pasted."""
    fault = only_fault(tmp_path, "route.group_min = 2")
    offered = str(fault.words(lang)["allowed"]).rstrip(".\u3002")
    assert check(write(tmp_path, HEAD + offered)) == ()


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    """A file that builds on nothing lacks every key, and each is named."""
    faults = check(write(tmp_path, ""))
    assert {fault.kind for fault in faults} == {"missing_key"}
    assert "absence.report_days" in {fault.key for fault in faults}
    assert all(fault.key in fault.sentence("en") for fault in faults)


def test_a_part_need_not_be_complete(tmp_path: Path) -> None:
    """A file that others build on may say so and leave out the rest."""
    path = write(tmp_path, 'part = true\nroute.latest_end = { value = "19:00", source = "school" }')
    assert dict(read_policy(path).values) == {"route.latest_end": "19:00"}
    assert check(write(tmp_path, 'part = "yes"\n' + HEAD))[0].key == "part"


def test_all_faults_at_once(tmp_path: Path) -> None:
    """Every fault stands in one error; nothing is read halfway."""
    content = HEAD + (
        'absence.raport_days = { value = 3, source = "school" }\n'
        "# a remark\n"
        'absence.report_hours = { value = "soon", source = "school" }\n'
        'groups.special = { value = ["rich"], source = "school" }\n'
        "route.group_min = 2\n"
    )
    with pytest.raises(PolicyFaultsError) as caught:
        read_policy(write(tmp_path, content))
    assert [(fault.line, fault.kind) for fault in caught.value.faults] == [
        (2, "misspelt_key"),
        (4, "wrong_type"),
        (5, "unknown_code"),
        (6, "not_a_leaf"),
    ]
    shown = str(caught.value)
    assert all(fault.key in shown for fault in caught.value.faults)


def test_a_misspelt_key_is_not_missing_as_well(tmp_path: Path) -> None:
    """In a file that stands alone a typo is told once, as a typo."""
    content = as_toml(read_policy("recommended")).replace("contact_periods", "contact_perods")
    assert [fault.kind for fault in check(write(tmp_path, content))] == ["misspelt_key"]


@pytest.mark.parametrize(
    ("content", "line"),
    [("a = 1\nb = [1,\n", 2), ('[absence]\nreport_days = { value = 3 source = "x" }\n', 2)],
)
def test_a_syntax_error_has_a_line(tmp_path: Path, content: str, line: int) -> None:
    """What is not TOML is a fault with its line, not a traceback."""
    faults = check(write(tmp_path, content))
    assert [(fault.kind, fault.line) for fault in faults] == [("not_toml", line)]


def test_notepad_files(tmp_path: Path) -> None:
    """A byte-order mark is harmless; another encoding is named with its line."""
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert read_policy(path)["absence.report_days"] == 3
    path.write_bytes(HEAD.encode() + b"# \xb0\xe0\xb1\xb8\n")
    assert [(fault.kind, fault.line) for fault in check(path)] == [("not_utf8", 2)]


def test_a_policy_cannot_build_on_itself(tmp_path: Path) -> None:
    """A circle of bases is a fault that shows the circle."""
    write(tmp_path, 'extends = ["two.toml"]\n', "one.toml")
    path = write(tmp_path, 'extends = ["one.toml"]\n', "two.toml")
    faults = check(path)
    assert [(fault.kind, fault.line, fault.found) for fault in faults] == [("cycle", 1, "two.toml")]
    assert "two > one > two.toml" in faults[0].sentence("en")


def test_an_own_file_may_bear_the_name_of_a_profile(tmp_path: Path) -> None:
    """A school's recommended.toml may build on the recommended policy."""
    path = write(tmp_path, HEAD, "recommended.toml")
    assert read_policy(path).values == read_policy("recommended").values


def test_bases_lie_beside_the_file(tmp_path: Path) -> None:
    """The name of a base is read from the folder of the file, wherever one stands."""
    write(tmp_path, HEAD + 'absence.report_days = { value = 2, source = "school" }\n', "base.toml")
    path = write(tmp_path, 'extends = ["base.toml"]\n', "top.toml")
    policy = read_policy(path)
    assert policy["absence.report_days"] == 2
    assert policy.origins["absence.report_days"] == "base"
    assert policy.origins["absence.report_hours"] in names(bases=True)


def test_an_unknown_base_is_named(tmp_path: Path) -> None:
    """A base that is nowhere is a fault that lists what there is."""
    faults = check(write(tmp_path, 'extends = ["recomended"]\n'))
    assert [(fault.kind, fault.found) for fault in faults] == [("no_base", "recomended")]
    assert "recommended" in faults[0].sentence("en")


def test_an_unknown_policy_is_named() -> None:
    """A misspelt name suggests the nearest and lists all."""
    with pytest.raises(PolicyError) as caught:
        read_policy("dropout-controll")
    assert caught.value.key == "policy.misspelt_profile"
    assert caught.value.facts["nearest"] == "dropout-control"
    with pytest.raises(PolicyError, match="home-visit-1"):
        read_policy("/nowhere/at/all.toml")


def test_what_a_base_inherits_does_not_override_a_sister(tmp_path: Path) -> None:
    """Of two bases with a common ground, each gives what it says itself."""
    path = write(tmp_path, 'extends = ["home-visit-5", "crisis-plan-a"]\n')
    policy = read_policy(path)
    assert policy["record.batch"] == "month"
    assert policy["readmission.interviews"] == []
    swapped = read_policy(write(tmp_path, 'extends = ["crisis-plan-a", "home-visit-5"]\n'))
    assert swapped.values == policy.values


def test_choosing_the_second_reading(tmp_path: Path) -> None:
    """A school's file names the reading it follows; its own lines still come last."""
    content = 'extends = ["junior-school-visits"]\nchoose = ["head_teacher_yearly"]\n'
    policy = read_policy(write(tmp_path, content))
    assert policy["quota.head_teacher.per"] == "year"
    assert policy.source("quota.head_teacher.per").endswith("L8")
    own = 'quota.head_teacher.per = { value = "month", source = "school" }\n'
    assert read_policy(write(tmp_path, content + own))["quota.head_teacher.per"] == "month"
    wrong = content.replace("yearly", "weekly")
    faults = check(write(tmp_path, wrong))
    assert [(fault.kind, fault.line) for fault in faults] == [("no_option", 2)]


def test_a_fault_in_a_second_reading_has_its_line(tmp_path: Path) -> None:
    """A reading nobody has chosen is checked too."""
    content = HEAD + '\n[option.late]\nabsence.report_days = { value = 99, source = "school" }\n'
    faults = check(write(tmp_path, content))
    assert [(fault.kind, fault.line) for fault in faults] == [("out_of_range", 4)]


def test_changed_values_are_the_schools_own() -> None:
    """A changed value no longer claims the paper as its source."""
    policy = read_policy("recommended").with_values({"absence.report_days": 2})
    assert policy["absence.report_days"] == 2
    assert policy.source("absence.report_days") == "school"
    assert read_policy("recommended")["absence.report_days"] == 3


@pytest.mark.parametrize(
    "changes", [{"absence.report_day": 2}, {"absence.report_days": 0}, {"meeting.tea.times": 1}]
)
def test_a_wrong_change_is_refused(changes: dict[str, object]) -> None:
    """A typo in a change would otherwise be silently without effect."""
    with pytest.raises(PolicyFaultsError) as caught:
        read_policy("recommended").with_values(changes)
    assert len(caught.value.faults) >= 1


def test_changing_a_list_changes_one_policy_only() -> None:
    """Two readings of the same profile share nothing."""
    chain = read_policy("recommended")["absence.report_chain"]
    assert isinstance(chain, list)
    chain.clear()
    assert read_policy("recommended")["absence.report_chain"]


def test_unknown_second_reading() -> None:
    """Asking for a reading that is not there names those that are."""
    with pytest.raises(PolicyError, match="head_teacher_yearly"):
        read_policy("junior-school-visits").with_option("weekly")


def test_lines_of_keys() -> None:
    """Headers, dotted keys, quoted keys, remarks and lists over several lines."""
    content = (
        "# remark\n"
        "a.b = 1 # [not.a.header]\n"
        "[c.d]\n"
        'e = "x # y"\n'
        "f = [\n  1,\n]\n"
        '["g h".i]\n'
        "j = { value = 1 }\n"
    )
    lines = key_lines(content)
    assert {key: lines[key] for key in ("a.b", "c.d", "c.d.e", "c.d.f", "g h.i.j")} == {
        "a.b": 2,
        "c.d": 3,
        "c.d.e": 4,
        "c.d.f": 5,
        "g h.i.j": 9,
    }


PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")


def test_the_example_in_the_docs(tmp_path: Path) -> None:
    """The file shown in docs/policies.md reads cleanly and does what the page says."""
    example = PAGE.split("```toml\n")[1].split("```")[0]
    rules = read_policy(write(tmp_path, example))
    assert rules["absence.report_days"] == 2
    assert rules.source("absence.report_days") == "school"
    assert rules.records("meeting")["counsellors"]["chair"] == "counsellor"
    assert rules["absence.report_hours"] == read_policy("recommended")["absence.report_hours"]


def test_the_commands_in_the_docs(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines shown in docs/policies.md run."""
    exec(PAGE.split("```python\n")[1].split("```")[0], {})
    assert "Absence without a reason" in capsys.readouterr().out
