"""doctor notices what it is there to notice: each check is shown a machine where it must fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitkit import record
from visitkit.cli import doctor_parts
from visitkit.errors import StoreError


def test_a_sound_machine() -> None:
    """Casebook and page are well where the tests run."""
    assert doctor_parts.store()[0] is True
    assert doctor_parts.assets()[0] is True


def test_a_casebook_that_cannot_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is told."""

    def refuse(*_: object, **__: object) -> None:
        raise StoreError("record.read_only", file="people.db")

    monkeypatch.setattr(record, "open_store", refuse)
    good, facts = doctor_parts.store()
    assert good is False
    assert "people.db" in str(facts["why"])


def test_a_casebook_that_is_not_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that took no key is noticed by how its file begins."""

    def plain(place: str, *_: object, **__: object) -> None:
        (Path(place) / "people.db").write_bytes(b"SQLite format 3\0and more")

    class Opened:
        def close(self) -> None:
            """Nothing is open."""

    monkeypatch.setattr(record, "new_store", plain)
    monkeypatch.setattr(record, "open_store", lambda *_, **__: Opened())
    assert doctor_parts.store()[0] is False


@pytest.mark.parametrize(
    ("link", "good"),
    [
        ("https://cdn.example.com/all.css", False),
        ("//cdn.example.com/all.css", False),
        ("http://www.w3.org/2000/svg", True),
        ("http://127.0.0.1:8866/x.css", True),
        ("// a remark", True),
    ],
)
def test_a_page_that_asks_another_machine(
    link: str, good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One link in the template is enough; the name of a kind of picture is no link."""
    template = tmp_path / "share/voila/templates/visitkit"
    assets = tmp_path / "assets"
    for folder, names in ((template, ("index.html.j2", "conf.json")), (assets, ("dom.js",))):
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_text("{}", encoding="utf-8")
    (assets / "view.css").write_text(f'a {{ b: "{link}" }}', encoding="utf-8")
    monkeypatch.setattr(doctor_parts, "files", lambda _name: tmp_path)
    found, facts = doctor_parts.assets()
    assert (found, facts["files"]) == (good, "" if good else "view.css")


def test_a_page_with_a_file_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each missing file is named."""
    monkeypatch.setattr(doctor_parts, "files", lambda _name: tmp_path)
    good, facts = doctor_parts.assets()
    assert good is False
    assert "index.html.j2" in str(facts["files"])


def test_widgets_that_the_browser_would_not_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual cause of an empty line where a widget should be."""
    paths = pytest.importorskip("jupyter_core.paths", reason="Jupyter is not installed")
    monkeypatch.setattr(paths, "jupyter_path", lambda _name: [str(tmp_path)])
    assert doctor_parts.widgets() == (
        False,
        {"missing": "@jupyter-widgets/jupyterlab-manager, anywidget"},
    )


def test_an_extra_that_is_not_installed() -> None:
    """Is told, and is no fault."""
    assert doctor_parts.installed("no-such-package-anywhere") == (
        None,
        {"packages": "no-such-package-anywhere"},
    )
