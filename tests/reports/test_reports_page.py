"""The report as a page: whole, private, readable by everybody."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from visitkit import text
from visitkit.load import School
from visitkit.reports.page import render
from visitkit.reports.view import view
from visitkit.reports.words import MARKS
from visitkit.screen.caseload import Caseload
from visitkit.text import LANGUAGES

#: WCAG 2.2, success criterion 1.4.3: contrast of text of usual size.
ENOUGH_CONTRAST = 4.5
VOID = {"meta", "rect", "br", "link", "img"}


class Page(HTMLParser):
    """What the tests ask of a page: its elements with attributes, its text, its balance."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Check that what closes is what was open."""
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        """All text with single spaces."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attrs for name, attrs in self.found if name == tag]


def page(cases: Caseload, school: School, lang: str = "en", *, names: bool = False) -> Page:
    """Render and read a page."""
    return Page(render(view(cases, school, lang, names=names)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_is_whole(cases: Caseload, school: School, lang: str) -> None:
    """Well-formed, in its language, every sentence filled in."""
    read = page(cases, school, lang)
    assert read.unbalanced == read.open == []
    assert read.all("html")[0]["lang"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert not re.search(r"[{}]|\breport\.\w|\bNone\b|\bnan\b", read.text)
    for room in ("summary", "alerts", "priority", "watch", "coverage", "points", "about"):
        assert text.say(f"report.{room}.title", lang) in read.text


def test_page_needs_no_network(cases: Caseload, school: School) -> None:
    """Nothing is fetched and nothing runs: it can be read on a machine without a cable."""
    html = render(view(cases, school, "zh", names=False))
    assert not re.search(r"https?:|//cdn|@import|url\((?!#)|<script|<link|<img|\son\w+=|src=", html)


def test_what_people_wrote_is_escaped(cases: Caseload, school: School) -> None:
    """Markup in a name or fact is shown, not obeyed."""
    html = render(view(cases, school, "en", names=True))
    assert "&lt;b&gt;An&lt;/b&gt;" in html
    assert "<b>" not in html
    table = cases.table.assign(class_id="<img src=x onerror=alert(1)>")
    html = render(view(dataclasses.replace(cases, table=table), school, "en", names=True))
    assert "<img" not in html
    assert "&lt;img src=x" in html


def test_names_only_when_asked_for(cases: Caseload, school: School) -> None:
    """The page goes through many hands, so it has numbers and no names unless asked."""
    assert "Name 3" not in page(cases, school).text
    assert "S03 Name 3" in page(cases, school, names=True).text


def test_each_tier_is_where_it_belongs(cases: Caseload, school: School) -> None:
    """Every student of the first three tiers is on the page; the others are only counted."""
    html = render(view(cases, school, "en", names=False))
    parts = re.split(r'<section id="(\w+)"', html)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    for tier in ("priority", "watch", "unknown"):
        for student in cases.table.loc[cases.table["tier"] == tier, "student_id"]:
            assert student in sections[tier]
    quiet = cases.table.loc[(cases.table["tier"] == "routine") & (cases.table["alerts"] == "")]
    assert not any(student in html for student in quiet["student_id"])
    for tier, number in cases.sizes.items():
        word = re.escape(text.say(f"screen.tier.{tier}", "en"))
        assert re.search(rf"{word}</span></dt><dd>{number}</dd>", sections["summary"])


def test_beyond_the_places_nobody_is_lost(cases: Caseload, school: School) -> None:
    """With one place a week one student has a card and all the others are listed."""
    few = dataclasses.replace(cases, capacity=1)
    html = render(view(few, school, "en", names=False))
    section = html.split('<section id="priority"')[1].split("</section>")[0]
    assert section.count("<article") == 1
    for student in cases.table.loc[cases.table["tier"] == "priority", "student_id"]:
        assert student in section


def test_alerts_come_before_scores(cases: Caseload, school: School) -> None:
    """Alerts stand first, most urgent kind and earliest deadline first, lateness in words."""
    html = render(view(cases, school, "en", names=False))
    assert html.index('id="alerts"') < html.index('id="priority"')
    section = html.split('<section id="alerts"')[1].split("</section>")[0]
    late, coming = section.index("2026-10-30"), section.index("2026-11-03 08:00")
    assert late < coming < section.index("2026-11-02")  # a report comes before a visit
    assert "overdue by 3 d" in section
    assert "due today" in section
    assert section.index("2026-10-20") > section.index("no deadline")
    assert "overdue by 13 d" not in section
    assert '2026-10-28 <span class="soft">contact on 2026-10-27' in section


def test_counts_are_of_what_waits(cases: Caseload, school: School) -> None:
    """An alert that a contact has answered is told, but neither waiting nor overdue."""
    html = render(view(cases, school, "en", names=False))
    assert "<dt>alerts waiting</dt><dd>4</dd>" in html
    assert re.search(r"<dt>of them overdue</dt><dd[^>]*>1</dd>", html)


def test_no_alerts_is_said(cases: Caseload, school: School) -> None:
    """An empty list says so and for which day."""
    calm = dataclasses.replace(cases, alerts=cases.alerts.iloc[:0])
    assert "As of 2026-11-02 no alert is open." in page(calm, school).text


def test_screen_readers_find_their_way(cases: Caseload, school: School) -> None:
    """Headings descend step by step, header cells say what they head, drawings have words."""
    read = page(cases, school)
    levels = [int(tag[1]) for tag, _ in read.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(attrs.get("scope") for attrs in read.all("th"))
    assert all(attrs.get("aria-label") or attrs.get("aria-hidden") for attrs in read.all("svg"))
    ids = [attrs["id"] for _, attrs in read.found if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = {str(attrs["href"])[1:] for attrs in read.all("a")}
    named = {str(attrs["aria-labelledby"]) for _, attrs in read.found if "aria-labelledby" in attrs}
    assert links | named <= set(ids)


def test_bars_are_told_in_words(cases: Caseload, school: School) -> None:
    """A drawing of bars says each score, and what is unknown as unknown."""
    labels = [str(attrs.get("aria-label")) for attrs in page(cases, school).all("svg")]
    assert any("Study 63" in label or "Study 62" in label for label in labels)


def test_colour_never_stands_alone(cases: Caseload, school: School) -> None:
    """Each tier word has a shape of its own before it."""
    html = render(view(cases, school, "en", names=False))
    for tier, mark in MARKS.items():
        word = re.escape(text.say(f"screen.tier.{tier}", "en"))
        assert re.search(rf"{mark}</span>{word}", html)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_stands_out() -> None:
    """Every colour of text has enough contrast against white and against the pale ground."""
    style = files("visitkit.reports").joinpath("templates", "screening.css").read_text("utf-8")
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    for name in set(colours) - {"line", "faint"}:
        for ground in ("#ffffff", colours["faint"]):
            contrast = (luminance(ground) + 0.05) / (luminance(colours[name]) + 0.05)
            assert contrast >= ENOUGH_CONTRAST, (name, ground, contrast)


def test_what_was_left_out_is_told(cases: Caseload, school: School) -> None:
    """Rows left out are counted by table, the first faults told, the others counted."""
    read = page(cases, school)
    assert "Data left out because of faults" in read.text
    assert "school.xlsx, sheet old: this sheet is hidden" in read.text
    assert read.text.count("no school calendar") == 1
    assert "and 4 more; visitkit check lists them all." in read.text
    complete = dataclasses.replace(school, faults=(), left_out={})
    assert "Every row was used" in page(cases, complete).text


def test_limits_are_told(cases: Caseload, school: School) -> None:
    """The page says what a score is not, and that nobody measured the weights."""
    read = page(cases, school)
    assert text.say("report.about.not_diagnosis", "en") in read.text
    assert text.say("report.about.weights_undecided", "en") in read.text
    sources = dict.fromkeys(cases.policy.sources, "school")
    own = dataclasses.replace(cases.policy, sources=sources)
    read = page(dataclasses.replace(cases, policy=own), school)
    assert text.say("report.about.weights_decided", "en") in read.text
    assert text.say("report.about.undecided_title", "en") not in read.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_points_table_is_that_of_the_card(cases: Caseload, school: School, lang: str) -> None:
    """Each figure of the card stands in the table with the points at which its bands begin."""
    html = render(view(cases, school, lang, names=False))
    section = html.split('<section id="points"')[1].split("</section>")[0]
    for line in cases.assessment.model.card_.lines:
        sign = "\u2265" if line.worse == "high" else "\u2264"
        name = re.escape(text.say(f"indicators.{line.name}.name", lang).replace("'", "&#39;"))
        bands = "".join(rf"<td>{sign} {re.escape(f'{cut:g}')}</td>\s*" for cut in line.cuts)
        assert re.search(rf"{name}</th><td>[^<]*</td>\s*{bands}", section), line.name


def test_order_of_alerts_given_does_not_matter(cases: Caseload, school: School) -> None:
    """Shuffled alerts make the same page."""
    shuffled = cases.alerts.sample(frac=1, random_state=1)
    again = dataclasses.replace(cases, alerts=shuffled)
    one = render(view(cases, school, "en", names=False))
    other = render(view(again, school, "en", names=False))
    assert one.split('id="priority"')[0] == other.split('id="priority"')[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_places_are_told_apart_from_alerts(cases: Caseload, school: School, lang: str) -> None:
    """The head says how many places there are and that alerts go beyond them; sources are told."""
    read = page(cases, school, lang)
    assert text.say("report.capacity", lang, number=cases.capacity) in read.text
    assert text.say("report.about.capacity_value", lang, number=cases.capacity) in read.text
    assert text.say("policy.papers", lang) in read.text


def test_one_more_student_is_in_the_singular(cases: Caseload, school: School) -> None:
    """A count of one has its own sentence."""
    first = sum(cases.table["tier"] == "priority")
    few = dataclasses.replace(cases, capacity=first - 1)
    assert text.say("report.priority.more_title_one", "en", number=1) in page(few, school).text
