"""Keys are never shown, and two sheets of paper find every typing error."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit import record
from visitkit.errors import StoreError
from visitkit.record.shares import ALPHABET

PHRASE = "three quiet lanterns"


def key_of(act):
    """Return the key of the error that an act raises."""
    with pytest.raises(StoreError) as caught:
        act()
    return caught.value.key


def test_a_key_is_never_shown(folder, made, caplog, capfd):
    """Not by repr, not in an error with its traceback, not in a log, not on the terminal."""
    caplog.set_level(logging.DEBUG)
    wrong = record.Keys(PHRASE, made.keys.psych)
    with pytest.raises(StoreError) as caught:
        record.open_store(folder, wrong, actor="T1", role="principal")
    told = "".join(traceback.format_exception(caught.value)) + repr(wrong) + str(wrong)
    with record.open_store(folder, made.keys, actor="T1", role="principal") as store:
        told += repr(store) + repr(store.book) + repr(vars(store)) + str(store.book.people)
    out = capfd.readouterr()
    told += caplog.text + out.out + out.err
    secrets = (PHRASE, bytes(range(32)).hex(), bytes(range(1, 33)).hex(), "\\x01\\x02\\x03")
    assert [one for one in secrets if one in told] == []
    assert key_of(lambda: pickle.dumps(wrong)) == "record.key_pickled"
    assert key_of(lambda: copy.deepcopy(wrong.people)) == "record.key_pickled"


def test_what_is_no_key():
    """Too short, of the wrong size, or the same for both files."""
    assert key_of(lambda: record.Key("elf letters")) == "record.key_short"
    assert key_of(lambda: record.Key("three quiet \0 lanterns")) == "record.key_short"
    assert key_of(lambda: record.Key(bytes(31))) == "record.key_size"
    assert key_of(lambda: record.Keys(PHRASE, PHRASE)) == "record.keys_equal"


def test_a_passphrase_opens_whatever_the_input_method(tmp_path):
    """Full-width letters and quotation marks are the same passphrase; a capital is not."""
    keys = record.Keys("it's Three quiet", "a river below the wall")
    record.new_store(tmp_path, keys, school="Made-up School")
    full_width = "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in "it's Three quiet")
    for phrase, opens in ((full_width, True), ("it's three quiet", False)):
        again = record.Keys(phrase)
        if opens:
            record.open_store(tmp_path, again, actor="T1", role="principal").close()
        else:
            act = lambda keys=again: record.open_store(tmp_path, keys, actor="T", role="r")  # noqa: E731
            assert key_of(act) == "record.wrong_key"


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.text(min_size=1, max_size=60), st.binary(min_size=32, max_size=32)))
def test_two_shares_are_the_key(key):
    """Whatever the key, in whatever order, with spaces, dashes or small letters."""
    first, second = record.split_key(key)
    assert record.join_key(first, second) == key
    assert record.join_key(second.lower().replace(" ", "-"), first.replace(" ", "\n")) == key


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_wrong_sign_or_a_swap_is_located(data):
    """The group with the error is named; I, L and O are read as the digits they look like."""
    first, second = record.split_key(bytes(range(32)))
    groups = first.split()
    place = data.draw(st.integers(0, len(groups) - 1))
    sign = data.draw(st.integers(0, 4))
    group = groups[place]
    wrong = data.draw(st.sampled_from(sorted(set(ALPHABET) - {group[sign]})))
    swapped = group[:sign] + group[sign + 1 : sign + 2] + group[sign] + group[sign + 2 :]
    for typed in {group[:sign] + wrong + group[sign + 1 :], swapped} - {group}:
        sheet = " ".join([*groups[:place], typed, *groups[place + 1 :]])
        with pytest.raises(StoreError) as caught:
            record.join_key(second, sheet)
        assert caught.value.key == "record.share_group"
        assert caught.value.facts == {"sheet": 2, "group": place + 1}
    assert record.join_key(second, first.replace("1", "I").replace("0", "O")) == bytes(range(32))


def test_sheets_that_do_not_fit():
    """Groups swapped or missing, twice the same sheet, sheets of two keys."""
    first, second = record.split_key(PHRASE)
    other = record.split_key(PHRASE)[1]
    groups = first.split()
    swapped = " ".join([groups[1], groups[0], *groups[2:]])
    assert key_of(lambda: record.join_key(swapped, second)) == "record.share_group"
    short = " ".join(groups[:-1])
    assert key_of(lambda: record.join_key(short, second)) == "record.share_sheet"
    assert key_of(lambda: record.join_key("", second)) == "record.share_sheet"
    for wrong in (first, other):
        assert key_of(lambda wrong=wrong: record.join_key(first, wrong)) == "record.share_pair"


def test_one_share_says_nothing():
    """Each share of the same key is uniform noise: no byte of it is the same twice."""
    sheets = [record.split_key(bytes(32)) for _ in range(200)]
    for which in (0, 1):
        bodies = [pair[which].split()[4:-2] for pair in sheets]
        for column in zip(*bodies, strict=True):
            assert len(set(column)) > 190


def test_new_keys(folder, made):
    """The old keys do not open it any more; everything is still there; the trail says so."""
    with record.open_store(folder, made.keys, actor="T7", role="counsellor") as store:
        store.add_many([made.matter(), made.signalled()])
        head = store.head()
    new = record.Keys(PHRASE, record.new_key())
    record.rekey(folder, made.keys, new, actor="T0", role="principal")
    act = lambda: record.open_store(folder, made.keys, actor="T1", role="principal")  # noqa: E731
    assert key_of(act) == "record.wrong_key"
    with record.open_store(folder, new, actor="T7", role="counsellor") as store:
        assert store.verify(head).whole
        assert len(store.file("S1", "check").entries) == 2
        assert len(store.audit("rekey")) == 2
        assert store.book.people.connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        store.book.people.connection.rollback()
    assert {path.name for path in folder.iterdir()} == {"people.db", "psych.db", "casebook.lock"}


def test_new_keys_in_two_goes(folder, made):
    """Stopped between the files, it is finished by calling it again with the keys as they are."""
    new = record.Keys(record.new_key(), record.new_key())
    half = record.Keys(made.keys.people, new.psych)
    record.rekey(folder, made.keys, half, actor="T0", role="principal")
    record.rekey(folder, half, new, actor="T0", role="principal")
    with record.open_store(folder, new, actor="T7", role="counsellor") as store:
        assert store.verify().whole
