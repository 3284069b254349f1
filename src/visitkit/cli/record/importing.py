"""``visitkit record import``: filled workbooks into the casebook, a file whole or not at all."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from visitkit.cli.console import Console
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, take, take_json
from visitkit.cli.record.facts import read_moment
from visitkit.cli.record.opening import casebook, take_book
from visitkit.cli.record.telling import Names, entry_json, plain, print_json, tell_entries
from visitkit.errors import StoreError
from visitkit.record import CaseStore, Entry, cases
from visitkit.record.cases.moments import moment_of
from visitkit.record.forms import FilledForm, fill, read_form
from visitkit.record.forms.keeping import Taking, keep
from visitkit.record.forms.parts import Part, parts_of, silent_rows
from visitkit.record.forms.sheets import SHEET

#: Facts that say when a step was taken, where the form itself does not.
_WHEN = ("end", "time")


def _arguments(parser: Parser) -> None:
    take_book(parser)
    take(parser, "files", said="form_files", metavar="FILE", nargs="+")
    take(parser, "--case", said="import_case", metavar="CASE", default="")
    take(parser, "--kind", said="import_kind", metavar="KIND", default="")
    take(parser, "--step", said="import_step", metavar="STEP", default="")
    take(parser, "--at", said="at", metavar="MOMENT")
    take(parser, "--dry-run", said="import_dry_run", action="store_true")
    take_json(parser)


def _import(args: argparse.Namespace, console: Console) -> int:
    """Take filled forms over; 1 when one needs a person, and nothing of that one is taken.

    A dry run looks at each form by itself, as the casebook stands. That it was opened, and what
    was looked at, is written down even then.
    """
    if args.case and len(args.files) > 1:
        raise UsageError("cli_record.wrong.one_file", prog=f"{PROG} import")
    wish = Taking(args.kind, args.step, args.case, at=read_moment("--at", args.at))
    told: list[dict[str, object]] = []
    needs_person = False
    with casebook(args, console) as store:
        for file in args.files:
            try:
                taken = _take_file(store, Path(file), wish, write=not args.dry_run)
            except StoreError as error:
                needs_person = True
                told.append({"file": file, "error": str(error)})
                console.complain(f"{file}: {error}")
                continue
            needs_person |= bool(taken.other)
            told.append({"file": file, "dry_run": args.dry_run, **_as_json(taken)})
            if not args.json:
                _tell(store, (file, args.dry_run), taken, console)
    if args.json:
        print_json(console, told)
    return int(needs_person)


@dataclass(frozen=True)
class _Taken:
    """What was written down from a form.

    Parameters
    ----------
    entries
        The new entries.
    known
        How many steps the casebook had already, just so.
    other
        Steps the casebook had already, with other facts; they were left as they are.
    left_out
        Rows that say too little to be written down, with their students.
    """

    entries: Sequence[Entry]
    known: int
    other: Sequence[str]
    left_out: Sequence[tuple[int, str]] = ()


def _as_json(taken: _Taken) -> dict[str, object]:
    entries = [entry_json(one) for one in taken.entries]
    left = [{"row": place, "student_id": student} for place, student in taken.left_out]
    return {
        "known": taken.known,
        "other": list(taken.other),
        "left_out": left,
        "entries": entries,
    }


def _tell(store: CaseStore, what: tuple[str, bool], taken: _Taken, console: Console) -> None:
    file, dry_run = what
    done = "cli_record.import.would" if dry_run else "cli_record.import.done"
    console.say(done, "strong", file=file, number=len(taken.entries))
    if taken.known:
        console.say("cli_record.import.known", number=taken.known)
    for step in taken.other:
        console.say("cli_record.import.other", "notice", step=step)
    if taken.left_out:
        rows = ", ".join(f"{place} {plain(student)}".strip() for place, student in taken.left_out)
        console.say("cli_record.import.left_out", "notice", rows=rows)
    tell_entries(taken.entries, store.book.rules.policy, Names(), console, case=True)


def _take_file(store: CaseStore, path: Path, wish: Taking, *, write: bool) -> _Taken:
    """Take one form over, whole or not at all; or only tell what would be taken."""
    form, values = read_form(path)
    filled = fill(form, values)
    kind = wish.kind or next(iter(filled.definition.steps), "").partition(".")[0]
    if not kind:
        raise StoreError("cli_record.wrong.form_no_step")
    case_id = wish.case_id or str(values.get("case_id") or "")
    before = _before(store, case_id) if case_id else ()
    student = str(values.get("student_id") or "") or (before[0].student_id if before else "")
    parts = parts_of(filled, store.book.rules.policy, kind, wish.step)
    known = [one for one in parts if _known(one, before)]
    rest = [one for one in parts if one not in known]
    left = silent_rows(filled, store.book.rules.policy, kind)
    if parts and not rest:
        return _Taken((), len(known), (), left)
    at = wish.at or min(_moments(rest), default=None)
    taking = replace(wish, kind=kind, case_id=case_id, student_id=student or "", at=at)
    taking = replace(taking, purpose=wish.purpose or f"{PROG} import")
    entries = keep(store, _without(filled, known), taking, write=write)
    taken = {one.step for one in entries}
    there = {one.step for one in before}
    other = dict.fromkeys(
        one.draft.step for one in rest if one.draft.step in there and one.draft.step not in taken
    )
    return _Taken(entries, len(known), tuple(other), left)


def _before(store: CaseStore, case_id: str) -> Sequence[Entry]:
    """Return the entries of a case as they hold; none where it may be written to and not read."""
    try:
        return cases.corrected(store.case(case_id, f"{PROG} import"))
    except StoreError as error:
        if error.key == "record.no_access":
            return ()
        raise


def _known(part: Part, before: Sequence[Entry]) -> bool:
    """Tell whether the casebook has a step of a form already, just so."""
    draft = part.draft
    return any(
        one.step == draft.step
        and draft.at in (None, one.at)
        and _plain(one.facts) == _plain(draft.facts)
        for one in before
    )


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    """Return facts with moments as moments, so that two writings of one are equal."""
    return {
        name: moment_of(value) or (list(value) if isinstance(value, tuple) else value)
        for name, value in facts.items()
        if name != SHEET
    }


def _without(filled: FilledForm, known: Sequence[Part]) -> FilledForm:
    """Return a form without the rows of tables that the casebook has already."""
    content = dict(filled.content)
    for part in known:
        for name, rows in part.sheet.items():
            whole = content.get(name)
            if isinstance(whole, tuple) and isinstance(rows, tuple) and len(rows) == 1:
                content[name] = tuple(row for row in whole if row != rows[0])
    left = {name: value for name, value in content.items() if value != ()}
    return FilledForm(filled.form, left)


def _moments(parts: Sequence[Part]) -> Iterator[dt.datetime]:
    """Yield the past moments that the facts tell of: a visit is told after it ended."""
    for part in parts:
        for name in _WHEN:
            moment = moment_of(part.draft.facts.get(name))
            if moment is not None and moment <= dt.datetime.now(dt.UTC):
                yield moment


ACTIONS = {"import": Action(_arguments, _import)}
