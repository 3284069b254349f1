"""Lists, pages, fields with a button, files handed over: state in, what the person did out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visitkit.errors import ReviewError
from visitkit.widgets.asking import Ask, AskField
from visitkit.widgets.pages import PageBar
from visitkit.widgets.reading import Image, PageView, Section, Table
from visitkit.widgets.rows import RowsView
from visitkit.widgets.rows_state import PAGE, Filter, Listing, Row, narrowed
from visitkit.widgets.upload import MOST, Upload

HOSTILE = [
    None,
    "act",
    7,
    ["act"],
    {"kind": "act"},
    {"kind": "act", "key": ["r1"], "action": "open"},
    {"kind": "act", "key": "r1", "action": "__class__"},
    {"kind": "narrow", "chosen": "x", "words": 3},
    {"kind": "narrow", "chosen": {"by": ["T1"]}, "words": {"a": 1}},
    {"kind": "go", "values": ["x"]},
    {"kind": "turn", "page": "__init__"},
    {"kind": "file", "name": "../a.csv"},
]


def listing(number: int = 250) -> Listing:
    """Return a list of made-up rows."""
    rows = tuple(
        Row(
            f"r{place}",
            (f"<b>row {place}</b>", "S1"),
            mark="late" if place % 2 else "",
            actions=(("open", "Open"),),
            groups={"by": f"T{place % 3}"},
        )
        for place in range(number)
    )
    by = Filter("by", "By", tuple((f"T{one}", f"teacher {one}") for one in range(3)))
    return Listing("owed", ("what", "whom"), rows, (by,), "Nothing.", search=True)


def spoken(view: RowsView | PageView) -> list[dict[str, object]]:
    """Return what the view sends to the browser from now on."""
    sent: list[dict[str, object]] = []
    view.send = lambda content, buffers=None: sent.append(content)
    return sent


def test_no_row_is_lost() -> None:
    """Page after page shows all of them once, and the count says so."""
    view = RowsView(lambda key, what: None, "en")
    sent = spoken(view)
    view.show(listing(250))
    assert view.said == "100 of 250 shown; 250 in all."
    while sent[-1]["more"]:
        view._message(view, {"kind": "more"}, [])
    keys = [row["key"] for row in sent[-1]["rows"]]  # type: ignore[attr-defined]
    assert keys == [f"r{place}" for place in range(250)]
    assert view.said == "250 in all."


@settings(deadline=None)
@given(
    chosen=st.sampled_from(["", "T0", "T1", "T2"]),
    words=st.sampled_from(["", "row", "1 2", "ROW 7"]),
)
def test_narrowing_keeps_order_and_counts(chosen: str, words: str) -> None:
    """What is shown and what is left out are together the whole list."""
    whole = listing(60)
    found = narrowed(whole, {"by": chosen}, words)
    left = [row for row in whole.rows if row not in found]
    assert sorted(found + left, key=whole.rows.index) == list(whole.rows)
    assert all(not chosen or row.groups["by"] == chosen for row in found)
    assert [row for row in whole.rows if row in found] == found


def test_narrowed_on_request() -> None:
    """The browser asks, Python answers; what does not exist is ignored."""
    view = RowsView(lambda key, what: None, "en")
    sent = spoken(view)
    view.show(listing(9))
    view._message(view, {"kind": "narrow", "chosen": {"by": "T1"}, "words": ""}, [])
    assert [row["key"] for row in sent[-1]["rows"]] == ["r1", "r4", "r7"]  # type: ignore[attr-defined]
    view._message(view, {"kind": "narrow", "chosen": {"by": "T9", "x": "y"}, "words": ""}, [])
    assert len(sent[-1]["rows"]) == 9  # type: ignore[arg-type]


def test_only_what_a_row_offers_can_be_done() -> None:
    """An unknown row or action does nothing."""
    done: list[tuple[str, str]] = []
    view = RowsView(lambda key, what: done.append((key, what)), "en")
    view.show(listing(3))
    for key, action in (("r1", "open"), ("r1", "burn"), ("r9", "open")):
        view._message(view, {"kind": "act", "key": key, "action": action}, [])
    assert done == [("r1", "open")]


@pytest.mark.parametrize("message", HOSTILE, ids=str)
def test_hostile_messages_change_nothing(message: object) -> None:
    """No error, nothing done."""
    done: list[object] = []
    rows = RowsView(lambda key, what: done.append(key), "en")
    rows.show(listing(3))
    ask = Ask("widgets_forms", (AskField("reason", required=True),), done.append, "en")
    bar = PageBar("widgets_forms", ("yes", "no"), "en")
    upload = Upload("widgets_forms.save", (".csv",), lambda name, data: done.append(name), "en")
    for view in (rows, ask, bar, upload, PageView("en")):
        view._message(view, message, [])
    assert done == []
    assert bar.page == "yes"


def test_no_row_is_in_a_trait() -> None:
    """A saved notebook holds the frame of the list and nobody in it."""
    view = RowsView(lambda key, what: None, "en")
    view.show(listing(3))
    page = PageView("en")
    page.show((Section("found", ("student S1",), (Table("t", ("a",), (("S1",),)),), ()),))
    ask = Ask("widgets_forms", (AskField("at", "choice", choices=(("S1", "S1"),)),), print, "en")
    for one in (view, page, ask):
        assert "S1" not in json.dumps(one.get_state(), default=str)
        assert "S1" not in repr(one)


def test_what_is_asked_has_its_shape() -> None:
    """A choice is one of its codes, a flag yes or nothing, a day a day, what is needed is there."""
    found: list[dict[str, str]] = []
    fields = (
        AskField("reason", required=True),
        AskField("yes", "flag"),
        AskField("no", "choice", choices=(("a", "A"),)),
        AskField("at", "several", choices=(("a", "A"), ("b", "B"))),
        AskField("save", "date"),
    )
    view = Ask("widgets_forms", fields, found.append, "en")
    sent = {
        "reason": " why ",
        "yes": "on",
        "no": "z",
        "at": "b a z",
        "more": "x",
        "save": "2027-13-01",
    }
    view._message(view, {"kind": "go", "values": sent}, [])
    assert found == []
    sent["save"] = "2027/1/3"
    view._message(view, {"kind": "go", "values": sent}, [])
    assert found == [{"reason": "why", "yes": "", "no": "", "at": "b a", "save": "2027-01-03"}]
    view._message(view, {"kind": "go", "values": {**sent, "reason": "  "}}, [])
    assert len(found) == 1


def test_words_change_with_the_language() -> None:
    """Labels of what is asked, names of pages, the count under a list."""
    ask = Ask("app_casebook.backup", (AskField("folder"),), lambda values: None, "en")
    bar = PageBar("app_casebook.page", ("due", "proof"), "en")
    before = [ask.frame["go"], bar.names[0][1], bar.label]
    ask.lang = bar.lang = "zh"
    after = [ask.frame["go"], bar.names[0][1], bar.label]
    assert all(old.isascii() and not new.isascii() for old, new in zip(before, after, strict=True))


def test_a_file_is_taken_or_refused_in_words() -> None:
    """Its ending and its size are looked at first; what cannot be read is told."""

    def refuse(name: str, data: bytes) -> None:
        raise ReviewError("app_review.no_table", name=name)

    upload = Upload("widgets_forms.save", (".csv",), refuse, "en")
    upload._message(upload, {"kind": "file", "name": "a.csv"}, [b"x"])
    assert upload.wrong
    assert "a.csv" in upload.said
    taken: list[int] = []
    upload = Upload(
        "widgets_forms.save", (".csv",), lambda name, data: taken.append(len(data)), "en"
    )
    assert not upload.take("a.csv", bytes(MOST + 1))
    assert not upload.take("a.html", b"x")
    assert upload.take("A.CSV", b"xy")
    assert taken == [2]
    assert not upload.wrong


def test_a_picture_carries_its_words() -> None:
    """Address and alternative go together."""
    view = PageView("en")
    sent = spoken(view)
    view.show((Section("x", images=(Image("data:image/png;base64,AA==", "a line falls"),)),))
    assert [one["images"] for one in sent[-1]["sections"]] == [  # type: ignore[attr-defined]
        [{"src": "data:image/png;base64,AA==", "alt": "a line falls"}]
    ]
    assert PAGE == 100
