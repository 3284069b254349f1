"""Pages about models: the audit in words, and the model card."""

from visitkit.reports.model.audit_page import Audited, audit_page
from visitkit.reports.model.card_page import CardFacts, card_page, card_sections
from visitkit.reports.model.sheet import Page, Section, render, write_page

__all__ = [
    "Audited",
    "CardFacts",
    "Page",
    "Section",
    "audit_page",
    "card_page",
    "card_sections",
    "render",
    "write_page",
]
