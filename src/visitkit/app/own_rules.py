"""A school's own rules, handed over as a file: saved from the screen, or written by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from visitkit import policy
from visitkit.app.uploads import plain_name
from visitkit.policy import Policy

#: Endings of files that hold rules.
ENDINGS = (".toml",)
#: Put behind the name of a file that is called as a shipped profile is.
_OURS = "-school"


def read_rules(name: str, data: bytes) -> Policy:
    """Return the rules of a file.

    Parameters
    ----------
    name
        Of the file; the rules are called by it.
    data
        Its bytes.

    Raises
    ------
    PolicyError
        When it holds no rules; a ``PolicyFaultsError`` names every fault with its line.

    Examples
    --------
    >>> read_rules("ours.toml", b'extends = ["recommended"]').name
    'ours'
    """
    with tempfile.TemporaryDirectory(prefix="visitkit-") as folder:
        path = Path(folder) / plain_name(name)
        path.write_bytes(data)
        found = policy.read_policy(path)
    if found.name in policy.names(bases=True):
        return replace(found, name=f"{found.name}{_OURS}")
    return found


def offered(own: Iterable[Policy], lang: str) -> list[tuple[str, str, str]]:
    """Return the rules that can be chosen: name, title, what they are; the school's own first.

    Parameters
    ----------
    own
        Rules of files that were opened.
    lang
        ``"zh"`` or ``"en"``.

    Examples
    --------
    >>> [name for name, _, _ in offered([], "en")][0]
    'recommended'
    """
    names = (*dict.fromkeys(one.name for one in own), *policy.names())
    return [(name, policy.title(name, lang), policy.about(name, lang)) for name in names]


def chosen(own: Iterable[Policy], name: str) -> Policy:
    """Return rules by their name: of a file that was opened, else as they are shipped.

    Raises
    ------
    PolicyError
        When there are none of that name.
    """
    known = {one.name: one for one in own}
    return known[name] if name in known else policy.read_policy(name)
