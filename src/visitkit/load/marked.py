"""A copy of the person's own workbook with every faulty cell coloured and explained."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from openpyxl import Workbook

from visitkit import text
from visitkit.errors import TableError
from visitkit.load.copying import copy_of
from visitkit.load.faults import Fault
from visitkit.load.marking import mark, write_list


def faults_json(faults: Iterable[Fault], lang: str | None = None) -> str:
    """Return faults as a JSON array for other programs.

    Parameters
    ----------
    faults
        What :func:`visitkit.load.check` found.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Returns
    -------
    str
        An array of objects with ``file``, ``sheet``, ``row``, ``column``, ``value``, ``problem``,
        ``allowed`` and ``fix``; ``row`` is Excel's number, 0 for a fault of the whole sheet.

    Examples
    --------
    >>> faults_json([], "en")
    '[]'
    """
    return json.dumps([fault.words(lang) for fault in faults], ensure_ascii=False, indent=2)


def marked_copy(
    path: str | Path, faults: Sequence[Fault], target: str | Path, lang: str | None = None
) -> list[Path]:
    """Write a marked copy of each file that holds faults and return the copies.

    Faulty cells are red and carry a comment: what is wrong, what is allowed, what to do. A first
    sheet lists all faults of the file with links to the cells. Comments and formats of the person
    are kept; csv and xls files become xlsx. The originals are only read. A copy never replaces an
    earlier one, which may have been mended meanwhile: the new one gets a number. Marks of an
    earlier copy that is checked again are taken out first.

    openpyxl, which writes the copies, does not keep charts and pictures; passwords on sheets stay.

    Parameters
    ----------
    path
        The file or folder that was checked.
    faults
        What :func:`visitkit.load.check` found. Faults of no single file, such as a missing table,
        are listed in every copy, or in a workbook of their own when there is no copy.
    target
        Folder for the copies, made when missing; not the folder that was checked.
    lang
        ``"zh"``, ``"en"`` or ``None`` for the machine's language.

    Returns
    -------
    list of pathlib.Path
        The copies in the order of the faults; empty without faults.

    Raises
    ------
    TableError
        When ``path`` is not there, or the copies cannot be written; then none is.
    """
    source, folder, lang = Path(path), Path(target), text.language(lang)
    if not source.exists():
        raise TableError("load.file_missing", path=str(path))
    if source.is_dir() and folder.resolve() == source.resolve():
        raise TableError("template.marked.same_folder", path=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _write_all(source, faults, folder, lang)
    except OSError as error:
        raise TableError(
            "template.marked.cannot_write", path=str(folder), reason=error.strerror or str(error)
        ) from error


def _write_all(source: Path, faults: Sequence[Fault], folder: Path, lang: str) -> list[Path]:
    """Write every copy aside first, then put all in their places."""
    aside = Path(tempfile.mkdtemp(prefix=".visitkit-", dir=folder))
    try:
        written: list[tuple[Path, Path]] = []
        for stem, book in _books(source, faults, lang):
            whole = aside / f"{len(written)}.xlsx"
            book.save(whole)
            taken = {place for _, place in written}
            written.append((whole, _free_name(folder, stem, taken, lang)))
        for whole, place in written:
            os.replace(whole, place)
        return [place for _, place in written]
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _free_name(folder: Path, stem: str, taken: set[Path], lang: str) -> Path:
    place = folder / text.say("template.marked.file", lang, stem=stem)
    number = 2
    while place.exists() or place in taken:
        place = folder / text.say("template.marked.another", lang, stem=stem, number=number)
        number += 1
    return place


def _books(source: Path, faults: Sequence[Fault], lang: str) -> Iterator[tuple[str, Workbook]]:
    """Return the stem and the marked workbook of each file with faults."""
    files = {item.name: item for item in ([source] if source.is_file() else source.iterdir())}
    by_file: dict[str, list[Fault]] = {}
    elsewhere: list[Fault] = []
    for fault in faults:
        at_home = fault.file in files and files[fault.file].is_file()
        (by_file.setdefault(fault.file, []) if at_home else elsewhere).append(fault)
    for name, own in by_file.items():
        yield Path(name).stem, _marked(files[name], own, elsewhere, lang)
    if elsewhere and not by_file:
        yield source.stem, _list_only(elsewhere, lang)


def _marked(path: Path, own: Sequence[Fault], elsewhere: Sequence[Fault], lang: str) -> Workbook:
    try:
        book = copy_of(path)
    except TableError:
        # A file that nobody can read has faults of the whole file only; they are listed.
        return _list_only([*own, *elsewhere], lang)
    unexplained = mark(book, own, lang)
    write_list(book, own, elsewhere, unexplained, lang)
    return book


def _list_only(faults: Sequence[Fault], lang: str) -> Workbook:
    book = Workbook()
    del book[book.sheetnames[0]]
    write_list(book, [], faults, 0, lang)
    return book
