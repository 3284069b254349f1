"""Several files that appear together or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from visitkit.errors import VisitkitError

#: What is frozen may be read by its owner and changed by nobody.
_READ_ONLY = 0o400

#: Writes one file, whole, at the path it is given.
Writer = Callable[[Path], None]


def write_together(folder: str | Path, writers: Mapping[str, Writer]) -> list[Path]:
    """Write files into a folder so that all of them are whole, or none of them is there.

    Each is written under a passing name in the same folder and takes its own name only when all
    are done. What stood there before comes back when anything fails. The files can be read by
    their owner alone.

    Parameters
    ----------
    folder
        Where they go; made when it is not there.
    writers
        File name to the function that writes it.

    Returns
    -------
    list of Path
        The files in the order of ``writers``.

    Raises
    ------
    VisitkitError
        When the folder is a file, may not be written to or has no room left.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = write_together(folder, {"a.txt": lambda path: path.write_text("a") and None})
    ...     [path.name for path in made]
    ['a.txt']
    """
    home = Path(folder)
    with _as_sentence(home):
        made = _make_folder(home)
        for name in writers:
            if (home / name).is_dir():
                raise VisitkitError("report.name_is_folder", folder=home, name=name)
        try:
            return _write(home, writers)
        except BaseException:
            for path in made:
                path.rmdir()
            raise


def check_folder(folder: str | Path) -> None:
    """Tell before any work is done that files cannot go into a folder.

    Raises
    ------
    VisitkitError
        When the folder, or the nearest one above it that is there, is a file or may not be
        written to.
    """
    home = Path(folder).absolute()
    nearest = next(path for path in (home, *home.parents) if path.exists())
    if not nearest.is_dir():
        raise VisitkitError("report.folder_is_file", folder=folder)
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise VisitkitError("report.not_allowed", folder=folder, name=nearest.name)


def write_alone(path: str | Path, writer: Writer) -> Path:
    """Write one file so that it is whole or not there."""
    target = Path(path)
    return write_together(target.parent, {target.name: writer})[0]


def write_once(path: str | Path, writer: Writer) -> Path:
    """Write one file that is whole and takes nobody's place.

    The name is taken only when the file is done, and only if nobody has it: of two who write at
    once, one is refused. The file can be read by its owner alone, and changed by nobody.

    Raises
    ------
    VisitkitError
        When the file is there already, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_once(Path(folder, "a.txt"), lambda path: path.write_text("a") and None).name
    'a.txt'
    """
    target = Path(path)
    check_free(target)
    with _as_sentence(target.parent):
        made = _make_folder(target.parent)
        try:
            return _write_once(target, writer)
        except BaseException:
            with contextlib.suppress(OSError):  # somebody else's file may be in it by now
                for folder in made:
                    folder.rmdir()
            raise


def check_free(path: str | Path) -> None:
    """Tell before any work is done that a file is there already, or cannot come to be.

    Raises
    ------
    VisitkitError
        ``outgoing.is_there``, or as :func:`check_folder`.
    """
    target = Path(path)
    if target.exists() or target.is_symlink():
        raise VisitkitError("outgoing.is_there", path=target)
    check_folder(target.parent)


def _write_once(target: Path, writer: Writer) -> Path:
    handle, made = tempfile.mkstemp(prefix=".", suffix=f".{target.name}", dir=target.parent)
    os.close(handle)
    passing = Path(made)
    try:
        writer(passing)
        passing.chmod(_READ_ONLY)
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL, _READ_ONLY))
        except FileExistsError:
            raise VisitkitError("outgoing.is_there", path=target) from None
        os.replace(passing, target)
    finally:
        passing.unlink(missing_ok=True)
    return target


def _make_folder(home: Path) -> list[Path]:
    """Make a folder and return what had to be made, deepest first."""
    missing = [path for path in (home, *home.parents) if not path.exists()]
    home.mkdir(parents=True, exist_ok=True)
    return missing


def _write(home: Path, writers: Mapping[str, Writer]) -> list[Path]:
    passing: dict[str, Path] = {}
    try:
        for name, write in writers.items():
            handle, made = tempfile.mkstemp(prefix=".", suffix=f".{name}", dir=home)
            os.close(handle)
            passing[name] = Path(made)
            write(passing[name])
        _take_places({home / name: path for name, path in passing.items()})
    finally:
        for path in passing.values():
            path.unlink(missing_ok=True)
    return [home / name for name in writers]


def _take_places(moves: Mapping[Path, Path]) -> None:
    """Give each passing file its own name; undo all of it when one cannot be moved.

    A file that is open in Excel on Windows cannot be replaced, so this may fail half-way.
    """
    kept: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for target, passing in moves.items():
            if target.exists():
                kept[target] = _set_aside(target)
            os.replace(passing, target)
            done.append(target)
    except BaseException:
        for target in done:
            target.unlink(missing_ok=True)
        for target, old in kept.items():
            os.replace(old, target)
        raise
    for old in kept.values():
        old.unlink(missing_ok=True)


def _set_aside(target: Path) -> Path:
    handle, aside = tempfile.mkstemp(prefix=".", suffix=f".{target.name}.old", dir=target.parent)
    os.close(handle)
    try:
        os.replace(target, aside)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    return Path(aside)


@contextlib.contextmanager
def _as_sentence(home: Path) -> Iterator[None]:
    """Turn what the machine says about a folder into a sentence for people."""
    try:
        yield
    except FileNotFoundError:
        raise  # nothing of the reader's doing: the folder has just been made
    except (FileExistsError, NotADirectoryError) as error:
        raise VisitkitError("report.folder_is_file", folder=home) from error
    except PermissionError as error:
        name = Path(error.filename or home).name if error.filename2 is None else error.filename2
        raise VisitkitError("report.not_allowed", folder=home, name=Path(name).name) from error
    except OSError as error:
        key = "report.disk_full" if error.errno == errno.ENOSPC else "report.not_written"
        raise VisitkitError(key, folder=home, why=error.strerror or error) from error
