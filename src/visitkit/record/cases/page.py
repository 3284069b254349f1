"""The page ``docs/cases.md``: one table a machine, made from the machines themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from visitkit.record.cases.kinds import KINDS
from visitkit.record.cases.machine import Clock, Machine, Step
from visitkit.record.cases.words import form_text, kind_text, owed_text, state_text, step_text
from visitkit.record.entry import Owed

_LANG = "en"

_HEAD = """# Cases

A case is the list of its entries. What may come next, who may do it, which facts it asks for and
what is owed by when stands in `src/visitkit/record/cases/machines/`, a file a kind; this page is
made from them by `python docs/generate.py`.

- A step marked *late* may be written down after steps that came later, in its true place in time,
  as long as everything after it stays legal. Any other step must not lie before the last one.
- A correction names the entry it takes the place of; `withdraw` takes an entry back, with a
  reason. Neither may make a later step illegal. A past attempt is only corrected by the leading
  group.
- A step marked *secret* holds psychological data. Either all steps of a kind are secret, or the
  secret ones never move the case.
- Hours run day and night, over weekends and holidays. Class periods and school days follow the
  school's calendar; where it ends, weekdays stand in. A promised day is kept until it is over.
  *The school decides*: no paper and no policy says by when, and the row is listed without a day.
- Somebody who could not take part in a round or a meeting is named with the reason; the record
  stays true.
"""


def page() -> str:
    """Return the page.

    Examples
    --------
    >>> page().splitlines()[0]
    '# Cases'
    """
    return "\n".join([_HEAD, *(line for made in KINDS.values() for line in _machine(made))])


def _machine(made: Machine) -> Iterator[str]:
    name = kind_text(made.kind, _LANG)
    yield f"## {made.kind}: {name}\n"
    ends = ", ".join(state_text(made.kind, one, _LANG) for one in made.final)
    yield f"States: {', '.join(f'`{one}`' for one in made.states)}. Ended when: {ends}.\n"
    yield "| step | what | from | to | who | facts (required in bold) | document | rules |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_step(made, step) for step in made.steps.values())
    yield "\n| owed | what | from | until | by when | who | policy key | rules |"
    yield "|---|---|---|---|---|---|---|---|"
    yield from (_clock(made, clock) for clock in made.clocks)
    yield ""


def _step(made: Machine, step: Step) -> str:
    marks = [name for name in ("late", "secret") if getattr(step, name)]
    name = f"`{step.name}`" + (f" ({', '.join(marks)})" if marks else "")
    named = [f"**all of {key}**" for key in step.named]
    facts = [f"**{one.name}**" if one.required else one.name for one in step.fields]
    cells = (
        name,
        step_text(made.kind, step.name, _LANG),
        ", ".join(step.states),
        ", ".join(dict.fromkeys(step.to.values())) or "stays",
        ", ".join(one.removeprefix("key:") for one in step.roles),
        ", ".join([*named, *facts]) or "-",
        form_text(step.form, _LANG) if step.form else "-",
        " ".join(step.rules),
    )
    return "| " + " | ".join(cells) + " |"


def _clock(made: Machine, clock: Clock) -> str:
    limit = clock.hours or clock.days or (f"fact {clock.fact}" if clock.fact else "")
    cells = (
        f"`{clock.name}`",
        owed_text(_shown(made, clock), _LANG),
        ", ".join(clock.starts) or "-",
        ", ".join(clock.stops) or "-",
        limit or (f"rule {clock.rule}" if clock.rule else "the school decides"),
        ", ".join(one.removeprefix("key:").removeprefix("fact:") for one in clock.by),
        clock.source,
        " ".join(clock.rules),
    )
    return "| " + " | ".join(cells) + " |"


def _shown(made: Machine, clock: Clock) -> Owed:
    moment = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    return Owed("", made.kind, None, f"{clock.name}:...", "", moment, None, clock.source)
