"""Forms: which there are, blank copies, and copies filled with what the casebook knows."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from visitkit import reports
from visitkit.cli.console import Console, table
from visitkit.cli.parser import Parser, UsageError
from visitkit.cli.record.action import PROG, Action, take
from visitkit.cli.record.facts import date_or_none
from visitkit.cli.record.opening import casebook, take_keys, take_who
from visitkit.cli.record.telling import read_tables
from visitkit.load import School
from visitkit.record import CaseStore, Entry
from visitkit.record.forms import FORMS, About, FilledForm, Form, fill, form_named, values_from
from visitkit.record.forms import words as say
from visitkit.reports.forms import KINDS

#: Columns of the school's tables that a form shows only where names were asked for.
_PERSONAL = frozenset({"name", "phone", "address"})


def _arguments(parser: Parser) -> None:
    take(parser, "form", said="form", metavar="FORM", nargs="?")
    take(parser, "--out", said="form_out", metavar="DIR")
    take(parser, "--as", said="form_kinds", metavar="KINDS", dest="kinds", default="docx,xlsx,html")
    take(parser, "--book", said="form_book", metavar="BOOK")
    take(parser, "--case", said="form_case", metavar="CASE")
    take(parser, "--student", said="form_student", metavar="NUMBER")
    take(parser, "--class", said="form_class", metavar="CLASS", dest="class_id")
    take(parser, "--teacher", said="form_teacher", metavar="NUMBER")
    take(parser, "--as-of", said="form_as_of", metavar="DATE")
    take(parser, "--purpose", said="purpose", metavar="WORDS", default="")
    take(parser, "--to", said="recipient", metavar="WHOM", default="")
    take(parser, "--tables", said="tables", metavar="PATH")
    take(parser, "--names", said="names", action="store_true")
    take_who(parser)
    take_keys(parser)


def _form(args: argparse.Namespace, console: Console) -> int:
    """List the forms, or write one, blank or filled."""
    if args.form is None:
        _tell_forms(console)
        return 0
    form = form_named(args.form)
    if not args.out:
        raise UsageError("cli.wrong.missing", prog=f"{PROG} form", name="--out")
    kinds = [one.strip() for one in args.kinds.split(",") if one.strip()]
    wrong = [one for one in kinds if one not in KINDS]
    if wrong or not kinds:
        raise UsageError("cli_record.wrong.form_kinds", allowed=", ".join(KINDS))
    if args.book is None:
        files = reports.write_blank(form.name, args.out, console.lang, kinds)
    else:
        files = reports.write_form(_filled(form, args, console), args.out, console.lang, kinds)
    for path in files:
        console.print(f"  {path}")
    if args.book is not None:
        console.print(say.shown(form, console.lang), "notice")
    return 0


def _tell_forms(console: Console) -> None:
    rows = [[str(one.number), one.name, say.title(one, console.lang)] for one in FORMS.values()]
    headers = [console.words(f"cli_record.column.{name}") for name in ("number", "form", "title")]
    for line in table(headers, rows, numbers=(0,), columns=console.columns):
        console.print(line)
    console.say("cli_record.form.how", "quiet")


def _filled(form: Form, args: argparse.Namespace, console: Console) -> FilledForm:
    """Fill a form from the casebook; that it leaves the casebook is written down before."""
    school = read_tables(args.tables)
    day = date_or_none("--as-of", args.as_of)
    about = About(args.student or "", args.class_id or "", args.teacher or "", args.case or "", day)
    with casebook(args, console) as store:
        wanted = _Wanted(store, about, school, args.purpose)
        entries = wanted.entries()
        told = values_from(form, entries, school if args.names else _without_names(school), about)
        filled = fill(form, told, unfinished=True)
        students = {one.student_id for one in entries if one.student_id}
        number = max(len(students), int(bool(about.student_id)))
        store.log_export(form.name, purpose=args.purpose, recipient=args.to, students=number)
    return filled


def _without_names(school: School | None) -> School | None:
    """Return a school whose tables hold no names, telephones and addresses."""
    if school is None:
        return None
    kept = {name: frame.copy() for name, frame in school.tables.items()}
    for frame in kept.values():
        for column in _PERSONAL & set(frame.columns):
            frame[column] = pd.Series(pd.NA, index=frame.index, dtype=frame[column].dtype)
    return School(kept, school.calendar)


@dataclass(frozen=True)
class _Wanted:
    """Which entries go into a form."""

    store: CaseStore
    about: About
    school: School | None
    purpose: str

    def entries(self) -> Sequence[Entry]:
        """Return the entries of the case, the student, or of all cases of a class or teacher."""
        about = self.about
        if about.case_id:
            return self.store.case(about.case_id, self.purpose)
        if about.student_id:
            return self.store.file(about.student_id, self.purpose).entries
        if not about.class_id and not about.teacher_id:
            raise UsageError("cli_record.wrong.form_about", prog=f"{PROG} form")
        found = self.store.cases()
        cases = zip(found["case_id"], found["student_id"], strict=True)
        wanted = [str(case_id) for case_id, student in cases if self._in_class(student)]
        read = [self.store.case(case_id, self.purpose) for case_id in wanted]
        return [one for each in read if self._of_teacher(each) for one in each]

    def _in_class(self, student: object) -> bool:
        if not self.about.class_id:
            return True
        if self.school is None:
            raise UsageError("cli_record.wrong.class_needs_tables")
        roll = self.school.students
        return student in set(roll.loc[roll["class_id"] == self.about.class_id, "student_id"])

    def _of_teacher(self, entries: Sequence[Entry]) -> bool:
        teacher = self.about.teacher_id
        return not teacher or any(
            teacher == one.actor or teacher in _people(one.facts.get("visitors")) for one in entries
        )


def _people(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


ACTIONS = {"form": Action(_arguments, _form)}
