"""``visitkit record``: the casebook from a terminal, and what people get wrong."""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from visitkit import record, text
from visitkit.calendar import Calendar
from visitkit.cli.parser import Parser
from visitkit.cli.record import ROOMS, action_named
from visitkit.cli.record.giving import _writer
from visitkit.cli.record.telling import plain
from visitkit.sample import make_school, write_school

#: Random keys, as a file or variable holds them: nothing has to be derived from them on opening.
PEOPLE, PSYCH = (f"x'{byte * 32}'" for byte in ("1f", "2e"))
HELD = record.Keys(bytes.fromhex("1f" * 32), bytes.fromhex("2e" * 32))
PHRASE, SECOND = "three quiet lanterns", "a river below the wall"
OTHER = "four wooden bridges"
KEYS = ("--key", "env:MADE_UP_PEOPLE", "--psych-key", "env:MADE_UP_PSYCH")
NAMES = [name for room in ROOMS.values() for name in room]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty casebook, made once."""
    folder = tmp_path_factory.mktemp("casebook") / "book"
    days = Calendar.weekdays("2025-09-01", "2028-08-31")
    record.new_store(folder, HELD, school="Made-up School", calendar=days)
    return folder


@pytest.fixture(scope="session")
def roll(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of a small made-up school."""
    folder = tmp_path_factory.mktemp("roll")
    write_school(make_school(3, 40, lang="en"), folder)
    return folder


@pytest.fixture
def book(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A casebook of one's own, with its passphrases in the environment and somebody at work."""
    monkeypatch.setenv("MADE_UP_PEOPLE", PEOPLE)
    monkeypatch.setenv("MADE_UP_PSYCH", PSYCH)
    monkeypatch.setenv("VISITKIT_WHO", "T1")
    monkeypatch.setenv("VISITKIT_ROLE", "head_teacher")
    return Path(shutil.copytree(template, tmp_path / "book"))


@dataclass(frozen=True)
class Doing:
    """Carries out actions on one casebook with both keys."""

    run: Callable
    book: Path

    def __call__(self, name: str, *words: object) -> Any:
        """Carry out one."""
        return self.run("record", name, self.book, *KEYS, *words)


@pytest.fixture
def do(run: Callable, book: Path) -> Doing:
    """Carry out an action on the casebook with both keys."""
    return Doing(run, book)


def matter(do: Doing, student: str = "S0412", **facts: str) -> str:
    """Hand a matter up; return its case."""
    told = {"issue": "no desk at home", "to": "moral_office", **facts}
    pairs = [f"{name}={value}" for name, value in told.items()]
    said = do("add", "--kind", "escalation", "--student", student, *pairs, "--json")
    assert said.code == 0, said.err
    return str(json.loads(said.out)["entries"][0]["case_id"])


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_help_of_every_action(run: Callable, name: str, lang: str) -> None:
    """Every action and every option is explained; passphrases are asked for by source only."""
    said = run("record", name, "--help", "--lang", lang)
    assert said.code == 0
    assert text.say(f"cli_record.about.{name}", lang)[:20] in said.out
    parser = Parser("x", lang)
    action_named(name).arguments(parser)
    assert all(action.help for action in parser._actions)


def test_every_action_stands_in_one_module() -> None:
    """The list of actions and the modules agree, and help names them all."""
    import importlib

    for room, names in ROOMS.items():
        module = importlib.import_module(f"visitkit.cli.record.{room}")
        assert set(module.ACTIONS) == set(names), room
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "ACTION is missing"),
        (["fly"], "There is no “fly”"),
        (["due"], "BOOK is missing"),
        (["due", "nowhere", *KEYS], "nowhere: there is no such folder"),
        (["due", ".", *KEYS], "holds no casebook"),
        (["new", "b", *KEYS], "--school is missing"),
        (["due", "book", "--key", PHRASE], "visitkit record rekey"),
        (["due", "book", "--key", "env:NOT_SET_AT_ALL"], "no passphrase was found there"),
        (["due", "book", "--key", "fd:99"], "no passphrase was found there"),
        (["due", "book", "--key", "fd:x"], "says where a passphrase comes from"),
        (["due", "book", "--key", "file:not-there.txt"], "not-there.txt: there is no such file"),
        (["due", "book", "--role", "astronaut", *KEYS], "There is no such role"),
        (["due", "book", "--as-of", "soon", *KEYS], "no day. Allowed: such as 2026-11-06"),
        (["due", "book", "--as-of", "9:7x", *KEYS], "no day with a time"),
        (["add", "book", *KEYS], "either --case"),
        (["add", "book", "--kind", "fly", *KEYS], "There is no such kind of case"),
        (["add", "book", "--kind", "meeting", "--step", "sing", *KEYS], "There is no such step"),
        (["add", "book", "--kind", "meeting", "chair", *KEYS], "A fact is written name=value"),
        (["add", "book", "--kind", "meeting", "hat=1", *KEYS], "has no such fact"),
        (["add", "book", "--kind", "meeting", "planned=x", *KEYS], "no day with a time. Allowed"),
        (["case", "book", "x-1", *KEYS], "There is no such case here"),
        (["list", "book", "--names", *KEYS], "--names needs --tables"),
        (["form", "no_such_form", "--out", "o"], "no_such_form"),
        (["form", "visit_record"], "--out is missing"),
        (["form", "visit_record", "--out", "o", "--as", "pdf"], "Allowed, parted by commas: docx"),
        (["import", "book", "absent.xlsx", *KEYS], "absent.xlsx"),
        (["schedule", "book", "absent.csv", *KEYS], "absent.csv: there is no such file"),
        (["renew", "book", *KEYS], "Say what is new"),
        (["restore", "absent", "book2", *KEYS], "absent: there is no such folder"),
        (["outcomes", "book", "--measure", "luck", "--tables", ".", "--out", "o", "--purpose", "p",
          "--to", "t", *KEYS], "There is no such measure"),
        (["share", "book", "--what", "students", "--out", "o", "--purpose", "p", "--to", "t",
          *KEYS], "There is no such table"),
    ],
)  # fmt: skip
def test_a_mistake_ends_in_a_sentence(
    run: Callable, book: Path, words: list[str], told: str
) -> None:
    """What is wrong, what is allowed and where help is: never a traceback, never the passphrase."""
    said = run("record", *words)
    assert said.code in {1, 2}, said
    assert told in said.err, said.err
    assert PHRASE not in said.err + said.out
    assert PEOPLE not in said.err + said.out
    assert "Traceback" not in said.err
    assert "failed (" not in said.err


def test_a_wrong_passphrase_changes_nothing(
    run: Callable, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that does not open is named, and every byte is as it was."""
    before = {path.name: path.read_bytes() for path in book.glob("*.db")}
    monkeypatch.setenv("MADE_UP_PSYCH", OTHER)
    said = run("record", "due", book, *KEYS)
    assert said.code == 2
    assert said.err.startswith("psych.db: it does not open")
    assert {path.name: path.read_bytes() for path in book.glob("*.db")} == before
    monkeypatch.setenv("MADE_UP_PSYCH", PEOPLE)
    assert "the same key" in run("record", "due", book, *KEYS).err


def test_who_works_must_be_said(run: Callable, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a person and a role nothing is opened; a word of either language is a role."""
    monkeypatch.delenv("VISITKIT_WHO")
    assert "--who" in run("record", "due", book, *KEYS).err
    monkeypatch.delenv("VISITKIT_ROLE")
    assert "--role" in run("record", "due", book, "--who", "T1", *KEYS).err
    for word in ("head teacher", text.say("values.role.head_teacher", "zh")):
        assert run("record", "due", book, "--who", "T1", "--role", word, *KEYS).code == 0


def test_passphrases_are_asked_for_without_an_echo(
    run: Callable, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are asked for; an empty answer leaves the psychological file shut."""
    asked: list[str] = []

    def answer(words: list[str]) -> Callable[[str], str]:
        left = list(words)

        def ask(prompt: str) -> str:
            asked.append(prompt)
            return left.pop(0)

        return ask

    monkeypatch.setattr(getpass, "getpass", answer([PEOPLE, ""]))
    said = run("record", "open", book)
    assert said.code == 0
    assert "Only people.db is open" in said.out
    assert [one.split()[2] for one in asked] == ["people.db:", "psych.db"]
    monkeypatch.setattr(getpass, "getpass", answer([PEOPLE, PSYCH]))
    said = run("record", "open", book)
    assert "Both files are open" in said.out
    assert PEOPLE not in said.out + said.err


def test_without_a_terminal_nothing_is_echoed(
    run: Callable, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where typing would be seen, the passphrase is not asked for at all."""

    def no_terminal(prompt: str) -> str:
        warnings.warn("echo", getpass.GetPassWarning, stacklevel=2)
        return PEOPLE

    monkeypatch.setattr(getpass, "getpass", no_terminal)
    said = run("record", "open", book)
    assert said.code == 2
    assert "no terminal that could ask" in said.err


def test_new_asks_twice(
    run: Callable, tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing error in a new passphrase would lock a file for ever, so it is found at once."""
    words = iter([PHRASE, PHRASE, SECOND, OTHER])
    monkeypatch.setattr(getpass, "getpass", lambda _: next(words))
    said = run("record", "new", "made", "--school", "Made-up School")
    assert said.code == 2
    assert "not the same" in said.err
    assert not (tmp_path / "made").exists()
    words = iter([PHRASE, PHRASE, SECOND, SECOND])
    said = run("record", "new", "made", "--school", "Made-up School")
    assert said.code == 0, said.err
    assert (tmp_path / "made" / "psych.db").is_file()
    assert "not shown while you type" in said.err
    again = run("record", "new", "made", "--school", "x", *KEYS)
    assert again.code == 2
    assert "is there already" in again.err


@pytest.mark.skipif(os.name != "posix", reason="descriptors and modes are those of POSIX")
def test_passphrases_from_files_and_descriptors(run: Callable, book: Path, tmp_path: Path) -> None:
    """Two lines on one descriptor are two keys; a file others can read is told."""
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text(f"{PEOPLE}\r\n", encoding="utf-8-sig")
    two.write_text(PSYCH, encoding="utf-8")
    one.chmod(0o644)
    two.chmod(0o600)
    said = run("record", "due", book, "--key", f"file:{one}", "--psych-key", f"file:{two}")
    assert said.code == 0, said.err
    assert "Others on this machine may read" in said.err
    assert str(two) not in said.err
    reading, writing = os.pipe()
    os.write(writing, f"{PEOPLE}\n{PSYCH}\n".encode())
    os.close(writing)
    fd = f"fd:{reading}"
    assert run("record", "due", book, "--key", fd, "--psych-key", fd).code == 0
    os.close(reading)


def test_a_case_from_its_first_step_to_its_file(do: Doing, book: Path) -> None:
    """What one action writes is what the next one shows; overdue is the exit code."""
    case = matter(do)
    shown = do("case", case)
    assert "no desk at home" in shown.out
    assert "What may come next" in shown.out
    refused = do("add", "--case", case, "--step", "take_up", "owner=T9", "answer_by=2026-12-06")
    assert refused.code == 2
    assert "moral-education office" in refused.err
    words = ("owner=T9", "answer_by=2026.12.6", "--role", "moral-education office")
    assert do("add", "--case", case, "--step", "take_up", *words).code == 0
    fine = do("due", "--as-of", "2026-12-06")
    assert fine.code == 0
    late = do("due", "--as-of", "2026-12-07")
    assert late.code == 1
    assert "T9: 1, overdue: 1" in late.out
    assert "■ 2026-12-06 23:59" in late.out
    rows = json.loads(do("due", "--as-of", "2026-12-07", "--json").out)
    assert (rows["owed"], rows["overdue"]) == (1, 1)
    assert rows["due"][0]["case_id"] == case
    assert do("due", "--as-of", "2026-12-07", "--by", "T8").code == 0
    assert do("due", "--as-of", "2026-12-07", "--by", "T9").code == 1
    told = do("file", "S0412", "--purpose", "asked by the parents")
    assert "answer by: 2026-12-06" in told.out
    assert do("file", "S0412").code == 2
    assert do("list", "--student", "S0412", "--running").out.count(case) == 1


def test_facts_are_typed_as_people_type_them(do: Doing, tmp_path: Path) -> None:
    """Words of either language, lists, days, moments and files become what the casebook keeps."""
    zh = text.say("values.role.counsellor", "zh")
    wait = ("--kind", "meeting", "--json")
    words = ("meeting=case_conference", "planned=2026.12.9 15:00", "chair=T1", "students=S1;S2")
    said = do("add", *wait, *words)
    assert said.code == 0, said.err
    facts = json.loads(said.out)["entries"][0]["facts"]
    assert facts["planned"] == "2026-12-09T15:00+08:00"
    assert facts["students"] == ["S1", "S2"]
    case = json.loads(said.out)["entries"][0]["case_id"]
    (tmp_path / "facts.json").write_text(json.dumps({"present": ["T1"]}), "utf-8")
    held = do(
        *("add", "--case", case, "--step", "hold", f"roles=head teacher;{zh}"),
        *("--facts-from", tmp_path / "facts.json", "--json"),
    )
    assert held.code == 0, held.err
    told = json.loads(held.out)["entries"][0]["facts"]
    assert told == {"roles": ["head_teacher", "counsellor"], "present": ["T1"]}
    wrong = do("add", "--case", case, "--step", "hold", "roles=wizard")
    assert "is not one of the words to choose from" in wrong.err
    assert "wizard" not in wrong.err
    assert "head teacher (head_teacher)" in wrong.err


def test_a_correction_leaves_the_old_entry(do: Doing) -> None:
    """Named facts are new, the others stay; what was taken back says so."""
    case = matter(do)
    entry = json.loads(do("case", case, "--json").out)["entries"][0]["entry_id"]
    assert do("correct", case, "e999", "issue=x", "--reason", "typing error").code == 2
    assert do("correct", case, entry, "issue=no chair", "--reason", "typing error").code == 0
    entries = json.loads(do("case", case, "--json").out)["entries"]
    assert [one["facts"]["issue"] for one in entries] == ["no desk at home", "no chair"]
    assert entries[1]["corrects"] == entry
    assert entries[1]["facts"]["to"] == ["moral_office"]
    shown = do("case", case).out
    assert "(taken back or replaced)" in shown
    newest = entries[1]["entry_id"]
    assert do("correct", case, newest, "--withdraw", "--reason", "never happened").code == 0


def test_psychological_content_needs_purpose_and_right(do: Doing) -> None:
    """A counsellor reads with a purpose, a grade leader after a consent; each look is logged."""
    as_one = ("--who", "T7", "--role", "counsellor")
    words = ("signal=told", "suspected=yes", "content=says sleep is bad")
    said = do("add", "--kind", "crisis", "--student", "S9", *words, *as_one, "--json")
    assert said.code == 0, said.err
    case = json.loads(said.out)["entries"][0]["case_id"]
    assert "with a purpose" in do("case", case, *as_one).err
    assert "says sleep is bad" in do("case", case, *as_one, "--purpose", "care").out
    other = ("--who", "T5", "--role", "grade leader")
    refused = do("case", case, *other, "--purpose", "care")
    assert refused.code == 2
    assert "may not read this" in refused.err
    grant = ("grant", "S9", "T5", "--until", "2099-12-31", "--reason", "leads the watch")
    assert do(*grant, *other).code == 2
    assert do(*grant, "--role", "principal").code == 0
    assert "sleep" in do("file", "S9", "--purpose", "watch", *other).out
    trail = do("audit", "--role", "counsellor").out
    assert "refused" in trail
    assert "leads the watch" not in do("audit", "--action", "read_case", *as_one).out


def test_a_key_left_out_hides_whole_cases(run: Callable, book: Path, do: Doing) -> None:
    """Without the second key nothing psychological is shown, and a file says that."""
    words = ("signal=told", "suspected=yes", "--who", "T7", "--role", "counsellor")
    assert do("add", "--kind", "crisis", "--student", "S9", *words).code == 0
    half = ("--key", "env:MADE_UP_PEOPLE", "--psych-key", "none")
    assert "Cases: 0" in run("record", "list", book, *half).out
    told = run("record", "file", book, "S9", "--purpose", "look", *half)
    assert "whether it holds more cannot be told" in told.out
    said = run("record", "add", book, "--kind", "crisis", "--student", "S9", *words[:2], *half)
    assert said.code == 2
    assert "without its key" in said.err


def test_names_stand_beside_numbers_only_when_asked_for(do: Doing, roll: Path) -> None:
    """The casebook has numbers; names come from the school's tables with --names."""
    from visitkit import load

    student = load.read_school(roll, lenient=True).students.iloc[0]
    number, name = str(student["student_id"]), str(student["name"])
    matter(do, number)
    for words in (("list",), ("due",), ("file", number, "--purpose", "look")):
        assert name not in do(*words, "--tables", roll).out
        assert name in do(*words, "--tables", roll, "--names").out


def test_signs_a_terminal_obeys_are_not_printed(do: Doing, book: Path) -> None:
    """A text that would clear the screen is shown without its control signs."""
    said = do("add", "--kind", "escalation", "--student", "S1", "issue=a\x1b[2J", "to=moral_office")
    assert "control signs" in said.err
    told = {"issue": "a\x1b[2Jb", "to": ["moral_office"]}
    at = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)
    entry = record.Entry("x-1", "escalation", "report", "S1", at, "T1", "head_teacher", told)
    with record.open_store(book, HELD, actor="T1", role="principal") as store:
        store.add(entry)
    assert "a[2Jb" in do("case", "x-1").out
    assert plain("x\u202ey\nz") == "xy z"


def test_check_heads_and_a_broken_entry(do: Doing, book: Path, tmp_path: Path) -> None:
    """Whole is 0; a head kept outside finds a cut end; the first broken entry is named."""
    matter(do)
    paper = tmp_path / "head.txt"
    assert do("anchor", "--to", "leading group", "--out", paper).code == 0
    older = {path.name: path.read_bytes() for path in book.glob("*.db")}
    matter(do, "S2")
    whole = do("verify", "--anchor", paper)
    assert whole.code == 0
    assert "found again: 1" in whole.out
    newer = tmp_path / "newer.txt"
    assert do("anchor", "--to", "leading group", "--out", newer).code == 0
    for name, content in older.items():
        (book / name).write_bytes(content)
        for tail in ("-wal", "-shm"):
            (book / f"{name}{tail}").unlink(missing_ok=True)
    assert do("verify").code == 0
    cut = do("verify", "--anchor", newer)
    assert cut.code == 1
    assert "not the one whose head was printed" in cut.out
    told = json.loads(do("verify", "--anchor", newer, "--json").out)
    assert told["whole"] is False
    assert told["broken"][0]["what"] == "anchor"
    assert do("verify", "--anchor", book / "casebook.lock").code == 2
    printed = do("head").out
    assert printed.splitlines()[0].startswith("people ")
    assert set(json.loads(do("head", "--json").out)) == {"people", "psych"}


def test_a_flipped_bit_is_found(do: Doing, book: Path) -> None:
    """A damaged page ends in a sentence and the code of something that needs a person."""
    matter(do)
    path = book / "people.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    said = do("verify")
    assert said.code in {1, 2}
    assert "people.db" in said.out + said.err
    assert "failed (" not in said.err


def test_backup_restore_and_new_keys(
    run: Callable, do: Doing, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy opens elsewhere; after new passphrases the old ones open only the copy."""
    case = matter(do)
    assert do("backup", tmp_path / "copy").code == 0
    assert "is there already" in do("backup", tmp_path / "copy").err
    restored = tmp_path / "restored"
    assert run("record", "restore", tmp_path / "copy", restored, *KEYS).code == 0
    assert case in run("record", "list", restored, *KEYS).out
    monkeypatch.setenv("MADE_UP_NEW", OTHER)
    new = ("--new-key", "env:MADE_UP_NEW", "--new-psych-key", "env:MADE_UP_PSYCH")
    assert do("rekey", *new).code == 0
    assert do("list").code == 2
    assert case in run("record", "list", book, "--key", "env:MADE_UP_NEW", *KEYS[2:]).out
    (tmp_path / "copy" / "people.db").write_bytes(b"x" * 4096)
    damaged = run("record", "restore", tmp_path / "copy", tmp_path / "third", *KEYS)
    assert damaged.code == 2
    assert "not as it was when it was made" in damaged.err


def test_a_passphrase_on_two_sheets(run: Callable, book: Path, tmp_path: Path) -> None:
    """Neither sheet shows it; both together open the casebook; a typing error has its group."""
    sheets = tmp_path / "sheets"
    said = run("record", "split", "--key", "env:MADE_UP_PEOPLE", "--out", sheets)
    assert said.code == 0, said.err
    one, two = sheets / "sheet-1.txt", sheets / "sheet-2.txt"
    assert PEOPLE not in said.out + one.read_text("utf-8") + two.read_text("utf-8")
    assert run("record", "join", one, two, "--out", tmp_path / "key.txt").code == 0
    words = ("--key", f"file:{tmp_path / 'key.txt'}", *KEYS[2:])
    assert run("record", "due", book, *words).code == 0
    assert "not overwritten" in run("record", "join", one, two, "--out", one).err
    spoilt = two.read_text("utf-8").rstrip()
    two.write_text(spoilt[:-1] + ("0" if spoilt[-1] != "0" else "1"), "utf-8")
    wrong = run("record", "join", one, two, "--out", tmp_path / "again.txt")
    assert wrong.code == 2
    assert "typing error" in wrong.err
    assert not (tmp_path / "again.txt").exists()


def test_rules_and_days_of_a_new_year(do: Doing, roll: Path) -> None:
    """New rules are taken over, and with them what is owed."""
    said = do("renew", "--policy", "dropout-control")
    assert said.code == 0, said.err
    assert "Rules dropout-control" in said.out
    assert "days 2025-09-01 to 2027-02-28" in do("renew", "--tables", roll).out
    told = json.loads(do("open", "--json").out)
    assert told["policy"] == "dropout-control"
    assert told["last"] == "2027-02-28"
    assert do("upgrade").out.startswith("The casebook is up to date already")


def test_retention_lists_before_it_removes(do: Doing) -> None:
    """Nothing is taken away without --remove, and not by everybody."""
    matter(do)
    listed = do("retention", "--as-of", "2040-01-01")
    assert listed.code == 0
    assert "Nothing was taken away" in listed.out
    assert do("retention", "--remove").code == 2
    assert do("retention", "--remove", "--role", "principal").code == 0


def test_a_plan_of_visits_is_taken_over(do: Doing, tmp_path: Path) -> None:
    """Every visit is a case; the same plan twice changes nothing; a moved one is moved."""
    day = dt.date.today() + dt.timedelta(days=7)
    rows = [
        {
            "date": day.isoformat(), "start": "17:00", "end": "17:40", "student_id": f"S{number}",
            "visitors": "T1;T2", "form": "home", "duty": "regular", "due": "",
        }
        for number in (1, 2)
    ]  # fmt: skip
    plan = tmp_path / "visits.csv"
    pd.DataFrame(rows).to_csv(plan, index=False, encoding="utf-8-sig")
    assert "Visits written down: 2" in do("schedule", plan).out
    assert "just so: 2" in do("schedule", plan).out
    rows[0]["start"] = "16:30"
    pd.DataFrame(rows).to_csv(plan, index=False, encoding="utf-8-sig")
    moved = do("schedule", plan, "--json")
    assert [one["action"] for one in json.loads(moved.out)] == ["moved", "kept"]
    assert "T1" in do("due").out
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n", "utf-8")
    said = do("schedule", tmp_path / "bad.csv")
    assert said.code == 2
    assert "student_id" in said.err
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "is no visits.csv" in do("schedule", tmp_path / "empty.csv").err


def test_alerts_of_a_screening_become_cases(do: Doing, tmp_path: Path) -> None:
    """Nothing without a choice; then the chosen ones, once; the rest is handed over or left."""
    day = dt.date.today().isoformat()
    rows = [("S1", "critical_item", day), ("S2", "unexcused_run", day), ("S3", "good_event", day)]
    file = tmp_path / "alerts.csv"
    table = pd.DataFrame(rows, columns=["student_id", "rule", "opened"])
    table.to_csv(file, index=False, encoding="utf-8-sig")
    as_one = ("--who", "T7", "--role", "counsellor")
    first = do("alerts", file, *as_one)
    assert first.code == 1
    assert "would be opened: 2. Nothing was written" in first.out
    assert "Cases: 0" in do("list", *as_one).out
    chosen = do("alerts", file, "--student", "S2", *as_one)
    assert chosen.code == 0, chosen.err
    assert "Cases opened: 1" in chosen.out
    assert "S1" not in chosen.out
    rest = do("alerts", file, "--all", "--json", *as_one)
    assert rest.code == 0
    told = json.loads(rest.out)
    assert told["written"]
    assert [one["action"] for one in told["alerts"]] == ["opened", "goes_on", "no_case"]
    other = do("alerts", file, "--rule", "critical_item", "--role", "subject_teacher")
    assert other.code == 1
    assert "your role may not see: 1" in other.out
    assert do("alerts", file, "--student", "S9").code == 2
    file.write_bytes(b"")
    assert "is no table of alerts" in do("alerts", file).err


def visited(do: Doing, tmp_path: Path, student: str = "S0412") -> str:
    """Plan a visit that lies an hour back; return its case."""
    end = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8)))
    start = end - dt.timedelta(hours=1)
    row = {"date": start.date(), "student_id": student, "visitors": "T1;T2", "form": "home"}
    # a visit around midnight would end before it begins
    times = {"start": "00:00", "end": "00:01"} if start.date() != end.date() else {
        "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"
    }  # fmt: skip
    plan = tmp_path / f"{student}.csv"
    pd.DataFrame([row | times]).to_csv(plan, index=False)
    before = (dt.datetime.now() - dt.timedelta(days=9)).strftime("%Y-%m-%d %H:%M")
    told = json.loads(do("schedule", plan, "--at", before, "--json").out)
    return str(told[0]["case_id"])


def fill_in(path: Path, **values: object) -> None:
    """Write values into the cells of a form, found by their hidden names."""
    from openpyxl import load_workbook
    from openpyxl.utils.cell import coordinate_from_string

    from visitkit.record.forms.anchors import field_anchor

    workbook = load_workbook(path)
    for name, value in values.items():
        sheet, place = next(iter(workbook.defined_names[field_anchor(name)].destinations))
        letter, row = coordinate_from_string(place.partition(":")[0].replace("$", ""))
        workbook[sheet][f"{letter}{row}"].value = value
    workbook.save(path)


RECORD = {
    "student_present": "yes",
    "present": "mother",
    "focus": "reading at home",
    "content": "a calm place to read",
    "parent_feedback": "glad of the visit",
    "problem_solved": "a desk was found",
    "next_steps": "call in two weeks",
    "next_date": "2027-01-15",
    "needs_school": "no",
}


def test_a_form_goes_out_filled_and_comes_back(do: Doing, roll: Path, tmp_path: Path) -> None:
    """The plan fills the record, the teacher the rest, and the casebook takes it once."""
    case = visited(do, tmp_path)
    words = ("--case", case, "--as", "xlsx", "--out", tmp_path / "o")
    assert "purpose" in form(do, "visit_record", *words).err
    said = form(do, "visit_record", *words, "--purpose", "to be filled in", "--to", "T1")
    assert said.code == 0, said.err
    [path] = (tmp_path / "o").iterdir()
    row = json.loads(do("audit", "--action", "export", "--role", "principal", "--json").out)[-1]
    assert (row["subject"], row["detail"]["recipient"]) == ("visit_record", "T1")
    now = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8)))
    start = now - dt.timedelta(minutes=50)
    end = now - dt.timedelta(minutes=5)
    times = {"start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%Y-%m-%d %H:%M}"}
    wrong = dict(RECORD) | times | {"needs_school": "perhaps", "content": None}
    fill_in(path, **wrong)
    refused = do("import", path)
    assert refused.code == 1
    assert "is neither yes nor no" in refused.err
    assert "nothing is filled in" in refused.err
    fill_in(path, **RECORD, **times)
    kept = rows_of(do.book)
    would = do("import", path, "--dry-run")
    assert would.code == 0, would.err
    assert "would be written down: 2. Nothing was written" in would.out
    assert "a calm place to read" in would.out
    assert rows_of(do.book) == kept  # byte for byte, but for the trail of openings
    taken = do("import", path)
    assert taken.code == 0, taken.err
    steps = [one["step"] for one in json.loads(do("case", case, "--json").out)["entries"]]
    assert steps == ["plan", "visit", "record"]
    again = do("import", path)
    assert again.code == 0
    assert "entries written down: 0" in again.out
    assert "In the casebook already: 2" in again.out
    fill_in(path, content="something else")
    other = do("import", path)
    assert other.code in {1}
    assert len(json.loads(do("case", case, "--json").out)["entries"]) == 3


def rows_of(book: Path) -> dict[str, list[Any]]:
    """Return every row of every table of both files but the trail of who looked."""
    phrases = record.Keys(PEOPLE, PSYCH)
    store = record.open_store(book, phrases, actor="T1", role="principal")
    with store:
        found = {}
        for shelf in store.book.shelves:
            with shelf.begin() as connection:
                listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'audit'"
                for (name,) in connection.exec_driver_sql(listed).fetchall():
                    rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').fetchall()
                    found[f"{shelf.name}.{name}"] = [tuple(row) for row in rows]
    return found


def test_totals_of_feedback_from_filled_forms(run: Callable, tmp_path: Path) -> None:
    """Six families, no name and no word of theirs; four of them are too few."""
    from visitkit import reports
    from visitkit.record.forms import fill

    told = {"student_id": "S1", "visited_on": "2026-11-06", "visitors": ["T1"]}
    said = {**told, "friendly": "very", "complaint": "came late"}
    paper = fill("visit_feedback", said)
    paths = [reports.write_form(paper, tmp_path / f"{n}.xlsx", "zh")[0] for n in range(6)]
    words = ("--policy", "junior-school-annex", "--since", "2026-09-01", "--as-of", "2027-01-22")
    out = tmp_path / "file.csv"
    done = run("record", "ethics", *paths, *words, "--out", out)
    assert done.code == 0, done.err
    rows = pd.read_csv(out, encoding="utf-8-sig")
    assert rows[["teacher_id", "answers", "complaints"]].to_numpy().tolist() == [["T1", 6, 6]]
    assert "came late" not in out.read_text("utf-8-sig")
    assert "S1" not in out.read_text("utf-8-sig")
    few = run("record", "ethics", *paths[:4], *words, "--out", out)
    assert "too few answers for: 1" in few.out
    assert pd.read_csv(out, encoding="utf-8-sig")["answers"].isna().all()
    assert "recommended" in run("record", "ethics", *paths, *words[2:], "--out", out).err
    analysed = fill("visit_analysis", {"student_id": "S1", "analysis": "reads at home"})
    other = reports.write_form(analysed, tmp_path / "o.xlsx", "zh")
    assert "visit_analysis" in run("record", "ethics", *other, *words, "--out", out).err


def form(do: Doing, name: str, *words: object) -> Any:
    """Fill a form from the casebook."""
    return do.run("record", "form", name, "--book", do.book, *KEYS, *words)


def test_blank_forms_and_their_list(run: Callable, tmp_path: Path) -> None:
    """Every form is listed; a blank copy needs neither casebook nor passphrase."""
    said = run("record", "form")
    assert said.code == 0
    assert "persuasion_record" in said.out
    assert run("record", "form", "persuasion_record", "--out", tmp_path / "o").code == 0
    assert sorted(path.suffix for path in (tmp_path / "o").iterdir()) == [".docx", ".html", ".xlsx"]


def test_names_on_a_form_only_when_asked_for(do: Doing, roll: Path, tmp_path: Path) -> None:
    """A form for others holds numbers; with --names it holds the name and telephone as well."""
    from visitkit import load

    school = load.read_school(roll, lenient=True)
    known = school.guardians.dropna(subset=["phone", "name"])
    number = str(known.iloc[0]["student_id"])
    name = str(school.students.set_index("student_id").loc[number, "name"])
    visited(do, tmp_path, number)
    words = (
        "--teacher",
        "T1",
        "--tables",
        roll,
        "--as",
        "html",
        "--purpose",
        "visits",
        "--to",
        "T1",
    )
    for more, there in (((), False), (("--names",), True)):
        out = tmp_path / f"named-{there}"
        said = form(do, "home_visit_plan", *words, *more, "--out", out)
        assert said.code == 0, said.err
        page = next(out.iterdir()).read_text("utf-8")
        assert number in page
        assert (name in page) is there
        assert (str(known.iloc[0]["phone"]) in page) is there
    nobody = form(do, "home_visit_plan", *words[2:], "--out", tmp_path / "x")
    assert "Say what the form is about" in nobody.err


def test_what_leaves_has_no_names_and_is_written_down(
    do: Doing, roll: Path, tmp_path: Path
) -> None:
    """Pseudonyms in place of numbers, the export in the trail, counts with small ones hidden."""
    matter(do)
    words = ("--purpose", "a study", "--to", "the university")
    said = do(
        "share", "--what", "cases,students", "--tables", roll, "--out", tmp_path / "o", *words
    )
    assert said.code == 0, said.err
    cases = pd.read_csv(tmp_path / "o" / "cases.csv", dtype=str)
    roll_out = pd.read_csv(tmp_path / "o" / "students.csv", dtype=str)
    assert "S0412" not in cases.to_csv()
    assert "name" not in roll_out.columns
    logged = json.loads(do("audit", "--action", "export", "--role", "principal", "--json").out)
    assert logged[-1]["detail"]["recipient"] == "the university"
    count = ("--count", "students:sex", "--counts-only", "--what", "students", "--tables", roll)
    said = do("share", *count, *words, "--out", tmp_path / "c", "--least", "10")
    assert said.code == 0, said.err
    assert (tmp_path / "c" / "students_by_sex.csv").is_file()
    assert not (tmp_path / "c" / "students.csv").exists()
    small = do("share", *count, *words, "--out", tmp_path / "d", "--least", "2")
    assert small.code == 2
    assert not (tmp_path / "d").exists()


def test_outcomes_leave_only_as_a_panel_without_names(
    do: Doing, roll: Path, tmp_path: Path
) -> None:
    """A row a student and month, under pseudonyms."""
    words = (
        "--tables",
        roll,
        "--measure",
        "absence_days",
        "--by",
        "month",
        "--as-of",
        "2026-10-30",
    )
    said = do("outcomes", *words, "--out", tmp_path / "o", "--purpose", "study", "--to", "us")
    assert said.code == 0, said.err
    panel = pd.read_csv(tmp_path / "o" / "panel.csv")
    assert {"student_id", "period", "absence_days", "visited"} <= set(panel.columns)
    assert len(panel) > 40


def test_history_is_written_for_next_term(do: Doing, tmp_path: Path) -> None:
    """The tables that screening and planning take up, logged before they are written."""
    visited(do, tmp_path)
    words = ("--as-of", "2027-01-01", "--purpose", "next term", "--to", "office")
    assert do("history", *words, "--out", tmp_path / "h").code == 0
    names = {path.stem for path in (tmp_path / "h").iterdir()}
    assert {"visits", "interventions", "told", "matters", "persuasion", "returns"} <= names


def test_what_is_remembered_leaves_without_formulas(tmp_path: Path) -> None:
    """A cell that a spreadsheet would run as a formula gets an apostrophe before it."""
    write = _writer(pd.DataFrame({"student_id": ["S0412"], "reason": ["=HYPERLINK(1)"]}))
    write(tmp_path / "visits.csv")
    assert "\nS0412,'=HYPERLINK(1)" in (tmp_path / "visits.csv").read_text("utf-8-sig")


def test_programs_get_json_and_nothing_else(do: Doing) -> None:
    """Steps, cases, files and the trail are JSON where a program asks, and nothing else."""
    case = matter(do)
    for words in (
        ("steps", "--case", case),
        ("steps", "--kind", "visit"),
        ("case", case),
        ("file", "S0412", "--purpose", "x"),
        ("list",),
        ("audit",),
        ("retention",),
        ("open",),
    ):
        said = do(*words, "--json")
        json.loads(said.out)
        assert said.err == "", words


def test_a_look_does_not_wait_for_other_rooms(tmp_path: Path) -> None:
    """Reading the due list does not wait for screening, forms or the solver to be imported."""
    code = (
        "import sys; from visitkit.cli import main; main(['record', 'due', 'x', '--who', 'T1',"
        " '--role', 'head_teacher']);"
        "print(sorted(m for m in sys.modules if m in {'sklearn', 'visitkit.plan', 'docx'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
