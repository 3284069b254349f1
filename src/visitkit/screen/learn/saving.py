"""Learned models as plain text: nothing in the file can run."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from visitkit import __version__
from visitkit.screen.index import RiskIndex
from visitkit.screen.learn.blend import Blend
from visitkit.screen.learn.boosting import Boosting
from visitkit.screen.learn.card import IntegerCard
from visitkit.screen.learn.faults import LearnError
from visitkit.screen.learn.forest import Forest
from visitkit.screen.learn.hybrid import Hybrid
from visitkit.screen.learn.logistic import CalibratedLogistic
from visitkit.screen.learn.model import RiskModel

#: The models that can be learned and saved, by the name in the file.
MODELS: dict[str, type[RiskModel]] = {
    "card": IntegerCard,
    "hybrid": Hybrid,
    "logistic": CalibratedLogistic,
    "boosting": Boosting,
    "forest": Forest,
    "blend": Blend,
}

FORMAT = 1


@dataclass(frozen=True)
class About:
    """What one must know of a model before using it.

    Parameters
    ----------
    target
        What it was taught to foresee, for example ``"dropout"``.
    as_of
        Days on which the students of the fit stood.
    until
        Last day of the window in which outcomes counted.
    school
        Whose students; a name the school chose for itself, or empty.
    metrics
        Figures from held-out students: name to ``{"value", "low", "high", "n", "events"}``.
    decided_by, decided_on
        Who decided that it may be used, and when.
    limits
        What it must not be used for, in the school's own words.
    """

    target: str
    as_of: tuple[dt.date, ...] = ()
    until: dt.date | None = None
    school: str = ""
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    decided_by: str = ""
    decided_on: dt.date | None = None
    limits: str = ""


def schema_of(model: RiskModel) -> str:
    """Return the fingerprint of the figures and directions that a model was taught with."""
    content = {"figures": list(map(str, model.names_)), "signs": dict(model.signs or {})}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def save_model(model: RiskModel, path: str | os.PathLike[str], about: About) -> Path:
    """Write a learned model as JSON: numbers and text only, whole or not at all.

    Parameters
    ----------
    model
        A fitted model.
    path
        Where to.
    about
        What one must know of it.

    Returns
    -------
    pathlib.Path

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"absent": rng.normal(size=300)})
    >>> card = IntegerCard(terms=2, min_events=15).fit(X, X["absent"] > 1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_model(card, folder + "/card.json", About(target="dropout"))
    ...     again, about = load_model(path)
    >>> bool((again.points(X) == card.points(X)).all()), about.target
    (True, 'dropout')
    """
    kind = next((name for name, made in MODELS.items() if type(model) is made), None)
    if kind is None:
        raise LearnError(
            "learn.unknown_model", found=type(model).__name__, allowed=", ".join(MODELS)
        )
    content = {
        "format": FORMAT,
        "visitkit": __version__,
        "kind": kind,
        "schema": schema_of(model),
        "figures": list(map(str, model.names_)),
        "settings": {
            name: _plain(value)
            for name, value in model.get_params(deep=False).items()
            if name != "expert"
        },
        "classes": [_plain(value) for value in model.classes_],
        "events": model.events_,
        "students": model.students_,
        "about": {name: _plain(value) for name, value in asdict(about).items()},
        "learned": model.to_plain(),
    }
    content["seal"] = _seal(content)
    target = Path(path)
    draft = target.with_name(target.name + ".part")
    draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(target)
    return target


def load_model(path: str | os.PathLike[str]) -> tuple[RiskModel, About]:
    """Read a model that :func:`save_model` wrote.

    Raises
    ------
    LearnError
        When the file is missing, damaged or changed, of a newer format, or of an unknown kind.
    """
    content = _read(Path(path))
    made = MODELS.get(str(content.get("kind")))
    if made is None or content.get("format") != FORMAT:
        raise LearnError("learn.unknown_format", path=str(path), found=str(content.get("format")))
    model = made(**content["settings"])
    model.names_ = list(content["figures"])
    model.feature_names_in_ = np.array(model.names_, dtype=object)
    model.n_features_in_ = len(model.names_)
    model.classes_ = np.array(content["classes"])
    model.events_, model.students_ = int(content["events"]), int(content["students"])
    model.from_plain(content["learned"])
    if isinstance(model, Hybrid):
        model.expert = RiskIndex(**content["learned"]["expert"])
    about = dict(content["about"])
    about["as_of"] = tuple(dt.date.fromisoformat(day) for day in about["as_of"])
    for name in ("until", "decided_on"):
        about[name] = dt.date.fromisoformat(about[name]) if about[name] else None
    return model, About(**about)


def check_schema(model: RiskModel, names: list[str]) -> None:
    """Refuse figures of another schema than the model was taught with.

    Parameters
    ----------
    model
        A fitted model.
    names
        Figures at hand; more than the model needs do no harm.

    Raises
    ------
    LearnError
        Naming the figures that are not there.
    """
    missing = [name for name in map(str, model.names_) if name not in names]
    if missing:
        raise LearnError("learn.other_schema", missing=", ".join(missing), number=len(missing))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise LearnError("learn.no_file", path=str(path)) from error
    except (OSError, ValueError) as error:
        raise LearnError("learn.damaged", path=str(path)) from error
    seal = content.pop("seal", None) if isinstance(content, dict) else None
    if seal != _seal(content):
        raise LearnError("learn.damaged", path=str(path))
    whole: dict[str, Any] = content
    return whole


def _seal(content: object) -> str:
    """Return a checksum: it finds damage and careless edits, it is not a signature."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
