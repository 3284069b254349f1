"""Three made-up students followed for a school year; what one step writes the next one reads.

One is absent three days without a reason and comes back after the second round of persuasion; one
fills in a questionnaire on a Friday afternoon that is void and holds a critical answer; one lives
with a grandmother while the parents work far away and gets an agent parent. Only public commands
and functions are used; the clock of the casebook goes along with the story.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from visitkit import load, plan, policy, record, reports, review
from visitkit.calendar import Calendar
from visitkit.cli import main
from visitkit.load import School
from visitkit.record.forms import About, fill, read_form, values_from
from visitkit.record.forms.keeping import Taking, keep
from visitkit.sample import make_school, write_school
from visitkit.screen import indicators
from visitkit.screen.alerts import alerts
from visitkit.screen.register import left_behind, register

pytestmark = pytest.mark.filterwarnings("ignore::visitkit.record.StoreWarning")

RULES = policy.read_policy("recommended")
KEY, PSYCH = ("a1" * 32, "b2" * 32)
KEYS = record.Keys(bytes.fromhex(KEY), bytes.fromhex(PSYCH))
Facts = Mapping[str, object]
ZONE = dt.timezone(dt.timedelta(hours=8))

FRIDAY = "2026-10-30"
MONDAY = "2026-11-02"
NEXT_TERM = "2027-03-05"


def at(wall: str) -> dt.datetime:
    """Return what the clock on the school's wall shows as a moment in UTC."""
    return dt.datetime.fromisoformat(wall).replace(tzinfo=ZONE).astimezone(dt.UTC)


def iso(wall: str) -> str:
    """Return the same as the casebook writes a moment."""
    return dt.datetime.fromisoformat(wall).replace(tzinfo=ZONE).isoformat(timespec="minutes")


@dataclass
class Year:
    """The school, its casebook, and who works with it when.

    Attributes
    ----------
    folder
        Where the workbook, the casebook and the papers lie.
    students
        Name of a story to the number of its student.
    found
        What one step leaves for the next: numbers of cases, tables.
    """

    folder: Path
    students: dict[str, str]
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def workbook(self) -> Path:
        """The tables of the school as it keeps them."""
        return self.folder / "school"

    @property
    def book(self) -> Path:
        """The casebook."""
        return self.folder / "casebook"

    def tell_all(self, case: str, by: tuple[str, str], *told: tuple[str, str, Facts]) -> None:
        """Write several steps of a case down, each when it happened."""
        with self.open(told[-1][1], *by) as store:
            first = store.case(case, "to go on with it")[0]
            about = (first.kind, first.student_id)
            store.add_many(
                [
                    record.Entry(case, about[0], step, about[1], at(wall), *by, facts)
                    for step, wall, facts in told
                ]
            )

    @contextmanager
    def open(self, wall: str, actor: str, role: str) -> Iterator[record.CaseStore]:
        """Open the casebook at a time of the story."""
        now = at(wall)
        opened = record.open_store(self.book, KEYS, actor=actor, role=role, clock=lambda: now)
        with opened as store:
            yield store

    def tell(self, case: str, step: str, wall: str, by: tuple[str, str], **facts: object) -> None:
        """Write a step of a case down, by somebody in a role, when it happened."""
        self.tell_all(case, by, (step, wall, facts))

    def owed(self, case: str, wall: str) -> dict[str, str]:
        """Return what a case owes at a moment: what, by whom and by when."""
        with self.open(wall, "T00", "counsellor") as store:
            table = store.due(at(wall))
        rows = table[table["case_id"] == case]
        return {
            row["what"]: row["by"]
            if pd.isna(row["due"])
            else f"{row['by']} {row['due']:%m-%d %H:%M}"
            for row in rows.to_dict("records")
        }

    def late(self, case: str, wall: str) -> set[str]:
        """Return what of a case is overdue at a moment."""
        with self.open(wall, "T00", "counsellor") as store:
            table = store.due(at(wall))
        return set(table.loc[(table["case_id"] == case) & table["overdue"], "what"])

    def state(self, case: str, wall: str) -> str:
        """Return where a case stands."""
        with self.open(wall, "T00", "counsellor") as store:
            table = store.cases()
        return str(table.set_index("case_id").loc[case, "state"])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A school in files and an empty casebook with its rules and its calendar."""
    folder = tmp_path_factory.mktemp("year")
    made = make_school(11, 60)
    write_school(made, folder / "school")
    school = load.read_school(folder / "school")
    record.new_store(
        folder / "casebook", KEYS, school="Made-up School", policy=RULES, calendar=school.calendar
    )
    names = {"away": "absent_three_days", "sheet": "void_critical", "alone": "left_behind_able"}
    told = Year(folder, {name: made.journeys[story] for name, story in names.items()})
    told.found["school"] = school
    return told


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Run a command in English; give the keys by the environment."""
    monkeypatch.setenv("VISITKIT_LANG", "en")
    monkeypatch.setenv("JOURNEY_PEOPLE", f"x'{KEY}'")
    monkeypatch.setenv("JOURNEY_PSYCH", f"x'{PSYCH}'")

    def run(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        assert code in {0, 1}, said.err
        return code, said.out

    return run


def keys(who: str, role: str) -> tuple[str, ...]:
    """Return the options that open the casebook as somebody."""
    words = ("--key", "env:JOURNEY_PEOPLE", "--psych-key", "env:JOURNEY_PSYCH")
    return (*words, "--who", who, "--role", role)


def head_of(school: School, student: str) -> str:
    """Return the head teacher of a student."""
    roll = school.students.set_index("student_id")
    teachers = school.teachers.set_index("homeroom_class")["teacher_id"]
    return str(teachers.loc[roll.loc[student, "class_id"]])


def with_role(school: School, role: str) -> str:
    """Return the first teacher with a role."""
    found = school.teachers[school.teachers["roles"].str.split(";").map(lambda one: role in one)]
    return str(found["teacher_id"].iloc[0])


def test_01_the_workbook_is_clean(year: Year, command: Callable) -> None:
    """The school's own tables are read without a fault."""
    code, told = command("check", year.workbook)
    assert code == 0
    assert "No faults were found" in told


def test_02_screening_puts_both_first(year: Year, command: Callable) -> None:
    """On Friday both students with an alert stand at the top, whatever their index says."""
    out = year.folder / "screened"
    code, told = command("screen", year.workbook, "--as-of", FRIDAY, "--out", out, "--json")
    assert code == 1  # an alert of Wednesday waits already
    rows = {row["student_id"]: row for row in json.loads(told)["caseload"]}
    assert rows[year.students["away"]]["tier"] == rows[year.students["sheet"]]["tier"] == "priority"
    found = pd.read_csv(out / "alerts.csv", dtype=str, encoding="utf-8-sig")
    year.found["alerts"] = found
    mine = found.groupby("student_id")["rule"].agg(set)
    assert "unexcused_run" in mine[year.students["away"]]
    assert "critical_item" in mine[year.students["sheet"]]


def test_03_alerts_become_duties_with_a_clock(year: Year) -> None:
    """The register tells who does what by when: the talk today, the report within a day."""
    school: School = year.found["school"]
    table = register(school, RULES, FRIDAY)
    mine = table[table["student_id"] == year.students["sheet"]].set_index("what")["due"]
    assert mine["second_stage_talk"] == pd.Timestamp("2026-10-30 15:50")
    assert mine["written_crisis_report"] == pd.Timestamp("2026-10-31 08:00")
    away = table[table["student_id"] == year.students["away"]].set_index("what")["due"]
    assert away["verify_and_report"] == pd.Timestamp("2026-10-31 08:00")
    owed = plan.duties(school, RULES, FRIDAY, alerts(school, RULES, FRIDAY))
    rules = set(owed.loc[owed["student_id"] == year.students["away"], "rule"])
    assert {"persuasion.round.1", "immediate.unexcused_visit"} <= rules


def test_04_the_alert_of_absence_opens_a_case(year: Year) -> None:
    """What screening wrote is the first entry; parents, report and round 1 are owed at once."""
    school: School = year.found["school"]
    rows = year.found["alerts"]
    row = rows[(rows["student_id"] == year.students["away"]) & (rows["rule"] == "unexcused_run")]
    head = head_of(school, year.students["away"])
    with year.open("2026-10-30 08:10", head, "head_teacher") as store:
        told = record.take_alerts(store, row, at=at("2026-10-30 08:10"))
        (entry,) = store.case(told["case_id"].item())
    away = school.table("attendance").query("status == 'unexcused'")
    days = away.loc[away["student_id"] == year.students["away"], "date"]
    run = sorted(days[days <= FRIDAY])[-3:]
    assert (run[-1], entry.facts["since"]) == (pd.Timestamp(FRIDAY), f"{run[0]:%Y-%m-%d}")
    case = year.found["away"] = entry.case_id
    owed = year.owed(case, "2026-10-30 08:15")
    assert owed["contact_parents"] == "head_teacher 10-30 09:40"
    assert owed["report_absence:moral_office"] == "head_teacher 10-31 08:00"  # as the register says
    assert owed["round:1"].startswith("head_teacher")
    assert not year.late(case, "2026-10-30 08:15")
    assert "contact_parents" in year.late(case, "2026-10-30 10:00")


ROUND = {
    "talk": "why school is worth it", "parent_feedback": "grandfather was ill",
    "promises": "a talk with the uncle",
}  # fmt: skip


def test_05_contact_report_and_a_first_round_that_fails(year: Year) -> None:
    """Each step takes away what it answers, and the next clock starts."""
    case, head = year.found["away"], head_of(year.found["school"], year.students["away"])
    by = (head, "head_teacher")
    told = {"reached": True, "channel": "phone", "content": "at home, does not want to come"}
    year.tell(case, "contact_parents", "2026-10-30 09:20", by, **told)
    year.tell(case, "report_absence", "2026-10-30 11:00", by, to=["moral_office"])
    owed = year.owed(case, "2026-10-30 11:05")
    assert "contact_parents" not in owed
    assert "report_absence:vice_principal" in owed
    facts = {
        **ROUND, "number": 1, "form": "phone", "roles": ["head_teacher"], "result": "not_yet",
        "time": iso("2026-10-30 16:30"), "place": "by telephone",
        "people": ["head teacher", "mother"], "signatures": ["head teacher"],
    }  # fmt: skip
    year.tell(case, "round", "2026-10-30 16:40", by, **facts)
    assert year.owed(case, "2026-10-30 16:45")["round:2"] == "vice_principal 11-02 15:50"


def test_06_the_void_sheet_opens_a_crisis_on_friday_afternoon(year: Year) -> None:
    """A void sheet still speaks; the talk, the telephone and the level are owed at once."""
    school: School = year.found["school"]
    student = year.students["sheet"]
    rows = year.found["alerts"]
    row = rows[(rows["student_id"] == student) & (rows["rule"] == "critical_item")]
    counsellor = year.found["counsellor"] = with_role(school, "counsellor")
    with year.open("2026-10-30 16:30", counsellor, "counsellor") as store:
        told = record.take_alerts(store, row, at=at("2026-10-30 16:30"))
    case = year.found["sheet"] = told["case_id"].item()
    owed = year.owed(case, "2026-10-30 16:30")
    assert owed["second_stage_talk"] == "counsellor 10-30 16:30"
    assert {"phone_counselling_room", "written_crisis_report", "level"} <= owed.keys()
    # who has no right to it does not even see that there is a case
    with year.open("2026-10-30 16:31", head_of(school, student), "subject_teacher") as store:
        assert "crisis" not in set(store.cases()["kind"])


def test_07_the_talk_finds_thoughts_of_dying_and_the_watch_begins(year: Year) -> None:
    """Whole hours day and night; a weekend is no reason; all stands on the written report."""
    case, by = year.found["sheet"], (year.found["counsellor"], "counsellor")
    year.tell(case, "phone_counselling_room", "2026-10-30 16:35", by, to=by[0])
    talk = {"ideation": True, "content": "talked in the counselling room"}
    year.tell(case, "second_stage_talk", "2026-10-30 17:00", by, **talk)
    owed = year.owed(case, "2026-10-30 17:00")
    assert {"act:safe_place_now", "act:full_watch", "act:written_opinion"} <= owed.keys()
    level = {"level": "crisis-a:general", "facts": ["screened"], "reason": "found by screening"}
    year.tell(case, "level", "2026-10-30 17:05", by, **level)
    year.tell(case, "act", "2026-10-30 17:06", by, act="safe_place_now")
    shifts = [f"2026-10-{30 + hours // 24} {hours % 24:02}:00" for hours in (17, 25, 33, 41)]
    roster = {
        "watchers": [by[0], with_role(year.found["school"], "moral_office"), "T01"],
        "starts": [iso(one) for one in shifts[:3]],
        "ends": [iso(one) for one in shifts[1:]],
        "places": ["counselling room"] * 3,
    }
    year.tell(case, "full_watch", "2026-10-30 17:10", by, **roster)
    year.tell(case, "contact_parents", "2026-10-30 17:20", by, content="asked to come at once")
    written = {"report": "what was found and done", "to": ["counsellor", "leading_group"]}
    year.tell(case, "written_crisis_report", "2026-10-31 09:00", by, **written)
    owed = year.owed(case, "2026-10-31 09:01")
    assert owed["watch_goes_on"].endswith("10-31 17:00")
    assert not owed.keys() & {"written_crisis_report", "act:full_watch", "second_stage_talk"}


def test_08_the_plan_of_the_day_knows_what_was_tried(year: Year, command: Callable) -> None:
    """Planning reads the casebook: round 1 is done, so round 2 with three roles is asked for."""
    out = year.folder / "planned"
    words = ("--start", MONDAY, "--days", 1, "--seconds", 4, "--out", out)
    who = keys("T02", "principal")
    command("plan", year.workbook, *words, "--casebook", year.book, *who, "--json")
    visits, left = (
        pd.read_csv(out / name, dtype=str, encoding="utf-8-sig")
        for name in ("visits.csv", "unassigned.csv")
    )
    duties = ";".join([*visits["duty"], *left["duty"]])
    assert f"persuasion.round.2@{FRIDAY}" in duties
    assert f"persuasion.round.1@{FRIDAY}" not in duties
    mine = visits[visits["student_id"] == year.students["away"]]
    # one visit answers both: the round, and the visit at once that the alert asks for
    assert len(mine) == 1
    assert all(one in mine["duty"].iloc[0] for one in ("persuasion.round.2", "immediate."))
    # as many as the round names: vice-principal, moral-education office, head teacher
    crew = mine["visitors"].iloc[0].split(";")
    assert len(crew) == len(RULES["persuasion.round.2.roles"])
    assert head_of(year.found["school"], year.students["away"]) in crew
    year.found["visits"], year.found["crew"] = visits, mine["visitors"].iloc[0].split(";")


def test_09_the_plan_goes_into_the_casebook(year: Year) -> None:
    """Every visit is a case that waits; the same plan twice changes nothing."""
    with year.open("2026-11-02 08:30", "T02", "principal") as store:
        first = store.schedule(year.found["visits"])
        again = store.schedule(year.found["visits"])
    assert set(first["action"]) == {"planned"}
    assert set(again["action"]) == {"kept"}
    assert len(first) == len(year.found["visits"])
    mine = first[first["student_id"] == year.students["away"]].iloc[0]
    case = year.found["visit"] = str(mine["case_id"])
    year.found["start"] = mine["start"]
    owed = year.owed(case, "2026-11-02 08:31")
    assert owed.keys() == {"appoint", "report_before", "visit"}


def test_10_the_visit_is_made_and_reported(year: Year) -> None:
    """Agreed, told before leaving, made together with the office, all back: clock after clock."""
    case, head = year.found["visit"], head_of(year.found["school"], year.students["away"])
    by, start = (head, "head_teacher"), year.found["start"]
    end = start + dt.timedelta(minutes=50)
    told = {"with_whom": "mother", "channel": "phone"}
    times = {"agreed_start": iso(str(start)), "agreed_end": iso(str(end))}
    year.tell(case, "appoint", "2026-11-02 09:00", by, **told, **times)
    leaving = str(start - dt.timedelta(minutes=30))
    out = {
        "to": "grade_leader", "phone_reachable": True, "licensed_vehicle": True,
        "who": "three teachers", "where": "at home", "when": "this afternoon",
    }  # fmt: skip
    year.tell(case, "report_before", leaving, by, **out)
    assert "report_after" in year.owed(case, leaving)
    people = year.found["crew"]
    made = {
        "form": "home", "start": iso(str(start)), "end": iso(str(end)),
        "visitors": people, "student_present": True, "present": ["mother"],
    }  # fmt: skip
    year.tell(case, "visit", str(end), by, **made)
    assert year.late(case, str(end + dt.timedelta(minutes=40))) == {"report_after"}
    back = str(end + dt.timedelta(minutes=20))
    year.tell(case, "report_after", back, by, to="grade_leader", all_well=True)
    owed = year.owed(case, str(end + dt.timedelta(minutes=40)))
    assert "report_after" not in owed
    assert owed["record"].startswith(year.found["crew"][0])
    year.found["made"] = (start, end)


def test_11_the_record_is_written_on_its_form(year: Year) -> None:
    """The casebook fills the workbook, the visitor the rest; read back, it is the record."""
    case, student = year.found["visit"], year.students["away"]
    school: School = year.found["school"]
    writer = year.found["crew"][0]
    evening = "2026-11-02 20:00"
    with year.open(evening, writer, "subject_teacher") as store:
        entries = store.case(case)
        known = values_from("visit_record", entries, school, About(student, case_id=case))
        written = {
            "focus": "coming back to school", "content": "what school is like for the child",
            "parent_feedback": "glad that somebody came", "problem_solved": "a way to school",
            "next_steps": "a talk every week", "next_date": "2026-11-16", "needs_school": False,
            "teacher_signature": "signed",
        }  # fmt: skip
        paper = reports.write_form(
            fill("visit_record", known | written), year.folder / "record.xlsx", "en"
        )
        form, values = read_form(paper[0])
        taken = keep(store, fill(form, values), Taking("visit", "record", case, student))
    assert [one.step for one in taken] == ["record"]
    assert taken[0].facts["focus"] == "coming back to school"
    owed = year.owed(case, evening)
    assert "record" not in owed
    assert owed["follow_up"] == f"{writer} 11-16 23:59"


def test_12_the_second_round_brings_the_child_back(year: Year) -> None:
    """Round 2 was overdue for an hour; once it is told, the return and its tracker follow."""
    case, student = year.found["away"], year.students["away"]
    school: School = year.found["school"]
    deputy, head = with_role(school, "vice_principal"), head_of(school, student)
    start, end = year.found["made"]
    assert "round:2" in year.late(case, "2026-11-02 15:51")
    facts = {
        **ROUND, "number": 2, "form": "home", "result": "will_return", "time": iso(str(start)),
        "roles": ["vice_principal", "moral_office", "head_teacher"], "place": "at home",
        "people": ["vice-principal", "head teacher", "mother", "the child"],
        "signatures": ["vice-principal", "mother"],
    }  # fmt: skip
    year.tell(case, "round", str(end), (deputy, "vice_principal"), **facts)
    up = {"to": ["vice_principal", "principal"]}
    year.tell(case, "report_absence", "2026-11-02 18:30", ("T08", "moral_office"), **up)
    back = {"returned_on": "2026-11-03", "tracker": head, "next_date": "2026-11-10"}
    year.tell(case, "back", "2026-11-03 08:00", (head, "head_teacher"), **back)
    assert year.owed(case, "2026-11-03 08:01") == {
        "return_plan": head, "track": f"{head} 11-10 23:59",
    }  # fmt: skip
    plan_parts = dict.fromkeys(RULES["return.plan_parts"], "as agreed")
    year.tell(case, "return_plan", "2026-11-03 12:00", (head, "head_teacher"), **plan_parts)
    with year.open("2026-11-03 12:01", head, "head_teacher") as store:
        entries = store.case(case)
        known = values_from("persuasion_record", entries, school)
        files = reports.write_form(fill("persuasion_record", known), year.folder / "o", "zh")
    assert known["number"] == 2
    assert {path.suffix for path in files} == {".docx", ".xlsx", ".html"}


def test_13_the_visit_is_followed_up_and_the_child_tracked(year: Year) -> None:
    """Through the winter nothing is late at the end of any week; in January all is settled."""
    away, visit = year.found["away"], year.found["visit"]
    head = head_of(year.found["school"], year.students["away"])
    by = (head, "head_teacher")
    topics = list(RULES["return.settle"])
    for week in range(8):
        day = dt.date(2026, 11, 10) + dt.timedelta(weeks=week)
        more = {"next_date": (day + dt.timedelta(weeks=1)).isoformat()} if week < 7 else {}
        told = {"topics": topics, "content": "doing well"}
        year.tell(away, "track", f"{day} 16:00", by, **told, **more)
        if week in {0, 3, 7}:
            assert year.late(away, f"{day} 23:00") == set()
    analysed = {"analysis": "the way to school was the reason", "solved": ["a bus pass"]}
    year.tell(visit, "review", "2026-11-09 16:00", ("T08", "moral_office"), **analysed)
    follow = {"how": "phone", "content": "comes every day", "solved": ["the way to school"]}
    year.tell(visit, "follow_up", "2026-11-16 17:00", by, **follow)
    year.tell(visit, "hand_in", "2026-11-16 17:30", by, documents=["visit_record"])
    year.tell(away, "settle", "2027-01-20 16:00", by, outcome="at school every day since November")
    assert year.owed(away, "2027-02-01 08:00") == {}
    assert year.owed(visit, "2027-02-01 08:00") == {}
    assert year.state(away, "2027-02-01 08:00") == "settled"
    assert year.state(visit, "2027-02-01 08:00") == "followed_up"


def test_14_the_crisis_is_assessed_and_the_child_rests_at_home(year: Year) -> None:
    """A written opinion, the leading group decides, the watch ends when the parents are there."""
    case, by = year.found["sheet"], (year.found["counsellor"], "counsellor")
    leaders = ("T02", "principal")
    year.tell(case, "act", "2026-10-31 09:10", by, act="report_counselling_room")
    opinion = {"opinion": "thoughts without a plan", "ideation": True}
    year.tell(case, "assess", "2026-10-31 10:00", by, **opinion)
    assert "decide" in year.owed(case, "2026-10-31 10:01")
    decided = {"outcome": "home_rest", "leave": True}
    year.tell(case, "decide", "2026-10-31 11:00", leaders, **decided)
    assert "watch_goes_on" in year.owed(case, "2026-10-31 11:01")
    year.tell(case, "handover", "2026-10-31 12:00", by, to_whom="mother", signed=True)
    assert year.owed(case, "2026-10-31 12:01") == {}
    with year.open("2026-10-31 12:02", *by) as store:
        entries = store.case(case, "to write the report")
        known = values_from("crisis_report", entries, year.found["school"])
        paper = fill("crisis_report", known, unfinished=True)
        files = reports.write_form(paper, year.folder / "o", "zh", ["docx"])
    # a folder may be seen by others: the name of the file says nothing of a crisis
    assert files[0].name == f"{paper.definition.number:02d}_{case}.docx"


def test_15_back_at_school_with_papers_and_talks(year: Year) -> None:
    """Papers first; the talks come on their days through the winter; then the case is closed."""
    case, by = year.found["sheet"], (year.found["counsellor"], "counsellor")
    readmitted = {
        "returned_on": "2026-11-16", "papers": ["medical_proof", "recovery_opinion"],
        "judged_by": list(RULES["readmission.judged_by"]), "agreement_needed": False,
        "opinion": "well enough for lessons",
    }  # fmt: skip
    year.tell(case, "readmit", "2026-11-16 08:00", by, **readmitted)
    topics = list(RULES["readmission.interview_topics"])
    first = dt.date(2026, 11, 16)
    for days in RULES["readmission.interviews"]:
        day = first + dt.timedelta(days=days)
        owed = year.owed(case, f"{day} 08:00")
        assert any(due.startswith(f"counsellor {day:%m-%d}") for due in owed.values()), (day, owed)
        talk = {"topics": topics, "content": "talked", "danger_assessed": True}
        year.tell(case, "interview", f"{day} 15:00", by, **talk)
    assert year.owed(case, "2027-02-20 08:00") == {}
    closing = {"together": ["counsellor", "leading_group"], "opinion": "well again"}
    year.tell(case, "close", "2027-03-01 16:00", ("T02", "principal"), **closing)
    assert year.state(case, "2027-03-01 17:00") == "closed"


def test_16_the_left_behind_child_gets_a_file_and_an_agent_parent(year: Year) -> None:
    """The roll knows both parents are away; five blocks and an agent parent are owed."""
    school: School = year.found["school"]
    student = year.students["alone"]
    row = left_behind(school, RULES, FRIDAY).set_index("student_id").loc[student]
    assert row["on_file"]
    head = head_of(school, student)
    case = year.found["alone"] = "left_behind-000001"
    told = {"definition": str(row["definition"])}
    now = "2026-11-02 10:00"
    entry = record.Entry(case, "left_behind", "open", student, at(now), head, "head_teacher", told)
    with year.open(now, head, "head_teacher") as store:
        store.add(entry)
    owed = year.owed(case, "2026-11-02 10:01")
    assert {"block:study", "block:guardian", "pair"} <= owed.keys()
    by = (head, "head_teacher")
    for block in ("study", "life", "family", "guardian"):
        year.tell(case, "block", "2026-11-02 11:00", by, block=block, content="as it is")
    mind = (year.found["counsellor"], "counsellor")
    year.tell(case, "mind_block", "2026-11-02 11:30", mind, content="misses the mother")
    pair = {"agent": "T03", "agent_role": "party_staff", "pairing": "one_to_one"}
    year.tell(case, "pair", "2026-11-02 12:00", by, **pair)
    owed = year.owed(case, "2026-11-02 12:01")
    assert {what for what, due in owed.items() if due.startswith("T03")} == {
        "duty:homework", "duty:talk", "duty:parents", "duty:visit", "duty:fifth",
    }  # fmt: skip
    assert not any(what.startswith("block") for what in owed)


def test_17_a_term_of_an_agent_parent(year: Year) -> None:
    """Homework each school day, a talk a week, a call a month: what is left out is told at once."""
    case, by = year.found["alone"], ("T03", "party_staff")
    days = year.found["school"].calendar.days.set_index("date")["school_day"]
    for monday in pd.date_range("2026-11-02", "2026-11-23", freq="7D"):
        week = [monday + pd.Timedelta(days=number) for number in range(5)]
        told: list[tuple[str, str, Facts]] = [
            ("duty", f"{day:%Y-%m-%d} 18:00", {"duty": "homework"}) for day in week if days[day]
        ]
        evening = told[-1][1]
        told.append(("duty", evening, {"duty": "talk", "content": "about the week"}))
        if monday.day < 8:
            told.append(("duty", evening, {"duty": "parents", "means": "video"}))
        year.tell_all(case, by, *told)
        assert year.late(case, f"{evening[:10]} 23:00") == set()
    assert year.late(case, "2026-12-01 08:00") == {"duty:homework"}
    with year.open("2026-11-28 09:00", *by) as store:
        known = values_from("agent_parent_log", store.case(case), year.found["school"])
    assert len([row for row in known["duties"] if row["duty"] == "homework"]) == 20


def test_18_the_casebook_is_whole_and_tells_what_is_owed(year: Year, command: Callable) -> None:
    """From a terminal: nothing broken, the head kept outside, the child's duties by person."""
    who = keys("T02", "principal")
    code, told = command("record", "verify", year.book, *who)
    assert code == 0
    assert "Whole" in told
    student = year.students["alone"]
    words = ("--as-of", "2026-12-01 08:00", "--student", student, "--json")
    code, told = command("record", "due", year.book, *words, *who)
    assert code == 1
    late = [one["what"] for one in json.loads(told)["due"] if one["overdue"]]
    assert late == ["duty:homework"]
    code, told = command(
        "record", "file", year.book, year.students["sheet"], "--purpose", "handing over", *who
    )
    assert "note a signal" in told


@pytest.fixture(scope="module")
def next_year(year: Year) -> School:
    """The same tables with the days of the next term: from 1 March 2027."""
    school: School = year.found["school"]
    spring = Calendar.weekdays("2027-03-01", "2027-07-02").days.assign(term="2027 spring")
    days = school.calendar.days
    both = pd.concat([days[days["date"] < "2027-03-01"], spring], ignore_index=True)
    return School(school.tables, Calendar.from_frame(both, "next term"))


def test_19_next_term_knows_what_was_done(year: Year, next_year: School) -> None:
    """Contacts, help and closed matters come from the casebook; without it they are not known."""
    with year.open(f"{NEXT_TERM} 08:00", year.found["counsellor"], "counsellor") as store:
        past = year.found["past"] = store.history(NEXT_TERM)
    assert past.withheld == 0
    away, sheet, alone = (year.students[name] for name in ("away", "sheet", "alone"))
    made = past["visits"]
    assert "home" in set(made.loc[made["student_id"] == away, "form"])
    helped = past["interventions"].set_index("student_id")["type"]
    assert helped.loc[alone] == "agent_parent"
    assert set(helped.loc[[sheet]]) == {"counselling"}
    ended = past.matters.dropna(subset=["ended"]).groupby("student_id")["rule"].agg(set)
    assert "unexcused_run" in ended[away]
    assert "critical_item" in ended[sheet]
    assert past.duties["persuasion"].empty  # settled: next term begins with none
    with_it = indicators(next_year, NEXT_TERM, past)
    without = indicators(next_year, NEXT_TERM)
    changed = (with_it.loc[away] != without.loc[away]) & with_it.loc[away].notna()
    assert changed.any(), "the visits of the casebook are not seen"


def test_20_next_term_opens_no_case_twice(year: Year, next_year: School) -> None:
    """What people ended is told no more, and no round of persuasion is asked for again."""
    past = year.found["past"]
    open_ones = alerts(next_year, RULES, NEXT_TERM, past, matters=past.matters)
    mine = open_ones[open_ones["student_id"].isin(list(year.students.values()))]
    assert not set(mine["rule"]) & {"unexcused_run", "critical_item", "unexcused_visit"}
    owed = plan.duties(next_year, RULES, NEXT_TERM, open_ones, past.duties)
    away = owed[owed["student_id"] == year.students["away"]]
    assert not any(rule.startswith("persuasion") for rule in away["rule"])
    known = past.beside(next_year)
    asked = {"told": past.told, "matters": past.matters}
    table = register(known, RULES, NEXT_TERM, open_ones, **asked)
    mine = table[table["student_id"].isin([year.students["away"], year.students["sheet"]])]
    assert "overdue" not in set(mine["state"])
    assert not any(rule.startswith(("crisis", "readmission")) for rule in mine["rule"])
    # without the end of the case, the reports of October would be asked for again
    late = register(known, RULES, NEXT_TERM, open_ones, told=past.told)
    late = late[(late["student_id"] == year.students["sheet"]) & (late["state"] == "overdue")]
    assert any(rule.startswith("crisis") for rule in late["rule"])


def test_21_coverage_counts_what_the_casebook_holds(year: Year) -> None:
    """The day after, the visit counts: for the child, the head teacher, and the record in time."""
    school: School = year.found["school"]
    day, away = "2026-11-03", year.students["away"]
    with year.open("2027-03-06 08:00", "T02", "principal") as store:
        past = store.history(day)

    def row(history: Any) -> set[str]:
        table = plan.duties(school, RULES, day, None, history)
        mine = table[table["student_id"] == away].set_index("rule")
        return set(mine.loc[["quota.student", "quota.head_teacher"], "status"])

    assert row(past.duties) == {"fulfilled"}
    assert row(None) == {"owed"}
    owed = plan.duties(school, RULES, day, None, past.duties)
    quotas = plan.coverage(owed, ["school"])
    before = plan.coverage(plan.duties(school, RULES, day), ["school"])
    made = [
        table.set_index("rule").loc["quota.head_teacher", "visits_made"]
        for table in (quotas, before)
    ]
    assert made[0] == made[1] + 1
    beside = review.Beside(log=past.log, appointments=past.duties["appointments"])
    found = review.coverage(owed, quotas, school, RULES, day, beside)
    assert found.timeliness is not None
    assert found.timeliness.set_index("matter").loc["record", "in_time"] == 1
