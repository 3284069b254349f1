"""JupyterLab at the notebooks, in the person's language, asking no other machine for anything."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from visitkit.errors import VisitkitError

#: Folder for copies of the notebooks where nobody named one and there is no source beside us.
USUAL_FOLDER = "visitkit-notebooks"
_LOCALE = {"zh": "zh_CN", "en": "default"}


def settings(lang: str) -> dict[str, dict[str, object]]:
    """Return our defaults for JupyterLab; what a person sets there goes before them.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> settings("zh")["@jupyterlab/translation-extension:plugin"]
    {'locale': 'zh_CN'}
    """
    return {
        "@jupyterlab/translation-extension:plugin": {"locale": _LOCALE[lang]},
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
        # A saved notebook must hold nothing of what a widget showed.
        "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": False},
    }


def shipped() -> list[Path]:
    """Return the notebooks that come with visitkit, in their order.

    Raises
    ------
    VisitkitError
        When there are none.
    """
    packaged = Path(str(files("visitkit.app").joinpath("notebooks")))
    folder = packaged if packaged.is_dir() else source_folder()
    found = [] if folder is None else sorted(folder.glob("[0-9]_*.ipynb"))
    if not found:
        raise VisitkitError("cli_app.no_notebooks")
    return found


def source_folder() -> Path | None:
    """Return ``notebooks/`` of the source that we run from; ``None`` for an installed copy."""
    folder = Path(__file__).parents[3] / "notebooks"
    return folder if (folder.parent / "pyproject.toml").is_file() and folder.is_dir() else None


def copy_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks into a folder and return those that were there already, untouched.

    Parameters
    ----------
    folder
        Where; made when missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for notebook in shipped():
        target = folder / notebook.name
        if target.exists():
            kept.append(target)
        else:
            shutil.copyfile(notebook, target)
    return kept


def command(folder: Path, port: int | None, *, browser: bool) -> list[str]:
    """Return the command that opens JupyterLab at a folder.

    Parameters
    ----------
    folder
        Where it begins.
    port
        Where it listens; JupyterLab's own choice when ``None``.
    browser
        Whether a browser is opened.
    """
    words = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--ip=127.0.0.1",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.answer_yes=True",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if port is not None:
        words.append(f"--port={port}")
    if not browser:
        words.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        words.append("--allow-root")
    return words


@contextmanager
def surroundings(lang: str) -> Iterator[dict[str, str]]:
    """Return variables under which JupyterLab has our settings and our kernel, for as long as used.

    Parameters
    ----------
    lang
        ``"zh"`` or ``"en"``.
    """
    with tempfile.TemporaryDirectory(prefix="visitkit-") as place:
        launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernel = {"argv": launch, "display_name": "visitkit", "language": "python"}
        written = {
            "labconfig/default_setting_overrides.json": settings(lang),
            "kernels/python3/kernel.json": kernel,
        }
        for name, content in written.items():
            path = Path(place) / name
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(content), encoding="utf-8")
        mine = {name: _first(name, place) for name in ("JUPYTER_CONFIG_PATH", "JUPYTER_PATH")}
        yield {**os.environ, **mine, "VISITKIT_LANG": lang}


def _first(variable: str, place: str) -> str:
    before = os.environ.get(variable)
    return os.pathsep.join([place, *([before] if before else [])])


def run(folder: Path, lang: str, port: int | None = None, *, browser: bool = True) -> int:
    """Open JupyterLab at a folder and return what it ended with.

    Parameters
    ----------
    folder
        Where it begins.
    lang
        ``"zh"`` or ``"en"``.
    port
        Where it listens.
    browser
        Whether a browser is opened.

    Raises
    ------
    VisitkitError
        When JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise VisitkitError("cli_app.no_lab")
    with surroundings(lang) as variables:
        lab = subprocess.Popen(command(folder, port, browser=browser), env=variables)  # noqa: S603
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:
                # The terminal tells both of us; JupyterLab ends its kernels first.
                continue
