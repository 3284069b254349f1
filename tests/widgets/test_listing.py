"""The plain table: cells as they are, a row chosen only where rows can be chosen."""

from __future__ import annotations

import pytest

from visitkit.widgets.listing import Column, Listing

COLUMNS = [Column("name"), Column("number", number=True)]


def test_rows_and_columns() -> None:
    view = Listing("en")
    view.show("caption", COLUMNS, [("<b>", 1), (None, 2.5)])
    assert view.rows == [["<b>", 1], ["", 2.5]]
    assert [one["number"] for one in view.columns] == [False, True]
    assert repr(view) == "Listing()"


@pytest.mark.parametrize("row", [None, "0", 2, -2, 1.0, True, [0]])
def test_hostile_rows(row: object) -> None:
    view = Listing("en", selectable=True)
    view.show("caption", COLUMNS, [("a", 1), ("b", 2)])
    view._message(view, {"kind": "choose", "row": row}, [])
    view.set_state({"rows": [], "chosen": 1})
    assert (view.chosen, len(view.rows)) == (-1, 2)


def test_choosing() -> None:
    view = Listing("en", selectable=True)
    view.show("caption", COLUMNS, [("a", 1), ("b", 2)])
    view._message(view, {"kind": "choose", "row": 1}, [])
    assert view.chosen == 1
    view.show("caption", COLUMNS, [("a", 1)])
    assert view.chosen == -1
    plain = Listing("en")
    plain.show("caption", COLUMNS, [("a", 1)])
    plain._message(plain, {"kind": "choose", "row": 0}, [])
    assert plain.chosen == -1
