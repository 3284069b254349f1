"""Cases as state machines: pure functions on entries, for the store, the forms and the journey.

Which kinds there are, with their states, steps, facts and clocks, stands as data in
``machines/*.toml`` and as tables in ``docs/cases.md``.
"""

from visitkit.record.cases.accepting import accept, roles_of
from visitkit.record.cases.clocks import owed
from visitkit.record.cases.fields import allowed, fields_of
from visitkit.record.cases.folding import CaseState, corrected, state
from visitkit.record.cases.kinds import KINDS, secret
from visitkit.record.cases.machine import WITHDRAW, Clock, Field, Flag, Machine, Step
from visitkit.record.cases.offering import Offer, openings, steps_now
from visitkit.record.cases.opening import (
    Who,
    from_alert,
    from_caseload,
    from_record,
    from_visit_plan,
    opening,
)
from visitkit.record.cases.words import (
    code_text,
    field_text,
    flag_text,
    form_text,
    kind_text,
    owed_text,
    state_text,
    step_text,
)

__all__ = [
    "KINDS",
    "WITHDRAW",
    "CaseState",
    "Clock",
    "Field",
    "Flag",
    "Machine",
    "Offer",
    "Step",
    "Who",
    "accept",
    "allowed",
    "code_text",
    "corrected",
    "field_text",
    "fields_of",
    "flag_text",
    "form_text",
    "from_alert",
    "from_caseload",
    "from_record",
    "from_visit_plan",
    "kind_text",
    "opening",
    "openings",
    "owed",
    "owed_text",
    "roles_of",
    "secret",
    "state",
    "state_text",
    "step_text",
    "steps_now",
]
