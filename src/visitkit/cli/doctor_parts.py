"""What ``visitkit doctor`` looks at of casebook, page and notebooks."""

from __future__ import annotations

import re
import secrets
import tempfile
import webbrowser
from importlib import metadata
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from visitkit.errors import VisitkitError

Part = tuple[bool | None, dict[str, object]]

#: Extensions of the browser without which a widget stays an empty line.
_EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")
#: An address on another machine; names of SVG and XML are no addresses.
_OUTSIDE = re.compile(r"(https?:)?//(?!127\.0\.0\.1|localhost|www\.w3\.org/)[\w-]+\.\w")
#: How an unencrypted file of SQLite begins.
_PLAIN = b"SQLite format 3"


def store() -> Part:
    """Make a casebook, open it again, and see that its files are not plain."""
    # Loads the database, which only some commands need.
    from visitkit import record

    keys = record.Keys(secrets.token_hex(12), secrets.token_hex(12))
    try:
        with tempfile.TemporaryDirectory(prefix="visitkit-") as place:
            record.new_store(place, keys, school="visitkit doctor")
            record.open_store(place, keys, actor="T0", role="head_teacher").close()
            plain = any(path.read_bytes()[:15] == _PLAIN for path in Path(place).glob("*.db"))
    except (VisitkitError, OSError, ImportError) as error:
        return False, {"why": str(error)}
    return not plain, {"why": ""}


def assets() -> Part:
    """Look at our template and the scripts of our views: all there, none asks another machine."""
    template = Path(str(files("visitkit.app").joinpath("share/voila/templates/visitkit")))
    scripts = Path(str(files("visitkit.widgets").joinpath("assets")))
    found = [*template.glob("*.*"), *scripts.glob("*.js"), *scripts.glob("*.css")]
    missing = {"index.html.j2", "conf.json", "dom.js", "view.css"} - {path.name for path in found}
    asking = [path.name for path in found if _OUTSIDE.search(path.read_text(encoding="utf-8"))]
    named = ", ".join(sorted([*missing, *asking]))
    return not missing and not asking, {"files": named, "number": len(found)}


def widgets() -> Part:
    """See whether the browser finds what shows our widgets."""
    if find_spec("jupyter_core") is None:
        return None, {"missing": ", ".join(_EXTENSIONS)}
    from jupyter_core.paths import jupyter_path

    places = [Path(folder) for folder in jupyter_path("labextensions")]
    missing = [
        name
        for name in _EXTENSIONS
        if not any((place / name / "package.json").is_file() for place in places)
    ]
    return not missing, {"missing": ", ".join(missing)}


def kernel() -> Part:
    """See whether notebooks can be run with this very Python."""
    if find_spec("ipykernel") is None:
        return None, {"version": ""}
    return True, {"version": metadata.version("ipykernel")}


def installed(*names: str) -> Part:
    """Say which packages of an extra are installed.

    Parameters
    ----------
    *names
        As they are called in the package index.
    """
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            return None, {"packages": name}
    return True, {"packages": ", ".join(found)}


def browser() -> Part:
    """See whether a browser can be opened from here."""
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return None, {"name": ""}
    return True, {"name": getattr(found, "name", type(found).__name__)}
