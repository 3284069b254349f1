"""Pages about models: the audit in words, and the model card."""

from visitkit.reports.model.audit_page import Audited, audit_page, expert_line, treated_line
from visitkit.reports.model.card_page import (
    CardFacts,
    card_facts,
    card_page,
    card_sections,
    card_words,
    metric_rows,
)
from visitkit.reports.model.reasons import reasons
from visitkit.reports.model.sheet import Page, Section, figure_word, render, write_page

__all__ = [
    "Audited",
    "CardFacts",
    "Page",
    "Section",
    "audit_page",
    "card_facts",
    "card_page",
    "card_sections",
    "card_words",
    "expert_line",
    "figure_word",
    "metric_rows",
    "reasons",
    "render",
    "treated_line",
    "write_page",
]
