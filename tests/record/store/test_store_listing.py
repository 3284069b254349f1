"""The list of what is owed: in order whatever its length, and no text lost on the way."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from visitkit.record.listing import COLUMNS, as_table
from visitkit.record.models import microseconds, owed

AT = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
#: Few different ones, so that many rows stand side by side.
WORDS = st.sampled_from(["a", "B", "10", "9", "\u4e2d", "\uffee", "\U0002f800"])
MOMENTS = st.integers(0, 4).map(lambda hours: microseconds(AT + dt.timedelta(hours=hours)))
ROWS = st.lists(
    st.tuples(WORDS, WORDS, st.none() | WORDS, WORDS, WORDS, MOMENTS, st.none() | MOMENTS, WORDS)
)
NAMES = [column.name for column in owed.columns]


@given(ROWS)
def test_the_list_is_in_order_and_whole(rows: list[tuple[object, ...]]) -> None:
    """Overdue first, then by moment, person, case and matter; nothing is lost or doubled."""
    kept = {name: [row[place] for row in rows] for place, name in enumerate(NAMES)}
    now = AT + dt.timedelta(hours=2)
    told = as_table(kept, now)
    assert list(told.columns) == list(COLUMNS)
    late = microseconds(now)
    wanted = sorted(rows, key=lambda row: (row[6] is None, row[6] or 0, row[4], row[0], row[3]))
    plain = ["case_id", "kind", "student_id", "what", "by", "source"]
    places = [NAMES.index(name) for name in plain]
    found = told[plain].astype("object").where(told[plain].notna(), None)
    assert found.to_numpy().tolist() == [[row[place] for place in places] for row in wanted]
    assert told["overdue"].tolist() == [row[6] is not None and row[6] < late for row in wanted]
    assert told["due"].isna().tolist() == [row[6] is None for row in wanted]
    assert dict(told.dtypes.astype("str").items()) == {
        **dict.fromkeys(plain, "str"),
        **dict.fromkeys(["since", "due"], "datetime64[us]"),
        "overdue": "bool",
    }


def test_times_are_those_of_the_school() -> None:
    """What is due at eight in the morning of UTC is due at four in the afternoon."""
    row = ("x-1", "escalation", "S1", "take_up", "T1", microseconds(AT), microseconds(AT), "k")
    told = as_table(dict(zip(NAMES, [[one] for one in row], strict=True)), AT)
    assert told["due"].tolist() == [pd.Timestamp(AT).tz_convert("Asia/Shanghai").tz_localize(None)]


def test_any_text_comes_back_as_it_was_kept(opened):
    """Quotes, line ends, signs of control and characters beyond the first plane."""
    texts = ['a"b', "a\\b", "a\nb", "a\x1fb", "\u4e2d\u6587", "\U0002f800", "'", "[1,2]", "null"]
    with opened() as store:
        people = store.book.people.connection
        with people.begin():
            for text in texts:
                row = dict.fromkeys(("case_id", "kind", "student_id", "what", "by", "source"), text)
                people.execute(sa.insert(owed), [{**row, "since": AT, "due": None}])
        told = store.due("2026-11-20")
    assert sorted(told["case_id"]) == sorted(texts)
    for name in ("kind", "student_id", "what", "by", "source"):
        assert told[name].tolist() == told["case_id"].tolist()
