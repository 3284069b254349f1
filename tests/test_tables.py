"""The tables: every column and every code has words in both languages."""

from __future__ import annotations

import pytest

from visitkit import tables, text

COLUMNS = [(table, column) for table in tables.TABLES.values() for column in table.columns]


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda item: item.name)
def test_every_column_has_headers(table: tables.Table, column: tables.Column, lang: str) -> None:
    """A column without a header could never be read from a school's file."""
    headers = text.find(f"tables.{table.name}.{column.name}", lang)
    assert isinstance(headers, list)
    assert headers


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("table", tables.TABLES.values(), ids=lambda table: table.name)
def test_headers_are_unambiguous_within_a_table(table: tables.Table, lang: str) -> None:
    """One header leads to one column of a table."""
    headers = [
        header
        for column in table.columns
        for header in text.find(f"tables.{table.name}.{column.name}", lang)
    ]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda item: item.name)
def test_columns_are_well_formed(table: tables.Table, column: tables.Column) -> None:
    """Codes have a vocabulary, sensitivities are known, keys name columns."""
    assert column.sensitivity in tables.SENSITIVITY
    assert set(table.key) <= set(table.names)
    if column.kind in {"code", "codes"}:
        assert tables.codes(column.vocabulary)
    if column.unit:
        assert column.unit in tables.codes("unit")


def vocabularies() -> list[str]:
    """Return the names of all vocabularies."""
    return sorted(text.sheet("values", "en"))


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("vocabulary", vocabularies())
def test_a_word_leads_to_one_code(vocabulary: str, lang: str) -> None:
    """A word in a cell has one meaning within its vocabulary."""
    found = text.find(f"values.{vocabulary}", lang)
    assert isinstance(found, dict)
    words = [str(word).casefold() for words in found.values() for word in words]
    assert len(words) == len(set(words))


def test_word_and_code_meet() -> None:
    """A code is shown as the first of its words, an unknown one as itself."""
    assert tables.word("sex", "female", "en") == "female"
    assert tables.word("sex", "f?", "en") == "f?"
    assert tables.header("students", "class_id", "en") == "class"
    with pytest.raises(KeyError):
        tables.codes("no_such_vocabulary")
