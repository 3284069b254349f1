"""What a person asks ``visitkit model`` for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from visitkit import text
from visitkit.cli.parser import Parser, UsageError, whole
from visitkit.screen.learn.saving import MODELS

USUAL_POLICY = "recommended"
USUAL_KIND = "hybrid"
USUAL_TARGET = "dropout"


@dataclass(frozen=True)
class ModelWish:
    """What a person asked for.

    Parameters
    ----------
    paths
        Files or folders of one school each.
    as_of, until
        Days as written; ``None`` where they were not given.
    target, kind
        What is to be foreseen, and the kind of model.
    policy, mapping, lenient
        As for ``visitkit screen``.
    capacity
        Places a week; ``None`` for the policy's.
    seed
        Of folds, lots and resamples.
    """

    paths: tuple[Path, ...]
    as_of: str | None
    until: str | None
    target: str
    kind: str
    policy: str
    mapping: str | None
    lenient: bool
    capacity: int | None
    seed: int


def take_model_wish(parser: Parser) -> None:
    """Add the arguments that say what to learn from and how."""
    plain = {
        "--as-of": "DATE",
        "--until": "DATE",
        "--target": "NAME",
        "--kind": "NAME",
        "--policy": "NAME",
        "--capacity": "N",
        "--seed": "K",
        "--mapping": "FILE",
    }
    for option, metavar in plain.items():
        said = text.say(f"cli_model.arg.{option[2:].replace('-', '_')}", parser.lang)
        parser.add_argument(option, metavar=metavar, help=said)
    lenient = text.say("cli_model.arg.lenient", parser.lang)
    parser.add_argument("--lenient", action="store_true", help=lenient)


def model_wish(args: argparse.Namespace, prog: str) -> ModelWish:
    """Return what was asked for.

    Raises
    ------
    UsageError
        When a number is none, the kind is unknown, or no file was named.
    """
    kind = args.kind or USUAL_KIND
    if kind not in MODELS:
        raise UsageError("cli.wrong.choice", prog=prog, found=kind, allowed=", ".join(MODELS))
    if not args.paths:
        raise UsageError("cli.wrong.missing", prog=prog, name="PATH")
    return ModelWish(
        paths=tuple(Path(path) for path in args.paths),
        as_of=args.as_of,
        until=args.until,
        target=args.target or USUAL_TARGET,
        kind=kind,
        policy=args.policy or USUAL_POLICY,
        mapping=args.mapping,
        lenient=args.lenient,
        capacity=whole(prog, "--capacity", args.capacity),
        seed=whole(prog, "--seed", args.seed) or 0,
    )
