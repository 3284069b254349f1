"""The questionnaires' files: complete, sourced, worded, and refused when they are not."""

from __future__ import annotations

import copy
import tomllib
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from visitkit import tables, text
from visitkit.errors import ScreenError
from visitkit.screen import instruments
from visitkit.screen.instruments import (
    InstrumentError,
    names,
    questions,
    read_instrument,
    resolve,
    title,
)
from visitkit.screen.instruments.page import instrument_page
from visitkit.screen.instruments.read import build, read_file
from visitkit.screen.instruments.result import NOTES, STATES
from visitkit.screen.instruments.schema import RESERVED

ROOT = Path(__file__).parents[2]
ALL = [read_instrument(name) for name in names()]
SHIPPED = (
    "MHT MSSMHS SCL-90 PHQ-9 PHQ-A GAD-7 SDS SAS SDQ CES-D CES-DC SCARED SCALING-1-10 BODY-IMAGE"
)


def raw(code: str) -> dict[str, Any]:
    """Return the content of a shipped file."""
    path = files(instruments).joinpath("data", f"{code}.toml")
    return tomllib.loads(path.read_text("utf-8"))


def test_what_is_shipped() -> None:
    """The promised questionnaires are there, and no other."""
    assert set(names()) == set(SHIPPED.split())


@pytest.mark.parametrize("each", ALL, ids=names())
def test_every_item_is_used_once(each: instruments.Instrument) -> None:
    """No item is left out of the scales, and none stands in two of them."""
    scales = each.scales or (each.total,)
    used = Counter(item for scale in (*scales, *each.validity) for item in scale.items)
    critical_only = {critical.item for critical in each.critical} - set(used)
    everything = set(used) | critical_only | each.unscored
    assert everything == set(range(1, each.n_items + 1))
    assert max(used.values()) == 1


def test_items_that_public_copies_never_score() -> None:
    """Items 19, 44, 59, 60, 64, 66 and 89 of the SCL-90 have a scale of their own."""
    scales = {scale.name: scale.items for scale in read_instrument("SCL-90").scales}
    assert scales["sleep_diet"] == (19, 44, 59, 60, 64, 66, 89)
    assert scales["phobia"] == (13, 25, 47, 50, 70, 75, 82)


def test_sizes_of_the_subscales() -> None:
    """Numbers of items as the manuals give them."""
    sizes = {each.code: [len(scale.items) for scale in each.scales] for each in ALL}
    assert sizes["MHT"] == [15, 10, 10, 10, 10, 15, 10, 10]
    assert sizes["MSSMHS"] == [6] * 10
    assert sizes["SCL-90"] == [12, 10, 9, 13, 10, 6, 7, 6, 10, 7]
    assert sizes["SDQ"] == [5] * 5
    assert sizes["SCARED"] == [13, 9, 8, 7, 4]
    assert sizes["CES-D"] == [7, 4, 7, 2]


def test_reversed_items() -> None:
    """The reversed items as the manuals give them."""
    reverse = {each.code: sorted(each.reverse) for each in ALL if each.reverse}
    assert reverse == {
        "SDS": [2, 5, 6, 11, 12, 14, 16, 17, 18, 20],
        "SAS": [5, 9, 13, 17, 19],
        "SDQ": [7, 11, 14, 21, 25],
        "CES-D": [4, 8, 12, 16],
        "CES-DC": [4, 8, 12, 16],
    }


def test_critical_items() -> None:
    """The critical items and the answers they count from."""
    critical = {each.code: {c.item: c.starts_at for c in each.critical} for each in ALL}
    assert {code: items for code, items in critical.items() if items} == {
        "MHT": {85: 1, 97: 1},
        "MSSMHS": {14: 4},
        "SCL-90": {15: 2, 59: 2, 63: 2},
        "PHQ-9": {9: 1},
        "PHQ-A": {9: 1, 12: 1, 13: 1},
        "SDS": {19: 2},
        "BODY-IMAGE": {2: 1},
    }


@pytest.mark.parametrize("each", ALL, ids=names())
def test_everything_is_sourced_and_worded(each: instruments.Instrument) -> None:
    """Each norm and critical item has a source; names, scales, norms and bands have words."""
    assert each.sources
    assert all(norm.source for norm in each.norms.values())
    assert all(critical.source for critical in each.critical)
    for lang in text.LANGUAGES:
        for form in (each.code, *each.forms):
            assert title(form, lang) != form
        for scale in (*each.scales, *each.counts):
            assert text.say(f"instruments.scale.{each.code}.{scale.name}", lang)
        for norm in each.norms.values():
            assert text.say(f"instruments.norm.{each.code}.{norm.name}", lang)
            for band, _ in norm.bands:
                assert text.say(f"instruments.band.{band}", lang)


def test_states_and_notes_are_worded() -> None:
    """Every state and every remark can be told to a person, and no words are left over."""
    assert tuple(text.sheet("instruments", "en")["state"]) == STATES  # type: ignore[arg-type]
    notes = set(text.sheet("instruments", "en")["note"])  # type: ignore[call-overload]
    assert notes == {*NOTES, "unknown_instrument"}


def test_text_only_where_it_may_be_shipped() -> None:
    """Questions stand in the words of the house for the free questionnaires, and for no other."""
    free = {each.code for each in ALL if each.text_may_ship}
    assert free == {"PHQ-9", "PHQ-A", "GAD-7", "SCALING-1-10", "BODY-IMAGE"}
    for lang in text.LANGUAGES:
        assert set(text.sheet("instruments", lang)["question"]) == free  # type: ignore[call-overload]


@pytest.mark.parametrize("each", [e for e in ALL if e.text_may_ship], ids=lambda each: each.code)
@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_questions_fit_the_scoring(each: instruments.Instrument, lang: str) -> None:
    """There are as many questions as items, and as many answers as the item has."""
    asked = questions(each, lang)
    assert list(asked.items) == list(range(1, each.n_items + 1))
    for item, answers in asked.answers.items():
        group = each.options_of(item)
        assert len(answers) == group.high - group.low + 1
    assert asked.stem
    assert asked.credit


def test_text_that_may_not_be_shipped_is_refused() -> None:
    """The SDQ gives no text, only scores."""
    with pytest.raises(ScreenError) as caught:
        questions(read_instrument("SDQ"), "en")
    assert caught.value.key == "instruments.no_text"


def test_names_in_both_languages_lead_to_one_questionnaire() -> None:
    """No two questionnaires share a name that people write."""
    owners: dict[str, set[str]] = {}
    for lang in text.LANGUAGES:
        for form, words in text.sheet("instruments", lang)["name"].items():  # type: ignore[attr-defined]
            for word in words:
                owners.setdefault(word.casefold(), set()).add(form)
                found = resolve(word)
                assert found is not None, word
                assert found[1] == form, word
    assert all(len(forms) == 1 for forms in owners.values())


def test_codes_are_those_of_the_tables() -> None:
    """What the loader writes into the surveys table is what the questionnaires are called."""
    forms = {form: each.code for each in ALL for form in (each.code, *each.forms)}
    assert set(tables.codes("instrument")) <= set(forms)
    for lang in text.LANGUAGES:
        for code, words in text.sheet("values", lang)["instrument"].items():  # type: ignore[attr-defined]
            assert {resolve(word) for word in words} == {(forms[code], code)}


@pytest.mark.parametrize("written", ["mht", "M H T", "\uff2d\uff28\uff34", " MHT "])
def test_names_are_read_leniently(written: str) -> None:
    """Capitals, spaces and full-width letters make no difference."""
    assert resolve(written) == ("MHT", "MHT")


def test_a_form_has_its_own_norm() -> None:
    """The teacher's SDQ is judged by teachers' norms unless another is named."""
    assert read_instrument("SDQ teacher").norm().name == "shanghai-2008-teacher"
    assert read_instrument("SDQ").norm().name == "shanghai-2008-self"


def test_unknown_name_lists_the_known_ones() -> None:
    """The message says what there is."""
    with pytest.raises(ScreenError) as caught:
        read_instrument("horoscope")
    assert "PHQ-9" in str(caught.value.facts["allowed"])


def _set(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        *steps, last = path.split("/")
        node: Any = content
        for step in steps:
            node = node[int(step)] if step.isdigit() else node[step]
        node[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("code", "change", "key"),
    [
        ("MHT", _set("items", 0), "items"),
        ("MHT", _set("items", True), "items"),
        ("MHT", _set("licence", "stolen"), "licence"),
        ("MHT", _set("colour", "red"), "colour"),
        ("MHT", _set("missing/rule", "guess"), "missing.rule"),
        ("MHT", _set("missing/rules", "complete"), "missing"),
        ("MHT", _set("scale/0/items/0", 101), "scale[0].items"),
        ("MHT", _set("scale/0/items/0", 2), "scale[0].items"),
        ("MHT", _set("scale/0/items/0", 16), "scale.items"),
        ("MHT", _set("scale/0/name", "total"), "scale[0].name"),
        ("MHT", _set("scale/1/name", "study_anxiety"), "scale[1].name"),
        ("MHT", _set("total/of/0", "luck"), "total.of"),
        ("MHT", _set("validity/0/void_from", "seven"), "validity[0].void_from"),
        ("MHT", _set("critical/0/from", 0), "critical[0].from"),
        ("MHT", _set("critical/0/from", 2), "critical[0].from"),
        ("MHT", _set("critical/0/item", 101), "critical[0].item"),
        ("MHT", _set("critical/0/level", "loud"), "critical[0].level"),
        ("MHT", _set("norms/default", "moon"), "norms.default"),
        ("MHT", _set("norms/manual/atleast", {}), "norms.manual"),
        ("MHT", _set("norms/manual/source", ""), "norms.manual.source"),
        ("MHT", _set("norms/manual/at_least/luck", 3), "norms.manual"),
        ("MHT", _set("norms/manual/at_least/total", "many"), "norms.manual.total"),
        ("MHT", _set("norms/manual/flags", ["impulse"]), "norms.manual.flags"),
        ("MHT", _set("norms/manual/rounding", "banker"), "norms.manual.rounding"),
        ("MHT", _set("norms/manual/bands", {"mild": 5, "high": 2}), "norms.manual.bands"),
        ("MHT", _set("options/0/codes/0-1", [0]), "options[0].codes"),
        ("MHT", _set("coding/default", "0-9"), "coding.default"),
        ("MHT", _set("careless", {"straight": "void"}), "careless.straight"),
        ("PHQ-A", _set("options/1/items", [10, 12]), "options.items"),
        ("PHQ-A", _set("missing/at_least", 0), "missing.at_least"),
        ("SDQ", _set("forms/SDQ-P", "moon"), "forms.SDQ-P"),
        ("SDS", _set("reverse", [2, 2]), "reverse"),
        ("SDS", _set("total", {"items": "all", "of": []}), "total"),
    ],
)
def test_a_fault_names_file_and_key(
    code: str, change: Callable[[dict[str, Any]], None], key: str
) -> None:
    """Each kind of fault is found at its place."""
    content = copy.deepcopy(raw(code))
    change(content)
    with pytest.raises(InstrumentError) as caught:
        build("mine.toml", content)
    assert (caught.value.facts["file"], caught.value.facts["key"]) == ("mine.toml", key)


@pytest.mark.parametrize("key", ["code", "items", "options", "missing", "total", "norms"])
def test_a_key_that_is_needed(key: str) -> None:
    """A file without one of the needed keys is refused by name."""
    content = raw("GAD-7")
    del content[key]
    with pytest.raises(InstrumentError) as caught:
        build("mine.toml", content)
    assert caught.value.facts["key"] == key


def test_an_item_that_nobody_scores_is_refused() -> None:
    """The phobia list copied into another scale leaves items out, and that is said."""
    content = raw("SCL-90")
    content["scale"][-1]["items"] = [44, 59]
    content["scale"][6]["items"] = [13, 25, 47, 50, 70, 75, 82, 19]
    with pytest.raises(InstrumentError) as caught:
        build("mine.toml", content)
    assert caught.value.key == "instruments.item_unused"
    assert caught.value.facts["items"] == "60, 64, 66, 89"


def test_a_file_of_your_own(tmp_path: Path) -> None:
    """A school's own questionnaire is read by its path; a broken file is refused by name."""
    mine = tmp_path / "mine.toml"
    source = files(instruments).joinpath("data", "GAD-7.toml").read_text("utf-8")
    mine.write_text(source.replace('code = "GAD-7"', 'code = "OURS"'), "utf-8")
    assert read_instrument(str(mine)).code == "OURS"
    mine.write_text("items = ", "utf-8")
    with pytest.raises(InstrumentError) as caught:
        read_file(mine)
    assert caught.value.facts["file"] == "mine.toml"
    with pytest.raises(InstrumentError):
        read_file(tmp_path / "nothing.toml")


def test_no_scale_takes_the_name_of_a_column() -> None:
    """A subscale called "state" would write over the state of the sheet."""
    for each in ALL:
        assert not {scale.name for scale in (*each.scales, *each.counts)} & RESERVED


def test_the_page_is_up_to_date() -> None:
    """`python -m visitkit.screen.instruments > docs/instruments.md` makes the page anew."""
    page = (ROOT / "docs" / "instruments.md").read_text("utf-8")
    assert page == instrument_page("en")


def test_the_page_speaks_chinese_as_well() -> None:
    """The same page can be had in Chinese, with the same number of lines."""
    assert len(instrument_page("zh").splitlines()) == len(instrument_page("en").splitlines())
