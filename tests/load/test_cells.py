"""One cell to one value: numbers, student numbers, words, signs, marks, answers."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitkit import tables
from visitkit.load import identifiers
from visitkit.load.answers import WORDS as ANSWER_WORDS
from visitkit.load.answers import parse_answer
from visitkit.load.grid import Cells
from visitkit.load.numbers import parse_number, parse_percent, parse_whole
from visitkit.load.parsing import parser_of, read_cells
from visitkit.load.questionnaire import instrument_within
from visitkit.load.signs import parse_codes, parse_flag, parse_score, parse_signs
from visitkit.load.spelling import mask, person, prose, tidy
from visitkit.load.unreadable import UnreadableCellError
from visitkit.load.vocabulary import allowed, words

WORDS = tomllib.loads((Path(__file__).parent / "data" / "words.toml").read_text("utf-8"))["cells"]
SCORE = tables.MARKS.by_name["score"]


def read(table: str, column: str, value: object) -> object:
    """Return what a cell of a column means."""
    found = tables.TABLES[table].by_name[column]
    return parser_of(table, found)(value, found)


@pytest.mark.parametrize(("value", "number"), WORDS["numbers"])
def test_numbers_as_written(value: str, number: float) -> None:
    """Full-width digits, thousands commas, spaces and the column's unit are understood."""
    assert parse_number(value, "period") == number


@pytest.mark.parametrize("value", ["", "three", "3-4", "1,2", True, dt.date(2026, 9, 1)])
def test_what_is_no_number(value: object) -> None:
    """Spans, words and dates are no numbers."""
    with pytest.raises(UnreadableCellError, match="number_unknown"):
        parse_number(value)


def test_another_unit_is_a_fault() -> None:
    """Days in a column of periods are not taken for periods."""
    with pytest.raises(UnreadableCellError, match="number_unit"):
        parse_number(WORDS["periods_other_unit"], "period")


def test_whole_numbers() -> None:
    """A half is not a whole number."""
    assert parse_whole("3") == 3
    with pytest.raises(UnreadableCellError, match="integer_unknown"):
        parse_whole(3.5)


def test_per_cent() -> None:
    """Only a per cent sign makes a share."""
    assert (parse_percent("98%"), parse_percent("98"), parse_percent(0.98)) == (0.98, None, None)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0412", "0412"),
        (20260002.0, "20260002"),
        (412, "412"),
        ("'0412 ", "0412"),
        ('="0412"', "0412"),
        ("20260002.0", "20260002"),
        (" 2026 0002", "20260002"),
    ],
)
def test_student_numbers(value: object, number: str) -> None:
    """Leading zeros stay, and what Excel puts around a number goes."""
    assert identifiers.parse_student_id(value) == number


@pytest.mark.parametrize("value", [1.1010120130901e17, "1.10101E+17", 1e15])
def test_damaged_numbers_are_never_repaired(value: object) -> None:
    """A number of which Excel has cut off digits is a fault."""
    with pytest.raises(UnreadableCellError, match="id_damaged"):
        identifiers.parse_id(value)


@pytest.mark.parametrize("value", [dt.date(2026, 7, 1), dt.datetime(2026, 7, 1, 8)])
def test_a_number_that_became_a_date(value: object) -> None:
    """Class 7-1 that Excel took for 1 July cannot be known any more."""
    with pytest.raises(UnreadableCellError, match="id_is_date"):
        identifiers.parse_id(value)


@pytest.mark.parametrize("value", [412.5, -3.0, True])
def test_what_is_no_number_of_anything(value: object) -> None:
    """Fractions, negative numbers and truth values name nothing."""
    with pytest.raises(UnreadableCellError, match="id_unknown"):
        identifiers.parse_id(value)


def test_published_identity_number() -> None:
    """The example of GB 11643-1999, Appendix A, has the check digit X."""
    assert identifiers.check_digit("11010519491231002") == "X"
    assert identifiers.parse_identity("11010519491231002x") == "11010519491231002X"
    assert identifiers.birth_of("11010519491231002X") == dt.date(1949, 12, 31)
    assert identifiers.sex_of("11010519491231002X") == "female"


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)),
    st.integers(0, 999),
    st.integers(0, 17),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(born: dt.date, number: int, at: int, by: int) -> None:
    """MOD 11-2 finds every single wrong digit."""
    digits = f"999999{born:%Y%m%d}{number:03d}"
    whole = digits + identifiers.check_digit(digits)
    assert identifiers.parse_identity(whole) == whole
    old = "0123456789X".index(whole[at])
    wrong = whole[:at] + "0123456789X"[(old + by) % (11 if at == 17 else 10)] + whole[at + 1 :]
    with pytest.raises(UnreadableCellError, match="identity_"):
        identifiers.parse_identity(wrong)


def test_identity_numbers_of_other_forms() -> None:
    """An old number is too short; a passport has other rules and is left alone."""
    with pytest.raises(UnreadableCellError, match="identity_length"):
        identifiers.parse_identity("110101130901001")
    assert identifiers.parse_identity("E00000000") == "E00000000"


def test_telephone_numbers() -> None:
    """Several numbers stay, landlines are let alone, a digit too few is told."""
    assert identifiers.parse_phone(WORDS["phone_several"]) == WORDS["phone_several_kept"]
    assert identifiers.parse_phone(13800138000.0) == "13800138000"
    assert identifiers.parse_phone("+8613800138000") == "+8613800138000"
    for wrong, key in (("1380013800", "phone_digits"), ("no phone", "phone_unknown")):
        with pytest.raises(UnreadableCellError, match=key):
            identifiers.parse_phone(wrong)


@pytest.mark.parametrize("value", [*WORDS["flags_yes"], True, "yes", "1"])
def test_yes(value: object) -> None:
    """All the ways to say yes."""
    assert parse_flag(value) is True


@pytest.mark.parametrize("value", [*WORDS["flags_no"], False, "No", "0"])
def test_no(value: object) -> None:
    """All the ways to say no."""
    assert parse_flag(value) is False


@pytest.mark.parametrize(("value", "grade"), WORDS["grades"])
def test_grades(value: object, grade: int) -> None:
    """Grades in words and in figures are one number."""
    assert read("students", "grade", value) == grade


def test_several_codes() -> None:
    """Words in one cell are taken apart at any usual sign."""
    assert parse_codes(WORDS["roles"], "role") == "head_teacher;counsellor"
    with pytest.raises(UnreadableCellError) as caught:
        parse_codes("head teacher, wizard", "role")
    assert caught.value.facts == {"vocabulary": "role"}


def test_open_vocabularies_keep_new_words() -> None:
    """A subject nobody listed is kept; a number in its place is a fault."""
    assert read("marks", "subject", "Pottery") == "Pottery"
    with pytest.raises(UnreadableCellError, match="word_unknown"):
        read("marks", "subject", "88")


@pytest.mark.parametrize(("value", "status"), WORDS["scores"])
def test_marks_that_are_missing_for_a_reason(value: str, status: str) -> None:
    """A word for being away is a status and never a zero."""
    found = parse_score(value, SCORE)
    assert (found.status, found.marks, found.share) == (status, None, None)


def test_marks_as_written() -> None:
    """Units, width, spaces and apostrophes do not count; zero is a mark."""
    marks = [WORDS["score_with_unit"], WORDS["score_full_width"], "88 ", "'77", 0.0, "0"]
    assert [parse_score(value, SCORE).marks for value in marks] == [88.0, 88.5, 88.0, 77.0, 0, 0]


@pytest.mark.parametrize("value", [*WORDS["score_other"], -1.0, 1001.0, True])
def test_marks_that_are_faults(value: object) -> None:
    """Grades in words, other units, negative marks and shares over 1 are faults."""
    with pytest.raises(UnreadableCellError):
        parse_score(value, SCORE)


@pytest.mark.parametrize(("value", "codes"), WORDS["signs"])
def test_signs_of_a_register(value: str, codes: list[str]) -> None:
    """One or several signs in a cell; a sign of being there is nothing to record."""
    assert list(parse_signs(value).codes) == codes


def test_a_number_beside_a_sign_counts_periods() -> None:
    """Two lessons missed are two periods."""
    found = parse_signs(WORDS["sign_with_periods"])
    assert (found.codes, found.periods) == (("unexcused",), 2.0)


@pytest.mark.parametrize("value", WORDS["sign_unknown"])
def test_unknown_signs(value: object) -> None:
    """A sign that nobody explained is not guessed."""
    with pytest.raises(UnreadableCellError, match="word_unknown"):
        parse_signs(value)


@pytest.mark.parametrize(("instrument", "value", "points"), WORDS["answers"])
def test_answers_by_instrument(instrument: str, value: object, points: float) -> None:
    """The same word has the points that its own questionnaire gives it."""
    assert parse_answer(value, instrument) == points


@pytest.mark.parametrize("value", WORDS["answers_skipped"])
def test_skipped_answers(value: str) -> None:
    """A question passed over is missing, not zero."""
    assert parse_answer(value, "PHQ-9") is None


@pytest.mark.parametrize(("instrument", "value"), WORDS["answers_unknown"])
def test_unknown_answers(instrument: str, value: str) -> None:
    """A word of another questionnaire is a fault that lists the right words."""
    with pytest.raises(UnreadableCellError) as caught:
        parse_answer(value, instrument)
    assert caught.value.facts["vocabulary"] == ANSWER_WORDS[instrument]


def test_every_instrument_has_its_answers() -> None:
    """No instrument we recognise falls back to words of another."""
    assert set(ANSWER_WORDS) == set(tables.codes("instrument"))


@pytest.mark.parametrize(("title", "code"), WORDS["instrument_words"])
def test_instruments_in_titles(title: str, code: str) -> None:
    """Names and short names are found whatever their case and signs."""
    assert instrument_within([title]) == code


@pytest.mark.parametrize("title", WORDS["no_instrument"])
def test_titles_without_an_instrument(title: str) -> None:
    """Letters inside other words are no instrument."""
    assert instrument_within([title]) is None


def test_names_keep_their_dot() -> None:
    """The middle dot of a name stays; spaces that stretch it go."""
    assert tidy(WORDS["dotted_name"]) == person(WORDS["dotted_name"]) == WORDS["dotted_name"]
    assert person(WORDS["stretched_name"]) == WORDS["stretched_name"].replace("\u3000", "")


def test_free_text_keeps_its_punctuation() -> None:
    """What a parent said is not rewritten, but for the width of digits."""
    assert prose(WORDS["prose"]) == WORDS["prose_kept"]


@given(st.text(alphabet="abcdefgh123", min_size=3, max_size=30))
def test_masks_hide_the_middle(value: str) -> None:
    """Only the first and last sign of a masked cell can be read."""
    hidden = mask(value)
    assert (hidden[0], hidden[-1], set(hidden[1:-1])) == (value[0], value[-1], {"*"})
    assert mask(value[:2]) == value[0] + "*"


def test_words_for_nothing_are_empty_cells() -> None:
    """A dash or "unknown" is no fault; a dash that is a known sign keeps its meaning."""
    column = tables.ATTENDANCE.by_name["periods"]
    cells = Cells.of(["-", "N/A", "unknown", "/", "2"])
    found = read_cells(cells, column, parser_of("attendance", column))
    assert (found.meanings, found.problems) == ([None, None, None, None, 2.0], {})


def test_a_sentence_lists_a_dozen_words_at_most() -> None:
    """A long vocabulary is cut, a short one is whole."""
    assert allowed("sex", "en") == "male, female"
    assert allowed("behaviour_kind", "en").count(",") == 12


def test_every_word_leads_to_its_code() -> None:
    """Each word of each vocabulary, in both languages, is read back as its own code."""
    from visitkit import text

    lost = []
    for vocabulary in text.sheet("values", "en"):
        for lang in text.LANGUAGES:
            for code in tables.codes(vocabulary):
                word = tables.word(vocabulary, code, lang)
                if words(vocabulary).get(_key(word)) != code:
                    lost.append((vocabulary, lang, word))
    assert lost == []


def _key(word: str) -> str:
    from visitkit.load.spelling import word_key

    return word_key(word)
