"""Opening a casebook on the screen: a passphrase is kept nowhere."""

from __future__ import annotations

import json

import pytest

from visitkit.errors import StoreError
from visitkit.widgets.unlocking import Asked, Unlock

FIRST, SECOND = "three quiet lanterns", "a river below the wall"
SENT = {
    "kind": "unlock",
    "way": "open",
    "folder": "/somewhere/book",
    "actor": "T1",
    "role": "counsellor",
    "people": FIRST,
    "psych": SECOND,
}


def held(view: Unlock) -> str:
    """Return everything the view holds, as far as it can be read from outside."""
    inside = {name: value for name, value in vars(view).items() if name != "_trait_values"}
    return json.dumps([view.get_state(), view.trait_values(), inside, repr(view)], default=repr)


def test_keys_go_to_the_files_and_nowhere_else() -> None:
    """Neither trait, nor attribute, nor repr holds a passphrase afterwards."""
    asked: list[Asked] = []
    sent: list[object] = []
    view = Unlock(asked.append, lambda: None, "en")
    view.send = lambda content, buffers=None: sent.append(content)
    view._message(view, SENT, [])
    [one] = asked
    assert (one.folder, one.actor, one.role) == ("/somewhere/book", "T1", "counsellor")
    assert one.keys.people.reveal() == FIRST
    assert FIRST not in held(view)
    assert SECOND not in held(view)
    assert FIRST not in repr(one)
    assert sent == [{"kind": "forget"}]
    assert FIRST not in str(sent)


def test_a_wrong_passphrase_is_a_sentence_without_it() -> None:
    """And the fields are wiped all the same."""

    def refuse(asked: Asked) -> None:
        raise StoreError("record.wrong_key", file="people.db")

    sent: list[object] = []
    view = Unlock(refuse, lambda: None, "en")
    view.send = lambda content, buffers=None: sent.append(content)
    view._message(view, SENT, [])
    assert view.wrong
    assert "people.db" in view.said
    assert FIRST not in held(view)
    assert sent == [{"kind": "forget"}]
    before = view.said
    view.lang = "zh"
    assert view.said != before
    assert "people.db" in view.said


@pytest.mark.parametrize(
    "change",
    [
        {"people": "short"},
        {"people": FIRST, "psych": FIRST},
    ],
)
def test_keys_that_cannot_be_are_refused(change: dict[str, str]) -> None:
    """Too short, or the same twice: told before any file is touched."""
    asked: list[Asked] = []
    view = Unlock(asked.append, lambda: None, "en")
    view._message(view, {**SENT, **change}, [])
    assert asked == []
    assert view.wrong
    assert view.said


@pytest.mark.parametrize(
    "message",
    [
        {**SENT, "way": "burn"},
        {**SENT, "role": "emperor"},
        {**SENT, "role": ["counsellor"]},
        {**SENT, "kind": "open"},
        "unlock",
        None,
        [SENT],
    ],
)
def test_what_no_page_of_ours_sends_is_passed_over(message: object) -> None:
    """Unknown ways, roles and shapes open nothing and say nothing."""
    asked: list[Asked] = []
    view = Unlock(asked.append, lambda: None, "en")
    view._message(view, message, [])
    assert asked == []
    assert view.said == ""


def test_a_head_teacher_opens_without_the_second_key() -> None:
    """An empty second passphrase is none."""
    asked: list[Asked] = []
    view = Unlock(asked.append, lambda: None, "en")
    view._message(view, {**SENT, "psych": ""}, [])
    assert asked[0].keys.psych is None


def test_the_lock_closes() -> None:
    """One press."""
    closed: list[bool] = []
    view = Unlock(lambda asked: None, lambda: closed.append(True), "en")
    view._message(view, {"kind": "lock"}, [])
    assert closed == [True]
