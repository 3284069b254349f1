"""Planted names, telephone numbers and identity numbers are in no byte that lies on a disk."""

from __future__ import annotations

import logging
import traceback

import nbclient
import nbformat
import pandas as pd
import pytest

from visitkit import record
from visitkit.errors import StoreError
from visitkit.load.school import School

#: Made-up; the telephone number and the identity number cannot exist.
NAME = "\u5218\u82e5\u6717"
PLANTED = (NAME, "Liu Ruolang", "19900001234", "110101202913310018", "9 Willow Lane")


@pytest.fixture
def kept(opened, made, tmp_path):
    """A casebook full of personal data, still open, so that its log is on the disk as well."""
    with opened(actor="T0", role="principal") as store:
        store.add(made.matter(0))
        told = " ".join(PLANTED)
        store.add_many([made.matter(1, issue=told), made.signalled(2, content=told)])
        old = store.add(made.matter(3, issue=told))
        store.correct(old.entry_id, {"issue": told, "to": ["moral_office"]}, told)
        store.grant("S1", "T3", made.at.date(), told)
        record.backup(store, tmp_path / "copy")
        store.add(made.matter(4, issue=told))
        yield store


def found_in(data: bytes) -> list[str]:
    """Return what was planted and can be read in some bytes, in any usual encoding."""
    return [
        one
        for one in PLANTED
        if any(one.encode(code) in data for code in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"))
    ]


def test_no_byte_on_the_disk(kept, folder, tmp_path):
    """Database files, their logs, backups, the list of a backup, the lock."""
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"people.db", "people.db-wal", "psych.db-wal", "backup.json"} <= names
    assert sum(path.stat().st_size for path in files) > 300_000
    assert [path.name for path in files if found_in(path.read_bytes())] == []
    # The same search finds them where they are: in the answer to somebody who may read it.
    assert found_in(str(kept.case("x-1")).encode()) == list(PLANTED)


def test_no_byte_of_what_is_shared(kept, tmp_path):
    """Everything the casebook and the school can hand out, de-identified, in every file of it."""
    roll = pd.DataFrame(
        {"student_id": [PLANTED[2], "S1"], "name": NAME, "address": PLANTED[4], "sex": "female",
         "id_number": PLANTED[3], "class_id": "701", "zone": PLANTED[4]}
    )  # fmt: skip
    homes = pd.DataFrame(
        {"student_id": ["S1"], "relation": ["mother"], "name": NAME, "phone": PLANTED[2],
         "language": NAME}
    )  # fmt: skip
    acts = pd.DataFrame(
        {"student_id": ["S1"], "date": ["2026-11-02"], "kind": ["truancy"], "note": NAME}
    )
    school = School.from_frames(students=roll.drop(columns="id_number"))
    asked = record.Outcomes(as_of="2026-11-20")
    panel = kept.outcomes("absence_days", school=school, asked=asked, deidentified=False)
    leaving = {
        "students": roll, "guardians": homes, "behaviour": acts, "cases": kept.cases(),
        "due": kept.due("2026-12-01"), "panel": panel, **kept.history("2026-12-01"),
    }  # fmt: skip
    how = record.Sharing(
        measures=("absence_days",), counts={"girls": record.Count("students", ("sex", "class_id"))}
    )
    out = {"purpose": "a study", "recipient": "the university"}
    left = record.share(kept, leaving, tmp_path / "shared", how=how, **out)
    assert len(left.files) == len(leaving) + 2
    for path in left.files:
        data = path.read_bytes()
        assert found_in(data) == []
        assert b"S1" not in data
    assert found_in(left.text("zh").encode()) == []


def test_no_byte_of_a_saved_notebook(kept, folder, tmp_path, made):
    """What a counsellor has looked at in a notebook, saved with its outputs, names nobody."""
    kept.close()
    cells = (
        "from visitkit import record\nfrom visitkit.errors import StoreError",
        "keys = record.Keys(bytes(range(32)), bytes(range(1, 33)))\nkeys",
        f"store = record.open_store({str(folder)!r}, keys, actor='T7', role='counsellor')\nstore",
        "found = store.file('S1', 'before the talk')\nfound",
        "store.history('2026-12-01')",
        "store.cases(), store.due('2026-12-01'), store.audit()",
        "try:\n    store.add(found.entries[0])\nexcept StoreError as error:\n    print(error)",
        "store.case('no such case')",
        "store.verify().sentence(), store.head()",
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(one) for one in cells])
    nbclient.NotebookClient(book, timeout=300, allow_errors=True).execute()
    path = tmp_path / "looked.ipynb"
    nbformat.write(book, path)
    outputs = [one for cell in book.cells for one in cell["outputs"]]
    assert any("StudentFile" in str(one) for one in outputs)
    assert sum(one["output_type"] == "error" for one in outputs) == 1  # there is no such case
    assert found_in(path.read_bytes()) == []
    assert "\\u5218" not in path.read_text("utf-8")


def test_no_word_in_logs_and_errors(kept, made, caplog, capfd):
    """Whatever is refused, logged or shown as an object repeats none of it."""
    caplog.set_level(logging.DEBUG)
    told = " ".join(PLANTED)
    said = repr(kept) + repr(kept.file("S1", "talk")) + kept.verify().sentence()
    acts = (
        lambda: kept.add(made.matter(1, issue=told)),
        lambda: kept.add(made.signalled(9, signal=told)),
        lambda: kept.case(told),
        lambda: kept.correct(told, None, told),
        lambda: kept.cases(kind=told),
        lambda: kept.add(made.matter(9, issue={told})),
        lambda: kept.verify(told),
    )
    for act in acts:
        with pytest.raises(StoreError) as caught:
            act()
        # Lines of the test itself hold no data: only variables do, and these are not printed.
        said += "".join(traceback.format_exception(caught.value))
    with pytest.raises(StoreError) as caught, kept.book.people.begin() as connection:
        connection.exec_driver_sql("INSERT INTO content VALUES (1, ?, 'x')", (told,))
    out = capfd.readouterr()
    said += "".join(traceback.format_exception(caught.value)) + caplog.text + out.out + out.err
    assert found_in(said.encode()) == []


def test_the_audit_trail_holds_no_facts(kept):
    """Who looked at what is told by numbers; what was written is a hash."""
    assert found_in(kept.audit().to_string().encode()) == []
