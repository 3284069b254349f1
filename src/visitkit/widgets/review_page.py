"""The counsellor's page: coverage, one student, the caseload, goals and help; no p-values."""

from __future__ import annotations

from visitkit.reports.review import Changed
from visitkit.reports.review import counsellor as report
from visitkit.reports.review.pictures import as_svg
from visitkit.widgets.reading import Image, PageView, Section, Table


class ReviewPage(PageView):
    """What was reviewed for the counsellor, to read.

    Parameters
    ----------
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Examples
    --------
    >>> import datetime as dt
    >>> page = ReviewPage("en")
    >>> page.review(Changed(dt.date(2026, 11, 2), students=0))
    >>> page.sections
    ()
    """

    def __init__(self, lang: str | None = None) -> None:
        self.found: Changed | None = None
        super().__init__(lang)

    def review(self, found: Changed, sections: tuple[Section, ...] | None = None) -> None:
        """Show what was reviewed.

        Parameters
        ----------
        found
            What was reviewed.
        sections
            From :func:`page_sections`, where a worker made them already.
        """
        self.found = found
        self.show(page_sections(found, self.lang) if sections is None else sections)

    def clear(self) -> None:
        """Show nothing."""
        self.found = None
        self.show(())

    def _speak(self, change: object) -> None:
        super()._speak(change)
        if self.found is not None:
            self.review(self.found)


def page_sections(found: Changed, lang: str) -> tuple[Section, ...]:
    """Return what was reviewed as sections to read.

    Parameters
    ----------
    found
        What was reviewed.
    lang
        ``"zh"`` or ``"en"``.
    """
    return tuple(_section(one) for one in report.counsellor_sections(found, lang))


def _section(one: report.Section) -> Section:
    tables: tuple[Table, ...] = ()
    if one.rows:
        rows = tuple(tuple(row) for row in one.rows)
        tables = (Table(one.title, tuple(one.header), rows),)
    images = tuple(Image(as_svg(each), each.alternative) for each in one.pictures)
    return Section(one.title, tuple(one.lines), tables, images)
